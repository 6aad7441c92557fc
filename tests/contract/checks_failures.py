"""Failures on every call of every operation: lost replies, refusals, throttling, broken servers."""

from collections.abc import Mapping

from fake_apps import Fault
from harness.errors import ErrorKind
from harness.model import Effect, Outcome
from tests.contract.bench import LONGEST_S, OTHER_NAME, Bench
from tests.contract.check import check
from tests.contract.faults import (
    AFTER,
    BEFORE,
    LOST,
    Spot,
    about,
    claims_hold,
    grant,
    hit,
    is_last_call,
    is_unanswered,
    outer,
    prepared,
    signing_in,
    spots,
    stages,
)
from tests.contract.wishes import WISHES, WRITES

COLD = "rename_group"  # one operation is also asked of an adapter that has not signed in yet


def _spots(bench: Bench, case: str) -> list[tuple[Spot, bool]]:
    """Whole calls; and those of signing in, for one operation."""
    found = [(spot, True) for spot in outer(bench, case)]
    if case == COLD:
        found += [(spot, False) for spot in signing_in(bench, case)]
    return found


# --- replies that never come ----------------------------------------------------------------------


@check(each=WISHES.keys())
def a_call_without_a_reply_is_unknown_and_the_last(bench: Bench, case: str) -> None:
    for spot, signed_in in _spots(bench, case):
        for kind in LOST:
            with about(kind, spot):
                stage = prepared(bench, signed_in=signed_in)
                outcomes = hit(stage, WISHES[case], spot, Fault("", kind))

                assert is_unanswered(outcomes[-1]), outcomes[-1]
                assert is_last_call(stage), "sent on, or again, after a lost reply"
                assert len(outcomes) == spot.number


@check(each=WRITES.keys())
def asking_again_after_a_lost_reply_grants_the_wish(bench: Bench, case: str) -> None:
    for spot, signed_in in _spots(bench, case):
        for kind, is_restarted in ((BEFORE, False), (AFTER, False), (AFTER, True)):
            with about(kind, spot, "restarted" if is_restarted else "same adapter"):
                stage = prepared(bench, signed_in=signed_in)
                hit(stage, WISHES[case], spot, Fault("", kind))

                grant(stage, WISHES[case], is_restarted=is_restarted)


# --- refusals by status ---------------------------------------------------------------------------

K = ErrorKind
KINDS: Mapping[int, tuple[ErrorKind, ...]] = {
    400: (K.REFUSED,),
    401: (K.CREDENTIALS,),
    403: (K.REFUSED, K.CREDENTIALS),
    404: (K.NOT_FOUND, K.REFUSED),
    409: (K.EXISTS, K.REFUSED, K.UNAVAILABLE),
    422: (K.REFUSED,),
    429: (K.THROTTLED,),
    500: (K.UNAVAILABLE,),
    502: (K.UNAVAILABLE,),
    503: (K.UNAVAILABLE,),
    504: (K.UNAVAILABLE,),
}
# What is not there, or there already, may be just what was wanted: the port decides.
MAY_BE_FINE = (404, 409)
FEW = ("rename_group", "create_group", "exchange", "list_members")
ON_ALL = (400, 404, 500)  # the others, on all, have checks of their own


@check(each=WISHES.keys())
def a_status_without_a_known_code_decides_the_kind_of_error(bench: Bench, case: str) -> None:
    stage = stages(bench, case)
    for spot in outer(bench, case):
        for status in KINDS if case in FEW else ON_ALL:
            with about(status, spot):
                is_honest = status not in MAY_BE_FINE
                at = prepared(bench) if status == 401 else stage()
                outcomes = hit(at, WISHES[case], spot, _refuse(status), is_honest=is_honest)

                _is_told(outcomes, status, KINDS[status], is_write=case in WRITES)
                assert not is_honest or is_last_call(at)


@check(each=tuple(KINDS))
def a_refusal_while_signing_in_is_about_the_credentials(bench: Bench, case: int) -> None:
    """Unless it passes by itself."""
    for spot in signing_in(bench, COLD):
        with about(spot):
            stage = prepared(bench, signed_in=False)
            outcomes = hit(stage, WISHES[COLD], spot, _refuse(case))

            kinds = KINDS[case] if case >= 429 else (K.CREDENTIALS,)
            _is_told(outcomes, case, kinds, is_write=False)
            assert is_last_call(stage)


def _refuse(status: int) -> Fault:
    return Fault("", "refuse", status=status, code="madeUp", message="made up by the contract")


def _is_told(
    outcomes: list[Outcome], status: int, kinds: tuple[ErrorKind, ...], *, is_write: bool
) -> None:
    last = outcomes[-1]
    if last.error is None:
        assert status in MAY_BE_FINE, f"done although refused: {last}"
        return
    assert last.error.kind in kinds, last.error
    if status < 500:
        assert last.effect is Effect.REFUSED
    elif is_write and status != 503:
        assert last.effect is Effect.UNKNOWN, "behind a gateway's error a write may have worked"


@check(each=(400, 401, 429, 500, 503))
def a_status_within_a_batch_decides_the_kind_of_error(bench: Bench, case: int) -> None:
    """The batch's own 200 says nothing about the requests in it."""
    for name in WRITES:
        for spot in spots(bench, name):
            if not spot.is_inner or spot.call.protocol != "http":
                continue
            with about(name, spot):
                stage = prepared(bench)
                outcomes = hit(stage, WRITES[name], spot, _refuse(case))

                _is_told(outcomes, case, KINDS[case], is_write=True)
                assert is_last_call(stage)


@check(each=WISHES.keys())
def an_unavailable_target_may_be_asked_again(bench: Bench, case: str) -> None:
    """The vendor's own 503, of the whole call and within a batch."""
    for spot in spots(bench, case):
        with about(spot):
            stage = prepared(bench)
            last = hit(stage, WISHES[case], spot, Fault("", "unavailable"))[-1]

            assert last.error is not None
            assert last.error.kind is ErrorKind.UNAVAILABLE
            assert is_last_call(stage)
            grant(stage, WISHES[case])


# --- throttling -----------------------------------------------------------------------------------

WAITS: Mapping[str, tuple[str | None, float | None]] = {
    "in seconds": ("30", 30.0),
    "not at all": ("0", 0.0),
    "in a fraction of seconds": ("2.128", None),
    "without saying how long": (None, None),
    "until a date": ("Thu, 01 Jan 2026 00:01:00 GMT", None),
    "in words": ("soon", None),
    "in negative seconds": ("-5", None),
    "with an exponent": ("1e3", None),
}


def _throttle(retry_after: str | None) -> Fault:
    return Fault("", "throttle", retry_after=retry_after)


@check(each=WAITS)
def a_throttled_call_says_how_long_to_wait_in_whole_seconds(
    bench: Bench, case: tuple[str | None, float | None]
) -> None:
    """Other forms than whole seconds do not count: Okta does not read them (rule R47)."""
    for name in ("rename_group", "add"):
        for spot in outer(bench, name):
            with about(name, spot):
                stage = prepared(bench)
                last = hit(stage, WISHES[name], spot, _throttle(case[0]))[-1]

                assert last.error is not None
                assert (last.effect, last.error.kind) == (Effect.REFUSED, ErrorKind.THROTTLED)
                assert last.error.retry_after_s == case[1]


@check(each=WISHES.keys())
def whatever_is_throttled_is_sent_once_and_may_be_asked_again(bench: Bench, case: str) -> None:
    for spot in spots(bench, case):
        if spot.is_inner and spot.call.protocol != "http":
            continue  # there is no throttling but of calls
        with about(spot):
            stage = prepared(bench)
            last = hit(stage, WISHES[case], spot, _throttle("30"))[-1]

            assert last.error is not None
            assert (last.error.kind, last.error.retry_after_s) == (ErrorKind.THROTTLED, 30.0)
            assert is_last_call(stage)
            grant(stage, WISHES[case])


# --- credentials ----------------------------------------------------------------------------------


@check(each=WISHES.keys())
def expired_credentials_end_every_operation(bench: Bench, case: str) -> None:
    stage = prepared(bench)
    stage.admin.expire_credentials()

    outcomes = stage.run(WISHES[case].ask(stage))

    if not outcomes and not list(outer(bench, case)):
        return  # nothing to ask the target for
    last = outcomes[-1]
    assert last.error is not None
    assert (last.effect, last.error.kind) == (Effect.REFUSED, ErrorKind.CREDENTIALS)
    if case in WRITES and case != "reactivate":
        assert not WISHES[case].came_true(stage)


@check(each=WISHES.keys())
def credentials_that_expire_midway_end_the_operation_there(bench: Bench, case: str) -> None:
    for reached in range(1, len(list(outer(bench, case)))):
        with about(f"after call {reached}"):
            stage = prepared(bench)
            outcomes = []
            for outcome in stage.steps(WISHES[case].ask(stage)):
                outcomes.append(outcome)
                if len(outcomes) == reached:
                    stage.admin.expire_credentials()

            assert len(outcomes) == reached + 1
            error = outcomes[-1].error
            assert error is not None
            assert error.kind is ErrorKind.CREDENTIALS
            claims_hold(stage, outcomes)


@check(each=WISHES.keys())
def a_token_that_runs_out_between_two_calls_is_renewed(bench: Bench, case: str) -> None:
    for reached in range(1, len(list(outer(bench, case)))):
        with about(f"after call {reached}"):
            stage = prepared(bench)
            for number, outcome in enumerate(stage.steps(WISHES[case].ask(stage)), 1):
                assert outcome.error is None, outcome.error
                stage.app.clock.sleep(LONGEST_S if number == reached else 0)

            assert WISHES[case].came_true(stage)


@check(each=WISHES.keys())
def a_token_that_is_turned_away_is_not_used_again(bench: Bench, case: str) -> None:
    """Who can sign in anew does so; a token given for good is tried again."""
    sign_in = {spot.operation for spot in signing_in(bench, COLD)}
    for spot in outer(bench, case):
        with about(spot):
            stage = prepared(bench)
            last = hit(stage, WISHES[case], spot, _refuse(401))[-1]
            assert last.error is not None
            assert last.error.kind is ErrorKind.CREDENTIALS
            until = stage.app.ledger.last_number

            grant(stage, WISHES[case])

            assert sign_in <= {call.operation for call in stage.app.ledger.since(until)}


@check
def a_restarted_adapter_gets_in_with_new_credentials(bench: Bench) -> None:
    stage = prepared(bench)
    stage.admin.expire_credentials()
    stage.admin.replace_credentials()
    assert stage.failed(stage.adapter.rename_group(stage.target_id, OTHER_NAME)).error

    stage.done(stage.another_adapter().rename_group(stage.target_id, OTHER_NAME))

    assert stage.group(stage.target_id).name == OTHER_NAME
