"""Batches of the fake Google Workspace, as the Python client writes them and otherwise."""

import json

import pytest

from fake_apps import Fault
from tests.fake_apps.gsuite.conftest import SCOPE, multipart, refusal

ID = "<response-b29c5de2-0db4-490b-b421-6a51b598bd22 + {}>"


def insertion(group, user):
    return f"POST /groups/{group}/members?alt=json\n" + json.dumps({"id": user})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("path", ["/batch", "/batch/admin/directory_v1"])
def test_each_call_is_answered_under_its_own_id_in_order(client, newline, path):
    group, (ana, ben) = client.group(), client.users(2)

    reply = client.batch(insertion(group, ana), insertion(group, ben), path=path, newline=newline)

    assert reply.headers["Content-Type"].startswith("multipart/mixed; boundary=batch_")
    parts = client.unpack(reply)
    assert [(part[0], part[1], part[2]["id"]) for part in parts] == [
        (ID.format(1), 200, ana),
        (ID.format(2), 200, ben),
    ]
    assert sorted(client.member_ids(group)) == sorted([ana, ben])


def test_a_failing_call_leaves_the_others_alone(client):
    group, ana = client.group(), client.user()

    parts = client.unpack(client.batch(insertion(group, "1" * 21), insertion(group, ana)))

    assert [status for _, status, _ in parts] == [404, 200]
    assert parts[0][2]["error"]["message"] == "Resource Not Found: memberKey"
    assert client.member_ids(group) == [ana]


def test_a_delete_is_answered_204_with_the_blank_line_clients_split_at(client):
    group, ana = client.group(), client.user()
    client.add(group, ana)

    reply = client.batch(f"DELETE /groups/{group}/members/{ana}")

    part = reply.text.split("--batch_")[1]
    assert "HTTP/1.1 204 No Content\r\n" in part
    assert part.count("\r\n\r\n") == 2
    assert client.member_ids(group) == []


def test_reads_and_writes_may_stand_side_by_side(client):
    client.group("Sales")

    parts = client.unpack(
        client.batch(
            "GET /groups/sales@example.test?fields=name", "DELETE /users/nobody@example.test"
        )
    )

    assert [part[1:2] for part in parts] == [(200,), (404,)]
    assert parts[0][2] == {"name": "Sales"}


def test_a_thousand_calls_are_taken_and_one_more_refuses_all(make):
    client = make(limits=0.0)
    group, users = client.group(), client.users(1001)
    calls = [insertion(group, user) for user in users]

    refused = client.batch(*calls)
    taken = client.batch(*calls[:1000])

    assert refusal(refused)[:2] == (400, "badRequest")
    assert len(client.unpack(taken)) == 1000
    assert set(client.member_ids(group)) < set(users)


def test_every_call_counts_against_the_quota_and_the_batch_itself_does_not(client):
    group, users = client.group(), client.users(3)
    before = client.app.meter.used("queries")

    client.batch(*(insertion(group, user) for user in users))

    assert round((client.app.meter.used("queries") - before) * 2400) == 3


def test_calls_over_the_quota_are_refused_one_by_one(client):
    group, users = client.group(), client.users(3)
    client.app.meter.spend({"queries": 2400 - 3})

    parts = client.unpack(client.batch(*(insertion(group, user) for user in users)))

    assert sorted(status for _, status, _ in parts) == [200, 200, 403]


def test_a_call_s_own_token_counts_before_the_batch_s(client):
    client.group("Sales")
    good = client.session.headers["Authorization"]
    body = multipart(["GET /groups/sales@example.test", "GET /groups/sales@example.test"])
    own = body.replace(b"content-type: application/json", b"authorization: " + good.encode(), 1)

    replies = client.unpack(client.post_batch(own, Authorization="Bearer no"))

    assert [status for _, status, _ in replies] == [200, 401]


def test_without_any_token_each_call_is_refused(client):
    del client.session.headers["Authorization"]

    ((_, status, body),) = client.unpack(client.batch("GET /groups/sales@example.test"))

    assert (status, body["error"]["errors"][0]["reason"]) == (401, "required")


def test_a_call_in_a_batch_needs_its_scope(client):
    client.authorize(f"{SCOPE}user")

    ((_, status, _),) = client.unpack(client.batch("GET /groups/sales@example.test"))

    assert status == 403


def test_a_call_whose_reply_is_lost_is_a_504_of_its_own(client):
    group, (ana, ben) = client.group(), client.users(2)
    arm(client, "gsuite.insert_member", "lose_reply")

    parts = client.unpack(client.batch(insertion(group, ana), insertion(group, ben)))

    assert sorted(status for _, status, _ in parts) == [200, 504]
    assert sorted(client.member_ids(group)) == sorted([ana, ben])


def arm(client, operation, kind):
    client.app.arm(Fault(operation, kind))


def test_a_part_without_an_id_is_answered_without_one(client):
    body = b"\n".join(
        line for line in multipart(["GET /groups/x"]).split(b"\n") if b"Content-ID" not in line
    )

    ((content_id, status, _),) = client.unpack(client.post_batch(body))

    assert (content_id, status) == (None, 404)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--==edge==--",
        b"--==edge==\n--==edge==--",
        b"no boundary at all",
        b"--==edge==\nContent-Type: application/http\n\nnothing like a request\n--==edge==--",
        b"--==edge==\nContent-Type: application/http\n\nGET / HTTP/1.1\n\n--==edge==--",
        b"--==edge==\nContent-Type: application/http\n\nGET /batch HTTP/1.1\n\n--==edge==--",
        b"--==edge==\nContent-Type: application/http\n\nPOST /token HTTP/1.1\n\n--==edge==--",
        multipart(["BREW /groups/x"]),
        multipart(["GET /groups/x"]).replace(b"application/http", b"text/plain"),
        b"--==edge==\n\xff\xfe\x00\n--==edge==--",
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(client, body):
    reply = client.post_batch(body)

    assert refusal(reply)[:2] == (400, "badRequest")
    assert reply.json()["error"]["message"].startswith("Failed to parse batch request")


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/mixed", "multipart/form-data; boundary=x"]
)
def test_a_batch_must_say_what_it_is(client, kind):
    reply = client.post_batch(multipart(["GET /groups/x"]), **{"Content-Type": kind})

    assert refusal(reply)[:2] == (400, "badRequest")


def test_one_good_call_among_bad_ones_is_not_done(client):
    body = multipart(['POST /groups\n{"email":"sales@example.test"}', "GET nowhere"])

    assert refusal(client.post_batch(body))[:2] == (400, "badRequest")
    assert client.app.admin.groups() == []
