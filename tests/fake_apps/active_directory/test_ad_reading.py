"""What readers get: attributes, back-links, filters, pages, ranges, the rootDSE."""

import pytest

from tests.fake_apps.active_directory.agent import (
    EMEA,
    EMEA_GROUPS,
    EXTENDED_DN,
    GROUPS,
    OK,
    PEOPLE,
    ROOT,
    by_guid,
    change,
    told,
)

BIT_AND, BIT_OR = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804"
IN_CHAIN = "1.2.840.113556.1.4.1941"


# --- attributes --------------------------------------------------------------------------------


def test_a_group_reads_back_with_what_the_server_adds(ad):
    ad.add(f"CN=Sales,{GROUPS}", sAMAccountName="Sales", description="Sells")

    read = ad.read(f"CN=Sales,{GROUPS}")

    for name in ("objectGUID", "objectSid", "uSNCreated", "uSNChanged"):
        assert len(read.pop(name)) == 1
    assert read == {
        "objectClass": ["top", "group"],
        "cn": ["Sales"],
        "name": ["Sales"],
        "distinguishedName": [f"CN=Sales,{GROUPS}"],
        "instanceType": ["4"],
        "whenCreated": ["20260101000000.0Z"],
        "whenChanged": ["20260101000000.0Z"],
        "sAMAccountName": ["Sales"],
        "sAMAccountType": ["268435456"],
        "groupType": ["-2147483646"],
        "description": ["Sells"],
        "objectCategory": [f"CN=Group,CN=Schema,CN=Configuration,{ROOT}"],
    }


def test_a_user_without_password_starts_disabled_with_the_documented_defaults(ad):
    ad.add(f"CN=ana,{PEOPLE}", "user", sAMAccountName="ana")

    read = ad.read(f"CN=ana,{PEOPLE}")

    assert read["userAccountControl"] == ["546"]
    assert read["primaryGroupID"] == ["513"]
    assert read["accountExpires"] == ["9223372036854775807"]
    assert read["pwdLastSet"] == ["0"]
    assert read["sAMAccountType"] == ["805306368"]
    assert read["objectClass"] == ["top", "person", "organizationalPerson", "user"]
    assert "memberOf" not in read


def test_a_missing_account_name_is_invented(ad):
    ad.add(f"CN=Sales,{GROUPS}")

    assert ad.read(f"CN=Sales,{GROUPS}", "sAMAccountName")["sAMAccountName"][0].startswith("$")


def test_constructed_attributes_come_only_when_asked_for(ad):
    sales = ad.group("Sales")

    asked = ad.read(by_guid(sales), "canonicalName", "primaryGroupToken", "msDS-PrincipalName")

    assert "canonicalName" not in ad.read(by_guid(sales))
    assert asked["canonicalName"] == ["ad.example.test/Groups/Sales"]
    assert asked["msDS-PrincipalName"] == ["ADTEST\\Sales"]
    assert asked["primaryGroupToken"][0].isdigit()


def test_attribute_names_ignore_case_and_come_back_as_the_schema_has_them(ad):
    sales = ad.group("Sales")

    assert ad.read(by_guid(sales), "SAMACCOUNTNAME") == {"sAMAccountName": ["Sales"]}


def test_no_attributes_at_all_can_be_asked_for(ad):
    assert ad.read(GROUPS, "1.1") == {}


def test_a_password_is_never_read(ad):
    ad.admin.add_account("ana@example.test", {"password": "Passw0rd!"})

    assert ad.read(f"CN=ana,{PEOPLE}", "unicodePwd") == {}


def test_member_of_lists_groups_and_never_the_primary_group(ad):
    (ana,) = ad.users("ana")
    ad.group("Sales", ana)

    assert ad.read(by_guid(ana), "memberOf")["memberOf"] == [f"CN=Sales,{GROUPS}"]


def test_member_and_member_of_follow_a_rename_at_once(ad):
    (ana,) = ad.users("ana")
    sales = ad.group("Sales", ana)

    ad.rename(by_guid(sales), "CN=Field")

    assert ad.read(by_guid(ana), "memberOf")["memberOf"] == [f"CN=Field,{GROUPS}"]


def test_a_rename_keeps_guid_sid_and_account_name(ad):
    kept = ("objectGUID", "objectSid", "sAMAccountName")
    sales = ad.group("Sales")
    before = ad.read(by_guid(sales), *kept)

    ad.rename(by_guid(sales), "CN=Field")

    assert ad.read(f"CN=Field,{GROUPS}", *kept) == before


def test_an_object_keeps_its_guid_when_it_moves(ad):
    sales = ad.group("Sales")

    assert told(ad.rename(by_guid(sales), "CN=Sales", f"OU=Branch,{ROOT}")) == OK
    assert ad.dns(by_guid(sales), scope="base") == [f"CN=Sales,OU=Branch,{ROOT}"]


def test_everything_below_follows_a_renamed_ou(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))
    (ana,) = ad.users("ana", place=f"OU=Branch Groups,OU=Branch,{ROOT}")
    sales = ad.group("Sales", ana)

    ad.rename(f"OU=Branch,{ROOT}", "OU=West")

    dn = f"CN=ana,OU=Branch Groups,OU=West,{ROOT}"
    assert ad.read(by_guid(sales), "member")["member"] == [dn]
    assert ad.dns(dn, scope="base") == [dn]


def test_token_groups_follow_nesting(ad):
    (ana,) = ad.users("ana")
    inner = ad.group("Inner", ana)
    outer = ad.group("Outer", inner)
    sids = [ad.read(by_guid(group), "objectSid")["objectSid"][0] for group in (inner, outer)]

    found = ad.read(by_guid(ana), "tokenGroups")["tokenGroups"]

    assert set(sids) < set(found)


def test_the_name_of_an_object_comes_back_escaped_and_as_written(ad):
    dn = f"CN=R\\&D\\, a\\+b \\#1,{GROUPS}".replace("\\&", "&").replace("\\#", "#")

    assert told(ad.add(dn, sAMAccountName="rd")) == OK
    assert ad.dns(GROUPS, "(objectClass=group)") == [dn]
    assert ad.read(dn, "cn")["cn"] == ["R&D, a+b #1"]


def test_extended_dns_carry_guid_and_sid(ad):
    (ana,) = ad.users("ana")
    sales = ad.group("Sales", ana)
    sid = ad.read(by_guid(ana), "objectSid")["objectSid"][0]

    found = ad.read(by_guid(sales), "member", controls=[EXTENDED_DN])["member"]

    assert found == [f"<GUID={ana}>;<SID={sid}>;CN=ana,{PEOPLE}"]


def test_the_change_time_has_whole_seconds(ad):
    sales = ad.group("Sales")
    ad.app.clock.sleep(61.75)

    ad.modify(by_guid(sales), change("replace", "info", "x"))

    assert ad.read(by_guid(sales), "whenChanged")["whenChanged"] == ["20260101000101.0Z"]


# --- scope -------------------------------------------------------------------------------------


def test_scopes_reach_the_object_its_children_or_the_whole_tree(ad):
    branch = f"OU=Branch,{ROOT}"
    ad.group("Deep", place=f"OU=Branch Groups,{branch}")

    found = {scope: len(ad.dns(branch, scope=scope)) for scope in ("base", "one", "sub")}

    assert found == {"base": 1, "one": 1, "sub": 3}


def test_a_domain_search_does_not_enter_the_other_domain(ad):
    ad.group("Far", place=EMEA_GROUPS)

    result = ad.search(ROOT, "(cn=Far)")

    assert result["entries"] == []
    assert result["references"] == [
        f"ldap://emea.ad.example.test/{EMEA}",
        f"ldap://ad.example.test/CN=Configuration,{ROOT}",
    ]


def test_a_well_known_container_is_found_by_its_guid(ad):
    base = f"<WKGUID=A9D1CA15768811D1ADED00C04FD8D5CD,{ROOT}>"

    assert ad.dns(base, scope="base") == [f"CN=Users,{ROOT}"]


def test_the_root_dse_names_the_contexts(ad):
    dse = ad.read("")

    assert dse["defaultNamingContext"] == [ROOT]
    assert dse["namingContexts"][:2] == [ROOT, EMEA]
    assert "1.2.840.113556.1.4.800" in dse["supportedCapabilities"]
    assert ad.read("", "defaultNamingContext") == {"defaultNamingContext": [ROOT]}


# --- filters -----------------------------------------------------------------------------------


@pytest.fixture
def populated(ad):
    ana, ben, cy = ad.users("ana", "ben", "cy")
    inner = ad.group("Inner", ana)
    ad.group("Outer", inner, ben)
    ad.admin.set_account_active(cy, active=False)
    return ad


def names(ad, where):
    entries = ad.search(ROOT, where, attributes=["name"])["entries"]
    return [entry["attributes"]["name"][0] for entry in entries]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("(cn=ana)", ["ana"]),
        ("(CN=ANA)", ["ana"]),
        ("cn=ana", ["ana"]),
        ("(sAMAccountName=BEN)", ["ben"]),
        ("(userPrincipalName=cy@example.test)", ["cy"]),
        ("(|(cn=ana)(cn=ben))", ["ana", "ben"]),
        ("(&(objectClass=group)(cn=Inner))", ["Inner"]),
        ("(&(objectCategory=person)(cn=an*))", ["ana"]),
        ("(&(objectCategory=group)(cn=*er))", ["Inner", "Outer"]),
        ("(&(cn=*)(!(cn=*e*))(objectClass=group)(info=*))", []),
        ("(cn=I*n*r)", ["Inner"]),
        (" ( & (cn=*er) ( ! (cn=Outer) ) ) ".replace("( ", "("), ["Inner"]),
        ("(&(objectClass=group)(cn:dn:=Inner))", ["Inner"]),
        ("(&(objectClass=group)(cn:=Inner))", ["Inner"]),
        ("(&(objectClass=group)(2.5.4.3=Inner))", ["Inner"]),
        ("(&(cn=*er)(objectCategory=CN=Gr*))", []),
        (f"(memberOf=CN=Inner,{GROUPS})", ["ana"]),
        (f"(member=CN=ana,{PEOPLE})", ["Inner"]),
        (f"(member:{IN_CHAIN}:=CN=ana,{PEOPLE})", ["Inner", "Outer"]),
        (
            f"(&(objectClass=user)(memberOf:{IN_CHAIN}:=CN=Outer,{GROUPS}))",
            ["ana", "ben"],
        ),
        (f"(&(cn=*)(userPrincipalName=*@example.test)(userAccountControl:{BIT_AND}:=2))", ["cy"]),
        (f"(&(objectClass=group)(cn=*er)(groupType:{BIT_OR}:=6))", ["Inner", "Outer"]),
        ("(&(userPrincipalName=*@example.test)(!(userAccountControl>=546)))", ["ana", "ben"]),
        ("(favouriteColour=red)", []),
        ("(!(favouriteColour=red))", []),
        ("(&(cn=ana)(!(favouriteColour=red)))", []),
        ("(|(cn=ana)(favouriteColour=red))", ["ana"]),
        (f"(distinguishedName=CN=ana,{PEOPLE})", ["ana"]),
        ("(member=CN=a*)", []),
        ("(cn=a\\6ea)", ["ana"]),
        ("(|(cn=ana)(sAMAccountName=ana)(cn=nobody))", ["ana"]),
        ("(&)", None),
        ("(|)", []),
    ],
)
def test_filters_find_what_they_say(populated, where, found):
    if found is None:
        assert len(names(populated, where)) > 20
    else:
        assert names(populated, where) == found


def test_an_object_is_found_by_its_guid_in_octets_or_as_dashed_text(ad):
    (ana,) = ad.users("ana")
    first, second, third, *rest = ana.split("-")
    little = [bytes.fromhex(part)[::-1].hex() for part in (first, second, third)]
    octets = "".join(little + rest)
    escaped = "".join(f"\\{octets[at : at + 2]}" for at in range(0, 32, 2))

    assert ad.dns(ROOT, f"(objectGUID={escaped})") == [f"CN=ana,{PEOPLE}"]
    assert ad.dns(ROOT, f"(objectGUID={ana})") == [f"CN=ana,{PEOPLE}"]


def test_five_hundred_names_are_looked_up_at_once(ad):
    ad.users(*(f"u{number}" for number in range(600)))
    clauses = "".join(f"(sAMAccountName=u{number})" for number in range(500))

    assert len(ad.dns(ROOT, f"(|{clauses}(sAMAccountName=nobody))")) == 500


# --- limits ------------------------------------------------------------------------------------


@pytest.fixture
def crowd(make):
    ad = make(settings={"max_page_size": 10, "max_val_range": 15})
    ad.ids = ad.users(*(f"u{number:02}" for number in range(25)))
    return ad


def test_an_unpaged_search_stops_at_the_page_limit_with_code_4(crowd):
    result = crowd.search(PEOPLE, "(objectClass=user)")

    assert told(result) == (4, "")
    assert len(result["entries"]) == 10


def test_the_documented_limits_are_1000_and_1500(ad):
    assert ad.app.settings["max_page_size"] == 1000
    assert ad.app.settings["max_val_range"] == 1500


def test_pages_together_are_everything_once(crowd):
    seen, cookie, sizes = [], "", []
    while True:
        page = crowd.search(PEOPLE, "(objectClass=user)", pageSize=10, cookie=cookie)
        assert told(page) == OK
        seen += [entry["dn"] for entry in page["entries"]]
        sizes.append(len(page["entries"]))
        cookie = page["cookie"]
        if not cookie:
            break

    assert sizes == [10, 10, 5]
    assert seen == [f"CN=u{number:02},{PEOPLE}" for number in range(25)]


def test_a_page_size_above_the_limit_is_cut_without_a_word(crowd):
    page = crowd.search(PEOPLE, "(objectClass=user)", pageSize=1000)

    assert told(page) == OK
    assert (len(page["entries"]), bool(page["cookie"])) == (10, True)


def test_a_full_last_page_has_no_cookie(crowd):
    page = crowd.search(PEOPLE, "(cn=u0*)", pageSize=10)

    assert (len(page["entries"]), page["cookie"]) == (10, "")


def test_paging_skips_nothing_when_an_object_goes_between_pages(crowd):
    page = crowd.search(PEOPLE, "(objectClass=user)", pageSize=10)
    crowd.delete(by_guid(crowd.ids[0]))

    second = crowd.search(PEOPLE, "(objectClass=user)", pageSize=10, cookie=page["cookie"])

    assert second["entries"][0]["dn"] == f"CN=u10,{PEOPLE}"


def test_a_clients_own_size_limit_is_code_4(crowd):
    result = crowd.search(PEOPLE, "(objectClass=user)", sizeLimit=3)

    assert (result["resultCode"], len(result["entries"])) == (4, 3)


def test_many_values_hide_behind_a_range(crowd):
    everyone = crowd.group("All", *crowd.ids)

    read = crowd.read(by_guid(everyone), "member")

    assert read["member"] == []
    assert len(read["member;range=0-14"]) == 15


def test_the_next_slice_is_asked_for_by_its_start_and_the_last_is_marked(crowd):
    everyone = crowd.group("All", *crowd.ids)

    read = crowd.read(by_guid(everyone), "member;range=15-*")

    assert list(read) == ["member;range=15-*"]
    assert read["member;range=15-*"] == [f"CN=u{n:02},{PEOPLE}" for n in range(15, 25)]


def test_a_slice_may_be_bounded(crowd):
    everyone = crowd.group("All", *crowd.ids)

    read = crowd.read(by_guid(everyone), "member;range=2-4")

    assert [len(values) for values in read.values()] == [3]
    assert list(read) == ["member;range=2-4"]


def test_the_last_slice_is_marked_whatever_bound_was_asked(crowd):
    everyone = crowd.group("All", *crowd.ids)

    assert list(crowd.read(by_guid(everyone), "member;range=20-500")) == ["member;range=20-*"]


def test_a_range_on_a_small_group_is_answered_as_one(crowd):
    few = crowd.group("Few", *crowd.ids[:2])

    assert list(crowd.read(by_guid(few), "member;range=0-*")) == ["member;range=0-*"]
    assert crowd.read(by_guid(crowd.group("None")), "member;range=0-*") == {}


def test_a_range_past_the_end_is_an_error(crowd):
    few = crowd.group("Few", *crowd.ids[:2])

    result = crowd.search(by_guid(few), scope="base", attributes=["member;range=5-*"])

    assert result["resultCode"] == 1


@pytest.mark.parametrize("asked", ["a-b", "1", "-1-*", "0-" + "9" * 5000, "*-1"])
def test_a_bad_range_is_53(crowd, asked):
    few = crowd.group("Few", *crowd.ids[:2])

    result = crowd.search(by_guid(few), scope="base", attributes=[f"member;range={asked}"])

    assert result["resultCode"] == 53
