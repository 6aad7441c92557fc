"""What actions come to over LDAP: values, controls, pages, refusals, and lost connections."""

import uuid

import pytest

from tests.ldap.forest import GROUPS, PEOPLE, ROOT, Forest
from tests.ldap_agent.caller import head

EXTENDED_DN = "1.2.840.113556.1.4.529"
PERMISSIVE = "1.2.840.113556.1.4.1413"
SD_FLAGS = "1.2.840.113556.1.4.801"
SALES = f"CN=Sales,{GROUPS}"


def test_a_group_is_made_with_its_members_renamed_moved_and_deleted(caller):
    ana = caller.forest.user("ana")
    guid = caller.forest.guid(ana)
    told = caller.act(
        {
            "op": "add",
            "dn": SALES,
            "attributes": {"objectClass": ["group"], "member": [f"<GUID={guid}>"]},
        },
        {"op": "modifyDN", "dn": SALES, "newrdn": "CN=World", "newSuperior": PEOPLE},
        {"op": "search", "base": f"CN=World,{PEOPLE}", "scope": "base", "attributes": ["member"]},
        {"op": "delete", "dn": f"CN=World,{PEOPLE}"},
    )

    assert [one["resultCode"] for one in told] == [0, 0, 0, 0]
    assert told[2]["entries"][0]["attributes"] == {"member": [ana]}


def test_binary_values_travel_as_text(caller):
    ana = caller.forest.user("ana")
    read = caller.read(ana, "objectGUID", "objectSid", "sAMAccountName")

    assert read["objectGUID"] == [caller.forest.guid(ana)]
    assert read["objectSid"][0].startswith("S-1-5-21-")
    assert read["sAMAccountName"] == ["ana"]


@pytest.mark.parametrize("form", ["text", "octets"])
def test_a_filter_takes_a_guid_as_text_and_as_octets(caller, form):
    guid = caller.forest.guid(caller.forest.user("ana"))
    octets = "".join(f"\\{octet:02x}" for octet in uuid.UUID(guid).bytes_le)
    where = f"(objectGUID={guid if form == 'text' else octets})"

    found = caller.one("search", base=ROOT, filter=where, attributes=["cn"])["entries"]

    assert [entry["attributes"] for entry in found] == [{"cn": ["ana"]}]


def test_a_sid_in_a_filter_and_one_as_a_name_lead_to_the_object(caller):
    ana = caller.forest.user("ana")
    (sid,) = caller.read(ana, "objectSid")["objectSid"]

    found = caller.one("search", base=ROOT, filter=f"(objectSid={sid})", attributes=["1.1"])

    assert [entry["dn"] for entry in found["entries"]] == [ana]
    assert caller.read(f"<SID={sid}>", "cn") == {"cn": ["ana"]}


def test_extended_names_of_members_are_text_and_the_objects_own_name_is_plain(caller):
    ana = caller.forest.user("ana")
    sales = caller.forest.group("Sales", ana)
    (found,) = caller.one(
        "search", base=sales, scope="base", attributes=["member"], controls=[EXTENDED_DN]
    )["entries"]

    assert found["dn"] == sales
    assert found["attributes"]["member"][0].startswith(
        f"<GUID={caller.forest.guid(ana)}>;<SID=S-1-"
    )


def test_a_control_that_needs_a_value_has_one(caller):
    told = caller.one("search", base=ROOT, scope="base", controls=[SD_FLAGS])

    assert told["resultCode"] == 0


def test_a_control_that_the_directory_does_not_know_is_refused_by_it(caller):
    assert caller.one("delete", dn=SALES, controls=["1.2.3.4"])["resultCode"] == 12


def test_a_first_password_is_written_as_the_directory_wants_it(caller):
    dn = f"CN=new,{PEOPLE}"
    given = {
        "objectClass": ["user"],
        "unicodePwd": ['"Correct-Horse-9"'],
        "userAccountControl": ["512"],
    }
    given |= {"sAMAccountName": ["new"], "userPrincipalName": ["new@ad.example.test"]}

    made = caller.one("add", dn=dn, attributes=given)
    bound = caller.one("bind", user="new@ad.example.test", password="Correct-Horse-9")

    assert (made["resultCode"], bound["resultCode"]) == (0, 0)


def test_pages_follow_each_other_over_several_actions(caller):
    with caller.forest.app.administering():
        names = {caller.forest.user(f"user{at}") for at in range(5)}
    seen, cookie = [], ""
    while cookie or not seen:
        told = caller.one("search", base=PEOPLE, scope="one", pageSize=2, cookie=cookie)
        seen += [entry["dn"] for entry in told["entries"]]
        cookie = told["cookie"]

    assert names <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_cut_listing_says_so_and_brings_what_fits(front):
    caller = front(settings={"max_page_size": 2})
    caller.forest.users(3)
    told = caller.one("search", base=PEOPLE, scope="one")

    assert (told["resultCode"], told["resultName"]) == (4, "sizeLimitExceeded")
    assert len(told["entries"]) == 2


def test_slices_of_members_come_under_their_own_name(front):
    caller = front(settings={"max_val_range": 2})
    sales = caller.forest.group("Sales", *caller.forest.users(3))

    assert len(caller.read(sales, "member;range=0-*")["member;range=0-1"]) == 2
    assert len(caller.read(sales, "member;range=2-*")["member;range=2-*"]) == 1


def test_a_search_of_the_domain_points_at_what_is_below(caller):
    told = caller.one("search", base=ROOT, filter="(cn=nobody)")

    assert told["entries"] == []
    assert told["references"][0].startswith("ldap://emea.")


def test_a_name_outside_the_forest_is_a_referral(caller):
    told = caller.one("delete", dn="CN=x,DC=other,DC=test")

    assert told["resultCode"] == 10
    assert told["referral"].startswith("ldap://other.test")


def test_refusals_keep_code_head_and_nearest_object(caller):
    ana = caller.forest.user("ana")
    sales = caller.forest.group("Sales", ana)
    add = [{"op": "add", "attribute": "member", "values": [ana]}]
    lost = caller.one("modify", dn=f"CN=Nobody,{GROUPS}", changes=add)

    assert head(caller.one("modify", dn=sales, changes=add)) == (68, "00000562")
    assert caller.one("modify", dn=sales, changes=add, controls=[PERMISSIVE])["resultCode"] == 0
    assert head(lost) == (32, "0000208D")
    assert lost["matchedDN"] == GROUPS
    assert not lost["errorMessage"].endswith(("\0", "\n"))


def test_nothing_runs_after_a_failure_unless_asked_to(caller):
    bad = {"op": "delete", "dn": f"CN=Nobody,{GROUPS}"}
    good = {"op": "search", "base": ROOT, "scope": "base"}

    assert [one["resultCode"] for one in caller.act(bad, good)] == [32]
    assert [one["resultCode"] for one in caller.act(bad, good, continueOnError=True)] == [32, 0]


def test_a_bind_changes_who_asks_for_the_rest_of_the_action_only(caller):
    given = caller.forest.given
    bind = {"op": "bind", "user": given["limited_user"], "password": given["limited_password"]}
    add = {"op": "add", "dn": SALES, "attributes": {"objectClass": ["group"]}}

    assert caller.act(bind, add)[1]["resultCode"] == 50
    assert caller.act(add)[0]["resultCode"] == 0


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "search", "base": ROOT, "filter": "(cn=unclosed"}, 87),
        ({"op": "add", "dn": SALES, "attributes": {"cn": ["Sales"]}}, 65),
        ({"op": "add", "dn": SALES, "attributes": {"objectSid": ["no SID"]}}, 21),
        ({"op": "add", "dn": SALES, "attributes": {"objectGUID": ["no GUID"]}}, 21),
        ({"op": "delete", "dn": "no name"}, 34),
    ],
)
def test_what_the_library_refuses_has_a_code_too(caller, operation, code):
    assert caller.act(operation)[0]["resultCode"] == code
    assert caller.act({"op": "search", "base": ROOT, "scope": "base"})[0]["resultCode"] == 0


def test_a_lost_connection_is_81_and_the_next_action_has_a_new_one(caller):
    caller.forest.fail("modify", "reset")
    sales = caller.forest.group("Sales")
    change = [{"op": "replace", "attribute": "description", "values": ["new"]}]

    assert caller.one("modify", dn=sales, changes=change)["resultName"] == "serverDown"
    assert caller.read(sales, "cn", "description") == {"cn": ["Sales"]}
    assert caller.one("modify", dn=sales, changes=change)["resultCode"] == 0


def test_a_reply_that_is_no_ldap_is_told_as_such(caller):
    caller.forest.fail("delete", "garbage", body="0\x05hello")

    assert caller.one("delete", dn=SALES)["resultCode"] in (81, 82)
    assert caller.status()["operationalStatus"] == "OPERATIONAL"


def test_a_write_whose_reply_was_lost_is_not_sent_again(caller):
    caller.forest.fail("add", "lose_reply")
    add = {"op": "add", "dn": SALES, "attributes": {"objectClass": ["group"]}}

    assert caller.act(add)[0]["resultCode"] == 81
    assert [call for call in caller.forest.calls() if call[0] == "add"] == [("add", 0)]


def test_a_directory_that_is_gone_is_81_and_its_agent_is_disrupted(front, ca):
    forest = Forest(ca)
    caller = front(forest)
    assert caller.status() == {
        "operationalStatus": "OPERATIONAL",
        "agents": 1,
        "domains": ["ad.example.test", "emea.ad.example.test"],
    }
    forest.stop()

    assert caller.one("delete", dn=SALES)["resultName"] == "serverDown"
    assert caller.status() == {"operationalStatus": "DISRUPTED", "agents": 1, "domains": []}


def test_a_password_that_was_changed_since_is_49_at_the_next_connection(caller):
    service = caller.forest.app.state.known.service
    assert caller.status()["operationalStatus"] == "OPERATIONAL"
    caller.forest.admin.set_password(service, "Another-Horse-9")
    caller.forest.fail("search", "reset")
    caller.status()

    assert head(caller.one("delete", dn=SALES)) == (49, "80090308")
