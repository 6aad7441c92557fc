"""Every documented refusal, by result code and Win32 head.

Heads are typed from recorded texts and from MS-ADTS 3.1.1.3.1.9, not from our own output.
"""

import pytest

from tests.fake_apps.active_directory.agent import (
    BRANCH,
    BRANCH_GROUPS,
    EMEA_GROUPS,
    GROUPS,
    OK,
    PEOPLE,
    RESTRICTED,
    ROOT,
    by_guid,
    change,
    told,
)

SALES = f"CN=Sales,{GROUPS}"


@pytest.fixture
def ana(ad):
    return ad.users("ana")[0]


@pytest.fixture
def sales(ad, ana):
    return ad.group("Sales", ana)


# --- names -------------------------------------------------------------------------------------


def test_a_taken_dn_is_68_with_2071(ad, sales):
    assert told(ad.add(SALES, sAMAccountName="Other")) == (68, "00002071")


def test_a_taken_name_differs_by_case_only_and_is_taken_all_the_same(ad, sales):
    assert told(ad.add(f"cn=SALES,{GROUPS}", sAMAccountName="Other")) == (68, "00002071")


def test_an_account_name_that_a_user_has_is_68_with_524(ad, ana):
    assert told(ad.add(f"CN=Other,{GROUPS}", sAMAccountName="ANA")) == (68, "00000524")


def test_an_account_name_that_a_group_has_is_68_with_526_in_another_ou_too(ad, sales):
    assert told(ad.add(f"CN=Sales,{BRANCH_GROUPS}", sAMAccountName="sales")) == (68, "00000526")


def test_the_same_group_name_is_free_in_another_ou_under_another_account_name(ad, sales):
    assert told(ad.add(f"CN=Sales,{BRANCH_GROUPS}", sAMAccountName="Sales2")) == OK


def test_the_same_account_name_is_free_in_another_domain(ad, sales):
    assert told(ad.add(f"CN=Sales,{EMEA_GROUPS}", sAMAccountName="Sales")) == OK


def test_taking_an_account_name_by_modify_is_68_too(ad, sales, ana):
    other = ad.group("Other")

    result = ad.modify(by_guid(other), change("replace", "sAMAccountName", "ana"))

    assert told(result) == (68, "00000524")


def test_a_taken_principal_name_is_19_with_21c8_in_another_domain_too(ad, ana):
    result = ad.add(
        f"CN=twin,OU=People,DC=emea,{ROOT}",
        "user",
        userPrincipalName="Ana@example.test",
        sAMAccountName="twin",
    )

    assert told(result) == (19, "000021C8")


@pytest.mark.parametrize("name", ["R&D/Ops", "a+b", "a,b", "semi;colon", "ends.", "x" * 257])
def test_a_bad_account_name_is_80_with_523(ad, name):
    assert told(ad.add(SALES, sAMAccountName=name)) == (80, "00000523")


@pytest.mark.parametrize("name", ["R&D Ops", "at@sign", "x" * 256, "Zürich"])
def test_blanks_and_at_signs_are_legal_in_an_account_name(ad, name):
    assert told(ad.add(SALES, sAMAccountName=name)) == OK


def test_a_users_account_name_has_20_characters_at_most(ad):
    result = ad.add(f"CN=long,{PEOPLE}", "user", sAMAccountName="x" * 21)

    assert told(result) == (80, "00000523")


@pytest.mark.parametrize(
    ("length", "expected"), [(64, OK), (65, (19, "00002082")), (200, (19, "00002082"))]
)
def test_a_common_name_has_64_characters_at_most(ad, length, expected):
    assert told(ad.add(f"CN={'x' * length},{GROUPS}", sAMAccountName="x")) == expected


def test_a_missing_ou_is_32_with_208d_and_names_the_nearest_object(ad):
    result = ad.add(f"CN=Sales,OU=Nowhere,{BRANCH}", sAMAccountName="Sales")

    assert told(result) == (32, "0000208D")
    assert result["matchedDN"] == BRANCH
    assert result["errorMessage"].endswith(f"best match of:\n\t'{BRANCH}'")


@pytest.mark.parametrize("op", ["search", "modify", "delete", "modifyDN"])
def test_a_missing_object_is_32_with_208d_for_every_operation(ad, op):
    operation = {
        "search": {"op": "search", "base": SALES, "scope": "base"},
        "modify": {"op": "modify", "dn": SALES, "changes": [change("replace", "info", "x")]},
        "delete": {"op": "delete", "dn": SALES},
        "modifyDN": {"op": "modifyDN", "dn": SALES, "newrdn": "CN=Other"},
    }[op]

    result = ad.one(operation)

    assert told(result) == (32, "0000208D")
    assert result["matchedDN"] == GROUPS


def test_a_name_in_a_foreign_domain_is_a_referral(ad):
    result = ad.search("OU=x,DC=other,DC=test")

    assert told(result) == (10, "0000202B")
    assert result["referral"] == "ldap://other.test/DC=other,DC=test"


@pytest.mark.parametrize(
    "dn", ["Sales", "CN=a,,DC=b", "CN=", 'CN="x",DC=b', "<GUID=nonsense>", "<"]
)
def test_a_malformed_name_is_34_with_208f(ad, dn):
    assert told(ad.delete(dn)) == (34, "0000208F")


def test_a_group_cannot_stand_below_a_group(ad, sales):
    assert told(ad.add(f"CN=Inner,{SALES}", sAMAccountName="Inner")) == (64, "00002037")


def test_a_group_cannot_be_named_by_ou(ad):
    assert told(ad.add(f"OU=Sales,{GROUPS}", sAMAccountName="Sales")) == (64, "00002037")


def test_an_ou_cannot_stand_in_a_container(ad):
    app = ad.app.state
    with pytest.raises(Exception, match="00002037") as caught:
        app.add(None, f"OU=x,CN=Users,{ROOT}", {"objectClass": ["organizationalUnit"]})

    assert caught.value.status == 64


# --- members -----------------------------------------------------------------------------------


def test_adding_a_member_twice_is_68_with_562(ad, sales, ana):
    assert told(ad.join(sales, ana)) == (68, "00000562")


def test_removing_an_absent_member_is_53_with_561(ad, sales):
    (ben,) = ad.users("ben")

    assert told(ad.leave(sales, ben)) == (53, "00000561")


def test_an_unknown_member_is_32_with_525_and_is_not_named(ad, sales):
    result = ad.modify(SALES, change("add", "member", f"CN=nobody,{PEOPLE}"))

    assert told(result) == (32, "00000525")
    assert result["errorMessage"].endswith("best match of:\n\t''")
    assert result["matchedDN"] == ""


def test_a_malformed_member_is_34(ad, sales):
    assert told(ad.modify(SALES, change("add", "member", "nobody"))) == (34, "0000208F")


def test_removing_an_unknown_dn_is_53_with_561(ad, sales):
    result = ad.modify(SALES, change("delete", "member", f"CN=nobody,{PEOPLE}"))

    assert told(result) == (53, "00000561")


@pytest.mark.parametrize("op", ["add", "replace"])
def test_the_same_member_twice_in_one_request_is_68(ad, ana, op):
    empty = ad.group("Empty")
    values = [by_guid(ana), f"CN=ANA,{PEOPLE}"]

    result = ad.modify(by_guid(empty), change(op, "member", *values))

    assert result["resultCode"] == 68


def test_adding_a_user_to_its_primary_group_is_68(ad, ana):
    result = ad.app.admin
    result.grant(f"CN=Users,{ROOT}", frozenset({"*"}))

    told_back = ad.modify(f"CN=Domain Users,CN=Users,{ROOT}", change("add", "member", by_guid(ana)))

    assert told(told_back) == (68, "00000562")


def test_clearing_an_empty_member_attribute_is_16(ad):
    empty = ad.group("Empty")

    assert told(ad.modify(by_guid(empty), change("delete", "member"))) == (16, "00002085")


def test_replacing_members_by_none_empties_a_group_and_an_empty_one_again(ad, sales):
    emptying = change("replace", "member")

    assert told(ad.modify(SALES, emptying)) == OK
    assert told(ad.modify(SALES, emptying)) == OK
    assert ad.members(sales) == ()


# --- rename and move ---------------------------------------------------------------------------


def test_a_rename_to_a_taken_name_is_68_with_2071(ad, sales):
    ad.group("Other")

    assert told(ad.rename(f"CN=Other,{GROUPS}", "CN=sales")) == (68, "00002071")


def test_a_rename_that_changes_case_only_is_fine(ad, sales):
    assert told(ad.rename(SALES, "CN=SALES")) == OK
    assert ad.dns(GROUPS, "(objectClass=group)") == [f"CN=SALES,{GROUPS}"]


def test_a_rename_that_keeps_the_old_rdn_is_53_with_57(ad, sales):
    assert told(ad.rename(SALES, "CN=Other", deleteOldRdn=False)) == (53, "00000057")


def test_a_move_below_a_missing_parent_is_80(ad, sales):
    result = ad.rename(SALES, "CN=Sales", f"OU=Nowhere,{ROOT}")

    assert told(result) == (80, "00002089")


def test_a_move_of_an_ou_below_itself_is_53(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))

    assert told(ad.rename(BRANCH, "OU=Branch", BRANCH_GROUPS)) == (53, "00002035")


def test_a_move_into_another_domain_is_refused(ad, sales):
    assert ad.rename(SALES, "CN=Sales", EMEA_GROUPS)["resultCode"] == 53


def test_another_naming_attribute_is_64(ad, sales):
    assert told(ad.rename(SALES, "OU=Sales")) == (64, "00002037")


# --- delete ------------------------------------------------------------------------------------


def test_deleting_an_ou_with_children_is_66_with_2015(ad, sales):
    ad.admin.grant(ROOT, frozenset({"*"}))

    assert told(ad.delete(GROUPS)) == (66, "00002015")


def test_deleting_a_protected_ou_is_50_with_5(ad):
    ad.admin.grant(ROOT, frozenset({"*"}))
    ad.admin.add_ou(f"OU=Kept,{ROOT}", protected=True)

    assert told(ad.delete(f"OU=Kept,{ROOT}")) == (50, "00000005")


@pytest.mark.parametrize("dn", [f"CN=Users,{ROOT}", f"CN=Administrators,CN=Builtin,{ROOT}", ROOT])
def test_deleting_what_the_directory_came_with_is_53(ad, dn):
    assert told(ad.delete(dn))[0] == 53


# --- attributes --------------------------------------------------------------------------------


def test_no_rights_is_50_with_2098(ad):
    assert told(ad.add(f"CN=x,{RESTRICTED}", sAMAccountName="x")) == (50, "00002098")


def test_writing_the_back_link_is_53_with_209a(ad, sales, ana):
    result = ad.modify(by_guid(ana), change("add", "memberOf", SALES))

    assert told(result) == (53, "0000209A")


@pytest.mark.parametrize("attribute", ["objectSid", "sAMAccountType"])
def test_writing_what_the_account_manager_owns_is_53_with_209a(ad, sales, attribute):
    assert told(ad.modify(SALES, change("replace", attribute, "1"))) == (53, "0000209A")


@pytest.mark.parametrize("attribute", ["objectGUID", "whenCreated", "uSNChanged", "isDeleted"])
def test_writing_what_the_system_owns_is_19_with_20b1(ad, sales, attribute):
    assert told(ad.modify(SALES, change("replace", attribute, "1"))) == (19, "000020B1")


@pytest.mark.parametrize("attribute", ["cn", "name"])
def test_writing_the_name_by_modify_is_67_with_20b1(ad, sales, attribute):
    assert told(ad.modify(SALES, change("replace", attribute, "Other"))) == (67, "000020B1")


def test_changing_the_object_class_is_65_with_2014(ad, sales):
    assert told(ad.modify(SALES, change("replace", "objectClass", "user"))) == (65, "00002014")


def test_an_unknown_attribute_is_16_with_57(ad, sales):
    assert told(ad.modify(SALES, change("replace", "favouriteColour", "red"))) == (16, "00000057")


def test_an_attribute_of_another_class_is_65(ad, sales):
    assert told(ad.modify(SALES, change("replace", "givenName", "x"))) == (65, "0000207D")


def test_an_unknown_class_is_16(ad):
    assert ad.add(f"CN=x,{GROUPS}", "spaceship")["resultCode"] == 16


def test_no_class_at_all_is_65(ad):
    result = ad.one({"op": "add", "dn": SALES, "attributes": {"description": ["x"]}})

    assert result["resultCode"] == 65


def test_deleting_an_attribute_that_is_not_there_is_16(ad, sales):
    assert told(ad.modify(SALES, change("delete", "info"))) == (16, "00002085")


def test_deleting_a_value_that_is_not_there_is_16(ad, sales):
    ad.modify(SALES, change("replace", "info", "one"))

    assert told(ad.modify(SALES, change("delete", "info", "two"))) == (16, "00002085")


@pytest.mark.parametrize("value", ["0", "3", "6", "1", "-2147483643", "16"])
def test_a_bad_group_type_is_53_with_2141(ad, value):
    result = ad.add(SALES, sAMAccountName="Sales", groupType=value)

    assert told(result) == (53, "00002141")


def test_a_group_type_that_is_no_number_is_21(ad):
    assert ad.add(SALES, sAMAccountName="Sales", groupType="global")["resultCode"] == 21


def test_an_empty_value_is_21(ad, sales):
    assert ad.modify(SALES, change("replace", "description", ""))["resultCode"] == 21


def test_a_second_description_is_20(ad, sales):
    ad.modify(SALES, change("replace", "description", "one"))

    assert ad.modify(SALES, change("add", "description", "two"))["resultCode"] == 20


@pytest.mark.parametrize(("name", "most"), [("displayName", 256), ("title", 128), ("sn", 64)])
def test_a_profile_value_longer_than_the_schema_allows_is_19(ad, ana, name, most):
    path = by_guid(ana)

    assert told(ad.modify(path, change("replace", name, "x" * most))) == OK
    assert told(ad.modify(path, change("replace", name, "x" * (most + 1)))) == (19, "00002082")


def test_a_description_longer_than_1024_is_19(ad, sales):
    result = ad.modify(SALES, change("replace", "description", "x" * 1025))

    assert told(result) == (19, "00002082")


def test_a_second_value_of_a_single_valued_attribute_is_refused(ad, sales):
    assert ad.modify(SALES, change("replace", "info", "a", "b"))["resultCode"] == 19


def test_too_many_values_are_11_with_2024(ad, sales):
    values = [f"smtp:{number}@example.test" for number in range(1201)]

    assert told(ad.modify(SALES, change("replace", "proxyAddresses", *values))) == (11, "00002024")


def test_a_reference_to_nobody_is_19(ad, sales):
    result = ad.modify(SALES, change("replace", "managedBy", f"CN=nobody,{PEOPLE}"))

    assert told(result) == (19, "000020B5")


def test_an_unknown_control_is_12(ad, sales):
    assert ad.delete(SALES, "1.2.3.4")["resultCode"] == 12


# --- accounts ----------------------------------------------------------------------------------


def test_enabling_an_account_without_password_is_53_with_52d(ad, ana):
    created = ad.add(f"CN=ben,{PEOPLE}", "user", sAMAccountName="ben", userAccountControl="512")
    changed = ad.modify(by_guid(ana), change("replace", "userAccountControl", "512"))

    assert told(created) == told(changed) == (53, "0000052D")


def test_a_weak_password_is_19_with_52d(ad, ana):
    result = ad.modify(by_guid(ana), change("replace", "unicodePwd", '"password"'))

    assert told(result) == (19, "0000052D")


def test_a_password_without_quotes_is_53_with_1f(ad, ana):
    result = ad.modify(by_guid(ana), change("replace", "unicodePwd", "Passw0rd!"))

    assert told(result) == (53, "0000001F")


def test_an_account_with_a_password_can_be_enabled_in_one_request(ad):
    result = ad.add(
        f"CN=ben,{PEOPLE}",
        "user",
        sAMAccountName="ben",
        userAccountControl="512",
        unicodePwd='"Passw0rd!"',
    )

    assert told(result) == OK


def test_a_primary_group_needs_membership_first(ad, ana, sales):
    rid = ad.read(SALES, "primaryGroupToken")["primaryGroupToken"][0]
    (ben,) = ad.users("ben")

    assert ad.modify(by_guid(ben), change("replace", "primaryGroupID", rid))["resultCode"] == 53
    assert told(ad.modify(by_guid(ana), change("replace", "primaryGroupID", rid))) == OK


# --- searches ----------------------------------------------------------------------------------


def test_a_cookie_of_another_search_is_12(ad, sales):
    first = ad.search(where="(cn=*)", pageSize=1)

    result = ad.search(where="(name=*)", pageSize=1, cookie=first["cookie"])

    assert result["resultCode"] == 12


@pytest.mark.parametrize("cookie", ["garbage", "12.zz", "ff"])
def test_a_garbage_cookie_is_53(ad, cookie):
    assert ad.search(pageSize=1, cookie=cookie)["resultCode"] == 53


@pytest.mark.parametrize("where", ["(cn=a", "(&(cn=a)", "((cn=a))", "(cn)", "(cn=\\zz)", "(!cn=a)"])
def test_a_bad_filter_is_87(ad, where):
    assert ad.search(where=where)["resultCode"] == 87


def test_every_refusal_begins_with_eight_hex_digits(ad, sales, ana):
    refused = [ad.join(sales, ana), ad.delete(f"CN=x,{ROOT}"), ad.add(SALES, sAMAccountName="y")]

    for result in refused:
        assert len(told(result)[1]) == 8
        assert int(told(result)[1], 16)
