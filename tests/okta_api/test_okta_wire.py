"""What all calls have in common: who may, how often, in which form."""

import re

import pytest
import sqlalchemy as sa

from harness.okta_api.limits import PER_MINUTE, Limits
from harness.okta_api.tokens import FRESH_S, READ, Tokens
from harness.org.store import _narrowed
from tests.okta_api.desk import READER, TOKEN, Desk, done, refused


@pytest.fixture
def desk():
    return Desk("box")


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [f"SSWS {TOKEN}", f"SSWS{TOKEN}", f"ssws  {TOKEN}"])
def test_q4_a_token_is_taken_with_and_without_a_space(desk, value):
    done(desk.get("users", token=None, headers={"Authorization": value}))


def test_q4_off_a_token_without_a_space_is_not_taken(desk):
    done(desk.patch("/_pushproof/v1/quirks", {"Q4": False}))
    refused(
        desk.get("users", token=None, headers={"Authorization": f"SSWS{TOKEN}"}), 401, "E0000011"
    )

    done(desk.get("users"))


@pytest.mark.parametrize(
    "value", ["", TOKEN, "SSWS", "SSWS ", "SSWS nobody", f"Bearer {TOKEN}", f"Basic {TOKEN}", "é"]
)
def test_without_a_known_token_nobody_gets_in(desk, value):
    found = refused(
        desk.get("users", token=None, headers={"Authorization": value}), 401, "E0000011"
    )

    assert found["errorSummary"] == "Invalid token provided"
    assert re.fullmatch(r"oae[A-Za-z0-9_-]{22}", found["errorId"])


def test_a_mistake_of_ours_is_okta_s_500_and_changes_nothing():
    """What a route lets slip is raised where it can be seen, and hidden where it is served."""
    desk = Desk("box", hides=True)
    desk.operator.create_group = lambda *_, **__: 1 / 0
    found = refused(desk.post("groups", {"profile": {"name": "Sales"}}), 500, "E0000009")

    assert found["errorSummary"] == "Internal Server Error"
    assert len(done(desk.get("groups"))) == 1


def test_a_revoked_token_lets_nobody_in(desk):
    desk.service.tokens.revoke("reader")

    refused(desk.get("users", token=READER), 401, "E0000011")


def test_a_token_that_another_process_has_revoked_lets_nobody_in_after_a_second(desk):
    done(desk.get("users", token=READER))
    Tokens(desk.org).revoke("reader")
    desk.world.clock.advance(FRESH_S)

    refused(desk.get("users", token=READER), 401, "E0000011")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "users"),
        ("DELETE", "groups/x"),
        ("PUT", "groups/x/users/y"),
        ("POST", "apps/x/group-push/mappings"),
        ("POST", "/_pushproof/v1/apps/x/retry-all"),
        ("PATCH", "/_pushproof/v1/org"),
    ],
)
def test_a_read_only_admin_changes_nothing(desk, method, path):
    found = refused(desk.call(method, path, {}, token=READER), 403, "E0000006")

    assert found["errorSummary"] == "You do not have permission to perform the requested action"


@pytest.mark.parametrize("path", ["users", "groups", "apps", "logs", "/_pushproof/v1/apps"])
def test_a_read_only_admin_reads_everything(desk, path):
    done(desk.get(path, token=READER))


@pytest.mark.parametrize(
    ("scopes", "statuses"),
    [
        (["okta.apps.manage"], [403, 200, 403]),
        (["okta.groups.manage"], [200, 403, 403]),
        (["okta.groups.manage", "okta.apps.read"], [200, 200, 403]),
        (["okta.groups.manage", "okta.apps.manage"], [200, 200, 400]),
    ],
)
def test_mappings_are_made_by_who_may_manage_apps_and_groups(desk, scopes, statuses):
    desk.service.tokens.issue("scoped", "a-bearer", scopes=scopes, scheme="Bearer")
    told = {"token": None, "headers": {"Authorization": "Bearer a-bearer"}}
    path = f"apps/{desk.app('box')}/group-push/mappings"
    found = [
        desk.get("groups", **told).status_code,
        desk.get("apps", **told).status_code,
        desk.post(path, {}, **told).status_code,
    ]

    assert found == statuses


def test_tokens_are_kept_as_digests_alone(desk):
    rows = desk.org.store.connection.exec_driver_sql("select * from tokens").all()

    assert len(rows) == 2
    assert TOKEN not in str(rows)
    assert all(scope in str(rows) for scope in READ)


# --- how often -----------------------------------------------------------------------------------


def test_every_reply_tells_where_the_caller_stands():
    desk = Desk("box", limits=1.0)
    nobody = desk.get("users", token=None)
    answers = [desk.get("users/x"), desk.get("groups"), desk.get("nothing")]
    answers = [nobody, *answers]
    told = [
        (one.headers["X-Rate-Limit-Limit"], one.headers["X-Rate-Limit-Remaining"])
        for one in answers
    ]

    assert told == [("600", "599"), ("600", "598"), ("500", "499"), ("1200", "1199")]
    assert {one.headers["X-Rate-Limit-Reset"] for one in answers} == {str(1767225600 + 60)}
    assert {one.headers["Date"] for one in answers} == {"Thu, 01 Jan 2026 00:00:00 GMT"}
    assert len({one.headers["X-Okta-Request-Id"] for one in answers}) == 4


def test_one_call_too_many_is_refused_until_the_window_is_over():
    desk = Desk("box", limits=0.02)
    limit = int(PER_MINUTE["apps"] * 0.02)
    statuses = [desk.get("apps").status_code for _ in range(limit + 1)]
    answer = desk.get("apps")
    found = refused(answer, 429, "E0000047")
    others = desk.get("users").status_code
    desk.world.clock.advance(60)

    assert statuses == [200] * limit + [429]
    assert found["errorSummary"] == "API call exceeded rate limit due to too many requests."
    assert answer.headers["X-Rate-Limit-Remaining"] == "0"
    assert (others, desk.get("apps").status_code) == (200, 200)


def test_q6_a_throttled_reply_may_not_tell_when():
    desk = Desk("box", limits=0.01, quirks={"Q6": True})
    desk.get("apps")
    answer = desk.get("apps")

    assert answer.status_code == 429
    assert "X-Rate-Limit-Reset" not in answer.headers


def test_too_many_calls_in_flight_are_told_by_two_zeros(desk):
    desk.service.limits.concurrent = 0
    answer = desk.get("users")

    refused(answer, 429, "E0000047")
    assert answer.headers["X-Rate-Limit-Limit"] == answer.headers["X-Rate-Limit-Remaining"] == "0"


def limit_events(desk):
    """What the System Log has of limits, read while they are off."""
    desk.service.limits = Limits(desk.org.clock, scale=0.0)
    found = done(desk.get('logs?filter=eventType co "limit"'))
    return [(one["eventType"], one["displayMessage"], one["target"][0]["id"]) for one in found]


def test_coming_near_a_limit_and_past_it_is_logged_once_in_each_window():
    """https://developer.okta.com/docs/reference/rl-system-log-events/"""
    desk = Desk("box", limits=0.05)
    for _ in range(8):
        desk.get("apps")
    desk.world.clock.advance(60)
    for _ in range(3):
        desk.get("apps")

    warning = ("system.org.rate_limit.warning", "Rate limit warning", "/api/v1/apps")
    violation = ("system.org.rate_limit.violation", "Rate limit violation", "/api/v1/apps")
    assert limit_events(desk) == [warning, violation, warning]


def test_too_many_calls_in_flight_are_logged_once_a_minute(desk):
    """https://developer.okta.com/docs/reference/rl-system-log-events/"""
    desk.service.limits.concurrent = 0
    for _ in range(3):
        desk.get("users")
    message = "Too many concurrent requests in flight"

    assert limit_events(desk) == [
        ("core.concurrency.org.limit.violation", message, "/api/v1/users")
    ]


def test_a_limit_that_was_passed_is_logged_as_a_denial():
    desk = Desk("box", limits=0.01)
    desk.get("apps")
    desk.get("apps")
    desk.service.limits = Limits(desk.org.clock, scale=0.0)
    (event,) = done(desk.get('logs?filter=eventType eq "system.org.rate_limit.violation"'))

    assert (event["severity"], event["outcome"]["result"]) == ("WARN", "DENY")
    assert event["target"][0]["type"] == "URL Pattern"


# --- in which form -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["nothing", "/", "groups//users", "/api/v2/users"])
def test_an_unknown_path_is_a_404(desk, path):
    refused(desk.get(path), 404, "E0000008")


def test_a_wrong_method_is_a_405_that_tells_the_right_ones(desk):
    answer = desk.call("PATCH", "users", {})

    refused(answer, 405, "E0000022")
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    "data",
    [
        b" ",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"{'a': 1}",
        b'{"a": NaN}',
        b"\xff\xfe",
        b'{"profile": {"name": "\\ud800"}}',
        b'{"profile": {"name": "\\u0000"}}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(desk, data):
    answer = desk.post("groups", data=data, headers={"Content-Type": "application/json"})

    refused(answer, 400, "E0000003")


def test_a_body_that_is_too_large_is_malformed(desk):
    answer = desk.post("groups", {"profile": {"name": "x" * 1024 * 1024}})

    refused(answer, 400, "E0000003")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_type_is_refused(desk, kind):
    refused(desk.post("groups", data=b"{}", headers={"Content-Type": kind}), 400, "E0000021")


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/json", 200), ("*/*", 200), ("text/html", 400), ("text/*, */*;q=0.1", 200)],
)
def test_only_json_is_answered(desk, accept, status):
    assert desk.get("users", headers={"Accept": accept}).status_code == status


def test_a_write_without_a_length_is_refused(desk):
    ana = desk.user("ana")
    path = f"users/{ana['id']}/lifecycle/suspend"

    refused(desk.post(path, data=None, environ_overrides={}), 411, "E0000003")


def test_a_character_that_no_id_has_is_not_found(desk):
    refused(desk.get("users/%00"), 404, "E0000008")
    refused(desk.get("users?q=%00"), 404, "E0000008")


def test_q5_errors_may_have_no_body(desk):
    done(desk.patch("/_pushproof/v1/quirks", {"Q5": True}))
    answer = desk.get("users/nobody")

    assert (answer.status_code, answer.data) == (404, b"")


def test_q7_links_may_be_one_line(desk):
    for at in range(2):
        desk.group(f"G{at}")
    done(desk.patch("/_pushproof/v1/quirks", {"Q7": True}))
    (line,) = desk.get("groups?limit=2").headers.getlist("Link")

    assert re.fullmatch(r'<[^>]+>; rel="self", <[^>]+>; rel="next"', line)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("groups/{group}", 1),
        ("groups", 1),
        ("groups?limit=2", 1),
        ("groups?expand=stats", 4),
        ("groups/{group}/users", 2),
        ("apps/{app}/users", 3),
        ("apps/{app}/users?expand=user", 4),
    ],
)
def test_what_a_read_asks_of_the_database_does_not_grow_with_its_rows(desk, path, statements):
    users = [desk.user(f"u{at}") for at in range(3)]
    group, app = desk.group("Sales", *users)["id"], desk.app("box")
    done(desk.put(f"apps/{app}/groups/{group}", {}))
    said = []
    sa.event.listen(desk.org.store.connection, "before_cursor_execute", lambda *a: said.append(a))
    done(desk.get(path.format(group=group, app=app)))

    assert len(said) == statements


@pytest.mark.parametrize(
    "path", ["logs", "groups?expand=app,stats", "apps/{app}/users?expand=user"]
)
def test_reading_again_and_again_keeps_no_more_statements(desk, path):
    desk.push("box", desk.group())
    path = path.format(app=desk.app("box"))
    done(desk.get(path))
    kept = _narrowed.cache_info().currsize
    done(desk.get(path))

    assert _narrowed.cache_info().currsize == kept


def test_the_engine_is_woken_by_what_may_change_something_and_by_nothing_else(desk):
    desk.get("users")
    before = desk.woken
    desk.group()

    assert (before, desk.woken) == (0, 1)
