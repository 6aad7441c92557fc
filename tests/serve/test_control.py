"""The control routes of a served fake: what they do, and what they say to whatever is wrong."""

import json

import pytest
import requests

from fake_apps import load
from fake_apps.core.clock import START, HeldClock, SystemClock
from fake_apps.core.serve import Server
from tests.serve.clients import CLIENTS, make_group


class Door:
    """The control routes of one served app."""

    def __init__(self, told):
        self.url = told["control_url"]
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {told['control_token']}"

    def ask(self, method, route, *, status=200, **more):
        reply = self.http.request(method, f"{self.url}/{route}", timeout=30, **more)
        assert reply.status_code == status, reply.text
        return reply

    def get(self, route, **more):
        return self.ask("GET", route, **more).json()

    def post(self, route, body=None, **more):
        return self.ask("POST", route, json={} if body is None else body, **more).json()

    def do(self, deed, **arguments):
        return self.post("state", {"do": deed, **arguments})["result"]


@pytest.fixture
def server():
    with Server([load("box").create(seed=7, clock=HeldClock())]) as server:
        yield server


@pytest.fixture
def told(server):
    return server.connection("box")


@pytest.fixture
def door(told):
    return Door(told)


@pytest.fixture
def box(told):
    return CLIENTS["box"](told)


# --- the tenant ------------------------------------------------------------------------------


def test_health_tells_which_app_it_is(door):
    assert door.get("health")["app"] == "box"


def test_the_state_shows_what_clients_have_made(door, told, box):
    group = make_group("box", box, told, "Sales")
    (found,) = door.get("state")["groups"]

    assert (found["id"], found["name"], found["member_ids"]) == (group, "Sales", [])


def test_the_administrator_arranges_accounts_and_groups(door):
    ana = door.do("add_account", login="ana@example.test")
    group = door.do("add_group", name="Sales", member_ids=[ana])
    door.do("rename_group", group_id=group, name="Field")
    (found,) = door.get("state")["groups"]

    assert (found["name"], found["member_ids"]) == ("Field", [ana])


def test_what_the_vendor_refuses_its_administrator_is_told_with_its_code(door):
    door.do("add_group", name="Sales")
    told = door.post("state", {"do": "add_group", "name": "Sales"}, status=409)

    assert (told["error"], told["code"]) == ("refused", "conflict")


def test_an_id_that_nobody_has_is_told(door):
    told = door.post("state", {"do": "delete_group", "group_id": "17"}, status=404)

    assert told["error"] == "unknown_id"


def test_a_seed_arranges_everything_or_nothing(door):
    group = {"name": "Sales", "members": ["ana@example.test"]}
    made = door.post("seed", {"accounts": ["ana@example.test"], "groups": [group]})
    wrong = {"accounts": ["ben@example.test"], "groups": ["Sales"]}
    told = door.post("seed", wrong, status=400)
    state = door.get("state")

    assert list(made["accounts"]) == ["ana@example.test"]
    assert told["where"] == ["groups", 0]
    assert [view["login"] for view in state["accounts"]] == ["ana@example.test"]


def test_reset_leads_back_to_the_start_without_calls_or_faults(door, told, box):
    make_group("box", box, told, "Sales")
    door.post("faults", {"operation": "box.*", "kind": "unavailable"})
    door.post("reset")

    assert door.get("state")["groups"] == []
    assert door.ask("GET", "ledger").text == ""
    assert door.get("faults")["armed"] == []


def test_a_snapshot_can_be_gone_back_to(door):
    door.do("add_group", name="Sales")
    name = door.post("snapshot")["name"]
    door.do("add_group", name="Field")
    door.post("restore", {"name": name})

    assert [group["name"] for group in door.get("state")["groups"]] == ["Sales"]
    assert door.get("snapshot") == {"snapshots": [name]}


def test_credentials_are_replaced_and_told(door, told):
    before = door.get("credentials")
    door.do("replace_credentials")
    after = door.get("credentials")

    assert before == told["credentials"]
    assert after["client_secret"] != before["client_secret"]


def test_an_app_without_places_says_so(door):
    told = door.post("state", {"do": "add_ou", "dn": "OU=x"}, status=400)

    assert told["error"] == "no_places"


# --- calls and faults ------------------------------------------------------------------------


def test_the_ledger_is_filtered_and_read_on_from_a_call(door, told, box):
    make_group("box", box, told, "Sales")
    everything = door.ask("GET", "ledger")
    last = int(everything.headers["X-Last-Call"])
    make_group("box", box, told, "Field")
    operations = [json.loads(line)["operation"] for line in everything.text.splitlines()]
    newer = door.ask("GET", "ledger", params={"since": last, "operation": "box.create_*"})
    refused = door.ask("GET", "ledger", params={"status": 409})

    assert operations == ["box.token", "box.create_group"]
    assert [json.loads(line)["number"] for line in newer.text.splitlines()] == [last + 1]
    assert refused.text == ""


def test_an_armed_fault_is_met_by_a_client_and_then_no_longer_unmet(door, told, box):
    door.post("faults", {"operation": "box.create_group", "kind": "throttle", "retry_after": "7"})
    unmet = door.get("faults")["unmet"]
    reply = box.call("POST", "/2.0/groups", json={"name": "Sales"}, status=429)

    assert [fault["kind"] for fault in unmet] == ["throttle"]
    assert reply.headers["Retry-After"] == "7"
    assert door.get("faults")["unmet"] == []
    assert door.get("faults")["armed"][0]["met"] == 1


def test_clearing_tells_which_faults_were_never_met(door):
    door.post("faults", {"operation": "box.create_group", "kind": "reset"})
    told = door.ask("DELETE", "faults").json()

    assert [fault["kind"] for fault in told["unmet"]] == ["reset"]
    assert door.get("faults") == {"armed": [], "unmet": []}


@pytest.mark.parametrize("kind", ["lose_reply", "lose_request", "reset"])
def test_a_lost_reply_is_a_dropped_connection(door, box, kind):
    door.post("faults", {"operation": "box.create_group", "kind": kind})
    with pytest.raises(requests.ConnectionError):
        box.http.post(f"{box.base}/2.0/groups", json={"name": "Sales"}, timeout=30)
    made = [group["name"] for group in door.get("state")["groups"]]

    assert made == (["Sales"] if kind == "lose_reply" else [])


def test_a_slow_reply_really_is_and_keeps_nobody_else_waiting(door, told, box):
    door.post("faults", {"operation": "box.create_group", "kind": "slow", "seconds": 3600})
    with pytest.raises(requests.ReadTimeout):
        box.http.post(f"{box.base}/2.0/groups", json={"name": "Sales"}, timeout=0.2)

    assert make_group("box", box, told, "Field")
    assert [group["name"] for group in door.get("state")["groups"]] == ["Sales", "Field"]


# --- switches and the clock ------------------------------------------------------------------


def test_quirks_are_told_and_switched(door):
    quirks = door.get("quirks")
    chosen = next(iter(quirks))
    switched = {chosen: not quirks[chosen]["on"]}
    door.post("quirks", switched)

    assert door.get("quirks")[chosen]["on"] is switched[chosen]
    assert quirks[chosen]["sentence"]


def test_settings_are_told_and_changed(door):
    door.post("settings", {"search_lag_s": 30, "foreign_logins": ["x@example.org"]})
    settings = door.get("settings")

    assert (settings["search_lag_s"], settings["foreign_logins"]) == (30, ["x@example.org"])


def test_a_virtual_clock_moves_only_when_told_to(door, told, box):
    before = door.get("clock")
    moved = door.post("clock", {"advance": 7200})
    later = door.post("clock", {"to": START + 10_000})
    refused = box.http.get(f"{box.base}/2.0/groups", timeout=30)

    assert (before["kind"], before["now"]) == ("virtual", START)
    assert (moved["now"], later["now"]) == (START + 7200, START + 10_000)
    assert refused.status_code == 401  # the token has had its hour


def test_nobody_moves_the_system_clock():
    with Server([load("box").create(clock=SystemClock())]) as server:
        door = Door(server.connection("box"))
        told = door.post("clock", {"advance": 1}, status=409)

        assert door.get("clock")["kind"] == "system"
    assert told["error"] == "system_clock"


# --- what is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("shown", [None, "", "Bearer", "Bearer wrong", "Basic x", "Bearer \xe9"])
def test_without_its_token_no_route_says_anything(told, shown):
    headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
    for route in ("health", "state", "credentials", "nothing"):
        reply = requests.get(f"{told['control_url']}/{route}", headers=headers, timeout=30)

        assert (reply.status_code, reply.json()["error"]) == (401, "bad_token")


@pytest.mark.parametrize(
    ("method", "route", "status"),
    [
        ("GET", "", 404),
        ("GET", "nothing", 404),
        ("GET", "health/", 404),
        ("GET", "../2.0/groups", 401),  # clients resolve it: the vendor's own route
        ("GET", "%2e%2e/2.0/groups", 404),
        ("POST", "health", 405),
        ("DELETE", "reset", 405),
        ("GET", "reset", 405),
        ("PUT", "clock", 405),
        ("OPTIONS", "state", 405),
        ("GET", "health?x=1", 400),
        ("GET", "ledger?sinc=1", 400),
        ("GET", "ledger?since=x", 400),
        ("GET", "ledger?since=-1", 400),
        ("GET", "ledger?limit=1.5", 400),
        ("DELETE", "faults?kind=x", 400),
        ("POST", "reset?hard=1", 400),
    ],
)
def test_a_wrong_route_method_or_query_is_a_clear_4xx(door, method, route, status):
    reply = door.ask(method, route, status=status)

    assert status == 401 or reply.json()["message"]


BAD = [
    ("state", {}),
    ("state", {"do": "explode"}),
    ("state", {"do": None}),
    ("state", {"do": "add_group"}),
    ("state", {"do": "add_group", "name": ""}),
    ("state", {"do": "add_group", "name": 7}),
    ("state", {"do": "add_group", "name": "A", "members": []}),
    ("state", {"do": "add_group", "name": "A", "member_ids": "ana"}),
    ("state", {"do": "add_group", "name": "\x00"}),
    ("state", {"do": "add_group", "name": "\ud800"}),
    ("state", {"do": "add_group", "name": "A", "place": "OU=x"}),
    ("state", {"do": "add_account", "login": "a", "profile": []}),
    ("state", {"do": "add_account", "login": "a", "profile": {"\ud800": 1}}),
    ("state", {"do": "set_account_active", "account_id": "1", "active": "yes"}),
    ("state", []),
    ("state", "x"),
    ("state", 7),
    ("seed", {"people": []}),
    ("seed", {"accounts": {}}),
    ("seed", {"accounts": [7]}),
    ("seed", {"accounts": [{"name": "a"}]}),
    ("seed", {"accounts": [{"login": "a", "active": 1}]}),
    ("seed", {"groups": [{"name": "A", "members": ["nobody"]}]}),
    ("seed", {"places": ["OU=x"]}),
    ("seed", {"settings": {"nothing": 1}}),
    ("seed", {"settings": {"search_lag_s": "1"}}),
    ("seed", {"quirks": {"Q0": True}}),
    ("snapshot", {"nam": "x"}),
    ("snapshot", {"name": ""}),
    ("restore", {}),
    ("restore", {"name": 1}),
    ("reset", {"all": True}),
    ("faults", {}),
    ("faults", {"operation": "box.create_group"}),
    ("faults", {"operation": "box.create_group", "kind": "earthquake"}),
    ("faults", {"operation": "box.creat_group", "kind": "reset"}),
    ("faults", {"operation": "box.*", "kind": "reset", "count": 0}),
    ("faults", {"operation": "box.*", "kind": "reset", "count": True}),
    ("faults", {"operation": "box.*", "kind": "refuse", "status": 99}),
    ("faults", {"operation": "box.*", "kind": "refuse", "status": 1000}),
    ("faults", {"operation": "box.*", "kind": "throttle", "retry_after": "1\r\nX: y"}),
    ("faults", {"operation": "box.*", "kind": "slow", "seconds": -1}),
    ("faults", {"operation": "box.*", "kind": "slow", "seconds": 1e300}),
    ("faults", {"operation": "box.*", "kind": "garbage", "body": "\ud800"}),
    ("quirks", {"Q0": True}),
    ("quirks", {"Q1": "yes"}),
    ("quirks", []),
    ("settings", {"nothing": 1}),
    ("settings", {"app_auth": "magic"}),
    ("settings", {"app_scopes": []}),
    ("settings", {"app_authorized": 1}),
    ("settings", {"search_lag_s": -1}),
    ("settings", {"utc_offset_hours": 30}),
    ("clock", {}),
    ("clock", {"advance": -1}),
    ("clock", {"advance": 1, "to": 1}),
    ("clock", {"to": 0}),
    ("clock", {"advance": 1e12}),
    ("clock", {"advance": "1"}),
]


@pytest.mark.parametrize(("route", "body"), BAD, ids=[f"{r} {json.dumps(b)}" for r, b in BAD])
def test_a_body_that_does_not_fit_is_a_400_and_changes_nothing(door, route, body):
    before = {name: door.get(name) for name in ("state", "faults", "quirks", "clock", "snapshot")}
    told = door.post(route, body, status=400)
    after = {name: door.get(name) for name in before}

    assert (told["error"], bool(told["message"])) == ("bad_request", True)
    assert after == before


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b'{"advance": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"advance=1", "application/x-www-form-urlencoded", 415),
        (b'{"advance": 1}', "text/plain", 415),
        (b"x" * 2_000_000, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_is_refused(door, body, kind, status):
    reply = door.ask("POST", "clock", data=body, headers={"Content-Type": kind}, status=status)

    assert reply.json()["message"]


def test_a_snapshot_there_is_not_is_told_with_those_there_are(door):
    door.post("snapshot", {"name": "start"})
    told = door.post("restore", {"name": "strat"}, status=404)

    assert told["message"] == "no snapshot 'strat'; nearest: start"


def test_no_control_route_is_entered_into_the_ledger(door):
    door.get("state")

    assert door.ask("GET", "ledger").headers["X-Last-Call"] == "0"
