"""The Google adapter on the fake: accounts, groups, members, and what refusals become."""

import base64
import json
from functools import partial

import jwt
import pytest

from fake_apps.core.wire import exchange
from harness import adapters
from harness.errors import ErrorKind
from harness.model import Account, Effect, GroupPlan
from harness.ports import Connection
from harness.transport import session
from tests.adapters.rig import added, done, failed, made, person, refused, removed, rig, run

DIRECTORY, LOGIN = "admin.googleapis.com", "oauth2.googleapis.com"
TOKEN = "gsuite.token"
NOBODY = "1" * 21
GROUP_KEY = "Invalid Input: groupKey"


@pytest.fixture
def tenant():
    return rig("gsuite")


def plan(members=(), key="gPm1", name="Sales"):
    return GroupPlan(key, name, tuple(members))


def rewired(tenant, change):
    """An adapter whose replies from the directory are changed by `change(request, response)`."""

    def between(request, timeout_s):
        return change(request, exchange(tenant.app, request, timeout_s))

    hosts = {LOGIN: partial(exchange, tenant.app), DIRECTORY: between}
    connection = Connection(session(hosts), tenant.admin.credentials(), tenant.app.clock)
    return adapters.load("gsuite")(connection)


def answering(tenant, body, status=200):
    """An adapter that gets this JSON for every call to the directory."""

    def change(_request, response):
        response.status_code = status
        response._content = json.dumps(body).encode()
        response.headers["Content-Type"] = "application/json"
        return response

    return rewired(tenant, change)


# --- tokens --------------------------------------------------------------------------------------


def test_one_token_serves_many_calls(tenant):
    for _ in range(3):
        done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == 1


@pytest.mark.parametrize(("life_left", "tokens"), [(61, 1), (60, 2), (0, 2)])
def test_a_token_is_used_until_a_minute_before_its_end(tenant, life_left, tokens):
    done(tenant.adapter.list_groups())
    tenant.app.clock.sleep(3_599 - life_left)

    done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == tokens


def test_the_token_call_is_an_outcome_of_its_own(tenant):
    outcomes = done(tenant.adapter.list_groups())

    assert [each.call for each in outcomes] == ["POST /token", "GET /groups"]


@pytest.mark.parametrize("subject", ["nobody@example.test", ""])
def test_a_subject_nobody_knows_ends_at_the_token_call(subject):
    tenant = rig("gsuite", credentials={"subject": subject or "nobody"})

    outcome = failed(tenant.adapter.create_group(plan()))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.CREDENTIALS, "invalid_grant")
    assert outcome.error.message == "Invalid email or User ID"


def test_scopes_that_are_not_delegated_are_about_the_credentials(tenant):
    tenant.app.change_setting("delegated_scopes", [])

    outcome = failed(tenant.adapter.list_groups())

    assert (outcome.error.kind, outcome.error.code) == (
        ErrorKind.CREDENTIALS,
        "unauthorized_client",
    )


def test_a_key_that_cannot_be_read_is_told_before_any_call():
    account = rig("gsuite").admin.credentials()["service_account"]
    tenant = rig("gsuite", credentials={"service_account": {**account, "private_key": "torn"}})

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.kind is ErrorKind.CREDENTIALS
    assert "torn" not in repr(outcome)
    assert len(tenant.app.ledger) == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("unavailable", ErrorKind.UNAVAILABLE), ("garbage", ErrorKind.UNAVAILABLE)],
)
def test_a_token_endpoint_in_trouble_passes_by_itself(tenant, kind, expected):
    tenant.arm(TOKEN, kind, status=502)

    assert failed(tenant.adapter.list_groups()).error.kind is expected


def test_after_a_401_the_next_attempt_asks_for_a_new_token(tenant):
    done(tenant.adapter.list_groups())
    tenant.arm("gsuite.list_groups", "expired_token")
    assert failed(tenant.adapter.list_groups()).error.kind is ErrorKind.CREDENTIALS

    done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == 2


# --- accounts ------------------------------------------------------------------------------------


def test_accounts_are_listed_page_by_page(tenant):
    tenant.accounts(501)

    outcomes = [each for each in done(tenant.adapter.list_accounts()) if each.accounts]

    assert [len(each.accounts) for each in outcomes] == [500, 2]  # and the administrator


def test_an_account_is_created_and_found_by_login_email_or_alias(tenant):
    account_id = made(tenant.adapter.create_account(person("ana@example.test")))

    (found,) = done(tenant.adapter.find_accounts("ana@example.test", ""))[-1].accounts
    (by_email,) = done(tenant.adapter.find_accounts("other@example.test", "ANA@example.test"))[
        -1
    ].accounts

    assert found == Account(account_id, "ana@example.test", "ana@example.test", active=True)
    assert by_email.id == account_id


def test_nobody_is_found_without_an_error(tenant):
    outcomes = done(tenant.adapter.find_accounts("no@example.test", "no@example.com"))

    assert [each.accounts for each in outcomes if each.accounts] == []


def test_a_refusal_about_our_own_domain_is_no_finding(tenant):
    tenant.arm("gsuite.get_user", "forbidden")

    outcome = failed(tenant.adapter.find_accounts("ana@example.test", ""))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "forbidden")


def test_a_taken_login_exists(tenant):
    tenant.accounts(1)

    outcome = failed(tenant.adapter.create_account(person("user00000@example.test")))

    assert (outcome.error.kind, outcome.error.message) == (
        ErrorKind.EXISTS,
        "Entity already exists.",
    )


def test_names_that_are_missing_are_taken_from_the_login(tenant):
    profile = person("ana@example.test", first_name="", last_name="")

    done(tenant.adapter.create_account(profile))

    sent = json.loads(tenant.sent()[-1].request)
    assert sent["name"] == {"givenName": "ana", "familyName": "ana"}


def test_a_login_of_another_domain_is_mapped_by_the_option():
    tenant = rig("gsuite", options={"domain": "example.org"})

    done(tenant.adapter.create_account(person("ana@corp.example")))
    target_id = made(tenant.adapter.create_group(plan()))

    assert tenant.admin.accounts()[0].login == "ana@example.org"
    assert tenant.app.state.groups.get(target_id).email == "sales@example.org"


def test_an_update_sends_the_names_and_a_login_only_if_it_is_new(tenant):
    (account_id,) = tenant.accounts(1)
    account = Account(account_id, "user00000@example.test")

    done(tenant.adapter.update_account(account, person("user00000@example.test")))
    done(tenant.adapter.update_account(account, person("anna@example.test")))

    first, second = (json.loads(call.request) for call in tenant.sent())
    assert ("primaryEmail" in first, second["primaryEmail"]) == (False, "anna@example.test")


@pytest.mark.parametrize("active", [True, False])
def test_an_account_is_suspended_and_activated(tenant, active):
    (account_id,) = tenant.accounts(1)
    tenant.admin.set_account_active(account_id, active=not active)

    done(tenant.adapter.set_active(account_id, active=active))

    assert tenant.admin.accounts()[0].active is active


def test_an_account_that_is_gone_is_deleted_already(tenant):
    done(tenant.adapter.delete_account(NOBODY))


# --- groups --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address"),
    [("Sales", "sales@example.test"), ("Sales  EMEA", "sales-emea@example.test")],
)
def test_the_address_of_a_group_is_made_of_its_name(tenant, name, address):
    target_id = made(tenant.adapter.create_group(plan(name=name)))

    assert tenant.group(target_id).name == name
    assert tenant.app.state.groups.get(target_id).email == address


@pytest.mark.parametrize("name", ["n" * 65, "R&D", "a=b", "<all>", "Müller"])
def test_a_name_that_makes_no_address_is_refused_by_google(tenant, name):
    """T37."""
    outcome = failed(tenant.adapter.create_group(plan(name=name)))

    assert (outcome.error.kind, outcome.error.message) == (ErrorKind.REFUSED, GROUP_KEY)
    assert tenant.admin.groups() == []


def test_a_name_of_64_characters_is_taken(tenant):
    made(tenant.adapter.create_group(plan(name="n" * 64)))


@pytest.mark.parametrize("kind", ["lose_reply", "reset"])
def test_a_create_whose_reply_was_lost_goes_on_with_the_same_group(tenant, kind):
    members = tenant.accounts(3)
    tenant.arm("gsuite.insert_group", kind)
    assert failed(tenant.adapter.create_group(plan(members))).effect is Effect.UNKNOWN

    target_id = made(tenant.adapter.create_group(plan(members)))

    assert [group.id for group in tenant.admin.groups()] == [target_id]
    assert tenant.members(target_id) == set(members)


def test_a_group_is_found_by_the_key_of_its_mapping(tenant):
    target_id = made(tenant.adapter.create_group(plan(key="gPm1")))
    made(tenant.adapter.create_group(plan(key="gPm2", name="Other")))

    (found,) = done(tenant.adapter.find_by_key("gPm1"))[-1].groups

    assert (found.id, found.name) == (target_id, "Sales")


def test_a_key_nobody_has_finds_nothing(tenant):
    tenant.admin.add_group("Sales")

    assert not any(each.groups for each in done(tenant.adapter.find_by_key("gPm1")))


@pytest.mark.parametrize("who", ["group", "alias", "user"])
def test_an_address_that_somebody_else_has_exists(tenant, who):
    taken = {
        "group": lambda: tenant.admin.add_group("sales"),
        "alias": lambda: tenant.app.state.add_alias(
            "group",
            tenant.app.state.groups.get(tenant.admin.add_group("Other")),
            {"alias": "sales@example.test"},
        ),
        "user": lambda: tenant.admin.add_account("sales@example.test", {}),
    }
    taken[who]()

    outcome = failed(tenant.adapter.create_group(plan()))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.EXISTS, "duplicate")


def test_an_address_that_nobody_seems_to_have_is_waited_for():
    tenant = rig("gsuite", quirks={"Q4": True})
    tenant.admin.delete_group(tenant.admin.add_group("Sales"))

    early = failed(tenant.adapter.create_group(plan()))
    tenant.app.clock.sleep(45)

    assert (early.effect, early.error.kind) == (Effect.REFUSED, ErrorKind.UNAVAILABLE)
    made(tenant.adapter.create_group(plan()))


def test_a_lost_create_that_is_not_visible_yet_is_waited_for():
    tenant = rig("gsuite", settings={"replication_lag_s": 90})
    tenant.arm("gsuite.insert_group", "lose_reply")  # which takes 60 seconds to be told
    failed(tenant.adapter.create_group(plan()))

    assert failed(tenant.adapter.create_group(plan())).error.kind is ErrorKind.UNAVAILABLE
    tenant.app.clock.sleep(30)
    target_id = made(tenant.adapter.create_group(plan()))

    assert [group.id for group in tenant.admin.groups()] == [target_id]


@pytest.mark.parametrize("name", ["Sales EMEA", "O'Neil", "back\\slash", "plus + and & 100%", "ü"])
def test_groups_are_found_by_exactly_their_name(tenant, name):
    target_id = tenant.admin.add_group(name)
    tenant.admin.add_group(name.upper() + " 2")

    (found,) = done(tenant.adapter.find_groups(name, None))[-1].groups

    assert (found.id, found.name) == (target_id, name)


def test_a_group_of_another_letter_case_has_another_name(tenant):
    tenant.admin.add_group("SALES")

    assert done(tenant.adapter.find_groups("Sales", None))[-1].groups == ()


def test_groups_are_listed_page_by_page_and_an_empty_list_is_empty(tenant):
    assert not any(each.groups for each in done(tenant.adapter.list_groups()))
    for number in range(201):
        tenant.admin.add_group(f"g{number}")

    assert [len(each.groups) for each in done(tenant.adapter.list_groups())] == [200, 1]


def test_renaming_leaves_the_address(tenant):
    target_id = made(tenant.adapter.create_group(plan()))

    done(tenant.adapter.rename_group(target_id, "Marketing"))

    assert tenant.group(target_id).name == "Marketing"
    assert tenant.app.state.groups.get(target_id).email == "sales@example.test"


@pytest.mark.parametrize("act", ["rename", "delete", "list", "add", "remove", "both"])
def test_a_group_that_is_gone_is_a_missing_group(tenant, act):
    accounts = tenant.accounts(2)
    gone, adapter = "0gone", tenant.adapter
    steps = {
        "rename": lambda: adapter.rename_group(gone, "X"),
        "delete": lambda: adapter.delete_group(gone),
        "list": lambda: adapter.list_members(gone),
        "add": lambda: adapter.change_members(gone, add=accounts[:1], remove=[]),
        "remove": lambda: adapter.change_members(gone, add=[], remove=accounts[:1]),
        "both": lambda: adapter.change_members(gone, add=accounts[:1], remove=accounts[1:]),
    }

    error = failed(steps[act]()).error

    assert (error.kind, error.missing) == (ErrorKind.NOT_FOUND, "group")


def test_a_missing_group_named_by_its_id_is_understood_too():
    tenant = rig("gsuite", quirks={"Q29": True})

    error = failed(tenant.adapter.rename_group("0gone", "X")).error

    assert (error.kind, error.missing) == (ErrorKind.NOT_FOUND, "group")


# --- members -------------------------------------------------------------------------------------


def test_present_members_are_added_and_absent_ones_removed_without_ado(tenant):
    accounts = tenant.accounts(4)
    target_id = tenant.admin.add_group("Sales", member_ids=accounts[:1])

    outcomes = done(
        tenant.adapter.change_members(target_id, add=accounts[:2], remove=[*accounts[2:], NOBODY])
    )

    assert added(outcomes) == set(accounts[:2])
    assert removed(outcomes) == {*accounts[2:], NOBODY}
    assert tenant.members(target_id) == set(accounts[:2])


def test_a_member_whose_account_is_gone_is_removed_already(tenant):
    (account,) = tenant.accounts(1)
    target_id = tenant.admin.add_group("Sales", member_ids=[account])
    tenant.admin.delete_account(account)

    outcomes = done(tenant.adapter.change_members(target_id, add=[], remove=[account]))

    assert removed(outcomes) == {account}


@pytest.mark.parametrize("beside", [0, 3])
def test_an_unknown_member_is_refused_and_the_others_join(tenant, beside):
    accounts = tenant.accounts(beside)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=[*accounts, NOBODY], remove=[]))

    error = refused(outcomes)[NOBODY]
    assert (error.kind, error.missing) == (ErrorKind.NOT_FOUND, "account")
    assert tenant.members(target_id) == set(accounts)


def test_a_suspended_account_that_may_not_join_is_refused_by_itself():
    tenant = rig("gsuite", quirks={"Q10": False})
    ana, ben = tenant.accounts(2)
    tenant.admin.set_account_active(ana, active=False)
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=[ana, ben], remove=[]))

    assert refused(outcomes)[ana].message == "Invalid Input: memberKey"
    assert tenant.members(target_id) == {ben}


def test_a_replacement_throws_out_groups_everyone_and_owners_set_by_hand(tenant):
    ana, ben = tenant.accounts(2)
    target_id = tenant.admin.add_group("Sales", member_ids=[tenant.admin.add_group("Child"), ben])
    tenant.admin.add_everyone(target_id)
    tenant.app.state.members.update(tenant.app.state.group(target_id), ben, {"role": "OWNER"})

    done(tenant.adapter.replace_members(target_id, [ana]))

    assert tenant.members(target_id) == {ana}


# --- what refusals become ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "effect"),
    [
        ("throttle", ErrorKind.THROTTLED, Effect.REFUSED),
        ("quota_exceeded", ErrorKind.THROTTLED, Effect.REFUSED),
        ("metric_exceeded", ErrorKind.THROTTLED, Effect.REFUSED),
        ("resource_exhausted", ErrorKind.THROTTLED, Effect.REFUSED),
        ("daily_limit_exceeded", ErrorKind.THROTTLED, Effect.REFUSED),
        ("backend_error", ErrorKind.UNAVAILABLE, Effect.UNKNOWN),
        ("unavailable", ErrorKind.UNAVAILABLE, Effect.REFUSED),
        ("conflict", ErrorKind.UNAVAILABLE, Effect.UNKNOWN),
        ("forbidden", ErrorKind.REFUSED, Effect.REFUSED),
        ("api_disabled", ErrorKind.REFUSED, Effect.REFUSED),
        ("access_not_configured", ErrorKind.REFUSED, Effect.REFUSED),
        ("expired_token", ErrorKind.CREDENTIALS, Effect.REFUSED),
    ],
)
@pytest.mark.parametrize("members", [1, 3])
def test_a_refusal_is_told_by_its_reason_alone_or_within_a_batch(
    tenant, fault, kind, effect, members
):
    accounts = tenant.accounts(members)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("gsuite.insert_member", fault)

    outcome = failed(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert (outcome.error.kind, outcome.effect) == (kind, effect)
    assert len(outcome.added) == members - 1
    assert tenant.members(target_id) == set(outcome.added)
    done(tenant.adapter.change_members(target_id, add=accounts, remove=[]))
    assert tenant.members(target_id) == set(accounts)


def test_an_unmet_precondition_passes_by_itself(tenant):
    (account,) = tenant.accounts(1)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("gsuite.insert_member", "condition_not_met")

    outcome = failed(tenant.adapter.change_members(target_id, add=[account], remove=[]))

    assert (outcome.error.kind, outcome.effect) == (ErrorKind.UNAVAILABLE, Effect.UNKNOWN)


@pytest.mark.parametrize("kind", ["condition_not_met", "condition_not_met_done"])
def test_a_change_that_a_batch_refuses_without_a_reason_is_made_alone(tenant, kind):
    accounts = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("gsuite.insert_member", kind)

    outcomes = done(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert added(outcomes) == tenant.members(target_id) == set(accounts)


def test_members_who_are_there_or_not_whatever_a_batch_says_are_done():
    tenant = rig("gsuite", quirks={"Q6": True})
    ana, ben, cy, dan = tenant.accounts(4)
    target_id = tenant.admin.add_group("Sales", member_ids=[ana, cy])

    change = tenant.adapter.change_members(target_id, add=[ana, ben], remove=[cy, dan])
    outcomes = done(change)

    assert (added(outcomes), removed(outcomes)) == ({ana, ben}, {cy, dan})
    assert tenant.members(target_id) == {ana, ben}


def test_the_longest_wait_of_a_batch_counts(tenant):
    accounts = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales")
    for seconds in ("30", "120"):
        tenant.arm("gsuite.insert_member", "throttle", retry_after=seconds)

    outcome = failed(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert outcome.error.retry_after_s == 120
    assert len(outcome.added) == 1


def test_a_lost_reply_within_a_batch_is_not_taken_for_a_refusal(tenant):
    accounts = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("gsuite.insert_member", "lose_reply")

    outcome = failed(tenant.adapter.change_members(target_id, add=accounts, remove=[]))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert len(outcome.added) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.partition("--batch")[0],
        lambda text: text.replace("HTTP/1.1 200", "nothing"),
        lambda text: text.replace('{"id"', "{id"),
        lambda text: text.replace("response-item-1>", "response-item-9>"),
    ],
)
def test_a_batch_reply_that_says_nothing_about_a_member_leaves_it_unknown(tenant, change):
    accounts = tenant.accounts(2)
    target_id = tenant.admin.add_group("Sales")

    def between(request, response):
        if request.url.endswith("/batch"):
            response._content = change(response.text).encode()
        return response

    steps = rewired(tenant, between).change_members(target_id, add=accounts, remove=[])

    outcome = failed(steps)
    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert len(outcome.added) < 2


@pytest.mark.parametrize(
    "body", [None, [], "text", {"groups": 5}, {"groups": [5]}, {"groups": [{"id": 5}]}]
)
def test_a_page_that_is_no_list_is_not_believed(tenant, body):
    outcome = failed(answering(tenant, body).list_groups())

    assert (outcome.effect, outcome.groups) == (Effect.UNKNOWN, ())


def test_a_page_that_leads_to_itself_ends_the_reading(tenant):
    adapter = answering(tenant, {"groups": [], "nextPageToken": "again"})

    outcome = failed(adapter.list_groups())

    assert "read already" in outcome.error.message


@pytest.mark.parametrize("body", [None, {}, {"id": 5}, []])
def test_a_create_that_brings_no_id_is_unknown(tenant, body):
    outcome = failed(answering(tenant, body).create_group(plan()))

    assert (outcome.effect, outcome.id) == (Effect.UNKNOWN, None)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        "text",
        {"error": "text"},
        {"error": {"errors": []}},
        {"error": {"errors": [5]}},
    ],
)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ErrorKind.REFUSED),
        (403, ErrorKind.REFUSED),
        (404, ErrorKind.NOT_FOUND),
        (409, ErrorKind.EXISTS),
        (429, ErrorKind.THROTTLED),
        (500, ErrorKind.UNAVAILABLE),
    ],
)
def test_a_refusal_without_a_reason_is_told_by_its_status(tenant, body, status, kind):
    assert failed(answering(tenant, body, status).rename_group("x", "y")).error.kind is kind


# --- what is sent --------------------------------------------------------------------------------


def test_the_assertion_asks_for_what_is_needed_and_no_more():
    seen = []
    tenant = rig("gsuite")

    def listening(request, timeout_s):
        seen.append(request.body.decode())
        return exchange(tenant.app, request, timeout_s)

    hosts = {LOGIN: listening, DIRECTORY: partial(exchange, tenant.app)}
    connection = Connection(session(hosts), tenant.admin.credentials(), tenant.app.clock)
    done(adapters.load("gsuite")(connection).list_groups())

    claims = jwt.decode(seen[0].partition("assertion=")[2], options={"verify_signature": False})
    now = tenant.app.clock.now()
    assert claims == {
        "iss": tenant.admin.credentials()["service_account"]["client_email"],
        "sub": tenant.admin.credentials()["subject"],
        "scope": "https://www.googleapis.com/auth/admin.directory.group "
        "https://www.googleapis.com/auth/admin.directory.user",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
    }


def test_no_foreign_host_is_ever_called(tenant):
    elsewhere = {
        **tenant.admin.credentials()["service_account"],
        "token_uri": "https://evil.test/t",
    }
    tenant = rig("gsuite", credentials={"service_account": elsewhere})

    done(tenant.adapter.list_groups())


def test_first_passwords_differ_and_never_show(tenant):
    seen = []

    def between(request, response):
        if request.body and b"password" in request.body:
            seen.append(json.loads(request.body)["password"])
        return response

    adapter = rewired(tenant, between)
    outcomes = [run(adapter.create_account(person(f"{n}@example.test"))) for n in ("ana", "ben")]

    assert len(set(seen)) == 2
    assert not any(password in repr(outcomes) for password in seen)
    key = tenant.admin.credentials()["service_account"]["private_key"]
    assert base64.b64encode(key.encode()).decode()[:40] not in "".join(seen)
