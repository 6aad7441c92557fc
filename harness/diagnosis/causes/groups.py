"""What is the matter with a whole group where no error says so.

Asked about `PushedGroup`, `Unpushed` (no mapping brings it), `Unoffered` (it cannot be linked) and
`Listed` (it should be gone).
"""

from ...model import LogEvent, MappingStatus
from ..evidence import PUSHED, Listed, PushedGroup, Unoffered, Unpushed, shown
from ..finding import HELP, KB, SCIM, Fact, Finding, cause, general

OPERATIONS = f"{HELP}/usgp-group-push-operations.htm"
ENABLE = f"{HELP}/usgp-enable-group-push.htm"
LINKING = f"{KB}/How-to-link-push-groups-in-Enhanced-Group-Push"
CATALOGUE = "https://developer.okta.com/docs/reference/api/event-types/"

PAUSED = f"{PUSHED}.deactivate_mapping"
LEFT = f"{PUSHED}.removed"
DELETED = f"{PUSHED}.delete_appgroup"
PUT_OFF = f"{PUSHED}.mapping.update.or.delete.failed"
THROTTLED = "application.integration.rate_limit_exceeded"
NAME_TAKEN = f"{PUSHED}.mapping.created.from.rule.warning."
NOT_VALID = "app.user_management.grouppush.mapping.created.from.rule.error.validation"


# --- a mapping that is there ---------------------------------------------------------------------


@cause
def paused(group: PushedGroup) -> Finding | None:
    """R32: while a mapping is deactivated nothing is sent, removals neither."""
    event = group.last(PAUSED)
    if group.mapping.status is not MappingStatus.INACTIVE or event is None:
        return None
    if not group.waits_to_send and not group.is_unwanted:
        return None
    return Finding(
        "the push of the group is deactivated: nothing is sent, removals neither",
        "activate the push of the group, which sends everything again",
        OPERATIONS,
        (Fact(f"the push of {group.mapping.group} was deactivated", event.at), group.left_to_send),
    )


@cause
def members_left_for_later(group: PushedGroup) -> Finding | None:
    """R11: "Push group memberships immediately" was off."""
    if group.mapping.status is not MappingStatus.INACTIVE or group.last(PAUSED) is not None:
        return None
    if not group.unsent:
        return None
    return Finding(
        'the group was pushed with "Push group memberships immediately" off: its members wait',
        "activate the push of the group, or Push Now",
        ENABLE,
        (Fact("pushed without members", group.mapping.created), group.left_to_send),
    )


@cause
def waits_for_the_rate_limit(group: PushedGroup) -> Finding | None:
    """R47, T60: the app throttles; the task resumes by itself."""
    throttled = group.last(THROTTLED)
    if not _is_waiting(group) or throttled is None or not _is_latest(group, THROTTLED):
        return None
    return Finding(
        "the app's rate limit put the push off; it resumes by itself",
        "wait; after ten refused attempts Retry All Groups",
        f"{SCIM}/#handle-scim-server-rate-limiting",
        _waiting(group, throttled),
    )


@cause
def waits_for_the_agent(group: PushedGroup) -> Finding | None:
    """E0000241, E0000240: the directory's agent is offline or busy; the task is tried again."""
    event = _put_off(group, "agent")
    if event is None:
        return None
    return Finding(
        "no Active Directory agent took the push on, or none reported in time; it is tried again "
        "by itself",
        "start the agent service on its server and wait, or Retry All Groups",
        "https://developer.okta.com/docs/reference/error-codes/#E0000241",
        _waiting(group, event),
    )


@cause
def waits_for_new_objects(group: PushedGroup) -> Finding | None:
    """R46, T19: what was just made is not shown everywhere in the app yet."""
    event = _put_off(group, "Not Found")
    if event is None:
        return None
    return Finding(
        "the app does not show what was made a moment ago yet; the push is tried again by itself",
        "wait; if it lasts, see whether somebody deleted the group or an account in the app",
        "https://github.com/okta/terraform-provider-okta/issues/1164",
        _waiting(group, event),
    )


@cause
def waits_for_the_app(group: PushedGroup) -> Finding | None:
    """R46, T16, T51, T57: the app did not answer; the task is tried again."""
    event = _put_off(group, "")
    if event is None or _put_off(group, "agent") or _put_off(group, "Not Found"):
        return None
    return Finding(
        "the app did not answer, not readably, or could not do it just now; the push is tried "
        "again by itself",
        "check the app's status and wait, or Retry All Groups",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
        _waiting(group, event),
    )


@cause
def queued(group: PushedGroup) -> Finding | None:
    """R48, T80, T85: the tasks of an app are worked off one after another."""
    if not _is_waiting(group) or group.last(PUT_OFF) or group.last(THROTTLED):
        return None
    return Finding(
        "the push is still on its way: the tasks of an app are worked off one after another",
        "wait until the queue is empty",
        "https://www.files.com/docs/integrations/sso-single-sign-on/okta-sso/"
        "troubleshooting-okta-issues",
        (Fact(f"the push is {group.mapping.job}"), group.left_to_send),
    )


def _is_waiting(group: PushedGroup) -> bool:
    is_active = group.mapping.status is MappingStatus.ACTIVE
    return is_active and bool(group.mapping.job) and group.waits_to_send


def _put_off(group: PushedGroup, words: str) -> LogEvent | None:
    """The newest event that put the push off, if its reason has these words."""
    event = group.last(PUT_OFF)
    if event is None or not _is_waiting(group) or _is_latest(group, THROTTLED):
        return None
    return event if words in event.reason else None


def _waiting(group: PushedGroup, event: LogEvent) -> tuple[Fact, ...]:
    """What the app said, until when the push waits, and what with it."""
    return (
        Fact(f"{group.app.label}: {event.reason}", event.at),
        Fact(f"the push is {group.mapping.job}"),
        group.left_to_send,
    )


def _is_latest(group: PushedGroup, wanted: str) -> bool:
    """Whether the newest trouble was of that type: a throttled push logs both, the app's first."""
    one, other = group.last(wanted), group.last(PUT_OFF)
    return one is not None and (other is None or one.at >= other.at)


@cause
def deleted_in_the_app(group: PushedGroup) -> Finding | None:
    """R45, T40, T41, T44: Okta looks again only when it has something to send."""
    if group.mapping.external_id is None or group.is_live or group.is_unwanted:
        return None
    return Finding(
        "the group was deleted in the app, and the link points to nothing; Okta does not make it "
        "again",
        "unlink leaving the group, Refresh App Groups, push the group again; delete pushed groups "
        "in Okta only",
        f"{HELP}/usgp-group-push-troubleshoot.htm",
        (Fact(f"{group.app.label} has no group {group.mapping.external_id} any more"),),
    )


@cause
def renamed_in_the_app(group: PushedGroup) -> Finding | None:
    """R17, T31, T33, T46: Okta does not see which name the group has in the app."""
    if not group.is_live or not group.is_to_be_renamed or group.mapping.job:
        return None
    if group.mapping.status is not MappingStatus.ACTIVE:
        return None
    name = group.target.name if group.target else ""
    return Finding(
        "the group was renamed in the app, behind Okta's back, or the app did not take the name "
        "that Okta gave it",
        "give it its name back in the app; rename pushed groups in Okta only",
        f"{HELP}/usgp-configure-enhanced-group-push.htm",
        (
            Fact(f"Okta knows the group as {group.mapping.target_name}"),
            Fact(f"{group.app.label} has it as {name}"),
        ),
    )


@cause
def renaming_is_off(group: PushedGroup) -> Finding | None:
    """R18, T32: the target keeps its name unless the setting says otherwise."""
    mapping = group.mapping
    if group.app.settings.get("rename_app_groups", True) or group.asked != mapping.group:
        return None
    if mapping.target_name == mapping.group:
        return None
    return Finding(
        'the target group keeps its name: "Rename app groups to match group name in Okta" is off',
        "turn the setting on in the Group Push Settings",
        f"{HELP}/usgp-configure-enhanced-group-push.htm",
        (Fact(f"{mapping.group} is pushed to {mapping.target_name}"),),
    )


@cause
def name_is_there_twice(group: PushedGroup) -> Finding | None:
    """R19, T38: another live group has the name; it was there before, or another push made it."""
    if not group.twins or not group.is_live:
        return None
    ids = [twin.id for twin in group.twins]
    return Finding(
        "the app has another group of this name: made by hand, by another mapping, or by another "
        "integration",
        "delete or rename the other one in the app; to take an existing group over, link it",
        LINKING,
        (
            Fact(f"{group.mapping.group} is pushed to {group.mapping.external_id}"),
            Fact(f"also named {group.mapping.target_name}: {shown(ids)}"),
        ),
    )


@cause
def mapping_outlives_its_rule(group: PushedGroup) -> Finding | None:
    """R35, T35: a rule that was edited, or a group that ceased to match, leaves mappings alone."""
    mapping = group.mapping
    if not group.is_unwanted or mapping.origin == "name":
        return None
    return Finding(
        "a push rule made the mapping; it stays when the group does not match any more, or the "
        "rule is gone",
        "unlink the group, or delete the rule together with its mappings",
        f"{KB}/push-groups-that-no-longer-matches-the-rule-criteria-are-still-available-under-"
        "push-groups-created-by-a-rule",
        (Fact(f"{mapping.group} is pushed by the rule: {mapping.origin}", mapping.created),),
    )


# --- a group that is not pushed ------------------------------------------------------------------


@cause
def rule_met_a_taken_name(group: Unpushed) -> Finding | None:
    """R19, T34: a rule does not push onto a name that the app has."""
    event = next((e for e in reversed(group.events) if e.type.startswith(NAME_TAKEN)), None)
    if event is None or not group.is_in_okta:
        return None
    return Finding(
        "the push rule found the group and skipped it: the app has, or is about to have, a group "
        "of this name",
        "push the group by name and link it to the one that is there",
        CATALOGUE,
        (Fact(event.message, event.at),),
    )


@cause
def rule_could_not_push(group: Unpushed) -> Finding | None:
    """R22, T36: more than 100 groups match, or the app cannot be pushed to."""
    event = group.last(NOT_VALID)
    if event is None or not group.is_in_okta:
        return None
    return Finding(
        "the push rule found the group and could not push it",
        "where more than 100 groups match: split the rule; else enable the provisioning of the app",
        f"{KB}/Can-A-Group-Push-Contain-All-Okta-Groups",
        (Fact(event.message, event.at),),
    )


@cause
def unlinked(group: Unpushed) -> Finding | None:
    """R33: without a mapping nothing is sent any more."""
    event = group.last(LEFT)
    if event is None:
        return None
    gone = group.last(DELETED)
    how = "and deleted in the app" if gone is not None else "leaving the group in the app"
    return Finding(
        f"the group was unlinked, {how}: nothing is sent any more",
        "push the group again, or link it to the one that was left",
        OPERATIONS,
        (Fact(f"the mapping of {group.group} was removed", event.at),),
    )


@cause
def pushed_to_another_instance(group: Unpushed) -> Finding | None:
    """R20: every instance of an app has mappings of its own."""
    if not group.elsewhere:
        return None
    return Finding(
        "the group is pushed to another instance of the app, not to this one",
        "push it to this instance too: each has mappings, members and errors of its own",
        ENABLE,
        (Fact(f"{group.group} is pushed to {shown(group.elsewhere)}"),),
    )


@general
def no_rule_matches(group: Unpushed) -> Finding | None:
    """R9: rules find groups by the start, a part or the whole of their name or description."""
    if not group.push_rules or not group.is_in_okta:
        return None
    rules = [
        Fact(f"rule {rule.name}: {rule.attribute} {rule.condition} {rule.value!r}")
        for rule in group.push_rules
    ]
    return Finding(
        "no push rule of the app finds the group, and it is not pushed by name",
        "correct the rule or the group's name or description, or push the group by name",
        ENABLE,
        tuple(rules[:3]),
    )


@general
def not_pushed(group: Unpushed) -> Finding | None:
    """R9: a group is pushed by name or by rule, never by itself."""
    if group.push_rules or not group.is_in_okta:
        return None
    return Finding(
        "the group is not pushed to the app",
        "push it by name, or by a rule",
        ENABLE,
        (Fact(f"{group.app.label} has no mapping of {group.group}"),),
    )


@general
def no_such_group(group: Unpushed) -> Finding | None:
    """Whatever the app has of that name is the app's own."""
    if group.is_in_okta:
        return None
    return Finding(
        "Okta has no group of this name, and pushes none under it",
        "create the group in Okta and push it, or correct the name",
        ENABLE,
        (Fact(f"no group {group.group} in Okta"),),
    )


# --- a group that cannot be linked ---------------------------------------------------------------


@cause
def import_groups_is_off(group: Unoffered) -> Finding | None:
    """R14, T27, T65: without Import Groups the app's groups are not known."""
    if group.target is None or group.mapping or group.app.settings.get("import_groups", True):
        return None
    return Finding(
        "Import Groups is not ticked for the app: Refresh App Groups brings none of its groups",
        "tick Import Groups, then Refresh App Groups",
        LINKING,
        (Fact(f"{group.app.label} has a group {group.group} that Okta does not know"),),
    )


@cause
def not_refreshed(group: Unoffered) -> Finding | None:
    """R14, T27: a group can be linked once Okta knows it."""
    if group.target is None or group.mapping or not group.app.settings.get("import_groups", True):
        return None
    return Finding(
        "Okta does not know the app's group yet: it is newer than the last import",
        "Refresh App Groups",
        LINKING,
        (Fact(f"{group.app.label} has a group {group.group} that Okta does not know"),),
    )


@cause
def taken_over_already(group: Unoffered) -> Finding | None:
    """R16: a linked group leaves the list of the app's groups."""
    if group.mapping is None:
        return None
    return Finding(
        "the group is pushed already: a linked group is not offered again",
        "unlink the mapping that has it, leaving the group",
        OPERATIONS,
        (Fact(f"{group.mapping.group} is pushed to {group.group}", group.mapping.created),),
    )


@cause
def listed_after_deletion(group: Listed) -> Finding | None:
    """R57, T45: an import keeps a pushed directory group that has members; others it removes."""
    if group.is_live:
        return None
    return Finding(
        "the group was deleted in the app, and Okta still lists it: no import has run since, or it "
        "is a directory's, was pushed, and has members in Okta",
        "Refresh App Groups; if it stays, delete Okta's record of it by hand",
        f"{HELP}/usgp-about-group-push.htm",
        (Fact(f"{group.app.label} has no group {group.group} any more"),),
    )
