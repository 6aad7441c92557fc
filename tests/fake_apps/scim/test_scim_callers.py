"""How clients sign in, their own user, other versions, moments, groups in groups."""

import base64

import pytest

from fake_apps.core import scim
from tests.fake_apps.scim.conftest import BASE, add, error

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def asked(client, header):
    reply = client.get("/Users", headers={"Authorization": header})
    return reply.status_code


@pytest.mark.parametrize("way", ["bearer", "basic", "header"])
def test_a_token_is_shown_in_one_way(make, way):
    client = make(settings={"sign_in": way})
    token = client.app.admin.credentials()["token"]
    shown = {
        "bearer": f"Bearer {token}",
        "basic": basic("provisioning", token),
        "header": token,
    }

    statuses = {each: asked(client, header) for each, header in shown.items()}

    alike = {"header": ["bearer", "header"]}.get(way, [way])
    assert statuses == {each: 200 if each in alike else 401 for each in shown}


@pytest.mark.parametrize(
    "header", ["Basic", "Basic %", "Basic " + base64.b64encode(b"\xff").decode(), "Bearer x", ""]
)
def test_a_name_and_password_that_cannot_be_read_are_refused(make, header):
    client = make(settings={"sign_in": "basic"})

    reply = client.get("/Users", headers={"Authorization": header})

    assert error(reply) == (401, None)
    assert reply.headers["WWW-Authenticate"] == 'Basic realm="SCIM"'


def test_the_password_goes_with_its_name(make):
    client = make(settings={"sign_in": "basic"})
    told = client.app.admin.credentials()

    assert asked(client, basic(told["username"], told["password"])) == 200
    assert asked(client, basic("somebody", told["password"])) == 401


@pytest.mark.parametrize(("way", "kind"), [("bearer", "oauthbearertoken"), ("basic", "httpbasic")])
def test_the_service_announces_how_to_sign_in(make, way, kind):
    client = make(settings={"sign_in": way})
    told = client.app.admin.credentials()
    header = basic("provisioning", told["token"]) if way == "basic" else f"Bearer {told['token']}"

    config = client.get("/ServiceProviderConfig", headers={"Authorization": header}).json()

    assert [each["type"] for each in config["authenticationSchemes"]] == [kind]


# --- the caller's own user -----------------------------------------------------------------------


@pytest.fixture
def ana(make):
    client = make(settings={"me": "Ana@example.test"})
    client.ana = client.user()
    return client


def test_the_callers_own_user_is_read_and_changed_under_its_location(ana):
    change = {"op": "replace", "path": "displayName", "value": "Ana"}
    replies = [ana.get("/Me"), ana.patch("/Me", change)]
    whole = {"schemas": [scim.USER], "userName": "ana@example.test"}
    replies.append(ana.call("PUT", "/Me", whole))

    assert {each.headers["Location"] for each in replies} == {f"{BASE}/Users/{ana.ana}"}
    assert {each.json()["id"] for each in replies} == {ana.ana}


def test_the_callers_own_user_is_deleted(ana):
    assert ana.call("DELETE", "/Me").status_code == 204
    assert ana.app.admin.accounts() == []
    assert error(ana.get("/Me")) == (501, None)


def test_nobody_makes_a_user_of_ones_own(ana):
    body = {"schemas": [scim.USER], "userName": "ben"}

    assert error(ana.call("POST", "/Me", body)) == (501, None)


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v1", "v3", "v11"])
def test_another_version_of_the_protocol_is_not_spoken(client, version):
    reply = client.get(f"https://scim.example.test/{version}/Users")

    assert error(reply) == (400, "invalidVers")


def test_a_password_is_not_sought_in_an_address(client):
    assert error(client.get('/Users?filter=password eq "x"')) == (403, "sensitive")

    asked = {"schemas": [SEARCH], "filter": 'password eq "x"'}
    assert client.call("POST", "/Users/.search", asked).json()["totalResults"] == 0


# --- moments and nested groups -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ('meta.created eq "{utc}"', True),
        ('meta.created eq "{east}"', True),
        ('meta.created ne "{east}"', False),
        ('meta.lastModified ge "{east}"', True),
        ('meta.lastModified gt "{east}"', False),
        ('meta.lastModified lt "{later}"', True),
        ('meta.lastModified le "2000-01-01T00:00:00Z"', False),
        ('meta.created co "{day}"', True),
    ],
)
def test_moments_are_compared_whatever_their_offsets(client, wanted, found):
    """The clock stands at the beginning of 2026."""
    client.user()
    moments = {
        "utc": "2026-01-01T00:00:00Z",
        "east": "2026-01-01T05:30:00+05:30",
        "later": "2025-12-31T23:30:00-01:00",
        "day": "2026-01-01T",
    }

    total = client.get("/Users", params={"filter": wanted.format(**moments)}).json()

    assert total["totalResults"] == int(found)


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00:00Z", "2026-01-01", ""])
def test_a_moment_that_is_none_makes_no_filter(client, text):
    reply = client.get("/Users", params={"filter": f'meta.created gt "{text}"'})

    assert error(reply) == (400, "invalidFilter")


def test_groups_in_groups_may_be_in_each_other(client):
    ana = client.user()
    first = client.group("First", [ana])
    second = client.create_group("Second", [first]).json()["id"]
    client.patch(f"/Groups/{first}", add(second))

    found = client.shown(f"/Users/{ana}")["groups"]

    assert [(each["display"], each["type"]) for each in found] == [
        ("First", "direct"),
        ("Second", "indirect"),
    ]
