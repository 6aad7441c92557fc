"""A served fake is judged over HTTP as one in this process is judged directly."""

import pytest

from fake_apps import load
from fake_apps.core.clock import HeldClock, SystemClock
from fake_apps.core.serve import Place, Server
from harness.errors import Refused, Unusable
from harness.served_target import ServedTarget
from harness.world import FakeTarget
from tests.serve.clients import CLIENTS, make_group

APPS = sorted(CLIENTS)
KEEPS_NAMES = "okta_privileged_access"  # its groups are never renamed


@pytest.fixture
def pair(request):
    """One fake, seen over HTTP and directly."""
    fake = load(request.param).create(seed=7, clock=HeldClock(SystemClock().now()))
    with Server([fake]) as server:
        served = ServedTarget(request.param, server.connection(request.param))
        yield served, FakeTarget(request.param, fake), server.connection(request.param)
        served.close()


def every(*apps):
    return pytest.mark.parametrize("pair", apps or APPS, indirect=True)


def arrange(target):
    domain = target.credentials().get("domain", "example.test")
    ana, ben = (target.add_account(f"{name}@{domain}", {}) for name in ("ana", "ben"))
    group = target.add_group("Sales", member_ids=[ana])
    target.add_members(group, [ben])
    target.remove_members(group, [ana])
    if target.name != KEEPS_NAMES:
        target.rename_group(group, "Field")
    target.set_account_active(ben, active=False)
    return ana, ben, group


@every()
def test_people_and_groups_look_the_same_from_both_sides(pair):
    served, direct, _ = pair
    _, ben, group = arrange(served)
    (found,) = [view for view in served.groups() if view.id == group]

    name = "Sales" if served.name == KEEPS_NAMES else "Field"
    assert (found.name, found.members) == (name, (ben,))
    assert list(served.groups()) == list(direct.groups())
    assert list(served.accounts()) == list(direct.accounts())


@every()
def test_calls_look_the_same_from_both_sides(pair):
    served, direct, told = pair
    client = CLIENTS["box"](told) if served.name == "box" else None
    if client:
        make_group("box", client, told, "Sales")
        client.http.post(f"{client.base}/2.0/groups", json={"name": "Sales"}, timeout=30)
    first = served.calls()

    assert list(first) == list(direct.calls())
    assert list(served.calls(since=1)) == list(direct.calls(since=1))
    assert served.last_call() == direct.last_call()
    assert served.ledger_text() == direct.ledger_text()


@every("gsuite")
def test_calls_within_a_batch_are_told(pair):
    served, direct, told = pair
    client = CLIENTS["gsuite"](told)
    call = "GET /admin/directory/v1/groups?customer=my_customer"
    body = f"--b\r\nContent-Type: application/http\r\n\r\n{call}\r\n\r\n--b--"
    headers = {"Content-Type": "multipart/mixed; boundary=b"}
    client.call("POST", "/batch", data=body, headers=headers, status=200)
    batch = served.calls()[-1]

    assert [inner.operation for inner in batch.inner] == ["gsuite.list_groups"]
    assert list(served.calls()) == list(direct.calls())


@every("box")
def test_faults_are_armed_met_and_told_in_the_same_words(pair):
    served, direct, _ = pair
    served.arm_fault({"operation": "box.create_group", "kind": "throttle", "retry_after": "3"})
    served.arm_fault({"operation": "box.*", "kind": "unavailable", "count": None})
    words = list(direct.unmet_faults())

    assert list(served.unmet_faults()) == words
    assert list(served.clear_faults()) == words
    assert list(direct.unmet_faults()) == []


@every("box")
def test_switches_and_time_are_changed(pair):
    served, direct, told = pair
    before = direct._fake.clock.now()
    served.set_quirk("Q1", on=False)
    served.change_setting("search_lag_s", 9)
    served.advance(60)
    served.replace_credentials()

    assert "Q1" not in direct._fake.quirks.active()
    assert direct._fake.settings["search_lag_s"] == 9
    assert direct._fake.clock.now() == pytest.approx(before + 60, abs=1e-3)
    assert served.credentials()["client_secret"] != told["credentials"]["client_secret"]


@every("active_directory")
def test_places_and_rights_are_managed(pair):
    served, direct, told = pair
    place = f"OU=Field,{told['base_dn']}"
    served.add_place(place)
    served.set_rights(place, granted=True)
    served.set_rights(place, granted=False)
    group = served.add_group("Far", place=place)
    (found,) = [view for view in served.groups() if view.id == group]
    served.delete_place(place)

    assert found.place == place
    assert place not in direct._fake.admin.ous()


@every("box")
def test_what_cannot_be_done_is_raised_as_it_is_directly(pair):
    for target in pair[:2]:
        target.add_group("Sales") if not target.groups() else None
        with pytest.raises(Refused) as refused:
            target.add_group("Sales")
        with pytest.raises(KeyError):
            target.delete_group("17")
        with pytest.raises(ValueError, match="Box groups have no place"):
            target.add_group("Field", place="OU=x")
        with pytest.raises(Unusable, match="no organizational units"):
            target.add_place("OU=x")

        assert refused.value.code == "conflict"


def test_reset_leads_back_and_tls_is_trusted_by_its_file():
    with Server([load("box").create()], Place(tls=True)) as server:
        target = ServedTarget("box", server.connection("box"), ca_file=str(server.ca_file))
        target.add_group("Sales")
        target.reset()

        assert list(target.groups()) == []
        target.close()


def test_a_server_that_is_none_of_ours_is_told():
    with Server([load("box").create()]) as server:
        told = server.connection("box")
        target = ServedTarget("box", {**told, "control_token": "another"})
        with pytest.raises(Unusable, match="send the control token"):
            target.groups()
        vendor = ServedTarget("box", {**told, "control_url": f"{told['base_url']}/2.0"})
        with pytest.raises(Unusable, match="not as a served fake does"):
            vendor.groups()
        target.close()
        vendor.close()
