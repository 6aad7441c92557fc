"""Calls that fail although they were done, groups that are half made, and who is kept waiting."""

import pytest

from fake_apps.core.fault import Fault
from tests.fake_apps.gsuite.conftest import SCOPE, SCOPES, refusal


def arm(client, kind, operation):
    client.app.arm(Fault(f"gsuite.{operation}", kind))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("conflict_done", (409, "conflict", "Conflicting requests. Please try again.")),
        ("condition_not_met_done", (412, "conditionNotMet", "Precondition Failed")),
        ("duplicate_done", (409, "duplicate", "Entity already exists.")),
        ("backend_error_done", (500, "backendError", "Backend Error")),
    ],
)
def test_a_refused_call_may_have_been_done(client, kind, expected):
    group, ana = client.group(), client.user()
    arm(client, kind, "insert_member")

    assert refusal(client.add(group, ana)) == expected
    assert client.member_ids(group) == [ana]


def test_a_call_refused_for_good_reason_is_not_done_by_such_a_fault(client):
    group = client.group()
    arm(client, "conflict_done", "insert_member")

    assert refusal(client.add(group, "nobody@example.test"))[0] == 404
    assert client.member_ids(group) == []


def test_a_call_within_a_batch_may_have_been_done_as_well(client):
    group, ana = client.group(), client.user()
    arm(client, "condition_not_met_done", "insert_member")
    reply = client.batch(f'POST /groups/{group}/members\n{{"id":"{ana}"}}')

    assert [status for _, status, _ in client.unpack(reply)] == [412]
    assert client.member_ids(group) == [ana]


def test_a_half_made_group_is_listed_and_taken_but_not_to_be_had(client):
    arm(client, "half_made", "insert_group")
    made = client.create_group()
    listed = client.get("/groups?customer=my_customer").json()["groups"]
    key = "sales@example.test"

    assert refusal(made)[:2] == (500, "backendError")
    assert [group["email"] for group in listed] == [key]
    assert client.create_group().status_code == 409
    assert refusal(client.get(f"/groups/{key}"))[:2] == (404, "notFound")
    assert refusal(client.add(key, client.user()))[:2] == (404, "notFound")
    assert client.call("DELETE", f"/groups/{key}").status_code == 204
    assert client.create_group().status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "kept"), [("bad_gateway", 502, ""), ("gateway_timeout", 504, "")]
)
def test_a_page_of_the_front_end_is_no_json(client, kind, status, kept):
    arm(client, kind, "insert_group")
    reply = client.create_group()

    assert (reply.status_code, reply.headers["Content-Type"]) == (
        status,
        "text/html; charset=UTF-8",
    )
    assert reply.text.startswith("<!DOCTYPE html>")
    assert "groups" not in client.get("/groups?customer=my_customer").json()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("system_error", (400, "invalid", "A system error has occurred")),
        ("internal_error", (500, "internalError", "Internal error encountered.")),
    ],
)
def test_a_failure_for_no_reason(client, kind, expected):
    arm(client, kind, "get_group")

    assert refusal(client.get(f"/groups/{client.group()}")) == expected


# --- members who are not there yet -----------------------------------------------------------


def test_an_invited_outsider_is_in_no_list_and_added_only_once_it_is_removed(make):
    client = make(settings={"external_members_allowed": True})
    group, eve = client.group(), "eve@elsewhere.test"
    client.app.admin.invite(group, eve)

    assert refusal(client.add(group, eve)) == (409, "duplicate", "Member already exists.")
    assert client.member_ids(group) == []
    assert client.get(f"/groups/{group}/members/{eve}").status_code == 404
    assert client.remove(group, eve).status_code == 204
    assert client.add(group, eve).json()["email"] == eve


def test_an_address_that_google_knows_nobody_of_is_refused(make):
    settings = {"external_members_allowed": True, "unknown_addresses": ["x@elsewhere.test"]}
    client = make(settings=settings)
    group = client.group()
    expected = (400, "invalid", "Invalid Input: memberKey")

    assert refusal(client.add(group, "X@elsewhere.test")) == expected
    assert client.add(group, "y@elsewhere.test").status_code == 200


def test_pages_of_members_end_after_an_hour(client):
    group = client.app.admin.add_group("Sales", member_ids=client.users(3))
    path = f"/groups/{group}/members?maxResults=1"
    first = client.get(path).json()["nextPageToken"]
    client.app.clock.sleep(3000)
    client.authorize()
    second = client.get(f"{path}&pageToken={first}").json()["nextPageToken"]
    client.app.clock.sleep(601)

    assert refusal(client.get(f"{path}&pageToken={second}"))[2] == "Invalid Input: pageToken"


def test_a_user_is_signed_out_with_a_scope_of_its_own(client):
    ana = client.user()
    path = f"/users/{ana}/signOut"

    assert refusal(client.call("POST", path))[:2] == (403, "insufficientPermissions")
    client.authorize(f"{SCOPES} {SCOPE}user.security")
    assert client.call("POST", path).status_code == 204
    assert refusal(client.call("POST", "/users/nobody@example.test/signOut"))[0] == 404


@pytest.mark.parametrize(("value", "status"), [("true", 200), ("false", 200), ("perhaps", 400)])
def test_conflicting_accounts_may_be_left_to_google(client, value, status):
    body = {
        "primaryEmail": "ana@example.test",
        "name": {"givenName": "Ana", "familyName": "Silva"},
        "password": "correct horse",
    }
    reply = client.call("POST", f"/users?resolveConflictAccount={value}", body)

    assert reply.status_code == status


def test_a_cycle_is_refused_though_the_inner_members_do_not_show_yet(make):
    client = make(quirks={"Q17": True})
    outer, inner = client.group("Outer"), client.group("Inner")
    client.add(outer, inner)

    assert refusal(client.add(inner, outer))[0] == 412
