"""Active Directory when things go wrong: the agent, single operations, rights, odd replies."""

import json

import pytest
import requests

from fake_apps.core.wire import exchange
from harness import adapters
from harness.errors import ErrorKind
from harness.model import Effect, GroupPlan
from harness.ports import Connection
from harness.transport import session
from tests.adapters.rig import added, done, failed, made, person, removed, rig, run

AGENT = "agent.active-directory.test"


@pytest.fixture
def directory():
    return rig("active_directory")


def plan(directory, members=()):
    place = directory.admin.credentials()["groups_dn"]
    return GroupPlan("gPm1", "Sales", tuple(members), place=place)


def rewired(directory, change):
    """An adapter whose replies from the agent are `change(reply as JSON)`."""

    def between(request, timeout_s):
        reply = exchange(directory.app, request, timeout_s)
        changed = requests.Response()
        changed.status_code = reply.status_code
        changed._content = json.dumps(change(reply.json())).encode()
        return changed

    connection = Connection(
        session({AGENT: between}), directory.admin.credentials(), directory.app.clock
    )
    return adapters.load("active_directory")(connection)


# --- the agent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "effect", "code"),
    [
        ("agent_offline", Effect.REFUSED, "E0000241"),
        ("agent_slow", Effect.UNKNOWN, "E0000240"),
    ],
)
def test_an_agent_that_is_away_is_unavailable(directory, kind, effect, code):
    directory.arm("active_directory.actions", kind)

    outcome = failed(directory.adapter.create_group(plan(directory)))
    assert (outcome.effect, outcome.error.kind) == (effect, ErrorKind.UNAVAILABLE)
    assert outcome.error.code == code

    made(directory.adapter.create_group(plan(directory)))


def test_a_wrong_agent_token_is_a_matter_of_credentials():
    directory = rig("active_directory", credentials={"agent_token": "wrong"})

    outcome = failed(directory.adapter.create_group(plan(directory)))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.CREDENTIALS, "E0000011")


def test_new_credentials_let_a_new_adapter_in(directory):
    directory.admin.expire_credentials()
    failed(directory.adapter.list_groups())
    directory.admin.replace_credentials()
    connection = Connection(
        session({AGENT: lambda r, t: exchange(directory.app, r, t)}),
        directory.admin.credentials(),
        directory.app.clock,
    )

    done(adapters.load("active_directory")(connection).list_groups())


# --- single operations ---------------------------------------------------------------------------


def test_a_busy_directory_may_be_asked_again(directory):
    members = directory.accounts(2)
    target_id = directory.admin.add_group("Sales")
    directory.arm("active_directory.modify", "busy")

    outcome = failed(directory.adapter.change_members(target_id, add=members, remove=[]))
    assert (outcome.effect, outcome.error.kind) == (Effect.REFUSED, ErrorKind.UNAVAILABLE)

    done(directory.adapter.change_members(target_id, add=members, remove=[]))
    assert directory.members(target_id) == set(members)


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply", "reset"])
def test_a_connection_lost_behind_the_agent_leaves_the_effect_unknown(directory, kind):
    members = directory.accounts(2)
    target_id = directory.admin.add_group("Sales")
    directory.arm("active_directory.modify", kind)

    outcome = failed(directory.adapter.change_members(target_id, add=members, remove=[]))
    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)

    done(directory.adapter.change_members(target_id, add=members, remove=[]))
    assert directory.members(target_id) == set(members)


def test_a_group_whose_id_could_not_be_read_is_found_by_its_key(directory):
    directory.arm("active_directory.search", "busy")

    outcome = failed(directory.adapter.create_group(plan(directory)))
    assert (outcome.effect, outcome.id) == (Effect.UNKNOWN, None)

    assert made(directory.adapter.find_by_key("gPm1")) == directory.admin.groups()[0].id


@pytest.mark.parametrize("failing", [0, 1])
def test_of_several_modifies_in_a_call_the_finished_ones_are_told(directory, failing):
    members = directory.accounts(10_100)
    target_id = directory.admin.add_group("Sales")
    directory.arm("active_directory.modify", "busy", skip=failing)

    outcome = failed(directory.adapter.change_members(target_id, add=members, remove=[]))

    assert list(outcome.added) == members[: 5000 * failing]
    assert directory.members(target_id) == set(outcome.added)


def test_a_second_chunk_with_a_missing_account_is_mended_after_the_group_is_made(directory):
    members = directory.accounts(5_010)
    directory.admin.delete_account(members[5_005])

    outcomes = done(directory.adapter.create_group(plan(directory, members)))

    (group,) = directory.admin.groups()
    assert {outcome.id for outcome in outcomes} == {None, group.id}
    assert set(group.member_ids) == added(outcomes) == set(members) - {members[5_005]}
    assert len(directory.sent()) == 3


def test_a_second_chunk_that_is_refused_leaves_the_group_and_its_first_members(directory):
    members = directory.accounts(5_001)
    directory.arm("active_directory.modify", "lost_rights")

    outcome = failed(directory.adapter.create_group(plan(directory, members)))

    (group,) = directory.admin.groups()
    assert (outcome.id, list(outcome.added)) == (group.id, members[:5_000])
    assert outcome.error.code == "00002098"


# --- rights --------------------------------------------------------------------------------------


def test_rights_lost_on_the_ou_are_a_refusal_with_the_directorys_code(directory):
    members = directory.accounts(1)
    target_id = directory.admin.add_group("Sales", member_ids=members)
    directory.admin.revoke(directory.admin.credentials()["groups_dn"])

    for steps in (
        directory.adapter.change_members(target_id, add=[], remove=members),
        directory.adapter.rename_group(target_id, "Other"),
        directory.adapter.delete_group(target_id),
        directory.adapter.create_group(plan(directory)),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "00002098")
        assert outcome.error.reason == "insufficientAccessRights"


def test_an_ou_chosen_outside_the_delegated_ones_is_refused(directory):
    place = f"OU=Restricted,{directory.admin.credentials()['base_dn']}"

    outcome = failed(directory.adapter.create_group(GroupPlan("k", "Sales", place=place)))

    assert outcome.error.code == "00002098"


def test_a_disabled_service_account_is_a_matter_of_credentials(directory):
    service = directory.app.state.known.service
    directory.admin.set_account_active(service, active=False)

    outcome = failed(directory.adapter.create_group(plan(directory)))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.CREDENTIALS, "80090308")


# --- odd replies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {},
        {"results": None},
        {"results": []},
        {"results": ["x"]},
        {"results": [{}]},
        {"results": [{"resultCode": "0"}]},
        {"results": [{"resultCode": 0}]},
    ],
)
def test_a_reply_of_another_shape_is_unknown(directory, reply):
    adapter = rewired(directory, lambda _: reply)

    outcome = failed(adapter.create_group(plan(directory)))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)


def test_error_texts_that_end_in_a_nul_are_read_and_trimmed():
    directory = rig("active_directory", quirks={"Q19": True})
    members = directory.accounts(3)
    directory.admin.delete_account(members[0])

    outcomes = done(directory.adapter.create_group(plan(directory, members)))
    assert added(outcomes) == set(members[1:])

    outcome = failed(directory.adapter.create_group(plan(directory)))
    assert outcome.error.code == "00002071"
    assert outcome.error.message.endswith("data 0")


def test_a_text_without_a_win32_code_is_judged_by_its_result_code(directory):
    result = {"resultCode": 68, "resultName": "entryAlreadyExists", "errorMessage": "Entry exists"}
    adapter = rewired(directory, lambda _: {"results": [result]})

    outcome = failed(adapter.create_group(plan(directory)))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "68")


def test_a_missing_member_that_is_there_after_all_ends_the_operation(directory):
    members = directory.accounts(2)
    target_id = directory.admin.add_group("Sales")
    lying = {"resultCode": 32, "resultName": "noSuchObject", "errorMessage": "00000525: NameErr"}

    def change(reply):
        is_search = "entries" in reply["results"][0]
        return reply if is_search else {**reply, "results": [lying]}

    outcome = failed(rewired(directory, change).change_members(target_id, add=members, remove=[]))

    assert outcome.error.code == "00000525"
    assert outcome.refused == ()


def test_the_domain_is_asked_of_the_directory_once_where_nobody_says_it():
    directory = rig("active_directory", credentials={"base_dn": ""})
    made_id = directory.admin.add_group("Sales")

    first = done(directory.adapter.find_groups("Sales", None))
    second = done(directory.adapter.find_groups("Sales", None))

    assert [len(first), len(second)] == [2, 1]
    assert first[-1].groups[0].id == second[0].groups[0].id == made_id


@pytest.mark.parametrize("quirk", ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q9", "Q19", "Q21", "U1"])
@pytest.mark.parametrize("on", [True, False])
def test_a_push_arrives_whatever_the_directory_does_differently(quirk, on):
    directory = rig("active_directory", quirks={quirk: on})
    members = directory.accounts(9)

    target_id = made(directory.adapter.create_group(plan(directory, members[:6])))
    for _ in range(2):
        outcomes = run(
            directory.adapter.change_members(target_id, add=members[6:], remove=members[:3])
        )
    assert outcomes[-1].error is None
    assert (added(outcomes), removed(outcomes)) == (set(members[6:]), set(members[:3]))
    assert directory.members(target_id) == set(members[3:])


def test_an_account_is_created_suspended_and_deleted_through_one_directory(directory):
    people = directory.admin.credentials()["people_dn"]
    account_id = made(directory.adapter.create_account(person("ana@ad.test", place=people)))

    done(directory.adapter.set_active(account_id, active=False))
    done(directory.adapter.delete_account(account_id))

    (account,) = directory.admin.accounts()
    assert account.deleted
