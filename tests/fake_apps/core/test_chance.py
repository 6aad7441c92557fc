"""Chance comes from the seed alone; a stream does not mind what the others do."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fake_apps.core.chance import Chance


def drawn(chance):
    return (chance.guid(), chance.hex(5), chance.text(7), chance.number(1, 9))


@given(st.integers())
def test_the_same_seed_and_name_give_the_same_ids(seed):
    assert drawn(Chance(seed, "toy")) == drawn(Chance(seed, "toy"))


def test_another_seed_or_name_gives_other_ids():
    ids = {Chance(1, "toy").guid(), Chance(2, "toy").guid(), Chance(1, "other").guid()}

    assert len(ids) == 3


def test_a_guid_is_a_random_one_in_lower_case():
    guid = Chance(1, "toy").guid()

    assert (UUID(guid).version, guid) == (4, guid.lower())


@given(st.integers(), st.integers(1, 40))
def test_hex_has_the_length_asked_for(seed, length):
    text = Chance(seed, "toy").hex(length)

    assert len(text) == length
    assert int(text, 16) >= 0


def test_text_keeps_to_its_alphabet():
    assert set(Chance(1, "toy").text(50, "ab")) == {"a", "b"}


def test_numbers_stay_between_their_ends_and_reach_both():
    chance = Chance(1, "toy")

    assert {chance.number(1, 3) for _ in range(100)} == {1, 2, 3}


def test_a_stream_does_not_mind_what_its_parent_or_another_stream_drew():
    quiet = Chance(1, "toy")
    busy = Chance(1, "toy")
    busy.guid()
    busy.stream("other").guid()

    assert busy.stream("users").guid() == quiet.stream("users").guid()


def test_using_a_stream_does_not_shift_its_parent():
    plain, used = Chance(1, "toy"), Chance(1, "toy")
    used.stream("users").guid()

    assert plain.guid() == used.guid()


def test_asking_for_a_stream_again_goes_on_where_it_was():
    chance = Chance(1, "toy")

    assert chance.stream("users").guid() != chance.stream("users").guid()


def test_streams_of_streams_are_told_apart():
    chance = Chance(1, "toy")

    assert chance.stream("a").stream("b").guid() != chance.stream("a/c").guid()


def test_a_restored_state_draws_the_same_again():
    chance = Chance(1, "toy")
    state = chance.state()
    first = drawn(chance)
    chance.restore(state)

    assert drawn(chance) == first


def test_a_restored_state_covers_the_streams():
    chance = Chance(1, "toy")
    users = chance.stream("users")
    users.guid()
    state = chance.state()
    first = users.guid()
    chance.restore(state)

    assert users.guid() == first


def test_a_stream_made_after_the_state_starts_again():
    chance = Chance(1, "toy")
    state = chance.state()
    first = chance.stream("users").guid()
    chance.restore(state)

    assert chance.stream("users").guid() == first


def test_whatever_is_drawn_from_any_stream_is_counted():
    chance = Chance(1, "toy")
    drawn(chance)
    drawn(chance.stream("a").stream("b"))

    assert chance.drawn == chance.stream("a").drawn == 8


def test_a_stream_that_was_not_asked_for_yet_is_restored_as_well():
    chance, again = Chance(1, "toy"), Chance(1, "toy")
    chance.stream("late").guid()
    again.restore(chance.state())

    assert again.stream("late").guid() == chance.stream("late").guid()
