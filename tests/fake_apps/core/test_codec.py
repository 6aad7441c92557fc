"""Rows come back from JSON as the very values they were, and nothing else is read as one."""

import json
from dataclasses import dataclass
from datetime import UTC
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_apps.core.codec import DEEPEST, DEEPEST_ROW, Codec, TooDeep, Unreadable
from fake_apps.core.error import ApiError


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Inner:
    value: Any


@dataclass(frozen=True)
class Row:
    id: str
    inner: Inner | None
    colour: Colour = Colour.RED


class Pair(NamedTuple):
    left: Any
    right: Any


codec = Codec.of(Row)

ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary(max_size=8)
    | st.sampled_from(Colour)
    | st.datetimes(timezones=st.just(UTC))
)
KEYS = st.text(max_size=4) | st.integers() | st.tuples(st.text(max_size=2), st.integers())
VALUES = st.recursive(
    ATOMS | st.frozensets(KEYS, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.builds(Inner, inner)
        | st.builds(Pair, inner, inner)
        | st.builds(Row, st.text(), st.none() | st.builds(Inner, inner), st.sampled_from(Colour))
    ),
    max_leaves=8,
)


def shape(value):
    """The value with the type of all its parts, since 1 == True == 1.0 and a row is a tuple."""
    if isinstance(value, dict):
        return dict, [(shape(key), shape(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [shape(item) for item in value]
    if isinstance(value, frozenset):
        return frozenset, sorted(map(repr, value))
    if isinstance(value, Inner):
        return Inner, shape(value.value)
    if isinstance(value, Row):
        return Row, [shape(value.id), shape(value.inner), value.colour]
    return type(value), value


@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    assert shape(codec.read(codec.write(value))) == shape(value)


@given(st.text(st.characters()), VALUES)
def test_what_is_written_is_one_line_of_ascii(text, value):
    written = codec.write([text, value])

    assert written.isascii()
    assert "\n" not in written


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_endless_number_comes_back(value):
    assert codec.read(codec.write(value)) == value


def test_a_view_of_a_mapping_comes_back_as_one():
    read = codec.read(codec.write(MappingProxyType({"a": (1,)})))

    assert (type(read), dict(read)) == (MappingProxyType, {"a": (1,)})


def test_a_dictionary_keeps_its_order():
    assert list(codec.read(codec.write({"b": 1, "a": 2, 3: 4}))) == ["b", "a", 3]


def test_a_dictionary_that_looks_like_a_row_stays_a_dictionary():
    looks = {"$row": ["Inner", {"value": 1}]}

    assert codec.read(codec.write(looks)) == looks


@pytest.mark.parametrize(
    "value", [{1, 2}, object(), 1j, ApiError(400, "x", "y")], ids=lambda value: type(value).__name__
)
def test_what_no_row_is_made_of_is_refused_when_written(value):
    with pytest.raises(TypeError, match="cannot be kept"):
        codec.write({"a": [value]})


def test_a_row_of_another_package_is_refused_when_written():
    with pytest.raises(TypeError, match="no row of fake_apps"):
        Codec.of(ApiError).write(Inner(1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "Infinity",
        '{"$float": "1.0"}',
        '{"$what": 1}',
        '{"$tuple": [1], "a": 2}',
        '{"$tuple": {"a": 2}}',
        '{"$dict": [[1]]}',
        '{"$dict": [[[], 1]]}',
        '{"$proxy": 3}',
        '{"$bytes": "?"}',
        '{"$bytes": 3}',
        '{"$datetime": "today"}',
        '{"$enum": ["test_codec.Colour", "GREEN"]}',
        '{"$enum": ["test_codec.Inner", "value"]}',
        '{"$row": ["test_codec.Inner", {}]}',
        '{"$row": ["test_codec.Inner", {"value": 1, "more": 2}]}',
        '{"$row": ["test_codec.Inner", [1]]}',
        '{"$row": ["test_codec.Nobody", {}]}',
        '{"$row": ["test_codec.codec", {}]}',
        '{"$row": ["test_codec.ApiError", {}]}',
        '{"$row": ["test_codec.json", {}]}',
        '{"$row": ["nowhere.Inner", {"value": 1}]}',
        '{"$row": ["..Inner", {"value": 1}]}',
        '{"$row": [7, {"value": 1}]}',
        '{"$row": "Inner"}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_what_was_not_written_by_us_is_refused_when_read(text):
    with pytest.raises(Unreadable):
        codec.read(text)


def nested(levels, wrap=lambda inner: [inner]):
    value = "core"
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_json_of_a_client_comes_back_however_deep_it_is_within_reason(wrap):
    value = nested(DEEPEST - 2, wrap)

    assert json.dumps(codec.read(codec.write(Inner(value))).value) == json.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        nested(DEEPEST + 1),
        nested(DEEPEST_ROW + 2, lambda inner: (inner,)),
        nested(DEEPEST_ROW + 2, lambda inner: {"$a": inner}),
        nested(DEEPEST_ROW + 2, Inner),
    ],
    ids=["lists", "tuples", "keys", "rows"],
)
def test_what_is_too_deep_to_be_read_back_is_not_written(value):
    with pytest.raises(TooDeep, match="levels deep"):
        codec.write(Inner(value))


def test_rows_are_named_by_their_module_below_the_package():
    assert json.loads(codec.write(Inner(1))) == {"$row": ["test_codec.Inner", {"value": 1}]}
