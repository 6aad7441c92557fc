"""What is sent: few calls, the same ones every time, and other ones only where that is declared."""

from collections.abc import Callable, Mapping

from fake_apps import load
from harness.model import Capabilities
from harness.ports import Steps
from tests.benchmarks.minimum import Fewest, apps, minimum
from tests.contract.bench import OTHER_NAME, WIRES, Bench, Stage, has_places
from tests.contract.check import check
from tests.contract.faults import about
from tests.contract.wishes import WISHES

MEMBERS = (1, 2, 19, 20, 21, 45)


def _half_replaced(stage: Stage, people: list[str]) -> Steps:
    """As many members as are asked for, half of them others."""
    half = len(people) // 2
    others = stage.people(half, prefix="other")
    group = stage.add_group(OTHER_NAME, [*people[half:], *others])
    return stage.adapter.replace_members(group, people)


def _removed(stage: Stage, people: list[str]) -> Steps:
    stage.admin.add_members(stage.target_id, people)
    return stage.adapter.change_members(stage.target_id, add=[], remove=people)


ASKED: Mapping[str, Callable[[Stage, list[str]], Steps]] = {
    "create": lambda s, people: s.adapter.create_group(s.plan(OTHER_NAME, people)),
    "add": lambda s, people: s.adapter.change_members(s.target_id, add=people, remove=[]),
    "remove": _removed,
    "replace": _half_replaced,
    "rename": lambda s, people: s.adapter.rename_group(s.target_id, OTHER_NAME),
    "delete": lambda s, people: s.adapter.delete_group(s.target_id),
    "noop": lambda s, people: s.adapter.change_members(s.target_id, add=[], remove=[]),
}
SIZED = ("create", "add", "remove", "replace")


@check(each=ASKED.keys())
def an_operation_takes_at_most_one_call_more_than_the_fewest(bench: Bench, case: str) -> None:
    """As `tests/benchmarks/minimum.py` derives them; Okta's own habits are known to cost more.

    A member whose membership the adapter has never seen may cost a look-up: it is seen first.
    """
    app = load(bench.name).name
    if bench.is_okta() or app not in apps():
        return
    for members in MEMBERS if case in SIZED else (0,):
        with about(f"{members} members"):
            stage = bench.stage()
            stage.sign_in()
            people = stage.people(members, prefix="many")
            asked = ASKED[case](stage, people)
            if case == "remove":
                stage.done(stage.adapter.list_members(stage.target_id))

            calls = stage.calls(asked)

            fewest = minimum(app, case, members)
            taken = Fewest(len(calls), sum(len(call.inner) or 1 for call in calls))
            assert taken.calls <= fewest.calls + 1, f"{taken}, at best {fewest}"


@check(each=WISHES.keys())
def the_same_wish_sends_the_same_bytes(bench: Bench, case: str) -> None:
    ledgers = [_ledger(bench, case) for _ in range(2)]

    assert ledgers[0] == ledgers[1]


def _ledger(bench: Bench, name: str) -> str:
    stage = bench.stage()
    stage.done(WISHES[name].ask(stage))
    return stage.app.ledger.dump()


@check
def habits_that_are_not_declared_change_nothing(bench: Bench) -> None:
    """Where only one habit of the wire is declared, asking for another sends the same bytes."""
    declared = bench.tenant().capabilities.wires
    assert set(declared) <= set(WIRES)
    assert bench.wire in declared
    for other in set(WIRES) - set(declared):
        for name in WISHES:
            with about(other, name):
                assert _ledger(Bench(bench.name, other, bench.make), name) == _ledger(bench, name)


@check
def nothing_is_sent_before_the_first_step(bench: Bench) -> None:
    """An operation is a generator: the engine decides when each call is made."""
    stage = bench.stage()

    for wish in WISHES.values():
        wish.ask(stage)

    assert stage.app.ledger.last_number == 0


@check
def an_operation_that_is_given_up_sends_nothing_more(bench: Bench) -> None:
    """As when the engine is killed between two calls."""
    stage = bench.stage()
    for wish in WISHES.values():
        sent = stage.app.ledger.last_number
        next(iter(wish.ask(stage)), None)

        assert stage.app.ledger.last_number <= sent + 1


@check
def the_adapter_says_who_it_is_and_what_it_can(bench: Bench) -> None:
    adapter = bench.tenant().adapter
    can = adapter.capabilities

    assert adapter.name == bench.name or bench.make is not None
    assert isinstance(can, Capabilities)
    assert can.lag_s >= 0
    assert can.members_at_create >= 0
    sizes = (can.account_pages, can.group_pages, can.member_pages, can.member_batches)
    assert all(size > 0 for each in sizes for size in each)
    assert can.places == has_places(bench.tenant())
