"""Microsoft 365 when things go wrong: tokens, batches with failures inside, lag, foreign links."""

import json
from functools import partial

import pytest
import requests

from fake_apps.core.wire import exchange
from harness import adapters
from harness.errors import ErrorKind
from harness.model import Effect, GroupPlan
from harness.ports import Connection
from harness.transport import session
from tests.adapters.rig import (
    TOKEN,
    added,
    done,
    failed,
    made,
    person,
    refused,
    removed,
    rig,
    run,
)

GRAPH, LOGIN = "graph.microsoft.com", "login.microsoftonline.com"


@pytest.fixture
def tenant():
    return rig("o365")


def plan(members=(), key="gPm1", name="Sales"):
    return GroupPlan(key, name, tuple(members))


def rewired(tenant, change):
    """An adapter whose replies from Graph are changed on the way by `change(request, response)`."""

    def between(request, timeout_s):
        return change(request, exchange(tenant.app, request, timeout_s))

    hosts = {LOGIN: partial(exchange, tenant.app), GRAPH: between}
    connection = Connection(session(hosts), tenant.admin.credentials(), tenant.app.clock)
    return adapters.load("o365")(connection)


def with_body(response, body, status=200):
    changed = requests.Response()
    changed.status_code = status
    changed._content = json.dumps(body).encode()
    changed.url = response.url
    return changed


# --- tokens --------------------------------------------------------------------------------------


def test_one_token_serves_many_calls(tenant):
    for _ in range(3):
        done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == 1


def test_the_token_call_is_an_outcome_of_its_own(tenant):
    outcomes = done(tenant.adapter.find_by_key("gPm1"))

    assert [outcome.call for outcome in outcomes] == [
        "POST /oauth2/v2.0/token",
        "GET /groups(uniqueName='gPm1')",
    ]


def test_a_token_about_to_expire_is_replaced_in_the_middle_of_an_operation(tenant):
    members = tenant.accounts(900)
    steps = tenant.adapter.create_group(plan(members))
    next(steps)
    next(steps)
    tenant.app.clock.sleep(3_570)

    done(steps)

    assert tenant.app.ledger.counts[TOKEN] == 2
    assert "o365.batch" in tenant.app.ledger.counts


@pytest.mark.parametrize(("life_left", "tokens"), [(61, 1), (60, 2), (0, 2)])
def test_a_token_is_used_until_a_minute_before_its_end(tenant, life_left, tokens):
    done(tenant.adapter.list_groups())
    tenant.app.clock.sleep(3_599 - life_left)

    done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == tokens


@pytest.mark.parametrize(
    "credentials", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"tenant": "nowhere"}]
)
def test_wrong_credentials_end_at_the_token_call(credentials):
    tenant = rig("o365", credentials=credentials)

    outcome = failed(tenant.adapter.create_group(plan()))

    assert outcome.error.kind is ErrorKind.CREDENTIALS
    assert outcome.error.message.startswith("AADSTS")
    assert tenant.sent() == []


def test_a_refused_token_is_forgotten_and_the_next_attempt_fetches_another(tenant):
    done(tenant.adapter.list_groups())
    tenant.arm("o365.list_groups", "expired_token")

    outcome = failed(tenant.adapter.list_groups())
    assert outcome.error.kind is ErrorKind.CREDENTIALS

    done(tenant.adapter.list_groups())
    assert tenant.app.ledger.counts[TOKEN] == 2


def test_a_token_refused_within_a_batch_is_forgotten_too(tenant):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    done(tenant.adapter.list_groups())
    tenant.arm("o365.update_group", "expired_token", count=2)

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))
    assert outcome.error.kind is ErrorKind.CREDENTIALS

    done(tenant.adapter.change_members(target_id, add=members, remove=[]))
    assert tenant.app.ledger.counts[TOKEN] == 2


@pytest.mark.parametrize(
    ("kind", "error"), [("throttle", "throttled"), ("unavailable", "unavailable")]
)
def test_a_token_endpoint_in_trouble_is_no_matter_of_credentials(tenant, kind, error):
    tenant.arm(TOKEN, kind, retry_after="7")

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.kind == error


def test_conditional_access_shows_the_vendors_sentence():
    tenant = rig("o365", settings={"mfa_required": True})

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.kind is ErrorKind.CREDENTIALS
    assert "AADSTS500" in outcome.error.message


# --- batches with failures inside ----------------------------------------------------------------


def test_a_throttled_item_of_a_batch_is_never_missed(tenant):
    members = tenant.accounts(60)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("o365.update_group", "throttle", skip=1, retry_after="17")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))
    assert (outcome.error.kind, outcome.error.retry_after_s) == (ErrorKind.THROTTLED, 17.0)
    assert set(outcome.added) == tenant.members(target_id) == {*members[:20], *members[40:]}

    rest = [member for member in members if member not in outcome.added]
    done(tenant.adapter.change_members(target_id, add=rest, remove=[]))
    assert tenant.members(target_id) == set(members)


def test_of_several_waits_in_a_batch_the_longest_counts(tenant):
    members = tenant.accounts(60)
    target_id = tenant.admin.add_group("Sales")
    for seconds in ("5", "50", "20"):
        tenant.arm("o365.update_group", "throttle", retry_after=seconds)

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.retry_after_s == 50.0


def test_a_wait_is_told_before_a_refusal_that_will_last(tenant):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("o365.update_group", "insufficient_privileges")
    tenant.arm("o365.update_group", "throttle", retry_after="9")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.retry_after_s == 9.0


def test_removals_finished_beside_a_throttled_one_are_told(tenant):
    members = tenant.accounts(3)
    target_id = tenant.admin.add_group("Sales", member_ids=members)
    tenant.arm("o365.remove_member", "throttle", retry_after="3")

    outcome = failed(tenant.adapter.change_members(target_id, add=[], remove=members))

    assert set(outcome.removed) == set(members[1:])
    assert tenant.members(target_id) == {members[0]}


@pytest.mark.parametrize("kind", ["lose_request", "lose_reply"])
def test_an_item_that_timed_out_makes_the_batch_unknown(tenant, kind):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("o365.update_group", kind)

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))
    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert set(outcome.added) == set(members[20:])

    outcomes = done(tenant.adapter.change_members(target_id, add=members[:20], remove=[]))
    assert added(outcomes) == set(members[:20])
    assert tenant.members(target_id) == set(members)


def test_the_order_of_replies_in_a_batch_does_not_matter(tenant):
    members = tenant.accounts(45)
    target_id = tenant.admin.add_group("Sales", member_ids=[members[0]])
    tenant.admin.delete_account(members[44])

    def backwards(request, response):
        body = response.json() if response.content else {}
        if "responses" in body:
            return with_body(response, {"responses": body["responses"][::-1]})
        return response

    outcomes = done(rewired(tenant, backwards).change_members(target_id, add=members, remove=[]))

    assert added(outcomes) == tenant.members(target_id) == set(members[:44])
    assert set(refused(outcomes)) == {members[44]}


@pytest.mark.parametrize(
    "replies",
    [
        None,
        {},
        {"responses": None},
        {"responses": []},
        {"responses": ["x", 7]},
        {"responses": [{"id": "1"}, {"id": "2", "status": "204"}]},
        {"responses": [{"id": "9", "status": 204}]},
        [],
    ],
)
def test_a_batch_reply_that_does_not_answer_is_unknown(tenant, replies):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    adapter = rewired(tenant, lambda request, response: with_body(response, replies))

    outcome = failed(adapter.change_members(target_id, add=members, remove=[]))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert outcome.added == ()


def test_a_failed_dependency_alone_is_still_an_error(tenant):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    item = {"status": 424, "body": {"error": {"code": "FailedDependency", "message": "x"}}}
    body = {"responses": [{"id": "1", **item}, {"id": "2", **item}]}
    adapter = rewired(tenant, lambda request, response: with_body(response, body))

    outcome = failed(adapter.change_members(target_id, add=members, remove=[]))

    assert (outcome.error.kind, outcome.added) == (ErrorKind.UNAVAILABLE, ())


def test_a_failed_dependency_beside_another_error_says_nothing(tenant):
    members = tenant.accounts(40)
    target_id = tenant.admin.add_group("Sales")
    failed_dependency = {"error": {"code": "FailedDependency", "message": "x"}}
    quota = {"error": {"code": "Directory_QuotaExceeded", "message": "full"}}
    body = {
        "responses": [
            {"id": "1", "status": 424, "body": failed_dependency},
            {"id": "2", "status": 403, "body": quota},
        ]
    }
    adapter = rewired(tenant, lambda request, response: with_body(response, body))

    outcome = failed(adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.code == "Directory_QuotaExceeded"


def test_single_adds_of_a_split_chunk_that_are_throttled_are_told(tenant):
    members = tenant.accounts(20)
    target_id = tenant.admin.add_group("Sales", member_ids=[members[0]])
    tenant.arm("o365.add_member", "throttle", skip=5, count=2, retry_after="11")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.retry_after_s == 11.0
    assert len(outcome.added) == 18


# --- paging and links ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.test/v1.0/groups?$skiptoken=x",
        "http://graph.microsoft.com/v1.0/groups?$skiptoken=x",
        "https://graph.microsoft.com.evil.test/v1.0/groups",
        "https://graph.microsoft.com@evil.test/v1.0/groups",
        "/v1.0/groups?$skiptoken=x",
    ],
)
def test_a_next_link_that_leads_elsewhere_is_refused_and_never_followed(tenant, link):
    adapter = rewired(
        tenant, lambda _, response: with_body(response, {"value": [], "@odata.nextLink": link})
    )

    outcome = failed(adapter.list_groups())

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "nextLink")
    assert len(tenant.sent()) == 1


def test_an_empty_page_with_a_next_link_is_not_the_end(tenant):
    accounts = tenant.accounts(3)

    def empty_first(request, response):
        if "skiptoken" in request.url:
            return response
        url = request.url.replace("$top=999", "$top=2")
        link = exchange(tenant.app, prepared(request, url), None).json()["@odata.nextLink"]
        return with_body(response, {"value": [], "@odata.nextLink": link})

    outcomes = done(rewired(tenant, empty_first).list_accounts())

    assert [a.id for outcome in outcomes for a in outcome.accounts] == accounts[2:]


def prepared(request, url):
    copy = request.copy()
    copy.url = url
    return copy


def test_a_half_read_membership_changes_nothing(tenant):
    members = tenant.accounts(1100)
    target_id = tenant.admin.add_group("Sales", member_ids=members)
    tenant.arm("o365.list_members", "unavailable", skip=1)

    failed(tenant.adapter.replace_members(target_id, members[:1]))

    assert tenant.members(target_id) == set(members)


@pytest.mark.parametrize(
    "body", [None, {}, [], "text", {"value": None}, {"value": ["x"]}, {"value": [{"id": 7}]}]
)
def test_a_page_of_another_shape_is_unreadable(tenant, body):
    target_id = tenant.admin.add_group("Sales", member_ids=tenant.accounts(1))
    adapter = rewired(tenant, lambda _, response: with_body(response, body))

    outcome = failed(adapter.replace_members(target_id, []))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert len(tenant.members(target_id)) == 1


@pytest.mark.parametrize("body", [{}, [], {"id": None}])
def test_a_created_object_without_an_id_is_unknown(tenant, body):
    adapter = rewired(tenant, lambda _, response: with_body(response, body, 201))

    outcome = failed(adapter.create_group(plan()))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)


# --- lag, rights, envelopes ----------------------------------------------------------------------


def test_a_fresh_group_that_replicas_do_not_show_yet_is_a_missing_group():
    tenant = rig("o365", settings={"replication_lag_s": 30})
    members = tenant.accounts(30)

    outcomes = run(tenant.adapter.create_group(plan(members)))

    last = outcomes[-1]
    assert outcomes[1].id == tenant.admin.groups()[0].id
    assert set(outcomes[1].added) == set(members[:20])
    assert (last.error.kind, last.error.missing) == (ErrorKind.NOT_FOUND, "group")

    tenant.app.clock.sleep(30)
    done(tenant.adapter.change_members(outcomes[1].id, add=members[20:], remove=[]))
    assert tenant.members(outcomes[1].id) == set(members)


def test_a_fresh_account_that_replicas_do_not_show_yet_is_a_missing_account():
    tenant = rig("o365", settings={"replication_lag_s": 30})
    (member,) = tenant.accounts(1)
    fresh = made(tenant.adapter.create_account(person("new@example.test")))
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(tenant.adapter.change_members(target_id, add=[member, fresh], remove=[]))

    assert refused(outcomes)[fresh].missing == "account"
    assert tenant.members(target_id) == {member}


def test_repeating_a_create_while_replicas_lag_waits_and_makes_no_twin():
    tenant = rig("o365", settings={"replication_lag_s": 90})
    tenant.arm("o365.upsert_group", "lose_reply")
    failed(tenant.adapter.create_group(plan()))

    outcome = failed(tenant.adapter.create_group(plan()))
    assert outcome.error.kind is ErrorKind.UNAVAILABLE

    tenant.app.clock.sleep(30)
    target_id = made(tenant.adapter.create_group(plan()))
    assert [group.id for group in tenant.admin.groups()] == [target_id]


def test_lacking_a_permission_is_a_refusal_of_the_group():
    tenant = rig("o365", settings={"app_roles": ("User.Read.All",)})

    outcome = failed(tenant.adapter.create_group(plan()))

    assert (outcome.error.kind, outcome.error.code) == (
        ErrorKind.REFUSED,
        "Authorization_RequestDenied",
    )
    assert outcome.error.detail == (
        "Forbidden. Errors reported by remote server: "
        "Insufficient privileges to complete the operation."
    )


def test_a_group_still_being_provisioned_is_not_a_missing_group(tenant):
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("o365.update_group", "provisioning_in_progress")

    outcome = failed(tenant.adapter.rename_group(target_id, "Other"))

    assert outcome.error.kind is ErrorKind.UNAVAILABLE


def test_the_older_error_envelope_is_understood():
    tenant = rig("o365", quirks={"Q36": True})
    members = tenant.accounts(25)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:1])

    outcomes = done(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert added(outcomes) == set(members)


@pytest.mark.parametrize(
    "quirk", ["Q2", "Q7", "Q9", "Q10", "Q29", "Q32", "Q34", "Q35", "Q36", "Q38"]
)
@pytest.mark.parametrize("on", [True, False])
def test_a_push_arrives_whatever_the_service_does_differently(quirk, on):
    tenant = rig("o365", quirks={quirk: on})
    members = tenant.accounts(50)

    target_id = made(tenant.adapter.create_group(plan(members)))
    outcomes = done(tenant.adapter.change_members(target_id, add=members[:2], remove=members[2:9]))
    done(tenant.adapter.change_members(target_id, add=[], remove=members[2:9]))

    assert removed(outcomes) == set(members[2:9])
    assert tenant.members(target_id) == {*members[:2], *members[9:]}


def test_throttling_by_the_services_own_limits_is_told_with_its_wait():
    tenant = rig("o365", limits=0.01)
    members = tenant.accounts(400)
    target_id = tenant.admin.add_group("Sales")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.kind is ErrorKind.THROTTLED
    assert outcome.error.retry_after_s >= 1
    assert 0 < len(outcome.added) == len(tenant.members(target_id)) < 400
