"""Golden refusals E1-E39 of Microsoft Graph, typed from recorded traffic and the documentation."""

import base64
import json

import jwt
import pytest

from fake_apps.core.fault import Fault
from fake_apps.o365 import APP

GRAPH = "https://graph.microsoft.com/v1.0"
BIND = "members@odata.bind"
OWNERS = "owners@odata.bind"
NOBODY = "00000000-0000-0000-0000-000000000009"
UNIFIED = {"mailEnabled": True, "securityEnabled": False, "groupTypes": ["Unified"]}
CONFLICT = [{"target": "userPrincipalName", "code": "ObjectConflict"}]


def missing(what):
    return (
        f"Resource '{what}' does not exist or one of its queried reference-property objects "
        "are not present."
    )


def refused(reply, status, code, message, details=None):
    """The whole body, but for the ids and the date, which only have to be there."""
    error = reply.json()["error"]
    inner = error.pop("innerError")
    expected = {"code": code, "message": message}
    if details:
        expected["details"] = details
    assert (reply.status_code, error) == (status, expected)
    assert set(inner) == {"date", "request-id", "client-request-id"}
    assert reply.headers["Content-Type"] == "application/json"


# --- the envelope --------------------------------------------------------------------------------


def test_e8_is_word_for_word_the_recorded_example(client):
    user, group = client.user(), client.group()
    client.add(group, user)

    reply = client.add(group, user)

    trace = reply.headers["request-id"]
    assert reply.status_code == 400
    assert reply.json() == {
        "error": {
            "code": "Request_BadRequest",
            "message": "One or more added object references already exist for the following "
            "modified properties: 'members'.",
            "innerError": {
                "date": "2026-01-01T00:00:00",
                "request-id": trace,
                "client-request-id": trace,
            },
        }
    }


def test_a_client_request_id_is_echoed_in_header_and_body(client):
    sent = "1064c860-10b6-4c37-827b-00196731c901"

    reply = client.get("/groups/nix", **{"client-request-id": sent})

    inner = reply.json()["error"]["innerError"]
    assert reply.headers["client-request-id"] == sent
    assert (inner["client-request-id"], inner["request-id"]) == (sent, reply.headers["request-id"])


def test_every_reply_carries_the_headers_of_the_gateway(client):
    for reply in (client.get("/groups"), client.get("/groups/nix")):
        assert reply.headers["OData-Version"] == "4.0"
        assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert reply.headers["Cache-Control"] == "no-cache"
        assert reply.headers["x-ms-resource-unit"] == "1"
        assert reply.headers["Date"] == "Thu, 01 Jan 2026 00:00:00 GMT"
        assert "ServerInfo" in json.loads(reply.headers["x-ms-ags-diagnostic"])
    assert client.get("/groups").headers["Content-Type"] == (
        "application/json;odata.metadata=minimal;odata.streaming=true;"
        "IEEE754Compatible=false;charset=utf-8"
    )


# --- who are you ---------------------------------------------------------------------------------


def unauthorized(client, token):
    header = None if token is None else f"Bearer {token}"
    return client.call("GET", "/groups", headers={"Authorization": header})


def foreign_token(client, **changes):
    token = client.ask_token().json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    claims.update(changes)
    return jwt.encode(claims, b"k" * 32, algorithm="HS256", headers={"kid": "1"})


def test_e1_no_authorization(client):
    reply = unauthorized(client, None)

    refused(reply, 401, "InvalidAuthenticationToken", "Access token is empty.")
    assert reply.headers["WWW-Authenticate"] == (
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/'
        'authorize", client_id="00000003-0000-0000-c000-000000000000"'
    )


def test_e2_a_token_without_dots(client):
    error = unauthorized(client, "rubbish").json()["error"]

    assert error["code"] == "InvalidAuthenticationToken"
    assert error["message"].startswith("IDX14100: JWT is not well formed, there are no dots (.).")


@pytest.mark.parametrize(
    "token", ["a.b.c", "...", "a..b", ".", "e30.e30.", "é.ü.x", "eyJ.eyJ.x" * 900]
)
def test_e2_a_garbage_token(client, token):
    message = "CompactToken parsing failed with error code: 80049217"
    header = f"Bearer {token}".encode("latin-1")

    reply = client.call("GET", "/groups", headers={"Authorization": header})

    refused(reply, 401, "InvalidAuthenticationToken", message)


def test_e2_a_token_signed_by_somebody_else(client):
    message = "CompactToken parsing failed with error code: 80049217"

    reply = unauthorized(client, foreign_token(client))

    refused(reply, 401, "InvalidAuthenticationToken", message)


def test_e2_a_token_of_another_tenant(client, make):
    other = make(seed=8).ask_token().json()["access_token"]
    message = "CompactToken parsing failed with error code: 80049217"

    refused(unauthorized(client, other), 401, "InvalidAuthenticationToken", message)


def test_e2_an_unsigned_token(client):
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"1"}').rstrip(b"=").decode()
    token = client.ask_token().json()["access_token"].split(".")[1]
    message = "CompactToken parsing failed with error code: 80049217"

    reply = unauthorized(client, f"{head}.{token}.")

    refused(reply, 401, "InvalidAuthenticationToken", message)


def test_e3_an_expired_token(client):
    client.app.clock.sleep(3599)

    message = "Lifetime validation failed, the token is expired."
    refused(client.get("/groups"), 401, "InvalidAuthenticationToken", message)


def test_e4_a_token_for_another_service(client):
    reply = client.ask_token(scope="https://management.azure.com/.default")

    refused(
        unauthorized(client, reply.json()["access_token"]),
        401,
        "InvalidAuthenticationToken",
        "Access token validation failure. Invalid audience.",
    )


def test_e5_a_missing_permission(make):
    client = make(settings={"app_roles": ("Group.Create",)})

    message = "Insufficient privileges to complete the operation."
    refused(client.get("/groups"), 403, "Authorization_RequestDenied", message)


def test_e5_a_role_assignable_group_needs_a_permission_of_its_own(client):
    message = "Insufficient privileges to complete the operation."

    reply = client.create_group(isAssignableToRole=True)

    refused(reply, 403, "Authorization_RequestDenied", message)


RULE = {"membershipRule": 'user.department -eq "Sales"', "membershipRuleProcessingState": "On"}


@pytest.mark.parametrize("left_out", [*RULE, "nothing"])
def test_e5_a_dynamic_group_needs_a_rule_and_whether_it_is_followed(client, left_out):
    message = "Insufficient privileges to complete the operation."
    rule = {name: value for name, value in RULE.items() if name != left_out}
    dynamic = {"groupTypes": ["DynamicMembership"], **rule}

    made = client.create_group(**dynamic)
    changed = client.call("PATCH", f"/groups/{client.group()}", dynamic)

    if left_out == "nothing":
        assert (made.status_code, changed.status_code) == (201, 204)
    else:
        refused(made, 403, "Authorization_RequestDenied", message)
        refused(changed, 403, "Authorization_RequestDenied", message)


def test_e5_a_dynamic_group_is_made_and_changed_with_owners_but_no_members(client):
    user, kind = client.user(), {"groupTypes": ["DynamicMembership"], **RULE}
    bind = [f"https://graph.microsoft.com/v1.0/users/{user}"]

    made = client.create_group("One", **kind, **{BIND: bind})
    owned = client.group("Two", **kind, **{OWNERS: bind})
    changed = client.call("PATCH", f"/groups/{client.group('Three', **kind)}", {OWNERS: bind})

    message = "Insufficient privileges to complete the operation."
    refused(made, 403, "Authorization_RequestDenied", message)
    assert changed.status_code == 204
    assert [each["id"] for each in client.get(f"/groups/{owned}/owners").json()["value"]] == [user]


# --- what is there -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/groups/{}"),
        ("PATCH", "/groups/{}"),
        ("DELETE", "/groups/{}"),
        ("GET", "/groups/{}/members"),
        ("POST", "/groups/{}/members/$ref"),
        ("DELETE", "/groups/{}/members/{}/$ref"),
        ("GET", "/users/{}"),
        ("PATCH", "/users/{}"),
        ("DELETE", "/users/{}"),
        ("GET", "/users/{}/memberOf"),
        ("GET", "/directoryObjects/{}"),
        ("GET", "/directory/deletedItems/{}"),
        ("DELETE", "/directory/deletedItems/{}"),
        ("POST", "/directory/deletedItems/{}/restore"),
    ],
)
def test_e6_an_absent_object(client, method, path):
    body = {"@odata.id": f"{GRAPH}/directoryObjects/{NOBODY}"} if path.endswith("$ref") else {}
    body = None if method in ("GET", "DELETE") else body

    reply = client.call(method, path.replace("{}", NOBODY), body)

    refused(reply, 404, "Request_ResourceNotFound", missing(NOBODY))


def test_e6_an_absent_member_to_add_is_named(client):
    refused(client.add(client.group(), NOBODY), 404, "Request_ResourceNotFound", missing(NOBODY))


def test_e6_removing_a_non_member_names_the_member(client):
    user, group = client.user(), client.group()

    reply = client.remove(group, user)

    refused(reply, 404, "Request_ResourceNotFound", missing(user))


def test_e7_an_id_that_is_no_guid(client):
    for path in ("/groups/sales", "/groups/sales/members", "/directoryObjects/sales"):
        refused(client.get(path), 400, "Request_BadRequest", "Invalid object identifier 'sales'.")


def test_e8_a_present_member_refuses_a_bind_array(client):
    users = client.users(3)
    group = client.group(**{BIND: [f"{GRAPH}/users/{users[1]}"]})

    reply = client.bind(group, users)

    message = (
        "One or more added object references already exist for the following modified "
        "properties: 'members'."
    )
    refused(reply, 400, "Request_BadRequest", message)


def test_e8_names_owners_for_owners(client):
    user, group = client.user(), client.group()
    body = {"@odata.id": f"{GRAPH}/users/{user}"}
    client.call("POST", f"/groups/{group}/owners/$ref", body)

    reply = client.call("POST", f"/groups/{group}/owners/$ref", body)

    message = (
        "One or more added object references already exist for the following modified "
        "properties: 'owners'."
    )
    refused(reply, 400, "Request_BadRequest", message)


def test_e9_removing_a_non_member_with_the_rarer_words(make):
    client = make(quirks={"Q7": True})
    user, group = client.user(), client.group()

    message = (
        "One or more removed object references do not exist for the following modified "
        "properties: 'members'."
    )
    refused(client.remove(group, user), 400, "Request_BadRequest", message)


def test_e10_the_last_owner_of_a_unified_group_stays(client):
    user, group = client.user(), client.group("Team", **UNIFIED)
    body = {"@odata.id": f"{GRAPH}/users/{user}"}
    client.call("POST", f"/groups/{group}/owners/$ref", body)

    reply = client.call("DELETE", f"/groups/{group}/owners/{user}/$ref")

    message = "The group must have at least one owner, hence this owner cannot be removed."
    refused(reply, 400, "Request_BadRequest", message)


@pytest.mark.parametrize("owners", [0, 6])
def test_e11_more_than_twenty_links(client, owners):
    users, group = client.users(21), client.group()
    urls = [f"{GRAPH}/users/{each}" for each in users]

    reply = client.call(
        "PATCH", f"/groups/{group}", {BIND: urls[owners:], "owners@odata.bind": urls[:owners]}
    )

    message = "A resource cannot contain more than 20 link changes"
    refused(reply, 400, "Request_BadRequest", message)


def test_e12_the_same_object_twice_in_one_array(client):
    user, group = client.user(), client.group()

    reply = client.bind(group, [user, user])

    message = reply.json()["error"]["message"]
    assert reply.status_code == 400
    assert message.startswith(f"Object '[ResourceType=User,Id={user},")
    assert message.endswith("can only be present once as an add/remove change.")


def test_e13_the_owner_quota(client):
    users, group = client.users(120), client.group()
    for start in range(0, 100, 20):
        urls = [f"{GRAPH}/users/{each}" for each in users[start : start + 20]]
        client.call("PATCH", f"/groups/{group}", {"owners@odata.bind": urls})

    body = {"@odata.id": f"{GRAPH}/users/{users[100]}"}
    reply = client.call("POST", f"/groups/{group}/owners/$ref", body)

    message = (
        "Unable to perform operation as '101' would exceed the maximum quota count '100' for "
        "forward-link owners."
    )
    refused(reply, 403, "Directory_QuotaExceeded", message)


def test_e13_the_member_quota(make):
    client = make(settings={"member_quota": 1})
    users, group = client.users(2), client.group()
    client.add(group, users[0])

    message = (
        "Unable to perform operation as '2' would exceed the maximum quota count '1' for "
        "forward-link members."
    )
    refused(client.add(group, users[1]), 403, "Directory_QuotaExceeded", message)


QUOTA = (
    "The directory object quota limit for the Principal has been exceeded. Please ask your "
    "administrator to increase the quota limit or delete objects to reduce the used quota."
)


def test_e14_the_object_quota(make):
    client = make(settings={"object_quota": 1})
    client.group()

    refused(client.create_group("Second"), 403, "Directory_QuotaExceeded", QUOTA)


# --- values --------------------------------------------------------------------------------------

USER = {
    "accountEnabled": True,
    "displayName": "Ana",
    "mailNickname": "ana",
    "userPrincipalName": "ana@example.test",
    "passwordProfile": {"password": "Long-enough-1"},
}


def test_e15_a_taken_user_principal_name(client):
    client.call("POST", "/users", USER)

    reply = client.call("POST", "/users", USER | {"userPrincipalName": "ANA@example.test"})

    message = "Another object with the same value for property userPrincipalName already exists."
    refused(reply, 400, "Request_BadRequest", message, CONFLICT)


def test_e16_a_taken_nickname_of_a_unified_group(client):
    client.group("One", mailNickname="team", **UNIFIED)

    reply = client.create_group("Two", mailNickname="Team", **UNIFIED)

    message = "Another object with the same value for property mailNickname already exists."
    details = [{"target": "mailNickname", "code": "ObjectConflict"}]
    refused(reply, 400, "Request_BadRequest", message, details)


def test_e17_a_taken_alternate_key_is_a_conflict(client):
    client.group("One", uniqueName="key")

    reply = client.create_group("Two", uniqueName="key")

    message = (
        "A conflicting object with one or more of the specified property values is present in "
        "the directory."
    )
    refused(reply, 409, "Request_MultipleObjectsWithSameKeyValue", message)


@pytest.mark.parametrize("name", ["displayName", "mailEnabled", "mailNickname", "securityEnabled"])
def test_e18_a_missing_property_of_a_group(client, name):
    body = {
        "displayName": "Sales",
        "mailEnabled": False,
        "mailNickname": "sales",
        "securityEnabled": True,
    }
    del body[name]

    reply = client.call("POST", "/groups", body)

    message = f"A value is required for property '{name}' of resource 'Group'."
    refused(reply, 400, "Request_BadRequest", message)


@pytest.mark.parametrize("name", list(USER))
def test_e18_a_missing_property_of_a_user(client, name):
    body = {key: value for key, value in USER.items() if key != name}

    reply = client.call("POST", "/users", body)

    message = f"A value is required for property '{name}' of resource 'User'."
    refused(reply, 400, "Request_BadRequest", message)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mailNickname", "two words"),
        ("mailNickname", "a" * 65),
        ("mailNickname", "söder"),
        ("mailNickname", "a@b"),
        ("mailNickname", 5),
        ("displayName", "x" * 257),
        ("displayName", ["Sales"]),
        ("displayName", "nul\x00byte"),
        ("description", "x" * 1025),
        ("securityEnabled", "yes"),
        ("groupTypes", ["Universal"]),
        ("groupTypes", "Unified"),
        ("visibility", "Everybody"),
    ],
)
def test_e19_a_bad_value(client, name, value):
    reply = client.create_group(**{"name": "Sales"} | {name: value})

    message = f"Invalid value specified for property '{name}' of resource 'Group'."
    details = [{"target": name, "code": "InvalidValue"}]
    refused(reply, 400, "Request_BadRequest", message, details)


MAIL_GROUPS = (
    "The service does not currently support writes of mail-enabled groups. Please ensure that the "
    "mail-enablement property is unset and the security-enablement property is set."
)


@pytest.mark.parametrize("kind", [{"mailEnabled": True}, {"securityEnabled": False}])
def test_e20_only_security_and_unified_groups_can_be_created(client, kind):
    refused(client.create_group(**kind), 400, "Request_BadRequest", MAIL_GROUPS)


def test_e20_a_security_group_cannot_become_mail_enabled(client):
    group = client.group()

    reply = client.call("PATCH", f"/groups/{group}", {"mailEnabled": True})

    refused(reply, 400, "Request_BadRequest", MAIL_GROUPS)


@pytest.mark.parametrize("kind", ["mail-enabled security", "distribution"])
def test_e21_members_of_exchange_groups_are_not_ours_to_change(client, kind):
    user = client.user()
    group = client.app.admin.add_group("List", member_ids=[user], kind=kind)

    message = "Cannot Update a mail-enabled security groups and or distribution list."
    for reply in (client.add(group, client.user("ben")), client.remove(group, user)):
        refused(reply, 400, "Request_BadRequest", message)


def test_e22_synchronised_users_refuse_every_change_and_join_groups(client):
    user, group = client.user("ana", onPremisesSyncEnabled=True), client.group()

    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync "
        "objects or objects currently undergoing migration."
    )
    for reply in (
        client.call("PATCH", f"/users/{user}", {"jobTitle": "X"}),
        client.call("DELETE", f"/users/{user}"),
    ):
        refused(reply, 400, "Request_BadRequest", message)
    assert client.add(group, user).status_code == 204
    assert client.get("/users?$filter=onPremisesSyncEnabled eq true").json()["value"]


def test_e22_synchronised_groups_refuse_every_change(client):
    user = client.user()
    group = client.app.admin.add_group("Synced", kind="synced")

    message = (
        "Unable to update the specified properties for on-premises mastered Directory Sync "
        "objects or objects currently undergoing migration."
    )
    for reply in (
        client.add(group, user),
        client.call("PATCH", f"/groups/{group}", {"displayName": "X"}),
        client.call("DELETE", f"/groups/{group}"),
    ):
        refused(reply, 400, "Request_BadRequest", message)


def test_e23_a_read_only_property(client):
    group = client.group("Team", **UNIFIED)

    reply = client.call("PATCH", f"/groups/{group}", {"mail": "x@example.test"})

    message = "Property 'mail' is read-only and cannot be set."
    refused(reply, 400, "Request_BadRequest", message)


# --- shape ---------------------------------------------------------------------------------------

UNREADABLE = (
    "Unable to read JSON request payload. Please ensure Content-Type header is set and payload "
    "is of valid JSON format."
)


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        (None, b"{}"),
        ("text/plain", b"{}"),
        ("application/json", b"{"),
        ("application/json", b"\xff\xfe"),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b"[" * 100_000),
        ("application/json", b"9" * 5000),
        ("application/json", b""),
    ],
)
def test_e24_a_body_that_is_no_json(client, content_type, data):
    headers = {"Content-Type": content_type}

    reply = client.call("POST", "/groups", data=data, headers=headers)

    refused(reply, 400, "BadRequest", UNREADABLE)


@pytest.mark.parametrize(("data", "node"), [(b"[]", "StartArray"), (b"5", "PrimitiveValue")])
def test_json_that_is_no_object_is_refused_by_its_first_node(client, data, node):
    headers = {"Content-Type": "application/json"}

    reply = client.call("POST", "/groups", data=data, headers=headers)

    message = (
        f"An unexpected '{node}' node was found when reading from the JSON reader. "
        "A 'StartObject' node was expected."
    )
    refused(reply, 400, "Request_BadRequest", message)


def test_e25_an_empty_body_on_a_reference(client):
    reply = client.call("POST", f"/groups/{client.group()}/members/$ref")

    message = (
        "An unexpected 'EndOfInput' node was found when reading from the JSON reader. "
        "A 'StartObject' node was expected."
    )
    refused(reply, 400, "Request_BadRequest", message)


def test_e26_members_are_not_contained(client):
    reply = client.call("POST", f"/groups/{client.group()}/members", {})

    message = "Write requests are only supported on contained entities"
    refused(reply, 400, "BadRequest", message)


def test_e27_references_cannot_be_patched(client):
    reply = client.call("PATCH", f"/groups/{client.group()}/members/$ref", {})

    message = "The request is currently not supported on the targeted entity set"
    refused(reply, 400, "BadRequest", message)


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "DELETE"])
def test_e28_a_wrong_method(client, method):
    message = "Specified HTTP method is not allowed for the request target."

    refused(client.call(method, "/groups"), 405, "Request_BadRequest", message)


@pytest.mark.parametrize(
    ("path", "segment"),
    [
        ("/nix", "nix"),
        ("/nix/more", "nix"),
        ("/groups/1/nix", "nix"),
        ("https://graph.microsoft.com/v3/groups", "v3"),
        ("https://graph.microsoft.com/", ""),
    ],
)
def test_e29_an_unknown_segment(client, path, segment):
    message = f"Resource not found for the segment '{segment}'."

    refused(client.get(path), 400, "BadRequest", message)


def test_a_body_over_the_limit_is_refused_and_nothing_is_done(client):
    reply = client.create_group("x" * (4 * 1024 * 1024))

    refused(reply, 413, "Request_EntityTooLarge", "The request size exceeds the maximum limit.")
    assert client.app.admin.groups() == []


# --- queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["1000", "0", "-1", "99999999999"])
def test_e30_a_page_size_out_of_range(client, size):
    message = f"Invalid page size specified: '{size}'. Must be between 1 and 999 inclusive."

    reply = client.get(f"/groups?$top={size}")

    refused(reply, 400, "Request_UnsupportedQuery", message)


def test_e31_a_count_without_the_consistency_header(client):
    for path in ("/groups/$count", "/users/$count", f"/groups/{client.group()}/members/$count"):
        refused(client.get(path), 400, "Request_BadRequest", "$count is not currently supported.")


def test_e32_a_search_without_the_consistency_header(client):
    message = (
        "Request with $search query parameter only works through MSGraph with a special request "
        "header: 'ConsistencyLevel: eventual'"
    )

    reply = client.get('/groups?$search="displayName:sales"')

    refused(reply, 400, "Request_UnsupportedQuery", message)


@pytest.mark.parametrize(
    "query",
    [
        "$filter=displayName ne 'x'",
        "$filter=not(displayName eq 'x')",
        "$filter=endsWith(mail,'x')",
        "$filter=displayName eq 'x'&$orderby=displayName",
        "$orderby=createdDateTime",
        "$filter=contains(displayName,'x')",
    ],
)
def test_e33_an_advanced_query_without_the_consistency_header(client, query):
    reply = client.get(f"/groups?{query}")

    refused(reply, 400, "Request_UnsupportedQuery", "Unsupported Query.")


def test_e34_a_filter_on_a_property_without_an_index(client):
    message = "The request uses a filter property that is not indexed"

    reply = client.get("/groups?$filter=theme eq 'Blue'")

    refused(reply, 400, "Request_UnsupportedQuery", message)


# --- weather -------------------------------------------------------------------------------------


def test_e35_too_many_requests(client):
    client.app.arm(Fault("o365.list_groups", "throttle", retry_after="10"))

    reply = client.get("/groups")

    given = client.app.admin.credentials()
    message = (
        f"Too many requests from Identifier:{given['client_id']} under category:"
        "aadgraph.app.tenant_small. Please try again later."
    )
    refused(reply, 429, "TooManyRequests", message)
    assert reply.headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    ("kind", "status", "code", "message"),
    [
        (
            "unavailable",
            503,
            "serviceNotAvailable",
            "Service is temporarily unavailable. Please wait and try again.",
        ),
        (
            "service_busy",
            503,
            "serviceNotAvailable",
            "Service is temporarily unavailable. Please wait and try again.",
        ),
        ("gateway_timeout", 504, "UnknownError", ""),
        (
            "insufficient_privileges",
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
        (
            "provisioning_in_progress",
            404,
            "ResourceNotFound",
            "Resource provisioning is in progress. Please try again.",
        ),
        (
            "object_quota_exceeded",
            403,
            "Directory_QuotaExceeded",
            QUOTA,
        ),
        (
            "expired_token",
            401,
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        ),
    ],
)
def test_e36_e37_a_fault_of_the_vendors_own(client, kind, status, code, message):
    client.app.arm(Fault("o365.create_group", kind))

    refused(client.create_group(), status, code, message)

    assert client.app.faults.unmet() == []
    assert client.app.admin.groups() == []
    assert kind == "unavailable" or kind in APP.faults


def test_e36_a_busy_service_may_say_how_long_to_wait(client):
    client.app.arm(Fault("o365.list_groups", "service_busy", retry_after="7"))

    assert client.get("/groups").headers["Retry-After"] == "7"


def test_e38_a_guest_where_guests_are_not_wanted(make):
    client = make(settings={"guests_may_join": False})
    guest = client.user("guest", userType="Guest")
    group = client.group("Team", **UNIFIED)

    reply = client.add(group, guest)

    message = "Guests users are not allowed to join this Unified Group due to policy setting"
    refused(reply, 400, "Request_BadRequest", message)


@pytest.mark.parametrize("parent", ["9", "2"])
def test_e39_a_dependency_on_an_absent_or_later_request(client, parent):
    items = [
        {"id": "1", "method": "GET", "url": "/groups", "dependsOn": [parent]},
        {"id": "2", "method": "GET", "url": "/groups"},
    ]

    reply = client.call("POST", "/$batch", {"requests": items})

    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (400, "BadRequest")
    assert error["message"].startswith("Invalid dependency for request Id")
