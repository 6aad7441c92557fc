"""The plan: from wanted, known and present members to operations. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from harness.engine.plan import plan_all, plan_changes

people = st.sets(st.sampled_from("abcdefgh"))


def accounts(users):
    return {user: f"account-{user}" for user in sorted(users)}


def test_a_new_member_is_added():
    plan = plan_changes(["a"], present=["a"], wanted=accounts("a"), known={})

    assert (plan.add, plan.remove) == ({"account-a": "a"}, {})


def test_a_member_who_left_is_removed():
    plan = plan_changes(["a"], present=[], wanted={}, known=accounts("a"))

    assert (plan.add, plan.remove) == ({}, {"account-a": "a"})


def test_r38_a_member_who_left_and_whose_account_is_unknown_stays():
    plan = plan_changes(["a"], present=[], wanted={}, known={})

    assert plan.is_empty
    assert plan.settled == ("a",)


def test_r4_a_member_who_may_not_be_pushed_is_ignored():
    plan = plan_changes(["a"], present=["a"], wanted={}, known={})

    assert plan.is_empty
    assert plan.ignored == ("a",)


def test_a_known_member_who_may_not_be_pushed_any_more_is_left_alone():
    plan = plan_changes(["a"], present=["a"], wanted={}, known=accounts("a"))

    assert plan.is_empty
    assert plan.settled == ("a",)


def test_a_member_with_another_account_than_before_is_added_anew():
    plan = plan_changes(["a"], present=["a"], wanted={"a": "new"}, known={"a": "old"})

    assert plan.add == {"new": "a"}


def test_r24_nothing_is_planned_for_members_who_did_not_change():
    plan = plan_changes(["a"], present=["a", "b"], wanted=accounts("ab"), known={})

    assert plan.add == {"account-a": "a"}


def test_the_order_of_change_is_kept():
    plan = plan_changes(["c", "a", "b"], present="abc", wanted=accounts("abc"), known={})

    assert list(plan.add.values()) == ["c", "a", "b"]


@given(present=people, assigned=people, known=people)
def test_the_full_plan_leads_to_what_is_wanted_and_touches_nobody_else(present, assigned, known):
    wanted = accounts(present & assigned)
    plan = plan_all(present=sorted(present), wanted=wanted, known=accounts(known))
    after = (known | set(plan.add.values())) - set(plan.remove.values())

    # Known members who are present but may not be pushed stay; those who left go.
    assert after == (present & assigned) | (known & present)
    assert not set(plan.add) & set(plan.remove)
    assert plan.is_empty == (after == known)


@given(present=people, assigned=people, known=people, changed=people)
def test_changes_never_touch_who_did_not_change(present, assigned, known, changed):
    plan = plan_changes(
        sorted(changed),
        present=sorted(present),
        wanted=accounts(present & assigned),
        known=accounts(known),
    )
    touched = {*plan.add.values(), *plan.remove.values(), *plan.ignored, *plan.settled}

    assert touched == changed
