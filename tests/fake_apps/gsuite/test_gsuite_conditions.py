"""Etags and conditions: what has not changed is not sent, what has changed is not overwritten."""

import pytest

from tests.fake_apps.gsuite.conftest import SCOPE, SCOPES, refusal


@pytest.fixture
def client(client):
    client.authorize(f"{SCOPES} {SCOPE}orgunit")
    client.group()
    client.add("sales@example.test", client.user("ana"))
    client.call("POST", "/users/ana@example.test/aliases", {"alias": "ann@example.test"})
    client.call("POST", "/groups/sales@example.test/aliases", {"alias": "v@example.test"})
    client.call("POST", "/customer/my_customer/orgunits", {"name": "a", "parentOrgUnitPath": "/"})
    return client


RESOURCES = [
    "/groups/sales@example.test",
    "/users/ana@example.test",
    "/groups/sales@example.test/members/ana@example.test",
    "/customer/my_customer/orgunits/a",
]
LISTS = [
    "/groups?customer=my_customer",
    "/users?customer=my_customer",
    "/groups/sales@example.test/members",
    "/groups/sales@example.test/aliases",
    "/users/ana@example.test/aliases",
    "/customer/my_customer/orgunits",
]


@pytest.mark.parametrize("path", [*RESOURCES, *LISTS])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_has_not_changed_is_304_without_a_body(client, path, form):
    reply = client.get(path)
    etag = reply.json()["etag"]
    again = client.get(path, **{"If-None-Match": form.format(etag)})

    assert reply.headers["ETag"] == etag
    assert (again.status_code, again.text, again.headers["ETag"]) == (304, "", etag)


@pytest.mark.parametrize("path", [*RESOURCES, *LISTS])
def test_what_is_known_by_another_etag_is_sent(client, path):
    assert client.get(path, **{"If-None-Match": '"other"'}).status_code == 200


def test_how_mail_is_delivered_is_part_of_the_etag_of_a_member(client):
    path = "/groups/sales@example.test/members/ana@example.test"
    known = {"If-None-Match": client.get(path).json()["etag"]}
    client.call("PATCH", path, {"delivery_settings": "DIGEST"})

    assert client.get(path, **known).json()["delivery_settings"] == "DIGEST"


CHANGES = [
    ("/groups/sales@example.test", {"description": "x"}),
    ("/users/ana@example.test", {"suspended": True}),
    ("/groups/sales@example.test/members/ana@example.test", {"role": "OWNER"}),
    ("/customer/my_customer/orgunits/a", {"description": "x"}),
]


@pytest.mark.parametrize(("path", "body"), CHANGES)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_needs_the_present_etag(client, method, path, body):
    etag = client.get(path).json()["etag"]
    changed = client.call(method, path, body, headers={"If-Match": f'"other", {etag}'})
    again = client.call(method, path, body, headers={"If-Match": etag})
    anyhow = client.call(method, path, body, headers={"If-Match": "*"})

    assert changed.status_code == anyhow.status_code == 200
    assert changed.json()["etag"] != etag
    assert refusal(again) == (412, "conditionNotMet", "Precondition Failed")


DELETED = [*RESOURCES[:3], "/customer/my_customer/orgunits/a"]


@pytest.mark.parametrize("path", DELETED)
def test_a_deletion_needs_the_present_etag(client, path):
    etag = client.get(path).json()["etag"]
    old = client.call("DELETE", path, headers={"If-Match": '"other"'})
    gone = client.call("DELETE", path, headers={"If-Match": etag})

    assert (old.status_code, gone.status_code) == (412, 204)


@pytest.mark.parametrize("path", LISTS[3:5])
def test_an_alias_is_removed_on_its_own_etag(client, path):
    (alias,) = client.get(path).json()["aliases"]
    one = f"{path}/{alias['alias']}"
    old = client.call("DELETE", one, headers={"If-Match": '"other"'})
    gone = client.call("DELETE", one, headers={"If-Match": alias["etag"]})

    assert (old.status_code, gone.status_code) == (412, 204)


def test_a_member_who_is_not_there_is_404_whatever_the_condition(client):
    ben = client.user("ben")
    path = f"/groups/sales@example.test/members/{ben}"

    assert client.call("DELETE", path, headers={"If-Match": '"other"'}).status_code == 404
