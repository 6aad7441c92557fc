"""Why a user is, or is not, in a target group, where no error says so: asked about `Member`."""

from ...model import MappingStatus
from ..evidence import ELIGIBLE, PUSHED, Member
from ..finding import HELP, KB, Fact, Finding, cause

TROUBLES = f"{HELP}/usgp-group-push-troubleshoot.htm"
BOTH_USES = f"{HELP}/app-assignments-group-push.htm"
NEEDS = f"{HELP}/usgp-group-push-prerequisites.htm"
OPERATIONS = f"{HELP}/usgp-group-push-operations.htm"

ASSIGNED = "application.user_membership.add"
UNASSIGNED = "application.user_membership.remove"
PROVISIONED = ("application.provision.user.push", "application.provision.user.sync")
LEFT_OUT = "app.user_management.grouppush.mapping.okta.users.ignored"
ENDED = ("user.lifecycle.deactivate", "user.lifecycle.suspend")
RETURNED = ("user.lifecycle.activate", "user.lifecycle.unsuspend")
LEFT = "group.user_membership.remove"
RULE = "group.user_membership.rule.trigger"
MEMBERS_PUSHED = f"{PUSHED}.push_memberships"


# --- members who are missing ---------------------------------------------------------------------


@cause
def not_assigned(member: Member) -> Finding | None:
    """R4, R5, T1, T2, T9: only users who have the app are sent."""
    if not _may_be_sent(member) or member.is_assigned:
        return None
    return Finding(
        "not assigned to the app: whoever is not is left out of the push, without an error",
        "assign the user, or a group of the user's, to the app, wait for the provisioning, then "
        "Push Now",
        TROUBLES,
        (
            member.fact(f"{member.user} is not assigned to {member.app.label}", UNASSIGNED),
            *_left_out(member),
        ),
    )


@cause
def not_provisioned(member: Member) -> Finding | None:
    """R4, T1, T2, T72-T74: assigned, but the account is not known (yet)."""
    if not _may_be_sent(member) or not member.is_assigned or member.is_provisioned:
        return None
    why = f": {member.app_user.error}" if member.app_user and member.app_user.error else ""
    text = f"{member.user} is assigned to {member.app.label} and not provisioned{why}"
    return Finding(
        "assigned to the app, but not provisioned there: Okta knows no account that it could name",
        "mend what keeps the provisioning from succeeding, Retry, then Push Now",
        TROUBLES,
        (member.fact(text, ASSIGNED), *_left_out(member)),
    )


@cause
def inactive_in_okta(member: Member) -> Finding | None:
    """R6: whoever is staged, suspended or deactivated is not pushed."""
    if not member.is_missing or not member.in_source or not member.status:
        return None
    if member.status in ELIGIBLE:
        return None
    return Finding(
        "not active in Okta: inactive users are not pushed",
        "activate the user, then push every group the user is in again",
        NEEDS,
        (member.fact(f"{member.user} is {member.status} in Okta", *ENDED), *_left_out(member)),
    )


@cause
def reactivated(member: Member) -> Finding | None:
    """R6, T7: coming back to Okta does not bring the memberships back."""
    if not _was_skipped(member) or not _came_back(member):
        return None
    return Finding(
        "the user was inactive and came back: that alone puts nobody back into pushed groups",
        "push every group the user is in again",
        NEEDS,
        (
            member.fact(f"{member.user} was inactive in Okta", *ENDED),
            member.fact(f"{member.user} is active again", *RETURNED),
        ),
    )


@cause
def same_group_arrives_empty(member: Member) -> Finding | None:
    """R7, R8, R58, T3, T22: one group for both uses; the membership goes before the account."""
    if not _was_too_late(member) or member.mapping.group not in member.app.assigned_groups:
        return None
    return Finding(
        "the group is both assigned to the app and pushed to it, which Okta does not support: the "
        "membership was sent before the account was there",
        "Push Now; then use one group for the assignment and another one for the push",
        BOTH_USES,
        (
            Fact(f"{member.mapping.group} is assigned to {member.app.label} as well"),
            *_left_out(member),
            member.fact(f"{member.user} was provisioned", *PROVISIONED),
        ),
    )


@cause
def provisioned_after_the_push(member: Member) -> Finding | None:
    """R23a, T1, T19: the account came after the push was computed, and nothing repairs that."""
    if not _was_too_late(member) or member.mapping.group in member.app.assigned_groups:
        return None
    return Finding(
        "provisioned only after the group was pushed: no later event sends the membership",
        "Push Now",
        TROUBLES,
        (*_left_out(member), member.fact(f"{member.user} was provisioned", *PROVISIONED)),
    )


@cause
def taken_out_in_the_app(member: Member) -> Finding | None:
    """R17, T12-T15, T18, T46: Okta sent the member, and the app has it no more."""
    if not _is_known_missing(member) or not _account_is_the_known_one(member):
        return None
    return Finding(
        "taken out in the app, or dropped by it, behind Okta's back: Okta does not look, so it "
        "does not know",
        _way_back(member),
        OPERATIONS,
        (Fact(f"Okta believes {member.user} to be a member"), *member.last_call),
    )


def _way_back(member: Member) -> str:
    if member.app.overwrites:
        return "Push Now, which overwrites the membership; edit pushed groups in Okta only"
    return (
        "put the member back in the app, or unlink leaving the group and link it again: Push Now "
        "only sends new members here"
    )


@cause
def account_gone_in_the_app(member: Member) -> Finding | None:
    """T10: the account that Okta knows was deleted in the app, or made anew with another id."""
    if not (member.is_missing and member.is_eligible and member.is_idle):
        return None
    if _account_is_the_known_one(member):
        return None
    return Finding(
        "the account that Okta knows was deleted in the app, or made anew with another id",
        "import users so that the account is matched again, then push each of the user's groups",
        "https://github.com/getsentry/sentry/issues/122540",
        (Fact(_about_the_account(member)), *member.last_call),
    )


def _about_the_account(member: Member) -> str:
    known = member.app_user.external_id if member.app_user else None
    if member.account is None or member.account.id == known:
        return f"the account {known} of {member.user} is gone"
    return f"Okta knows {member.user} as {known}, the app as {member.account.id}"


@cause
def account_inactive_in_the_app(member: Member) -> Finding | None:
    """T11, T23: an account disabled by hand in the app may be in no group there."""
    if not (member.is_missing and member.is_eligible and _account_is_the_known_one(member)):
        return None
    if member.account is None or member.account.active or member.is_known:
        return None
    return Finding(
        "the account was deactivated in the app by hand: Okta takes it for active and sends it, "
        "the app does not take it",
        "activate the account in the app, then push the group again",
        "https://docs.slack.dev/reference/scim-api#errors",
        (Fact(f"the account of {member.user} is deactivated"), *member.last_call),
    )


@cause
def not_in_the_okta_group(member: Member) -> Finding | None:
    """R4, R16, R31, T17, T21: what is pushed is the Okta group's membership, and nothing else."""
    if not member.is_missing or member.in_source or member.mapping.was_there:
        return None
    return Finding(
        "not a member of the group in Okta: only its members are pushed, Push Now removes all "
        "others",
        "add the user to the group in Okta; if a group rule should have, correct the rule",
        OPERATIONS,
        (Fact(f"{member.user} is not in {member.mapping.group}"), *_of_rules(member)),
    )


@cause
def removed_by_linking(member: Member) -> Finding | None:
    """R16, R54, T21: linking hands the group over, and reconciles its members once."""
    if not member.is_missing or member.in_source or not member.mapping.was_there:
        return None
    return Finding(
        "not a member of the group in Okta: linking made Okta its source and removed whoever is "
        "not in the Okta group",
        "add the user to the group in Okta; before linking, put everybody there first",
        f"{KB}/Active-Directory-Push-Groups-Best-Practices",
        (
            Fact(f"{member.user} is not in {member.mapping.group}"),
            Fact(f"linked to {member.mapping.target_name}", member.mapping.created),
            *member.last_call,
        ),
    )


# --- members who should not be there -------------------------------------------------------------


@cause
def left_over_same_group(member: Member) -> Finding | None:
    """R7, R38, R58, T4, T22: leaving the group took the assignment, Okta's only handle."""
    if not _is_left_over(member) or member.mapping.group not in member.app.assigned_groups:
        return None
    return Finding(
        "the group is both assigned to the app and pushed to it, which Okta does not support: "
        "leaving it took the assignment away first, and Okta could not name the member any more",
        "remove the member in the app by hand; then use one group for the assignment and another "
        "one for the push",
        BOTH_USES,
        _left_over(member),
    )


@cause
def left_over_wrong_order(member: Member) -> Finding | None:
    """R38, T5: unassigned or deactivated first, taken out of the push group afterwards."""
    if not _is_left_over(member) or member.mapping.group in member.app.assigned_groups:
        return None
    return Finding(
        "unassigned or deactivated before the removal from the group: Okta could not name the "
        "member any more, so the membership stays in the app for good",
        "remove the member in the app by hand; next time first take the user out of the push "
        "group, then out of the assignment, then deactivate",
        BOTH_USES,
        _left_over(member),
    )


@cause
def inactive_user_stays(member: Member) -> Finding | None:
    """R39, R40, T8: neither deactivating nor suspending takes a user out of a group."""
    if not member.is_extra or not member.in_source or member.status in ELIGIBLE:
        return None
    return Finding(
        "inactive in Okta and still in the Okta group: inactive users are neither pushed nor taken "
        "out, and group rules pass over them",
        "take the user out of the Okta group (out of a rule's group through the API), and remove "
        "the member in the app by hand",
        f"{KB}/Deactivated-Users-not-Removed-From-Okta-Groups-Automatically",
        (member.fact(f"{member.user} is {member.status or 'unknown'} in Okta", *ENDED),),
    )


@cause
def unassigned_user_stays(member: Member) -> Finding | None:
    """R38, R39: losing the app ends the link, not the membership."""
    if not member.is_extra or not member.in_source or member.status not in ELIGIBLE:
        return None
    if member.is_assigned:
        return None
    return Finding(
        "unassigned from the app while still in the push group: the account is deactivated, its "
        "memberships stay",
        "remove the member in the app by hand; next time first take the user out of the push group",
        BOTH_USES,
        (member.fact(f"{member.user} lost {member.app.label}", UNASSIGNED), *member.last_call),
    )


@cause
def put_in_by_hand(member: Member) -> Finding | None:
    """R17, R30, T18, T46: edits in the app are not looked for."""
    if not _is_foreign(member) or not member.app.overwrites:
        return None
    return Finding(
        "put in by hand in the app: Okta did not send this member, and does not look for others",
        "Push Now, which overwrites the membership; edit pushed groups in Okta only",
        OPERATIONS,
        _by_hand(member),
    )


@cause
def push_now_only_adds(member: Member) -> Finding | None:
    """R30, R54, R56, T20: in Active Directory foreign members stay."""
    if not _is_foreign(member) or member.app.overwrites:
        return None
    return Finding(
        "put in by hand in the app, or there before the group was linked: Push Now only adds here, "
        "it does not overwrite",
        "remove the member in the app, or unlink leaving the group, Refresh App Groups and link it "
        "again",
        OPERATIONS,
        _by_hand(member),
    )


# --- what several of them ask --------------------------------------------------------------------


def _may_be_sent(member: Member) -> bool:
    """Whether it is a missing member of the Okta group, active there."""
    return member.is_missing and member.in_source and member.status in ELIGIBLE


def _was_skipped(member: Member) -> bool:
    """Whether everything is there to send the member, and the mapping thinks that it is done."""
    return member.is_missing and member.is_eligible and member.is_idle and not member.is_known


def _was_too_late(member: Member) -> bool:
    """Whether users were left out of a push before this one had an account."""
    left_out, account = member.last(LEFT_OUT), member.last(*PROVISIONED)
    if not _was_skipped(member) or _came_back(member) or left_out is None or account is None:
        return False
    return left_out.number < account.number and _account_is_active(member)


def _came_back(member: Member) -> bool:
    ended, returned = member.last(*ENDED), member.last(*RETURNED)
    return ended is not None and returned is not None and ended.number < returned.number


def _is_known_missing(member: Member) -> bool:
    return member.is_missing and member.in_source and member.is_known


def _account_is_the_known_one(member: Member) -> bool:
    known = member.app_user.external_id if member.app_user else None
    return member.account is not None and member.has_live_account and member.account.id == known


def _account_is_active(member: Member) -> bool:
    account = member.account
    return account is not None and account.active and _account_is_the_known_one(member)


def _is_left_over(member: Member) -> bool:
    """Whether Okta once sent the member, and lost the account before it could send the removal."""
    if not _is_not_ours(member) or not member.calls or _was_removed(member):
        return False
    return not member.is_provisioned or member.last(UNASSIGNED) is not None


def _is_foreign(member: Member) -> bool:
    """Whether somebody else put the member in; in error, it may only not be removed yet."""
    is_in_error = member.mapping.status is MappingStatus.ERROR
    return _is_not_ours(member) and not _is_left_over(member) and not is_in_error


def _is_not_ours(member: Member) -> bool:
    """Whether a member is there of whom Okta knows nothing (any more)."""
    is_theirs = member.is_extra and not member.in_source
    return is_theirs and not member.is_known and not member.is_in_doubt


def _was_removed(member: Member) -> bool:
    """Whether the user had the app when leaving the group, and kept it until that was pushed."""
    left = member.last(LEFT)
    if left is None:
        return False
    before = [event.type for event in member.events if event.number < left.number]
    after = [event.type for event in member.events if event.number > left.number]
    had = next((kind for kind in reversed(before) if kind in (UNASSIGNED, *PROVISIONED)), "")
    then = next((kind for kind in after if kind in (UNASSIGNED, MEMBERS_PUSHED)), "")
    return had in PROVISIONED and then == MEMBERS_PUSHED


def _left_over(member: Member) -> tuple[Fact, ...]:
    """In the order in which it happened."""
    lost = f"{member.user} lost {member.app.label}, and Okta the id of the account"
    left = f"{member.user} left {member.mapping.group} in Okta"
    facts = [member.fact(lost, UNASSIGNED, *ENDED), member.fact(left, LEFT)]
    return (*member.last_call, *sorted(facts, key=lambda fact: fact.at or 0.0))


def _by_hand(member: Member) -> tuple[Fact, ...]:
    if not member.calls:
        return (Fact(f"no call of Okta's has put {member.user} into the group"),)
    return (Fact(f"{member.user} is no member in Okta's books"), *member.last_call)


def _left_out(member: Member) -> tuple[Fact, ...]:
    """When a push said that it left users out."""
    event = member.last(LEFT_OUT)
    return (Fact(event.message, event.at),) if event else ()


def _of_rules(member: Member) -> tuple[Fact, ...]:
    """Whether a group rule feeds the group."""
    event = member.last(RULE)
    if event is None:
        return ()
    return (Fact(f"{member.mapping.group} is fed by the group rule {event.targets[0]}", event.at),)
