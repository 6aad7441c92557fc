"""Where the calls of this service hang: one blueprint, each call under all its addresses."""

from collections.abc import Callable

from flask import Blueprint, Response

from ..core.app import current
from .state import Directory

bp = Blueprint("o365", __name__)
VERSIONS = ("/v1.0", "/beta")
NAMESPACES = ("microsoft.graph.", "graph.")  # the second is its alias in the metadata; SDKs use it
View = Callable[..., Response]


def route(*rules: str, method: str = "GET") -> Callable[[View], View]:
    """One operation under both versions of the API, and under both names of a type."""
    forms = {rule.replace(NAMESPACES[0], name): None for rule in rules for name in NAMESPACES}

    def mark(view: View) -> View:
        for form in forms:
            for version in VERSIONS:
                bp.add_url_rule(version + form, view.__name__, view, methods=[method])
        return view

    return mark


def directory() -> Directory:
    found: Directory = current().state
    return found
