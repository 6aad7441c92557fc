"""Every quirk, on and off."""

import pytest

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap.session import Session
from tests.fake_apps.active_directory.agent import (
    EMEA_GROUPS,
    GROUPS,
    OK,
    PEOPLE,
    PERMISSIVE,
    ROOT,
    TREE_DELETE,
    by_guid,
    change,
    told,
)
from tests.ldap.octets import bind, exchanged

CASES = {}


def quirk(quirk_id, on, off):
    """Marks a function from a forest to what happens in it, and what that is on and off."""

    def mark(function):
        CASES[quirk_id] = (function, on, off)
        return function

    return mark


@quirk("Q1", on=[(68, "00000562"), (53, "00000561")], off=[(20, "00002083"), (16, "00002085")])
def member_codes(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    return [told(ad.join(sales, ana)), told(ad.leave(sales, ben))]


@quirk("Q2", on="", off=f"CN=nobody,{PEOPLE}")
def the_bad_member_named(ad):
    sales = ad.group("Sales")
    result = ad.modify(by_guid(sales), change("add", "member", f"CN=nobody,{PEOPLE}"))
    return result["errorMessage"].split("'")[1]


@quirk("Q3", on=[OK, OK], off=[(68, "00000562"), (53, "00000561")])
def permissive_member_changes(ad):
    ana, ben = ad.users("ana", "ben")
    sales = ad.group("Sales", ana)
    controls = [PERMISSIVE]
    return [
        told(ad.join(sales, ana, controls=controls)),
        told(ad.leave(sales, ben, controls=controls)),
    ]


@quirk("Q4", on=["member", "member;range=0-2"], off=["member"])
def attribute_names_of_a_big_group(ad):
    ad.app.change_setting("max_val_range", 3)
    everyone = ad.group("All", *ad.users("a", "b", "c", "d"))
    return list(ad.read(by_guid(everyone), "member"))


@quirk("Q5", on=(4, 3), off=(0, 4))
def an_unpaged_search(ad):
    ad.app.change_setting("max_page_size", 3)
    ad.users("a", "b", "c", "d")
    result = ad.search(PEOPLE, "(objectClass=user)")
    return result["resultCode"], len(result["entries"])


@quirk("Q6", on=[None, 0], off=[[f"CN=Domain Users,CN=Users,{ROOT}"], 1])
def the_primary_group(ad):
    (ana,) = ad.users("ana")
    mine = f"(&(cn=Domain Users)(member=CN=ana,{PEOPLE}))"
    return [ad.read(by_guid(ana), "memberOf").get("memberOf"), len(ad.dns(ROOT, mine))]


@quirk("Q9", on=["Sales", (68, "00000526")], off=["Field", OK])
def a_rename_and_the_old_name_again(ad):
    sales = ad.group("Sales")
    ad.rename(by_guid(sales), "CN=Field")
    kept = ad.read(by_guid(sales), "sAMAccountName")["sAMAccountName"][0]
    return [kept, told(ad.add(f"CN=Sales,{GROUPS}", sAMAccountName="Sales"))]


@quirk("Q12", on=(80, "00000523"), off=(19, "00000523"))
def a_bad_account_name(ad):
    return told(ad.add(f"CN=R&D/Ops,{GROUPS}", sAMAccountName="R&D/Ops"))


@quirk("Q13", on=(53, "00002147"), off=OK)
def a_nesting_violation(ad):
    far = ad.group("Far", place=EMEA_GROUPS)
    return told(ad.join(ad.group("Near"), far))


@quirk("Q13a", on=(53, "00002145"), off=OK)
def a_nesting_violation_of_distribution_groups(ad):
    inner = ad.group("Inner", kind="universal distribution")
    return told(ad.join(ad.group("Outer", kind="global distribution"), inner))


@quirk("Q13b", on=(53, "00002145"), off=(80, "00002145"))
def the_code_of_a_nesting_violation(ad):
    inner = ad.group("Inner", kind="universal security")
    return told(ad.join(ad.group("Outer"), inner))


@quirk("Q14", on=OK, off=(50, "00000005"))
def a_tree_delete_above_a_protected_ou(ad):
    ad.admin.add_ou(f"OU=Top,{ROOT}")
    ad.admin.add_ou(f"OU=Kept,OU=Top,{ROOT}", protected=True)
    ad.admin.grant(ROOT, frozenset({"*"}))
    return told(ad.delete(f"OU=Top,{ROOT}", TREE_DELETE))


@quirk("Q19", on=True, off=False)
def a_text_that_ends_in_nul(ad):
    return ad.delete(f"CN=nobody,{ROOT}")["errorMessage"].endswith("\n\0")


@quirk("Q21", on=68, off=0)
def the_same_member_twice_in_one_add(ad):
    (ana,) = ad.users("ana")
    return ad.join(ad.group("Sales"), ana, ana)["resultCode"]


@quirk("Q21a", on=68, off=20)
def the_code_of_the_same_member_twice(ad):
    (ana,) = ad.users("ana")
    return ad.join(ad.group("Sales"), ana, ana)["resultCode"]


@quirk("Q22", on=53, off=0)
def an_ou_as_member(ad):
    return ad.modify(by_guid(ad.group("Sales")), change("add", "member", PEOPLE))["resultCode"]


@quirk("Q23", on=[OK, 1], off=[(32, "00000525"), 0])
def a_strangers_sid(ad):
    sales = ad.group("Sales", kind="domain local security")
    result = ad.modify(by_guid(sales), change("add", "member", "<SID=S-1-5-21-1-2-3-4>"))
    return [told(result), len(ad.dns(ROOT, "(objectClass=foreignSecurityPrincipal)"))]


@quirk("Q24", on=(50, "00002098"), off=OK)
def a_delegated_change_of_a_protected_group(ad):
    sales = ad.group("Sales")
    ad.modify(by_guid(sales), change("replace", "adminCount", "1"))
    return told(ad.modify(by_guid(sales), change("replace", "info", "x")))


@quirk("U1", on=(53, "00000561"), off=(32, "00000525"))
def an_unknown_member_removed(ad):
    sales = ad.group("Sales")
    return told(ad.modify(by_guid(sales), change("delete", "member", f"CN=nobody,{PEOPLE}")))


@quirk("U2", on=(16, "00002085"), off=OK)
def an_empty_group_cleared(ad):
    return told(ad.modify(by_guid(ad.group("Sales")), change("delete", "member")))


@quirk("U3", on=(80, "00002089"), off=(32, "0000208D"))
def a_move_to_nowhere(ad):
    return told(ad.rename(by_guid(ad.group("Sales")), "CN=Sales", f"OU=Nowhere,{ROOT}"))


@quirk("U4", on="52e", off="525")
def an_unknown_login(ad):
    result = ad.one({"op": "bind", "user": "nobody@example.test", "password": "x"})
    return result["errorMessage"].partition("data ")[2].partition(",")[0]


@quirk("L1", on=0, off=49)
def a_name_with_an_empty_password(ad):
    (reply,) = exchanged(Session(ad.app), bind(ad.admin.credentials()["user"]))
    return reply.code


@pytest.mark.parametrize("quirk_id", sorted(CASES))
def test_a_quirk_happens_when_it_is_on(make, quirk_id):
    case, on, _ = CASES[quirk_id]

    assert case(make(quirks={quirk_id: True})) == on


@pytest.mark.parametrize("quirk_id", sorted(CASES))
def test_a_quirk_does_not_happen_when_it_is_off(make, quirk_id):
    case, _, off = CASES[quirk_id]

    assert case(make(quirks={quirk_id: False})) == off


def test_every_quirk_is_tested():
    assert sorted(CASES) == sorted(quirk.id for quirk in APP.quirks)


@pytest.mark.parametrize("quirk", APP.quirks, ids=lambda quirk: quirk.id)
def test_every_quirk_has_a_public_source_and_a_mark(quirk):
    assert quirk.source.startswith("https://")
    assert quirk.mark in ("doc", "sdk", "seen", "unsure")
