"""Query options, filters, searches and pages of the fake Microsoft 365."""

import json
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_apps.core.error import ApiError
from fake_apps.o365.entity import Entity
from fake_apps.o365.filters import parse_filter
from fake_apps.o365.schema import GROUP

GRAPH = "https://graph.microsoft.com/v1.0"
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}


@pytest.fixture
def tenant(client):
    """Five groups of different names and kinds, a minute apart."""
    for name, changes in {
        "Sales": {"description": "sells"},
        "sales EMEA": {},
        "O'Neil": {},
        "Team": UNIFIED | {"mailNickname": "team"},
        "WestSales2": {"uniqueName": "key-1"},
    }.items():
        client.group(name, **changes)
        client.app.clock.sleep(60)
    return client


def names(reply):
    assert reply.status_code == 200, reply.text
    return [each["displayName"] for each in reply.json()["value"]]


def filtered(tenant, text, **headers):
    extra = "&$count=true" if headers else ""
    return tenant.get(f"/groups?$filter={quote(text)}{extra}", **headers)


EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("displayName eq 'Sales'", ["Sales"]),
        ("displayName eq 'SALES'", ["Sales"]),
        ("displayName eq 'O''Neil'", ["O'Neil"]),
        ("displayName eq 'nobody'", []),
        ("startsWith(displayName,'sales')", ["Sales", "sales EMEA"]),
        ("startswith(displayName, 'o''n')", ["O'Neil"]),
        ("displayName in ('sales','team')", ["Sales", "Team"]),
        ("displayName in ('sales')", ["Sales"]),
        ("displayName in('sales','team')", ["Sales", "Team"]),
        ("displayName in('team') or displayName eq 'in('", ["Team"]),
        ("displayName in ( 'O''Neil' ) and securityEnabled in (true)", ["O'Neil"]),
        ("displayName eq 'Sales' or displayName eq 'Team'", ["Sales", "Team"]),
        ("displayName eq 'Sales' and description eq 'sells'", ["Sales"]),
        ("displayName eq 'Sales' and description eq 'x'", []),
        ("(displayName eq 'Sales' or mailEnabled eq true) and securityEnabled eq true", ["Sales"]),
        ("groupTypes/any(c:c eq 'Unified')", ["Team"]),
        ("groupTypes/any(c:startswith(c,'uni'))", ["Team"]),
        ("mailEnabled eq true", ["Team"]),
        ("mail eq 'team@example.onmicrosoft.com'", ["Team"]),
        ("mailNickname eq 'team'", ["Team"]),
        ("uniqueName eq 'KEY-1'", ["WestSales2"]),
        ("uniqueName eq null and description eq 'sells'", ["Sales"]),
        ("createdDateTime ge 2026-01-01T00:03:00Z", ["Team", "WestSales2"]),
        ("createdDateTime le 2026-01-01T00:00:00Z", ["Sales"]),
        ("createdDateTime ge 2026-01-01T02:03:00+02:00", ["Team", "WestSales2"]),
    ],
)
def test_a_default_filter_finds(tenant, text, found):
    assert names(filtered(tenant, text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("displayName ne 'Sales'", ["sales EMEA", "O'Neil", "Team", "WestSales2"]),
        ("not(startsWith(displayName,'sales'))", ["O'Neil", "Team", "WestSales2"]),
        ("NOT startsWith(displayName,'sales')", ["O'Neil", "Team", "WestSales2"]),
        ("endsWith(mail,'onmicrosoft.com')", ["Team"]),
        ("createdDateTime gt 2026-01-01T00:03:00Z", ["WestSales2"]),
    ],
)
def test_an_advanced_filter_finds_with_header_and_count(tenant, text, found):
    reply = filtered(tenant, text, **EVENTUAL)

    assert names(reply) == found
    assert reply.json()["@odata.count"] == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "displayName",
        "displayName eq",
        "displayName eq 'x",
        "eq 'x'",
        "displayName eq 5",
        "mailEnabled eq 'true'",
        "createdDateTime ge '2026'",
        "createdDateTime ge 2026-02-31T00:00:00Z",
        "createdDateTime ge 2026-01-01T00:00:00",
        "displayName in 'x'",
        "nothing eq 'x'",
        "displayName/any(c:c eq 'x')",
        "groupTypes/any(c:d eq 'x')",
        "groupTypes/all(c:c eq 'x')",
        "groupTypes/any()",
        "a.b eq 'x'",
        "displayName add 1 eq 2",
        "tolower(displayName) eq 'x'",
        "displayName eq mail",
        "'x' eq displayName",
        "1 eq 1",
        ")",
        "displayName eq 'x')",
        "\x00",
        "displayName eq 'x'; drop table users",
    ],
)
def test_a_bad_filter_is_the_vendors_400(tenant, text):
    reply = filtered(tenant, text)

    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (400, "BadRequest")
    assert error["message"].startswith("Invalid filter clause: ")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000,
        "(" * 40 + "displayName eq 'x'" + ")" * 40,
        "not " * 1000 + "true",
        "not(" * 600,
        "x" * 5000,
        " and ".join(["displayName eq 'x'"] * 1000),
    ],
)
def test_a_deep_or_huge_filter_is_refused(tenant, text):
    reply = filtered(tenant, text)

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "BadRequest")


def test_a_long_chain_of_ands_is_answered(tenant):
    assert names(filtered(tenant, " and ".join(["displayName eq 'sales'"] * 150))) == ["Sales"]


def test_the_eventual_index_answers_more_than_fifteen_alternatives(tenant):
    many = ",".join(f"'{number}'" for number in range(15))
    path = f"/groups?$count=true&$filter=displayName in ({many},'sales')"

    assert names(tenant.eventual(path)) == ["Sales"]


@pytest.mark.parametrize("joint", ["in", "or"])
def test_more_than_fifteen_alternatives_are_refused(tenant, joint):
    many = [f"'{number}'" for number in range(16)]
    clauses = " or ".join(f"displayName eq {each}" for each in many)
    text = f"displayName in ({','.join(many)})" if joint == "in" else clauses

    error = filtered(tenant, text).json()["error"]

    assert error["code"] == "Request_UnsupportedQuery"
    assert error["message"] == (
        "Too many child clauses specified in search filter expression containing 'OR' "
        "operators: 16. Max allowed: 15."
    )


def test_an_equality_is_looked_up_and_not_searched_for():
    for name in ("id", "displayName", "mailNickname", "uniqueName"):
        found = parse_filter(f"mailEnabled eq false and {name} eq 'Key'", GROUP)

        assert found.lookups == ((name, "key"),)
    either = parse_filter("displayName eq 'x' or mail eq 'Y'", GROUP)
    assert either.lookups == (("displayName", "x"), ("mail", "y"))
    assert parse_filter("displayName eq 'x' or description eq 'x'", GROUP).lookups == ()


def outcome(text):
    """What the filter says of a group, or the status it is refused with."""
    row = Entity("1", "group", "security", GROUP.defaults(), 1, 0.0)
    try:
        return parse_filter(text, GROUP).test(row)
    except ApiError as refusal:
        return refusal.status


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_no_text_makes_a_filter_fail_otherwise_than_by_refusing(text):
    assert outcome(text) in (True, False, 400)


WORDS = (
    "displayName|eq|'a'|not|(|)|and|or|in|true|null|1.5|-|groupTypes/any(c:c|startsWith(|,|"
    "2026-01-01|duration'P1D'|12:30:00"
)
PIECES = st.sampled_from(WORDS.split("|"))


@given(st.lists(PIECES, max_size=12))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_no_sequence_of_words_makes_a_filter_fail_otherwise_than_by_refusing(words):
    assert outcome(" ".join(words)) in (True, False, 400)


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"displayName:sales"', ["Sales", "sales EMEA", "WestSales2"]),
        ('"displayName:West"', ["WestSales2"]),
        ('"displayName:sales" AND "displayName:emea"', ["sales EMEA"]),
        ('"displayName:emea" OR "mail:team"', ["sales EMEA", "Team"]),
        ('"description:sell"', ["Sales"]),
        ('"mailNickname:tea"', ["Team"]),
        ('"displayName:ales"', []),
    ],
)
def test_a_search_finds_tokens_of_names_and_beginnings_of_the_rest(tenant, text, found):
    assert names(tenant.eventual(f"/groups?$search={quote(text)}")) == found


@pytest.mark.parametrize(
    "text",
    ["displayName:x", '"displayName"', "", '"displayName:x" AND', '"a:b', '"displayName:x" x'],
)
def test_a_search_without_its_quotes_is_refused(tenant, text):
    reply = tenant.eventual(f"/groups?$search={quote(text)}")

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "BadRequest")


# --- other options -------------------------------------------------------------------------------


def test_select_gives_what_was_asked_and_says_so(tenant):
    reply = tenant.get("/groups?$select=id,displayName&$top=1").json()

    assert reply["@odata.context"] == f"{GRAPH}/$metadata#groups(id,displayName)"
    assert list(reply["value"][0]) == ["id", "displayName"]


def test_select_on_one_object_says_so_too(tenant):
    group = tenant.group("Extra")

    reply = tenant.get(f"/groups/{group}?$select=displayName").json()

    assert reply == {
        "@odata.context": f"{GRAPH}/$metadata#groups(displayName)/$entity",
        "displayName": "Extra",
    }


@pytest.mark.parametrize(
    "query",
    ["$select=nix", "$top=x", "$top=²", "$orderby=nix", "$orderby=displayName up", "$count=maybe"],
)
def test_a_bad_option_is_refused(tenant, query):
    assert tenant.get(f"/groups?{query}").status_code == 400


@pytest.mark.parametrize("path", ["/groups", "/users"])
@pytest.mark.parametrize("option", ["$skip=5", "$apply=x"])
def test_an_unsupported_option_is_refused_by_name(tenant, path, option):
    reply = tenant.get(f"{path}?{option}")

    name = option.partition("=")[0]
    assert reply.json()["error"]["message"] == f"'{name}' is not supported by the service."


@pytest.mark.parametrize(("direction", "first"), [("", "O'Neil"), (" desc", "WestSales2")])
def test_orderby_sorts_without_case(tenant, direction, first):
    found = names(tenant.get(f"/groups?$orderby=displayName{direction}"))

    assert found == sorted(found, key=str.lower, reverse=bool(direction))
    assert found[0] == first


def test_filter_and_orderby_together_need_the_header(tenant):
    query = "/groups?$filter=startsWith(displayName,'s')&$orderby=displayName desc"

    assert tenant.get(query).status_code == 400
    assert names(tenant.eventual(f"{query}&$count=true")) == ["sales EMEA", "Sales"]


def test_count_segments_count_what_matches(tenant):
    assert tenant.eventual("/groups/$count").text == "5"
    assert tenant.eventual("/groups/$count?$filter=mailEnabled eq true").text == "1"
    assert tenant.eventual("/users/$count").text == "0"


# --- paging --------------------------------------------------------------------------------------


def walk(client, path, **headers):
    pages = []
    while path:
        reply = client.call("GET", path, headers=headers)
        assert reply.status_code == 200, reply.text
        pages.append(reply.json())
        path = pages[-1].get("@odata.nextLink")
    return pages


def test_pages_hold_a_hundred_by_default(client):
    client.users(250)

    pages = walk(client, "/users")

    assert [len(page["value"]) for page in pages] == [100, 100, 50]


@pytest.mark.parametrize("path", ["/users", "/groups/{}/members", "/groups/{}/members/$ref"])
def test_pages_hold_every_row_once(client, path):
    users = client.users(25)
    group = client.app.admin.add_group("All", member_ids=users)

    pages = walk(client, f"{path.format(group)}?$top=10")

    assert [len(page["value"]) for page in pages] == [10, 10, 5]
    found = [
        each.get("id") or each["@odata.id"].rpartition("/")[2]
        for page in pages
        for each in page["value"]
    ]
    assert found == users


def test_a_full_last_page_has_no_link(client):
    client.users(20)

    pages = walk(client, "/users?$top=10")

    assert [len(page["value"]) for page in pages] == [10, 10]


def test_the_link_carries_all_options_and_the_callers_host(client):
    client.users(3)
    app, path = client.app, "/v1.0/users?$top=1&$select=id&$filter=accountEnabled%20eq%20true"
    headers = {"Authorization": client.session.headers["Authorization"]}

    reply = app.inner("GET", f"http://127.0.0.1:8080{path}", headers, b"")

    link = urlsplit(json.loads(reply.body)["@odata.nextLink"])
    options = dict(parse_qsl(link.query))
    assert link.scheme + "://" + link.netloc == "http://127.0.0.1:8080"
    assert options.pop("$skiptoken")
    assert options == {"$top": "1", "$select": "id", "$filter": "accountEnabled eq true"}


def test_rows_that_go_between_pages_do_not_hide_others(client):
    users = client.users(6)
    first = client.get("/users?$top=3").json()
    for user in users[:3]:
        client.app.admin.delete_account(user)

    second = client.call("GET", first["@odata.nextLink"]).json()

    assert [each["id"] for each in second["value"]] == users[3:]


def test_a_transitive_member_that_goes_between_two_pages_moves_nobody(client):
    inner, users = client.group("Inner"), client.users(4)
    client.bind(inner, users)
    outer = client.app.admin.add_group("Outer", member_ids=[inner])

    first = client.get(f"/groups/{outer}/transitiveMembers?$select=id&$top=3").json()
    client.remove(inner, users[0])
    second = client.call("GET", first["@odata.nextLink"]).json()

    shown = [each["id"] for page in (first, second) for each in page["value"]]
    assert shown == [inner, *users]


def test_ordered_pages_follow_the_order(client):
    for name in ("c", "a", "d", "b"):
        client.user(name)

    pages = walk(client, "/users?$top=3&$orderby=displayName")

    found = [each["displayName"] for page in pages for each in page["value"]]
    assert found == ["a", "b", "c", "d"]


def test_the_count_is_on_the_first_page_only(client):
    client.users(3)

    pages = walk(client, "/users?$top=2&$count=true", ConsistencyLevel="eventual")

    assert [page.get("@odata.count") for page in pages] == [3, None]


@pytest.mark.parametrize("token", ["x", "", "RFNwdAIAAQ", "é", "AAAA", "=" * 40])
def test_a_made_up_page_token_is_refused(client, token):
    reply = client.get(f"/users?$skiptoken={quote(token)}")

    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "Directory_ExpiredPageToken"


@pytest.mark.parametrize(
    ("path", "mark"), [("/users?$top=1", "$skiptoken="), ("/users/delta", "$deltatoken=")]
)
def test_a_token_of_which_any_letter_is_another_is_refused(client, path, mark):
    client.users(3)
    page = client.get(path).json()
    link = page.get("@odata.nextLink") or page["@odata.deltaLink"]
    address, _, token = link.partition(mark)
    other = [
        token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1 :] for at in (0, 16, 23)
    ]

    assert client.call("GET", link).status_code == 200
    for each in (*other, f"{token}!", token[:-1]):
        assert client.call("GET", f"{address}{mark}{each}").status_code == 400


@pytest.mark.parametrize("elsewhere", ["/groups?", "/users?$filter=accountEnabled eq true&"])
def test_a_page_token_fits_only_its_own_query(client, elsewhere):
    client.users(3)
    token = client.get("/users?$top=1").json()["@odata.nextLink"].partition("$skiptoken=")[2]

    reply = client.get(f"{elsewhere}$skiptoken={token}")

    assert reply.json()["error"]["code"] == "Directory_ExpiredPageToken"


def test_a_page_token_of_another_tenant_is_refused(client, make):
    client.users(3)
    token = client.get("/users?$top=1").json()["@odata.nextLink"].partition("$skiptoken=")[2]

    reply = make(seed=8).get(f"/users?$skiptoken={token}")

    assert reply.status_code == 400


@pytest.mark.parametrize("option", ["$filter=displayName eq 'ana'", "$orderby=displayName"])
def test_e33_a_cast_with_a_filter_or_an_order_needs_the_header_and_a_count(client, option):
    group, ana = client.group(), client.user("ana")
    client.add(group, ana)
    path = f"/groups/{group}/members/microsoft.graph.user?{option}"

    found = client.eventual(f"{path}&$count=true").json()

    assert [each["id"] for each in found["value"]] == [ana]
    assert client.get(f"{path}&$count=true").json()["error"]["message"] == "Unsupported Query."
    assert client.eventual(path).status_code == 400
