"""Lists of the fake Google Workspace: pages, searching, sorting, partial replies."""

from urllib.parse import quote

import pytest

from tests.fake_apps.gsuite.conftest import refusal

HERE = "customer=my_customer"


def pages(client, path, key):
    """The addresses of every page, following the tokens."""
    found, token = [], ""
    while True:
        document = client.get(path + (f"&pageToken={quote(token)}" if token else "")).json()
        found.append([each["email"].partition("@")[0] for each in document.get(key, [])])
        token = document.get("nextPageToken", "")
        if not token:
            return found


def groups(client, *names):
    return [client.group(name) for name in names]


def test_groups_come_in_pages_each_once(client):
    groups(client, *"abcde")

    assert pages(client, f"/groups?{HERE}&maxResults=2", "groups") == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]


def test_a_full_last_page_has_no_token(client):
    groups(client, *"abcd")

    assert pages(client, f"/groups?{HERE}&maxResults=2", "groups") == [["a", "b"], ["c", "d"]]


def test_members_come_in_pages_of_200(client):
    group = client.group()
    client.app.admin.add_members(group, client.users(201))

    found = pages(client, f"/groups/{group}/members?alt=json", "members")

    assert [len(page) for page in found] == [200, 1]


@pytest.mark.parametrize(("most", "first"), [("", 100), ("&maxResults=500", 151)])
def test_users_come_in_pages_of_100_or_up_to_500(client, most, first):
    client.users(150)

    found = client.get(f"/users?{HERE}{most}").json()

    assert len(found["users"]) == first  # the administrator is one of them


def test_a_row_that_goes_between_two_pages_moves_nobody(client):
    a, *_ = groups(client, *"abcd")
    first = client.get(f"/groups?{HERE}&maxResults=2").json()
    client.call("DELETE", f"/groups/{a}")

    second = client.get(f"/groups?{HERE}&maxResults=2&pageToken={first['nextPageToken']}").json()

    assert [each["name"] for each in second["groups"]] == ["c", "d"]


def test_a_member_of_a_nested_group_that_goes_between_two_pages_moves_nobody(client):
    outer, inner, users = client.group("Outer"), client.group("Inner"), client.users(4)
    for user in users:
        client.add(inner, user)
    client.add(outer, inner)
    path = f"/groups/{outer}/members?includeDerivedMembership=true&maxResults=3"

    first = client.get(path).json()
    client.remove(inner, users[0])
    second = client.get(f"{path}&pageToken={first['nextPageToken']}").json()

    shown = [each["id"] for page in (first, second) for each in page["members"]]
    assert shown == [inner, *users]


@pytest.mark.parametrize(
    "path",
    [
        f"/groups?{HERE}&maxResults=1&orderBy=email",
        "/groups?domain=example.test&maxResults=1",
        f"/users?{HERE}&maxResults=1",
    ],
)
def test_a_token_is_good_for_its_own_list_only(client, path):
    groups(client, "a", "b")
    token = client.get(f"/groups?{HERE}&maxResults=1").json()["nextPageToken"]

    assert refusal(client.get(f"{path}&pageToken={token}"))[:2] == (400, "invalid")


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "e30", "W10", "bnVsbA", "A" * 5000])
def test_a_token_that_is_none_is_refused(client, token):
    assert refusal(client.get(f"/groups?{HERE}&pageToken={token}"))[:2] == (400, "invalid")


def test_a_token_of_which_any_letter_is_another_is_refused(client):
    groups(client, "a", "b")
    path = f"/groups?{HERE}&maxResults=1&pageToken="
    token = client.get(path).json()["nextPageToken"]
    other = [token[:at] + ("B" if token[at] == "A" else "A") + token[at:][1:] for at in (0, 9, -1)]

    assert client.get(path + token).status_code == 200
    for each in (*other, f"{token}!", f"!{token}", token[:-1]):
        assert refusal(client.get(path + each)) == (400, "invalid", "Invalid Input: pageToken")


def test_a_token_is_good_for_its_own_customer_only(make):
    tokens = []
    for seed in (1, 2):
        client = make(seed=seed)
        groups(client, "a", "b")
        tokens.append(client.get(f"/groups?{HERE}&maxResults=1").json()["nextPageToken"])

    path = f"/groups?{HERE}&maxResults=1&pageToken="
    assert [client.get(path + each).status_code for each in tokens] == [400, 200]


def test_a_token_lives_three_days(client):
    groups(client, "a", "b")
    token = client.get(f"/groups?{HERE}&maxResults=1").json()["nextPageToken"]
    client.app.clock.sleep(3 * 86400 + 1)
    client.authorize()

    reply = client.get(f"/groups?{HERE}&maxResults=1&pageToken={token}")

    assert refusal(reply)[:2] == (400, "invalid")


@pytest.mark.parametrize("most", ["0", "-1", "x", "1.5", "%00"])
def test_a_page_size_that_is_none_is_refused(client, most):
    reply = client.get(f"/groups?{HERE}&maxResults={most}")

    assert refusal(reply)[:2] == (400, "invalidParameter")


# --- of whom -------------------------------------------------------------------------------------


def test_a_list_of_nobody_is_refused(client):
    for path in ("/groups", "/users", "/groups?query=name%3Dx"):
        assert refusal(client.get(path)) == (400, "badRequest", "Bad Request")


def test_a_list_of_another_customer_or_domain_is_refused(client):
    assert refusal(client.get("/groups?customer=C0other"))[:2] == (403, "forbidden")
    assert refusal(client.get("/groups?domain=example.com"))[:2] == (404, "notFound")


def test_a_customer_is_named_by_its_id_as_well(client):
    customer = client.get("/users?customer=my_customer").json()["users"][0]["customerId"]

    assert client.get(f"/groups?customer={customer}").status_code == 200


def test_a_domain_has_its_own_groups(client):
    client.group("a")
    client.group("b", email="b@example.org")

    assert pages(client, "/groups?domain=example.org", "groups") == [["b"]]


def test_the_groups_of_a_user(client):
    a, b, ana = client.group("a"), client.group("b"), client.user()
    client.add(b, ana)

    assert pages(client, "/groups?userKey=ana@example.test", "groups") == [["b"]]
    assert pages(client, f"/groups?{HERE}&query=memberKey%3Dana@example.test", "groups") == [["b"]]
    assert refusal(client.get(f"/groups?{HERE}&userKey={ana}"))[:2] == (400, "badRequest")
    assert a not in client.get(f"/groups?userKey={ana}").text


def test_an_empty_list_has_no_array_and_no_token(client):
    document = client.get(f"/groups?{HERE}").json()

    assert document.pop("etag")
    assert document == {"kind": "admin#directory#groups"}


# --- searching and sorting -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name='Sales EMEA'", ["sales-emea"]),
        ("name='sales emea'", ["sales-emea"]),
        ("name:Sales*", ["sales", "sales-emea"]),
        ("name:emea", ["sales-emea"]),
        ("email:sales*", ["sales", "sales-emea"]),
        ("email=sales@example.test", ["sales"]),
        ("email:sales* name='Sales EMEA'", ["sales-emea"]),
        ("name='O\\'Neil'", ["o-neil"]),
        ("name='No such'", []),
    ],
)
def test_groups_are_searched(client, query, found):
    client.group("Sales")
    client.group("Sales EMEA", email="sales-emea@example.test")
    client.group("O'Neil", email="o-neil@example.test")

    assert pages(client, f"/groups?{HERE}&query={quote(query)}", "groups") == [found]


@pytest.mark.parametrize(
    "query", ["name", "name=", "=x", "nothing=x", "name='x", "memberKey=a name=b", "'", "x" * 3000]
)
def test_a_query_that_is_none_is_refused(client, query):
    reply = client.get(f"/groups?{HERE}&query={quote(query)}")

    assert refusal(reply) == (400, "invalid", "Invalid Input: query")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email=ana@example.test", ["ana"]),
        ("email:b*", ["ben"]),
        ("givenName:An*", ["ana"]),
        ("familyName=Silva", ["ana", "ben"]),
        ("name='Ana Silva'", ["ana"]),
        ("isSuspended=true", ["ben"]),
        ("isAdmin=true", ["okta-provisioning"]),
    ],
)
def test_users_are_searched(client, query, found):
    client.user("ana", name={"givenName": "Ana", "familyName": "Silva"})
    client.user("ben", name={"givenName": "Ben", "familyName": "Silva"}, suspended=True)

    reply = client.get(f"/users?{HERE}&query={quote(query)}").json()

    assert [each["primaryEmail"].partition("@")[0] for each in reply.get("users", [])] == found


def test_a_list_is_sorted_either_way_across_pages(client):
    groups(client, "b", "c", "a")
    path = f"/groups?{HERE}&maxResults=2&orderBy=email"

    assert pages(client, path, "groups") == [["a", "b"], ["c"]]
    assert pages(client, f"{path}&sortOrder=DESCENDING", "groups") == [["c", "b"], ["a"]]


@pytest.mark.parametrize("order", ["familyName", "givenName", "email"])
def test_users_are_sorted_by_any_of_three(client, order):
    client.user("b", name={"givenName": "Zoe", "familyName": "Adams"})
    client.user("a", name={"givenName": "Abe", "familyName": "Zorn"})

    found = client.get(f"/users?{HERE}&orderBy={order}").json()["users"]

    first = {"familyName": "b@example.test"}.get(order, "a@example.test")
    assert found[0]["primaryEmail"] == first


@pytest.mark.parametrize(
    "options",
    ["orderBy=name", "sortOrder=UP", "orderBy=%00", "roles=BOSS", "projection=x", "showDeleted=x"],
)
def test_an_option_that_is_none_is_refused(client, options):
    known = {"roles": f"/groups/{client.group()}/members?"}
    known |= dict.fromkeys(("projection", "showDeleted"), f"/users?{HERE}&")
    path = known.get(options.partition("=")[0], f"/groups?{HERE}&")

    assert refusal(client.get(path + options))[:2] == (400, "invalidParameter")


# --- partial replies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("groups(email)", {"groups": [{"email": "sales@example.test"}]}),
        ("groups/email", {"groups": [{"email": "sales@example.test"}]}),
        (
            "kind,groups(name,email)",
            {
                "kind": "admin#directory#groups",
                "groups": [{"email": "sales@example.test", "name": "Sales"}],
            },
        ),
        ("nextPageToken", {}),
        ("kind,nextPageToken", {"kind": "admin#directory#groups"}),
    ],
)
def test_only_the_fields_asked_for_are_answered(client, fields, expected):
    client.group()

    assert client.get(f"/groups?{HERE}&fields={fields}").json() == expected


def test_nested_fields_of_a_user(client):
    client.user(name={"givenName": "Ana", "familyName": "Silva"})

    found = client.get("/users/ana@example.test?fields=name/givenName,emails(address)").json()

    assert found["name"] == {"givenName": "Ana"}
    assert found["emails"][0] == {"address": "ana@example.test"}


def test_a_star_takes_everything(client):
    group = client.group()

    assert client.get(f"/groups/{group}?fields=*").json() == client.get(f"/groups/{group}").json()


@pytest.mark.parametrize(
    "fields",
    [
        "xyz",
        "groups(xyz)",
        "groups(",
        "groups)",
        ",",
        "groups/",
        "a" * 5000,
        "(" * 500,
        "groups(" * 20,
    ],
)
def test_a_selection_that_is_none_is_refused(client, fields):
    reply = client.get(f"/groups?{HERE}&fields={fields}")

    assert refusal(reply)[:2] == (400, "invalidParameter")
    assert "Invalid field selection" in reply.json()["error"]["message"]


def test_a_create_answers_only_what_is_asked_for(client):
    reply = client.call("POST", "/groups?fields=id", {"email": "sales@example.test"})

    assert list(reply.json()) == ["id"]


# --- a query too long for an address -------------------------------------------------------------


@pytest.mark.parametrize("path", ["/groups", "/users", "/groups/sales@example.test/members"])
def test_a_long_list_request_comes_as_a_form(client, path):
    client.group("Sales")
    headers = {"X-HTTP-Method-Override": "GET"}

    form = {"customer": "my_customer", "alt": "json"}
    reply = client.session.post(
        f"https://admin.googleapis.com/admin/directory/v1{path}", data=form, headers=headers
    )

    assert reply.json() == client.get(f"{path}?{HERE}").json()
