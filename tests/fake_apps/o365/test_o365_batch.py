"""$batch of the fake Microsoft 365."""

import pytest

from fake_apps.core.fault import Fault

GRAPH = "https://graph.microsoft.com/v1.0"
BIND = "members@odata.bind"
JSON = {"Content-Type": "application/json"}


def get(number, url="/groups", **more):
    return {"id": str(number), "method": "GET", "url": url, **more}


def post(number, url, body, **more):
    return {"id": str(number), "method": "POST", "url": url, "headers": JSON, "body": body, **more}


def patch(number, url, body, **more):
    return {**post(number, url, body, **more), "method": "PATCH"}


def add(number, group, user, **more):
    body = {"@odata.id": f"{GRAPH}/directoryObjects/{user}"}
    return post(number, f"/groups/{group}/members/$ref", body, **more)


def test_each_request_gets_its_own_reply(client):
    user, group = client.user(), client.group()

    replies = client.batch(add(1, group, user), add(2, group, "nix"), get(3, f"/groups/{group}"))

    assert {key: each["status"] for key, each in replies.items()} == {"1": 204, "2": 400, "3": 200}
    assert replies["1"]["body"] is None
    assert replies["1"]["headers"] == {"Cache-Control": "no-cache", "x-ms-resource-unit": "1"}
    assert replies["2"]["body"]["error"]["message"] == "Invalid object identifier 'nix'."
    assert replies["3"]["body"]["displayName"] == "Sales"


def test_a_refused_request_undoes_only_itself(client):
    users, group = client.users(3), client.group()
    client.add(group, users[1])

    urls = [f"{GRAPH}/users/{each}" for each in users]
    replies = client.batch(
        patch(1, f"/groups/{group}", {"displayName": "New"}),
        patch(2, f"/groups/{group}", {BIND: urls}),
        add(3, group, users[2]),
    )

    assert [replies[key]["status"] for key in "123"] == [204, 400, 204]
    assert client.member_ids(group) == [users[1], users[2]]
    assert client.get(f"/groups/{group}").json()["displayName"] == "New"


def test_four_hundred_members_are_added_in_one_call(client):
    users, group = client.users(400), client.group()
    items = [
        patch(
            n,
            f"/groups/{group}",
            {BIND: [f"{GRAPH}/users/{u}" for u in users[n * 20 : n * 20 + 20]]},
        )
        for n in range(20)
    ]
    calls = client.app.ledger.last_number

    replies = client.batch(*items)

    assert {each["status"] for each in replies.values()} == {204}
    assert client.app.ledger.last_number == calls + 1
    assert sorted(client.member_ids(group)) == sorted(users)


@pytest.mark.parametrize("url", ["{g}/groups", "groups", "/groups", "/v1.0/groups"])
def test_the_url_may_be_absolute_or_relative(client, url):
    replies = client.batch(get(1, url.format(g=GRAPH)))

    assert replies["1"]["status"] == 200


@pytest.mark.parametrize(
    "item",
    [
        get(1, "https://evil.example/v1.0/groups"),
        get(1, "http://[::1/v1.0/groups"),
        get(1, "/$batch"),
        get(1, "/$BATCH?x=1"),
        get(1, "/%24batch"),
        {"id": "1", "method": "POST", "url": "/groups", "body": {}},
        {"id": "1", "method": "TRACE", "url": "/groups"},
        {"id": "1", "url": "/groups"},
        {"id": 1, "method": "GET", "url": "/groups"},
        {"id": "1", "method": "GET"},
        {"id": "", "method": "GET", "url": "/groups"},
        {"id": "1", "method": "GET", "url": "/groups", "headers": []},
        {"id": "1", "method": "GET", "url": "/groups", "headers": {"Prefer": 5}},
        {"id": "1", "method": "GET", "url": "/groups", "dependsOn": "1"},
        {"id": "1", "method": "GET", "url": "/groups", "dependsOn": [1]},
        {"id": "1", "method": "GET", "url": "/groups", "dependsOn": ["1"]},
        [],
        None,
    ],
)
def test_a_malformed_request_refuses_the_whole_batch(client, item):
    reply = client.call("POST", "/$batch", {"requests": [get(0), item]})

    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("body", [{}, {"requests": []}, {"requests": {}}, {"requests": None}])
def test_a_batch_without_requests_is_refused(client, body):
    assert client.call("POST", "/$batch", body).status_code == 400


def test_more_than_twenty_requests_are_refused(client):
    reply = client.call("POST", "/$batch", {"requests": [get(n) for n in range(21)]})

    assert reply.status_code == 400
    assert reply.json()["error"]["message"] == (
        "Number of batch request steps exceeds the maximum value of 20."
    )


def test_ids_are_compared_without_case(client):
    items = [{**get(1), "id": "a"}, {**get(2), "id": "A"}]

    assert client.call("POST", "/$batch", {"requests": items}).status_code == 400


def test_a_failed_parent_fails_its_children_and_theirs(client):
    user, group = client.user(), client.group()

    replies = client.batch(
        add(1, group, "nix"),
        add(2, group, user, dependsOn=["1"]),
        get(3, dependsOn=["2"]),
    )

    assert [replies[key]["status"] for key in "123"] == [400, 424, 424]
    assert replies["2"]["body"]["error"]["code"] == "FailedDependency"
    assert client.member_ids(group) == []


def test_a_done_parent_lets_its_child_run(client):
    body = {
        "displayName": "Sales",
        "mailEnabled": False,
        "mailNickname": "sales",
        "securityEnabled": True,
    }
    upsert = patch(1, "/groups(uniqueName='key')", body)
    upsert["headers"] = {**JSON, "Prefer": "create-if-missing"}
    urls = [f"{GRAPH}/users/{each}" for each in client.users(2)]

    replies = client.batch(
        upsert, patch(2, "/groups(uniqueName='key')", {BIND: urls}, dependsOn=["1"])
    )

    assert [replies[key]["status"] for key in "12"] == [201, 204]
    assert replies["1"]["headers"]["Location"].endswith("Microsoft.DirectoryServices.Group")
    assert len(client.app.admin.groups()[0].member_ids) == 2


def test_all_may_depend_on_one(client):
    replies = client.batch(get(1), get(2, dependsOn=["1"]), get(3, dependsOn=["1"]))

    assert {each["status"] for each in replies.values()} == {200}


def test_each_request_is_metered_and_refused_by_itself(client):
    user, group = client.user(), client.group()
    client.app.arm(Fault("o365.add_member", "throttle", retry_after="10"))

    replies = client.batch(add(1, group, user), add(2, group, user))

    assert [replies[key]["status"] for key in "12"] == [429, 204]
    assert replies["1"]["headers"]["Retry-After"] == "10"
    assert replies["1"]["body"]["error"]["code"] == "TooManyRequests"


def test_the_ledger_shows_the_requests_within_the_batch(client):
    user, group = client.user(), client.group()

    client.batch(add(1, group, user), get(2))

    call = list(client.app.ledger)[-1]
    assert [(each.operation, each.status) for each in call.inner] == [
        ("o365.add_member", 204),
        ("o365.list_groups", 200),
    ]


def test_a_lost_reply_within_a_batch_is_an_inner_504_and_done(client):
    user, group = client.user(), client.group()
    client.app.arm(Fault("o365.add_member", "lose_reply"))

    replies = client.batch(add(1, group, user))

    assert replies["1"]["status"] == 504
    assert client.member_ids(group) == [user]


def test_an_inner_request_cannot_bring_another_token(client):
    replies = client.batch(get(1, headers={"Authorization": "Bearer x"}))

    assert replies["1"]["status"] == 200


@pytest.mark.parametrize("url", ["/gröups/ü", "/groups/ \n", "//", "/groups?$filter=\u4e2d"])
def test_odd_urls_within_a_batch_are_refused_by_the_call_itself(client, url):
    replies = client.batch(get(1, url))

    assert replies["1"]["status"] == 400


def test_odd_headers_within_a_batch_do_no_harm(client):
    headers = {
        "Host": "evil.example",
        "Content-Length": "x",
        "ü": "\u4e2d\r\nX: y",
        "Prefer": "\x00",
    }

    replies = client.batch(get(1, headers=headers))

    assert replies["1"]["status"] == 200


def test_replies_of_a_tenant_are_the_same_every_time(make):
    def run():
        client = make()
        client.users(3)
        reply = client.call("POST", "/$batch", {"requests": [get(n, "/users") for n in range(9)]})
        return reply.text

    assert run() == run()


@pytest.mark.parametrize(
    "amiss", [{"id": "\ud800"}, {"url": "/\ud800"}, {"headers": {"A": "\ud800"}}]
)
def test_half_a_surrogate_pair_is_no_text_anywhere_in_a_batch(client, amiss):
    reply = client.call("POST", "/$batch", {"requests": [get(1), {**get(2), **amiss}]})

    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "BadRequest"
