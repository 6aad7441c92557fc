"""Why the org turned a request down: asked about `Refusal`."""

from ..evidence import Refusal
from ..finding import HELP, KB, Finding, cause

API = "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupPushMapping/"


@cause
def provisioning_not_enabled(refusal: Refusal) -> Finding | None:
    """R1: without an API integration nothing can be pushed."""
    if not refusal.says("Provisioning is not enabled"):
        return None
    return Finding(
        "provisioning is not enabled for the app: nothing can be pushed to it",
        "enable the API integration on the app's Provisioning tab",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        refusal.facts,
    )


@cause
def no_group_push(refusal: Refusal) -> Finding | None:
    """R2, T75: not every integration can push groups."""
    if not refusal.says("does not support Group Push"):
        return None
    return Finding(
        "the integration does not have Group Push",
        "use an integration of the app that has it, or import the groups instead",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        refusal.facts,
    )


@cause
def group_unknown_to_okta(refusal: Refusal) -> Finding | None:
    """R14, T27: the group to link is not offered."""
    if not refusal.says("Refresh App Groups", "is known and free"):
        return None
    return Finding(
        "Okta does not know the group to link, or it is linked already",
        "Refresh App Groups (for Google Workspace and Org2Org keep Import Groups ticked)",
        f"{KB}/How-to-link-push-groups-in-Enhanced-Group-Push",
        refusal.facts,
    )


@cause
def linking_not_supported(refusal: Refusal) -> Finding | None:
    """R12, R13, T26: not every integration can link."""
    if not refusal.says("does not support Group Linking"):
        return None
    return Finding(
        "the app has no Group Linking: an existing group cannot be taken over",
        "rename or delete the group in the app, or push under another name",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        refusal.facts,
    )


@cause
def name_is_ambiguous(refusal: Refusal) -> Finding | None:
    """R43: more than one group of the app has the name."""
    if not refusal.says("more than one group is named"):
        return None
    return Finding(
        "more than one group of the app has the name, so the one to link cannot be told",
        "rename or delete the others in the app, then Refresh App Groups",
        f"{KB}/How-to-link-push-groups-in-Enhanced-Group-Push",
        refusal.facts,
    )


@cause
def pushed_already(refusal: Refusal) -> Finding | None:
    """R19: one mapping per group and app."""
    if not refusal.says("is already pushed to"):
        return None
    return Finding(
        "the group is pushed to this app already; there is one mapping per group and app",
        "unlink the other mapping first, or push another group",
        API,
        refusal.facts,
    )


@cause
def ou_not_connected(refusal: Refusal) -> Finding | None:
    """R51, T67: the OU must be among those connected to Okta."""
    if not refusal.says("Group OUs connected to Okta"):
        return None
    return Finding(
        "the organizational unit is not among the Group OUs connected to Okta",
        "select it in the directory's settings",
        "https://help.okta.com/en/prod/Content/Topics/Directory/"
        "ad-agent-cofigure-group-push-AD-OUs.htm",
        refusal.facts,
    )


@cause
def directory_needs_more(refusal: Refusal) -> Finding | None:
    """R52, T69: a directory group needs an OU, a scope and a type."""
    if not (refusal.says("appConfig") and refusal.says("choose the organizational unit")) and not (
        refusal.says("appConfig", "must be one of")
    ):
        return None
    return Finding(
        "a directory group needs an organizational unit, a scope and a type that there are",
        "choose the OU, the group scope and the group type",
        "https://help.okta.com/en/prod/Content/Topics/Directory/ad-agent-push-group.htm",
        refusal.facts,
    )


@cause
def no_push_by_rule(refusal: Refusal) -> Finding | None:
    """R9: by rule is not available for Active Directory."""
    if not refusal.says("does not support pushing groups by rule"):
        return None
    return Finding(
        "groups cannot be pushed to this app by rule",
        "push each group by name",
        f"{HELP}/usgp-enable-group-push.htm",
        refusal.facts,
    )


@cause
def too_many_matches(refusal: Refusal) -> Finding | None:
    """R22, T36: at most 100 groups per rule."""
    if not refusal.says("groups match", "at most"):
        return None
    return Finding(
        "more groups match the push rule than it may push",
        "split the rule into several with at most 100 groups each",
        f"{KB}/Can-A-Group-Push-Contain-All-Okta-Groups",
        refusal.facts,
    )


@cause
def import_groups_in_use(refusal: Refusal) -> Finding | None:
    """T28: Import Groups cannot be unticked while groups are pushed."""
    if not refusal.says("import_groups", "unlink them first"):
        return None
    return Finding(
        "Import Groups cannot be unticked while mappings or push rules of the app exist",
        "unlink the mappings and delete the rules first",
        f"{HELP}/usgp-delete-groups-provisioning-apps.htm",
        refusal.facts,
    )


@cause
def group_in_use(refusal: Refusal) -> Finding | None:
    """R37, T83: a group in a mapping cannot be deleted."""
    in_mapping = refusal.says("is used in a group push mapping")
    if not in_mapping and not refusal.says("that is free of group push mappings"):
        return None
    return Finding(
        "the group is used in a group push mapping",
        "unlink the mapping first",
        f"{KB}/how-to-determine-the-origin-of-a-group-and-how-to-remove-it",
        refusal.facts,
    )


@cause
def target_being_deleted(refusal: Refusal) -> Finding | None:
    """R33: the mapping goes with its target group."""
    if not refusal.says("is being deleted"):
        return None
    return Finding(
        "the mapping was unlinked deleting the group, and that is still under way",
        "wait until it is gone, then push the group again",
        f"{HELP}/usgp-group-push-operations.htm",
        refusal.facts,
    )


@cause
def inactive_user_assigned(refusal: Refusal) -> Finding | None:
    """R6, E0000117: an inactive user gets no app."""
    if not refusal.says("E0000117"):
        return None
    return Finding(
        "the user is not active in Okta, and inactive users get no app and no push",
        "activate the user first, then push every group the user is in again",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        refusal.facts,
    )
