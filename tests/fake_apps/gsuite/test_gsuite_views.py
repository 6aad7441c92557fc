"""What a caller sees of users, how they are searched, and how replies are laid out."""

import pytest

from tests.fake_apps.gsuite.conftest import API, refusal

SCHEMAS = {"HR": {"grade": 7, "teams": [{"value": "Red"}]}, "IT": {"laptop": "X1"}}


@pytest.fixture
def ana(client):
    return client.user(
        "ana",
        name={"givenName": "Ana", "familyName": "Silva"},
        customSchemas=SCHEMAS,
        orgUnitPath="/",
        phones=[{"value": "+1 555", "type": "work"}],
        recoveryPhone="+1555",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", None),
        ("projection=basic", None),
        ("projection=full", SCHEMAS),
        ("projection=custom&customFieldMask=IT", {"IT": SCHEMAS["IT"]}),
        ("projection=custom&customFieldMask=IT,HR", SCHEMAS),
        ("projection=custom&customFieldMask=Other", None),
    ],
)
def test_custom_schemas_are_shown_where_they_are_asked_for(client, ana, query, found):
    listed = client.get(f"/users?customer=my_customer&query=email:ana*&{query}").json()

    assert client.get(f"/users/{ana}?{query}").json().get("customSchemas") == found
    assert listed["users"][0].get("customSchemas") == found


def test_a_custom_projection_says_of_what(client, ana):
    reply = client.get(f"/users/{ana}?projection=custom")

    assert refusal(reply)[:2] == (400, "invalidParameter")


def test_the_public_view_leaves_out_what_only_administrators_see(client, ana):
    document = client.get(f"/users/{ana}?viewType=domain_public&projection=full").json()

    assert list(document) == [
        "kind",
        "id",
        "etag",
        "primaryEmail",
        "name",
        "emails",
        "phones",
        "customSchemas",
    ]


def test_any_user_may_see_what_is_public(client, ana):
    client.authorize(sub="ana@example.test")

    assert client.get(f"/users/{ana}?viewType=domain_public").status_code == 200
    assert client.get("/users?customer=my_customer&viewType=domain_public").status_code == 200
    assert refusal(client.get(f"/users/{ana}"))[:2] == (403, "forbidden")
    assert client.get("/groups?customer=my_customer&viewType=domain_public").status_code == 403


@pytest.fixture
def searched(make):
    client = make(settings={"org_units": ["/corp/sales"]})
    client.user(
        "ana",
        name={"givenName": "Ana", "familyName": "Silva Santos"},
        orgUnitPath="/corp/sales",
        phones=[{"value": "555"}],
        ims=[{"im": "ana-im"}],
        externalIds=[{"value": "E-17", "type": "organization"}],
        addresses=[{"locality": "Porto", "country": "Portugal"}],
        organizations=[{"title": "Sales Lead", "department": "EMEA"}],
        relations=[{"value": "boss@example.test", "type": "manager"}],
        customSchemas={"HR": {"grade": 7, "since": "2024-05-01", "lead": True}},
    )
    client.user("ben", archived=True)
    return client


@pytest.mark.parametrize(
    "query",
    [
        "ana",
        "silva",
        "'Ana Silva Santos'",
        "ana@example.test",
        "name:santos",
        "name='ana silva santos'",
        "familyName:sil*",
        'familyName="Silva Santos"',
        "orgUnitPath=/corp",
        "orgUnitPath=/corp/sales",
        "orgUnitPath=/ ana",
        "phone=555",
        "im:ana-im",
        "externalId=e-17",
        "address:porto",
        "addressCountry=Portugal",
        "orgTitle:lead",
        "orgDepartment=EMEA",
        "directManager=boss@example.test",
        "manager='boss@example.test' isSuspended=false",
        "HR.grade=7",
        "HR.grade>=7 HR.grade<10",
        "HR.since>2024-01-01",
        "HR.lead=true",
        "isArchived=false email:ana*",
    ],
)
def test_a_user_is_searched_by_each_of_the_documented_fields(searched, query):
    reply = searched.call("GET", "/users", params={"customer": "my_customer", "query": query})

    assert [user["primaryEmail"] for user in reply.json()["users"]] == ["ana@example.test"]


@pytest.mark.parametrize(
    "query", ["HR.grade>7", "HR.other=7", "isArchived=true ana", "phone=556", "orgUnitPath=/co"]
)
def test_a_search_may_find_nobody(searched, query):
    reply = searched.call("GET", "/users", params={"customer": "my_customer", "query": query})

    assert (reply.status_code, reply.json().get("users")) == (200, None)


@pytest.mark.parametrize(
    "query",
    [
        "shoe=9",
        "phone:555",
        "orgUnitPath:/corp",
        "name:an*",
        "isAdmin:true",
        "=x",
        "email=",
        "a=b=",
    ],
)
def test_a_field_or_operator_that_is_not_searched_is_refused(searched, query):
    reply = searched.call("GET", "/users", params={"customer": "my_customer", "query": query})

    assert refusal(reply) == (400, "invalid", "Invalid Input: query")


def test_a_group_is_searched_by_fields_and_not_by_words(client):
    client.group("Sales")

    assert refusal(client.get("/groups?customer=my_customer&query=Sales"))[0] == 400


# --- how replies are laid out ----------------------------------------------------------------


def test_a_reply_is_indented_where_that_is_asked_for(client):
    path = f"/groups/{client.group()}?fields=name,externalIds&prettyPrint="

    assert client.get(f"{path}true").text == '{\n  "name": "Sales"\n}'
    assert client.get(f"{path}false").text == '{"name":"Sales"}'


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ("name/*", {"name": {"givenName": "Ana", "familyName": "Silva", "fullName": "Ana Silva"}}),
        ("*/givenName", {"name": {"givenName": "Ana"}, "phones": [{}]}),
        (
            "phones(value),name(familyName)",
            {"name": {"familyName": "Silva"}, "phones": [{"value": "+1 555"}]},
        ),
        ("phones/value", {"phones": [{"value": "+1 555"}]}),
    ],
)
def test_parts_of_parts_are_picked(client, ana, fields, found):
    document = client.get(f"/users/{ana}?fields={fields}").json()
    document.pop("emails", None)

    assert document == found


@pytest.mark.parametrize(
    "fields", ["id/part", "primaryEmail(x)", "name/nick", "*/nothing/x", "a b"]
)
def test_a_part_that_a_field_has_not_is_refused(client, fields):
    path = f"/groups/{client.group()}?fields="

    assert refusal(client.get(path + fields))[:2] == (400, "invalidParameter")


def test_a_read_too_long_for_an_address_comes_as_a_form(client):
    group = client.group()
    headers = {"x-http-method-override": "GET"}
    reply = client.session.post(f"{API}/groups/{group}", data={"fields": "name"}, headers=headers)

    assert reply.json() == {"name": "Sales"}
    assert client.app.ledger.since(0)[-1].operation == "gsuite.get_group"


@pytest.mark.parametrize("path", ["/groups/{}/aliases", "/groups/{}/members", "/groups"])
def test_a_list_too_long_for_an_address_writes_nothing(client, path):
    group = client.group()
    headers = {"x-http-method-override": "GET"}
    form = {"fields": "kind", "customer": "my_customer"}
    reply = client.session.post(API + path.format(group), data=form, headers=headers)

    assert list(reply.json()) == ["kind"]
    assert client.session.post(f"{API}/groups/{group}", data={}).status_code == 404
