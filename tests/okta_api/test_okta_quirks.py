"""Each quirk on and off; those of all calls are tried with the wire, others where they belong."""

import pytest

from harness.okta_api.quirks import ALL
from tests.okta_api.desk import GROUPS_OU, Connected, Desk, done, mappings, refused
from tests.repo.tree import ROOT

PAGE = (ROOT / "harness" / "okta_api" / "README.md").read_text("utf-8")


def desk_with(*kinds, **quirks):
    return Desk(*(kinds or ("box",)), quirks=quirks)


@pytest.mark.parametrize("quirk", ALL, ids=lambda quirk: quirk.id)
def test_every_quirk_is_on_the_page_with_its_source(quirk):
    default = "on" if quirk.default else "off"

    assert (
        f"| {quirk.id} | {quirk.sentence} ([source]({quirk.source}), {quirk.mark}) | {default} |"
        in PAGE
    )


def push(desk, name="Sales", kind="box", **more):
    body = {"sourceGroupId": desk.group(name)["id"], "targetGroupName": name, **more}
    return desk.post(mappings(desk, kind), body)


def paused(desk):
    mapping = push(desk).json
    desk.run()
    path = f"{mappings(desk, 'box')}/{mapping['id']}"
    done(desk.patch(path, {"status": "INACTIVE"}))
    return path


@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 201)])
def test_q1_making_a_mapping(on, status):
    assert push(desk_with(Q1=on)).status_code == status


@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 204)])
def test_q2_deleting_a_mapping(on, status):
    desk = desk_with(Q2=on)
    answer = desk.delete(f"{paused(desk)}?deleteTargetGroup=false")

    assert (answer.status_code, answer.data) == (status, b"")


@pytest.mark.parametrize("on", [True, False])
def test_q3_an_empty_config(on):
    assert ("appConfig" in push(desk_with(Q3=on)).json) == on


@pytest.mark.parametrize(("on", "description"), [(True, ""), (False, "old")])
def test_q8_a_description_that_is_not_sent(on, description):
    desk = desk_with(Q8=on)
    made = done(desk.post("groups", {"profile": {"name": "Sales", "description": "old"}}))
    replaced = done(desk.put(f"groups/{made['id']}", {"profile": {"name": "Sales"}}))

    assert replaced["profile"]["description"] == description


@pytest.mark.parametrize(("on", "mode"), [(True, "WS_FEDERATION"), (False, "SAML_2_0")])
def test_q9_how_office_signs_on(on, mode):
    desk = desk_with("o365", Q9=on)

    assert done(desk.get(f"apps/{desk.app('o365')}"))["signOnMode"] == mode


@pytest.mark.parametrize("on", [True, False])
def test_q10_apps_that_sign_on_automatically(on):
    desk = Desk("box", quirks={"Q10": on}, connector=lambda _kind: Connected({}))
    body = {"name": "boxnet", "label": "Second", "signOnMode": "AUTO_LOGIN"}
    made = done(desk.post("apps", body))

    assert (made["signOnMode"], bool(made["features"])) == (None if on else "AUTO_LOGIN", not on)


@pytest.mark.parametrize(("on", "status"), [(True, 400), (False, 204)])
def test_q11_deleting_an_active_mapping(on, status):
    desk = desk_with(Q11=on)
    path = f"{mappings(desk, 'box')}/{push(desk).json['id']}"

    assert desk.delete(path).status_code == status


@pytest.mark.parametrize("on", [True, False])
def test_q12_a_mapping_in_error(on):
    desk = Desk("slack", settings={"linking_allowed": False}, quirks={"Q12": on})
    desk.world.targets["slack"].add_group("Sales")
    path = f"{mappings(desk, 'slack')}/{push(desk, kind='slack').json['id']}"
    desk.run()
    answers = [desk.patch(path, {"status": "ACTIVE"}), desk.patch(path, {"status": "INACTIVE"})]
    answers += [desk.delete(path)]

    assert [one.status_code for one in answers] == ([400] * 3 if on else [200, 200, 204])


@pytest.mark.parametrize(("on", "status"), [(True, 404), (False, 204)])
def test_q13_deleting_a_mapping_that_is_gone(on, status):
    desk = desk_with(Q13=on)

    assert desk.delete(f"{mappings(desk, 'box')}/gPmNobody").status_code == status


@pytest.mark.parametrize(("on", "status"), [(True, 201), (False, 400)])
def test_q14_a_target_name_while_groups_are_renamed_to_match(on, status):
    desk = desk_with(Q14=on)

    assert push(desk, targetGroupName="Other").status_code == status


def test_q14_a_target_name_counts_while_groups_are_not_renamed():
    desk = Desk("box", settings={"rename_app_groups": False})
    push(desk, targetGroupName="Other")
    desk.run()

    assert [one.name for one in desk.world.targets["box"].groups()] == ["Other"]


@pytest.mark.parametrize(("on", "status"), [(True, 400), (False, 201)])
def test_q15_the_name_of_an_imported_group(on, status):
    desk = desk_with(Q15=on)
    desk.world.targets["box"].add_group("Sales")
    desk.operator.refresh_app_groups("box")
    desk.run()

    assert push(desk).status_code == status


@pytest.mark.parametrize(("on", "status"), [(True, "ERROR"), (False, "ACTIVE")])
def test_q16_a_domain_local_group(on, status):
    desk = desk_with("active_directory", Q16=on)
    config = {
        "type": "ACTIVE_DIRECTORY",
        "distinguishedName": GROUPS_OU,
        "groupScope": "DOMAIN_LOCAL",
        "groupType": "SECURITY",
        "samAccountName": "sales",
    }
    made = done(push(desk, kind="active_directory", appConfig=config), 201)
    desk.run()
    errors = done(desk.get(f"/_pushproof/v1/apps/{desk.app('active_directory')}/errors"))

    assert made["status"] == status
    assert ("errorSummary" in made, len(errors)) == (on, int(on))


@pytest.mark.parametrize(("on", "name"), [(True, "Sales"), (False, "Sellers")])
def test_q17_a_renamed_group(on, name):
    desk = desk_with(Q17=on)
    mapping = push(desk).json
    desk.run()
    group = f"groups/{mapping['sourceGroupId']}"
    done(desk.put(group, {"profile": {"name": "Sellers"}}))
    desk.run()

    assert [one.name for one in desk.world.targets["box"].groups()] == [name]
    assert done(desk.get(group))["profile"]["name"] == "Sellers"


@pytest.mark.parametrize("on", [True, False])
def test_q18_push_rules_of_a_deleted_app(on):
    desk = desk_with(Q18=on)
    path = f"apps/{desk.app('box')}"
    rule = {"name": "all", "condition": "contains", "value": "a"}
    done(desk.post(f"/_pushproof/v1/{path}/push-rules", rule), 201)
    desk.post(f"{path}/lifecycle/deactivate")
    assert desk.delete(path).status_code == 204
    desk.group()
    failed = done(desk.get('logs?filter=outcome.result eq "FAILURE"'))

    assert [one["outcome"]["reason"] for one in failed] == ["The app was deleted"] * on


@pytest.mark.parametrize("on", [True, False])
def test_q19_a_deactivated_user_in_a_group_of_a_rule(on):
    desk = desk_with(Q19=on)
    ana, group = desk.user("ana", department="Sales"), desk.group()
    desk.operator.create_group_rule("r", expression='user.department=="Sales"', groups=["Sales"])
    desk.operator.set_group_rule_active("r", active=True)
    desk.post(f"users/{ana['id']}/lifecycle/deactivate")

    assert len(done(desk.get(f"groups/{group['id']}/users"))) == int(on)


@pytest.mark.parametrize("on", [True, False])
def test_q20_the_external_id_before_the_first_push(on):
    desk = desk_with(Q20=on)
    target = done(desk.get(f"groups/{push(desk).json['targetGroupId']}"))

    assert ("externalId" in target["profile"]) != on


@pytest.mark.parametrize("on", [True, False])
def test_q21_push_rules_see_a_group_at_once_or_after_a_while(on):
    desk = desk_with(Q21=on)
    rule = {"name": "all", "condition": "starts_with", "value": "Sal"}
    done(desk.post(f"/_pushproof/v1/apps/{desk.app('box')}/push-rules", rule), 201)
    desk.group()
    at_once = len(done(desk.get(mappings(desk, "box"))))
    settled = done(desk.get("/_pushproof/v1/work"))["nextDue"]
    desk.world.clock.advance(5)
    desk.group("Other")

    assert at_once == (0 if on else 1)
    assert settled is not None
    assert len(done(desk.get(mappings(desk, "box")))) == 1


@pytest.mark.parametrize(("on", "status"), [(True, 202), (False, 204)])
def test_q23_deleting_a_group_rule(on, status):
    desk = desk_with(Q23=on)
    desk.group()
    desk.operator.create_group_rule("r", expression='user.department=="x"', groups=["Sales"])
    (rule,) = done(desk.get("groups/rules"))

    assert desk.delete(f"groups/rules/{rule['id']}").status_code == status


def test_q24_the_first_attempt_to_delete_an_app_may_fail():
    desk = desk_with(Q24=True)
    path = f"apps/{desk.app('box')}"
    desk.post(f"{path}/lifecycle/deactivate")

    refused(desk.delete(path), 500, "E0000009")
    assert desk.delete(path).status_code == 204
