"""Box when things go wrong: tokens, refusals without a body or a name, pages of another shape."""

import json

import pytest
import requests
from cryptography.hazmat.primitives import serialization

from fake_apps.core import keys
from fake_apps.core.wire import exchange
from harness import adapters
from harness.errors import ErrorKind
from harness.model import Effect, GroupPlan
from harness.ports import Connection
from harness.transport import session
from tests.adapters.rig import added, done, failed, made, refused, removed, rig

TOKEN = "box.token"
JWT = {"settings": {"app_auth": "jwt"}}


@pytest.fixture
def tenant():
    return rig("box")


def plan(members=(), key="gPm1", name="Sales"):
    return GroupPlan(key, name, tuple(members))


def rewired(tenant, change):
    """An adapter whose API replies are changed on the way by `change(request, response)`."""

    def between(request, timeout_s):
        response = exchange(tenant.app, request, timeout_s)
        return response if "/oauth2/" in request.url else change(request, response)

    connection = Connection(
        session({"api.box.com": between}), tenant.admin.credentials(), tenant.app.clock
    )
    return adapters.load("box")(connection)


def with_body(response, body, status=200, headers=()):
    changed = requests.Response()
    changed.status_code = status
    changed._content = b"" if body is None else json.dumps(body).encode()
    changed.headers.update(dict(headers))
    changed.url = response.url
    return changed


# --- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, JWT])
def test_one_token_serves_many_calls(given):
    tenant = rig("box", **given)
    for _ in range(3):
        done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == 1


@pytest.mark.parametrize(("life_left", "tokens"), [(61, 1), (60, 2), (0, 2)])
@pytest.mark.parametrize("given", [{}, JWT])
def test_a_token_is_used_until_a_minute_before_its_end(given, life_left, tokens):
    tenant = rig("box", **given)
    done(tenant.adapter.list_groups())
    tenant.app.clock.sleep(3_600 - life_left)

    done(tenant.adapter.list_groups())

    assert tenant.app.ledger.counts[TOKEN] == tokens


def test_two_assertions_within_one_second_are_two():
    tenant = rig("box", **JWT)
    for _ in range(2):
        tenant.arm("box.list_groups", "expired_token")
        failed(tenant.adapter.list_groups())

    done(tenant.adapter.list_groups())
    assert tenant.app.ledger.counts[TOKEN] == 3


def test_a_key_under_a_passphrase_signs_as_well():
    key = serialization.load_pem_private_key(keys.private_pem().encode(), None)
    sealed = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    ).decode()
    credentials = {"private_key": sealed, "passphrase": "open sesame"}

    done(rig("box", credentials=credentials, **JWT).adapter.list_groups())


@pytest.mark.parametrize(
    "credentials",
    [
        {"client_secret": "wrong"},
        {"client_id": "nobody"},
        {"enterprise_id": "1"},
        {"private_key": "no key", "public_key_id": "x"},
        {"private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"},
        {"passphrase": "for a key without one"},
        {"public_key_id": "another"},
    ],
)
def test_wrong_credentials_of_a_jwt_app_end_at_the_token_call(credentials):
    ends_at_the_token(rig("box", credentials=credentials, **JWT))


@pytest.mark.parametrize(
    "credentials", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"enterprise_id": "1"}]
)
def test_wrong_client_credentials_end_at_the_token_call(credentials):
    ends_at_the_token(rig("box", credentials=credentials))


def ends_at_the_token(tenant):

    outcome = failed(tenant.adapter.create_group(plan()))

    assert outcome.error.kind is ErrorKind.CREDENTIALS
    assert "AAAA" not in outcome.error.message
    assert tenant.sent() == []


def test_an_app_nobody_authorized_shows_the_vendors_sentence():
    tenant = rig("box", settings={"app_auth": "jwt", "app_authorized": False})

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.detail == (
        "Bad Request. Errors reported by remote server: "
        "This app is not authorized by the enterprise admin"
    )


@pytest.mark.parametrize("quirks", [{}, {"Q10": False}])
def test_a_refused_token_is_forgotten_and_the_next_attempt_fetches_another(quirks):
    tenant = rig("box", quirks=quirks)
    done(tenant.adapter.list_groups())
    tenant.arm("box.list_groups", "expired_token")

    outcome = failed(tenant.adapter.list_groups())
    assert (outcome.error.kind, outcome.effect) == (ErrorKind.CREDENTIALS, Effect.REFUSED)

    done(tenant.adapter.list_groups())
    assert tenant.app.ledger.counts[TOKEN] == 2


def test_an_empty_refusal_is_explained_by_its_header(tenant):
    tenant.arm("box.list_groups", "expired_token")

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.code == "invalid_token"
    assert outcome.error.detail == (
        "Unauthorized. Errors reported by remote server: The access token provided has expired."
    )


@pytest.mark.parametrize("quirks", [{}, {"Q32": True}])
def test_a_missing_scope_is_a_refusal(quirks):
    scopes = {"app_scopes": ("manage_managed_users",)}
    tenant = rig("box", settings=scopes, quirks=quirks)

    outcome = failed(tenant.adapter.create_group(plan()))

    assert (outcome.error.kind, outcome.error.code) == (ErrorKind.REFUSED, "insufficient_scope")


@pytest.mark.parametrize(
    ("kind", "error"), [("throttle", "throttled"), ("unavailable", "unavailable")]
)
def test_a_token_endpoint_in_trouble_is_no_matter_of_credentials(tenant, kind, error):
    tenant.arm(TOKEN, kind, retry_after="7")

    outcome = failed(tenant.adapter.list_groups())

    assert outcome.error.kind == error


@pytest.mark.parametrize(
    ("adds", "removes"), [((2, 3), ()), ((), (0,)), ((), (0, 1)), ((), (2,)), ((2,), (0, 2))]
)
def test_an_operation_that_outlives_its_token_ends_when_it_gets_no_other(tenant, adds, removes):
    members = tenant.accounts(4)
    target_id = tenant.admin.add_group("Sales", member_ids=members[:2])
    tenant.arm(TOKEN, "unavailable", skip=1)
    outcomes = []

    for outcome in tenant.adapter.change_members(
        target_id, add=[members[n] for n in adds], remove=[members[n] for n in removes]
    ):
        outcomes.append(outcome)
        tenant.app.clock.sleep(3_550)  # too old for one more call

    assert [outcome.error is None for outcome in outcomes] == [True, True, False]
    assert outcomes[-1].call == "POST /oauth2/token"


# --- refusals that say little --------------------------------------------------------------------


def unnamed(request, response):
    """Box without context_info, which it may leave out."""
    if response.status_code < 400 or not response.content:
        return response
    body = {k: v for k, v in response.json().items() if k != "context_info"}
    return with_body(response, body, response.status_code)


def test_a_missing_member_whom_the_refusal_does_not_name_is_refused_alone(tenant):
    members = tenant.accounts(3)
    tenant.admin.delete_account(members[0])
    target_id = tenant.admin.add_group("Sales")

    outcomes = done(rewired(tenant, unnamed).change_members(target_id, add=members, remove=[]))

    assert refused(outcomes)[members[0]].missing == "account"
    assert added(outcomes) == tenant.members(target_id) == set(members[1:])


def test_a_missing_group_that_the_refusal_does_not_name_is_found_out(tenant):
    members = tenant.accounts(2)
    target_id = tenant.admin.add_group("Sales")
    tenant.admin.delete_group(target_id)

    outcome = failed(rewired(tenant, unnamed).change_members(target_id, add=members, remove=[]))

    assert (outcome.error.kind, outcome.error.missing) == (ErrorKind.NOT_FOUND, "group")


@pytest.mark.parametrize("kind", ["internal_server_error", "bad_gateway", "unavailable_for"])
def test_behind_a_5xx_a_write_may_have_happened(tenant, kind):
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("box.update_group", kind, retry_after="30")

    outcome = failed(tenant.adapter.rename_group(target_id, "Support"))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert outcome.error.retry_after_s == (30.0 if kind == "unavailable_for" else None)


def test_a_lost_create_is_found_again_although_searches_lag():
    tenant = rig("box", settings={"search_lag_s": 90})
    tenant.arm("box.create_group", "lose_reply")
    failed(tenant.adapter.create_group(plan()))

    (found,) = [g for o in done(tenant.adapter.find_by_key("gPm1")) for g in o.groups]
    assert found.id == tenant.admin.groups()[0].id

    assert failed(tenant.adapter.create_group(plan())).error.kind is ErrorKind.UNAVAILABLE
    tenant.app.clock.sleep(30)
    assert made(tenant.adapter.create_group(plan())) == found.id


def test_no_rights_on_a_membership_end_the_operation_not_the_member(tenant):
    members = tenant.accounts(2)
    target_id = tenant.admin.add_group("Sales")
    tenant.arm("box.create_membership", "access_denied")

    outcome = failed(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcome.error.code == "access_denied_insufficient_permissions"
    assert outcome.refused == ()


# --- replies of another shape --------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        "text",
        {"entries": None},
        {"entries": ["x"], "total_count": 1, "limit": 1},
        {"entries": [{"id": 7}], "total_count": 1, "limit": 1},
        {"entries": [], "total_count": 1},
        {"entries": [], "total_count": 1, "limit": 0},
        {"entries": [], "total_count": 1, "limit": -5},
        {"entries": [], "limit": 1000},
    ],
)
def test_a_page_of_another_shape_is_unreadable(tenant, body):
    target_id = tenant.admin.add_group("Sales", member_ids=tenant.accounts(1))
    adapter = rewired(tenant, lambda _, response: with_body(response, body))

    for steps in (adapter.replace_members(target_id, []), adapter.find_by_key("gPm1")):
        outcome = failed(steps)
        assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)
    assert len(tenant.members(target_id)) == 1


def test_a_marker_that_leads_nowhere_is_not_followed_for_ever(tenant):
    body = {"entries": [], "limit": 1000, "next_marker": "again"}
    adapter = rewired(tenant, lambda _, response: with_body(response, body))

    assert failed(adapter.list_accounts()).effect is Effect.UNKNOWN
    assert len(tenant.sent()) == 2


@pytest.mark.parametrize("end", ["", None])
def test_the_last_marker_may_be_empty_or_null(tenant, end):
    known = tenant.accounts(2)
    body = {"entries": [{"id": each, "login": "x"} for each in known], "next_marker": end}
    adapter = rewired(tenant, lambda _, response: with_body(response, body))

    assert [a.id for o in done(adapter.list_accounts()) for a in o.accounts] == known


@pytest.mark.parametrize("body", [{}, [], {"id": None}, {"id": 5}])
def test_a_created_object_without_an_id_is_unknown(tenant, body):
    adapter = rewired(tenant, lambda _, response: with_body(response, body, 201))

    outcome = failed(adapter.create_group(plan()))

    assert (outcome.effect, outcome.error.kind) == (Effect.UNKNOWN, ErrorKind.UNAVAILABLE)


def test_a_membership_without_an_id_is_looked_up_when_it_ends(tenant):
    members = tenant.accounts(1)
    target_id = tenant.admin.add_group("Sales")
    adapter = rewired(
        tenant,
        lambda request, response: (
            with_body(response, {}, 201) if request.method == "POST" else response
        ),
    )

    assert added(done(adapter.change_members(target_id, add=members, remove=[]))) == set(members)
    assert removed(done(adapter.change_members(target_id, add=[], remove=members))) == set(members)
    assert tenant.members(target_id) == set()


def test_a_throttling_front_end_without_json_is_still_a_wait(tenant):
    adapter = rewired(
        tenant,
        lambda _, response: with_body(response, None, 429, {"Retry-After": "12"}.items()),
    )

    outcome = failed(adapter.list_groups())

    assert (outcome.error.kind, outcome.error.retry_after_s) == (ErrorKind.THROTTLED, 12.0)


@pytest.mark.parametrize("quirk", [f"Q{n}" for n in (2, 4, 6, 7, 8, 10, 16, 18, 20, 25, 28)])
@pytest.mark.parametrize("on", [True, False])
def test_a_push_arrives_whatever_the_service_does_differently(quirk, on):
    tenant = rig("box", quirks={quirk: on})
    members = tenant.accounts(9)

    target_id = made(tenant.adapter.create_group(plan(members)))
    outcomes = done(tenant.adapter.change_members(target_id, add=members[:2], remove=members[2:5]))
    done(tenant.adapter.change_members(target_id, add=[], remove=members[2:5]))
    done(tenant.adapter.replace_members(target_id, members[1:]))

    assert removed(outcomes) == set(members[2:5])
    assert tenant.members(target_id) == set(members[1:])
    assert [g.id for o in done(tenant.adapter.find_groups("Sales", None)) for g in o.groups] == [
        target_id
    ]


def test_throttling_by_the_services_own_limit_is_told_with_its_wait():
    tenant = rig("box", limits=0.01)
    members = tenant.accounts(20)
    target_id = tenant.admin.add_group("Sales")

    outcomes = list(tenant.adapter.change_members(target_id, add=members, remove=[]))

    assert outcomes[-1].error.kind is ErrorKind.THROTTLED
    assert outcomes[-1].error.retry_after_s == 6.0
    assert len(tenant.members(target_id)) == 10
