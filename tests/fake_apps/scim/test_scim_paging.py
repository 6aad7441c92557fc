"""Pages by cursor: RFC 9865."""

import base64

import pytest

from tests.fake_apps.scim.conftest import error

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def five(make):
    """A service of five users that knows pages by cursor alone."""

    def made(method="cursor", **settings):
        client = make(settings={"pagination": method, **settings})
        client.users(5)
        return client

    return made


def logins(page):
    return [each["userName"][:9] for each in page["Resources"]]


def test_cursors_lead_through_the_whole_list_and_back(five):
    client, pages, cursor = five(), [], ""
    while cursor is not None:
        page = client.shown(f"/Users?count=2&cursor={cursor}")
        pages.append(page)
        cursor = page.get("nextCursor")

    assert [logins(page) for page in pages] == [
        ["user00000", "user00001"],
        ["user00002", "user00003"],
        ["user00004"],
    ]
    assert "previousCursor" not in pages[0]
    back = client.shown(f"/Users?count=2&cursor={pages[2]['previousCursor']}")
    assert logins(back) == logins(pages[1])


def test_a_page_by_cursor_has_no_index(five):
    page = five().shown("/Users?count=2")

    assert list(page) == ["totalResults", "itemsPerPage", "nextCursor", "schemas", "Resources"]
    assert (page["totalResults"], page["itemsPerPage"]) == (5, 2)


def test_a_cursor_needs_no_escaping(five):
    cursor = five().shown("/Users?count=2")["nextCursor"]

    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@pytest.mark.parametrize("query", ["", "count=2", "startIndex=2&count=2"])
def test_where_both_are_known_an_index_is_the_default(five, query):
    assert "startIndex" in five("index and cursor").shown(f"/Users?{query}")


def test_where_both_are_known_a_cursor_of_no_text_asks_for_cursors(five):
    page = five("index and cursor").shown("/Users?count=2&cursor=")

    assert "nextCursor" in page
    assert "startIndex" not in page


def test_a_service_that_knows_no_cursors_ignores_them(five):
    assert five("index").shown("/Users?cursor=x")["totalResults"] == 5


def test_a_service_that_knows_cursors_alone_refuses_an_index(five):
    assert error(five().get("/Users?startIndex=2")) == (501, None)


def test_a_filter_is_sent_again_with_the_cursor(five):
    client = five()
    asked = 'filter=userName sw "user"&sortBy=userName&sortOrder=descending&count=2'
    first = client.shown(f"/Users?{asked}")

    second = client.shown(f"/Users?{asked}&cursor={first['nextCursor']}")

    assert logins(first) + logins(second) == [f"user0000{n}" for n in (4, 3, 2, 1)]
    other = client.get(f"/Users?count=2&cursor={first['nextCursor']}")
    assert error(other) == (400, "invalidCursor")


def test_a_cursor_of_users_is_none_of_groups(five):
    client = five()
    cursor = client.shown("/Users?count=2")["nextCursor"]

    assert error(client.get(f"/Groups?count=2&cursor={cursor}")) == (400, "invalidCursor")


@pytest.mark.parametrize(
    "cursor", ["x", "%C3%BC", "AAAA", base64.urlsafe_b64encode(b"0" * 40).decode().rstrip("=")]
)
def test_a_cursor_that_nobody_gave_is_refused(five, cursor):
    assert error(five().get(f"/Users?cursor={cursor}")) == (400, "invalidCursor")


def test_a_cursor_of_another_service_is_refused(five, make):
    cursor = five().shown("/Users?count=2")["nextCursor"]
    other = make(seed=8, settings={"pagination": "cursor"})

    assert error(other.get(f"/Users?count=2&cursor={cursor}")) == (400, "invalidCursor")


def test_a_cursor_waits_so_long_and_no_longer(five):
    client = five(cursor_lasts_s=60)
    cursor = client.shown("/Users?count=2")["nextCursor"]
    client.app.clock.sleep(60)
    assert len(client.shown(f"/Users?count=2&cursor={cursor}")["Resources"]) == 2
    client.app.clock.sleep(1)

    assert error(client.get(f"/Users?count=2&cursor={cursor}")) == (400, "expiredCursor")


@pytest.mark.parametrize("count", ["-1", "x", "201", "1" * 30])
def test_a_count_that_is_none_is_refused(five, count):
    assert error(five().get(f"/Users?count={count}")) == (400, "invalidCount")


def test_a_count_stays_the_same_from_page_to_page(five):
    client = five()
    cursor = client.shown("/Users?count=2")["nextCursor"]

    assert error(client.get(f"/Users?count=3&cursor={cursor}")) == (400, "invalidCount")
    assert client.shown(f"/Users?cursor={cursor}")["itemsPerPage"] == 2


def test_a_count_of_none_asks_how_many_there_are(five):
    page = five().shown("/Users?count=0")

    assert page == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "Resources": [],
        "totalResults": 5,
        "itemsPerPage": 0,
    }


def test_a_search_by_post_takes_cursors(five):
    client = five()
    asked = {"schemas": [SEARCH], "count": 2, "cursor": ""}
    first = client.call("POST", "/Users/.search", asked).json()

    second = client.call("POST", "/Users/.search", {**asked, "cursor": first["nextCursor"]})

    assert logins(second.json()) == ["user00002", "user00003"]
    wrong = client.call("POST", "/Users/.search", {**asked, "cursor": 1})
    assert error(wrong) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("settings", "announced"),
    [
        ({"pagination": "index"}, None),
        (
            {"pagination": "index and cursor", "cursor_lasts_s": 3600, "page": 10, "most": 50},
            {
                "cursor": True,
                "index": True,
                "defaultPaginationMethod": "index",
                "defaultPageSize": 10,
                "maxPageSize": 50,
                "cursorTimeout": 3600,
            },
        ),
        (
            {"pagination": "cursor"},
            {
                "cursor": True,
                "index": False,
                "defaultPaginationMethod": "cursor",
                "defaultPageSize": 100,
                "maxPageSize": 200,
            },
        ),
    ],
)
def test_the_service_announces_its_pages(make, settings, announced):
    assert make(settings=settings).shown("/ServiceProviderConfig").get("pagination") == announced
