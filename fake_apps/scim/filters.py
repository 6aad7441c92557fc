"""What a query asks for: which resources, in what order, and which of their attributes.

Sources: RFC 7644, 3.4.2.2 (filtering), 3.4.2.3 (sorting), 3.4.2.5 and 3.9 (attributes).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import scim
from . import errors, schema
from .schema import Kind

Document = Mapping[str, Any]
_ALWAYS = ("schemas", "id")


@dataclass(frozen=True)
class Wanted:
    """Which attributes a reply has: those named, or all but those named; paths in lower case."""

    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @property
    def is_all(self) -> bool:
        return not self.only and not self.without

    def has(self, name: str) -> bool:
        """Whether any part of the attribute is in the reply."""
        lower = name.lower()
        if self.only:
            return any(path.partition(".")[0] == lower for path in self.only)
        return lower not in self.without


@dataclass(frozen=True)
class Order:
    """By which attribute a list is sorted; "" for the order of creation."""

    by: str = ""
    descending: bool = False


# --- filters ---------------------------------------------------------------------------------


def read_filter(text: str, exact: frozenset[str], dates: frozenset[str]) -> scim.Filter:
    with errors.told():
        return scim.parse_filter(text, exact, dates)


def reader(show: Callable[[], Document], *, loose: bool = False) -> scim.Reader:
    """A resource as a filter sees it; the document is made when first asked for.

    Where it is `loose`, a boolean is the text for it as well.
    """
    made: list[Document] = []

    def read(path: str) -> Sequence[Any]:
        if not made:
            made.append(show())
        found = values_at(made[0], path)
        return [*found, *map(str, filter(_is_boolean, found))] if loose else found

    return read


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def values_at(document: Document, path: str) -> list[Any]:
    """The values under a path in lower case, which may begin with a URN."""
    if not path.startswith("urn:"):
        return scim.values_of(document, path)
    for urn in document.get("schemas", ()):
        lower = urn.lower()
        if path in (lower, ".".join(lower.rsplit(":", 1))):  # read as an attribute of a shorter URN
            return scim.values_of(document, "") if urn not in document else [document[urn]]
        if path.startswith((f"{lower}.", f"{lower}:")):
            return scim.values_of(document.get(urn, document), path[len(lower) + 1 :])
    return []


# --- sorting ---------------------------------------------------------------------------------


def sort_key(path: str, exact: frozenset[str]) -> Callable[[Document], tuple[bool, str]]:
    """Those without a value come last (and first where the order descends)."""
    lower = path.lower()
    folds = lower not in exact

    def key(document: Document) -> tuple[bool, str]:
        found = [value for value in values_at(document, lower) if value is not None]
        chosen = _primary(found)
        text = str(chosen) if chosen is not None else ""
        return chosen is None, text.lower() if folds else text

    return key


def _primary(found: Sequence[Any]) -> Any:
    """Of several values the primary one counts, or else the first."""
    items = [item for item in found if isinstance(item, Mapping)]
    marked = [item for item in items if item.get("primary") is True]
    chosen = next(iter(marked or found), None)
    return chosen.get("value") if isinstance(chosen, Mapping) else chosen


# --- attributes ------------------------------------------------------------------------------


def read_wanted(only: Iterable[str], without: Iterable[str], kinds: Iterable[Kind]) -> Wanted:
    """Names as they are sent, with or without the URN of the core schema."""
    urns = [f"{kind.urn.lower()}:" for kind in kinds]
    return Wanted(_paths(only, urns), _paths(without, urns) - set(_ALWAYS))


def _paths(names: Iterable[str], urns: Sequence[str]) -> frozenset[str]:
    found = set()
    for name in names:
        path = name.strip().lower()
        for urn in urns:
            path = path.removeprefix(urn)
        found.add(path)
    return frozenset(found - {""})


def project(document: Document, wanted: Wanted) -> dict[str, Any]:
    """The document with what is wanted of it."""
    if wanted.only:
        return _only(document, wanted.only)
    return _without(document, wanted.without)


def _only(document: Document, names: frozenset[str]) -> dict[str, Any]:
    found = {}
    for name, value in document.items():
        below = _below(name, names)
        if name in _ALWAYS or "" in below:
            found[name] = value
        elif below and (part := _each(value, lambda item, b=below: _only_of(item, b))):  # type: ignore[misc]
            found[name] = part
    return found


def _only_of(item: Any, names: frozenset[str]) -> Any:
    if not isinstance(item, Mapping):
        return item
    found: dict[str, Any] = {}
    for name, value in item.items():
        below = _below(name, names)
        if "" in below:
            found[name] = value
        elif below and (part := _each(value, lambda each, b=below: _only_of(each, b))):  # type: ignore[misc]
            found[name] = part
    return found


def _without(document: Document, names: frozenset[str]) -> dict[str, Any]:
    found = {}
    for name, value in document.items():
        below = _below(name, names)
        if "" not in below:
            found[name] = _each(value, lambda i, b=below: _drop(i, b)) if below else value  # type: ignore[misc]
    return found


def _drop(item: Any, names: frozenset[str]) -> Any:
    return _without(item, names) if isinstance(item, Mapping) else item


def _below(name: str, names: frozenset[str]) -> frozenset[str]:
    """What is named below an attribute; "" among it stands for the attribute itself."""
    lower = name.lower()
    marks = (".", ":") if lower.startswith("urn:") else (".",)
    own = {
        path[len(lower) + 1 :] for path in names if path.startswith(tuple(lower + m for m in marks))
    }
    return frozenset(own | ({""} if lower in names else set()))


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    return [change(item) for item in value] if isinstance(value, list) else change(value)


def known(kinds: Iterable[str]) -> list[Kind]:
    return [schema.kind(name) for name in kinds]
