"""Eight clients at once: nothing is lost, and nothing is there twice that the vendor forbids."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from fake_apps import load
from fake_apps.core.clock import SystemClock
from fake_apps.core.serve import Server
from tests.serve.clients import CLIENTS, GROUP, act

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CLIENTS_AT_ONCE, EACH = 8, 6


@pytest.fixture(params=sorted(CLIENTS))
def served(request):
    """An app with no limits, a connection to it, and who is there."""
    fake = load(request.param).create(seed=7, clock=SystemClock(), limits=0)
    with Server([fake]) as server:
        told = server.connection(request.param)
        domain = told["credentials"].get("domain", "example.test")
        with fake.administering() as admin:
            count = CLIENTS_AT_ONCE * EACH
            people = [admin.add_account(f"p{at}@{domain}", {}) for at in range(count)]
            group = admin.add_group("Everybody")
        yield request.param, told, fake, group, people


def each_at_once(app, told, work):
    """What `work(client, number)` answers for each of the clients."""

    def one(number):
        client = CLIENTS[app](told)
        client.http.hooks["response"].append(no_failure)
        return work(client, number)

    with ThreadPoolExecutor(CLIENTS_AT_ONCE) as pool:
        return list(pool.map(one, range(CLIENTS_AT_ONCE)))


def no_failure(reply, **_):
    assert reply.status_code < 500, reply.text


def join(app, client, group, person):
    """Make one person a member."""
    match app:
        case "o365":
            link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{person}"}
            client.call("POST", f"/v1.0/groups/{group}/members/$ref", json=link, status=204)
        case "gsuite":
            path = f"/admin/directory/v1/groups/{group}/members"
            client.call("POST", path, json={"id": person, "role": "MEMBER"}, status=200)
        case "box":
            body = {"user": {"id": person}, "group": {"id": group}}
            client.call("POST", "/2.0/group_memberships", json=body, status=201)
        case "scim":
            add = {"op": "add", "path": "members", "value": [{"value": person}]}
            body = {"schemas": [PATCH], "Operations": [add]}
            client.call("PATCH", f"/v2/Groups/{group}", json=body, status=204)
        case "slack":
            schemas = ["urn:scim:schemas:core:1.0"]
            body = {"schemas": schemas, "members": [{"value": person}]}
            client.call("PATCH", f"/scim/v1/Groups/{group}", json=body, status=204)
        case "okta_privileged_access":
            users = client.call("GET", "/v1/teams/acme/users?count=1000", status=200).json()
            (name,) = [one["name"] for one in users["list"] if one["id"] == person]
            path = "/v1/teams/acme/groups/Everybody/users"
            client.call("POST", path, json={"name": name}, status=204)
        case "active_directory":
            add = {"op": "add", "attribute": "member", "values": [f"<GUID={person}>"]}
            modify = {"op": "modify", "dn": f"<GUID={group}>", "changes": [add]}
            assert act(client, modify)["resultName"] == "success"


def create(app, client, told, name):
    """Try to make a group; whether that was done."""
    match app:
        case "o365":
            body = {"displayName": name, "mailEnabled": False, "mailNickname": "n"}
            body |= {"securityEnabled": True, "uniqueName": name}
            path = "/v1.0/groups"
        case "gsuite":
            body = {"email": f"{name}@{told['credentials']['domain']}", "name": name}
            path = "/admin/directory/v1/groups"
        case "box":
            path, body = "/2.0/groups", {"name": name}
        case "scim":
            path, body = "/v2/Groups", {"schemas": [GROUP], "displayName": name}
        case "slack":
            body = {"schemas": ["urn:scim:schemas:core:1.0"], "displayName": name}
            path = "/scim/v1/Groups"
        case "okta_privileged_access":
            path, body = "/v1/teams/acme/groups", {"name": name, "roles": []}
        case "active_directory":
            dn = f"CN={name},{told['credentials']['groups_dn']}"
            add = {"op": "add", "dn": dn, "attributes": {"objectClass": ["group"]}}
            return act(client, add)["resultName"] == "success"
    return client.http.post(f"{client.base}{path}", json=body, timeout=30).ok


def test_no_membership_is_lost(served):
    app, told, fake, group, people = served

    def work(client, number):
        for at in range(EACH):
            join(app, client, group, people[number * EACH + at])

    each_at_once(app, told, work)
    (found,) = [view for view in fake.admin.groups() if view.id == group]

    assert sorted(found.member_ids) == sorted(people)


def test_a_name_that_only_one_group_may_have_is_had_by_one(served):
    app, told, fake, _, _ = served
    names = [f"Group{at}" for at in range(EACH)]

    def work(client, _number):
        return [create(app, client, told, name) for name in names]

    made = each_at_once(app, told, work)
    there = Counter(view.name for view in fake.admin.groups())

    assert [sum(done) for done in zip(*made, strict=True)] == [1] * EACH
    assert [there[name] for name in names] == [1] * EACH


def test_the_ledger_has_every_call_once_in_the_order_of_its_numbers(served):
    app, told, fake, group, people = served

    def work(client, number):
        for at in range(EACH):
            join(app, client, group, people[number * EACH + at])

    each_at_once(app, told, work)
    numbers = [call.number for call in fake.ledger]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= CLIENTS_AT_ONCE * EACH
    assert all(call.succeeded for call in fake.ledger)
