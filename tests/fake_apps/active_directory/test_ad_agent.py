"""The agent face: actions, bad input, faults, the ledger."""

import json

import pytest
import requests

from fake_apps.core.fault import Fault
from tests.fake_apps.active_directory.agent import (
    ACTIONS,
    GROUPS,
    OK,
    PEOPLE,
    STATUS,
    by_guid,
    change,
    told,
)

ADD = {
    "op": "add",
    "dn": f"CN=Sales,{GROUPS}",
    "attributes": {"objectClass": ["group"], "sAMAccountName": ["Sales"]},
}
READ = {"op": "search", "base": f"CN=Sales,{GROUPS}", "scope": "base", "attributes": ["cn"]}


# --- actions -----------------------------------------------------------------------------------


def test_an_answer_has_one_result_per_operation(ad):
    reply = ad.post({"id": "x1", "operations": [ADD, READ]})

    assert reply.json() == {
        "id": "x1",
        "results": [
            {"resultCode": 0, "resultName": "success", "errorMessage": "", "matchedDN": ""},
            {
                "resultCode": 0,
                "resultName": "success",
                "errorMessage": "",
                "matchedDN": "",
                "entries": [{"dn": f"CN=Sales,{GROUPS}", "attributes": {"cn": ["Sales"]}}],
                "cookie": "",
            },
        ],
    }


def test_a_refusal_of_the_directory_is_a_result_and_not_an_http_error(ad):
    results = ad.act(ADD, ADD)

    assert [told(result) for result in results] == [OK, (68, "00002071")]
    assert results[1]["resultName"] == "entryAlreadyExists"


def test_nothing_runs_after_a_failure_unless_the_action_says_so(ad):
    bad = {"op": "delete", "dn": f"CN=nobody,{PEOPLE}"}

    stopped = ad.act(bad, ADD)
    went_on = ad.act(bad, ADD, continueOnError=True)

    assert [len(stopped), len(went_on)] == [1, 2]
    assert [view.name for view in ad.admin.groups()] == ["Sales"]


def test_operations_before_a_failure_stay_done(ad):
    ad.act(ADD, {"op": "delete", "dn": f"CN=nobody,{PEOPLE}"})

    assert [view.name for view in ad.admin.groups()] == ["Sales"]


def test_the_status_of_the_agent_can_be_asked(ad):
    reply = ad.session.get(STATUS)

    assert reply.status_code == 200
    assert reply.json()["operationalStatus"] == "OPERATIONAL"


# --- bad input ---------------------------------------------------------------------------------


@pytest.fixture
def unchanged(ad):
    """Nothing in the tenant differs after the test."""
    ad.group("Kept", *ad.users("ana"))
    before = ad.app.snapshot()
    yield ad
    assert ad.app.snapshot().store == before.store


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic abc", "SSWS x"])
def test_without_the_agents_token_everything_is_401(unchanged, header):
    headers = {"Authorization": header}

    for method, url in [("POST", ACTIONS), ("GET", STATUS), ("GET", ACTIONS + "/x")]:
        reply = unchanged.session.request(method, url, headers=headers, json={})
        assert (reply.status_code, reply.json()["errorCode"]) == (401, "E0000011")


def test_another_tenants_token_is_401(unchanged, make):
    other = make(seed=8)

    reply = unchanged.post({}, headers={"Authorization": other.session.headers["Authorization"]})

    assert reply.status_code == 401


@pytest.mark.parametrize(
    "path", ["/agent/v1/action", "/", "/agent/v1/actions/1", "/agent//v1/actions"]
)
def test_an_unknown_path_is_404(unchanged, path):
    reply = unchanged.session.post(f"https://agent.active-directory.test{path}", json={})

    assert (reply.status_code, reply.json()["errorCode"]) == (404, "E0000007")


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", ACTIONS),
        ("PUT", ACTIONS),
        ("DELETE", ACTIONS),
        ("POST", STATUS),
        ("OPTIONS", STATUS),
    ],
)
def test_a_wrong_method_is_405(unchanged, method, url):
    reply = unchanged.session.request(method, url, json={})

    assert (reply.status_code, reply.json()["errorCode"]) == (405, "E0000022")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"no json",
        b"\xff\xfe",
        b'{"id":NaN}',
        b"[" * 100_000,
        b'{"id":"\xc3"}',
        b"1e999x",
    ],
)
def test_a_body_that_is_no_json_is_400(unchanged, text):
    reply = unchanged.session.post(ACTIONS, data=text)

    assert (reply.status_code, reply.json()["errorCode"]) == (400, "E0000003")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "body"),
        ([], "body"),
        ("x", "body"),
        ({}, "operations"),
        ({"id": "1"}, "operations"),
        ({"id": "1", "operations": {}}, "operations"),
        ({"id": "1", "operations": []}, "operations"),
        ({"id": "1", "operations": [ADD] * 1001}, "operations"),
        ({"operations": [ADD]}, "id"),
        ({"id": 1, "operations": [ADD]}, "id"),
        ({"id": "", "operations": [ADD]}, "id"),
        ({"id": "1", "operations": [ADD], "continueOnError": "yes"}, "continueOnError"),
        ({"id": "1", "operations": [ADD], "extra": 1}, "extra"),
    ],
)
def test_a_bad_action_is_400_and_the_field_is_named(unchanged, body, field):
    reply = unchanged.session.post(ACTIONS, data=json.dumps(body))

    assert reply.status_code == 400
    assert reply.json()["errorSummary"] == f"Api validation failed: {field}"
    assert reply.json()["errorCauses"][0]["errorSummary"].startswith(f"{field}: ")


DN = f"CN=x,{GROUPS}"


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("x", ""),
        (None, ""),
        ({}, ".op"),
        ({"op": 1}, ".op"),
        ({"op": "compare"}, ".op"),
        ({"op": "add"}, ".dn"),
        ({"op": "add", "dn": ""}, ".dn"),
        ({"op": "add", "dn": 5}, ".dn"),
        ({"op": "add", "dn": None}, ".dn"),
        ({"op": "add", "dn": "\ud800"}, ".dn"),
        ({"op": "add", "dn": DN}, ".attributes"),
        ({"op": "add", "dn": DN, "attributes": []}, ".attributes"),
        ({"op": "add", "dn": DN, "attributes": {"cn": "x"}}, ".attributes.cn"),
        ({"op": "add", "dn": DN, "attributes": {"cn": [1]}}, ".attributes.cn"),
        ({"op": "add", "dn": DN, "attributes": {}, "controls": "x"}, ".controls"),
        ({"op": "add", "dn": DN, "attributes": {}, "member": []}, ".member"),
        ({"op": "modify", "dn": DN}, ".changes"),
        ({"op": "modify", "dn": DN, "changes": []}, ".changes"),
        ({"op": "modify", "dn": DN, "changes": ["x"]}, ".changes[0]"),
        ({"op": "modify", "dn": DN, "changes": [{}]}, ".changes[0].op"),
        ({"op": "modify", "dn": DN, "changes": [{"op": "increment"}]}, ".changes[0].op"),
        ({"op": "modify", "dn": DN, "changes": [{"op": "add"}]}, ".changes[0].attribute"),
        (
            {"op": "modify", "dn": DN, "changes": [change("add", "cn") | {"values": "x"}]},
            ".changes[0].values",
        ),
        (
            {"op": "modify", "dn": DN, "changes": [change("add", "cn") | {"x": 1}]},
            ".changes[0].x",
        ),
        ({"op": "modifyDN", "dn": DN}, ".newrdn"),
        ({"op": "modifyDN", "dn": DN, "newrdn": ["x"]}, ".newrdn"),
        ({"op": "modifyDN", "dn": DN, "newrdn": "CN=x", "newSuperior": 1}, ".newSuperior"),
        ({"op": "modifyDN", "dn": DN, "newrdn": "CN=x", "deleteOldRdn": 1}, ".deleteOldRdn"),
        ({"op": "delete"}, ".dn"),
        ({"op": "delete", "dn": DN, "controls": [805]}, ".controls"),
        ({"op": "search"}, ".base"),
        ({"op": "search", "base": None}, ".base"),
        ({"op": "search", "base": "", "scope": "tree"}, ".scope"),
        ({"op": "search", "base": "", "scope": 2}, ".scope"),
        ({"op": "search", "base": "", "filter": 1}, ".filter"),
        ({"op": "search", "base": "", "attributes": "cn"}, ".attributes"),
        ({"op": "search", "base": "", "pageSize": -1}, ".pageSize"),
        ({"op": "search", "base": "", "pageSize": 1.5}, ".pageSize"),
        ({"op": "search", "base": "", "sizeLimit": True}, ".sizeLimit"),
        ({"op": "search", "base": "", "cookie": 1}, ".cookie"),
        ({"op": "bind", "user": "x"}, ".password"),
    ],
)
def test_a_bad_operation_is_400_before_any_operation_runs(unchanged, operation, field):
    reply = unchanged.post({"id": "1", "operations": [ADD, operation]})

    assert reply.status_code == 400, reply.text
    assert reply.json()["errorSummary"] == f"Api validation failed: operations[1]{field}"


def test_a_body_over_the_limit_is_413(unchanged):
    reply = unchanged.session.post(ACTIONS, data=b" " * (10 * 1024 * 1024 + 1))

    assert (reply.status_code, reply.json()["errorCode"]) == (413, "tooLarge")


NASTY = ["", " ", "\0", "(", ")", "*", "\\", "a=b", "=", ",", "<GUID=", "DC=test", "é" * 300, "\n"]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize(
    "shape",
    [
        lambda text: {"op": "delete", "dn": text or "x"},
        lambda text: {"op": "modifyDN", "dn": f"CN=Kept,{GROUPS}", "newrdn": text or "x"},
        lambda text: {"op": "search", "base": GROUPS, "filter": text or "("},
        lambda text: {"op": "search", "base": text or "x", "attributes": [text]},
        lambda text: {"op": "search", "base": GROUPS, "pageSize": 1, "cookie": text or "x"},
        lambda text: {"op": "add", "dn": text or "x", "attributes": {text: [text]}},
        lambda text: {"op": "add", "dn": f"CN=x,{GROUPS}", "attributes": {"objectClass": [text]}},
        lambda text: {
            "op": "modify",
            "dn": f"CN=Kept,{GROUPS}",
            "changes": [change("add", "member", text), change("replace", text or "x", text)],
        },
        lambda text: {"op": "delete", "dn": f"CN=Kept,{GROUPS}", "controls": [text]},
        lambda text: {"op": "bind", "user": text or "x", "password": text or "x"},
    ],
)
def test_nasty_text_is_refused_by_a_result_code(unchanged, shape, text):
    unchanged.act(shape(text))


@pytest.mark.parametrize("limit", ["9" * 30, "-5", "x", "1 2"])
@pytest.mark.parametrize(
    "attribute", ["userAccountControl", "groupType", "lockoutTime", "primaryGroupID"]
)
def test_odd_numbers_are_refused_by_a_result_code(ad, attribute, limit):
    (ana,) = ad.users("ana")
    target = ad.group("Sales") if attribute == "groupType" else ana

    ad.modify(by_guid(target), change("replace", attribute, limit))
    ad.search(filter=f"({attribute}:1.2.840.113556.1.4.803:={limit})")


# --- faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "code", "summary"),
    [
        ("agent_offline", 504, "E0000241", "No connected agents."),
        ("agent_slow", 502, "E0000240", "Request timed out waiting for agent."),
    ],
)
def test_an_agent_that_is_away_or_slow_has_done_nothing(ad, kind, status, code, summary):
    ad.app.arm(Fault("active_directory.actions", kind))

    reply = ad.post({"id": "1", "operations": [ADD]})

    assert (reply.status_code, reply.json()["errorCode"]) == (status, code)
    assert reply.json()["errorSummary"] == summary
    assert ad.admin.groups() == []
    assert ad.app.faults.unmet() == []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("active_directory.add", "busy"), 51),
        (Fault("active_directory.add", "unavailable"), 52),
        (Fault("active_directory.add", "throttle"), 51),
        (Fault("active_directory.add", "lost_rights"), 50),
        (Fault("active_directory.add", "reset"), 81),
        (Fault("active_directory.add", "garbage"), 81),
        (Fault("active_directory.add", "lose_request"), 85),
        (Fault("active_directory.add", "refuse", status=3, code="00000102", message="slow"), 3),
    ],
)
def test_a_fault_on_one_ldap_operation_is_its_result_and_nothing_is_done(ad, fault, expected):
    ad.app.arm(fault)

    (result,) = ad.act(ADD)

    assert result["resultCode"] == expected
    assert ad.admin.groups() == []
    assert told(ad.act(ADD)[0]) == OK


def test_a_lost_reply_of_the_directory_leaves_the_work_done(ad):
    ad.app.arm(Fault("active_directory.add", "lose_reply"))

    (result,) = ad.act(ADD)

    assert result["resultName"] == "timeout"
    assert [view.name for view in ad.admin.groups()] == ["Sales"]


def test_a_fault_on_the_second_operation_leaves_the_first_done(ad):
    ad.app.arm(Fault("active_directory.modify", "busy"))

    results = ad.act(ADD, {"op": "modify", "dn": DN, "changes": [change("replace", "info", "x")]})

    assert [result["resultCode"] for result in results] == [0, 51]
    assert len(ad.admin.groups()) == 1


def test_a_slow_directory_makes_the_callers_wait_longer(ad):
    ad.app.arm(Fault("active_directory.add", "slow", seconds=20))
    before = ad.app.clock.now()

    ad.act(ADD)

    assert ad.app.clock.now() - before == 20


def test_a_directory_slower_than_the_callers_patience_has_done_the_work(ad):
    ad.app.arm(Fault("active_directory.add", "slow", seconds=90))

    with pytest.raises(requests.ReadTimeout):
        ad.act(ADD)

    assert [view.name for view in ad.admin.groups()] == ["Sales"]


def test_rights_can_be_lost_on_one_ou_only(ad):
    sales, branch = (
        ad.group("Sales"),
        ad.group("Branch", place="OU=Branch,DC=ad,DC=example,DC=test"),
    )
    ad.app.arm(Fault("active_directory.modify", "lost_rights", count=None, message=GROUPS))
    describe = change("replace", "info", "x")

    assert told(ad.modify(by_guid(sales), describe)) == (50, "00002098")
    assert told(ad.modify(by_guid(branch), describe)) == OK


def test_rights_lost_on_one_ou_cover_what_would_be_created_there(ad):
    ad.app.arm(Fault("active_directory.add", "lost_rights", message=GROUPS))

    assert told(ad.act(ADD)[0]) == (50, "00002098")


# --- the ledger --------------------------------------------------------------------------------


def test_each_ldap_operation_is_an_inner_call_of_its_action(ad):
    ad.act(ADD, ADD)

    (call,) = ad.app.ledger
    assert (call.operation, call.status) == ("active_directory.actions", 200)
    assert [
        (c.protocol, c.operation, c.method, c.path, c.status, c.refusal) for c in call.inner
    ] == [
        ("ldap", "active_directory.add", "add", ADD["dn"], 0, None),
        ("ldap", "active_directory.add", "add", ADD["dn"], 68, "00002071"),
    ]


def test_operation_ids_of_all_ldap_operations(ad):
    ad.act(
        ADD,
        {"op": "modify", "dn": ADD["dn"], "changes": [change("replace", "info", "x")]},
        {"op": "modifyDN", "dn": ADD["dn"], "newrdn": "CN=Field"},
        {"op": "search", "base": "", "scope": "base"},
        {"op": "delete", "dn": f"CN=Field,{GROUPS}"},
    )

    (call,) = ad.app.ledger
    assert [inner.operation.partition(".")[2] for inner in call.inner] == [
        "add",
        "modify",
        "modify_dn",
        "search",
        "delete",
    ]


def test_no_secret_enters_the_ledger(ad):
    given = ad.admin.credentials()
    user = {
        "op": "add",
        "dn": f"CN=ana,{PEOPLE}",
        "attributes": {"objectClass": ["user"], "UnicodePwd": ['"Passw0rd!"']},
    }
    change_it = {
        "op": "modify",
        "dn": f"CN=ana,{PEOPLE}",
        "changes": [change("replace", "unicodePwd", '"Passw1rd!"')],
    }
    bind = {"op": "bind", "user": given["limited_user"], "password": given["limited_password"]}

    results = ad.act(user, change_it, bind)
    ad.session.post(ACTIONS, data='{"unicodePwd": ["Passw2rd!"')

    dump = ad.app.ledger.dump()
    assert [told(result) for result in results] == [OK, OK, OK]
    assert "Passw" not in dump
    assert given["limited_password"] not in dump
    assert given["agent_token"] not in dump


def test_two_tenants_of_one_seed_answer_the_same_bytes(make):
    def run():
        ad = make(seed=3)
        ad.group("Sales", *ad.users("ana", "ben"))
        ad.add(f"CN=Field,{GROUPS}")
        ad.search(GROUPS)
        ad.delete(f"CN=Field,{GROUPS}")
        return ad.app.ledger.dump(), dict(ad.admin.credentials())

    assert run() == run()


def test_a_reset_tenant_is_as_created_and_runs_the_same_again(ad):
    def run():
        ad.group("Sales", *ad.users("ana", "ben"))
        ad.add(f"CN=Field,{GROUPS}")
        return ad.app.ledger.dump()

    first = run()
    ad.app.reset()

    assert run() == first


def test_expired_credentials_are_refused_until_they_are_replaced(ad):
    ad.admin.expire_credentials()
    expired = ad.post({"id": "1", "operations": [READ]}).status_code
    ad.admin.replace_credentials()
    old = ad.post({"id": "1", "operations": [READ]}).status_code
    token = ad.admin.credentials()["agent_token"]
    new = ad.post({"id": "1", "operations": [READ]}, headers={"Authorization": f"Bearer {token}"})

    assert (expired, old, new.status_code) == (401, 401, 200)
