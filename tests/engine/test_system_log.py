"""Events of okta.md section 9: each at its occasion, with its outcome and Okta's own words."""

from dataclasses import replace

import pytest

from harness import adapters
from harness.model import PushRule
from tests.engine.office import O365, SLACK, Office

PUSH = "application.provision.group_push"
IMPORT = "app.user_management.user_group_import"
OUTAGE = {"kind": "refuse", "status": 400, "code": "Request_BadRequest", "message": "No."}
SAID = "Bad Request. Errors reported by remote server: No."


def told(office: Office, event: str) -> tuple[str, str, tuple[str, ...]]:
    """Outcome, message and targets of the newest event of that type."""
    found = [each for each in office.op.log() if each.type == event][-1]
    return found.outcome, found.message, found.targets


@pytest.mark.parametrize(
    ("operation", "kind", "event", "message"),
    [
        ("o365.list_groups", "unavailable", "api_query", f"Unable to query {O365} API. "),
        ("o365.upsert_group", "unavailable", "general_failure", "API error: "),
        ("o365.upsert_group", "throttle", "rate_limit_exceeded", "API rate limit exceeded. "),
    ],
)
def test_trouble_of_the_apps_api_has_an_event_of_its_own(operation, kind, event, message):
    """R46: what becomes of the push is told beside it."""
    office = Office(O365)
    office.hire("ana")
    office.group("Sales", "ana")
    office.arm(operation, kind)
    office.push()
    outcome, said, targets = told(office, f"application.integration.{event}")

    assert (outcome, targets) == ("FAILURE", (O365,))
    assert said.startswith(message)
    assert told(office, f"{PUSH}.mapping.update.or.delete.failed")[0] == "DEFERRED"


def test_members_that_cannot_be_read_are_told_as_a_failed_download():
    office = Office(O365, settings={"linking_allowed": True, "removal_limit": 1})
    office.pushed("ana")
    office.arm("o365.list_members", **OUTAGE)
    office.op.push_now(O365, "Sales")
    office.op.run()
    message = f"Error while downloading users for group Sales: {SAID}"

    assert told(office, "application.provision.group_membership.import") == (
        "FAILURE",
        message,
        (O365, "Sales"),
    )


def test_a_refresh_that_fails_tells_that_no_group_was_imported():
    office = Office(O365)
    office.arm("o365.list_groups", **OUTAGE)
    office.refresh()
    message = f"Error while downloading all groups: {SAID}"

    assert told(office, f"{IMPORT}.upsert_fail") == ("FAILURE", message, (O365,))


def test_a_refresh_tells_of_a_group_that_is_gone_from_the_app():
    office = Office(O365)
    gone = office.stranger("Old")
    office.refresh()
    office.target.delete_group(gone)
    office.refresh()

    assert told(office, f"{IMPORT}.delete_success") == (
        "SUCCESS",
        "Deleted the Old group from app",
        (O365, "Old"),
    )


def test_r36_a_rename_is_told_with_the_name_the_source_group_has_now():
    office = Office(O365)
    office.pushed("ana")
    office.op.rename_group("Sales", "Sellers")
    office.op.run()

    assert told(office, f"{PUSH}.mapping.app.group.renamed") == (
        "SUCCESS",
        (
            "A Group push mapping to the group Sellers was renamed "
            "because the source group was renamed."
        ),
        (O365, "Sellers"),
    )


@pytest.mark.parametrize("fails", [False, True])
def test_r36_a_mapping_in_error_cannot_be_deactivated_by_a_rename(fails, monkeypatch):
    adapter = adapters.load(SLACK)
    monkeypatch.setattr(adapter, "capabilities", replace(adapter.capabilities, renames=False))
    office = Office(SLACK)
    office.pushed("ana")
    if fails:
        office.arm("slack.*", **OUTAGE)
        office.leave("Sales", "ana")
        office.op.run()
    office.op.rename_group("Sales", "Sellers")
    event = f"{PUSH}.mapping.deactivated.source.group.renamed"
    how = "could not be deactivated when" if fails else "was deactivated because"

    assert told(office, f"{event}.failed" if fails else event) == (
        "FAILURE" if fails else "SUCCESS",
        f"A Group push mapping to the group Sellers {how} the source group was renamed.",
        (SLACK, "Sellers"),
    )


def test_r35_each_mapping_that_goes_with_its_rule_and_its_group_is_told():
    office = Office(O365)
    office.group("Sales")
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))
    office.op.run()
    office.op.delete_push_rule(O365, "r", with_mappings=True, delete_groups=True)

    assert told(office, f"{PUSH}.mapping.and.groups.deleted.rule.deleted") == (
        "SUCCESS",
        (
            "The Group push mapping to the group Sales will be deleted "
            "because its rule has been deleted."
        ),
        (O365, "Sales"),
    )


def test_a_rule_that_outlived_its_app_tells_of_errors():
    """T81, Q18."""
    office = Office(O365)
    office.op.create_push_rule(PushRule("r", O365, "equals", "Sales"))
    org = office.world.org
    app_id = org.apps.find(O365).id
    with org.store.tx():
        org.apps.delete(O365, keep_rules=True)
    office.group("Sales")

    assert told(office, "app.user_management.grouppush.mapping.created.from.rule.errors") == (
        "FAILURE",
        (
            "A Group Push mapping to the group Sales did not get created from rule r "
            "because of errors: The app was deleted"
        ),
        (app_id, "Sales"),
    )


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("push", "Push new user to external application"),
        ("push_profile", "Push user's profile to external application"),
        ("deactivate", "Push user deactivation to external application"),
        ("reactivate", "Push user reactivation in external application"),
    ],
)
def test_what_became_of_an_account_is_told_in_the_catalogues_words(event, message):
    office = Office(O365)
    office.hire("ana")
    office.op.update_user("ana@example.test", {"first_name": "Anna"})
    office.op.run()
    office.op.unassign_user(O365, "ana@example.test")
    office.op.run()
    office.assign("ana")
    office.op.run()

    assert told(office, f"application.provision.user.{event}") == (
        "SUCCESS",
        message,
        (O365, "ana@example.test"),
    )
