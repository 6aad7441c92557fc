"""Replies that no honest target gives: cut off, of another shape or type, with links elsewhere."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from fake_apps import Fault
from fake_apps.core.wire import exchange
from harness.errors import ErrorKind
from harness.model import Effect, Outcome
from tests.contract.bench import Bench, Tenant
from tests.contract.check import check
from tests.contract.checks_sizes import LISTS
from tests.contract.faults import Spot, about, hit, is_unanswered, outer, prepared, stages
from tests.contract.wishes import READS, WISHES

FEW = ("list_accounts", "find_groups", "list_members", "create_group", "exchange", "suspend")
PAGE = "<html><body><h1>Forbidden</h1></body></html>"
NO_JSON: Mapping[str, str] = {
    "a sentence": "error code: 502",
    "an error page": PAGE,
    "half an object": '{"id": "1", "na',
    "two objects": '{"id": "1"}{"id": "2"}',
}
SHAPES: Mapping[str, str] = {
    "a list": "[]",
    "a number": "5",
    "nothing at all": "",
    "null": "null",
    "a text": '"text"',
    "true": "true",
    "a list of numbers": "[1, 2]",
}
EMPTY = "{}"  # to some apps that is an empty page


def _garbage(body: str, status: int = 200) -> Fault:
    return Fault("", "garbage", body=body, status=status)


@check(each=NO_JSON)
def a_reply_that_is_no_json_is_unknown(bench: Bench, case: str) -> None:
    for name in WISHES if case == PAGE else FEW:
        stage = stages(bench, name)
        for spot in outer(bench, name):
            for status in (200, 502) if case == PAGE else (200,):
                with about(name, spot, status):
                    last = hit(stage(), WISHES[name], spot, _garbage(case, status))[-1]

                    assert is_unanswered(last), last


@check
def an_error_page_is_read_by_its_status(bench: Bench) -> None:
    kinds = {
        401: ErrorKind.CREDENTIALS,
        403: ErrorKind.CREDENTIALS,
        429: ErrorKind.THROTTLED,
        500: ErrorKind.UNAVAILABLE,
        504: ErrorKind.UNAVAILABLE,
    }
    for name in ("rename_group", "list_members", "create_group"):
        for spot in outer(bench, name):
            for status, kind in kinds.items():
                with about(name, spot, status):
                    last = hit(prepared(bench), WISHES[name], spot, _garbage(PAGE, status))[-1]

                    assert last.error is not None
                    assert last.error.kind is kind, last.error


@check(each=SHAPES)
def a_reply_of_another_shape_tells_nothing(bench: Bench, case: str) -> None:
    """What was to be read is unknown; a write that needs no reply may count as done."""
    for name in WISHES if case == "[]" else FEW:
        for spot in outer(bench, name):
            with about(name, spot):
                outcomes = _hit_by_lie(bench, name, spot, case)

                if name in READS:
                    assert is_unanswered(outcomes[-1]), outcomes[-1]
                _tells_nothing(outcomes, spot, name)


@check
def an_empty_object_tells_nothing(bench: Bench) -> None:
    for name in WISHES:
        for spot in outer(bench, name):
            with about(name, spot):
                _tells_nothing(_hit_by_lie(bench, name, spot, EMPTY), spot, name)


def _hit_by_lie(bench: Bench, name: str, spot: Spot, body: str) -> list[Outcome]:
    return hit(prepared(bench), WISHES[name], spot, _garbage(body), is_honest=False)


def _tells_nothing(outcomes: list[Outcome], spot: Spot, name: str) -> None:
    told = outcomes[spot.number - 1]
    if told.error:
        assert told.error.kind is ErrorKind.UNAVAILABLE
        assert told.effect is Effect.UNKNOWN
    assert (told.id, told.accounts, told.groups, told.members) == (None, (), (), ())
    if name.startswith("create"):
        ids = [outcome.id for outcome in outcomes if outcome.id]
        assert ids or outcomes[-1].error, "made, and nobody knows its id"


@check(each=FEW)
def a_reply_with_one_value_amiss_is_survived(bench: Bench, case: str) -> None:
    """Null, or of another type: whatever is told stays well formed, nothing is raised."""
    stage = stages(bench, case)
    for spot in outer(bench, case):
        for words, body in _amiss(spot.call.reply):
            with about(spot, words):
                hit(
                    stage(),
                    WISHES[case],
                    spot,
                    _garbage(body, spot.call.status),
                    is_honest=False,
                )


def _amiss(reply: str) -> Iterator[tuple[str, str]]:
    try:
        whole = json.loads(reply)
    except ValueError:
        yield "cut in half", reply[: len(reply) // 2]
        return
    for path in _paths(whole):
        for words, value in (("null", None), ("another type", _other(_at(whole, path)))):
            yield f"{path} is {words}", json.dumps(_with(whole, path, value))


Path = tuple[str | int, ...]


def _paths(value: Any, above: Path = ()) -> Iterator[Path]:
    """Every key, and the first item of every list."""
    items = list(value.items()) if isinstance(value, dict) else []
    items += [(0, value[0])] if isinstance(value, list) and value else []
    for key, below in items:
        yield (*above, key)
        yield from _paths(below, (*above, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(whole: Any, path: Path, value: Any) -> Any:
    changed = json.loads(json.dumps(whole))
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _other(value: Any) -> Any:
    match value:
        case str():
            return 7
        case bool() | int() | float() | None:
            return "text"
        case list():
            return {"a": 1}
    return ["text"]


# --- links --------------------------------------------------------------------------------------


ELSEWHERE = {"another host": "https://elsewhere.example", "plain HTTP": "http://{host}"}


@check
def a_next_page_elsewhere_is_not_asked_for(bench: Bench) -> None:
    """The token would go there too: https://github.com/vercel-labs/emulate/pull/24."""
    tenant = bench.tenant()
    group, length = tenant.add_group("Everybody"), _pages_end(tenant)
    LISTS["members"].grow(tenant, group, 0, length)
    for where, address in ELSEWHERE.items():
        _move_links(tenant, address)
        for name in ("accounts", "members"):
            with about(where, name):
                outcomes = tenant.run(LISTS[name].ask(tenant, group))

                is_whole = len(LISTS[name].read(outcomes)) >= length
                assert outcomes[-1].error or is_whole, "read in part"
                assert all(url.startswith("https://") for url in tenant.tap.asked)


def _pages_end(tenant: Tenant) -> int:
    """A length at which neither accounts nor members fit into one page."""
    can = tenant.capabilities
    return max((*can.account_pages, *can.member_pages), default=0) + 1


def _move_links(tenant: Tenant, elsewhere: str) -> None:
    """From now on every address in a reply leads elsewhere."""

    def moved(request: requests.PreparedRequest) -> requests.Response:
        response = exchange(tenant.app, request)
        for host in tenant.app.spec.hosts:
            own, other = f"https://{host}".encode(), elsewhere.format(host=host).encode()
            response._content = response.content.replace(own, other)
        return response

    tenant.tap.instead = moved
