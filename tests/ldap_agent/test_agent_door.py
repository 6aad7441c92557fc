"""Who gets in, and what the agent refuses itself: always one error object, never a 500."""

import json

import pytest

from harness.ldap_agent.face import LARGEST_BODY, STATUS

GOOD = {"op": "search", "base": "", "scope": "base"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic let-me-in", "Bearer \xff"])
def test_without_the_token_nobody_gets_in(caller, header):
    status, body = caller.send("GET", STATUS, headers={"Authorization": header})

    assert (status, body["errorCode"]) == (401, "E0000011")
    assert caller.forest.calls() == []


def test_other_paths_and_methods_are_refused(caller):
    assert caller.send("GET", "/agent/v1/else")[0] == 404
    assert caller.send("GET")[0] == 405
    assert caller.send("POST", STATUS)[0] == 405


@pytest.mark.parametrize("raw", ["", "{", '{"id": NaN}', "[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_refused(caller, raw):
    status, body = caller.send(data=raw)

    assert (status, body["errorCode"]) == (400, "E0000003")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ({"operations": [GOOD]}, "id"),
        ({"id": "1"}, "operations"),
        ({"id": "1", "operations": []}, "operations"),
        ({"id": "1", "operations": [GOOD] * 1001}, "operations"),
        ({"id": "1", "operations": [GOOD], "more": 1}, "more"),
        ({"id": "1", "operations": [GOOD], "continueOnError": "yes"}, "continueOnError"),
        ({"id": "1", "operations": ["search"]}, "operations[0]"),
        ({"id": "1", "operations": [{"op": "dance"}]}, "operations[0].op"),
        ({"id": "1", "operations": [{"op": "delete"}]}, "operations[0].dn"),
        ({"id": "1", "operations": [{"op": "delete", "dn": ""}]}, "operations[0].dn"),
        ({"id": "1", "operations": [{"op": "delete", "dn": "\ud800"}]}, "operations[0].dn"),
        ({"id": "1", "operations": [{**GOOD, "scope": "all"}]}, "operations[0].scope"),
        ({"id": "1", "operations": [{**GOOD, "pageSize": -1}]}, "operations[0].pageSize"),
        ({"id": "1", "operations": [{**GOOD, "cookie": "abc"}]}, "operations[0].cookie"),
        ({"id": "1", "operations": [{**GOOD, "controls": [1]}]}, "operations[0].controls"),
        (
            {"id": "1", "operations": [{"op": "add", "dn": "CN=x", "attributes": []}]},
            "operations[0].attributes",
        ),
        (
            {"id": "1", "operations": [{"op": "add", "dn": "CN=x", "attributes": {"cn": "x"}}]},
            "operations[0].attributes.cn",
        ),
        (
            {
                "id": "1",
                "operations": [{"op": "modify", "dn": "CN=x", "changes": [{"op": "append"}]}],
            },
            "operations[0].changes[0].op",
        ),
    ],
)
def test_a_wrong_field_is_named(caller, body, field):
    status, told = caller.send(data=json.dumps(body))

    assert (status, told["errorSummary"]) == (400, f"Api validation failed: {field}")
    assert told["errorCauses"][0]["errorSummary"].startswith(f"{field}: ")
    assert caller.forest.calls() == []


def test_a_body_over_the_limit_is_not_read(caller):
    status, _ = caller.send(data=b" " * (LARGEST_BODY + 1))

    assert status == 413
