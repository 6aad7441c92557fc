"""$filter and $search over directory objects.

The odata-query library parses; this walks its tree once and makes a test of it. What the directory
does not take is refused with its own words.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any

from odata_query import ast
from odata_query.exceptions import ODataException
from odata_query.grammar import ODataLexer, ODataParser

from . import errors
from .entity import Entity
from .schema import ADVANCED, FLAG, NEVER, OBJECT, TEXT, TEXTS, TIME, Property, Schema

MAX_LENGTH = 4096
MAX_DEPTH = 32
MAX_CLAUSES = 15
INDEXED = ("id", "displayName", "userPrincipalName", "mail", "mailNickname", "uniqueName")

Lookups = tuple[tuple[str, str], ...]
"""Equalities on indexed properties, as (property, value in lower case)."""
ENDS_WITH = ("mail", "userPrincipalName", "otherMails", "proxyAddresses")

Test = Callable[[Entity], bool]
ValueTest = Callable[[Any], bool]


@dataclass(frozen=True)
class Filter:
    """A parsed filter. `is_advanced` is whether only the eventual index can answer it.

    Every match meets one of `lookups`; where there are none, every row must be tested. `widest` is
    the number of alternatives in its longest `or` or `in`.
    """

    test: Test
    is_advanced: bool
    lookups: Lookups = ()
    widest: int = 0

    def check_width(self) -> None:
        """https://github.com/microsoftgraph/microsoft-graph-docs/issues/21098."""
        if self.widest > MAX_CLAUSES:
            raise errors.too_many_clauses(self.widest, MAX_CLAUSES)


def parse_filter(text: str, schema: Schema) -> Filter:
    """The filter, or the vendor's 400; deep and huge ones are refused before parsing."""
    if len(text) > MAX_LENGTH or len(re.findall(r"\(|\bnot\s", text, re.IGNORECASE)) > MAX_DEPTH:
        raise errors.bad_filter("The node count limit of '100' has been exceeded.")
    return _parsed(text, schema)


# The parser knows functions in lower case, `not` and `in` with a space behind and a list of one
# value with a comma behind; Graph is not so strict.
_QUOTED = r"'(?:[^']|'')*'"
_WORD = re.compile(
    rf"{_QUOTED}|\b(startsWith|endsWith|contains)(?=\()|\bnot\("
    rf"|\bin\s*\((?P<only>\s*(?:{_QUOTED}|[^\s',()]+)\s*\))?",
    re.IGNORECASE,
)


def _normal(found: re.Match[str]) -> str:
    word = found[0]
    if word.startswith("'"):
        return word
    if word[:2].lower() == "in":
        only = found["only"]
        return f"in ({only[:-1]},)" if only else "in ("
    return "not (" if word.endswith("(") else word.lower()


@lru_cache(maxsize=256)
def _parsed(text: str, schema: Schema) -> Filter:
    try:
        tree = ODataParser().parse(ODataLexer().tokenize(_WORD.sub(_normal, text)))
    except (ODataException, ValueError) as fault:
        raise errors.bad_filter(f"Syntax error in '{text}'.") from fault
    if tree is None:
        raise errors.bad_filter(f"Syntax error in '{text}'.")
    compiler = _Compiler(schema)
    test = compiler.test(tree)
    return Filter(test, compiler.is_advanced, _lookups(tree), compiler.widest)


def _lookups(tree: Any) -> Lookups:
    """One operand of an `and` that can be looked up is enough; of an `or`, each must be."""
    for node in _chain(tree, ast.And):
        found = [_lookup(each) for each in _chain(node, ast.Or)]
        if all(found):
            return tuple(lookup for lookup in found if lookup)
    return ()


def _lookup(node: Any) -> tuple[str, str] | None:
    match node:
        case ast.Compare(ast.Eq(), ast.Identifier(name, ()), ast.String(value)):
            return (name, value.lower()) if name in INDEXED else None
    return None


def _chain(tree: Any, joint: type) -> list[Any]:
    """The operands of a chain of the same `and` or `or`, without recursion."""
    found = []
    while isinstance(tree, ast.BoolOp) and isinstance(tree.op, joint):
        found.append(tree.right)
        tree = tree.left
    return [tree, *reversed(found)]


class _Compiler:
    """Makes tests of one tree and notes whether it needs the eventual index."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.is_advanced = False
        self.widest = 0

    def test(self, tree: Any) -> Test:
        match tree:
            case ast.BoolOp(op=ast.And()):
                tests = [self.test(each) for each in _chain(tree, ast.And)]
                return lambda row: all(test(row) for test in tests)
            case ast.BoolOp(op=ast.Or()):
                return self._either(_chain(tree, ast.Or))
            case ast.UnaryOp(ast.Not(), operand):
                self.is_advanced = True
                test = self.test(operand)
                return lambda row: not test(row)
            case ast.CollectionLambda(ast.Identifier(name, ()), ast.Any(), ast.Lambda() as inner):
                return self._any(name, inner)
            case _:
                return self._clause(tree)

    def _either(self, trees: list[Any]) -> Test:
        self.widest = max(self.widest, len(trees))
        tests = [self.test(each) for each in trees]
        return lambda row: any(test(row) for test in tests)

    def _clause(self, tree: Any) -> Test:
        match tree:
            case ast.Compare(comparator, ast.Identifier(name, ()), literal):
                known = self._property(name)
                holds = self._comparison(known, comparator, literal)
            case ast.Call(func, [ast.Identifier(name, ()), ast.String(text)]):
                known = self._property(name)
                holds = self._affix(func.name.lower(), name, text)
            case _:
                raise errors.bad_filter("The expression is not supported.")
        if known.kind in (TEXTS, OBJECT):
            raise errors.unsupported_query()
        return lambda row: holds(row.value(name))

    def _any(self, name: str, inner: ast.Lambda) -> Test:
        known = self._property(name)
        if known.kind != TEXTS:
            raise errors.bad_filter("Any/All may only be used following a collection.")
        variable = inner.identifier.name
        element = Property(TEXT)
        match inner.expression:
            case ast.Compare(comparator, ast.Identifier(used, ()), literal) if used == variable:
                holds = self._comparison(element, comparator, literal)
            case ast.Call(func, [ast.Identifier(used, ()), ast.String(text)]) if used == variable:
                holds = self._affix(func.name.lower(), name, text)
            case _:
                raise errors.bad_filter("The expression is not supported.")
        return lambda row: any(holds(each) for each in row.value(name) or ())

    def _property(self, name: str) -> Property:
        known = self.schema.properties.get(name)
        if known is None:
            reason = (
                f"Could not find a property named '{name}' on type "
                f"'microsoft.graph.{self.schema.type}'."
            )
            raise errors.bad_filter(reason)
        if known.filter == NEVER:
            raise errors.not_indexed()
        self.is_advanced |= known.filter == ADVANCED
        return known

    def _affix(self, function: str, name: str, text: str) -> ValueTest:
        sought = text.lower()
        if function == "startswith":
            return lambda value: isinstance(value, str) and value.lower().startswith(sought)
        if function == "endswith" and name in ENDS_WITH:
            self.is_advanced = True
            return lambda value: isinstance(value, str) and value.lower().endswith(sought)
        raise errors.unsupported_query()

    def _comparison(self, known: Property, comparator: Any, literal: Any) -> ValueTest:
        if isinstance(comparator, ast.In):
            return self._one_of(known, literal)
        sought = _literal(known, literal)
        if isinstance(comparator, ast.Eq):
            return lambda value: _folded(value) == sought
        if isinstance(comparator, ast.NotEq):
            self.is_advanced = True
            return lambda value: _folded(value) != sought
        if sought is None or known.kind == FLAG:
            raise errors.unsupported_query()
        self.is_advanced |= isinstance(comparator, ast.Gt | ast.Lt)
        compare = _ORDERINGS[type(comparator)]
        return lambda value: value is not None and bool(compare(_folded(value), sought))

    def _one_of(self, known: Property, literal: Any) -> ValueTest:
        if not isinstance(literal, ast.List):
            raise errors.bad_filter("The right operand of 'in' must be a collection.")
        self.widest = max(self.widest, len(literal.val))
        sought = [_literal(known, each) for each in literal.val]
        return lambda value: _folded(value) in sought


_ORDERINGS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _literal(known: Property, literal: Any) -> Any:
    match known.kind, literal:
        case _, ast.Null():
            return None
        case "text", ast.String(text):
            return text.lower()
        case "flag", ast.Boolean():
            return literal.py_val
        case "time", ast.DateTime():
            return _moment(literal)
    reason = (
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{_EDM.get(known.kind, 'Edm.String')}' and 'Edm.{type(literal).__name__}'."
    )
    raise errors.bad_filter(reason)


_EDM = {FLAG: "Edm.Boolean", TIME: "Edm.DateTimeOffset"}


def _moment(literal: ast.DateTime) -> str:
    """As the service writes moments, so that texts compare as moments do."""
    try:
        moment = literal.py_val
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        reason = (
            f"The DateTimeOffset text '{literal.val}' should be in format "
            "'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range."
        )
        raise errors.bad_filter(reason)
    return str(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")).lower()


# --- $search ---------------------------------------------------------------------------------

_CLAUSE = re.compile(r'\s*"([A-Za-z]+):((?:[^"\\]|\\.)+)"\s*(?:(AND|OR)\b|$)')
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+|[^\W\d_a-zA-Z]+")
TOKENISED = ("displayName", "description")


def parse_search(text: str, schema: Schema) -> Test:
    """`"displayName:sales" AND "mail:a"`: AND binds before OR; quotes are required."""
    if len(text) > MAX_LENGTH:
        raise errors.bad_search("The search text is too long.")
    alternatives: list[list[Test]] = [[]]
    at, joint = 0, "AND"
    while at < len(text) or joint:
        match = _CLAUSE.match(text, at)
        if match is None:
            raise errors.bad_search(f"Syntax error at position {at}.")
        if joint == "OR":
            alternatives.append([])
        name, sought, joint = match[1], match[2], match[3] or ""
        alternatives[-1].append(_search_test(name, sought, schema))
        at = match.end()
    return lambda row: any(all(test(row) for test in tests) for tests in alternatives)


def _search_test(name: str, sought: str, schema: Schema) -> Test:
    if name not in schema.searched or name not in schema.properties:
        raise errors.unsupported_query()
    if name not in TOKENISED:
        start = sought.lower()
        return lambda row: str(row.value(name) or "").lower().startswith(start)
    wanted = _tokens(sought)
    return lambda row: _has_tokens(str(row.value(name) or ""), wanted)


def _tokens(text: str) -> list[str]:
    """Cut at spaces, changes of case, digits and symbols."""
    return [token.lower() for token in _TOKEN.findall(text)]


def _has_tokens(text: str, wanted: list[str]) -> bool:
    found = _tokens(text)
    return all(any(token.startswith(each) for token in found) for each in wanted)
