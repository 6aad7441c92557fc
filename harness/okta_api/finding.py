"""`filter`, `search` and their expressions: SCIM's comparisons, as Okta takes them.

https://developer.okta.com/docs/reference/core-okta-api/#filter. An expression is parsed into a
predicate over what is shown, and into the equalities a database can answer by itself.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from . import errors
from .wire import moment

Row = sa.Row[Any]
Shown = Mapping[str, Any]
Predicate = Callable[[Shown], bool]
Attributes = Sequence[str]
"""Names that may be compared; one that ends in a dot stands for all that begin so."""

LONGEST = 4000
DEEPEST = 30
PIECE = 200
TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()])|(?P<word>[^\s()"]+))', re.DOTALL
)
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr")


@dataclass(frozen=True)
class Finder:
    """A query parameter that holds an expression, and what it may compare."""

    parameter: str
    attributes: Attributes

    def allows(self, name: str) -> bool:
        return any(
            name.startswith(one) if one.endswith(".") else name == one for one in self.attributes
        )


@dataclass(frozen=True)
class Wanted:
    """What an expression asks for. `equal` holds for every row that matches."""

    matches: Predicate
    equal: Mapping[str, str]

    def narrowed(
        self, query: sa.Select[Any], columns: Mapping[str, sa.Column[Any]]
    ) -> sa.Select[Any]:
        """The query, asking only for rows that can match."""
        for name, value in self.equal.items():
            column = columns.get(name)
            if column is not None:
                query = query.where(sa.func.lower(column) == value.lower())
        return query


def predicate_of(finder: Finder, args: Mapping[str, str]) -> Wanted | None:
    """What the request's expression wants; None where it has none."""
    text = args.get(finder.parameter)
    if text is None:
        return None
    if len(text) > LONGEST:
        raise errors.bad_search(f"{finder.parameter}: must be at most {LONGEST} characters")
    return _Parser(finder, text).whole()


def matching(
    rows: Iterable[Row],
    show_all: Callable[[Sequence[Row]], Sequence[Shown]],
    matches: Predicate,
) -> Iterator[Row]:
    """Those of the rows that match as they are shown."""
    rest = iter(rows)
    while piece := list(islice(rest, PIECE)):
        for row, shown in zip(piece, show_all(piece), strict=True):
            if matches(shown):
                yield row


class _Parser:
    """Recursive descent: `or` of `and` of comparisons and parentheses."""

    def __init__(self, finder: Finder, text: str) -> None:
        self._finder = finder
        self._tokens = self._split(text)
        self._at = 0
        self._depth = 0

    def _split(self, text: str) -> list[tuple[str, str]]:
        found, at = [], 0
        text = text.rstrip()
        while at < len(text):
            token = TOKEN.match(text, at)
            if token is None:
                raise self._refusal(f"cannot read {text[at:]!r}")
            found.append((token.lastgroup or "", token[token.lastgroup or 0]))
            at = token.end()
        return found

    def _refusal(self, cause: str) -> errors.OktaError:
        return errors.bad_search(f"{self._finder.parameter}: {cause}")

    def whole(self) -> Wanted:
        wanted = self._either()
        if self._at < len(self._tokens):
            raise self._refusal(f"nothing may follow before {self._tokens[self._at][1]!r}")
        return wanted

    def _take(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise self._refusal("the expression ends too soon")
        self._at += 1
        return self._tokens[self._at - 1]

    def _joint(self, word: str) -> bool:
        """Whether the next token is this word; it is taken then."""
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        is_next = kind == "word" and text.lower() == word
        self._at += is_next
        return is_next

    def _either(self) -> Wanted:
        terms = [self._both()]
        while self._joint("or"):
            terms.append(self._both())
        if len(terms) == 1:
            return terms[0]
        checks = [term.matches for term in terms]
        return Wanted(lambda shown: any(check(shown) for check in checks), {})

    def _both(self) -> Wanted:
        terms = [self._one()]
        while self._joint("and"):
            terms.append(self._one())
        if len(terms) == 1:
            return terms[0]
        checks = [term.matches for term in terms]
        equal = {name: value for term in terms for name, value in term.equal.items()}
        return Wanted(lambda shown: all(check(shown) for check in checks), equal)

    def _one(self) -> Wanted:
        kind, text = self._take()
        if (kind, text) == ("mark", "("):
            return self._inside()
        if kind != "word" or not self._finder.allows(text):
            raise self._refusal(f"cannot compare {text}")
        return self._comparison(text)

    def _inside(self) -> Wanted:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refusal(f"at most {DEEPEST} parentheses may be open")
        found = self._either()
        if self._take() != ("mark", ")"):
            raise self._refusal("a parenthesis is not closed")
        self._depth -= 1
        return found

    def _comparison(self, name: str) -> Wanted:
        operator = self._take()[1].lower()
        if operator not in OPERATORS:
            raise self._refusal(f"unknown operator {operator}")
        path = name.split(".")
        if operator == "pr":
            return Wanted(lambda shown: any(one is not None for one in values(shown, path)), {})
        value = self._value()
        holds = COMPARE[operator]
        equal = {name: value} if operator == "eq" and isinstance(value, str) else {}
        return Wanted(lambda shown: _holds(holds, list(values(shown, path)), value), equal)

    def _value(self) -> Any:
        kind, text = self._take()
        if kind == "text" or text in ("true", "false", "null"):
            try:
                found = json.loads(text, strict=False)
                str(found).encode()  # half a surrogate pair is no text
            except ValueError as fault:
                raise self._refusal("cannot read a text") from fault
            return found
        try:
            return float(text)
        except ValueError as fault:
            raise self._refusal(f"{text} must stand in quotes") from fault


def values(shown: Any, path: Sequence[str]) -> Iterator[Any]:
    """What is at a path; lists are looked through."""
    if isinstance(shown, list):
        for one in shown:
            yield from values(one, path)
    elif not path:
        yield shown
    elif isinstance(shown, Mapping) and path[0] in shown:
        yield from values(shown[path[0]], path[1:])


def _holds(compare: Callable[[Any, Any], bool], found: list[Any], value: Any) -> bool:
    if compare is _differs:
        return all(_differs(one, value) for one in found)
    return any(compare(one, value) for one in found)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        left, right = moment(one), moment(other)
        if left is not None and right is not None:
            return left == right
        return one.casefold() == other.casefold()
    return bool(one == other)


def _differs(one: Any, other: Any) -> bool:
    return not _same(one, other)


def _textual(check: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def compare(one: Any, other: Any) -> bool:
        if not (isinstance(one, str) and isinstance(other, str)):
            return False
        return check(one.casefold(), other.casefold())

    return compare


def _ordered(check: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(one: Any, other: Any) -> bool:
        if isinstance(one, str) and isinstance(other, str):
            left, right = moment(one), moment(other)
            if left is not None and right is not None:
                return check(left, right)
            return check(one.casefold(), other.casefold())
        is_number = isinstance(one, int | float) and isinstance(other, int | float)
        return is_number and check(one, other)

    return compare


COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": _differs,
    "co": _textual(lambda one, other: other in one),
    "sw": _textual(str.startswith),
    "ew": _textual(str.endswith),
    "gt": _ordered(lambda one, other: one > other),
    "ge": _ordered(lambda one, other: one >= other),
    "lt": _ordered(lambda one, other: one < other),
    "le": _ordered(lambda one, other: one <= other),
}
