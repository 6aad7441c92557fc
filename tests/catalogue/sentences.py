"""What Okta's pages on Group Push say, in our own words, and the files that show it.

One row per sentence that a push can keep or break; what only describes the console's menus, or
says again what another page says, is not repeated. The ids are those of the files' `case`.
"""

from dataclasses import dataclass

SUPPORT = "https://support.okta.com/help/s/article"
HELP = "https://help.okta.com/en-us/content/topics/users-groups-profiles"


@dataclass(frozen=True)
class Page:
    """A page of Okta's help; `parts` are the addresses at which its text stands today."""

    title: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """A normative sentence: where it stands, what it says, its ids, and the files that show it."""

    page: Page
    section: str
    says: str
    ids: tuple[str, ...]
    files: tuple[str, ...]


USING = Page(
    "Using Group Push",
    (
        f"{HELP}/usgp-about-group-push.htm",
        f"{HELP}/usgp-group-push-prerequisites.htm",
        f"{HELP}/usgp-enable-group-push.htm",
        f"{HELP}/usgp-group-push-operations.htm",
        f"{HELP}/usgp-configure-enhanced-group-push.htm",
    ),
)
TROUBLE = Page("Troubleshooting Group Push", (f"{HELP}/usgp-group-push-troubleshoot.htm",))
ASSIGNING = Page("App assignments and Group Push", (f"{HELP}/app-assignments-group-push.htm",))
BESIDE = Page(
    "Okta's support articles and its API",
    (
        f"{SUPPORT}/How-to-link-push-groups-in-Enhanced-Group-Push",
        f"{SUPPORT}/groups-group-push-and-group-rules-limits",
        (
            f"{SUPPORT}/push-groups-that-no-longer-matches-the-rule-criteria-are-still-available-under-"
            "push-groups-created-by-a-rule"
        ),
        (
            "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/"
            "GroupPushMapping/"
        ),
    ),
)

ABOUT, BEFORE, ENABLE = "About Group Push", "Prerequisites", "Enable Group Push"
OPERATIONS, LINKING = "Operations", "Enhanced Group Push"

BY_RULE = "operations/push-rule-criteria"
SAME_GROUP = "troubleshooting/same-group-assigned-and-pushed-arrives-empty"
STAYS = "troubleshooting/same-group-removed-user-stays"
SEPARATE = "troubleshooting/separate-groups-for-assignment-and-push"
TWO_GROUPS = "operations/two-groups-from-the-start"
DRIFT = "operations/hand-edits-drift-until-push-now"
AD_ADDS = "operations/push-now-adds-only-in-active-directory"
RECONCILES = "operations/linking-reconciles-once"
GONE = "troubleshooting/deleted-in-the-target"
AD_GONE = "troubleshooting/deleted-in-the-directory"
REACTIVATED = "troubleshooting/reactivated-user-missing"
ONLY_ASSIGNED = "troubleshooting/only-assigned-members-arrive"
NOT_ASSIGNED = "troubleshooting/members-not-assigned"
NOT_PROVISIONED = "troubleshooting/member-not-provisioned"
RIGHT_ORDER = "operations/remove-a-user-in-the-right-order"
PUSH_BY_NAME = "operations/push-by-name"
OFFERED = "troubleshooting/group-to-link-is-not-offered"
UNLINK_DELETE = "operations/unlink-deleting-the-group"
UNLINK_LEAVE = "operations/unlink-leaving-the-group"


def _of(page: Page, section: str, *rows: tuple[str, str, tuple[str, ...]]) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(page, section, says, tuple(ids.split()), files) for says, ids, files in rows
    )


SENTENCES = (
    *_of(
        USING,
        ABOUT,
        (
            "Existing Okta groups and their members are sent to apps that are provisioned.",
            "R4 R9",
            (ONLY_ASSIGNED, PUSH_BY_NAME),
        ),
        (
            "Okta is the source of the memberships it has pushed.",
            "R17 R30",
            (DRIFT,),
        ),
        (
            "Pushing makes groups in apps, never in Okta.",
            "R9 R10",
            (PUSH_BY_NAME,),
        ),
        (
            "Changes made to a pushed group in the app put it out of step with Okta.",
            "T46 R17",
            (DRIFT, "operations/two-instances-of-one-app"),
        ),
        (
            (
                "Memberships are reconciled once, when the push is set up; "
                "who is not in the Okta group is removed from the linked one."
            ),
            "T21 R16",
            (RECONCILES, "operations/link-instead-of-create"),
        ),
        (
            "The same in Active Directory, for groups that Okta has imported.",
            "T21 R54",
            (RECONCILES, "operations/directory-group-of-the-same-name-is-adopted"),
        ),
        (
            "After that nothing is reconciled any more.",
            "R17",
            (RECONCILES,),
        ),
        (
            (
                "An import from Active Directory removes pushed groups that were deleted there "
                "only if they are empty."
            ),
            "T45 R57",
            (AD_GONE,),
        ),
        (
            (
                "A pushed group that was deleted in Active Directory and has members is to be "
                "deleted in Okta by hand."
            ),
            "T45 R57",
            (AD_GONE,),
        ),
        (
            "One group for both app assignment and Group Push is not supported.",
            "T3 T4 R7",
            (SAME_GROUP, STAYS),
        ),
        (
            "For memberships that stay the same on both sides, a separate group is pushed.",
            "T6 R7",
            (TWO_GROUPS, SEPARATE),
        ),
        (
            "By name: an admin picks the groups that are made and updated in the app.",
            "R9",
            (PUSH_BY_NAME,),
        ),
        (
            "By rule: groups are pushed whose name matches a text.",
            "R9",
            (BY_RULE, "operations/push-by-rule"),
        ),
        (
            "By rule: or whose description does.",
            "R9",
            (BY_RULE,),
        ),
        (
            "By rule is not available for Active Directory.",
            "R9",
            ("operations/push-by-rule-not-for-active-directory",),
        ),
    ),
    *_of(
        USING,
        BEFORE,
        (
            "Provisioning must be enabled for the app.",
            "R1",
            (
                "troubleshooting/provisioning-not-enabled",
                "troubleshooting/provisioning-off-or-access-broken",
            ),
        ),
        (
            "Okta must have access to the app's API.",
            "T55 R41",
            (
                "troubleshooting/provisioning-off-or-access-broken",
                "troubleshooting/credentials-expired",
            ),
        ),
        (
            "Members must be assigned to the app and provisioned there before.",
            "R4",
            (ONLY_ASSIGNED, NOT_PROVISIONED),
        ),
        (
            "Accounts that are in the app already must be known to Okta as its users'.",
            "R4 R55",
            ("troubleshooting/account-made-by-hand",),
        ),
        (
            "A name that the app has already cannot be pushed unless the app supports linking.",
            "T26 R12",
            ("troubleshooting/name-taken-without-linking",),
        ),
        (
            "Groups of Google Workspace, Box and Active Directory, among others, can be linked.",
            "R10 R13 R16",
            ("operations/link-instead-of-create",),
        ),
        (
            "For Active Directory Okta needs the right to create groups there.",
            "T66 R51",
            ("troubleshooting/rights-lost-on-the-ou",),
        ),
        (
            "For Active Directory an OU is chosen, among those connected to Okta.",
            "T67 R51 R52",
            (
                "operations/ou-for-a-pushed-group",
                "troubleshooting/ou-deleted-in-the-directory",
            ),
        ),
        (
            "Users who are not active in Okta are not pushed.",
            "R6",
            (REACTIVATED, "operations/suspended-user-is-not-pushed"),
        ),
        (
            "Once reactivated, the user's group has to be pushed again.",
            "T7 R6",
            (REACTIVATED,),
        ),
        (
            "If the user is in several groups, every one of them.",
            "T7 R6",
            (REACTIVATED,),
        ),
    ),
    *_of(
        USING,
        ENABLE,
        (
            "Memberships are pushed at once, unless the box is cleared: by name.",
            "R11",
            ("operations/push-memberships-later",),
        ),
        (
            "The same for a rule.",
            "R11",
            ("operations/push-rule-memberships-later",),
        ),
        (
            "A rule pushes what it finds, now and later, and shows under its name.",
            "R9",
            ("operations/push-by-rule", BY_RULE),
        ),
        (
            "Bulk Edit deletes, deactivates or activates many at once.",
            "T84",
            ("operations/bulk-edit",),
        ),
        (
            "Deactivating pauses: the group stays in the app, new members do not appear there.",
            "R32",
            ("operations/deactivate-change-activate",),
        ),
        (
            "Unlinking with delete takes the group and its memberships from the app.",
            "R33",
            (UNLINK_DELETE,),
        ),
        (
            "Unlinking with leave stops the push and leaves the group in the app.",
            "R33",
            (UNLINK_LEAVE,),
        ),
        (
            "Push Now sends the whole membership again, and makes Okta its source again.",
            "R30",
            (DRIFT, "operations/push-now-on-an-emptied-group"),
        ),
        (
            "Except in Active Directory: there it adds the newest members and overwrites nothing.",
            "T20 R56",
            (AD_ADDS,),
        ),
        (
            "A group that is renamed in Okta is renamed in the app.",
            "T32 R18",
            ("operations/rename-follows-the-setting",),
        ),
    ),
    *_of(
        USING,
        OPERATIONS,
        (
            "A group that the app does not have is made there.",
            "R10",
            (PUSH_BY_NAME,),
        ),
        (
            (
                "A group of the app that was imported and linked is Okta's from then on, and is "
                "not listed as the app's own any more."
            ),
            "R16",
            (OFFERED, "operations/link-instead-of-create"),
        ),
        (
            "Unlinked with delete, the source group stays in Okta.",
            "R33",
            (UNLINK_DELETE,),
        ),
        (
            "Unlinked and left, the app's group is an imported group like any other.",
            "R33",
            (UNLINK_LEAVE,),
        ),
    ),
    *_of(
        USING,
        LINKING,
        (
            "Refresh App Groups brings what changed in the app, so that it can be chosen.",
            "T27 R14",
            (OFFERED,),
        ),
        (
            "Whether linking renames the app's group is a setting.",
            "R18",
            ("operations/rename-setting-when-linking", RECONCILES),
        ),
        (
            "A search by name shows the match: create, where the app has no such group.",
            "R9 R10",
            (PUSH_BY_NAME,),
        ),
        (
            "Or link, where it has one; another can be chosen by its name.",
            "R10",
            (PUSH_BY_NAME, "operations/link-instead-of-create"),
        ),
    ),
    *_of(
        TROUBLE,
        "The page's first paragraphs",
        (
            "Pushed groups are managed in Okta; changes in the app put both out of step.",
            "T46 R17",
            (DRIFT,),
        ),
        (
            "An error is listed with its time and its probable cause.",
            "R41",
            ("operations/several-groups-one-app", "troubleshooting/credentials-expired"),
        ),
        (
            "Retry All Groups, after the correction, pushes again what has errors.",
            "R41",
            ("troubleshooting/credentials-expired", "operations/several-groups-one-app"),
        ),
        (
            "Inactive users are not pushed; reactivated ones have to be, in every group of theirs.",
            "T7 R6",
            (REACTIVATED,),
        ),
    ),
    *_of(
        TROUBLE,
        "Groups appear in the target app without their users",
        (
            "See that the members are assigned to the app; the group itself need not be.",
            "T1 R5",
            (NOT_ASSIGNED,),
        ),
        (
            "See that the members have accounts in the app.",
            "T2 R4",
            (NOT_PROVISIONED,),
        ),
        (
            "See that the pushed group is not the one that assigns the app.",
            "T3 R7",
            (SAME_GROUP,),
        ),
        (
            "If some members are assigned and others are not, the assigned ones appear.",
            "T2 R4",
            (ONLY_ASSIGNED,),
        ),
    ),
    *_of(
        TROUBLE,
        "Removed users still appear in target app groups",
        (
            "See that the pushed group is not the one that assigns the app.",
            "T4 R7",
            (STAYS,),
        ),
    ),
    *_of(
        TROUBLE,
        "A group has been deleted directly from the target app",
        (
            "The pushed group has to be deleted in Okta, and the memberships brought back.",
            "T40 R45",
            (GONE, AD_GONE, "troubleshooting/google-group-deleted"),
        ),
        (
            "Unlink it, leaving the group in the app.",
            "T40",
            (GONE, AD_GONE),
        ),
        (
            "Import, so that Okta knows that the group is gone.",
            "T40",
            (GONE, AD_GONE),
        ),
        (
            "Push the group again.",
            "T40",
            (GONE, AD_GONE),
        ),
    ),
    *_of(
        ASSIGNING,
        "App assignments and Group Push",
        (
            "Assigning a group to an app makes accounts for its members.",
            "T6 R7",
            (TWO_GROUPS,),
        ),
        (
            "Pushing a group makes the group, and its memberships, in the app.",
            "T6 R5",
            (TWO_GROUPS,),
        ),
        (
            "Both together take two groups.",
            "T6 R7",
            (TWO_GROUPS, SEPARATE),
        ),
    ),
    *_of(
        ASSIGNING,
        "Assign an app to a group and push a group",
        (
            "Make a group, assign it the app: Taylor Smith gets an account.",
            "T6 R7",
            (TWO_GROUPS,),
        ),
        (
            "Make a second group with the same members and push it: Taylor Smith is in the group.",
            "T6 R7",
            (TWO_GROUPS,),
        ),
        (
            "To take somebody out: first of the push group, then of the assignment group.",
            "R38",
            (RIGHT_ORDER, TWO_GROUPS),
        ),
        (
            "The account is then deactivated, and no membership is left.",
            "R38",
            (RIGHT_ORDER,),
        ),
    ),
    *_of(
        ASSIGNING,
        "Troubleshoot app assignment and group membership",
        (
            "With one group for both, the assignment goes first and the membership stays.",
            "T4 R38",
            (STAYS,),
        ),
        (
            "With one group for both, a new member gets the app and is missing in the group.",
            "T3 R8",
            (SAME_GROUP,),
        ),
        (
            "Somebody unassigned or deactivated before leaving the push group stays in it.",
            "T5 R38",
            ("troubleshooting/unassigned-before-removed-stays",),
        ),
        (
            (
                "Solution 1: a new group for the assignment, with the members who have the app; "
                "then the old assignment goes. Nobody's account is touched."
            ),
            "T6 R7",
            (SEPARATE,),
        ),
        (
            (
                "Solution 2: a new group for the push; the old one is unlinked, leaving the group, "
                "and the new one linked to it. Nobody loses the membership."
            ),
            "T6 R16 R33",
            ("troubleshooting/new-push-group-linked-to-the-old-target",),
        ),
    ),
    *_of(
        BESIDE,
        "What they leave to others",
        (
            "Groups that stop matching stay pushed, and so do those of a rule that is deleted.",
            "T35 R35",
            ("operations/push-by-rule", "operations/push-rule-edited-and-deleted"),
        ),
        (
            "A rule takes a limited number of groups.",
            "T36 R22",
            ("operations/push-rule-with-more-than-a-hundred-matches",),
        ),
        (
            "One group may be pushed to several apps, each with its own assignments.",
            "R20",
            ("operations/one-group-several-apps", "operations/two-instances-of-one-app"),
        ),
        (
            "Who has the app through several assignments has it until the last one goes.",
            "R38",
            ("operations/member-through-two-assignments",),
        ),
        (
            "For Google Workspace, Import Groups must stay enabled.",
            "T27 R14",
            ("troubleshooting/google-needs-import-groups-for-linking",),
        ),
    ),
)

OF_THESE_PAGES = (
    "R1 R4 R5 R6 R7 R8 R9 R10 R11 R12 R13 R14 R16 R17 R18 R30 R32 R33 R35 R38 R41 R51 R52 R54 R55 "
    "R56 R57 T1 T2 T3 T4 T5 T6 T7 T20 T21 T26 T27 T32 T35 T36 T40 T45 T46 T67 T84"
)
"""The rules and cases that are known from these pages, apart by spaces."""
