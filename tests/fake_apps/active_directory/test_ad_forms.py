"""Identifiers and filters in both of their forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_apps.active_directory import filters, sid
from fake_apps.active_directory.filters import BIT_AND, And, Item, Not, Or
from fake_apps.active_directory.sid import BadSid

NAMES = st.sampled_from(["cn", "member", "objectGUID"])
PIECES = st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=3)
ITEMS = st.one_of(
    st.builds(Item, NAMES, st.sampled_from(["=", ">=", "<=", BIT_AND]), st.binary(min_size=1)),
    st.builds(Item, NAMES, st.just("present")),
    PIECES.map(lambda pieces: Item("cn", "substrings", pieces=(b"", *pieces, b""))),
)
FILTERS = st.recursive(
    ITEMS,
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(tuple).map(And),
        st.lists(part, max_size=3).map(tuple).map(Or),
        part.map(Not),
    ),
    max_leaves=8,
)


@given(FILTERS)
def test_a_filter_that_is_written_is_read_as_the_same(wanted):
    assert filters.parse(filters.written(wanted)) == wanted


def test_what_stands_for_more_than_itself_is_escaped():
    assert filters.written(Item("cn", "=", b"a*(b)\\\0")) == "(cn=a\\2a\\28b\\29\\5c\\00)"
    assert filters.written(Item("objectGUID", "=", b"\xff\x01")) == "(objectGUID=\\ff\\01)"


@given(st.integers(0, 2**48 - 1), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15))
def test_a_sid_is_read_from_its_octets(authority, parts):
    text = "-".join(("S-1", str(authority), *map(str, parts)))

    assert sid.text(sid.octets(text)) == text


def test_a_sid_has_the_octets_that_microsoft_documents():
    assert sid.octets("S-1-5-32-544").hex() == "01020000000000052000000020020000"


@pytest.mark.parametrize(
    "text", ["", "S-2-5-1", "S-1-5", "S-1-281474976710656-1", "S-1-5-4294967296", "S-1-5-x"]
)
def test_what_is_no_sid_is_refused(text):
    with pytest.raises(BadSid):
        sid.octets(text)


@pytest.mark.parametrize("octets", [b"", b"\1" * 8, b"\1\0" + b"\0" * 6, b"\2\1" + b"\0" * 10])
def test_what_are_no_octets_of_a_sid_is_refused(octets):
    with pytest.raises(BadSid):
        sid.text(octets)
