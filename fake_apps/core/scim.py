"""The standard part of SCIM: filters, PATCH operations, list replies, the error schema.

No vendor word in here: what one vendor does otherwise stays with that vendor.
Sources: RFC 7643 (schema), RFC 7644 (protocol).
"""

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

CORE_1 = "urn:scim:schemas:core:1.0"
ENTERPRISE_1 = "urn:scim:schemas:extension:enterprise:1.0"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SERVICE_PROVIDER_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

Reader = Callable[[str], Sequence[Any]]
"""Answers the values one resource has under a path in lower case: `username`, `emails.value`."""

ValueTest = Callable[[Any], bool]
Test = Callable[[Reader], bool]


class Invalid(ValueError):
    """What was sent is not SCIM; `scim_type` is the standard's word for why."""

    def __init__(self, scim_type: str, detail: str) -> None:
        super().__init__(detail)
        self.scim_type = scim_type
        self.detail = detail


# --- replies ---------------------------------------------------------------------------------


def list_response(
    resources: Sequence[Any], *, total: int, start: int, schema: str = LIST_RESPONSE
) -> dict[str, Any]:
    """One page of a list; `start` counts from 1."""
    return {
        "schemas": [schema],
        "Resources": list(resources),
        "totalResults": total,
        "itemsPerPage": len(resources),
        "startIndex": start,
    }


def error_body(status: int, detail: str, scim_type: str = "") -> dict[str, Any]:
    """An error as RFC 7644, 3.12 has it: the status is text."""
    typed = {"scimType": scim_type} if scim_type else {}
    return {"schemas": [ERROR], **typed, "detail": detail, "status": str(status)}


@dataclass(frozen=True)
class Window:
    """Which part of a list is asked for: `start` counts from 1, `count` is at most so many."""

    start: int
    count: int


def read_window(args: Mapping[str, str], *, default: int, most: int) -> Window:
    """`startIndex` below 1 is 1 and a negative `count` is 0, as RFC 7644, 3.4.2.4 says."""
    start = _whole(args.get("startIndex"), "startIndex", 1)
    count = _whole(args.get("count"), "count", default)
    return Window(max(1, start), min(most, max(0, count)))


def _whole(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise Invalid("invalidValue", f"{name} is no whole number")
    return int(text)


# --- filters ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """A parsed filter: names and operators in lower case.

    `alternatives` are equalities of which every match meets at least one, for an index to use;
    empty where there is no such thing.
    """

    test: Test
    names: frozenset[str]
    operators: frozenset[str]
    alternatives: tuple[tuple[str, str], ...]


MAX_FILTER = 4096


@lru_cache(maxsize=512)
def parse_filter(
    text: str, exact: frozenset[str] = frozenset(), dates: frozenset[str] = frozenset()
) -> Filter:
    """The filter; texts are compared without case but for the attributes named in `exact`.

    Those named in `dates` are moments: whatever their offsets, the same one is equal.
    """
    if len(text) > MAX_FILTER:
        raise Invalid("invalidFilter", "The filter is too long")
    library = _library()
    try:
        tree = library.ScimFilter(text).ast
    except (library.SCIMException, ValueError, RecursionError) as fault:
        raise Invalid("invalidFilter", "The filter cannot be read") from fault
    return _Compiler(exact, dates).filter(tree)


@cache
def _library() -> Any:
    """The parser of filters and paths. Its grammar is made on import, which takes half a second."""
    import scim2_models  # noqa: PLC0415 - only those who filter wait for it

    return scim2_models


class _Compiler:
    """Makes a test of one syntax tree and notes what it asks for."""

    def __init__(self, exact: frozenset[str], dates: frozenset[str]) -> None:
        self._exact = exact
        self._dates = dates
        self._names: set[str] = set()
        self._operators: set[str] = set()

    def filter(self, tree: Any) -> Filter:
        test = self._test(tree, "")
        names, operators = frozenset(self._names), frozenset(self._operators)
        return Filter(test, names, operators, tuple(_alternatives(tree)))

    def _test(self, tree: Any, below: str) -> Test:
        match type(tree).__name__:
            case "LogicalExpr":
                return self._joined(tree, below)
            case "Not":
                self._operators.add("not")
                inner = self._test(tree.expr, below)
                return lambda read: not inner(read)
            case "ValuePath":
                return self._selection(tree)
            case "Present":
                name = self._name(tree.attr_path, below)
                self._operators.add("pr")
                return lambda read: any(value not in ABSENT for value in read(name))
            case _:
                return self._comparison(tree, below)

    def _joined(self, tree: Any, below: str) -> Test:
        self._operators.add(tree.op.value)
        tests = [self._test(term, below) for term in tree.terms]
        if tree.op.value == "and":
            return lambda read: all(test(read) for test in tests)
        return lambda read: any(test(read) for test in tests)

    def _selection(self, tree: Any) -> Test:
        """`emails[type eq "work" and value co "@x"]`: one and the same value must meet it all."""
        name = self._name(tree.attr_path, "")
        inner = self._test(tree.val_filter, name)
        start = len(name) + 1

        def holds(read: Reader) -> bool:
            return any(
                inner(lambda path, item=item: values_of(item, path[start:]))  # type: ignore[misc]
                for item in read(name)
            )

        return holds

    def _comparison(self, tree: Any, below: str) -> Test:
        name, word = self._name(tree.attr_path, below), tree.op.value
        self._operators.add(word)
        if name in self._dates and word not in _PARTS:
            holds = _moment_test(word, tree.value)
        else:
            holds = _value_test(word, tree.value, folds=name not in self._exact)
        if word == "ne":
            return lambda read: all(holds(_bare(value)) for value in read(name) or (None,))
        return lambda read: any(holds(_bare(value)) for value in read(name) or (None,))

    def _name(self, path: Any, below: str) -> str:
        parts = [below, path.uri, path.attr, path.sub_attr]
        name = ".".join(part for part in parts if part).lower()
        self._names.add(name)
        return name


ABSENT: tuple[Any, ...] = (None, "", [], {})
_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_PARTS: dict[str, Callable[[str, str], bool]] = {
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
}


def _value_test(word: str, literal: Any, *, folds: bool) -> ValueTest:
    sought = _folded(literal, folds=folds)
    if word in ("eq", "ne"):
        return lambda value: (_folded(value, folds=folds) == sought) is (word == "eq")
    if word in _PARTS:
        part, text = _PARTS[word], str(sought)
        return lambda value: value is not None and part(str(_folded(value, folds=folds)), text)
    if isinstance(literal, bool) or literal is None:
        raise Invalid("invalidFilter", f"'{word}' does not order such values")
    compare = _ORDERINGS[word]
    kind = str if isinstance(literal, str) else (int, float)
    return lambda value: isinstance(value, kind) and compare(_folded(value, folds=folds), sought)


def _moment_test(word: str, literal: Any) -> ValueTest:
    """RFC 7644, 3.4.2.2: dateTimes are compared chronologically."""
    sought = _moment(literal)
    if sought is None:
        raise Invalid("invalidFilter", "What a dateTime is compared with is none")
    if word in ("eq", "ne"):
        return lambda value: (_moment(value) == sought) is (word == "eq")
    compare = _ORDERINGS[word]

    def holds(value: Any) -> bool:
        moment = _moment(value)
        return moment is not None and compare(moment, sought)

    return holds


_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")


def _moment(told: Any) -> float | None:
    """Seconds since the epoch; without an offset it is UTC, None where it is no dateTime."""
    if not isinstance(told, str) or not _DATE.fullmatch(told):
        return None
    try:
        found = datetime.fromisoformat(told)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _folded(value: Any, *, folds: bool) -> Any:
    return value.lower() if folds and isinstance(value, str) else value


def _bare(value: Any) -> Any:
    """`members eq "x"` asks for the `value` of each: RFC 7644, 3.4.2.2."""
    return value.get("value") if isinstance(value, Mapping) else value


def _alternatives(tree: Any) -> list[tuple[str, str]]:
    match type(tree).__name__:
        case "Comparison":
            path, value = tree.attr_path, tree.value
            is_plain = tree.op.value == "eq" and isinstance(value, str) and not path.uri
            return [(str(path).lower(), value.lower())] if is_plain else []
        case "LogicalExpr" if tree.op.value == "and":
            return next(filter(None, map(_alternatives, tree.terms)), [])
        case "LogicalExpr":
            each = [_alternatives(term) for term in tree.terms]
            return [pair for pairs in each for pair in pairs] if all(each) else []
    return []


def values_of(document: Any, path: str) -> list[Any]:
    """The values under a path in lower case; a list anywhere on the way stands for its items."""
    found = [document]
    for name in path.split(".") if path else ():
        found = [value for item in found for value in _under(item, name)]
    return found


def _under(item: Any, name: str) -> Iterable[Any]:
    if not isinstance(item, Mapping):
        return ()
    value = next((value for key, value in item.items() if str(key).lower() == name), None)
    return value if isinstance(value, list | tuple) else (value,)


# --- PATCH -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Path:
    """What an operation addresses: `emails[type eq "work"].value`, or a URN before the name.

    `value` is the literal of the plain selection `[value eq "x"]`; any other is in `where`.
    """

    attribute: str
    sub: str = ""
    uri: str = ""
    value: str | None = None
    where: Filter | None = None

    @property
    def selects(self) -> bool:
        """Whether it addresses some values of an attribute instead of all."""
        return self.value is not None or self.where is not None

    def picks(self, item: Any) -> bool:
        """Whether the selection takes this value of the attribute."""
        if self.value is not None:
            return self.value in values_of(item, "value")
        return self.where is None or self.where.test(lambda path: values_of(item, path))


@dataclass(frozen=True)
class Operation:
    """One of `add`, `replace`, `remove`. `has_value` tells an absent value from null."""

    op: str
    path: Path | None
    value: Any = None
    has_value: bool = False


def read_operations(
    body: Mapping[str, Any], read_path: Callable[[str], Path] | None = None
) -> list[Operation]:
    """The operations of a PatchOp, in their order; `op` in any case.

    `read_path` is for a vendor whose paths are not all of the standard's grammar.
    """
    told = body.get("Operations")
    if not isinstance(told, list) or not told:
        raise Invalid("invalidSyntax", "Operations is no list of operations")
    read = read_path or parse_path
    return [_operation(each, read) for each in told]


def _operation(told: Any, read_path: Callable[[str], Path]) -> Operation:
    word = told.get("op") if isinstance(told, dict) else None
    if not isinstance(word, str) or word.lower() not in ("add", "replace", "remove"):
        raise Invalid("invalidSyntax", "An operation is no add, replace or remove")
    path = told.get("path")
    if path is not None and not isinstance(path, str):
        raise Invalid("invalidPath", "A path is no text")
    op, value = word.lower(), told.get("value")
    if op == "remove" and not path:
        raise Invalid("noTarget", "Remove operation requires a path")
    if not path and not isinstance(value, dict):
        raise Invalid("invalidValue", "Without a path the value names the attributes")
    return Operation(op, read_path(path) if path else None, value, "value" in told)


_PLAIN_SELECTION = re.compile(r'([A-Za-z]\w*)\[\s*value\s+[eE][qQ]\s+"([^"\\]*)"\s*\]')


@lru_cache(maxsize=512)
def parse_path(text: str) -> Path:
    """The path. One plain member is known at sight: requests carry hundreds of those."""
    plain = _PLAIN_SELECTION.fullmatch(text)
    if plain:
        return Path(plain[1], value=plain[2])
    if len(text) > MAX_FILTER:
        raise Invalid("invalidPath", "The path is too long")
    library = _library()
    try:
        tree = library.Path(text).ast
    except (library.SCIMException, ValueError, RecursionError) as fault:
        raise Invalid("invalidPath", "The path cannot be read") from fault
    return _path(tree, text)


def _path(tree: Any, text: str) -> Path:
    match type(tree).__name__:
        case "AttrPath":
            return Path(tree.attr, tree.sub_attr or "", tree.uri or "")
        case "ValuePath":
            named = tree.attr_path
            where = _Compiler(frozenset(), frozenset()).filter(tree.val_filter)
            return Path(named.attr, tree.sub_attr or "", named.uri or "", where=where)
    raise Invalid("invalidPath", f"{text} addresses nothing")


def quoted(text: str) -> str:
    """A text as filters and paths write it."""
    return json.dumps(text, ensure_ascii=False)
