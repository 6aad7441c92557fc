"""The contract has teeth: each planted mistake is noticed by the check that is named for it."""

from dataclasses import replace

import pytest

from harness.errors import ErrorKind
from harness.transport import ForeignHost
from tests.contract import plants
from tests.contract.bench import Bench
from tests.contract.check import named

K = ErrorKind
# What the mistake is, the app whose adapter has it, the adapter, and the check that notices it.
PLANTED = {
    # pages and batches
    "reads the first page of groups only": (
        "gsuite",
        plants.with_steps("gsuite", plants.first_only, "list_groups"),
        "a_list_is_whole_whatever_its_length[groups]",
    ),
    "drops the last page of members": (
        "gsuite",
        plants.with_steps("gsuite", plants.without_last, "list_members"),
        "a_list_is_whole_whatever_its_length[members]",
    ),
    "compares a replacement with the first page": (
        "gsuite",
        plants.with_methods("gsuite", replace_members=plants.replace_by_first_page),
        "a_replacement_reads_every_page",
    ),
    "adds the first twenty only": (
        "o365",
        plants.with_methods("o365", change_members=plants.some_members),
        "as_many_members_join_and_leave_as_are_asked_to",
    ),
    "stops after the first full call": (
        "o365",
        plants.with_steps("o365", plants.first_only, "change_members"),
        "as_many_members_join_and_leave_as_are_asked_to",
    ),
    "declares a batch that is none": (
        "o365",
        plants.with_capabilities("o365", member_batches=(7,)),
        "as_many_members_join_and_leave_as_are_asked_to",
    ),
    "makes a call per member": (
        "o365",
        plants.with_methods("o365", change_members=plants.one_member_a_call),
        "an_operation_takes_at_most_one_call_more_than_the_fewest[add]",
    ),
    # throttling
    "takes throttling for a refusal": (
        "slack",
        plants.with_outcomes("slack", plants.kind_for(K.THROTTLED, K.REFUSED)),
        "a_throttled_call_says_how_long_to_wait_in_whole_seconds[in seconds]",
    ),
    "ignores Retry-After": (
        "o365",
        plants.with_outcomes(
            "o365", plants.on_errors(lambda error: replace(error, retry_after_s=None))
        ),
        "a_throttled_call_says_how_long_to_wait_in_whole_seconds[in seconds]",
    ),
    "cuts the fraction off Retry-After": (
        "o365",
        plants.with_connection("o365", plants.through(plants.in_a_fraction)),
        "a_throttled_call_says_how_long_to_wait_in_whole_seconds[in a fraction of seconds]",
    ),
    "waits and tries again by itself": (
        "box",
        plants.with_connection("box", plants.through(plants.again_after_a_wait)),
        "whatever_is_throttled_is_sent_once_and_may_be_asked_again[rename_group]",
    ),
    "pauses between calls": (
        "box",
        plants.with_connection("box", plants.through(plants.after_a_pause)),
        "members_join_and_leave_in_one_change",
    ),
    # lost replies and broken ones
    "tries a write again that was not answered": (
        "active_directory",
        plants.with_connection("active_directory", plants.through(plants.again_without_a_reply)),
        "a_call_without_a_reply_is_unknown_and_the_last[add]",
    ),
    "takes a lost reply for done": (
        "slack",
        plants.with_outcomes("slack", plants.unknown_is_done),
        "a_call_without_a_reply_is_unknown_and_the_last[rename_group]",
    ),
    "takes a lost reply for a refusal": (
        "gsuite",
        plants.with_outcomes("gsuite", plants.unknown_is_refused),
        "a_call_without_a_reply_is_unknown_and_the_last[delete_group]",
    ),
    "takes a gateway's error for an empty reply": (
        "o365",
        plants.with_connection("o365", plants.through(plants.only_success_counts)),
        "a_status_without_a_known_code_decides_the_kind_of_error[rename_group]",
    ),
    "takes a server's error for a refusal": (
        "box",
        plants.with_outcomes("box", plants.kind_for(K.UNAVAILABLE, K.REFUSED)),
        "a_status_without_a_known_code_decides_the_kind_of_error[add]",
    ),
    "raises where a reply is no JSON": (
        "slack",
        plants.with_connection("slack", plants.through(plants.no_json_raises)),
        "a_reply_that_is_no_json_is_unknown[an error page]",
    ),
    "takes what it cannot read for an empty list": (
        "slack",
        plants.with_steps("slack", plants.unread_is_nobody, "list_members"),
        "a_reply_of_another_shape_tells_nothing[a list]",
    ),
    "makes a group under a new key each time": (
        "o365",
        plants.with_methods("o365", create_group=plants.another_key_each_time()),
        "the_same_group_made_again_has_no_twin[the same adapter]",
    ),
    "makes a twin after a lost reply": (
        "o365",
        plants.with_methods("o365", create_group=plants.another_key_each_time()),
        "asking_again_after_a_lost_reply_grants_the_wish[create_group]",
    ),
    # credentials
    "keeps a token that was turned away": (
        "o365",
        plants.with_inside("o365", lambda good: setattr(good._api._token, "drop", lambda: None)),
        "a_token_that_is_turned_away_is_not_used_again[rename_group]",
    ),
    "never renews its token": (
        "gsuite",
        plants.with_connection("gsuite", plants.stopped_clock),
        "a_token_that_runs_out_between_two_calls_is_renewed[create_group]",
    ),
    "takes expired credentials for a refusal": (
        "active_directory",
        plants.with_outcomes("active_directory", plants.kind_for(K.CREDENTIALS, K.REFUSED)),
        "expired_credentials_end_every_operation[add]",
    ),
    "follows a link to another host": (
        "o365",
        plants.with_inside("o365", lambda good: setattr(good._api, "is_home", lambda _url: True)),
        "a_next_page_elsewhere_is_not_asked_for",
    ),
    "tells the token in its errors": (
        "box",
        plants.tells_the_token(plants.with_outcomes("box", lambda outcome: outcome)),
        "a_status_without_a_known_code_decides_the_kind_of_error[list_members]",
    ),
    # members
    "tells a refused member as added": (
        "box",
        plants.with_outcomes("box", plants.refused_is_added),
        "a_bad_member_among_those_added_is_refused_alone[unknown, last]",
    ),
    "tells a refused member as added too": (
        "gsuite",
        plants.with_outcomes("gsuite", plants.refused_is_both),
        "a_bad_member_at_creation_is_refused_alone[unknown, first]",
    ),
    "does not tell refused members": (
        "o365",
        plants.with_outcomes("o365", plants.refused_is_dropped),
        "a_bad_member_among_those_added_is_refused_alone[unknown, alone]",
    ),
    "refuses a member without a sentence": (
        "active_directory",
        plants.with_outcomes("active_directory", plants.refused_without_a_sentence),
        "a_bad_member_of_a_replacement_is_refused_alone[deleted, in the middle]",
    ),
    "lets one bad member stop the others": (
        "box",
        plants.with_steps("box", plants.stop_at_a_refusal),
        "a_bad_member_among_those_added_is_refused_alone[unknown, first]",
    ),
    "does not tell whom it added": (
        "slack",
        plants.with_outcomes("slack", plants.added_is_not_told),
        "members_join_and_leave_in_one_change",
    ),
    "only adds where it should replace": (
        "slack",
        plants.with_methods("slack", replace_members=plants.replace_by_adding),
        "a_replacement_leaves_exactly_those",
    ),
    "removes nobody": (
        "gsuite",
        plants.with_methods("gsuite", change_members=plants.no_removal),
        "members_join_and_leave_in_one_change",
    ),
    "makes a call where there is nothing to do": (
        "box",
        plants.with_methods("box", change_members=plants.a_call_for_nothing),
        "a_change_of_nobody_makes_no_call",
    ),
    # groups and names
    "matches groups by the start of their names": (
        "box",
        plants.with_methods("box", find_groups=plants.found_by(str.startswith)),
        "a_group_is_found_by_its_whole_name_only[Sales EMEA]",
    ),
    "matches groups without case": (
        "o365",
        plants.with_methods(
            "o365",
            find_groups=plants.found_by(lambda name, sought: name.lower() == sought.lower()),
        ),
        "a_group_is_found_by_its_whole_name_only[SALES]",
    ),
    "matches groups of other places": (
        "active_directory",
        plants.with_methods("active_directory", find_groups=plants.any_place),
        "a_group_of_that_name_in_another_place_is_not_matched",
    ),
    "matches keys by their start": (
        "gsuite",
        plants.with_methods("gsuite", find_by_key=plants.keys_that_start_so),
        "a_key_that_only_starts_so_is_another_group",
    ),
    "takes a stranger's group over while creating": (
        "o365",
        plants.with_methods("o365", create_group=plants.take_over),
        "a_taken_name_is_never_taken_over_while_creating",
    ),
    "does not say the id of what it made": (
        "slack",
        plants.with_outcomes("slack", plants.without_id),
        "a_group_is_made_with_its_members",
    ),
    "strips names": (
        "box",
        plants.with_methods("box", **plants.renamed(str.strip)),
        "a_group_of_any_name_is_found_by_it_or_refused_whole[space behind]",
    ),
    "cuts names to 64 letters": (
        "o365",
        plants.with_methods("o365", **plants.renamed(lambda name: name[:64])),
        "a_group_gets_any_name_or_keeps_its_own[65 letters]",
    ),
    "leaves apostrophes out": (
        "o365",
        plants.with_methods("o365", **plants.renamed(lambda name: name.replace("'", ""))),
        "a_group_of_any_name_is_found_by_it_or_refused_whole[apostrophe within]",
    ),
    "says that a group is gone without saying what is": (
        "box",
        plants.with_outcomes("box", plants.on_errors(lambda error: replace(error, missing=""))),
        "whatever_is_asked_of_a_deleted_group_says_that_the_group_is_missing[rename]",
    ),
    "takes a missing group for done": (
        "slack",
        plants.with_outcomes(
            "slack",
            plants.on_errors(lambda error: None if error.kind is K.NOT_FOUND else error),
        ),
        "whatever_is_asked_of_a_deleted_group_says_that_the_group_is_missing[add one]",
    ),
    # accounts
    "suspends whom it should reactivate": (
        "gsuite",
        plants.with_methods("gsuite", set_active=plants.the_other_way_round),
        "suspending_and_reactivating_twice_is_done",
    ),
    # outcomes
    "leaves outcomes out": (
        "box",
        plants.with_steps("box", plants.every_second, "create_group"),
        "a_group_is_made_with_its_members",
    ),
    "tells calls that were not made": (
        "slack",
        plants.with_steps("slack", plants.twice),
        "renaming_to_the_name_it_has_is_done",
    ),
    "goes on after an error": (
        "active_directory",
        plants.with_steps("active_directory", plants.past_errors),
        "a_call_without_a_reply_is_unknown_and_the_last[rename_group]",
    ),
    "sends before it is asked for the first step": (
        "slack",
        plants.with_steps("slack", plants.eager),
        "nothing_is_sent_before_the_first_step",
    ),
    "sends members in another order each time": (
        "gsuite",
        plants.with_methods("gsuite", change_members=plants.members_in_another_order()),
        "the_same_wish_sends_the_same_bytes[add]",
    ),
    "has habits that it does not declare": (
        "o365",
        plants.habit_of_its_own("o365"),
        "habits_that_are_not_declared_change_nothing",
    ),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_the_contract_notices_an_adapter_that(mistake: str) -> None:
    app, make, check = PLANTED[mistake]

    with pytest.raises((AssertionError, ForeignHost, ValueError)):
        named(check).run(Bench(app, make=make))


def test_mistakes_are_planted_against_checks_of_every_kind() -> None:
    topics = {check.partition("[")[0] for _, _, check in PLANTED.values()}

    assert len(PLANTED) >= 25
    assert len(topics) >= 25
