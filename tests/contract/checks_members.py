"""Members: changed, replaced and listed; each also a second time, and with bad ones among them."""

from collections.abc import Callable, Mapping

from harness.errors import ErrorKind
from harness.model import Outcome
from harness.ports import Steps
from tests.contract.bench import OTHER_NAME, Bench, Stage, added, members, refused, removed
from tests.contract.check import check

MANY = 25


def _change(stage: Stage, *, add: list[str], remove: list[str]) -> list[Outcome]:
    done: list[Outcome] = stage.done(
        stage.adapter.change_members(stage.target_id, add=add, remove=remove)
    )
    return done


@check
def the_members_of_that_group_are_listed(bench: Bench) -> None:
    stage = bench.stage()
    empty = stage.add_group(OTHER_NAME)

    assert sorted(members(stage.done(stage.adapter.list_members(stage.target_id)))) == sorted(
        stage.inside
    )
    assert members(stage.done(stage.adapter.list_members(empty))) == []


@check
def members_join_and_leave_in_one_change(bench: Bench) -> None:
    stage = bench.stage()
    bystander = stage.add_group(OTHER_NAME, stage.inside)

    outcomes = _change(stage, add=stage.outside, remove=stage.inside[:1])

    wanted = [stage.inside[1], *stage.outside]
    assert sorted(stage.members(stage.target_id)) == sorted(wanted)
    assert sorted(added(outcomes)) == sorted(stage.outside)
    assert removed(outcomes) == stage.inside[:1]
    assert stage.members(bystander) == stage.inside


@check
def adding_a_present_member_and_removing_an_absent_one_is_done(bench: Bench) -> None:
    stage = bench.stage()

    for _ in range(2):
        outcomes = _change(stage, add=stage.inside, remove=stage.outside)

        assert sorted(added(outcomes)) == sorted(stage.inside)
        assert sorted(removed(outcomes)) == sorted(stage.outside)
        assert refused(outcomes) == {}
    assert sorted(stage.members(stage.target_id)) == sorted(stage.inside)


@check
def one_present_member_added_or_absent_one_removed_is_done(bench: Bench) -> None:
    stage = bench.stage()

    assert added(_change(stage, add=stage.inside[:1], remove=[])) == stage.inside[:1]
    assert removed(_change(stage, add=[], remove=stage.outside[:1])) == stage.outside[:1]
    assert sorted(stage.members(stage.target_id)) == sorted(stage.inside)


@check
def present_and_new_members_mix(bench: Bench) -> None:
    stage = bench.stage()
    wanted = [stage.outside[0], *stage.inside, stage.outside[1]]

    outcomes = _change(stage, add=wanted, remove=[])

    assert sorted(added(outcomes)) == sorted(wanted)
    assert sorted(stage.members(stage.target_id)) == sorted(wanted)


@check
def a_member_named_twice_joins_and_leaves_once(bench: Bench) -> None:
    stage = bench.stage()

    outcomes = _change(stage, add=stage.outside * 2, remove=stage.inside * 2)

    assert sorted(added(outcomes)) == sorted(stage.outside)
    assert sorted(removed(outcomes)) == sorted(stage.inside)
    assert sorted(stage.members(stage.target_id)) == sorted(stage.outside)


@check
def a_change_of_nobody_makes_no_call(bench: Bench) -> None:
    stage = bench.stage()

    assert _change(stage, add=[], remove=[]) == []


@check
def a_replacement_leaves_exactly_those(bench: Bench) -> None:
    stage = bench.stage()
    wanted = [stage.inside[1], *stage.outside]

    for _ in range(2):
        stage.done(stage.adapter.replace_members(stage.target_id, wanted))
        assert sorted(stage.members(stage.target_id)) == sorted(wanted)


@check
def a_replacement_by_nobody_empties_the_group(bench: Bench) -> None:
    stage = bench.stage()

    for _ in range(2):
        stage.done(stage.adapter.replace_members(stage.target_id, []))
        assert stage.members(stage.target_id) == []


@check
def a_replacement_by_the_same_changes_nothing(bench: Bench) -> None:
    stage = bench.stage()

    outcomes = stage.done(stage.adapter.replace_members(stage.target_id, stage.inside))

    assert stage.members(stage.target_id) == stage.inside
    assert removed(outcomes) == []


@check
def a_replacement_undoes_what_others_did_meanwhile(bench: Bench) -> None:
    stage = bench.stage()
    stage.done(stage.adapter.replace_members(stage.target_id, stage.inside))
    stage.admin.remove_members(stage.target_id, stage.inside[:1])
    stage.admin.add_members(stage.target_id, stage.outside)

    stage.done(stage.adapter.replace_members(stage.target_id, stage.inside))

    assert sorted(stage.members(stage.target_id)) == sorted(stage.inside)


@check
def what_others_changed_meanwhile_does_not_mislead(bench: Bench) -> None:
    """Whatever the adapter remembers of a membership may be out of date."""
    stage = bench.stage()
    _change(stage, add=stage.outside, remove=[])
    stage.admin.remove_members(stage.target_id, stage.outside)
    stage.admin.add_members(stage.target_id, stage.outside[:1])

    _change(stage, add=stage.outside[1:], remove=[stage.outside[0], stage.inside[0]])

    assert sorted(stage.members(stage.target_id)) == sorted([stage.inside[1], stage.outside[1]])


# --- bad ones among good ones --------------------------------------------------------------------


def _deleted(stage: Stage) -> str:
    account_id: str = stage.people(1, prefix="gone")[0]
    stage.discard(account_id)
    return account_id


def _stranger(stage: Stage) -> str:
    """An id as this app gives them, of another tenant."""
    return stage.bench.tenant(seed=8).people(1)[0]


BAD: Mapping[str, Callable[[Stage], str]] = {"deleted": _deleted, "unknown": _stranger}
PLACES = {"first": 0, "in the middle": MANY // 2, "last": MANY, "alone": -1}
CASES = {f"{kind}, {where}": (BAD[kind], PLACES[where]) for kind in BAD for where in PLACES}
Case = tuple[Callable[[Stage], str], int]


def _mixed(stage: Stage, case: Case) -> tuple[list[str], str]:
    """Many good accounts and a bad one among them; -1 for the bad one alone."""
    make, where = case
    bad, good = make(stage), stage.people(MANY if where >= 0 else 0, prefix="good")
    good.insert(max(0, where), bad)
    return good, bad


def _is_judged(stage: Stage, outcomes: list[Outcome], asked: list[str], *, bad: str) -> None:
    """The good ones are in, the bad one is told once: as refused, or as a member that it is.

    Okta's own connector lets one bad member cost its whole request; it must say so then.
    """
    target = stage.named(OTHER_NAME) or [stage.group(stage.target_id)]
    present = set(target[0].member_ids)
    told = set(added(outcomes))
    assert told & set(asked) <= present | {bad}
    last = outcomes[-1]
    if stage.bench.is_okta() and last.error:
        assert last.error.kind in (ErrorKind.NOT_FOUND, ErrorKind.REFUSED)
        return
    assert last.error is None, last.error
    assert set(asked) - {bad} <= present
    if bad in present:  # some apps keep whom they deactivate
        assert bad in told
        return
    assert list(refused(outcomes)) == [bad]
    assert bad not in told
    assert refused(outcomes)[bad].kind in (ErrorKind.NOT_FOUND, ErrorKind.REFUSED)


@check(each=CASES)
def a_bad_member_among_those_added_is_refused_alone(bench: Bench, case: Case) -> None:
    stage = bench.stage()
    asked, bad = _mixed(stage, case)

    outcomes = stage.run(stage.adapter.change_members(stage.target_id, add=asked, remove=[]))

    _is_judged(stage, outcomes, asked, bad=bad)
    assert set(stage.inside) <= set(stage.members(stage.target_id))


@check(each=CASES)
def a_bad_member_at_creation_is_refused_alone(bench: Bench, case: Case) -> None:
    stage = bench.stage()
    asked, bad = _mixed(stage, case)

    outcomes = stage.run(stage.adapter.create_group(stage.plan(OTHER_NAME, asked)))

    assert len(stage.named(OTHER_NAME)) == 1
    _is_judged(stage, outcomes, asked, bad=bad)


@check(each=CASES)
def a_bad_member_of_a_replacement_is_refused_alone(bench: Bench, case: Case) -> None:
    stage = bench.stage()
    asked, bad = _mixed(stage, case)

    outcomes = stage.run(stage.adapter.replace_members(stage.target_id, asked))

    if outcomes[-1].error is None:
        assert set(stage.members(stage.target_id)) - {bad} == set(asked) - {bad}
        told_or_there = {*refused(outcomes), *stage.members(stage.target_id)}
        assert bad in told_or_there
    else:
        _is_judged(stage, outcomes, asked, bad=bad)


@check(each=BAD)
def who_does_not_exist_is_removed_as_any_absent_one(
    bench: Bench, case: Callable[[Stage], str]
) -> None:
    stage = bench.stage()
    bad = case(stage)

    alone = _change(stage, add=[], remove=[bad])
    among = _change(stage, add=[], remove=[stage.inside[0], bad])

    assert removed(alone) == [bad]
    assert sorted(removed(among)) == sorted([stage.inside[0], bad])
    assert stage.members(stage.target_id) == stage.inside[1:]


@check(each={"several": 3, "all": 0})
def several_bad_members_are_each_refused_once(bench: Bench, case: int) -> None:
    stage = bench.stage()
    if bench.is_okta():
        return
    bad = [_stranger_of(stage, number) for number in range(3)]
    good = stage.people(case, prefix="good")
    asked = [*bad[:2], *good, bad[2]]

    outcomes = stage.run(stage.adapter.change_members(stage.target_id, add=asked, remove=[]))

    assert outcomes[-1].error is None
    assert sorted(refused(outcomes)) == sorted(bad)
    assert sorted(added(outcomes)) == sorted(good)
    assert sorted(stage.members(stage.target_id)) == sorted([*stage.inside, *good])


def _stranger_of(stage: Stage, number: int) -> str:
    return stage.bench.tenant(seed=8).people(number + 1)[number]


STEPS: Mapping[str, Callable[[Stage, str], Steps]] = {
    "add": lambda s, bad: s.adapter.change_members(
        s.target_id, add=[*s.outside, bad], remove=s.inside
    ),
    "replace": lambda s, bad: s.adapter.replace_members(s.target_id, [*s.outside, bad]),
}


@check(each=STEPS)
def a_bad_member_does_not_keep_others_from_leaving(
    bench: Bench, case: Callable[[Stage, str], Steps]
) -> None:
    stage = bench.stage()
    bad = _stranger(stage)

    outcomes = stage.run(case(stage, bad))

    if not (bench.is_okta() and outcomes[-1].error):
        assert outcomes[-1].error is None
        assert sorted(stage.members(stage.target_id)) == sorted(stage.outside)
