"""Searching over LDAP: filters, what is answered of an object, pages, slices and orders."""

import uuid

import ldap3
import pytest
from ldap3.utils.conv import escape_bytes

from fake_apps.active_directory import schema, sid
from fake_apps.active_directory.ldap import ber
from tests.fake_apps.active_directory.agent import EMEA
from tests.ldap.forest import GROUPS, PEOPLE, ROOT, SHOW_DELETED

PAGED, SORTED, SORT_RESULT = (
    "1.2.840.113556.1.4.319",
    "1.2.840.113556.1.4.473",
    "1.2.840.113556.1.4.474",
)
VIEW, VIEW_RESULT = "2.16.840.1.113730.3.4.9", "2.16.840.1.113730.3.4.10"
EXTENDED_DN, SD_FLAGS = "1.2.840.113556.1.4.529", "1.2.840.113556.1.4.801"
OK = (0, "")


# --- what ldap3 does by default --------------------------------------------------------------


@pytest.mark.parametrize("info", [ldap3.SCHEMA, ldap3.ALL, ldap3.DSA])
def test_the_server_describes_itself(forest, info):
    client = forest.bound(info=info, check_names=True)
    server = client.ldap.server

    if info != ldap3.SCHEMA:
        assert ROOT in server.info.naming_contexts
        assert server.info.other["defaultNamingContext"] == [ROOT]
        assert "1.2.840.113556.1.4.800" in str(server.info.supported_features)
    if info != ldap3.DSA:
        assert server.schema.attribute_types["member"].single_value is False
        assert server.schema.attribute_types["sAMAccountName"].single_value is True
        assert server.schema.object_classes["group"].superior == ["top"]


def test_every_attribute_of_the_schema_is_in_the_subschema(forest):
    client = forest.bound(info=ldap3.SCHEMA)
    told = client.ldap.server.schema.attribute_types

    assert sorted(told) == sorted(one.name for one in schema.ATTRIBUTES.values())
    assert len({one.oid for one in told.values()}) == len(schema.ATTRIBUTES)


@pytest.mark.parametrize("info", [ldap3.SCHEMA, ldap3.ALL])
def test_a_described_server_serves_the_next_connection_too(forest, info):
    server = forest.server(info)
    given = {"auto_bind": True, "receive_timeout": 60}
    for _ in range(2):  # from the second on its names are checked against the schema
        client = ldap3.Connection(server, forest.given["user"], forest.given["password"], **given)
        assert client.search(GROUPS, "(ou=*)", attributes=["subSchemaSubEntry", "*"])
        client.unbind()

    assert server.schema.attribute_types["objectClasses"].single_value is False


def test_attributes_that_readers_of_people_ask_for_are_known(forest):
    client, ana = forest.bound(info=ldap3.ALL, check_names=True), forest.user("ana")
    photo, names = b"\xff\xd8\x00", ["HTTP/a", "HTTP/b"]
    client.modify(ana, "replace", "thumbnailPhoto", photo)
    client.modify(ana, "add", "servicePrincipalName", *names)
    asked = ["thumbnailPhoto", "jpegPhoto", "uid", "servicePrincipalName", "lastLogonTimestamp"]

    assert client.read(ana, *asked) == {
        "thumbnailPhoto": [photo],
        "servicePrincipalName": [each.encode() for each in names],
    }


def test_with_the_schema_values_come_in_their_own_types(forest):
    client = forest.bound(info=ldap3.ALL, check_names=True)
    dn = forest.group("Sales", forest.user("ana"))
    client.ldap.search(dn, "(objectClass=*)", attributes=ldap3.ALL_ATTRIBUTES)
    (entry,) = client.ldap.entries

    assert entry.objectGUID.value == "{" + forest.guid(dn) + "}"
    assert entry.objectSid.value.startswith("S-1-5-21-")
    assert entry.groupType.value == -2147483646
    assert entry.member.values == [f"CN=ana,{PEOPLE}"]
    assert entry.whenCreated.value.isoformat() == "2026-01-01T00:00:00+00:00"
    assert entry.objectClass.values == ["top", "group"]


def test_the_helpers_for_groups_work(forest):
    client = forest.bound(info=ldap3.ALL)
    sales, ana, ben = forest.group("Sales"), forest.user("ana"), forest.user("ben")
    groups = client.ldap.extend.microsoft
    added = groups.add_members_to_groups([ana, ben], [sales])
    again = groups.add_members_to_groups([ana], [sales])
    removed = groups.remove_members_from_groups([ana], [sales])

    assert (added, again, removed) == (True, True, True)
    assert client.read(sales, "member")["member"] == [ben.encode()]


def test_the_reader_and_writer_of_its_object_layer_work(forest):
    client = forest.bound(info=ldap3.ALL)
    forest.group("Sales")
    reader = ldap3.Reader(client.ldap, ldap3.ObjectDef("group", client.ldap), GROUPS, "cn:=Sales")
    (found,) = reader.search()
    writable = found.entry_writable()
    writable.info = "x"
    assert writable.entry_commit_changes(), client.result

    assert client.read(found.entry_dn, "info")["info"] == [b"x"]


# --- filters ---------------------------------------------------------------------------------


@pytest.fixture
def people(forest):
    """Three users; ana in Sales in All, ben disabled."""
    ana, ben, _ = (forest.user(name, department=name[0].upper()) for name in ("ana", "ben", "cy"))
    forest.admin.set_account_active(forest.guid(ben), active=False)
    forest.group("All", forest.group("Sales", ana), kind="universal security")
    return forest


ALL, SALES = f"CN=All,{GROUPS}", f"CN=Sales,{GROUPS}"


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("(cn=ana)", "ana"),
        ("(CN=ANA)", "ana"),
        ("(cn=a*)", "ana"),
        ("(cn=*n*)", "ana ben"),
        ("(cn=*a)", "ana"),
        ("(cn=a*a)", "ana"),
        ("(cn=*e*n)", "ben"),
        ("(cn~=ben)", "ben"),
        ("(department=*)", "ana ben cy"),
        ("(department>=B)", "ben cy"),
        ("(department<=B)", "ana ben"),
        ("(&(department=*)(!(cn=ana)))", "ben cy"),
        ("(|(cn=ana)(cn=cy))", "ana cy"),
        ("(&(cn=ana)(|(cn=ben)(!(cn=cy))))", "ana"),
        ("(shoeSize=44)", ""),
        ("(!(shoeSize=44))", ""),
        ("(|(shoeSize=44)(cn=cy))", "cy"),
        ("(userAccountControl:1.2.840.113556.1.4.803:=2)", "ben"),
        ("(!(userAccountControl:1.2.840.113556.1.4.803:=2))", "ana cy"),
        ("(userAccountControl:1.2.840.113556.1.4.804:=3)", "ben"),
        ("(userAccountControl=544)", "ana cy"),
        (f"(memberOf={SALES})", "ana"),
        (f"(memberOf={ALL})", ""),
        (f"(memberOf:1.2.840.113556.1.4.1941:={ALL})", "ana"),
        ("(memberOf=CN=Sal*)", ""),
        ("(cn:=ana)", "ana"),
        ("(cn:1.2.3.4:=ana)", ""),
        ("(:1.2.840.113556.1.4.803:=2)", ""),
        ("(cn:dn:=ana)", "ana"),
        ("(objectCategory=person)", "ana ben cy"),
        ("(objectClass=person)", "ana ben cy"),
        ("(objectCategory=group)", ""),
        ("(sAMAccountType=805306368)", "ana ben cy"),
        ("(uSNChanged>=1)", "ana ben cy"),
        ("(whenCreated>=20250101000000.0Z)", "ana ben cy"),
        ("(whenCreated=20260101000000Z)", "ana ben cy"),
        ("(whenCreated>=20260101000000Z)", "ana ben cy"),
        ("(whenCreated<=2026010100Z)", "ana ben cy"),
        ("(!(whenCreated>=20260101000001.0Z))", "ana ben cy"),
        ("(whenCreated>=2025)", ""),
        ("(cn=\\61na)", "ana"),
        ("(cn=\\ff)", ""),
    ],
)
def test_a_filter_finds(people, where, names):
    client = people.bound()
    found = client.search(PEOPLE, where, ["cn"], scope="LEVEL")

    assert " ".join(sorted(one["attributes"]["cn"][0] for one in found)) == names
    assert client.told == OK


def test_groups_are_found_by_whom_they_hold(people):
    client = people.bound()
    ana = f"CN=ana,{PEOPLE}"

    assert client.dns(where=f"(member={ana})") == [SALES]
    assert sorted(client.dns(where=f"(member:1.2.840.113556.1.4.1941:={ana})")) == [ALL, SALES]


def test_octets_are_compared_as_octets(people):
    client = people.bound()
    entry = people.app.state.dit.resolve(SALES)
    guid, own_sid = uuid.UUID(entry.guid).bytes_le, sid.octets(entry.sid)

    assert client.dns(where=f"(objectGUID={escape_bytes(guid)})") == [SALES]
    assert client.dns(where=f"(objectSid={escape_bytes(own_sid)})") == [SALES]
    assert client.dns(where=f"(objectSid={entry.sid})") == [SALES]


@pytest.mark.parametrize("form", ["guid", "hex", "sid", "wkguid"])
def test_a_base_may_be_named_in_other_ways(people, form):
    entry = people.app.state.dit.resolve(PEOPLE)
    users = people.app.state.dit.resolve(f"CN=Users,{ROOT}")
    group = people.app.state.dit.resolve(SALES)
    base, dn = {
        "guid": (f"<GUID={entry.guid}>", PEOPLE),
        "hex": (f"<GUID={uuid.UUID(entry.guid).bytes_le.hex()}>", PEOPLE),
        "sid": (f"<SID={group.sid}>", SALES),
        "wkguid": (
            f"<WKGUID=A9D1CA15768811D1ADED00C04FD8D5CD,{ROOT}>",
            people.dn(users.guid),
        ),
    }[form]

    assert people.bound().dns(base, scope="BASE") == [dn]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("BASE", {GROUPS}),
        ("LEVEL", {SALES, f"OU=Deep,{GROUPS}"}),
        ("SUBTREE", {GROUPS, SALES, f"OU=Deep,{GROUPS}", f"CN=Low,OU=Deep,{GROUPS}"}),
    ],
)
def test_a_scope_says_how_deep(forest, client, scope, found):
    forest.group("Sales")
    forest.admin.add_ou(f"OU=Deep,{GROUPS}")
    forest.group("Low", place=f"OU=Deep,{GROUPS}")

    assert set(client.dns(GROUPS, scope=scope)) == found


def test_a_search_of_a_domain_refers_to_the_contexts_below_unless_asked_not_to(client):
    client.search(ROOT, "(cn=none)")
    referred = [one["uri"][0] for one in client.ldap.response if one["type"] == "searchResRef"]
    client.search(ROOT, "(cn=none)", controls=[("1.2.840.113556.1.4.1339", True, None)])

    assert referred == [
        f"ldap://emea.ad.example.test/{EMEA}",
        f"ldap://ad.example.test/CN=Configuration,{ROOT}",
    ]
    assert client.ldap.response == []


def test_references_come_with_the_last_page(client):
    def page(size, cookie=None):
        client.ldap.search(ROOT, "(ou=*)", attributes=["ou"], paged_size=size, paged_cookie=cookie)
        kinds = {one["type"] for one in client.ldap.response}
        return kinds, client.result["controls"][PAGED]["value"]["cookie"]

    first, cookie = page(2)
    last, _ = page(1000, cookie)

    assert first == {"searchResEntry"}
    assert last == {"searchResEntry", "searchResRef"}


# --- what is answered of an object -----------------------------------------------------------


def test_attributes_are_all_none_named_or_operational(forest, client):
    dn = forest.group("Sales")
    everything, none = set(client.read(dn, "*")), set(client.read(dn, "1.1"))
    named, constructed = set(client.read(dn, "CN", "info", "shoeSize")), set(client.read(dn, "+"))
    both = set(client.read(dn, "*", "canonicalName"))

    assert {"cn", "sAMAccountName", "objectSid", "uSNChanged"} < everything
    assert "canonicalName" not in everything
    assert none == set()
    assert named == {"cn"}
    assert {"canonicalName", "primaryGroupToken"} < constructed
    assert "cn" not in constructed
    assert both == everything | {"canonicalName"}


def test_attributes_may_be_named_by_their_object_identifiers(forest, client):
    dn = forest.group("Sales")

    assert client.read(dn, "2.5.4.3") == {"cn": [b"Sales"]}
    assert client.dns(GROUPS, "(1.2.840.113556.1.4.221=sales)") == [dn]


def test_an_attribute_with_an_option_is_another_one(forest, client):
    dn = forest.group("Sales")

    assert client.read(dn, "cn;lang-en", "objectClass;binary", "groupType") == {
        "groupType": [b"-2147483646"]
    }


def test_groups_through_groups_are_told_of_an_object_that_is_asked_for_alone(forest, client):
    dn = forest.user("ana")
    (among_others,) = client.search(PEOPLE, "(cn=ana)", ["cn", "tokenGroups"])

    assert set(client.read(dn, "cn", "tokenGroups")) == {"cn", "tokenGroups"}
    assert set(among_others["raw_attributes"]) == {"cn"}


def test_types_only_are_answered_without_values(forest, client):
    dn = forest.group("Sales")
    client.ldap.search(dn, "(cn=*)", "BASE", attributes=["cn", "groupType"], types_only=True)
    (found,) = client.ldap.response

    assert set(found["raw_attributes"]) == {"cn", "groupType"}
    assert not any(found["raw_attributes"].values())


def test_ids_are_octets(forest, client):
    dn = forest.group("Sales")
    entry = forest.app.state.dit.resolve(dn)
    read = client.read(dn, "objectGUID", "objectSid")

    assert read["objectGUID"] == [uuid.UUID(entry.guid).bytes_le]
    assert sid.text(read["objectSid"][0]) == entry.sid
    assert len(read["objectSid"][0]) == 28


@pytest.mark.parametrize(("flag", "is_hex"), [(b"\x30\x03\x02\x01\x01", False), (None, True)])
def test_extended_names_have_guid_and_sid(forest, client, flag, is_hex):
    ana = forest.user("ana")
    dn = forest.group("Sales", ana)
    (found,) = client.search(
        dn, "(cn=*)", ["member"], scope="BASE", controls=[(EXTENDED_DN, True, flag)]
    )
    entry = forest.app.state.dit.resolve(ana)
    guid = uuid.UUID(entry.guid).bytes_le.hex() if is_hex else entry.guid
    own_sid = sid.octets(entry.sid).hex() if is_hex else entry.sid

    assert found["raw_attributes"]["member"] == [f"<GUID={guid}>;<SID={own_sid}>;{ana}".encode()]
    assert found["dn"].endswith(f";{dn}")


def test_security_descriptor_flags_are_taken(forest, client):
    flags = (SD_FLAGS, True, b"\x30\x03\x02\x01\x07")

    assert client.read(forest.group("Sales"), "cn", controls=[flags])["cn"] == [b"Sales"]


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (PAGED, b"x"),
        (SORTED, b"\x30\x00"),
        (VIEW, b"\x30\x00"),
        (EXTENDED_DN, b"\x04\x01x"),
        (PAGED, None),
    ],
)
def test_a_control_with_a_value_that_is_none_is_a_protocol_error(client, oid, value):
    client.search(controls=[(oid, True, value)])

    assert client.told == (2, "0000203D")


def test_deleted_objects_are_shown_to_those_who_ask(forest, client):
    dn = forest.group("Sales")
    client.delete(dn)
    hidden = client.dns(where="(sAMAccountName=Sales)")
    (shown,) = client.search(
        where="(sAMAccountName=Sales)",
        attributes=["isDeleted", "lastKnownParent", "member"],
        controls=[SHOW_DELETED],
    )

    assert hidden == []
    assert shown["dn"].startswith("CN=Sales\\0ADEL:")
    assert shown["raw_attributes"]["isDeleted"] == [b"TRUE"]
    assert shown["raw_attributes"]["lastKnownParent"] == [GROUPS.encode()]


def test_an_administrator_brings_deleted_objects_back(forest):
    admin = forest.administrator()
    dn = forest.group("Sales", forest.user("ana"))
    guid = forest.guid(dn)
    admin.delete(dn)
    changes = {
        "isDeleted": [(ldap3.MODIFY_DELETE, [])],
        "distinguishedName": [(ldap3.MODIFY_REPLACE, [dn])],
    }
    told = admin.change(f"<GUID={guid}>", changes, [SHOW_DELETED])

    assert told == OK
    assert forest.guid(dn) == guid
    assert "member" not in admin.read(dn, "member")


# --- pages, slices, orders -------------------------------------------------------------------


def test_pages_together_are_the_whole(forest, client):
    forest.users(25)
    pages, cookie = [], None
    while cookie != b"":
        found = client.search(PEOPLE, "(cn=user*)", paged_size=10, paged_cookie=cookie)
        cookie = client.result["controls"][PAGED]["value"]["cookie"]
        pages.append([one["dn"] for one in found])

    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({dn for page in pages for dn in page}) == 25


def test_a_page_is_no_larger_than_the_directory_allows(forest, client):
    forest.app.change_setting("max_page_size", 10)
    forest.users(25)

    assert len(client.search(PEOPLE, "(cn=user*)", paged_size=1000)) == 10
    assert client.result["controls"][PAGED]["value"]["cookie"]
    assert client.told == OK


def cookie_of(client, size=5):
    client.search(PEOPLE, "(cn=user*)", paged_size=size)
    return client.result["controls"][PAGED]["value"]["cookie"]


def test_a_cookie_is_good_on_its_own_connection_and_for_its_own_search(forest, client):
    forest.users(10)
    cookie, other = cookie_of(client), forest.bound()
    client.search(PEOPLE, "(cn=u*)", paged_size=5, paged_cookie=cookie)
    for_another_search = client.told
    other.search(PEOPLE, "(cn=user*)", paged_size=5, paged_cookie=cookie)
    elsewhere = other.told
    client.search(PEOPLE, "(cn=user*)", paged_size=5, paged_cookie=b"garbage")

    assert for_another_search == (12, "00000057")
    assert elsewhere == (53, "00000057")
    assert client.told == (53, "00000057")


def test_a_page_of_none_ends_the_paging(forest, client):
    forest.users(10)
    found = client.search(PEOPLE, "(cn=user*)", paged_size=0, paged_cookie=cookie_of(client))

    assert (found, client.told) == ([], OK)


def test_a_client_may_limit_what_it_gets(forest, client):
    forest.users(10)
    found = client.search(PEOPLE, "(cn=user*)", size_limit=3)

    assert (len(found), client.told) == (3, (4, ""))


def test_a_client_may_limit_how_long_it_waits(forest, client):
    forest.fail("search", "slow", seconds=30)
    client.search(PEOPLE, time_limit=10)

    assert client.told == (3, "000020E3")


def test_the_caps_are_those_of_microsoft(forest, client):
    users = forest.users(1_501)
    with forest.app.administering():
        forest.group("Large", *users)
    found, told = client.search(PEOPLE, "(objectClass=user)"), client.told
    read = client.read(LARGE, "member")

    assert (len(found), told) == (1_000, (4, ""))
    assert len(read["member;range=0-1499"]) == 1_500


@pytest.fixture
def large(make):
    """A group of 25 where ten values are shown at most."""
    forest = make(settings={"max_val_range": 10})
    forest.group("Large", *forest.users(25))
    return forest


LARGE = f"CN=Large,{GROUPS}"


@pytest.mark.parametrize(
    ("asked", "shown", "count"),
    [
        ("member", "member;range=0-9", 10),
        ("member;range=10-*", "member;range=10-19", 10),
        ("member;range=20-*", "member;range=20-*", 5),
        ("member;range=20-99", "member;range=20-*", 5),
        ("member;range=3-5", "member;range=3-5", 3),
        ("member;range=0-0", "member;range=0-0", 1),
    ],
)
def test_many_values_come_in_slices(large, asked, shown, count):
    read = large.bound().read(LARGE, asked)

    assert len(read[shown]) == count
    assert not read.get("member")


@pytest.mark.parametrize(("asked", "code"), [("member;range=25-*", 1), ("member;range=a-b", 53)])
def test_a_slice_that_cannot_be_is_refused(large, asked, code):
    client = large.bound()
    client.search(LARGE, attributes=[asked], scope="BASE")

    assert client.told == (code, "00000057")


def test_a_client_that_follows_slices_gets_them_all(large):
    client = large.bound(auto_range=True)
    (found,) = client.search(LARGE, attributes=["member"], scope="BASE")

    assert len(found["attributes"]["member"]) == 25


BY_NAME = (SORTED, True, ber.sequence(ber.sequence(ber.text("cn"))))


def view(before, after, target):
    return (VIEW, True, ber.sequence(ber.number(before), ber.number(after), target))


def at(offset, count=0):
    return ber.sequence(ber.number(offset), ber.number(count), tag=0xA0)


@pytest.mark.parametrize(
    ("target", "names", "place"),
    [
        (at(1), "g0 g1", 1),
        (at(3), "g1 g2 g3", 3),
        (at(5), "g3 g4", 5),
        (at(9), "g3 g4", 5),
        (at(24, 40), "g1 g2 g3", 3),
        (at(40, 40), "g3 g4", 5),
        (ber.element(0x81, b"G2"), "g1 g2 g3", 3),
        (ber.element(0x81, b"g11"), "g1 g2 g3", 3),
        (ber.element(0x81, b"z"), "g4", 6),
    ],
)
def test_a_view_shows_what_stands_around_a_place_or_a_value(forest, client, target, names, place):
    for number in (3, 1, 4, 0, 2):
        forest.group(f"g{number}")
    found = client.search(GROUPS, "(cn=g*)", ["cn"], controls=[BY_NAME, view(1, 1, target)])
    told = ber.Cursor(client.result["controls"][VIEW_RESULT]["value"]).inside()

    assert [one["raw_attributes"]["cn"][0].decode() for one in found] == names.split()
    assert (told.number(), told.number(), told.number(ber.ENUMERATED)) == (place, 5, 0)


def test_objects_without_a_value_are_in_no_view(forest, client):
    forest.user("ana", department="A")
    forest.user("ben")
    by_department = (SORTED, True, ber.sequence(ber.sequence(ber.text("department"))))

    assert client.dns(PEOPLE, controls=[by_department, view(9, 9, at(1))]) == [f"CN=ana,{PEOPLE}"]


@pytest.mark.parametrize(("is_critical", "told"), [(True, (12, "00000057")), (False, OK)])
def test_a_view_of_no_order_is_refused_where_it_is_critical(client, is_critical, told):
    oid, _, value = view(1, 1, at(1))
    client.search(GROUPS, controls=[(oid, is_critical, value)])

    assert client.told == told
    assert VIEW_RESULT not in client.result.get("controls", {})


@pytest.mark.parametrize(("is_critical", "told"), [(True, (12, "00000057")), (False, OK)])
def test_an_order_that_cannot_be_had_is_refused_where_it_is_critical(client, is_critical, told):
    by_shoe_size = b"\x30\x0c\x30\x0a\x04\x08shoeSize"
    client.search(GROUPS, controls=[(SORTED, is_critical, by_shoe_size)])

    assert client.told == told


@pytest.mark.parametrize("size", [None, 2])
@pytest.mark.parametrize(("descending", "order"), [(b"", "abc"), (b"\x81\x01\xff", "cba")])
def test_objects_come_in_the_order_asked_for(forest, client, size, descending, order):
    for name, department in (("x", "b"), ("y", "a"), ("z", "c")):
        forest.user(name, department=department)
    key = b"\x04\x0adepartment" + descending
    value = b"\x30" + bytes((len(key) + 2,)) + b"\x30" + bytes((len(key),)) + key
    seen, cookie = "", None
    while cookie != b"":
        paged = {"paged_size": size, "paged_cookie": cookie} if size else {}
        found = client.search(
            PEOPLE, "(department=*)", ["department"], controls=[(SORTED, True, value)], **paged
        )
        seen += "".join(one["attributes"]["department"][0] for one in found)
        cookie = client.result["controls"][PAGED]["value"]["cookie"] if size else b""

    assert seen == order
    assert client.result["controls"][SORT_RESULT]["value"] == b"\x30\x03\x0a\x01\x00"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("cn", "SALES", 6), ("cn", "Field", 5), ("info", "x", 16), ("shoeSize", "44", 16)],
)
def test_compare(forest, client, name, value, code):
    client.ldap.compare(forest.group("Sales"), name, value)

    assert client.result["result"] == code


@pytest.mark.parametrize("strategy", [ldap3.SAFE_SYNC, ldap3.ASYNC, ldap3.RESTARTABLE])
def test_clients_of_every_strategy_are_served(forest, strategy):
    forest.group("Sales")
    client = forest.connect(
        forest.given["user"], forest.given["password"], client_strategy=strategy
    )
    client.ldap.bind()
    answered = client.ldap.search(GROUPS, "(cn=Sales)", attributes=["cn"])
    if strategy == ldap3.ASYNC:
        response, _ = client.ldap.get_response(answered)
    else:
        response = answered[2] if strategy == ldap3.SAFE_SYNC else client.ldap.response

    assert [one["dn"] for one in response] == [SALES]
