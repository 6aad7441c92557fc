"""What every body has to have, and the operations of one of version 2."""

from collections.abc import Callable, Mapping
from typing import Any

from ..core import scim
from ..core.quirk import QuirkSet
from . import errors
from .quirks import NESTED_SCHEMAS


def check_schemas(body: Mapping[str, Any], quirks: QuirkSet) -> None:
    """Refuse a body without `schemas`."""
    told = body.get("schemas")
    is_nested = isinstance(told, list) and bool(told) and all(map(_are_texts, told))
    if not _are_texts(told) and not (is_nested and NESTED_SCHEMAS in quirks):
        raise errors.missing_schema_element()


def _are_texts(told: Any) -> bool:
    return isinstance(told, list) and bool(told) and all(isinstance(each, str) for each in told)


def read_operations(
    body: Mapping[str, Any], read_path: Callable[[str], scim.Path]
) -> list[scim.Operation]:
    """The operations of a PatchOp."""
    try:
        return scim.read_operations(body, read_path)
    except scim.Invalid as fault:
        raise errors.invalid_request_payload() from fault
