"""The operator over the API does and sees what the one in the process does and sees."""

import pytest

from harness.errors import NotApplicable, Refused
from harness.model import MappingStatus, MatchKind, PushRequest, PushRule, UserProfile
from tests.okta_api.desk import GROUPS_OU
from tests.remote.mounted import Remote

ANA = UserProfile("ana@example.test", "ana@example.test", "Ana", "Example")
BEN = UserProfile("ben@example.test", "ben@example.test", "Ben", "Example")


def office(kind="box", **options):
    """Two assigned users, one of them in the group that is pushed nowhere yet."""
    remote = Remote(kind, **options)
    for profile in (ANA, BEN):
        remote.operator.create_user(profile)
    remote.operator.create_group("Sales", description="who sells")
    remote.operator.add_to_group("Sales", [ANA.login])
    for profile in (ANA, BEN):
        remote.operator.assign_user(kind, profile.login)
    remote.operator.run()
    return remote


def pushed(kind="box", **options):
    remote = office(kind, **options)
    place = GROUPS_OU if kind == "active_directory" else None
    remote.operator.push_group(PushRequest("Sales", kind, place=place))
    remote.operator.run()
    return remote


def views(operator, app):
    return {
        "users": dict(operator.users()),
        "mappings": list(operator.mappings(app)),
        "app_users": list(operator.app_users(app)),
        "errors": list(operator.errors(app)),
        "app_groups": list(operator.app_groups(app)),
        "app": operator.app(app),
    }


@pytest.mark.parametrize("kind", ["active_directory", "box", "o365"])
def test_everything_that_is_seen_by_api_is_what_is_seen_in_the_process(kind):
    remote = pushed(kind)

    assert views(remote.operator, kind) == views(remote.desk.operator, kind)
    assert remote.desk.target_members(kind)[0].startswith("ana")


def test_errors_come_with_their_cause():
    remote = pushed()
    remote.desk.world.targets["box"].expire_credentials()
    remote.operator.add_to_group("Sales", [BEN.login])
    remote.operator.run()

    (error,) = remote.operator.errors("box")

    assert error == remote.desk.operator.errors("box")[0]
    assert error.cause


def test_credentials_are_entered_anew():
    remote = pushed()
    service, target = remote.desk.service, remote.desk.world.targets["box"]
    target.expire_credentials()
    target.replace_credentials()
    asked = []
    service.connector = asked.append
    with pytest.raises(Refused, match="can be reached"):
        remote.operator.replace_credentials("box", target.credentials())

    assert asked == ["box"]


def test_a_life_of_a_user():
    remote = office()
    operator = remote.operator
    seen = []
    for deed in ("suspend_user", "unsuspend_user", "deactivate_user", "activate_user"):
        getattr(operator, deed)(ANA.login)
        seen.append(operator.users()[ANA.login])
    for _ in range(2):
        operator.delete_user(ANA.login)

    assert seen == ["SUSPENDED", "ACTIVE", "DEPROVISIONED", "ACTIVE"]
    assert dict(operator.users()) == {BEN.login: "ACTIVE"}


def test_a_user_is_followed_through_a_new_login_and_gets_attributes_of_any_name():
    remote = office()
    remote.operator.update_user(ANA.login, {"login": "anna@example.test", "squad": "blue"})

    assert "anna@example.test" in remote.operator.users()
    with remote.desk.org.store.tx():
        user = remote.desk.org.users.find("anna@example.test")
        assert dict(user.attributes) == {"squad": "blue"}


def test_a_staged_user_is_made_and_activated():
    remote = Remote("box")
    remote.operator.create_user(ANA, activate=False)
    before = dict(remote.operator.users())
    remote.operator.activate_user(ANA.login)

    assert (before, dict(remote.operator.users())) == (
        {ANA.login: "STAGED"},
        {ANA.login: "ACTIVE"},
    )


def test_a_group_is_renamed_with_its_description_emptied_and_deleted():
    remote = office()
    remote.operator.rename_group("Sales", "Sellers")
    remote.operator.remove_from_group("Sellers", [ANA.login])
    renamed = dict(remote.operator.groups())
    with remote.desk.org.store.tx():
        described = remote.desk.org.groups.find("Sellers").description
    remote.operator.delete_group("Sellers")

    assert (renamed, described) == ({"Sellers": []}, "who sells")
    assert dict(remote.operator.groups()) == {}


def test_groups_and_users_of_others_are_not_seen_but_can_be_named():
    remote = office()
    remote.desk.operator.create_group("Theirs")
    remote.operator.add_to_group("Theirs", [ANA.login])

    assert list(remote.operator.groups()) == ["Sales"]
    assert list(remote.desk.operator.groups()["Theirs"]) == [ANA.login]


def test_a_group_rule_fills_a_group_until_it_is_deleted():
    remote = office()
    operator = remote.operator
    operator.create_group_rule("blues", expression='user.department=="blue"', groups=["Sales"])
    operator.set_group_rule_active("blues", active=True)
    operator.update_user(BEN.login, {"department": "blue"})
    filled = sorted(operator.groups()["Sales"])
    operator.set_group_rule_active("blues", active=False)
    operator.delete_group_rule("blues")

    assert filled == [ANA.login, BEN.login]
    with pytest.raises(Refused, match="blues"):
        operator.delete_group_rule("blues")


def test_a_mapping_is_paused_resumed_pushed_again_and_given_up():
    remote = pushed()
    operator = remote.operator
    operator.deactivate_mapping("box", "Sales")
    paused = operator.mappings("box")[0].status
    operator.activate_mapping("box", "Sales")
    operator.push_now("box", "Sales")
    operator.run()
    resumed = operator.mappings("box")[0]
    operator.unlink("box", "Sales", delete_group=True)
    operator.run()

    assert (paused, resumed.status) == (MappingStatus.INACTIVE, MappingStatus.ACTIVE)
    assert operator.mappings("box") == []
    assert all(one.deleted for one in remote.desk.world.targets["box"].groups())


def test_what_is_refused_is_refused_in_the_same_words():
    remote = pushed()
    told = []
    for operator in (remote.operator, remote.desk.operator):
        with pytest.raises(Refused) as refused:
            operator.push_group(PushRequest("Sales", "box"))
        told.append(str(refused.value))

    assert told[0] == told[1]


@pytest.mark.parametrize("deed", ["push_now", "activate_mapping", "deactivate_mapping"])
def test_what_is_not_pushed_is_refused_in_the_same_words(deed):
    remote = office()
    told = []
    for operator in (remote.operator, remote.desk.operator):
        with pytest.raises(Refused) as refused:
            getattr(operator, deed)("box", "Sales")
        told.append(refused.value.causes)

    assert told[0] == told[1]


def test_a_group_of_the_app_is_imported_found_and_linked():
    remote = office()
    remote.desk.world.targets["box"].add_group("Vendors")
    remote.operator.refresh_app_groups("box")
    remote.operator.import_users("box")
    remote.operator.run()
    request = PushRequest("Sales", "box", link_to="Vendors")
    known = remote.operator.app_groups("box")
    match = remote.operator.find_match(request)
    remote.operator.push_group(request)
    remote.operator.run()

    assert (known, match.kind, match.candidates) == (["Vendors"], MatchKind.LINK, ("Vendors",))
    assert remote.desk.target_members("box") == remote.desk.target_members("box", "Sales")
    assert remote.desk.operator.mappings("box")[0].was_there


def test_a_push_rule_lives_and_goes():
    remote = office()
    operator = remote.operator
    operator.create_push_rule(PushRule("all sales", "box", "starts_with", "Sa"))
    operator.edit_push_rule("box", "all sales", {"name": "sales"})
    operator.run()
    rules = operator.app("box").push_rules
    operator.delete_push_rule("box", "sales", with_mappings=True, delete_groups=True)
    operator.run()

    assert rules == (PushRule("sales", "box", "starts_with", "Sa"),)
    assert (operator.app("box").push_rules, operator.mappings("box")) == ((), [])


def test_settings_of_an_app_and_of_the_org_are_changed():
    remote = office()
    remote.operator.change_app("box", {"rename_app_groups": False})
    remote.operator.change_org({"deactivated_keep_groups": False})

    assert remote.operator.app("box").settings["rename_app_groups"] is False
    assert remote.desk.org.core.setting("deactivated_keep_groups", True) is False


def test_an_assigned_group_brings_its_members():
    remote = Remote("box")
    remote.operator.create_user(ANA)
    remote.operator.create_group("Sales")
    remote.operator.add_to_group("Sales", [ANA.login])
    remote.operator.assign_group("box", "Sales")
    remote.operator.run()
    (through,) = remote.operator.app_users("box")
    remote.operator.unassign_group("box", "Sales")
    remote.operator.assign_user("box", ANA.login)
    remote.operator.unassign_user("box", ANA.login)
    remote.operator.run()

    assert (through.scope, through.status) == ("GROUP", "PROVISIONED")
    assert [str(one.status) for one in remote.operator.app_users("box")] == ["DEPROVISIONED"]


def test_the_log_is_numbered_from_the_mark_on():
    remote = office()
    log = remote.operator._log
    before = len(remote.operator.log())
    log.mark()
    remote.operator.push_group(PushRequest("Sales", "box"))
    remote.operator.run()
    events = remote.operator.log()
    local = remote.desk.operator.log()[before:]

    assert [one.number for one in events] == list(range(1, len(events) + 1))
    assert [(e.type, e.outcome, e.message, e.reason, e.targets) for e in events] == [
        (e.type, e.outcome, e.message, e.reason, e.targets) for e in local
    ]


def test_nothing_begins_before_the_engine_is_let_go():
    remote = office()
    remote.settling.hold()
    remote.operator.push_group(PushRequest("Sales", "box"))
    before = list(remote.desk.world.targets["box"].groups())
    remote.operator.run()

    assert before == []
    assert remote.desk.target_members("box")


@pytest.mark.parametrize(
    "act",
    [
        lambda operator: operator.run(stop=lambda: False),
        lambda operator: operator.restart(),
    ],
    ids=["stop", "restart"],
)
def test_what_no_api_can_do_is_not_applicable(act):
    with pytest.raises(NotApplicable, match="no API can"):
        act(Remote("box").operator)


def test_to_change_a_deactivated_user_is_not_applicable_and_an_active_one_s_refusal_is_told():
    operator = office().operator
    with pytest.raises(Refused):
        operator.update_user(ANA.login, {"email": "no address"})
    operator.deactivate_user(ANA.login)

    with pytest.raises(NotApplicable, match="changes a deactivated user"):
        operator.update_user(ANA.login, {"email": "new@example.test"})


# --- an engine without our console ---------------------------------------------------------------


def test_an_engine_without_our_console_pushes_and_is_seen_by_the_documented_api():
    remote = pushed(without_console=True)
    (mapping,) = remote.operator.mappings("box")
    users = {one.login: one.status for one in remote.operator.app_users("box")}

    assert (mapping.group, mapping.status, mapping.target_name) == ("Sales", "ACTIVE", "Sales")
    assert mapping.last_push == int(mapping.last_push)
    assert users == {ANA.login: "PROVISIONED", BEN.login: "PROVISIONED"}
    assert remote.operator.next_due() is None


def test_push_now_is_a_pause_and_a_fresh_start_without_our_console():
    remote = pushed(without_console=True)
    target = remote.desk.world.targets["box"]
    before = target.last_call()
    remote.operator.push_now("box", "Sales")
    remote.operator.run()

    assert target.last_call() > before
    assert remote.operator.mappings("box")[0].status == MappingStatus.ACTIVE


@pytest.mark.parametrize(
    "act",
    [
        lambda operator: operator.errors("box"),
        lambda operator: operator.retry_all("box"),
        lambda operator: operator.find_match(PushRequest("Sales", "box")),
        lambda operator: operator.refresh_app_groups("box"),
        lambda operator: operator.change_app("box", {"rename_app_groups": False}),
        lambda operator: operator.create_push_rule(PushRule("a", "box", "equals", "b")),
    ],
    ids=["errors", "retry_all", "find", "refresh", "settings", "push_rule"],
)
def test_what_only_the_console_offers_is_not_applicable_without_it(act):
    remote = Remote("box", without_console=True)

    with pytest.raises(NotApplicable, match="console alone"):
        act(remote.operator)
