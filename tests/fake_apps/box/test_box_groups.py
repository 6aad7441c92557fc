"""Groups of the fake Box: bodies, names, `fields=`, lists."""

import pytest

from fake_apps.core.fault import Fault

SYNC = {
    "provenance": "Okta",
    "external_sync_identifier": "gPm1",
    "description": "Sells",
    "invitability_level": "admins_only",
    "member_viewability_level": "all_managed_users",
}


def test_a_made_group_is_answered_in_its_standard_form(client):
    reply = client.create_group(**SYNC)

    assert reply.status_code == 201
    assert list(reply.json().items()) == [
        ("type", "group"),
        ("id", reply.json()["id"]),
        ("name", "Sales"),
        ("group_type", "managed_group"),
        ("created_at", "2025-12-31T16:00:00-08:00"),
        ("modified_at", "2025-12-31T16:00:00-08:00"),
    ]
    assert reply.json()["id"].isdecimal()


def test_the_sync_fields_are_answered_when_named(client):
    reply = client.create_group(query="?fields=" + ",".join([*SYNC, "permissions"]), **SYNC)

    assert reply.json() == {
        "type": "group",
        "id": reply.json()["id"],
        "name": "Sales",
        "group_type": "managed_group",
        **SYNC,
        "permissions": {"can_invite_as_collaborator": True},
    }


def test_unset_sync_fields_are_empty(client):
    group = client.group()

    reply = client.get(f"/groups/{group}?fields=provenance,external_sync_identifier,description")

    assert reply.json()["provenance"] is reply.json()["external_sync_identifier"] is None
    assert reply.json()["description"] == ""


def test_the_identifier_of_a_synchronised_group_may_be_of_any_length(client):
    """Box facts, section 2: of these fields provenance and description alone have a limit."""
    group = client.group(external_sync_identifier="x" * 1_000)

    shown = client.get(f"/groups/{group}?fields=external_sync_identifier").json()

    assert shown["external_sync_identifier"] == "x" * 1_000
    assert client.create_group("Other", provenance="x" * 256).status_code == 400


def test_fields_nobody_knows_are_ignored_and_none_is_as_not_asked(client):
    group = client.group()

    assert list(client.get(f"/groups/{group}?fields=nothing,type").json()) == [
        "type",
        "id",
        "name",
        "group_type",
    ]
    assert "created_at" in client.get(f"/groups/{group}?fields=").json()


def test_a_group_is_changed_field_by_field(client):
    group = client.group(**SYNC)
    client.app.clock.sleep(60)

    reply = client.call("PUT", f"/groups/{group}", {"name": "Sales EMEA", "provenance": None})

    assert reply.status_code == 200
    assert reply.json()["name"] == "Sales EMEA"
    assert reply.json()["modified_at"] == "2025-12-31T16:01:00-08:00"
    full = client.get(f"/groups/{group}?fields=" + ",".join(SYNC)).json()
    assert {name: full[name] for name in SYNC} == SYNC | {"provenance": None}


def test_a_deleted_group_is_gone_for_good(client):
    group = client.group()

    reply = client.call("DELETE", f"/groups/{group}")

    assert (reply.status_code, reply.content) == (204, b"")
    assert client.get(f"/groups/{group}").status_code == 404
    assert client.call("DELETE", f"/groups/{group}").status_code == 404
    assert client.create_group().status_code == 201


@pytest.mark.parametrize("name", ["Sales", "SALES", "sales"])
def test_a_name_is_taken_once_whatever_its_case(client, name):
    client.group("Sales")

    reply = client.create_group(name)

    body = reply.json()
    assert reply.status_code == 409
    assert body == {
        "type": "error",
        "status": 409,
        "code": "conflict",
        "context_info": {
            "errors": [
                {
                    "reason": "invalid_parameter",
                    "name": "group_tag_name",
                    "message": f"Invalid value '{name}'. A resource with value '{name}' "
                    "already exists",
                }
            ]
        },
        "help_url": "http://developers.box.com/docs/#errors",
        "message": "Resource with the same name already exists",
        "request_id": body["request_id"],
    }


def test_renaming_to_a_taken_name_is_the_same_conflict_and_to_its_own_is_not(client):
    client.group("Sales")
    group = client.group("Support")

    assert client.call("PUT", f"/groups/{group}", {"name": "sales"}).json()["code"] == "conflict"
    assert client.call("PUT", f"/groups/{group}", {"name": "SUPPORT"}).status_code == 200


@pytest.mark.parametrize("name", ["Größe & Söhne", "営業部", "a/b", "%27", "x" * 255, "All Box "])
def test_odd_names_are_kept_as_they_are(client, name):
    group = client.group(name)

    assert client.get(f"/groups/{group}").json()["name"] == name


@pytest.mark.parametrize("name", ["   ", "x" * 256, 5, ["x"], {"a": 1}, True, "a\x00b"])
def test_a_name_that_is_none_is_refused(client, name):
    reply = client.call("POST", "/groups", {"name": name})

    assert reply.status_code == 400
    assert reply.json()["context_info"]["errors"][0]["reason"] == "invalid_parameter"
    assert reply.json()["context_info"]["errors"][0]["name"] == "name"


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": ""}])
def test_a_missing_name_is_told(client, body):
    reply = client.call("POST", "/groups", body)

    assert reply.status_code == 400
    assert reply.json()["code"] == "bad_request"
    assert reply.json()["context_info"]["errors"] == [
        {"reason": "missing_parameter", "name": "name", "message": "'name' is required"}
    ]


def test_an_unknown_group_is_told_by_its_id(client):
    reply = client.get("/groups/g_123")

    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"
    assert reply.json()["message"] == "Not Found"
    assert reply.json()["context_info"]["errors"] == [
        {
            "reason": "invalid_parameter",
            "name": "group",
            "message": "Invalid value 'g_123'. 'group' with value 'g_123' not found",
        }
    ]


def test_every_error_has_its_own_request_id_in_body_and_header(client):
    first, second = client.get("/groups/1"), client.get("/groups/1")

    assert first.json()["request_id"] != second.json()["request_id"]
    assert first.json()["request_id"] == first.headers["BOX-REQUEST-ID"]


def test_if_match_means_nothing_to_groups(client):
    group = client.group()

    reply = client.call("PUT", f"/groups/{group}", {"name": "X"}, headers={"If-Match": "1"})

    assert reply.status_code == 200
    assert "ETag" not in reply.headers


@pytest.mark.parametrize(
    ("kind", "status"),
    [("unavailable_done", 503), ("internal_server_error_done", 500), ("bad_gateway_done", 502)],
)
def test_a_write_that_seems_to_fail_may_be_done(client, kind, status):
    client.app.arm(Fault("box.create_group", kind, retry_after="3"))

    assert client.create_group().status_code == status
    assert client.create_group().json()["code"] == "conflict"
    assert client.get("/groups").json()["total_count"] == 1


def test_a_write_that_is_refused_is_not_done_by_a_fault(client):
    client.group()
    client.app.arm(Fault("box.create_group", "unavailable_done"))

    assert client.create_group().status_code == 409
    assert client.get("/groups").json()["total_count"] == 1


# --- lists -------------------------------------------------------------------------------------


def names(reply):
    return [each["name"] for each in reply.json()["entries"]]


def test_a_list_says_what_part_it_is(client):
    for number in range(5):
        client.group(f"g{number}")

    reply = client.get("/groups?limit=2&offset=2")

    assert names(reply) == ["g2", "g3"]
    assert {k: v for k, v in reply.json().items() if k != "entries"} == {
        "total_count": 5,
        "limit": 2,
        "offset": 2,
    }


def test_a_page_has_100_entries_unless_told_and_at_most_1000(client):
    for number in range(101):
        client.app.admin.add_group(f"g{number}")

    assert len(names(client.get("/groups"))) == client.get("/groups").json()["limit"] == 100
    assert client.get("/groups?limit=5000").json()["limit"] == 1000


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("limit=x", "invalid_limit", "Limit is not a valid number"),
        ("limit=-1", "invalid_limit", "Limit is not a valid number"),
        ("limit=0", "invalid_limit", "Limit is not a valid number"),
        ("limit=1e3", "invalid_limit", "Limit is not a valid number"),
        ("offset=x", "invalid_offset", "Offset is not a valid number"),
        ("offset=-1", "invalid_offset", "Offset is not a valid number"),
        ("offset=10001", "bad_request", "Bad Request"),
    ],
)
def test_a_part_that_cannot_be_is_refused(client, query, code, message):
    reply = client.get(f"/groups?{query}")

    assert reply.status_code == 400
    assert (reply.json()["code"], reply.json()["message"]) == (code, message)


def test_a_filter_finds_names_that_start_so_in_any_case(client):
    for name in ("Sales", "Sales EMEA", "Presales", "sales apac"):
        client.group(name)

    assert names(client.get("/groups?filter_term=SALES")) == ["Sales", "Sales EMEA", "sales apac"]
    assert names(client.get("/groups?filter_term=")) == [
        "Sales",
        "Sales EMEA",
        "Presales",
        "sales apac",
    ]


def test_a_filter_finds_new_and_renamed_groups_after_a_while(make):
    client = make(settings={"search_lag_s": 10})
    group = client.group("Sales")
    assert names(client.get("/groups?filter_term=Sales")) == []
    assert names(client.get("/groups")) == ["Sales"]

    client.app.clock.sleep(10)
    assert names(client.get("/groups?filter_term=Sales")) == ["Sales"]

    client.call("PUT", f"/groups/{group}", {"name": "Support"})
    assert names(client.get("/groups?filter_term=S")) == []


def test_a_list_of_groups_brings_the_fields_that_are_named(client):
    group = client.group(**SYNC)

    entries = client.get("/groups?fields=provenance,description").json()["entries"]

    assert entries == [
        {
            "type": "group",
            "id": group,
            "name": "Sales",
            "group_type": "managed_group",
            "provenance": "Okta",
            "description": "Sells",
        }
    ]


TERMINATIONS = [
    ("/groups/terminate_sessions", ("Groups", "group"), {"group_ids": ["1"]}),
    (
        "/users/terminate_sessions",
        ("Users", "User"),
        {"user_ids": ["1"], "user_logins": ["a@b"]},
    ),
]


@pytest.mark.parametrize(("path", "_words", "body"), TERMINATIONS)
def test_sessions_of_groups_and_users_are_terminated_later(client, path, _words, body):
    reply = client.call("POST", path, body)

    assert reply.status_code == 202
    assert reply.json() == {
        "message": "Request is successful, please check the admin events for the status of the job"
    }


@pytest.mark.parametrize(("path", "words", "body"), TERMINATIONS)
def test_whose_sessions_are_terminated_has_to_be_said(client, path, words, body):
    several, single = words
    first = next(iter(body))
    nobody = [client.call("POST", path, told) for told in ({}, {first: []}, {first: None})]
    no_list = [client.call("POST", path, {first: told}) for told in ("1", [1], {"id": "1"})]
    no_json = client.call("POST", path, data=b"x")

    assert {each.json()["message"] for each in nobody} == {f"{several} can not be NULL or EMPTY"}
    assert {each.json()["message"] for each in no_list} == {f"{single} id format is string"}
    assert no_json.json()["message"] == "Supported payload format is JSON"
    assert {each.status_code for each in (*nobody, *no_list, no_json)} == {400}


def test_memberships_are_not_made_below_groups(client):
    reply = client.call("POST", "/groups/group_memberships", {})

    assert reply.status_code == 405
    assert (reply.json()["code"], reply.json()["message"]) == (
        "method_not_allowed",
        "Method Not Allowed",
    )
