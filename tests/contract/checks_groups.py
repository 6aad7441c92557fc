"""Groups: made, found again, renamed and deleted; each also a second time, beside neighbours."""

from collections.abc import Callable, Mapping

from harness.errors import ErrorKind, TargetError
from harness.model import Outcome
from harness.ports import Steps
from tests.contract.bench import KEY, NAME, OTHER_NAME, Bench, Stage, added, groups, has_places
from tests.contract.check import check
from tests.contract.faults import find_own

NEIGHBOURS = ("Sale", "Sales ", " Sales", "Sales EMEA", "SALES", "sales", "Sales.", "Sales (1)")


def _restarted(stage: Stage) -> Stage:
    stage.tenant.adapter = stage.another_adapter()
    return stage


def _is_taken(outcomes: list[Outcome]) -> bool:
    error = outcomes[-1].error
    return error is not None and error.kind is ErrorKind.EXISTS


# --- reading ------------------------------------------------------------------------------------


@check
def every_group_is_listed_once_with_its_name_and_place(bench: Bench) -> None:
    stage = bench.stage()
    other = stage.add_group(OTHER_NAME)

    listed = groups(stage.done(stage.adapter.list_groups()))

    told = {group.id: (group.name, group.place) for group in listed}
    assert len(told) == len(listed)
    wanted = {stage.target_id: (NAME, stage.place), other: (OTHER_NAME, stage.place)}
    assert {each: told.get(each) for each in wanted} == wanted


@check(each=NEIGHBOURS)
def a_group_is_found_by_its_whole_name_only(bench: Bench, case: str) -> None:
    """A neighbour that the target holds to be another group is neither found nor in the way."""
    stage = bench.stage()
    if not stage.can_add_group(case):
        return

    assert [
        group.id for group in groups(stage.done(stage.adapter.find_groups(NAME, stage.place)))
    ] == [stage.target_id]
    stage.admin.delete_group(stage.target_id)
    assert groups(stage.done(stage.adapter.find_groups(NAME, stage.place))) == []


@check
def a_name_nobody_has_is_found_nowhere(bench: Bench) -> None:
    stage = bench.stage()

    found = stage.done(stage.adapter.find_groups("Nobody's", stage.place))

    assert groups(found) == []


@check
def a_group_of_that_name_in_another_place_is_not_matched(bench: Bench) -> None:
    stage = bench.stage()
    if not has_places(stage.tenant):
        assert stage.group(stage.target_id).place is None
        return
    elsewhere = f"OU=Elsewhere,{stage.place}"
    stage.admin.add_ou(elsewhere)
    stage.admin.grant(elsewhere)
    stage.admin.move_group(stage.target_id, elsewhere)

    here = groups(stage.done(stage.adapter.find_groups(NAME, stage.place)))
    there = groups(stage.done(stage.adapter.find_groups(NAME, elsewhere)))

    assert here == []
    assert [(group.id, group.place) for group in there] == [(stage.target_id, elsewhere)]


@check
def a_deleted_group_is_found_by_nobody(bench: Bench) -> None:
    stage = bench.stage()
    target_id = stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME)))
    stage.admin.delete_group(target_id)

    found = [
        *groups(stage.done(stage.adapter.find_groups(OTHER_NAME, stage.place))),
        *groups(stage.done(stage.adapter.find_by_key(KEY))),
        *groups(stage.done(stage.adapter.list_groups())),
    ]

    assert target_id not in {group.id for group in found}


# --- making -------------------------------------------------------------------------------------


@check
def a_group_is_made_with_its_members(bench: Bench) -> None:
    stage = bench.stage()
    wanted = [*stage.inside, stage.outside[0]]

    outcomes = stage.done(stage.adapter.create_group(stage.plan(OTHER_NAME, wanted)))

    made = stage.named(OTHER_NAME)
    assert [group.id for group in made] == [each.id for each in outcomes if each.id]
    assert sorted(made[0].member_ids) == sorted(added(outcomes)) == sorted(wanted)
    assert made[0].place == stage.place


@check
def a_group_is_made_without_members(bench: Bench) -> None:
    stage = bench.stage()

    target_id = stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME)))

    assert stage.members(target_id) == []
    assert stage.members(stage.target_id) == stage.inside


@check
def a_member_asked_for_twice_at_creation_is_in_once(bench: Bench) -> None:
    stage = bench.stage()
    twice = [*stage.inside, *stage.inside]

    target_id = stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME, twice)))

    assert sorted(stage.members(target_id)) == sorted(stage.inside)


@check
def the_group_just_made_is_found_by_name_and_by_key(bench: Bench) -> None:
    stage = bench.stage()
    target_id = stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME, stage.inside)))

    by_name = groups(stage.done(stage.adapter.find_groups(OTHER_NAME, stage.place)))

    assert [(group.id, group.name) for group in by_name] == [(target_id, OTHER_NAME)]
    assert find_own(_restarted(stage)) == [target_id]


@check
def a_key_that_only_starts_so_is_another_group(bench: Bench) -> None:
    stage = bench.stage()
    stage.made(stage.adapter.create_group(stage.plan("Longer", key=KEY + "0")))
    assert groups(stage.done(stage.adapter.find_by_key(KEY))) == []

    stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME)))

    assert set(find_own(stage)) == {stage.named(OTHER_NAME)[0].id}


@check(each=("the same adapter", "a restarted one"))
def the_same_group_made_again_has_no_twin(bench: Bench, case: str) -> None:
    """Either the very group is answered, or the name is taken and the group is found as ours."""
    stage = bench.stage()
    plan = stage.plan(OTHER_NAME, stage.inside)
    first = stage.made(stage.adapter.create_group(plan))
    if case == "a restarted one":
        _restarted(stage)

    again = stage.run(stage.adapter.create_group(plan))

    assert [group.id for group in stage.named(OTHER_NAME)] == [first]
    assert sorted(stage.members(first)) == sorted(stage.inside)
    if _is_taken(again):
        assert find_own(stage) == [first]
    else:
        assert {outcome.id for outcome in again if outcome.id} == {first}


@check
def a_taken_name_is_never_taken_over_while_creating(bench: Bench) -> None:
    """A group of somebody else is neither answered nor changed; a second one may be made."""
    stage = bench.stage()

    outcomes = stage.run(stage.adapter.create_group(stage.plan(NAME, stage.outside)))

    assert stage.members(stage.target_id) == stage.inside
    made = [outcome.id for outcome in outcomes if outcome.id]
    if _is_taken(outcomes):
        assert made == []
        assert [group.id for group in stage.named(NAME)] == [stage.target_id]
    else:
        assert outcomes[-1].error is None
        assert sorted(g.id for g in stage.named(NAME)) == sorted({stage.target_id, *made})


# --- renaming and deleting ------------------------------------------------------------------------


@check
def a_renamed_group_stays_the_same_group(bench: Bench) -> None:
    stage = bench.stage()
    target_id = stage.made(stage.adapter.create_group(stage.plan(OTHER_NAME, stage.inside)))

    stage.done(stage.adapter.rename_group(target_id, "Renamed"))

    assert stage.group(target_id).name == "Renamed"
    assert sorted(stage.members(target_id)) == sorted(stage.inside)
    assert stage.group(stage.target_id).name == NAME
    assert find_own(_restarted(stage), "Renamed") == [target_id]
    assert groups(stage.done(stage.adapter.find_groups(OTHER_NAME, stage.place))) == []


@check
def renaming_to_the_name_it_has_is_done(bench: Bench) -> None:
    stage = bench.stage()

    for _ in range(2):
        stage.done(stage.adapter.rename_group(stage.target_id, NAME))

    assert [group.id for group in stage.named(NAME)] == [stage.target_id]
    assert stage.members(stage.target_id) == stage.inside


@check
def a_name_may_change_its_case_alone(bench: Bench) -> None:
    stage = bench.stage()

    stage.done(stage.adapter.rename_group(stage.target_id, NAME.upper()))

    assert stage.group(stage.target_id).name == NAME.upper()


@check
def renaming_to_a_taken_name_is_told_or_makes_two_of_a_name(bench: Bench) -> None:
    stage = bench.stage()
    other = stage.add_group(OTHER_NAME)

    outcomes = stage.run(stage.adapter.rename_group(stage.target_id, OTHER_NAME))

    assert stage.group(other).name == OTHER_NAME
    renamed = OTHER_NAME if outcomes[-1].error is None else NAME
    assert stage.group(stage.target_id).name == renamed
    assert outcomes[-1].error is None or _is_taken(outcomes)


@check
def deleting_a_group_twice_says_that_it_is_gone(bench: Bench) -> None:
    """The engine decides whether that is fine: it may have been the first call's own doing."""
    stage = bench.stage()
    other = stage.add_group(OTHER_NAME, stage.inside)
    stage.done(stage.adapter.delete_group(stage.target_id))

    error = stage.run(stage.adapter.delete_group(stage.target_id))[-1].error

    assert not stage.has_group(stage.target_id)
    assert stage.has_group(other)
    assert error is None or _is_missing_group(error)


def _is_missing_group(error: TargetError) -> bool:
    return (error.kind, error.missing) == (ErrorKind.NOT_FOUND, "group")


ASKED: Mapping[str, Callable[[Stage], Steps]] = {
    "rename": lambda s: s.adapter.rename_group(s.target_id, OTHER_NAME),
    "list members": lambda s: s.adapter.list_members(s.target_id),
    "add one": lambda s: s.adapter.change_members(s.target_id, add=s.outside[:1], remove=[]),
    "add several": lambda s: s.adapter.change_members(s.target_id, add=s.outside, remove=[]),
    "remove one": lambda s: s.adapter.change_members(s.target_id, add=[], remove=s.inside[:1]),
    "remove several": lambda s: s.adapter.change_members(s.target_id, add=[], remove=s.inside),
    "exchange": lambda s: s.adapter.change_members(s.target_id, add=s.outside, remove=s.inside),
    "replace": lambda s: s.adapter.replace_members(s.target_id, s.outside),
    "empty": lambda s: s.adapter.replace_members(s.target_id, []),
}


@check(each=ASKED)
def whatever_is_asked_of_a_deleted_group_says_that_the_group_is_missing(
    bench: Bench, case: Callable[[Stage], Steps]
) -> None:
    stage = bench.stage()
    stage.admin.delete_group(stage.target_id)

    outcomes = stage.run(case(stage))

    assert outcomes[-1].error is not None, outcomes
    assert _is_missing_group(outcomes[-1].error), outcomes[-1].error
    assert added(outcomes) == []
