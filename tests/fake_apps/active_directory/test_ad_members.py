"""Membership: the scope table, conversions, atomic changes, the permissive control."""

import pytest

from tests.fake_apps.active_directory.agent import (
    EMEA_GROUPS,
    EMEA_PEOPLE,
    GROUPS,
    OK,
    PEOPLE,
    PERMISSIVE,
    ROOT,
    by_guid,
    change,
    told,
)

G, L, U = "global security", "domain local security", "universal security"
TYPES = {
    "global security": "-2147483646",
    "global distribution": "2",
    "domain local security": "-2147483644",
    "domain local distribution": "4",
    "universal security": "-2147483640",
    "universal distribution": "8",
}


# --- the scope table (group-objects: which groups may be members of which) -----------------------


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (G, G, OK),
        (G, U, (53, "00002145")),
        (G, L, (53, "00002144")),
        (U, G, OK),
        (U, U, OK),
        (U, L, (53, "00002146")),
        (L, G, OK),
        (L, U, OK),
        (L, L, OK),
    ],
)
def test_scopes_of_one_domain_nest_by_the_table(ad, outer, inner, expected):
    group, member = ad.group("Outer", kind=outer), ad.group("Inner", kind=inner)

    assert told(ad.join(group, member)) == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (G, G, (53, "00002147")),
        (U, G, OK),
        (U, U, OK),
        (L, G, OK),
        (L, U, OK),
        (L, L, (53, "00002148")),
    ],
)
def test_scopes_of_two_domains_nest_by_the_table(ad, outer, inner, expected):
    group, member = ad.group("Outer", kind=outer), ad.group("Inner", kind=inner, place=EMEA_GROUPS)

    assert told(ad.join(group, member)) == expected


@pytest.mark.parametrize(("outer", "expected"), [(G, (53, "00002147")), (U, OK), (L, OK)])
def test_a_user_of_another_domain_is_no_member_of_a_global_group(ad, outer, expected):
    (user,) = ad.users("ana", place=EMEA_PEOPLE)

    assert told(ad.join(ad.group("Outer", kind=outer), user)) == expected


def test_a_contact_can_be_a_member(ad):
    ad.admin.grant(PEOPLE, frozenset({"create:contact"}))
    ad.add(f"CN=partner,{PEOPLE}", "contact")

    sales = ad.group("Sales")
    result = ad.modify(by_guid(sales), change("add", "member", f"CN=partner,{PEOPLE}"))

    assert told(result) == OK


def test_an_ou_cannot_be_a_member(ad):
    sales = ad.group("Sales")

    assert ad.modify(by_guid(sales), change("add", "member", GROUPS))["resultCode"] == 53


def test_a_group_may_contain_itself_and_cycles_are_legal(ad):
    one, two = ad.group("One"), ad.group("Two")

    assert [told(ad.join(*pair)) for pair in [(one, one), (one, two), (two, one)]] == [OK, OK, OK]


def test_the_creation_of_a_group_obeys_the_table_too(ad):
    inner = ad.group("Inner", kind=L)

    result = ad.add(f"CN=Outer,{GROUPS}", member=by_guid(inner))

    assert told(result) == (53, "00002144")
    assert ad.dns(GROUPS, "(cn=Outer)") == []


# --- group types -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "stored"), TYPES.items())
def test_each_kind_of_group_has_its_documented_group_type(ad, kind, stored):
    group = ad.group("Sales", kind=kind)

    assert ad.read(by_guid(group), "groupType")["groupType"] == [stored]


@pytest.mark.parametrize(
    ("kind", "account_type"),
    [
        ("global security", "268435456"),
        ("global distribution", "268435457"),
        ("domain local security", "536870912"),
        ("domain local distribution", "536870913"),
        ("universal security", "268435456"),
        ("universal distribution", "268435457"),
    ],
)
def test_each_kind_of_group_has_its_documented_account_type(ad, kind, account_type):
    group = ad.group("Sales", kind=kind)

    assert ad.read(by_guid(group), "sAMAccountType")["sAMAccountType"] == [account_type]


def test_an_unsigned_group_type_is_read_back_signed(ad):
    ad.add(f"CN=Sales,{GROUPS}", groupType="2147483650")

    assert ad.read(f"CN=Sales,{GROUPS}", "groupType")["groupType"] == ["-2147483646"]


def test_a_group_is_global_security_unless_said_otherwise(ad):
    ad.add(f"CN=Sales,{GROUPS}")

    assert ad.read(f"CN=Sales,{GROUPS}", "groupType")["groupType"] == [TYPES[G]]


# --- conversion --------------------------------------------------------------------------------


def convert(ad, group, kind):
    return told(ad.modify(by_guid(group), change("replace", "groupType", TYPES[kind])))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (G, U, OK),
        (U, G, OK),
        (U, L, OK),
        (L, U, OK),
        (G, L, (53, "00002141")),
        (L, G, (53, "00002141")),
        (G, "global distribution", OK),
        ("global distribution", G, OK),
    ],
)
def test_an_unrelated_group_converts_through_universal(ad, before, after, expected):
    assert convert(ad, ad.group("Sales", kind=before), after) == expected


def test_a_global_group_in_a_global_group_cannot_become_universal(ad):
    inner = ad.group("Inner", kind=G)
    ad.group("Outer", inner, kind=G)

    assert convert(ad, inner, U) == (53, "00002145")


def test_a_universal_group_with_a_universal_member_cannot_become_global(ad):
    outer = ad.group("Outer", ad.group("Inner", kind=U), kind=U)

    assert convert(ad, outer, G) == (53, "00002145")


def test_a_universal_group_in_a_universal_group_cannot_become_domain_local(ad):
    inner = ad.group("Inner", kind=U)
    ad.group("Outer", inner, kind=U)

    assert convert(ad, inner, L) == (53, "00002146")


def test_a_domain_local_group_with_a_domain_local_member_cannot_become_universal(ad):
    outer = ad.group("Outer", ad.group("Inner", kind=L), kind=L)

    assert convert(ad, outer, U) == (53, "00002146")


def test_a_universal_group_with_a_foreign_user_cannot_become_global(ad):
    (user,) = ad.users("ana", place=EMEA_PEOPLE)

    assert convert(ad, ad.group("Outer", user, kind=U), G) == (53, "00002147")


def test_a_loose_distribution_group_becomes_no_security_group_with_what_it_holds(make):
    ad = make(quirks={"Q13a": False})
    inner = ad.group("Inner", kind=U)
    outer = ad.group("Outer", inner, kind="global distribution")

    assert convert(ad, outer, G) == (53, "00002145")
    assert convert(ad, outer, U) == OK


def test_what_a_security_group_minds_keeps_a_distribution_group_in_it_as_it_is(make):
    ad = make(quirks={"Q13a": False})
    inner = ad.group("Inner", kind="universal distribution")
    ad.group("Outer", inner, kind=U)

    assert convert(ad, inner, L) == (53, "00002146")


def test_the_old_primary_group_lists_the_account_and_the_new_one_does_not(ad):
    (ana,) = ad.users("ana")
    sales, users = ad.group("Sales", ana), f"CN=Domain Users,CN=Users,{ROOT}"
    (rid,) = ad.read(by_guid(sales), "primaryGroupToken")["primaryGroupToken"]

    assert told(ad.modify(by_guid(ana), change("replace", "primaryGroupID", rid))) == OK
    swapped = ad.read(by_guid(ana), "memberOf"), ad.read(users, "member"), ad.members(sales)
    assert told(ad.modify(by_guid(ana), change("replace", "primaryGroupID", "513"))) == OK

    assert swapped == ({"memberOf": [users]}, {"member": [f"CN=ana,{PEOPLE}"]}, ())
    assert (ad.read(users, "member"), ad.members(sales)) == ({}, (ana,))


def test_a_distribution_group_is_nobodys_primary_group(ad):
    (ana,) = ad.users("ana")
    news = ad.group("News", ana, kind="global distribution")
    (rid,) = ad.read(by_guid(news), "primaryGroupToken")["primaryGroupToken"]

    assert ad.modify(by_guid(ana), change("replace", "primaryGroupID", rid))["resultCode"] == 53


def test_somebodys_primary_group_stays_a_security_group(ad):
    (ana,) = ad.users("ana")
    sales = ad.group("Sales", ana)
    rid = ad.read(by_guid(sales), "primaryGroupToken")["primaryGroupToken"]
    ad.modify(by_guid(ana), change("replace", "primaryGroupID", *rid))

    assert convert(ad, sales, "global distribution") == (53, "00002149")


# --- changes -----------------------------------------------------------------------------------


def test_one_bad_value_of_many_leaves_the_members_as_they_were(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    values = [by_guid(ben), f"CN=nobody,{PEOPLE}"]

    ad.modify(by_guid(sales), change("add", "member", *values))

    assert ad.members(sales) == (ana,)


def test_a_bad_change_undoes_the_good_ones_of_the_same_request(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    before = ad.read(by_guid(sales))

    result = ad.modify(
        by_guid(sales),
        change("replace", "description", "new"),
        change("delete", "member", by_guid(ana)),
        change("add", "member", by_guid(ben), by_guid(ben)),
    )

    assert result["resultCode"] == 68
    assert ad.read(by_guid(sales)) == before


def test_deletes_and_adds_of_one_request_apply_in_order(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)

    result = ad.modify(
        by_guid(sales),
        change("delete", "member", by_guid(ana)),
        change("add", "member", by_guid(ana), by_guid(ben)),
    )

    assert told(result) == OK
    assert ad.members(sales) == (ana, ben)


def test_replace_keeps_who_stays_and_lets_the_directory_find_the_difference(ad):
    ana, ben, cy = ad.users("ana", "ben", "cy")
    sales = ad.group("Sales", ana, ben)
    values = [by_guid(cy), by_guid(ben)]

    result = ad.modify(by_guid(sales), change("replace", "member", *values))

    assert told(result) == OK
    assert ad.members(sales) == (ben, cy)


def test_replace_with_an_unknown_dn_changes_nothing(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    values = [by_guid(ben), by_guid("00000000-0000-4000-8000-000000000000")]

    result = ad.modify(by_guid(sales), change("replace", "member", *values))

    assert told(result) == (32, "00000525")
    assert ad.members(sales) == (ana,)


def test_permissive_modify_lets_present_and_absent_members_pass(ad):
    ana, ben, cy = ad.users("ana", "ben", "cy")
    sales = ad.group("Sales", ana)

    result = ad.modify(
        by_guid(sales),
        change("delete", "member", by_guid(cy)),
        change("add", "member", by_guid(ana), by_guid(ben)),
        controls=[PERMISSIVE],
    )

    assert told(result) == OK
    assert ad.members(sales) == (ana, ben)


def test_permissive_modify_does_not_forgive_an_unknown_member(ad):
    sales = ad.group("Sales")

    result = ad.modify(
        by_guid(sales), change("add", "member", f"CN=nobody,{PEOPLE}"), controls=[PERMISSIVE]
    )

    assert told(result) == (32, "00000525")


def test_permissive_modify_covers_ordinary_attributes(ad):
    sales = ad.group("Sales")
    ad.modify(by_guid(sales), change("replace", "info", "one"))

    again = ad.modify(by_guid(sales), change("add", "info", "one"), controls=[PERMISSIVE])
    absent = ad.modify(by_guid(sales), change("delete", "mail", "x"), controls=[PERMISSIVE])

    assert [told(again), told(absent)] == [OK, OK]


@pytest.mark.parametrize("form", ["guid", "hex", "sid", "dn", "shouted dn", "spaced dn"])
def test_a_member_may_be_named_in_any_form(ad, form):
    (ana,) = ad.users("ana")
    sales, sid = ad.group("Sales"), ad.read(by_guid(ana), "objectSid")["objectSid"][0]
    octets = b"".join(
        bytes.fromhex(part)[::-1] if at < 3 else bytes.fromhex(part)
        for at, part in enumerate(ana.split("-"))
    )
    value = {
        "guid": by_guid(ana),
        "hex": f"<GUID={octets.hex()}>",
        "sid": f"<SID={sid}>",
        "dn": f"CN=ana,{PEOPLE}",
        "shouted dn": f"CN=ANA,{PEOPLE}".upper(),
        "spaced dn": f"cn=ana, {PEOPLE.replace(',', ' , ')}",
    }[form]

    assert told(ad.modify(by_guid(sales), change("add", "member", value))) == OK
    assert ad.members(sales) == (ana,)


def test_a_disabled_user_stays_a_member_and_can_be_added(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    for user in (ana, ben):
        ad.admin.set_account_active(user, active=False)

    assert told(ad.join(sales, ben)) == OK
    assert ad.members(sales) == (ana, ben)


def test_a_renamed_user_is_listed_under_the_new_name_and_no_longer_found_by_the_old(ad):
    (ana,) = ad.users("ana")
    sales = ad.group("Sales", ana)

    ad.rename(by_guid(ana), "CN=ann")
    stale = ad.modify(by_guid(sales), change("add", "member", f"CN=ana,{PEOPLE}"))

    assert ad.read(by_guid(sales), "member")["member"] == [f"CN=ann,{PEOPLE}"]
    assert told(stale) == (32, "00000525")


def test_membership_moves_the_groups_usn_and_not_the_members(ad):
    (ana,) = ad.users("ana")
    sales = ad.group("Sales")
    usn = lambda guid: int(ad.read(by_guid(guid), "uSNChanged")["uSNChanged"][0])  # noqa: E731
    before = usn(sales), usn(ana)

    ad.join(sales, ana)

    assert (usn(sales) - before[0], usn(ana) - before[1]) == (1, 0)


def test_a_replace_by_the_same_value_moves_no_usn(ad):
    sales = ad.group("Sales")
    ad.modify(by_guid(sales), change("replace", "info", "one"))
    before = ad.read(by_guid(sales), "uSNChanged")

    ad.modify(by_guid(sales), change("replace", "info", "one"))

    assert ad.read(by_guid(sales), "uSNChanged") == before


def test_ten_thousand_members_arrive_in_one_operation(ad):
    with ad.app.administering() as admin:
        ids = [admin.add_account(f"u{n}@example.test", {}) for n in range(10_000)]

    result = ad.add(f"CN=All,{GROUPS}", member=[by_guid(guid) for guid in ids])

    assert told(result) == OK
    assert [len(group.member_ids) for group in ad.admin.groups()] == [10_000]


def test_a_failed_change_of_two_thousand_members_leaves_them_alone(ad):
    with ad.app.administering() as admin:
        ids = [admin.add_account(f"u{n}@example.test", {}) for n in range(2_000)]
        everyone = admin.add_group("All", member_ids=ids)
    values = [by_guid(guid) for guid in ids[:1000]] + [f"CN=nobody,{ROOT}"]

    result = ad.modify(by_guid(everyone), change("replace", "member", *values))

    assert told(result) == (32, "00000525")
    assert ad.members(everyone) == tuple(ids)
