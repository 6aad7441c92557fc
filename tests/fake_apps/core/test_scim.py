"""The standard part of SCIM, without any vendor."""

import pytest

from fake_apps.core import scim
from fake_apps.core.scim import Invalid, parse_filter, parse_path, read_operations, read_window

ANA = {
    "id": "U1",
    "userName": "Ana",
    "active": True,
    "age": 30,
    "title": "",
    "name": {"givenName": "Ana"},
    "emails": [
        {"value": "ana@example.test", "type": "work"},
        {"value": "home@else.test", "type": "home"},
    ],
}


def holds(text, document=ANA, **options):
    return parse_filter(text, **options).test(lambda path: scim.values_of(document, path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "ana"', True),
        ('USERNAME EQ "ANA"', True),
        ('userName ne "ana"', False),
        ('userName eq "ben" or name.givenName eq "ana"', True),
        ('userName eq "ben" and active eq true', False),
        ('not (userName eq "ben")', True),
        ('userName co "n"', True),
        ('userName sw "an"', True),
        ('userName ew "an"', False),
        ("title pr", False),
        ("userName pr", True),
        ("nothing pr", False),
        ("nothing eq null", True),
        ('nothing co "x"', False),
        ("active eq true", True),
        ("age gt 29", True),
        ("age le 29", False),
        ('age gt "a"', False),
        ('userName ge "ana"', True),
        ('emails.value eq "home@else.test"', True),
        ('emails[type eq "work" and value co "@example"]', True),
        ('emails[type eq "home" and value co "@example"]', False),
        ('emails[type eq "work"].value eq "ana@example.test"', True),
        ('emails[not (type eq "work")]', True),
    ],
)
def test_a_filter_holds_or_not(text, expected):
    assert holds(text) is expected


def test_an_exact_attribute_minds_the_case():
    assert holds('id eq "u1"')
    assert not holds('id eq "u1"', exact=frozenset({"id"}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "(",
        "userName",
        "userName eq",
        'userName is "x"',
        "userName eq 'x'",
        "x" * 5_000,
        "(" * 500,
        "not(" * 100 + "a pr" + ")" * 100,
        "active gt true",
        "a gt null",
        "\x00",
    ],
)
def test_what_is_no_filter_is_invalid(text):
    with pytest.raises(Invalid) as caught:
        parse_filter(text)

    assert caught.value.scim_type == "invalidFilter"


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ('userName eq "Ana"', (("username", "ana"),)),
        ('userName eq "a" or email eq "b"', (("username", "a"), ("email", "b"))),
        ('userName co "a" and id eq "U1"', (("id", "u1"),)),
        ('userName eq "a" or title pr', ()),
        ('not (userName eq "a")', ()),
        ("active eq true", ()),
    ],
)
def test_a_filter_tells_what_an_index_can_find(text, alternatives):
    assert parse_filter(text).alternatives == alternatives


def test_a_filter_tells_its_names_and_operators():
    found = parse_filter('emails[type eq "work"] AND not (title PR)')

    assert found.names == {"emails", "emails.type", "title"}
    assert found.operators == {"eq", "and", "not", "pr"}


# --- paths -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "attribute", "sub", "uri"),
    [
        ("members", "members", "", ""),
        ("name.givenName", "name", "givenName", ""),
        (f"{scim.ENTERPRISE}:department", "department", "", scim.ENTERPRISE),
        ('emails[type eq "work"].value', "emails", "value", ""),
    ],
)
def test_a_path_is_taken_apart(text, attribute, sub, uri):
    path = parse_path(text)

    assert (path.attribute, path.sub, path.uri) == (attribute, sub, uri)


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ('members[value eq "U1"]', ["U1"]),
        ('members[ value EQ "U2" ]', ["U2"]),
        ('members[value eq "U1" or value eq "U3"]', ["U1", "U3"]),
        ('members[value eq "u1"]', []),
        ("members[display pr]", ["U1", "U2", "U3"]),
        ("members", ["U1", "U2", "U3"]),
    ],
)
def test_a_selection_picks_values(text, picked):
    members = [{"value": f"U{number}", "display": "x"} for number in (1, 2, 3)]
    path = parse_path(text)

    assert [item["value"] for item in members if path.picks(item)] == picked


@pytest.mark.parametrize(
    "text", ["", "members[", "members[value eq U1]", "a b", "members[]", "x" * 5_000, 'a eq "x"']
)
def test_what_is_no_path_is_invalid(text):
    with pytest.raises(Invalid) as caught:
        parse_path(text)

    assert caught.value.scim_type == "invalidPath"


# --- operations --------------------------------------------------------------------------------


def test_operations_are_read_in_order_in_any_case():
    body = {
        "Operations": [
            {"op": "Replace", "value": {"displayName": "X"}},
            {"op": "REMOVE", "path": "members"},
            {"op": "add", "path": "members", "value": None},
        ]
    }

    read = read_operations(body)

    assert [(o.op, o.path and o.path.attribute, o.has_value) for o in read] == [
        ("replace", None, True),
        ("remove", "members", False),
        ("add", "members", True),
    ]


@pytest.mark.parametrize(
    ("operations", "scim_type"),
    [
        (None, "invalidSyntax"),
        ([], "invalidSyntax"),
        ({}, "invalidSyntax"),
        (["x"], "invalidSyntax"),
        ([{"op": "move", "path": "x"}], "invalidSyntax"),
        ([{"path": "x"}], "invalidSyntax"),
        ([{"op": "remove"}], "noTarget"),
        ([{"op": "remove", "path": ""}], "noTarget"),
        ([{"op": "add", "path": 5}], "invalidPath"),
        ([{"op": "add", "value": "x"}], "invalidValue"),
    ],
)
def test_what_is_no_operation_is_invalid(operations, scim_type):
    with pytest.raises(Invalid) as caught:
        read_operations({"Operations": operations})

    assert caught.value.scim_type == scim_type


# --- replies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "window"),
    [
        ({}, (1, 10)),
        ({"startIndex": "0", "count": "-5"}, (1, 0)),
        ({"startIndex": "7", "count": "5000"}, (7, 1000)),
    ],
)
def test_a_window_is_kept_within_what_there_is(args, window):
    found = read_window(args, default=10, most=1000)

    assert (found.start, found.count) == window


@pytest.mark.parametrize("text", ["", "x", "1.5", "9" * 20])
def test_a_window_is_of_whole_numbers(text):
    with pytest.raises(Invalid):
        read_window({"startIndex": text}, default=10, most=1000)


def test_an_error_is_as_the_standard_has_it():
    """RFC 7644, 3.12."""
    assert scim.error_body(409, "taken", "uniqueness") == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "409",
        "scimType": "uniqueness",
        "detail": "taken",
    }


def test_a_list_is_as_the_standard_has_it():
    """RFC 7644, 3.4.2."""
    assert scim.list_response([{"id": "1"}], total=5, start=3) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "Resources": [{"id": "1"}],
        "totalResults": 5,
        "itemsPerPage": 1,
        "startIndex": 3,
    }
