"""Licences in the fake Microsoft 365: given to users, and to groups for their members."""

import pytest

GRAPH = "https://graph.microsoft.com/v1.0"
E3, E5 = "6fd2c87f-b296-42f0-b197-1e91e994b900", "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
PLAN = "43de0ff5-c92c-492b-9116-175376d08c38"


def assign(client, path, add=(), remove=()):
    licenses = [each if isinstance(each, dict) else {"skuId": each} for each in add]
    body = {"addLicenses": licenses, "removeLicenses": list(remove)}
    return client.call("POST", f"{path}/assignLicense", body)


def licenses(client, path):
    shown = client.get(f"{path}?$select=assignedLicenses").json()["assignedLicenses"]
    return {each["skuId"]: each["disabledPlans"] for each in shown}


@pytest.fixture
def tenant(client):
    """Ana is in a group within a group."""
    client.ana = f"/users/{client.user('ana', usageLocation='US')}"
    inner = client.app.admin.add_group("Inner", member_ids=[client.ana.rpartition("/")[2]])
    outer = client.app.admin.add_group("Outer", member_ids=[inner])
    client.inner, client.outer = f"/groups/{inner}", f"/groups/{outer}"
    return client


def test_a_user_is_given_licences_and_loses_them(tenant):
    reply = assign(tenant, tenant.ana, [{"skuId": E3.upper(), "disabledPlans": [PLAN]}, E5])
    given = licenses(tenant, tenant.ana)
    assign(tenant, tenant.ana, [E3], [E5])

    assert reply.status_code == 200
    assert reply.json()["@odata.context"] == f"{GRAPH}/$metadata#users/$entity"
    assert given == {E3: [PLAN], E5: []}
    assert licenses(tenant, tenant.ana) == {E3: []}


def test_q30_members_of_a_group_have_its_licences_and_those_of_groups_around_it_not(tenant):
    reply = assign(tenant, tenant.inner, [E3])
    assign(tenant, tenant.outer, [E5])
    assign(tenant, tenant.ana, [{"skuId": E3, "disabledPlans": [PLAN]}])

    both = licenses(tenant, tenant.ana)
    taken = assign(tenant, tenant.ana, [], [E3]).status_code

    assert (reply.status_code, reply.json()["id"]) == (202, tenant.inner.rpartition("/")[2])
    assert (both, taken, licenses(tenant, tenant.ana)) == ({E3: [PLAN]}, 200, {E3: []})
    assert licenses(tenant, tenant.inner) == {E3: []}


@pytest.mark.parametrize(
    "body",
    [
        {"addLicenses": []},
        {"addLicenses": None, "removeLicenses": []},
        {"addLicenses": {}, "removeLicenses": []},
        {"addLicenses": [{"skuId": "E3"}], "removeLicenses": []},
        {"addLicenses": [{"skuId": E3, "disabledPlans": ["x"]}], "removeLicenses": []},
        {"addLicenses": [{"skuId": E3, "more": 1}], "removeLicenses": []},
        {"addLicenses": [], "removeLicenses": [7]},
        {"addLicenses": [], "removeLicenses": [E3]},
    ],
)
def test_what_is_no_change_of_licences_is_refused(tenant, body):
    for path in (tenant.ana, tenant.inner):
        assert tenant.call("POST", f"{path}/assignLicense", body).status_code == 400


def test_a_user_of_nowhere_is_given_none(tenant):
    path = f"/users/{tenant.user('bo')}"

    assert assign(tenant, path, [E3]).status_code == 400
    assert licenses(tenant, path) == {}
