"""Filters, sorting, pages and which attributes come: RFC 7644, 3.4.2 and 3.9."""

import pytest

from fake_apps.core import scim
from tests.fake_apps.scim.conftest import error

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def people(client):
    client.create_user(
        "Ana",
        externalId="Ext-1",
        title="Boss",
        emails=[
            {"value": "ana@work.test", "type": "work", "primary": True},
            {"value": "ana@home.test", "type": "home"},
        ],
        **{scim.ENTERPRISE: {"department": "Sales"}},
    )
    client.create_user("ben", active=False, emails=[{"value": "ben@home.test", "type": "home"}])
    client.create_user("cy", name={"familyName": "Ünal"}, title="aide")
    ids = {row.name: row.id for row in client.app.state.users}
    client.group("Sales", [ids["Ana"], ids["ben"]])
    client.ids = ids
    return client


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('userName eq "ana"', "Ana"),
        ('USERNAME EQ "ANA"', "Ana"),
        ('userName ne "ana"', "ben cy"),
        ('userName co "N"', "Ana ben"),
        ('userName sw "b"', "ben"),
        ('userName ew "y"', "cy"),
        ("title pr", "Ana cy"),
        ("not (title pr)", "ben"),
        ('title gt "b"', "Ana"),
        ('title le "aide"', "cy"),
        ('externalId eq "Ext-1"', "Ana"),
        ('externalId eq "ext-1"', ""),
        ("active eq false", "ben"),
        ("active eq true and title pr", "Ana cy"),
        ('userName eq "ana" or userName eq "cy"', "Ana cy"),
        ('userName eq "ana" or userName eq "cy" and title eq "x"', "Ana"),
        ('(userName eq "ana" or userName eq "cy") and title eq "aide"', "cy"),
        ('emails[type eq "work" and value ew "work.test"]', "Ana"),
        ('emails[type eq "work" and value ew "home.test"]', ""),
        ('emails.type eq "home"', "Ana ben"),
        ('emails eq "ben@home.test"', "ben"),
        ('emails[type eq "home"].value eq "ben@home.test"', None),
        ('name.familyName eq "ünal"', "cy"),
        (f'{scim.USER}:userName eq "cy"', "cy"),
        (f'{scim.ENTERPRISE}:department eq "sales"', "Ana"),
        (f"{scim.ENTERPRISE} pr", "Ana"),
        (f'schemas eq "{scim.ENTERPRISE}"', "Ana"),
        ('groups.display eq "Sales"', "Ana ben"),
        ('meta.lastModified ge "2026-01-01T00:00:00Z"', None),
        ('meta.resourceType eq "User"', "Ana ben cy"),
        ('nothing eq "x"', ""),
    ],
)
def test_a_filter_finds_those_it_describes(people, wanted, found):
    reply = people.get("/Users", params={"filter": wanted})

    if found is None:  # more than the standard asks for; answered or refused, but never broken
        assert reply.status_code in (200, 400)
        return
    assert [each["userName"] for each in reply.json()["Resources"]] == found.split()


@pytest.mark.parametrize(
    "wanted", ["", "x", 'userName eq "', "userName eq", "(userName pr", "userName xx 5", "x" * 5000]
)
def test_a_filter_that_is_none_is_refused(people, wanted):
    assert error(people.get("/Users", params={"filter": wanted})) == (400, "invalidFilter")


def test_groups_are_found_by_their_members(people):
    """The question of Entra ID: is this one in that group?"""
    (group,) = people.app.admin.groups()
    for name, is_in in (("Ana", True), ("cy", False)):
        wanted = f'id eq "{group.id}" and members eq "{people.ids[name]}"'

        reply = people.get("/Groups", params={"filter": wanted}).json()

        assert reply["totalResults"] == int(is_in)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sortBy=userName", "Ana ben cy"),
        ("sortBy=userName&sortOrder=descending", "cy ben Ana"),
        ("sortBy=title", "cy Ana ben"),
        ("sortBy=title&sortOrder=descending", "ben Ana cy"),
        ("sortBy=emails", "Ana ben cy"),
        ("sortBy=name.familyName", "cy Ana ben"),
        (f"sortBy={scim.USER}:userName&startIndex=2&count=1", "ben"),
    ],
)
def test_a_list_is_sorted(people, query, names):
    assert people.found(f"/Users?{query}") == names.split()


@pytest.mark.parametrize(
    ("query", "start", "names"),
    [
        ("", 1, "Ana ben cy"),
        ("count=2", 1, "Ana ben"),
        ("startIndex=3", 3, "cy"),
        ("startIndex=0&count=1", 1, "Ana"),
        ("startIndex=-7&count=1", 1, "Ana"),
        ("startIndex=4", 4, ""),
        ("count=0", 1, ""),
        ("count=-1", 1, ""),
    ],
)
def test_a_page_says_where_it_begins_and_how_many_there_are(people, query, start, names):
    told = people.shown(f"/Users?{query}")

    assert [each["userName"] for each in told["Resources"]] == names.split()
    assert (told["totalResults"], told["startIndex"]) == (3, start)
    assert told["itemsPerPage"] == len(names.split())


def test_a_page_has_no_more_than_the_service_allows(make):
    client = make(settings={"most": 2, "page": 1})
    client.users(3)

    assert len(client.found("/Users")) == 1
    assert len(client.found("/Users?count=100")) == 2


def test_too_many_results_are_refused_where_the_service_says_so(make):
    client = make(settings={"too_many": 2})
    client.users(3)

    assert error(client.get("/Users?filter=userName pr")) == (400, "tooMany")
    assert client.get('/Users?filter=userName ew "2@example.test"').status_code == 200


# --- attributes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("attributes=userName", {"userName"}),
        ("attributes=USERNAME,name.familyName", {"userName"}),
        (f"attributes={scim.USER}:title", {"title"}),
        (f"attributes={scim.ENTERPRISE}:department", {scim.ENTERPRISE}),
        ("attributes=nothing", set()),
        (
            "excludedAttributes=userName,title,meta,active,groups,externalId",
            {"emails", scim.ENTERPRISE},
        ),
    ],
)
def test_only_what_is_asked_for_comes(people, query, names):
    shown = people.shown(f"/Users/{people.ids['Ana']}?{query}")

    assert set(shown) == {"schemas", "id"} | names


def test_a_part_of_each_value_can_be_asked_for(people):
    shown = people.shown(f"/Users/{people.ids['Ana']}?attributes=emails.type")

    assert shown["emails"] == [{"type": "work"}, {"type": "home"}]
    shown = people.shown(f"/Users/{people.ids['Ana']}?excludedAttributes=emails.value")
    assert shown["emails"] == [{"type": "work", "primary": True}, {"type": "home"}]


def test_groups_come_without_members_where_those_are_excluded(people):
    listed = people.shown("/Groups?excludedAttributes=members")["Resources"]

    assert [set(each) for each in listed] == [{"schemas", "id", "displayName", "meta"}]


def test_what_is_always_returned_cannot_be_left_out(people):
    shown = people.shown(f"/Users/{people.ids['cy']}?excludedAttributes=id,schemas")

    assert {"id", "schemas"} <= set(shown)


# --- searching by POST ----------------------------------------------------------------------------


def test_a_search_is_the_same_in_a_body(people):
    body = {
        "schemas": [SEARCH],
        "filter": "title pr",
        "attributes": ["userName"],
        "sortBy": "userName",
        "sortOrder": "descending",
        "startIndex": 1,
        "count": 10,
    }

    told = people.call("POST", "/Users/.search", body).json()

    assert [each["userName"] for each in told["Resources"]] == ["cy", "Ana"]
    assert {name for each in told["Resources"] for name in each} == {"schemas", "id", "userName"}


def test_users_and_groups_are_searched_together(people):
    body = {"schemas": [SEARCH], "filter": 'userName eq "cy" or displayName eq "Sales"'}

    told = people.call("POST", "/.search", body).json()
    assert [each["meta"]["resourceType"] for each in told["Resources"]] == ["User", "Group"]

    assert people.shown("/")["totalResults"] == 4


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "invalidSyntax"),
        ({"schemas": [SEARCH], "count": "5"}, "invalidValue"),
        ({"schemas": [SEARCH], "attributes": "userName"}, "invalidValue"),
        ({"schemas": [SEARCH], "filter": "x"}, "invalidFilter"),
        ({"schemas": [SEARCH], "sortOrder": "sideways"}, "invalidValue"),
    ],
)
def test_what_is_wrong_with_a_search_is_told(people, body, told):
    assert error(people.call("POST", "/.search", body)) == (400, told)
