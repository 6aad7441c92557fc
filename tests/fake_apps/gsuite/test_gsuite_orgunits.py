"""Organizational units of the fake Google Workspace, and the users in them."""

import pytest

from tests.fake_apps.gsuite.conftest import SCOPE, SCOPES, refusal

UNITS = "/customer/my_customer/orgunits"


@pytest.fixture
def client(make):
    client = make(settings={"org_units": ["/corp/sales"]})
    client.authorize(f"{SCOPES} {SCOPE}orgunit")
    return client


def insert(client, name, parent="/", **more):
    return client.call("POST", UNITS, {"name": name, "parentOrgUnitPath": parent, **more})


def paths(client, query=""):
    document = client.get(UNITS + query).json()
    return [each["orgUnitPath"] for each in document.get("organizationUnits", [])]


def test_a_new_unit_is_answered_as_the_reference_shows_it(client):
    corp = client.get(f"{UNITS}/corp").json()
    document = insert(client, "emea", "/corp", description="Europe").json()

    assert document == {
        "kind": "admin#directory#orgUnit",
        "etag": document["etag"],
        "name": "emea",
        "description": "Europe",
        "orgUnitPath": "/corp/emea",
        "orgUnitId": document["orgUnitId"],
        "parentOrgUnitPath": "/corp",
        "parentOrgUnitId": corp["orgUnitId"],
    }
    assert document["orgUnitId"].startswith("id:03ph8a2z")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["/corp"]),
        ("?type=children", ["/corp"]),
        ("?type=all", ["/corp", "/corp/sales"]),
        ("?type=allIncludingParent", ["/", "/corp", "/corp/sales"]),
        ("?type=all&orgUnitPath=/corp", ["/corp/sales"]),
        ("?type=allIncludingParent&orgUnitPath=corp", ["/corp", "/corp/sales"]),
        ("?orgUnitPath=/corp/sales", []),
    ],
)
def test_units_are_listed_from_any_of_them(client, query, found):
    assert paths(client, query) == found


def test_the_list_is_called_org_units_and_its_array_organization_units(client):
    document = client.get(f"{UNITS}?fields=kind,organizationUnits/name").json()

    assert document == {"kind": "admin#directory#orgUnits", "organizationUnits": [{"name": "corp"}]}


@pytest.mark.parametrize("key", ["corp/sales", "Corp%2FSales", "%2Fcorp%2Fsales", "id"])
def test_a_unit_is_found_by_path_or_id(client, key):
    told = client.get(f"{UNITS}/corp/sales").json()
    key = told["orgUnitId"] if key == "id" else key

    assert client.get(f"{UNITS}/{key}").json() == told


def test_the_root_has_no_parent(client):
    root = client.get(f"{UNITS}/%2F").json()

    assert root["orgUnitPath"] == "/"
    assert "parentOrgUnitId" not in root


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("nowhere", (404, "notFound", "Org unit not found")),
        ("corp/nowhere", (404, "notFound", "Org unit not found")),
        ("id:03ph8a2z0", (400, "invalid", "Invalid Ou Id")),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_key_of_no_unit(client, method, key, expected):
    body = {"description": "x"} if method in ("PUT", "PATCH") else None

    assert refusal(client.call(method, f"{UNITS}/{key}", body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"parentOrgUnitPath": "/"}, "Missing required field: name"),
        ({"name": "emea"}, "Missing required field: parentOrgUnitPath"),
        ({"name": "a/b", "parentOrgUnitPath": "/"}, "Invalid Ou Name"),
        ({"name": " ", "parentOrgUnitPath": "/"}, "Invalid Ou Name"),
        ({"name": "Corp", "parentOrgUnitPath": "/"}, "Invalid Ou Id"),
        ({"name": "emea", "parentOrgUnitPath": "/nowhere"}, "Invalid Parent Orgunit Id"),
        ({"name": "emea", "parentOrgUnitId": "id:x"}, "Invalid Parent Orgunit Id"),
    ],
)
def test_a_unit_that_cannot_be_made(client, body, expected):
    status, _, message = refusal(client.call("POST", UNITS, body))

    assert (status, message) == (400, expected)


def test_units_go_thirty_five_levels_deep(client):
    parent = ""
    for depth in range(35):
        assert insert(client, f"u{depth}", parent or "/").status_code == 200
        parent += f"/u{depth}"

    assert refusal(insert(client, "one-more", parent))[2] == "Invalid Parent Orgunit Id"


def test_another_customer_s_units_are_refused(client):
    reply = client.get("/customer/C0somebody/orgunits")

    assert refusal(reply) == (400, "invalid", "Invalid Customer Id")
    own = client.app.state.customer_id
    assert client.get(f"/customer/{own}/orgunits").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_users_follow_a_unit_that_is_renamed_or_moved(client, method):
    insert(client, "emea", "/corp/sales")
    ana = client.user("ana", orgUnitPath="/corp/sales/emea")
    ben = client.user("ben", orgUnitPath="/corp")
    client.call(method, f"{UNITS}/corp/sales", {"name": "Revenue"})
    renamed = client.get(f"/users/{ana}").json()
    client.call(method, f"{UNITS}/corp/Revenue", {"parentOrgUnitPath": "/"})
    moved = client.get(f"/users/{ana}").json()

    assert renamed["orgUnitPath"] == "/corp/Revenue/emea"
    assert moved["orgUnitPath"] == "/Revenue/emea"
    assert moved["etag"] != renamed["etag"]
    assert client.get(f"/users/{ben}").json()["orgUnitPath"] == "/corp"
    assert paths(client, "?type=all") == ["/corp", "/Revenue", "/Revenue/emea"]


@pytest.mark.parametrize("parent", ["/corp", "/corp/sales"])
def test_a_unit_cannot_move_into_itself(client, parent):
    reply = client.call("PATCH", f"{UNITS}/corp", {"parentOrgUnitPath": parent})

    assert refusal(reply)[2] == "Invalid Parent Orgunit Id"


def test_a_name_that_a_neighbour_has_is_refused(client):
    insert(client, "emea", "/corp")

    assert refusal(client.call("PATCH", f"{UNITS}/corp/emea", {"name": "sales"}))[0] == 400
    assert client.call("PATCH", f"{UNITS}/corp/emea", {"name": "EMEA"}).status_code == 200


def test_a_user_moves_to_a_unit_by_its_path_whatever_its_case(client):
    ana = client.user()
    moved = client.call("PUT", f"/users/{ana}", {"orgUnitPath": "/CORP/sales"})

    assert moved.json()["orgUnitPath"] == "/corp/sales"


@pytest.mark.parametrize("path", ["/nowhere", "corp", "id:x", ""])
def test_a_user_cannot_be_in_a_unit_that_is_not_there(client, path):
    reply = client.call("PUT", f"/users/{client.user()}", {"orgUnitPath": path})

    assert refusal(reply) == (400, "invalid", "Invalid Input: INVALID_OU_ID")


def test_only_an_empty_unit_is_deleted(client):
    ana = client.user("ana", orgUnitPath="/corp/sales")
    busy = client.call("DELETE", f"{UNITS}/corp/sales")
    above = client.call("DELETE", f"{UNITS}/corp")
    client.call("PUT", f"/users/{ana}", {"orgUnitPath": "/"})
    gone = client.call("DELETE", f"{UNITS}/corp/sales")

    assert refusal(busy)[:2] == refusal(above)[:2] == (412, "conditionNotMet")
    assert (gone.status_code, gone.text) == (204, "")
    assert paths(client, "?type=all") == ["/corp"]
    assert refusal(client.call("DELETE", f"{UNITS}/%2F"))[0] == 412


def test_a_deleted_unit_can_be_made_anew(client):
    first = client.get(f"{UNITS}/corp/sales").json()["orgUnitId"]
    client.call("DELETE", f"{UNITS}/corp/sales")
    second = insert(client, "sales", "/corp").json()["orgUnitId"]

    assert first != second
    assert paths(client, "?type=all") == ["/corp", "/corp/sales"]


def test_a_write_on_an_outdated_unit_is_refused(client):
    etag = client.get(f"{UNITS}/corp").json()["etag"]
    headers = {"If-Match": etag}
    first = client.call("PATCH", f"{UNITS}/corp", {"description": "one"}, headers=headers)
    second = client.call("PATCH", f"{UNITS}/corp", {"description": "two"}, headers=headers)

    assert first.status_code == 200
    assert refusal(second)[:2] == (412, "conditionNotMet")


def test_units_need_a_scope_of_their_own(client):
    client.authorize(f"{SCOPE}orgunit.readonly")

    assert client.get(UNITS).status_code == 200
    assert refusal(insert(client, "emea"))[:2] == (403, "insufficientPermissions")
    client.authorize(SCOPES)
    assert client.get(UNITS).status_code == 403
