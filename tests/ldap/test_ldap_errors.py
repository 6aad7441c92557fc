"""Every refusal of a domain controller that we have a source for, as an LDAP client sees it.

The result code and the Win32 head are all that a client may rely on (MS-ADTS 3.1.1.3.1.9).
"""

import pytest

from fake_apps.active_directory.ldap.listener import Listener
from tests.fake_apps.active_directory.agent import EMEA, EMEA_GROUPS, RESTRICTED
from tests.ldap.forest import GROUPS, PEOPLE, ROOT, TREE_DELETE

OK = (0, "")
NOBODY = f"CN=Nobody,{PEOPLE}"
STRANGE = "1.2.3.4"


def group(name):
    return f"CN={name},{GROUPS}"


def add_a_taken_name(forest, client):
    forest.group("Sales")
    return client.add(group("sales"))


def add_an_account_name_of_a_user(forest, client):
    forest.user("ana")
    return client.add(group("x"), sAMAccountName="ANA")


def add_an_account_name_of_a_group(forest, client):
    forest.group("Sales")
    return client.add(group("x"), sAMAccountName="Sales")


def modify_to_an_account_name_of_a_group(forest, client):
    forest.group("Sales")
    return client.modify(forest.group("x"), "replace", "sAMAccountName", "Sales")


def add_a_principal_name_that_is_taken(forest, client):
    forest.user("ana")
    return client.add(f"CN=x,{PEOPLE}", "user", userPrincipalName="ana@example.test")


def add_a_bad_account_name(_, client):
    return client.add(group("x"), sAMAccountName="a*b")


def add_a_long_account_name_of_a_user(_, client):
    return client.add(f"CN=x,{PEOPLE}", "user", sAMAccountName="a" * 21)


def add_a_long_name(_, client):
    return client.add(group("x" * 65))


def add_under_a_missing_parent(_, client):
    return client.add(f"CN=x,OU=None,{GROUPS}")


def search_a_missing_object(_, client):
    client.search(group("None"))
    return client.told


def modify_a_missing_object(_, client):
    return client.modify(group("None"), "replace", "info", "x")


def delete_a_missing_object(_, client):
    return client.delete(group("None"))


def rename_a_missing_object(_, client):
    return client.rename(group("None"), "CN=x")


def compare_a_missing_object(_, client):
    client.ldap.compare(group("None"), "cn", "x")
    return client.told


def add_a_present_member(forest, client):
    ana = forest.user("ana")
    return client.modify(forest.group("Sales", ana), "add", "member", ana)


def remove_an_absent_member(forest, client):
    return client.modify(forest.group("Sales"), "delete", "member", forest.user("ana"))


def add_a_member_that_does_not_exist(forest, client):
    return client.modify(forest.group("Sales"), "add", "member", NOBODY)


def remove_a_member_that_does_not_exist(forest, client):
    return client.modify(forest.group("Sales"), "delete", "member", NOBODY)


def add_a_member_that_is_no_name(forest, client):
    return client.modify(forest.group("Sales"), "add", "member", "ana")


def create_with_the_same_member_twice(forest, client):
    ana = forest.user("ana")
    return client.add(group("x"), member=[ana, ana.upper()])


def replace_with_the_same_member_twice(forest, client):
    ana = forest.user("ana")
    return client.modify(forest.group("x"), "replace", "member", ana, ana)


def rename_to_a_taken_name(forest, client):
    forest.group("Sales")
    return client.rename(forest.group("x"), "CN=SALES")


def rename_and_keep_the_old_name(forest, client):
    return client.rename(forest.group("x"), "CN=y", delete_old_dn=False)


def move_under_a_missing_parent(forest, client):
    return client.rename(forest.group("x"), "CN=x", f"OU=None,{ROOT}")


def move_an_ou_below_itself(forest, _):
    forest.admin.add_ou(f"OU=Deep,{GROUPS}")
    return forest.administrator().rename(GROUPS, "OU=Groups", f"OU=Deep,{GROUPS}")


def add_a_group_under_a_group(forest, client):
    return client.add(f"CN=x,{forest.group('Sales')}")


def add_a_group_named_as_an_ou(_, client):
    return client.add(f"OU=x,{GROUPS}")


def delete_an_ou_that_is_not_empty(forest, _):
    forest.group("Sales")
    return forest.administrator().delete(GROUPS)


def delete_a_protected_ou(forest, _):
    forest.admin.add_ou(f"OU=Deep,{GROUPS}", protected=True)
    return forest.administrator().delete(f"OU=Deep,{GROUPS}")


def delete_a_protected_tree(forest, _):
    forest.admin.add_ou(f"OU=Deep,{GROUPS}", protected=True)
    return forest.administrator().delete(f"OU=Deep,{GROUPS}", [TREE_DELETE])


def delete_a_system_container(forest, _):
    return forest.administrator().delete(f"CN=Users,{ROOT}")


def delete_a_builtin_group(forest, _):
    return forest.administrator().delete(f"CN=Administrators,CN=Builtin,{ROOT}")


def add_without_the_right(_, client):
    return client.add(f"CN=x,{RESTRICTED}")


def modify_without_the_right(forest, client):
    return client.modify(forest.group("x", place=RESTRICTED), "replace", "info", "y")


def delete_without_the_right(forest, client):
    return client.delete(forest.group("x", place=RESTRICTED))


def write_member_of(forest, client):
    sales = forest.group("Sales")
    return client.modify(forest.user("ana"), "add", "memberOf", sales)


def write_a_system_attribute(forest, client):
    return client.modify(forest.group("x"), "replace", "whenCreated", "20260101000000.0Z")


def write_an_object_guid(forest, client):
    return client.modify(forest.group("x"), "replace", "objectGUID", b"\x01" * 16)


def write_a_sid(forest, client):
    return client.modify(forest.group("x"), "replace", "objectSid", b"\x01" * 28)


def write_an_account_type(forest, client):
    return client.modify(forest.group("x"), "replace", "sAMAccountType", "1")


def write_the_name_by_modify(forest, client):
    return client.modify(forest.group("x"), "replace", "cn", "y")


def change_the_class(forest, client):
    return client.modify(forest.group("x"), "replace", "objectClass", "user")


def write_an_unknown_attribute(forest, client):
    return client.modify(forest.group("x"), "replace", "shoeSize", "44")


def write_an_attribute_of_another_class(forest, client):
    return client.modify(forest.group("x"), "replace", "givenName", "Ana")


def add_an_unknown_class(_, client):
    return client.add(group("x"), "gruppe")


def delete_an_absent_attribute(forest, client):
    return client.modify(forest.group("x"), "delete", "info")


def write_an_empty_value(forest, client):
    return client.modify(forest.group("x"), "replace", "info", "")


def write_a_second_value(forest, client):
    x = forest.group("x")
    assert client.modify(x, "add", "description", "one") == OK
    return client.modify(x, "add", "description", "two")


def write_what_is_no_utf_8(forest, client):
    return client.modify(forest.group("x"), "replace", "info", b"\xff\xfe")


def write_a_group_type_without_a_scope(forest, client):
    return client.modify(forest.group("x"), "replace", "groupType", "0")


def convert_global_to_domain_local(forest, client):
    return client.modify(forest.group("x"), "replace", "groupType", "-2147483644")


def enable_without_a_password(_, client):
    assert client.add(f"CN=x,{PEOPLE}", "user") == OK
    return client.modify(f"CN=x,{PEOPLE}", "replace", "userAccountControl", "512")


def join_the_primary_group(forest, _):
    domain_users = f"CN=Domain Users,CN=Users,{ROOT}"
    return forest.administrator().modify(domain_users, "add", "member", forest.user("ana"))


def search_in_a_domain_of_others(_, client):
    client.search("DC=other,DC=test")
    return client.told


def find_more_than_a_page(forest, client):
    forest.app.change_setting("max_page_size", 5)
    assert len(client.search()) == 5
    return client.told


def write_too_many_values(forest, client):
    values = [f"smtp:a{at}@example.test" for at in range(1300)]
    return client.modify(forest.group("x"), "add", "proxyAddresses", *values)


def ask_with_an_unknown_control(forest, client):
    return client.modify(
        forest.group("x"), "replace", "info", "y", controls=[(STRANGE, True, None)]
    )


def search_with_an_unknown_control(_, client):
    client.search(controls=[(STRANGE, True, None)])
    return client.told


def meet_a_busy_controller(forest, client):
    forest.fail("add", "busy")
    return client.add(group("x"))


def meet_a_controller_that_shuts_down(forest, client):
    forest.fail("add", "unavailable")
    return client.add(group("x"))


def increment(forest, client):
    return client.modify(forest.user("ana"), "increment", "codePage", "1")


def nest(kind, of):
    def nested(forest, client):
        member = forest.group("inner", kind=of)
        return client.modify(forest.group("outer", kind=kind), "add", "member", member)

    nested.__name__ = f"nest {of} in {kind}"
    return nested


def nest_across_domains(forest, client):
    abroad = forest.group("abroad", place=EMEA_GROUPS)
    return client.modify(forest.group("here"), "add", "member", abroad)


def nest_a_local_group_across_domains(forest, client):
    abroad = forest.group("abroad", place=EMEA_GROUPS, kind="domain local security")
    here = forest.group("here", kind="domain local security")
    return client.modify(here, "add", "member", abroad)


def make_a_primary_group_a_distribution_group(forest, client):
    ana = forest.user("ana")
    sales = forest.group("Sales", ana)
    token = client.read(sales, "primaryGroupToken")["primaryGroupToken"][0]
    assert client.modify(ana, "replace", "primaryGroupID", token) == OK
    return client.modify(sales, "replace", "groupType", "2")


def convert(kind, to, *, inside="", around=""):
    """Convert a group of that kind that holds, or is in, a group of another."""

    def converted(forest, client):
        held = [forest.group("inner", kind=inside)] if inside else []
        group = forest.group("group", *held, kind=kind)
        if around:
            forest.group("outer", group, kind=around)
        return client.modify(group, "replace", "groupType", str(TYPES[to]))

    converted.__name__ = f"convert {kind} to {to}, {inside} inside, {around} around"
    return converted


GLOBAL, LOCAL, UNIVERSAL = "global security", "domain local security", "universal security"
TYPES = {GLOBAL: -2147483646, LOCAL: -2147483644, UNIVERSAL: -2147483640, "distribution": 2}
ROWS = {
    convert(GLOBAL, UNIVERSAL): OK,
    convert(GLOBAL, UNIVERSAL, around=GLOBAL): (53, "00002145"),
    convert(UNIVERSAL, GLOBAL): OK,
    convert(UNIVERSAL, GLOBAL, inside=UNIVERSAL): (53, "00002145"),
    convert(UNIVERSAL, LOCAL): OK,
    convert(UNIVERSAL, LOCAL, around=UNIVERSAL): (53, "00002146"),
    convert(LOCAL, UNIVERSAL): OK,
    convert(LOCAL, UNIVERSAL, inside=LOCAL): (53, "00002146"),
    convert(LOCAL, GLOBAL): (53, "00002141"),
    convert(GLOBAL, "distribution"): OK,
    add_a_taken_name: (68, "00002071"),
    add_an_account_name_of_a_user: (68, "00000524"),
    add_an_account_name_of_a_group: (68, "00000526"),
    modify_to_an_account_name_of_a_group: (68, "00000526"),
    add_a_principal_name_that_is_taken: (19, "000021C8"),
    add_a_bad_account_name: (80, "00000523"),
    add_a_long_account_name_of_a_user: (80, "00000523"),
    add_a_long_name: (19, "00002082"),
    add_under_a_missing_parent: (32, "0000208D"),
    search_a_missing_object: (32, "0000208D"),
    modify_a_missing_object: (32, "0000208D"),
    delete_a_missing_object: (32, "0000208D"),
    rename_a_missing_object: (32, "0000208D"),
    compare_a_missing_object: (32, "0000208D"),
    add_a_present_member: (68, "00000562"),
    remove_an_absent_member: (53, "00000561"),
    add_a_member_that_does_not_exist: (32, "00000525"),
    remove_a_member_that_does_not_exist: (53, "00000561"),
    add_a_member_that_is_no_name: (34, "0000208F"),
    create_with_the_same_member_twice: (68, "00002071"),
    replace_with_the_same_member_twice: (68, "00002071"),
    rename_to_a_taken_name: (68, "00002071"),
    rename_and_keep_the_old_name: (53, "00000057"),
    move_under_a_missing_parent: (80, "00002089"),
    move_an_ou_below_itself: (53, "00002035"),
    add_a_group_under_a_group: (64, "00002037"),
    add_a_group_named_as_an_ou: (64, "00002037"),
    delete_an_ou_that_is_not_empty: (66, "00002015"),
    delete_a_protected_ou: (50, "00000005"),
    delete_a_protected_tree: (50, "00000005"),
    delete_a_system_container: (53, "0000207D"),
    delete_a_builtin_group: (53, "0000207D"),
    add_without_the_right: (50, "00002098"),
    modify_without_the_right: (50, "00002098"),
    delete_without_the_right: (50, "00002098"),
    write_member_of: (53, "0000209A"),
    write_a_system_attribute: (19, "000020B1"),
    write_an_object_guid: (19, "000020B1"),
    write_a_sid: (53, "0000209A"),
    write_an_account_type: (53, "0000209A"),
    write_the_name_by_modify: (67, "000020B1"),
    change_the_class: (65, "00002014"),
    write_an_unknown_attribute: (16, "00000057"),
    write_an_attribute_of_another_class: (65, "0000207D"),
    add_an_unknown_class: (16, "00000057"),
    delete_an_absent_attribute: (16, "00002085"),
    write_an_empty_value: (21, "00000057"),
    write_a_second_value: (20, "00002081"),
    write_what_is_no_utf_8: (21, "00000057"),
    write_a_group_type_without_a_scope: (53, "00002141"),
    convert_global_to_domain_local: (53, "00002141"),
    enable_without_a_password: (53, "0000052D"),
    join_the_primary_group: (68, "00000562"),
    search_in_a_domain_of_others: (10, "0000202B"),
    find_more_than_a_page: (4, ""),
    write_too_many_values: (11, "00002024"),
    ask_with_an_unknown_control: (12, "00000057"),
    search_with_an_unknown_control: (12, "00000057"),
    meet_a_busy_controller: (51, "000020D9"),
    meet_a_controller_that_shuts_down: (52, "000020D9"),
    increment: (2, "00000057"),
    nest("global security", "domain local security"): (53, "00002144"),
    nest("global security", "universal security"): (53, "00002145"),
    nest("universal security", "domain local security"): (53, "00002146"),
    nest_across_domains: (53, "00002147"),
    nest_a_local_group_across_domains: (53, "00002148"),
    make_a_primary_group_a_distribution_group: (53, "00002149"),
}


@pytest.mark.parametrize(
    ("attempt", "told"), ROWS.items(), ids=[attempt.__name__ for attempt in ROWS]
)
def test_the_directory_refuses_as_microsofts_does(forest, client, attempt, told):
    assert attempt(forest, client) == told


def test_texts_end_as_on_microsofts_wire(forest, client):
    client.add(group("x" * 65))
    of_the_directory = client.result["message"]
    client.modify(forest.group("x"), "replace", "shoeSize", "44")

    assert of_the_directory.endswith("data 0, Att 3 (cn):len 130\n\0")
    assert client.result["message"].endswith(", v4563\0")


def test_a_missing_object_is_told_with_its_nearest_ancestor(client):
    client.search(f"CN=x,OU=None,{GROUPS}")

    assert client.result["dn"] == GROUPS


def test_a_referral_leads_to_the_other_directory(client):
    client.search("OU=x,DC=other,DC=test")

    assert client.result["referrals"] == ["ldap://other.test/DC=other,DC=test"]


def test_a_controller_of_one_domain_refers_to_that_of_the_other(make):
    client = make(settings={"controller_of": "ad.example.test"}).bound()
    client.search(EMEA_GROUPS)
    searched = client.told, client.result["referrals"]
    added = client.add(f"CN=x,{EMEA_GROUPS}")

    assert searched == ((10, "0000202B"), [f"ldap://emea.ad.example.test/{EMEA_GROUPS}"])
    assert added == (10, "0000202B")
    assert client.dns(GROUPS) == [GROUPS]


def test_one_fake_stands_for_the_controllers_of_both_domains_unless_told_otherwise(client):
    assert client.add(f"CN=x,{EMEA_GROUPS}") == OK
    assert (
        EMEA
        in client.read(f"CN=x,{EMEA_GROUPS}", "distinguishedName")["distinguishedName"][0].decode()
    )


def test_an_unknown_control_that_is_not_critical_is_ignored(forest, client):
    assert client.add(group("x"), controls=[(STRANGE, False, None)]) == OK


def test_one_bad_change_undoes_all_of_a_modify(forest, client):
    sales, ana = forest.group("Sales"), forest.user("ana")
    told = client.change(
        sales, {"info": [("MODIFY_REPLACE", ["x"])], "member": [("MODIFY_ADD", [ana, NOBODY])]}
    )

    assert told == (32, "00000525")
    assert set(client.read(sales, "info", "member")) == set()


def test_the_listener_needs_a_certificate_for_ldaps(forest):
    with pytest.raises(AssertionError, match="certificate"):
        Listener(forest.app, from_start=True)
