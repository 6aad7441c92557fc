"""google-api-python-client walks the whole life of users, groups and members, by google-auth.

Its description of the API is the document that the package carries (`static_discovery`).
"""

import pytest
from google.auth.exceptions import RefreshError
from google.oauth2.credentials import Credentials as BareToken
from google.oauth2.service_account import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

ROOT = "https://www.googleapis.com/auth/admin.directory"
SCOPES = [f"{ROOT}.group", f"{ROOT}.user"]
CUSTOMER = "my_customer"


@pytest.fixture(scope="module")
def server(serve):
    return serve("gsuite")


@pytest.fixture
def google(tenant):
    with client(tenant, service_account(tenant)) as directory:
        yield directory


@pytest.fixture
def knowing(google):
    """With a token already: the client leaves a socket open when it fetches one for a batch."""
    google.groups().list(customer=CUSTOMER).execute()
    return google


def service_account(tenant, *, scopes=SCOPES, **changes):
    file = {**tenant.credentials["service_account"], **changes}
    subject = tenant.credentials["subject"]
    return Credentials.from_service_account_info(file, scopes=scopes, subject=subject)


def client(tenant, credentials):
    return build(
        "admin",
        "directory_v1",
        credentials=credentials,
        client_options={"api_endpoint": tenant.base_url},
        static_discovery=True,
    )


def refused(request):
    """Status and reason of what the client raises."""
    with pytest.raises(HttpError) as fault:
        request.execute()
    return fault.value.status_code, fault.value.error_details[0]["reason"]


def walk(listing, kind, **query):
    """The pages of a list, by the client's own `list_next`."""
    request = listing.list(**query)
    while request is not None:
        page = request.execute()
        yield page.get(kind, [])
        request = listing.list_next(request, page)


def person(name):
    return {
        "primaryEmail": f"{name}@example.test",
        "name": {"givenName": name.title(), "familyName": "Lovelace"},
        "password": "correct horse battery",
    }


def group(google, name="sales"):
    body = {"email": f"{name}@example.test", "name": name.title()}
    return google.groups().insert(body=body).execute()


# --- users -----------------------------------------------------------------------------------


def test_a_user_is_made_read_found_changed_and_deleted(google):
    users = google.users()
    ada = users.insert(body=person("ada")).execute()
    named = users.patch(userKey=ada["id"], body={"name": {"givenName": "Augusta"}}).execute()
    off = users.update(userKey="ada@example.test", body={"suspended": True}).execute()
    found = users.list(customer=CUSTOMER, query="email:ada*", fields="users(id)").execute()
    gone = users.delete(userKey=ada["id"]).execute()

    assert (ada["kind"], ada["primaryEmail"]) == ("admin#directory#user", "ada@example.test")
    assert named["name"]["fullName"] == "Augusta Lovelace"
    assert off["suspended"] is True
    assert found == {"users": [{"id": ada["id"]}]}
    assert gone == ""
    assert refused(users.get(userKey=ada["id"])) == (404, "notFound")


def test_an_address_that_is_taken_is_refused_with_googles_reason(google):
    google.users().insert(body=person("ada")).execute()

    assert refused(google.users().insert(body=person("ada"))) == (409, "duplicate")
    taken = {"email": "ada@example.test", "name": "Ada"}
    assert refused(google.groups().insert(body=taken)) == (409, "duplicate")


def test_users_are_read_over_several_pages(google, tenant):
    ids = tenant.accounts(7)
    pages = list(walk(google.users(), "users", customer=CUSTOMER, maxResults=3))
    seen = [user["id"] for page in pages for user in page]

    assert len(pages) == 3
    assert len(seen) == len(set(seen))
    assert set(ids) <= set(seen)


def test_a_deleted_user_is_listed_as_such_and_restored(google):
    users = google.users()
    ada = users.insert(body=person("ada")).execute()
    users.delete(userKey=ada["id"]).execute()
    gone = users.list(customer=CUSTOMER, showDeleted="true").execute()["users"]
    users.undelete(userKey=ada["id"], body={"orgUnitPath": "/"}).execute()

    assert [one["id"] for one in gone] == [ada["id"]]
    assert users.get(userKey=ada["id"]).execute()["primaryEmail"] == "ada@example.test"


# --- groups ----------------------------------------------------------------------------------


def test_a_group_is_made_read_renamed_and_deleted(google):
    groups = google.groups()
    sales = group(google)
    named = groups.patch(groupKey=sales["id"], body={"name": "Sales EMEA"}).execute()
    moved = groups.update(groupKey=sales["id"], body={"email": "emea@example.test"}).execute()
    read = groups.get(groupKey="emea@example.test", fields="id,email,name").execute()
    gone = groups.delete(groupKey=sales["id"]).execute()

    assert sales["kind"] == "admin#directory#group"
    assert (named["name"], moved["id"]) == ("Sales EMEA", sales["id"])
    assert read == {"id": sales["id"], "email": "emea@example.test", "name": "Sales EMEA"}
    assert gone == ""
    assert refused(groups.get(groupKey=sales["id"])) == (404, "notFound")
    assert refused(groups.delete(groupKey=sales["id"])) == (404, "notFound")


def test_a_second_group_of_an_address_is_refused(google):
    group(google)
    again = google.groups().insert(body={"email": "sales@example.test", "name": "Other"})

    assert refused(again) == (409, "duplicate")


def test_groups_are_read_over_several_pages(google):
    names = [f"group{at}" for at in range(5)]
    for name in names:
        group(google, name)
    pages = list(walk(google.groups(), "groups", customer=CUSTOMER, maxResults=2))

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one["email"] for page in pages for one in page] == [f"{n}@example.test" for n in names]


def test_an_alias_of_a_group_leads_to_it_until_it_is_removed(google):
    sales, aliases = group(google), google.groups().aliases()
    aliases.insert(groupKey=sales["id"], body={"alias": "vertrieb@example.test"}).execute()
    found = google.groups().get(groupKey="vertrieb@example.test").execute()
    aliases.delete(groupKey=sales["id"], alias="vertrieb@example.test").execute()

    assert (found["id"], found["aliases"]) == (sales["id"], ["vertrieb@example.test"])
    assert "aliases" not in aliases.list(groupKey=sales["id"]).execute()


def test_a_group_that_has_not_changed_is_not_sent_again(google):
    sales = group(google)
    request = google.groups().get(groupKey=sales["id"])
    request.headers["if-none-match"] = sales["etag"]
    with pytest.raises(HttpError) as unchanged:
        request.execute()

    assert unchanged.value.status_code == 304


# --- members ---------------------------------------------------------------------------------


def test_a_member_joins_once_and_leaves_once(google, tenant):
    (ada,) = tenant.accounts(1)
    key, members = group(google)["id"], google.members()
    joined = members.insert(groupKey=key, body={"id": ada}).execute()
    again = refused(members.insert(groupKey=key, body={"email": "user0@example.test"}))
    known = members.hasMember(groupKey=key, memberKey=ada).execute()
    gone = members.delete(groupKey=key, memberKey=ada).execute()

    assert (joined["id"], joined["role"], joined["type"]) == (ada, "MEMBER", "USER")
    assert again == (409, "duplicate")
    assert known == {"isMember": True}
    assert gone == ""
    assert refused(members.delete(groupKey=key, memberKey=ada)) == (404, "notFound")
    assert "members" not in members.list(groupKey=key).execute()


def test_the_role_of_a_member_is_changed(google, tenant):
    (ada,) = tenant.accounts(1)
    key, members = group(google)["id"], google.members()
    members.insert(groupKey=key, body={"id": ada}).execute()
    patched = members.patch(groupKey=key, memberKey=ada, body={"role": "OWNER"}).execute()
    owners = members.list(groupKey=key, roles="OWNER").execute()["members"]

    assert patched["role"] == "OWNER"
    assert [one["id"] for one in owners] == [ada]


def test_members_are_read_over_several_pages(google, tenant):
    ids = tenant.accounts(5)
    key = tenant.admin.add_group("Sales", member_ids=ids)
    pages = list(walk(google.members(), "members", groupKey=key, maxResults=2))

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one["id"] for page in pages for one in page] == ids


def test_a_group_within_a_group_brings_its_members(google, tenant):
    (ada,) = tenant.accounts(1)
    inner = tenant.admin.add_group("Inner", member_ids=[ada])
    outer, members = group(google)["id"], google.members()
    members.insert(groupKey=outer, body={"id": inner}).execute()
    derived = members.list(groupKey=outer, includeDerivedMembership=True).execute()["members"]
    above = google.groups().list(userKey=inner).execute()["groups"]

    assert [(one["id"], one["type"]) for one in derived] == [(inner, "GROUP"), (ada, "USER")]
    assert [one["id"] for one in above] == [outer]
    assert members.hasMember(groupKey=outer, memberKey=ada).execute() == {"isMember": True}


def test_a_batch_adds_many_members_and_tells_each_failure_apart(google, tenant):
    ids = tenant.accounts(12)
    key, replies = group(google)["id"], {}
    batch = BatchHttpRequest(
        callback=lambda name, reply, fault: replies.__setitem__(name, reply or fault),
        batch_uri=f"{tenant.base_url}/batch",
    )
    for one in [*ids, ids[0]]:
        batch.add(google.members().insert(groupKey=key, body={"id": one}))
    batch.execute()
    *joined, again = replies.values()

    assert [one["id"] for one in joined] == ids
    assert (again.status_code, again.error_details[0]["reason"]) == (409, "duplicate")
    assert tenant.statuses("gsuite.batch") == [200]


def test_a_batch_removes_members_with_replies_that_have_no_body(knowing, tenant):
    ids = tenant.accounts(3)
    key, replies = tenant.admin.add_group("Sales", member_ids=ids), []
    batch = BatchHttpRequest(
        callback=lambda _name, reply, fault: replies.append((reply, fault)),
        batch_uri=f"{tenant.base_url}/batch/admin/directory_v1",
    )
    for one in ids:
        batch.add(knowing.members().delete(groupKey=key, memberKey=one))
    batch.execute()

    assert replies == [("", None)] * 3
    assert tenant.admin.groups()[0].member_ids == ()


def test_an_outsider_is_added_by_address_and_changed_by_id(google, tenant):
    tenant.fake.change_setting("external_members_allowed", value=True)
    key, members = group(google)["id"], google.members()
    eve = members.insert(groupKey=key, body={"email": "eve@elsewhere.test"}).execute()
    members.patch(groupKey=key, memberKey=eve["id"], body={"role": "OWNER"}).execute()
    (listed,) = members.list(groupKey=key).execute()["members"]

    assert (listed["email"], listed["role"]) == ("eve@elsewhere.test", "OWNER")
    assert "status" not in listed


def test_a_pending_member_is_removed_to_be_added(google, tenant):
    (ada,) = tenant.accounts(1)
    key, members = group(google)["id"], google.members()
    tenant.admin.invite(key, ada)
    add = members.insert(groupKey=key, body={"id": ada})

    assert refused(add) == (409, "duplicate")
    assert refused(members.get(groupKey=key, memberKey=ada)) == (404, "notFound")
    members.delete(groupKey=key, memberKey=ada).execute()
    assert members.insert(groupKey=key, body={"id": ada}).execute()["status"] == "ACTIVE"


def test_how_a_member_gets_mail_is_told_by_a_read_of_its_own(google, tenant):
    (ada,) = tenant.accounts(1)
    key, members = group(google)["id"], google.members()
    body = {"id": ada, "delivery_settings": "DIGEST"}
    joined = members.insert(groupKey=key, body=body).execute()
    (listed,) = members.list(groupKey=key).execute()["members"]

    assert joined["delivery_settings"] == "DIGEST"
    assert members.get(groupKey=key, memberKey=ada).execute() == joined
    assert "delivery_settings" not in listed


def test_a_cycle_of_groups_is_refused(google):
    outer, inner = group(google, "outer")["id"], group(google, "inner")["id"]
    members = google.members()
    members.insert(groupKey=outer, body={"id": inner}).execute()

    back = members.insert(groupKey=inner, body={"id": outer})
    assert refused(back) == (412, "conditionNotMet")


# --- places, aliases and conditions ----------------------------------------------------------


def test_organizational_units_are_made_read_renamed_and_deleted(tenant):
    scopes = [*SCOPES, f"{ROOT}.orgunit"]
    with client(tenant, service_account(tenant, scopes=scopes)) as google:
        units, users = google.orgunits(), google.users()
        told = {"customerId": CUSTOMER}
        units.insert(**told, body={"name": "corp", "parentOrgUnitPath": "/"}).execute()
        sales = {"name": "sales", "parentOrgUnitPath": "/corp"}
        made = units.insert(**told, body=sales).execute()
        users.insert(body={**person("ada"), "orgUnitPath": "/corp/sales"}).execute()
        full = refused(units.delete(**told, orgUnitPath="corp/sales"))
        units.patch(**told, orgUnitPath="corp", body={"name": "firm"}).execute()
        listed = units.list(**told, type="all").execute()["organizationUnits"]
        ada = users.get(userKey="ada@example.test", fields="orgUnitPath").execute()
        users.update(userKey="ada@example.test", body={"orgUnitPath": "/"}).execute()
        gone = units.delete(**told, orgUnitPath=made["orgUnitId"]).execute()

        assert made["orgUnitPath"] == "/corp/sales"
        assert full == (412, "conditionNotMet")
        assert [one["orgUnitPath"] for one in listed] == ["/firm", "/firm/sales"]
        assert ada == {"orgUnitPath": "/firm/sales"}
        assert gone == ""
        assert refused(units.get(**told, orgUnitPath="firm/sales")) == (404, "notFound")


def test_an_alias_of_a_user_is_taken_until_it_is_removed(google):
    users, aliases = google.users(), google.users().aliases()
    users.insert(body=person("ada")).execute()
    aliases.insert(userKey="ada@example.test", body={"alias": "lace@example.test"}).execute()
    taken = {"email": "lace@example.test", "name": "Lace"}
    refusal = refused(google.groups().insert(body=taken))
    listed = aliases.list(userKey="ada@example.test").execute()["aliases"]
    aliases.delete(userKey="ada@example.test", alias="lace@example.test").execute()

    assert refusal == (409, "duplicate")
    assert [one["alias"] for one in listed] == ["lace@example.test"]
    assert google.groups().insert(body=taken).execute()["email"] == "lace@example.test"


def test_a_change_on_an_outdated_etag_is_refused(google):
    sales, groups = group(google), google.groups()
    first = groups.patch(groupKey=sales["id"], body={"description": "one"})
    second = groups.patch(groupKey=sales["id"], body={"description": "two"})
    for request in (first, second):
        request.headers["if-match"] = sales["etag"]

    assert first.execute()["description"] == "one"
    assert refused(second) == (412, "conditionNotMet")


def test_a_user_is_seen_with_custom_fields_where_they_are_asked_for(google):
    users, kept = google.users(), {"HR": {"grade": 7}, "IT": {"laptop": "X1"}}
    users.insert(body={**person("ada"), "customSchemas": kept}).execute()
    key = "ada@example.test"
    custom = users.get(userKey=key, projection="custom", customFieldMask="HR").execute()

    assert "customSchemas" not in users.get(userKey=key).execute()
    assert custom["customSchemas"] == {"HR": kept["HR"]}
    assert users.get(userKey=key, projection="full").execute()["customSchemas"] == kept


def test_a_read_too_long_for_an_address_is_sent_as_a_post_and_understood(google):
    sales = group(google)
    fields = ",".join(["name"] * 500)

    assert google.groups().get(groupKey=sales["id"], fields=fields).execute() == {"name": "Sales"}


# --- getting in, and being slowed down -------------------------------------------------------


def test_the_key_file_gets_one_token_for_many_calls(google, tenant):
    for _ in range(3):
        google.groups().list(customer=CUSTOMER).execute()

    assert tenant.statuses("gsuite.token") == [200]


def test_a_key_that_was_deleted_gets_no_token(tenant):
    tenant.admin.expire_credentials()
    with (
        client(tenant, service_account(tenant)) as google,
        pytest.raises(RefreshError, match=r"invalid_grant: Invalid JWT Signature\."),
    ):
        google.groups().list(customer=CUSTOMER).execute()


def test_a_scope_that_was_not_delegated_gets_no_token(tenant):
    elsewhere = service_account(tenant, scopes=["https://www.googleapis.com/auth/drive"])
    with (
        client(tenant, elsewhere) as google,
        pytest.raises(RefreshError, match="unauthorized_client: Client is unauthorized to"),
    ):
        google.groups().list(customer=CUSTOMER).execute()


def test_a_bad_token_is_refused_with_googles_reason(tenant):
    with client(tenant, BareToken("ya29.nobody")) as google, pytest.raises(RefreshError):
        google.groups().list(customer=CUSTOMER).execute()

    assert tenant.statuses("gsuite.list_groups") == [401]


def test_a_token_that_is_revoked_is_fetched_anew(google, tenant):
    google.groups().list(customer=CUSTOMER).execute()
    tenant.fail("gsuite.list_groups", "expired_token")
    found = google.groups().list(customer=CUSTOMER).execute()

    assert found["kind"] == "admin#directory#groups"
    assert tenant.statuses("gsuite.list_groups") == [200, 401, 200]
    assert tenant.statuses("gsuite.token") == [200, 200]


@pytest.mark.parametrize(
    ("kind", "status"), [("throttle", 403), ("resource_exhausted", 429), ("backend_error", 500)]
)
def test_the_clients_own_retry_obeys_a_throttled_reply(google, tenant, kind, status):
    tenant.fail("gsuite.insert_group", kind)
    body = {"email": "sales@example.test", "name": "Sales"}
    sales = google.groups().insert(body=body).execute(num_retries=1)

    assert tenant.statuses("gsuite.insert_group") == [status, 200]
    assert [one.id for one in tenant.admin.groups()] == [sales["id"]]


def test_a_search_too_long_for_an_address_is_sent_as_a_post_and_understood(google):
    group(google)
    query = "email:sales* " + " ".join(["name:Sales*"] * 200)
    found = google.groups().list(customer=CUSTOMER, query=query).execute()

    assert [one["email"] for one in found["groups"]] == ["sales@example.test"]


def test_a_batch_that_is_refused_as_a_whole_is_an_error_of_the_client(knowing, tenant):
    tenant.fail("gsuite.batch", "unavailable")
    batch = BatchHttpRequest(batch_uri=f"{tenant.base_url}/batch")
    batch.add(knowing.groups().list(customer=CUSTOMER))
    with pytest.raises(HttpError) as fault:
        batch.execute()

    assert fault.value.status_code == 503
