"""What no client should send: the same oddities for every fake, and where to send them."""

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from fake_apps.core.app import AppSpec

Route = tuple[str, str]  # method and path, with placeholders as they stand

IDS = ("x", "%00", "a%2Fb", "%F0%9F%98%80", "%ff%fe", "'", "..%2f..", "-1", "9" * 5_000)
BODIES = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"5",
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"a":' * 5_000,
    b'{"name": NaN, "displayName": NaN}',
    b"name=x",
)
OBJECTS = (
    b"{}",
    b'{"schemas": ["x"], "name": "\\ud800", "displayName": "\\ud800", "userName": "\\u0000"}',
)
VALUES: Sequence[Any] = (
    *(None, True, -5, 1e300, "x", "", " ", "\x00", "\ud800", "x" * 9_999),
    *([], ["x"], [5], [{}], {}, {"a": 1}),
)
TOKENS = (None, b"Bearer", b"Bearer x", b"Bearer a.b.c", b"Bearer .", b"Basic YTpi", b"\xff")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


def routes(spec: AppSpec) -> list[Route]:
    """Every method and path of an app."""
    return sorted(each for forms in _forms(spec) for each in forms)


def one_of_each(spec: AppSpec, among: Sequence[Route]) -> list[Route]:
    """One of these for each operation, since all forms of it lead to the same code."""
    found = ([each for each in forms if each in among] for forms in _forms(spec))
    return sorted(min(forms) for forms in found if forms)


def writes(found: Sequence[Route]) -> list[Route]:
    """Those that take a body."""
    return [each for each in found if each[0] in ("POST", "PUT", "PATCH")]


def other_methods(found: Sequence[Route], rule: str) -> list[str]:
    """What a path does not know."""
    return sorted(METHODS - {method for method, same in found if same == rule})


def any_body(names: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of whatever JSON can say, with names that an app might know."""
    plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    name = st.sampled_from(names)
    value: st.SearchStrategy[Any] = st.recursive(
        plain | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(name, inner),
        max_leaves=12,
    )
    return st.dictionaries(name, value)


def _forms(spec: AppSpec) -> Iterator[list[Route]]:
    for forms in spec.create().operations().values():
        yield [(method, path) for method, path in (each.split(" ", 1) for each in forms)]
