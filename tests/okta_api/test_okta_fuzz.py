"""Whatever is sent, Okta's own refusals come back: never a 500, never a secret, never half a deed.

`FUZZ_EXAMPLES` is what one run of the tests tries; raise it by hand for more.
"""

import logging
from string import ascii_letters

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.okta_api.face import flask_app
from harness.okta_api.schemas import TAKEN
from tests.okta_api.desk import GROUPS_OU, READER, TOKEN, Desk

FUZZ_EXAMPLES = 250
LENGTH = 6  # requests in one example, each of which may build on those before
SOUND = settings(
    max_examples=FUZZ_EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ROUTES = sorted(
    (method, rule.rule)
    for rule in flask_app().url_map.iter_rules()
    for method in rule.methods - {"HEAD", "OPTIONS"}
)
NAMES = sorted({name for one in TAKEN.values() for name in one.get("properties", {})})
MORE = ["value", "login", "email", "password", "exclude", "users", "groupIds", "distinguishedName"]
WORDS = [
    "ACTIVE",
    "INACTIVE",
    "Sales",
    "ana@example.test",
    "box",
    "starts_with",
    "deactivate",
    "unlink",
    'user.department=="Sales"',
    "group_rule",
    "ACTIVE_DIRECTORY",
    GROUPS_OU,
    "GLOBAL",
    "",
    " ",
    "x" * 300,
    "\ud800",
    "\0",
    "ß\u0130\u202e",
]
QUERIES = ["limit", "after", "q", "filter", "search", "since", "until", "sortBy", "sortOrder"]
QUERIES += ["expand", "activate", "status", "lastUpdated", "deleteTargetGroup", "removeUsers"]
VALUES = [
    "1",
    "0",
    "-1",
    "9" * 40,
    "true",
    "ACTIVE",
    "2026-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00+14:00",
    'status eq "ACTIVE"',
    'profile.name eq "Sales" or (id pr)',
    '"',
    "((((",
    "profile.login",
    "stats,app",
    "%00",
    "%ff",
    "\u0130",
]

texts = st.one_of(st.sampled_from(WORDS), st.text(max_size=20))
scalars = st.one_of(
    texts, st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400), st.just(1e308)
)
keys = st.one_of(st.sampled_from(NAMES + MORE), st.text(ascii_letters, max_size=4))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
bodies = st.one_of(st.none(), st.dictionaries(keys, values, max_size=5), values)
queries = st.dictionaries(
    st.sampled_from(QUERIES), st.one_of(st.sampled_from(VALUES), st.text(max_size=12)), max_size=3
)
requests = st.tuples(
    st.sampled_from(ROUTES),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),  # which of the known ids
    queries,
    bodies,
    st.sampled_from([TOKEN] * 8 + [READER, "nobody"]),
)


@pytest.fixture(scope="module")
def desk():
    """One org for all requests: what they do to it stays for those that follow."""
    desk = Desk("box", "active_directory")
    ana = desk.user("ana")
    desk.assign("box", ana)
    desk.run()
    mapping = desk.push("box", desk.group("Sales", ana))
    desk.run()
    rule = {"name": "r", "condition": "contains", "value": "x"}
    desk.post(f"/_pushproof/v1/apps/{desk.app('box')}/push-rules", rule)
    desk.operator.create_group_rule("g", expression='user.title=="x"', groups=["Sales"])
    desk.ids = {
        "user_id": [ana["id"], "ana@example.test", "nobody"],
        "group_id": [mapping["sourceGroupId"], mapping["targetGroupId"], "nobody"],
        "app_id": [desk.app("box"), desk.app("active_directory"), "nobody"],
        "mapping_id": [mapping["id"], "nobody"],
        "rule_id": [one["id"] for one in desk.get("groups/rules").json] + ["nobody", "\u0130%2F"],
        "name": ["USER_PROVISIONING", "r", "nobody", "a b"],
    }
    return desk


def filled(desk, rule, chosen):
    """The route's path with ids for its parameters."""
    for place, (name, known) in enumerate(sorted(desk.ids.items())):
        pick = known[chosen[place % len(chosen)] % len(known)]
        rule = rule.replace(f"<{name}>", pick)
    return rule


@SOUND
@given(st.lists(requests, min_size=1, max_size=LENGTH))
def test_whatever_is_sent_the_answer_is_one_that_okta_gives(desk, caplog, sent):
    caplog.set_level(logging.DEBUG)
    for (method, rule), chosen, query, body, token in sent:
        told = {"query_string": query, "token": token}
        answer = desk.call(method, filled(desk, rule, chosen), body, **told)

        assert answer.status_code < 500
        assert answer.headers["X-Okta-Request-Id"]
        assert TOKEN not in answer.text
        if answer.status_code >= 400:
            assert answer.json["errorCode"] == answer.json["errorLink"]
    desk.run()
    assert not desk.org.store.in_transaction
    assert TOKEN not in caplog.text


@SOUND
@given(st.binary(max_size=200), st.sampled_from(ROUTES), st.text(max_size=40))
def test_bytes_that_are_no_request_are_refused(desk, data, route, kind):
    method, rule = route
    headers = {
        "Content-Type": kind.encode("ascii", "ignore").decode().strip() or "application/json"
    }
    if any(not letter.isprintable() for letter in headers["Content-Type"]):
        headers = {}
    answer = desk.call(method, filled(desk, rule, [0, 0, 0]), data=data, headers=headers)

    assert answer.status_code < 500


def test_the_org_is_sound_after_all_that(desk):
    """Everything that is left can still be shown, and the engine comes to an end."""
    desk.run()
    for path in ("users", "groups", "groups/rules", "apps", "logs"):
        assert desk.get(path).status_code == 200
    for app in desk.get("apps").json:
        assert desk.get(f"apps/{app['id']}/users").status_code == 200
        assert desk.get(f"apps/{app['id']}/group-push/mappings").status_code == 200
        assert desk.get(f"/_pushproof/v1/apps/{app['id']}/errors").status_code == 200
