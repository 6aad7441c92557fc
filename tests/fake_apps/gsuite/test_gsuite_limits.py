"""Quotas, faults and lag of the fake Google Workspace."""

import pytest

from fake_apps import Fault
from fake_apps.gsuite import APP
from tests.fake_apps.gsuite.conftest import refusal

HERE = "/groups?customer=my_customer"
USER_RATE = "User Rate Limit Exceeded. Rate of requests for user exceed configured project quota."


def test_the_quota_is_that_of_the_documentation():
    assert [(limit.name, limit.capacity, limit.window_s) for limit in APP.limits] == [
        ("queries", 2400, 60)
    ]


def test_over_the_quota_is_403_without_a_retry_after(client):
    client.app.meter.spend({"queries": 2400})

    reply = client.get(HERE)

    assert refusal(reply) == (403, "userRateLimitExceeded", USER_RATE)
    assert reply.json()["error"]["errors"][0]["domain"] == "usageLimits"
    assert "Retry-After" not in reply.headers


def test_the_quota_fills_up_again(client):
    client.app.meter.spend({"queries": 2400})
    client.app.clock.sleep(1)

    assert client.get(HERE).status_code == 200


@pytest.mark.parametrize("name", ["ana", "x" * 41, "\u00e9"])
def test_whom_quota_user_names_has_a_quota_of_its_own(client, name):
    client.app.meter.spend({"queries": 2400})
    client.call("GET", HERE, params={"quotaUser": "other"})

    assert client.call("GET", HERE, params={"quotaUser": name}).status_code == 200
    assert client.call("GET", HERE, params={"quotaUser": ""}).status_code == 403


def test_every_user_that_is_acted_for_has_a_quota_of_its_own(client):
    client.user("ana")
    client.call("POST", "/users/ana@example.test/makeAdmin", {"status": True})
    client.app.meter.spend({"queries": 2399})

    first = client.get(HERE).status_code
    client.authorize(sub="ana@example.test")

    assert (first, client.get(HERE).status_code) == (403, 200)


def test_a_token_costs_nothing(client):
    client.ask_token()

    assert client.app.meter.used("queries") == 0


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("backend_error", 500, "backendError"),
        ("unavailable", 503, "backendError"),
        ("conflict", 409, "conflict"),
        ("condition_not_met", 412, "conditionNotMet"),
        ("forbidden", 403, "forbidden"),
        ("api_disabled", 403, "domainCannotUseApis"),
        ("access_not_configured", 403, "accessNotConfigured"),
        ("expired_token", 401, "authError"),
        ("throttle", 403, "userRateLimitExceeded"),
        ("quota_exceeded", 403, "quotaExceeded"),
        ("metric_exceeded", 403, "rateLimitExceeded"),
        ("resource_exhausted", 429, "rateLimitExceeded"),
        ("daily_limit_exceeded", 403, "dailyLimitExceeded"),
    ],
)
def test_a_fault_is_answered_in_google_s_words_and_changes_nothing(client, kind, status, reason):
    client.app.arm(Fault("gsuite.insert_group", kind))

    assert refusal(client.create_group())[:2] == (status, reason)
    assert client.app.admin.groups() == []
    assert client.create_group().status_code == 200


@pytest.mark.parametrize(
    "kind", ["throttle", "quota_exceeded", "metric_exceeded", "resource_exhausted"]
)
def test_a_fault_may_say_how_long_to_wait(client, kind):
    client.app.arm(Fault("gsuite.list_groups", kind, retry_after="30"))

    assert client.get(HERE).headers["Retry-After"] == "30"


# --- lag -----------------------------------------------------------------------------------------


def test_a_fresh_group_is_missing_for_a_while(make):
    client = make(settings={"replication_lag_s": 30})
    ana, group = client.user(), client.group()

    early = client.add(group, ana)
    client.app.clock.sleep(30)
    late = client.add(group, ana)

    assert refusal(early) == (404, "notFound", "Resource Not Found: groupKey")
    assert late.status_code == 200


def test_a_fresh_group_takes_its_address_at_once(make):
    client = make(settings={"replication_lag_s": 30})
    client.group()

    assert client.create_group().status_code == 409
    assert "groups" not in client.get(HERE).json()


def test_a_search_finds_a_fresh_group_later_than_a_list(make):
    client = make(settings={"index_lag_s": 3600})
    client.group()
    query = f"{HERE}&query=name%3DSales"

    assert "groups" not in client.get(query).json()
    assert "groups" in client.get(HERE).json()

    client.app.clock.sleep(3600)
    client.authorize()
    assert "groups" in client.get(query).json()


def test_what_the_administrator_makes_is_seen_at_once(make):
    client = make(settings={"replication_lag_s": 30, "index_lag_s": 30})
    client.app.admin.add_group("Sales", member_ids=[client.user()])

    assert len(client.member_ids("sales@example.test")) == 1
