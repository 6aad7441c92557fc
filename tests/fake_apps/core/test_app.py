"""A fake app answers each request as one unit of work, and can be put back to how it began."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.exceptions import UnsupportedMediaType

from fake_apps import session
from fake_apps.core.app import make_environ
from fake_apps.core.clock import VirtualClock
from fake_apps.core.error import ApiError
from fake_apps.core.fault import Fault
from tests.fake_apps.core import toy

URL = toy.HOST


def names(client):
    return client.get(f"{URL}/groups").json()["groups"]


def add(client, name):
    return client.post(f"{URL}/groups", json={"name": name})


def batch(client, *items, atomic=False):
    return client.post(f"{URL}/batch", json={"items": items, "atomic": atomic})


def adding(name):
    return {"method": "POST", "path": "/groups", "body": json.dumps({"name": name})}


def pieces(body):
    """An environ as a server makes it for a body sent in chunks, whose length nobody states."""
    environ = make_environ("POST", f"{URL}/groups", {"Transfer-Encoding": "chunked", **JSON}, body)
    del environ["CONTENT_LENGTH"]
    return environ | {"wsgi.input_terminated": True}


JSON = {"Content-Type": "application/json"}


# --- units of work ---------------------------------------------------------------------------


def test_an_answered_request_is_kept(client):
    add(client, "Sales")

    assert names(client) == ["Sales"]


def test_a_refused_request_leaves_nothing_behind(app, client):
    before = app.store.snapshot().tables
    status = client.post(f"{URL}/change-and-refuse").status_code

    assert (status, app.store.snapshot().tables) == (422, before)


def test_an_error_of_ours_leaves_nothing_behind_and_is_not_hidden(app, client):
    with pytest.raises(KeyError):
        client.post(f"{URL}/groups", json={"nom": "Sales"})

    assert names(client) == []
    assert [call.number for call in app.ledger] == [1, 2]


def test_a_refused_item_of_a_batch_takes_back_itself_alone(client):
    refused = {"method": "POST", "path": "/change-and-refuse"}
    answer = batch(client, adding("a"), refused, adding("b"))

    assert [item["status"] for item in answer.json()["answers"]] == [201, 422, 201]
    assert names(client) == ["a", "b"]


def test_a_refused_batch_takes_back_all_its_items(client):
    answer = batch(client, adding("a"), {"method": "GET", "path": "/nowhere"}, atomic=True)

    assert (answer.status_code, names(client)) == (400, [])


def test_an_administrator_who_is_refused_leaves_nothing_behind(app, client):
    def administer():
        with app.administering() as admin:
            admin.add_group("first")
            admin.add_group("first")

    with pytest.raises(ApiError, match="taken"):
        administer()

    assert names(client) == []


# --- the ledger of an app --------------------------------------------------------------------


def test_a_call_is_entered_with_time_operation_bodies_and_telling_headers(app, client):
    made = add(client, "Sales")
    (call,) = app.ledger

    assert call.as_dict() == {
        "number": 1,
        "at": app.clock.now(),
        "app": "toy",
        "operation": "toy.create_group",
        "method": "POST",
        "path": "/groups",
        "status": 201,
        "protocol": "http",
        "request": '{"name": "Sales"}',
        "reply": made.text,
        "until": app.clock.now(),
    }


def test_secrets_enter_the_ledger_neither_by_body_nor_by_query_nor_by_header(app, client):
    secret = "t0p-s3cret"
    client.post(
        f"{URL}/login?user=ana&token={secret}",
        data={"password": secret, "user": "ana"},
        headers={"Authorization": secret, "Proxy-Authorization": secret, "Cookie": secret},
    )

    assert secret not in app.ledger.dump()
    assert "user=ana" in app.ledger.dump()


def test_headers_that_say_something_are_kept_and_noise_is_not(app, client):
    client.get(f"{URL}/groups", headers={"If-Match": '"1"', "User-Agent": "me"})
    (call,) = app.ledger

    assert call.request_headers == {"If-Match": '"1"'}


def test_items_of_a_batch_are_inner_calls_of_one_call(app, client):
    batch(client, adding("a"), {"method": "GET", "path": "/nowhere"})
    (call,) = app.ledger

    assert [(inner.operation, inner.status) for inner in call.inner] == [
        ("toy.create_group", 201),
        ("toy.unrouted", 404),
    ]


def test_a_refusal_is_entered_with_the_vendors_code(app, client):
    client.get(f"{URL}/groups/nobody")

    assert [call.refusal for call in app.ledger] == ["absent"]


def test_the_same_seed_and_calls_give_the_same_bytes():
    def run():
        app = toy.APP.create(seed=5)
        client = session(app)
        for name in ("a", "b", "a"):
            add(client, name)
        client.get(f"{URL}/groups")
        return app.ledger.dump()

    assert run() == run()


def test_another_seed_gives_other_ids():
    ids = {add(session(toy.APP.create(seed=seed)), "a").json()["id"] for seed in (1, 2)}

    assert len(ids) == 2


def test_two_tenants_of_one_kind_do_not_share_state(client):
    add(client, "Sales")
    other = session(toy.APP.create(seed=1))

    assert names(other) == []


# --- routing ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "nowhere"),
        ("GET", "/", 404, "nowhere"),
        ("PATCH", "/groups", 405, "method"),
        ("OPTIONS", "/groups", 405, "method"),
        ("BREW", "/groups", 405, "method"),
        ("GET", "/groups//x", 404, "nowhere"),
        ("GET", "/%ff%fe", 404, "nowhere"),
    ],
)
def test_what_no_route_answers_gets_the_vendors_own_refusal(client, method, path, status, code):
    answer = client.request(method, URL + path)

    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_head_answers_like_get_without_a_body(client):
    answer = client.head(f"{URL}/groups")

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("a%2Fb", "a/b"),
        ("a%2fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("100%25", "100%"),
        ("a%20b", "a b"),
        ("%C3%A9", "é"),
        ("%C3%A9%2F%252f", "é/%2f"),
        ("a+b", "a+b"),
    ],
)
def test_an_id_arrives_as_it_was_meant(client, sent, understood):
    answer = client.put(f"{URL}/groups/g/members/{sent}")

    assert answer.json() == {"group": "g", "user": understood}


def test_an_encoded_slash_survives_below_a_prefix(app):
    environ = make_environ("PUT", f"{URL}/toy/groups/g/members/a%2Fb", {}, b"")
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = "/toy", "/groups/g/members/a/b"
    answer = app.answer(environ)

    assert json.loads(answer.body)["user"] == "a/b"


def test_keys_keep_the_vendors_order(client):
    assert list(add(client, "Sales").json()) == ["name", "id"]


def test_every_reply_is_decorated_refusals_too(client):
    numbers = [client.get(URL + path).headers["Toy-Calls"] for path in ("/groups", "/nowhere")]

    assert numbers == ["1", "2"]


def test_operations_are_listed_with_the_forms_they_answer(app):
    operations = app.operations()

    assert operations["toy.create_group"] == ["POST /groups"]
    assert operations["toy.add_member"] == ["PUT /groups/<group_id>/members/<user_id>"]
    assert "static" not in operations


# --- bodies ----------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_unread(app, client):
    answer = client.post(f"{URL}/groups", data=b"x" * 1001, headers=JSON)

    assert (answer.status_code, answer.json()["error"]) == (413, "large")
    assert [call.request for call in app.ledger] == [""]


def test_a_body_at_the_limit_is_read(client):
    body = json.dumps({"name": "x"}).encode().ljust(1000)
    answer = client.post(f"{URL}/groups", data=body, headers=JSON)

    assert answer.status_code == 201


@pytest.mark.parametrize("length", ["", "0", "x", "-1", "²", "1e3"])
def test_a_length_that_is_no_number_never_breaks_the_app(app, length):
    environ = make_environ("POST", f"{URL}/login", {}, b"") | {"CONTENT_LENGTH": length}

    assert app.answer(environ).status in (200, 413)


def test_a_body_sent_in_pieces_is_read_to_its_end(app):
    answer = app.answer(pieces(b'{"name": "x"}'))

    assert (answer.status, [group.name for group in app.state.groups]) == (201, ["x"])


def test_a_body_sent_in_pieces_may_not_be_larger_either(app):
    assert app.answer(pieces(b" " * 1001)).status == 413


def test_what_a_route_lets_slip_is_not_mistaken_for_a_wrong_path(client):
    with pytest.raises(UnsupportedMediaType):
        client.post(f"{URL}/groups", data=b"<xml/>", headers={"Content-Type": "text/xml"})


def test_bytes_that_are_no_text_are_entered_readably(app, client):
    client.post(f"{URL}/login", data=gzip.compress(b"x", mtime=0))

    assert "\ufffd" in next(iter(app.ledger)).request


# --- order: authentication, fault, limit ------------------------------------------------------


def test_authentication_comes_before_fault_and_limit(app, client):
    app.change_setting("locked", True)
    app.arm(Fault("toy.list_groups", "unavailable"))
    answer = client.get(f"{URL}/groups")

    assert (answer.status_code, len(app.faults.unmet())) == (401, 1)


def test_a_caller_who_is_let_in_meets_the_fault(app, client):
    app.change_setting("locked", True)
    app.arm(Fault("toy.list_groups", "unavailable"))
    answer = client.get(f"{URL}/groups", headers={"Authorization": "Bearer t0p-s3cret"})

    assert answer.status_code == 503


def test_a_full_limit_is_refused_in_the_vendors_words_until_it_drains():
    app = toy.APP.create()
    client = session(app)
    statuses = [client.get(f"{URL}/groups").status_code for _ in range(11)]
    refused = client.get(f"{URL}/groups")
    app.clock.sleep(float(refused.headers["Retry-After"]))

    assert statuses == [200] * 10 + [429]
    assert client.get(f"{URL}/groups").status_code == 200


def test_a_call_refused_by_a_fault_takes_nothing_from_the_limit():
    app = toy.APP.create()
    app.arm(Fault("toy.list_groups", "unavailable"))
    session(app).get(f"{URL}/groups")

    assert app.meter.used("calls") == 0.0


def test_each_item_of_a_batch_is_metered():
    app = toy.APP.create()
    batch(session(app), adding("a"), adding("b"))

    assert app.meter.used("calls") == pytest.approx(0.3)


# --- arranging -------------------------------------------------------------------------------


def test_a_reset_makes_the_app_as_it_was_created(app, client):
    first = add(client, "Sales").content
    dump = app.ledger.dump()
    app.quirks.switch("N1", on=False)
    app.change_setting("motto", "changed")
    app.arm(Fault("toy.*", "reset", count=None))
    app.reset()

    assert names(client) == []
    app.reset()
    assert (app.faults.unmet(), app.quirks.active(), app.settings["motto"]) == ([], {"N1"}, "")
    assert (add(client, "Sales").content, app.ledger.dump()) == (first, dump)


def test_a_reset_empties_the_limits():
    app = toy.APP.create()
    for _ in range(5):
        session(app).get(f"{URL}/groups")
    app.reset()

    assert app.meter.used("calls") == 0.0


def test_a_restored_tenant_goes_on_as_it_did_from_there(app, client):
    add(client, "a")
    snapshot = app.snapshot()
    went_on = add(client, "b").content
    app.quirks.switch("S1", on=True)
    app.change_setting("motto", "changed")
    app.restore(snapshot)

    assert (app.quirks.active(), app.settings["motto"]) == ({"N1"}, "")
    assert names(client) == ["a"]
    assert add(client, "b").content == went_on


def test_a_snapshot_of_one_tenant_can_be_restored_into_another(app, client):
    add(client, "a")
    other = toy.APP.create(seed=99, limits=0)
    other.restore(app.snapshot())

    assert names(session(other)) == ["a"]
    assert add(session(other), "b").json() == add(client, "b").json()


def test_settings_and_quirks_may_be_given_at_the_start():
    app = toy.APP.create(settings={"motto": "m"}, quirks={"N1": False})

    assert (app.settings["motto"], app.quirks.active()) == ("m", frozenset())


def test_an_unknown_setting_is_refused_with_the_known_ones(app):
    with pytest.raises(KeyError, match="unknown setting 'moto' of toy; known: locked, motto"):
        app.change_setting("moto", 1)


def test_an_unknown_fault_is_refused_with_the_known_ones(app):
    with pytest.raises(ValueError, match=r"unknown fault 'flood'; toy knows: refuse, .*, teapot"):
        app.arm(Fault("toy.*", "flood"))


def test_a_quirk_decides_one_behaviour(app, client):
    add(client, "a")
    strict = add(client, "a").status_code
    app.quirks.switch("N1", on=False)

    assert (strict, add(client, "a").status_code) == (409, 201)


# --- many callers at once --------------------------------------------------------------------


def test_four_threads_lose_nothing_and_number_every_call_once(app):
    def work(thread):
        client = session(app)
        for index in range(25):
            add(client, f"{thread}-{index}")
            batch(client, {"method": "POST", "path": "/change-and-refuse"}, adding("same"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    made = {group.name for group in app.state.groups}

    assert made == {f"{t}-{i}" for t in range(4) for i in range(25)} | {"same"}
    assert [call.number for call in app.ledger] == list(range(1, 201))
    assert app.ledger.counts == {"toy.create_group": 100, "toy.batch": 100}
    assert {len(call.inner) for call in app.ledger} == {0, 2}


def test_four_threads_meet_each_armed_fault_once(app):
    app.arm(Fault("toy.create_group", "unavailable", count=40))

    def work(thread):
        client = session(app)
        return [add(client, f"{thread}-{i}").status_code for i in range(25)]

    with ThreadPoolExecutor(4) as pool:
        statuses = [status for one in pool.map(work, range(4)) for status in one]

    assert (statuses.count(503), statuses.count(201), app.faults.unmet()) == (40, 60, [])


def test_a_sender_who_stalls_holds_up_nobody_else(app):
    class Stalling:
        def read(self, _size):
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(lambda: names(session(app)) and b"").result(timeout=10) or b"{}"

    environ = make_environ("POST", f"{URL}/login", {}, b"{}")
    environ["wsgi.input"] = Stalling()

    assert app.answer(environ).status == 200


def test_a_served_app_speaks_wsgi(app):
    said = []
    environ = make_environ("GET", f"{URL}/groups", {}, b"")
    body = b"".join(app(environ, lambda status, headers: said.append((status, dict(headers)))))

    assert json.loads(body) == {"groups": []}
    assert said[0][0] == "200 OK"
    assert said[0][1]["Content-Type"] == "application/json"


@pytest.mark.parametrize("kind", ["lose_reply", "lose_request", "reset"])
def test_a_served_app_drops_the_connection_of_a_reply_that_must_not_arrive(app, kind):
    app.arm(Fault("toy.list_groups", kind))
    environ = make_environ("GET", f"{URL}/groups", {}, b"")

    with pytest.raises(ConnectionAbortedError):
        app(environ, lambda *_: None)


def test_a_served_app_takes_its_latency_before_it_answers():
    app = toy.APP.create(clock=VirtualClock(0.0), latency_s=0.25)
    app(make_environ("GET", f"{URL}/groups", {}, b""), lambda *_: None)

    assert app.clock.now() == 0.25


@pytest.mark.parametrize("query", ["\xff=\xff&%", "a=\xe9", "a=\xc3\xa9"])
def test_a_query_may_hold_any_bytes_as_they_are(app, query):
    environ = make_environ("POST", f"{URL}/login", {}, b"") | {"QUERY_STRING": query}

    assert app.answer(environ).status == 200
