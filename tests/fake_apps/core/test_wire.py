"""The one exchange: what arrives, what does not, and how long it took."""

import io

import pytest
import requests

from fake_apps import session
from fake_apps.core.fault import Fault
from tests.fake_apps.core import toy

URL = toy.HOST


def add(client, name, **more):
    return client.post(f"{URL}/groups", json={"name": name}, **more)


def kept(app):
    return [group.name for group in app.state.groups]


def test_a_reply_is_what_requests_users_expect(client):
    answer = add(client, "Sales")

    assert (answer.status_code, answer.reason, answer.ok) == (201, "Created", True)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["name"] == "Sales"
    assert answer.url == f"{URL}/groups"


def test_a_refusal_raises_with_the_phrase_of_its_status(client):
    with pytest.raises(requests.HTTPError, match="404 Client Error: Not Found"):
        client.get(f"{URL}/groups/nobody").raise_for_status()


def test_a_reply_can_be_read_as_a_stream(client):
    with client.get(f"{URL}/groups", stream=True) as answer:
        read = b"".join(answer.iter_content(4))

    assert read == b'{"groups":[]}\n'


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "x"}',
        bytearray(b'{"name": "x"}'),
        '{"name": "x"}',
        io.BytesIO(b'{"name": "x"}'),
        (piece for piece in (b'{"name": ', b'"x"}')),
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_body_may_come_in_any_form_requests_takes(app, client, body):
    headers = {"Content-Type": "application/json"}

    assert client.post(f"{URL}/groups", data=body, headers=headers).status_code == 201
    assert kept(app) == ["x"]


def test_a_header_may_be_bytes(app, client):
    app.change_setting("locked", True)
    answer = client.get(f"{URL}/groups", headers={"Authorization": b"Bearer t0p-s3cret"})

    assert answer.status_code == 200


@pytest.mark.parametrize("host", toy.APP.hosts)
def test_every_host_of_the_vendor_is_this_app(client, host):
    assert client.get(f"https://{host}/groups").status_code == 200


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "http://api.toy.example/groups", "https://api.toy.exam/"]
)
def test_any_other_host_is_refused_before_anything_leaves(client, url):
    with pytest.raises(requests.exceptions.InvalidSchema):
        client.get(url)


def test_latency_passes_on_the_clock_of_the_app():
    app = toy.APP.create(latency_s=0.2)
    start = app.clock.now()
    add(session(app), "Sales")

    assert app.clock.now() == pytest.approx(start + 0.2)


def test_the_items_of_a_batch_travel_together():
    app = toy.APP.create(latency_s=0.2)
    start = app.clock.now()
    items = [{"method": "GET", "path": "/groups"}] * 3
    session(app).post(f"{URL}/batch", json={"items": items})

    assert app.clock.now() == pytest.approx(start + 0.2)


def test_a_lost_reply_is_a_time_out_after_the_work_was_done(app, client):
    app.arm(Fault("toy.create_group", "lose_reply"))
    start = app.clock.now()
    with pytest.raises(requests.ReadTimeout):
        add(client, "Sales", timeout=5)

    assert (kept(app), app.clock.now() - start) == (["Sales"], 5)


def test_a_lost_request_is_a_time_out_before_the_work_was_done(app, client):
    app.arm(Fault("toy.create_group", "lose_request"))
    start = app.clock.now()
    with pytest.raises(requests.ReadTimeout):
        add(client, "Sales", timeout=(1, 7))

    assert (kept(app), app.clock.now() - start) == ([], 7)


def test_a_lost_reply_shows_in_the_ledger_with_the_moment_the_caller_gave_up(app, client):
    app.arm(Fault("toy.create_group", "lose_reply"))
    with pytest.raises(requests.ReadTimeout):
        add(client, "Sales", timeout=5)
    (call,) = app.ledger

    assert (call.lost, call.fault, call.status) == (True, "lose_reply", 201)
    assert call.until == call.at + 5


def test_a_refusal_can_be_lost_as_well_and_still_changes_nothing(app, client):
    add(client, "Sales")
    app.arm(Fault("toy.create_group", "lose_reply"))
    with pytest.raises(requests.ReadTimeout):
        add(client, "Sales", timeout=5)

    assert kept(app) == ["Sales"]


def test_a_slow_reply_below_the_time_out_arrives_late(app, client):
    app.arm(Fault("toy.create_group", "slow", seconds=20))
    start = app.clock.now()
    answer = add(client, "Sales", timeout=30)

    assert (answer.status_code, app.clock.now() - start) == (201, 20)


def test_a_slow_reply_above_the_time_out_never_arrives_though_the_work_is_done(app, client):
    app.arm(Fault("toy.create_group", "slow", seconds=40))
    start = app.clock.now()
    with pytest.raises(requests.ReadTimeout):
        add(client, "Sales", timeout=30)
    (call,) = app.ledger

    assert (kept(app), app.clock.now() - start, call.lost) == (["Sales"], 30, True)


def test_a_caller_without_a_time_out_waits_as_long_as_it_takes(app, client):
    app.arm(Fault("toy.create_group", "slow", seconds=4000))
    start = app.clock.now()

    assert add(client, "Sales").status_code == 201
    assert app.clock.now() - start == 4000


def test_a_reset_drops_the_connection_at_once_and_does_nothing(app, client):
    app.arm(Fault("toy.create_group", "reset"))
    start = app.clock.now()
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        add(client, "Sales", timeout=5)
    (call,) = app.ledger

    assert (kept(app), app.clock.now(), call.lost) == ([], start, True)


def test_garbage_is_no_json_and_does_nothing(app, client):
    app.arm(Fault("toy.create_group", "garbage", status=502, body="error code: 502"))
    answer = add(client, "Sales")

    assert (answer.status_code, answer.text, kept(app)) == (502, "error code: 502", [])


def test_garbage_may_pretend_to_be_fine(app, client):
    app.arm(Fault("toy.create_group", "garbage", status=200, body="<html>"))
    answer = add(client, "Sales")

    assert (answer.status_code, answer.text, kept(app)) == (200, "<html>", [])


def test_a_refusal_of_the_tests_choice_comes_in_the_vendors_envelope(app, client):
    app.arm(Fault("toy.create_group", "refuse", status=507, code="full", message="no room"))
    answer = add(client, "Sales")

    assert (answer.status_code, answer.json()) == (507, {"error": "full", "message": "no room"})


@pytest.mark.parametrize(("retry_after", "sent"), [("17", "17"), ("soon", "soon"), (None, None)])
def test_a_throttled_call_carries_the_wait_the_test_asked_for(app, client, retry_after, sent):
    app.arm(Fault("toy.create_group", "throttle", retry_after=retry_after))
    answer = add(client, "Sales")

    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, sent)


def test_the_wait_is_kept_in_the_ledger(app, client):
    app.arm(Fault("toy.create_group", "throttle", retry_after="17"))
    add(client, "Sales")
    (call,) = app.ledger

    assert (call.reply_headers["Retry-After"], call.refusal) == ("17", "busy")


def test_unavailable_is_the_vendors_own(app, client):
    app.arm(Fault("toy.create_group", "unavailable"))

    assert add(client, "Sales").json() == {"error": "away", "message": "back soon"}


def test_a_fault_of_the_vendors_own_is_rendered_as_text_where_the_vendor_does(app, client):
    app.arm(Fault("toy.create_group", "teapot"))
    answer = add(client, "Sales")

    assert (answer.status_code, answer.text) == (418, "short and stout")
    assert answer.headers["Content-Type"] == "text/html"


def test_one_item_of_a_batch_may_meet_a_fault(app, client):
    app.arm(Fault("toy.create_group", "unavailable"))
    item = {"method": "POST", "path": "/groups", "body": '{"name": "a"}'}
    answer = client.post(f"{URL}/batch", json={"items": [item]})

    assert (answer.status_code, answer.json()["answers"][0]["status"]) == (200, 503)


def test_a_call_that_met_a_fault_is_marked_with_it(app, client):
    app.arm(Fault("toy.create_group", "slow", seconds=1))
    add(client, "a")
    add(client, "b")

    assert [call.fault for call in app.ledger] == ["slow", None]
