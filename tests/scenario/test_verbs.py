"""Every verb does what it says, seen by the witnesses of the same world."""

import re
from pathlib import Path

import pytest

from harness.scenario.marks import verbs
from tests.scenario.rig import disagreements, failed, played

PEOPLE = "users: [ana, ben, cy], assigned: [ana, ben], groups: {Sales: [ana, ben, cy], Ops: []}"
PUSHED = f"given: {{{PEOPLE}, pushed: Sales}}\n"
PLAIN = f"given: {{{PEOPLE}}}\n"
AD = "active_directory"

CASES = {
    "create_user": (PLAIN, "create_user: [dia, eli]", "users: {dia: ACTIVE, eli: ACTIVE}"),
    "create_user staged": (
        PLAIN,
        "create_user: {users: dia, activate: false, attributes: {department: HR}}",
        "users: {dia: STAGED}",
    ),
    "change_user": (PLAIN, "change_user: {user: ana, login: a@x.test}", "users: {ana: ACTIVE}"),
    "change_email": (
        PLAIN,
        "change_email: {ana: new@example.test}",
        "log: {events: {user.account.update_profile: 1}}",
    ),
    "activate_user": (
        "given: {users: {ana: staged}}\n",
        "activate_user: ana",
        "users: {ana: ACTIVE}",
    ),
    "deactivate_user": (PLAIN, "deactivate_user: ana", "users: {ana: DEPROVISIONED}"),
    "reactivate_user": (
        "given: {users: {ana: deactivated}}\n",
        "reactivate_user: ana",
        "users: {ana: ACTIVE}",
    ),
    "suspend_user": (PLAIN, "suspend_user: ana", "users: {ana: SUSPENDED}"),
    "unsuspend_user": (
        "given: {users: {ana: suspended}}\n",
        "unsuspend_user: ana",
        "users: {ana: ACTIVE}",
    ),
    "delete_user": (
        "given: {users: {ana: deactivated}}\n",
        "delete_user: ana",
        "users: {ana: absent}",
    ),
    "create_group": (
        PLAIN,
        "create_group: {group: New, description: d, members: ana}",
        "groups: {New: [ana]}",
    ),
    "rename_group": (PLAIN, "rename_group: {Ops: Work}", "groups: {Ops: absent, Work: []}"),
    "delete_group": (PLAIN, "delete_group: Ops", "groups: {Ops: absent}"),
    "add_members": (PLAIN, "add_members: {Ops: [ana, ben]}", "groups: {Ops: [ana, ben]}"),
    "remove_members": (PLAIN, "remove_members: {Sales: ana}", "groups: {Sales: [ben, cy]}"),
    "copy_members": (
        PLAIN,
        "copy_members: {from: Sales, to: Ops}",
        "groups: {Ops: [ana, ben, cy]}",
    ),
    "copy_members assigned": (
        PLAIN,
        "copy_members: {from: Sales, to: Ops, only_assigned: true}",
        "groups: {Ops: [ana, ben]}",
    ),
    "create_group_rule": (
        "given: {users: {ana: {attributes: {department: HR}}, ben: }, groups: [People]}\n",
        "create_group_rule: {name: r, expression: 'user.department==\"HR\"', groups: People}",
        "groups: {People: [ana]}",
    ),
    "assign_user": (
        PLAIN,
        "assign_user: cy",
        "app_users: {cy: {status: PROVISIONED, scope: USER}}",
    ),
    "unassign_user": (PLAIN, "unassign_user: ana", "target_accounts: {ana: suspended}"),
    "assign_group": (PLAIN, "assign_group: Sales", "app_users: {cy: {scope: GROUP}}"),
    "unassign_group": (
        "given: {users: [ana], groups: {Staff: [ana]}, assigned_groups: [Staff]}\n",
        "unassign_group: Staff",
        "target_accounts: {ana: suspended}",
    ),
    "refresh_app_groups": (
        "given: {target: {groups: [Old]}}\n",
        "refresh_app_groups",
        "app_groups: [Old]",
    ),
    "delete_app_group": (
        "given: {target: {groups: [Old]}}\n",
        "refresh_app_groups\n  - delete_app_group: Old",
        "app_groups: []",
    ),
    "import_users": (PLAIN, "import_users", "calls: {at_least: 1}"),
    "push": (PLAIN, "push: Sales", "target: {Sales: [ana, ben]}"),
    "push later": (
        PLAIN,
        "push: {group: Sales, immediately: false}",
        "mapping: {Sales: INACTIVE}, target: {Sales: []}",
    ),
    "push_now": (PUSHED, "push_now: Sales", "mapping: {Sales: {status: ACTIVE, last_push: now}}"),
    "deactivate_mapping": (PUSHED, "deactivate_mapping: Sales", "mapping: {Sales: INACTIVE}"),
    "unlink": (
        PUSHED,
        "unlink: {group: Sales, target_group: delete}",
        "mapping: {Sales: absent}, target: {Sales: deleted}",
    ),
    "unlink leaving": (
        PUSHED,
        "unlink: {group: Sales, target_group: leave}",
        "mapping: {Sales: absent}, target: {Sales: [ana, ben]}, calls: 0",
    ),
    "bulk_edit": (
        PUSHED,
        "bulk_edit: {groups: [Sales], action: unlink and delete}",
        "mapping: {Sales: absent}, target_groups: []",
    ),
    "create_push_rule": (
        PLAIN,
        "create_push_rule: {name: r, condition: starts_with, value: Sa}",
        "mapping: {Sales: {status: ACTIVE, origin: r}, Ops: absent}",
    ),
    "target_create_group": (
        PLAIN,
        "target_create_group: {group: Old, members: ana}",
        "target: {Old: [ana]}",
    ),
    "target_rename_group": (
        PUSHED,
        "target_rename_group: {Sales: Trade}",
        "target_groups: [Trade]",
    ),
    "target_delete_group": (PUSHED, "target_delete_group: Sales", "target: {Sales: deleted}"),
    "target_add_members": (
        f"given: {{{PEOPLE}, pushed: Sales, target: {{accounts: [zoe]}}}}\n",
        "target_add_members: {Sales: zoe}",
        "target: {Sales: [ana, ben, zoe]}",
    ),
    "target_remove_members": (
        PUSHED,
        "target_remove_members: {Sales: ana}",
        "target: {Sales: [ben]}",
    ),
    "target_create_account": (
        PLAIN,
        "target_create_account: {accounts: zoe, login: z.z@example.test}",
        "target_accounts: {zoe: active}",
    ),
    "target_suspend_account": (
        PLAIN,
        "target_suspend_account: ana",
        "target_accounts: {ana: suspended}",
    ),
    "target_delete_account": (
        PLAIN,
        "target_delete_account: ana",
        "target_accounts: {ana: deleted}",
    ),
    "target_recreate_account": (
        PUSHED,
        "target_recreate_account: ana",
        "target_accounts: {ana: active}, target: {Sales: [ben]}",
    ),
    "quirk": (PLAIN, "quirk: {Q3: off}", "errors: []"),
    "change_settings": (
        PLAIN,
        "change_settings: {rename_app_groups: false, enhanced_group_push: false}",
        "errors: []",
    ),
    "target_change_settings": (
        PLAIN,
        "target_change_settings: {replication_lag_s: 5}",
        "errors: []",
    ),
    "restart_engine": (PUSHED, "restart_engine", "mapping: {Sales: ACTIVE}"),
    "retry_all": (PUSHED, "retry_all", "calls: 0"),
    "wait": (PUSHED, "wait: 1h", "mapping: {Sales: {last_push: '00:00:00'}}"),
    "find": (PLAIN, "find: {group: Sales, result: create}", "calls: 0"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_verb_does_what_it_says(case):
    given, step, expected = CASES[case]

    played(f"{given}steps:\n  - {step}\n  - expect: {{{expected}}}\n")


def test_a_verb_chain_of_rules_and_mappings():
    played(
        """
        given: {users: {ana: {attributes: {team: A}}}, groups: [Eng, Eng Ops], assigned: ana}
        steps:
          - create_group_rule: {name: a, expression: 'user.team=="A"', groups: Eng, activate: false}
          - expect: {groups: {Eng: []}}
          - activate_group_rule: a
          - expect: {groups: {Eng: [ana]}}
          - deactivate_group_rule: a
          - delete_group_rule: a
          - create_push_rule: {name: eng, condition: starts_with, value: Eng}
          - edit_push_rule: {name: eng, new_name: all eng, immediately: false}
          - expect: {mapping: {Eng: {origin: all eng}, Eng Ops: ACTIVE}}
          - delete_push_rule: {name: all eng, mappings: delete and delete groups}
          - wait: settled
          - expect: {mapping: {Eng: absent, Eng Ops: absent}, target_groups: []}
        """
    )


def test_linking_takes_over_the_group_that_is_named():
    played(
        """
        settings: {linking_allowed: true}
        given:
          users: [ana, ben]
          assigned: [ana, ben]
          groups: {Sales: [ana], Ops: [ben]}
          target: {groups: {Old: [ben], Older: []}}
        steps:
          - refresh_app_groups
          - find: {group: Sales, link_to: Old, result: link candidate, candidates: [Old]}
          - link: {group: Sales, to: Old}
          - expect: {target: {Sales: [ana], Old: absent}}
          - relink: {group: Sales, to: Older}
          - push: {group: Ops, target_name: Work}
          - wait: settled
          - expect: {mapping: {Sales: ACTIVE, Ops: ACTIVE}}
        """
    )


def test_a_deactivated_mapping_is_activated_again():
    played(
        PUSHED
        + """
steps:
  - deactivate_mapping: Sales
  - remove_members: {Sales: ana}
  - expect: {target: {Sales: [ana, ben]}}
  - activate_mapping: Sales
  - expect: {target: {Sales: [ben]}, mapping: {Sales: ACTIVE}}
"""
    )


def test_deleted_groups_and_accounts_are_restored():
    played(
        PUSHED
        + """
steps:
  - target_delete_group: Sales
  - target_restore_group: Sales
  - target_delete_account: ana
  - target_restore_account: ana
  - target_suspend_account: ben
  - target_unsuspend_account: ben
  - expect: {target: {Sales: {includes: ben}}, target_accounts: {ana: active, ben: active}}
"""
    )


def test_the_admin_of_a_directory_moves_groups_and_changes_ous_and_rights():
    played(
        """
        given: {ous: [Groups, Branch], users: [ana], assigned: ana, groups: {Sales: [ana], Ops: []}}
        steps:
          - push: Sales
          - target_move_group: {group: Sales, ou: Branch}
          - expect: {target: {Sales: {members: ana, ou: Branch}}}
          - target_create_ou: Fresh
          - target_revoke_rights: Branch
          - target_grant_rights: Branch
          - push: {group: Ops, ou: Branch, scope: UNIVERSAL, type: SECURITY}
          - expect: {target: {Ops: {ou: Branch, type: universal security}}}
          - target_delete_ou: Fresh
        """,
        app=AD,
    )


def test_expired_credentials_stop_pushes_until_new_ones_are_entered():
    played(
        PUSHED
        + """
steps:
  - expire_credentials
  - add_members: {Ops: ana}
  - push_now: Sales
  - wait: settled
  - expect: {mapping: {Sales: ERROR}}
  - replace_credentials: {in_okta: false}
  - replace_credentials
  - retry_all
  - wait: settled
  - expect: {mapping: {Sales: ACTIVE}}
"""
    )


def test_removals_that_were_held_back_are_allowed():
    played(
        PUSHED
        + """
steps:
  - change_settings: {removal_limit: 1}
  - remove_members: {Sales: [ana, ben]}
  - expect: {mapping: {Sales: ERROR}, target: {Sales: [ana, ben]}}
  - allow_removals: Sales
  - expect: {mapping: {Sales: ACTIVE}, target: {Sales: []}}
"""
    )


def test_an_armed_fault_is_met_and_waited_out():
    played(
        PLAIN
        + """
steps:
  - arm_fault: {operation: o365.upsert_group, kind: throttle, retry_after: 600}
  - push: Sales
  - expect: {target: {Sales: absent}, mapping: {Sales: {waiting: true}}, faults: met}
  - wait: 9m
  - expect: {target: {Sales: absent}, calls: 0}
  - wait: 2m
  - expect: {target: {Sales: [ana, ben]}, calls: {retry_after: respected, since: start}}
"""
    )


def test_a_fault_that_is_cleared_before_any_call_met_it_fails():
    body = PLAIN + (
        "steps:\n  - arm_fault: {operation: o365.*, kind: reset, count: always}\n  - clear_faults\n"
    )

    assert disagreements(body) == [("faults", "o365")]


def test_a_fault_that_no_call_met_by_the_end_fails():
    body = PLAIN + "steps:\n  - arm_fault: {operation: o365.delete_group, kind: reset}\n"

    assert disagreements(body) == [("faults", "o365")]


def test_a_step_stops_after_a_call_so_that_the_next_one_comes_in_between():
    played(
        PLAIN
        + """
steps:
  - {push: Sales, stop_after: o365.list_groups}
  - expect: {target: {Sales: absent}}
  - target_create_group: Sales
  - expect: {target: {Sales: {twins: [[], [ana, ben]]}}, mapping: {Sales: ACTIVE}}
"""
    )


def test_a_step_that_is_to_stop_after_a_call_nobody_makes_fails():
    _, error = failed(PLAIN + "steps:\n  - {push: Sales, stop_after: o365.delete_group}\n")

    assert error.what == "the engine never called o365.delete_group, after which it was to stop"


def test_a_refusal_can_be_the_point_of_a_step():
    played(PUSHED + "steps:\n  - {push: Sales, refused: already pushed}\n")


def test_a_refusal_that_nobody_wanted_fails():
    assert disagreements(PUSHED + "steps:\n  - push: Sales\n") == [("refusal", "push")]


def test_a_refusal_with_other_words_fails():
    body = PUSHED + "steps:\n  - {push: Sales, refused: no such group}\n"

    assert disagreements(body) == [("refusal", "push")]


def test_a_refusal_that_does_not_come_fails():
    body = PLAIN + "steps:\n  - {push: Sales, refused: already pushed}\n"

    assert disagreements(body) == [("refusal", "push")]


def test_the_apps_own_admin_can_be_refused_too():
    played(
        PUSHED + "steps:\n  - {target_create_group: Sales, refused: ENTRY_EXISTS}\n",
        app=AD,
    )


def test_renaming_what_is_not_there_says_so():
    _, error = failed(PLAIN + "steps:\n  - target_rename_group: {Sales: X}\n")

    assert error.what == "o365 has no live group named 'Sales'"


def test_a_person_keeps_the_short_name_through_a_change_of_login():
    played(
        PUSHED
        + """
steps:
  - change_user: {user: ana, login: ana.smith@example.test, email: ana.smith@example.test}
  - wait: settled
  - expect: {target: {Sales: [ana, ben]}, groups: {Sales: [ana, ben, cy]}, users: {ana: ACTIVE}}
"""
    )


def test_one_world_holds_several_apps():
    played(
        """
        given: {users: [ana], assigned: ana, groups: {Sales: [ana]}}
        steps:
          - push: Sales
          - expect: {mapping: {Sales: ACTIVE}, target: {Sales: [ana]}}
          - {expect: {mapping: {Sales: absent}, target: {Sales: absent}}, app: ad}
          - {push: Sales, app: ad}
          - {expect: {mapping: {Sales: ACTIVE}, target: {Sales: [ana]}}, app: ad}
        """,
        app="[{mail: o365, ad: active_directory}]",
    )


def test_a_step_for_another_app_kind_is_left_out():
    play = played(
        """
        steps:
          - {create_group: A, only: o365, because: a test}
          - {create_group: B, only: active_directory, because: a test}
        """,
        app="[o365, active_directory]",
    )

    assert [done.text for done in play.history][1:-1] == ["create_group: A, only: o365"]


def test_every_verb_is_played_in_these_tests():
    text = Path(__file__).read_text("utf-8")

    missing = [name for name in verbs() if not re.search(rf"\b{name}\b", text)]

    assert missing == []
