"""When a refused call is tried again: Okta's rule for 429, and what is transient (R46, R47)."""

from itertools import pairwise

import pytest

from harness.engine import retry
from harness.errors import ErrorKind, TargetError
from harness.world import LATENCY_S
from tests.durability.stage import around_calls
from tests.engine.office import ALL, BOTH, CREATE_GROUP, O365, RULED, Office

every = pytest.mark.parametrize("app", ALL)
ANY = {app: f"{app}.[!t]*" for app in ALL}  # but no token


def error(kind: ErrorKind, retry_after_s: float | None = None) -> TargetError:
    return TargetError(kind, "", "no", retry_after_s=retry_after_s)


# --- the rule itself -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "waits"), [(120, 120), (1, 1), (0, 0), (None, 300), (2.5, 300), (-5, 300)]
)
def test_r47_an_integer_is_believed_and_anything_else_is_five_minutes(told, waits):
    assert retry.wait_s(error(ErrorKind.THROTTLED, told), 1) == waits


def test_r47_every_further_attempt_doubles_the_wait():
    waits = [retry.wait_s(error(ErrorKind.THROTTLED, 10), attempt) for attempt in range(1, 5)]

    assert waits == [10, 20, 40, 80]


@pytest.mark.parametrize("kind", [ErrorKind.THROTTLED, ErrorKind.UNAVAILABLE])
def test_r47_the_tenth_failed_attempt_is_the_last(kind):
    assert retry.wait_s(error(kind, 10), 9) is not None
    assert retry.wait_s(error(kind, 10), 10) is None


PASSING = (ErrorKind.THROTTLED, ErrorKind.UNAVAILABLE)


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind not in PASSING])
def test_r46_other_refusals_are_for_good(kind):
    assert retry.wait_s(error(kind), 1) is None


def test_waits_for_an_unavailable_target_are_those_for_a_throttling_one():
    waits = [retry.wait_s(error(ErrorKind.UNAVAILABLE), attempt) for attempt in range(1, 6)]

    assert waits == [300, 600, 1200, 2400, 4800]
    assert retry.wait_s(error(ErrorKind.UNAVAILABLE, 30), 2) == 60


def test_a_fresh_object_is_looked_for_soon_and_then_less_often():
    assert [retry.lag_wait_s(attempt) for attempt in range(1, 8)] == [10, 20, 40, 80, 160, 300, 300]


# --- in a world ----------------------------------------------------------------------------------


def throttled(app: str, retry_after: str | None, count: int | None = 1) -> tuple[Office, int]:
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    mark = office.mark()
    office.arm(ANY, "throttle", retry_after=retry_after, count=count)
    office.join("Sales", "ben")
    office.op.run()
    return office, mark


@every
@pytest.mark.parametrize(
    ("told", "waits"),
    [("120", 120), ("2.5", 300), ("Fri, 31 Dec 2027 23:59:59 GMT", 300), ("null", 300)],
)
def test_r47_retry_after_is_respected_to_the_second(app, told, waits):
    office, mark = throttled(app, told)
    office.settle()
    first, second = office.calls(mark)[:2]

    # The reply is under way for a moment; the wait begins when it has arrived.
    assert second.at == pytest.approx(first.at + LATENCY_S + waits, abs=0.001)
    assert office.there() == ["ana", "ben"]


@every
def test_r47_a_throttled_task_doubles_its_waits_and_succeeds_at_last(app):
    office, mark = throttled(app, "10", count=4)
    office.settle()
    calls = office.calls(mark)
    waits = [round(after.at - before.at) for before, after in pairwise(calls)]

    assert waits == [10, 20, 40, 80]
    assert office.there() == ["ana", "ben"]
    assert office.errors() == []


@every
def test_r47_after_the_tenth_attempt_the_task_fails_for_good(app):
    office, mark = throttled(app, "10", count=None)
    office.settle()

    assert len(office.calls(mark)) == 10
    assert office.mapping().status == "ERROR"
    assert office.op.next_due() is None


@every
def test_a_task_that_failed_for_good_is_tried_ten_times_again_after_retry_all(app):
    office, _ = throttled(app, "10", count=None)
    office.settle()
    mark = office.mark()
    office.op.retry_all(app)
    office.settle()

    assert len(office.calls(mark)) == 10


@every
def test_a_throttled_app_is_left_alone_by_both_lanes(app):
    office, _ = throttled(app, "600")
    office.people("cy")
    office.assign("cy")
    mark = office.mark()
    office.wait(590)
    assert office.target.calls(mark) == []

    office.wait(20)

    assert office.app_user("cy").status == "PROVISIONED"
    assert office.there() == ["ana", "ben"]


@every
def test_r47_one_throttled_lane_stops_the_other_at_once(app):
    """Both lanes have work when the refusal comes: no other call is made before its time."""
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    office.people("cy")
    office.arm(ANY, "throttle", retry_after="600")
    mark = office.mark()
    office.join("Sales", "ben")
    office.assign("cy")
    office.settle()
    first, second = office.calls(mark)[:2]

    assert second.at - first.at >= 600
    assert office.there() == ["ana", "ben"]
    assert office.app_user("cy").status == "PROVISIONED"


@every
def test_one_pace_holds_for_all_groups_of_an_app(app):
    office = Office(app)
    office.hire("ana")
    for name in ("One", "Two", "Three"):
        office.group(name, "ana")
        office.ask(name)
    mark = office.mark()
    office.arm(ANY, "throttle", retry_after="600")
    office.settle()
    first, second = office.calls(mark)[:2]

    assert second.at - first.at >= 600
    assert office.errors() == []


# --- limits that are told before they bite --------------------------------------------------------

NONE_LEFT = (
    {"RateLimit-Remaining": "0", "RateLimit-Reset": "120"},
    {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "120"},
    {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "120"},
)


def telling(office: Office, headers: dict[str, str]) -> None:
    """Every answer of the app has these headers."""

    def around(exchange, request, timeout_s):
        response = exchange(request, timeout_s)
        response.headers.update(headers)
        return response

    around_calls(office, around)


# A directory is reached through Okta's own agent, which tells no limits.
@pytest.mark.parametrize("app", [*RULED, "scim"])
@pytest.mark.parametrize("headers", NONE_LEFT, ids=lambda headers: next(iter(headers)))
def test_an_app_that_tells_that_no_calls_are_left_is_not_called_before_it_takes_them(app, headers):
    office = Office(app)
    office.pushed("ana")
    office.hire("ben", "cy")
    telling(office, headers)
    mark = office.mark()
    office.join("Sales", "ben")
    office.op.run()
    office.join("Sales", "cy")
    office.settle()
    times = [call.at for call in office.calls(mark)]

    assert all(after - before >= 120 for before, after in pairwise(times))
    assert office.there() == ["ana", "ben", "cy"]
    assert office.mapping().status == "ACTIVE"


def test_the_moment_of_a_reset_is_a_time_and_not_a_wait():
    office = Office()
    office.pushed("ana")
    office.hire("ben")
    reset = str(int(office.now) + 300)
    telling(office, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset})
    office.people("cy")
    office.join("Sales", "ben")
    office.run_calls(2)  # a token, and the member
    office.assign("cy")

    assert office.there() == ["ana", "ben"]
    assert office.op.next_due() == pytest.approx(float(reset), abs=1)


@pytest.mark.parametrize(
    "headers",
    [
        {"RateLimit-Remaining": "1", "RateLimit-Reset": "120"},
        {"RateLimit-Remaining": "0"},
        {"RateLimit-Remaining": "0", "RateLimit-Reset": "soon"},
        {"RateLimit-Remaining": "0", "RateLimit-Reset": "-5"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000000001"},
    ],
    ids=str,
)
def test_what_leaves_calls_or_tells_no_time_does_not_hold_anything_up(headers):
    office = Office()
    office.pushed("ana")
    office.hire("ben")
    telling(office, headers)
    office.join("Sales", "ben")
    began = office.now
    office.op.run()
    office.leave("Sales", "ben")
    office.settle()

    assert office.now - began < 10
    assert office.there() == ["ana"]


# --- in a world, again ----------------------------------------------------------------------------


def test_a_throttled_app_does_not_hold_up_another():
    office = Office(*BOTH)
    office.hire("ana")
    office.assign("ana", app=BOTH[1])
    office.group("Sales", "ana")
    office.op.run()
    office.arm("o365.*", "throttle", retry_after="600")
    office.ask(app=BOTH[0])
    office.push(app=BOTH[1])

    assert office.groups_named("Sales", BOTH[0]) == []
    assert office.there("Sales", BOTH[1]) == ["ana"]


@every
def test_r46_a_transient_failure_is_deferred_and_the_mapping_stays_active(app):
    office, _ = throttled(app, "60")

    assert office.mapping().status == "ACTIVE"
    assert office.mapping().job.startswith("waiting until ")
    assert [e.outcome for e in office.op.log() if e.type.endswith("or.delete.failed")] == [
        "DEFERRED"
    ]
    assert "application.integration.rate_limit_exceeded" in office.events()


@every
@pytest.mark.parametrize("kind", ["unavailable", "garbage", "lose_request", "reset"])
def test_r46_an_unavailable_target_is_asked_again_by_itself(app, kind):
    office = Office(app)
    office.hire("ana")
    office.group("Sales", "ana")
    more = {"status": 502} if kind == "garbage" else {}
    office.arm(ANY, kind, **more)
    office.push()
    assert office.mapping().status == "ACTIVE"

    office.settle()

    assert office.there() == ["ana"]


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_r46_a_refusal_is_permanent(status):
    office = Office()
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(CREATE_GROUP, "refuse", status=status, code="Request_BadRequest", message="No.")
    office.push()

    assert office.mapping().status == "ERROR"
    assert office.op.next_due() is None
    assert "application.provision.group_push.mapping.update.or.delete.failed.with.error" in (
        office.events()
    )


def test_r44_a_body_that_is_no_json_is_quoted_as_okta_does():
    office = Office()
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm("o365.*", "garbage", status=502, count=None)
    office.push()
    office.settle()

    assert office.mapping().error.endswith(
        "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error'"
    )


def test_a_big_push_that_advances_is_never_given_up():
    names = [f"u{number:03}" for number in range(430)]
    office = Office()
    for name in names:
        office.target.add_account(f"{name}@example.test", {})
    office.people(*names)
    office.group("Sales", *names)
    office.op.assign_group(O365, "Sales")
    office.settle()
    office.arm("o365.upsert_group", "throttle", retry_after="1", count=9)
    office.ask()
    office.settle()
    office.join("Sales")

    assert len(office.there()) == 430


# --- credentials ---------------------------------------------------------------------------------


def test_a_token_that_expires_midway_is_replaced_and_nothing_is_lost():
    names = [f"u{number:02}" for number in range(45)]
    office = Office()
    office.hire(*names)
    office.group("Sales", *names)
    office.arm("o365.batch", "expired_token")
    office.push()

    assert office.there() == names
    assert office.errors() == []
    assert office.op.next_due() is None


@every
def test_expired_credentials_are_an_error_and_retry_all_heals_after_replacement(app):
    """T55: nothing passes until new credentials are there; then all that waited is sent."""
    office = Office(app)
    office.pushed("ana")
    office.hire("ben")
    office.target.expire_credentials()
    office.op.restart()
    office.join("Sales", "ben")
    office.op.run()
    assert office.mapping().status == "ERROR"
    assert "application.integration.authentication_failure" in office.events()
    office.people("cy")
    office.assign("cy")
    office.op.run()
    assert office.app_user("cy").error

    office.op.retry_all(app)
    office.op.run()
    assert office.mapping().status == "ERROR"
    office.target.replace_credentials()
    office.op.replace_credentials(app, office.target.credentials())
    office.op.retry_all(app)
    office.op.run()

    assert office.there() == ["ana", "ben"]
    assert office.app_user("cy").status == "PROVISIONED"
    assert office.errors() == []
