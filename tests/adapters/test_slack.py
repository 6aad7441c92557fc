"""The Slack adapter against the fake organisation."""

import json

import pytest
import requests

from fake_apps.core.wire import exchange
from harness import adapters
from harness.adapters.slack import user_name
from harness.errors import ErrorKind
from harness.model import Account, Effect, GroupPlan
from harness.ports import Connection
from harness.transport import session
from tests.adapters.rig import added, done, failed, made, person, refused, rig, run

ODD_NAMES = [
    "Größe & Söhne",
    "営業部",
    "O'Neil's \"best\"",
    "back\\slash",
    "100% #1 + a=b?",
    '") or (displayName pr',
    "ends with spaces  ",
    "x" * 256,
]


@pytest.fixture
def org():
    return rig("slack")


def groups(steps):
    return [group for outcome in done(steps) for group in outcome.groups]


def accounts(steps):
    return [account for outcome in done(steps) for account in outcome.accounts]


# --- accounts ----------------------------------------------------------------------------------


def test_an_account_is_made_under_the_local_part_of_its_login(org):
    account_id = made(org.adapter.create_account(person("ana.silva@example.test")))

    (account,) = org.admin.accounts()
    assert (account.id, account.login) == (account_id, "ana.silva")


def test_an_account_is_found_by_its_email_whatever_its_handle(org):
    account_id = org.admin.add_account("boss", {"emails": [{"value": "Ana@Example.test"}]})

    found = accounts(org.adapter.find_accounts("ana@example.test", "ana@example.test"))

    assert found == [Account(account_id, "boss", "Ana@Example.test")]


def test_a_handle_of_another_address_is_somebody_else(org):
    org.admin.add_account("ana", {"emails": [{"value": "ana@elsewhere.test"}]})

    assert accounts(org.adapter.find_accounts("ana@example.test", "ana@example.test")) == []


def test_without_an_address_the_handle_is_asked_for(org):
    account_id = org.admin.add_account("ana", {})

    found = accounts(org.adapter.find_accounts("ana", ""))

    assert [account.id for account in found] == [account_id]


def test_a_filter_that_is_ignored_brings_nobody_wrong(org):
    org.app.quirks.switch("Q29", on=False)
    wanted = org.accounts(30)[17]

    found = accounts(org.adapter.find_accounts("x", "user00017@example.test"))

    assert [account.id for account in found] == [wanted]


@pytest.mark.parametrize(
    ("taken", "code"),
    [("ana", "username_taken"), ("general", "username_taken"), ("other", "email_taken")],
)
def test_a_taken_handle_or_address_exists(org, taken, code):
    org.admin.add_account("ana", {})
    profile = person(f"{taken}@example.test", email="ana@example.test")
    if code == "username_taken":
        profile = person(f"{taken}@example.test", email="new@example.test")

    outcome = failed(org.adapter.create_account(profile))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, code)


@pytest.mark.parametrize(
    ("login", "more", "code"),
    [
        ("a-name-of-22-characters@example.test", {}, "long_username"),
        ("admin@example.test", {}, "username_not_allowed"),
        ("ana@example.test", {"first_name": "An@"}, "invalid_name_specials"),
    ],
)
def test_a_refused_name_is_told_as_slack_tells_it(org, login, more, code):
    """T73: the user is missing in every pushed group until the mapping of the name is changed."""
    outcome = failed(org.adapter.create_account(person(login, **more)))

    assert (outcome.effect, outcome.error.kind) == (Effect.REFUSED, ErrorKind.REFUSED)
    assert outcome.error.code == code
    assert outcome.error.detail == f"Bad Request. Errors reported by remote server: {code}"


def test_a_code_with_the_user_behind_it_is_still_that_code(org):
    body = {"Errors": {"description": "long_username (user=ana)", "code": 400}}
    adapter = answering(org, 400, body)

    outcome = failed(adapter.create_account(person("ana@example.test")))

    assert outcome.error.code == "long_username"
    assert outcome.error.message == "long_username (user=ana)"


def test_only_what_changed_is_sent_for_an_account(org):
    account_id = org.admin.add_account("ana@example.test", {})
    account = Account(account_id, "ana@example.test", "ana@example.test")

    done(org.adapter.update_account(account, person("ana@example.test", last_name="Lima")))

    (call,) = org.sent()
    name = {"givenName": "Ana", "familyName": "Lima"}
    assert json.loads(call.request)["Operations"] == [{"op": "add", "path": "name", "value": name}]


def test_a_new_address_leaves_the_second_one_alone(org):
    emails = [{"value": "ana@example.test", "primary": True}, {"value": "home@example.test"}]
    account_id = org.admin.add_account("ana", {"emails": emails})

    renamed = person("ana.lima@example.test")
    done(org.adapter.update_account(Account(account_id, "ana@example.test"), renamed))

    user = org.app.state.user(account_id)
    assert user.emails == ["ana.lima@example.test", "home@example.test"]
    assert user.user_name == "ana.lima"


@pytest.mark.parametrize("active", [True, False])
def test_an_account_is_deactivated_and_reactivated(org, active):
    account_id = org.admin.add_account("ana", {"active": not active})

    done(org.adapter.set_active(account_id, active=active))

    assert org.admin.accounts()[0].active is active


def test_deleting_deactivates_and_can_be_repeated(org):
    account_id = org.admin.add_account("ana", {})

    for _ in range(2):
        done(org.adapter.delete_account(account_id))

    assert [account.active for account in org.admin.accounts()] == [False]


def test_an_account_nobody_knows_is_deleted_already(org):
    done(org.adapter.delete_account("U0"))


def test_suspending_a_missing_account_names_the_account(org):
    outcome = failed(org.adapter.set_active("U0", active=False))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "account")


@pytest.mark.parametrize(
    ("login", "name"),
    [("ana@example.test", "ana"), ("Ana.O'Neil@x.test", "ana.o_neil"), ("ana", "ana")],
)
def test_a_handle_is_what_slack_makes_of_a_login(org, login, name):
    org.admin.add_account(login, {"emails": [{"value": "x@example.test"}]})

    assert user_name(login) == org.admin.accounts()[0].login == name


# --- groups ------------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", ["frugal", "okta"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_group_of_an_odd_name_is_made_found_and_renamed(name, wire):
    org = rig("slack", wire=wire)
    target_id = made(org.adapter.create_group(GroupPlan("key", name)))
    assert [group.id for group in groups(org.adapter.find_groups(name, None))] == [target_id]

    done(org.adapter.rename_group(target_id, "Plain"))
    done(org.adapter.rename_group(target_id, name))

    assert org.group(target_id).name == name


def test_a_group_is_found_by_exactly_its_name(org):
    org.admin.add_group("sales")

    assert groups(org.adapter.find_groups("Sales", None)) == []


def test_a_group_is_found_where_the_filter_is_ignored(org):
    org.app.quirks.switch("Q28", on=False)
    ids = [org.admin.add_group(f"Group {number}") for number in range(25)]

    (found,) = groups(org.adapter.find_groups("Group 20", None))

    assert found.id == ids[20]


def test_all_groups_are_listed(org):
    ids = [org.admin.add_group(f"Group {number}") for number in range(12)]

    assert [group.id for group in groups(org.adapter.list_groups())] == ids


def test_there_is_nothing_to_find_a_group_by_but_its_name(org):
    org.admin.add_group("Sales")

    assert list(org.adapter.find_by_key("gPm1")) == []
    assert org.sent() == []


def test_a_taken_name_exists(org):
    org.admin.add_group("Sales")

    outcome = failed(org.adapter.create_group(GroupPlan("key", "Sales")))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "group_creation_failed")


def test_a_group_linked_to_channels_cannot_be_deleted(org):
    target_id = org.admin.add_group("Sales")
    org.app.change_setting("groups_linked_to_channels", ["Sales"])

    outcome = failed(org.adapter.delete_group(target_id))

    assert outcome.error.code == "idp_group_linked_to_channels"
    assert outcome.error.kind is ErrorKind.REFUSED


@pytest.mark.parametrize("wire", ["frugal", "okta"])
def test_a_missing_group_is_named_by_whatever_is_done_to_it(wire):
    org = rig("slack", wire=wire)
    target_id = org.admin.add_group("Sales")
    (account,) = org.accounts(1)
    done(org.adapter.list_members(target_id))
    org.admin.delete_group(target_id)
    adapter = org.adapter

    for steps in (
        adapter.rename_group(target_id, "X"),
        adapter.change_members(target_id, add=[account], remove=[]),
        adapter.replace_members(target_id, [account]),
        adapter.list_members(target_id),
        adapter.delete_group(target_id),
    ):
        outcome = failed(steps)
        assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


# --- members -----------------------------------------------------------------------------------


def test_members_are_listed_in_one_call(org):
    ids = org.accounts(25)
    target_id = org.admin.add_group("Sales", member_ids=ids)

    outcomes = done(org.adapter.list_members(target_id))

    assert [member for outcome in outcomes for member in outcome.members] == ids


@pytest.mark.parametrize("wire", ["frugal", "okta"])
def test_present_members_added_and_absent_ones_removed_are_done(wire):
    org = rig("slack", wire=wire)
    ids = org.accounts(4)
    target_id = org.admin.add_group("Sales", member_ids=ids[:2])

    outcomes = done(org.adapter.change_members(target_id, add=ids[:2], remove=ids[2:]))

    assert added(outcomes) == set(ids[:2])
    assert org.members(target_id) == set(ids[:2])


def bad_member(org, kind):
    """An id that no group takes, and what Slack says of it."""
    if kind == "unknown":
        return "U0", "no_such_group_members"
    profile = {"kind": "single-channel guest"} if kind == "guest" else {"active": False}
    return org.admin.add_account("bad", profile), "unable_to_add_deleted_or_guest_to_group"


@pytest.mark.parametrize("kind", ["unknown", "deactivated", "guest"])
@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize("act", ["create", "add", "both", "replace"])
def test_one_bad_member_does_not_keep_the_others_out(org, act, size, kind):
    bad, code = bad_member(org, kind)
    good = org.accounts(size - 1)
    leaving = org.accounts(2, start=100)
    members = [*good[: size // 2], bad, *good[size // 2 :]]
    present = leaving if act in ("both", "replace") else []
    target_id = "" if act == "create" else org.admin.add_group("Sales", member_ids=present)
    adapter = org.adapter

    steps = {
        "create": lambda: adapter.create_group(GroupPlan("key", "Sales", tuple(members))),
        "add": lambda: adapter.change_members(target_id, add=members, remove=[]),
        "both": lambda: adapter.change_members(target_id, add=members, remove=leaving),
        "replace": lambda: adapter.replace_members(target_id, members),
    }
    outcomes = done(steps[act]())

    (group,) = org.admin.groups()
    assert {bad: code} == {one: error.code for one, error in refused(outcomes).items()}
    assert set(group.member_ids) == set(good)
    assert added(outcomes) == set(good)


def test_a_bad_member_among_many_is_cornered_by_halving(org):
    bad, _ = bad_member(org, "unknown")
    members = [*org.accounts(255), bad]
    target_id = org.admin.add_group("Sales")

    done(org.adapter.change_members(target_id, add=members, remove=[]))

    assert len(org.sent()) <= 2 * 8 + 1


def test_okta_loses_the_batch_of_a_bad_member():
    """T11."""
    org = rig("slack", wire="okta")
    bad, code = bad_member(org, "unknown")
    good = org.accounts(3)
    target_id = org.admin.add_group("Sales")

    outcome = failed(org.adapter.change_members(target_id, add=[*good, bad], remove=[]))

    assert (outcome.error.code, outcome.error.missing) == (code, "account")
    assert org.members(target_id) == set()


# --- refusals ------------------------------------------------------------------------------------


def test_a_locked_group_asks_to_wait(org):
    org.app.change_setting("lock_s", 30)
    first, second = org.accounts(2)
    target_id = org.admin.add_group("Sales")
    done(org.adapter.change_members(target_id, add=[first], remove=[]))

    outcome = failed(org.adapter.change_members(target_id, add=[second], remove=[]))

    assert outcome.error.code == "resource_locked"
    assert (outcome.error.kind, outcome.error.retry_after_s) == (ErrorKind.THROTTLED, 30.0)


def test_the_organisations_limit_asks_to_wait():
    org = rig("slack", limits=1.0)
    for number in range(20):
        made(org.adapter.create_group(GroupPlan("key", f"Group {number}")))

    outcome = failed(org.adapter.create_group(GroupPlan("key", "One more")))

    assert outcome.error.code == "too_many_requests"
    assert (outcome.error.kind, outcome.error.retry_after_s) == (ErrorKind.THROTTLED, 1.0)


@pytest.mark.parametrize(
    ("settings", "code", "kind"),
    [
        ({"plan": "pro"}, "plus_teams_only", ErrorKind.REFUSED),
        ({"installed_on_org": False}, "non_org_teams_only", ErrorKind.REFUSED),
        ({"token_scopes": ()}, "invalid_authentication", ErrorKind.CREDENTIALS),
        ({"installer": "member"}, "permission_denied", ErrorKind.REFUSED),
    ],
)
def test_a_token_that_may_not_is_told_why(settings, code, kind):
    org = rig("slack", settings=settings)

    outcome = failed(org.adapter.list_groups())

    assert (outcome.error.code, outcome.error.kind) == (code, kind)


def answering(org, status, body):
    """An adapter whose every call is answered so."""

    def between(request, timeout_s):
        reply = exchange(org.app, request, timeout_s)
        changed = requests.Response()
        changed.status_code = status
        changed._content = json.dumps(body).encode()
        changed.url = reply.url
        return changed

    hosts = {"api.slack.com": between}
    connection = Connection(session(hosts), org.admin.credentials(), org.app.clock)
    return adapters.load("slack")(connection)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"Resources": [], "totalResults": "0"},
        {"Resources": [{"displayName": "x"}], "totalResults": 1},
        {"Resources": {"id": "x"}, "totalResults": 1},
        {"Resources": ["x"], "totalResults": 1},
    ],
)
def test_a_page_that_is_none_is_unknown(org, body):
    outcome = failed(answering(org, 200, body).list_groups())

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)


def test_no_resources_at_all_are_none(org):
    assert groups(answering(org, 200, {"totalResults": 0}).list_groups()) == []


def test_pages_that_never_end_do(org):
    body = {"Resources": [], "totalResults": 99}

    assert len(run(answering(org, 200, body).list_groups())) == 1


@pytest.mark.parametrize("body", [None, {}, {"id": 5}, {"id": ""}, []])
def test_a_create_without_an_id_is_unknown(org, body):
    outcome = failed(answering(org, 201, body).create_group(GroupPlan("key", "Sales")))

    assert outcome.effect is Effect.UNKNOWN


@pytest.mark.parametrize("members", [None, []])
def test_no_members_in_a_reply_is_nobody(org, members):
    adapter = answering(org, 200, {"id": "S1", "displayName": "x", "members": members})

    assert [outcome.members for outcome in done(adapter.list_members("S1"))] == [()]


@pytest.mark.parametrize("members", ["x", [5], [{"value": 5}], {"value": "x"}])
def test_members_that_cannot_be_read_are_not_taken_for_nobody(org, members):
    adapter = answering(org, 200, {"id": "S1", "displayName": "x", "members": members})

    assert failed(adapter.list_members("S1")).effect is Effect.UNKNOWN


def test_a_status_500_leaves_open_what_happened(org):
    outcome = failed(answering(org, 500, {}).rename_group("S1", "X"))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
