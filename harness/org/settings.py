"""Every setting of the org and of an app: its default, one sentence, and how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..errors import Refused

HELP = "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles"

ON_OFF = (True, False)
TEXT = "text or null"
TEXTS = "a list of texts or null"
SECONDS = "a number of seconds above 0"
COUNT = "a whole number of at least 1 or null"
PERCENT = "a whole number from 1 to 100 or null"
GCDS = "https://support.google.com/a/answer/6162412"


@dataclass(frozen=True)
class SettingInfo:
    """What a setting is. `choices` or `kind` limit its values.

    The mark "unsure" means that the documents differ, or do not say.
    """

    default: Any
    sentence: str
    choices: tuple[Any, ...] = ()
    kind: str = ""
    mark: str = "doc"
    source: str = ""

    def complaint(self, value: Any) -> str:
        """What is wrong with a value; 1 is not true and 0 is not false."""
        if self.choices:
            fits = any(value is choice or _same_text(value, choice) for choice in self.choices)
            return "" if fits else f"must be one of {', '.join(map(str, self.choices))}"
        fits = {
            TEXT: value is None or isinstance(value, str),
            TEXTS: value is None or _are_texts(value),
            COUNT: value is None or _is_whole(value, 1, None),
            PERCENT: value is None or _is_whole(value, 1, 100),
            SECONDS: isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
        }[self.kind]
        return "" if fits else f"must be {self.kind}"


APP = {
    "provisioning": SettingInfo(
        default=True,
        sentence="API integration is enabled; without it nothing can be pushed",
        choices=ON_OFF,
        source=f"{HELP}/usgp-group-push-prerequisites.htm",
    ),
    "group_push": SettingInfo(
        default=True,
        sentence="the integration has the feature GROUP_PUSH",
        choices=ON_OFF,
        source=f"{HELP}/usgp-group-push-prerequisites.htm",
    ),
    "import_groups": SettingInfo(
        default=True,
        sentence="Import Groups is ticked: Refresh App Groups brings the target's groups",
        choices=ON_OFF,
    ),
    "rename_app_groups": SettingInfo(
        default=True,
        sentence="Rename app groups to match group name in Okta",
        choices=ON_OFF,
        source=f"{HELP}/usgp-configure-enhanced-group-push.htm",
    ),
    "linking_allowed": SettingInfo(
        default=None,
        sentence="Group Linking: on, off, or as the integration declares (null)",
        choices=(True, False, None),
    ),
    "deprovision": SettingInfo(
        default="deactivate",
        sentence="what unassigning does to the account",
        choices=("deactivate", "delete"),
        source="https://developer.okta.com/docs/concepts/scim/",
    ),
    "heal_late_members": SettingInfo(
        default=False,
        sentence="a member who is provisioned after the push was computed is added all the same",
        choices=ON_OFF,
        mark="unsure",
        source="https://developer.okta.com/docs/reference/scim/scim-20/ reads as yes, "
        "https://github.com/okta/terraform-provider-okta/issues/1164 as no",
    ),
    "wire": SettingInfo(
        default="frugal",
        sentence="fewest calls, or the recorded habits of Okta's SCIM connector",
        choices=("frugal", "okta"),
    ),
    "group_updates": SettingInfo(
        default="patch",
        sentence="how groups of SCIM apps are changed: by PATCH as catalogue apps are, or by PUT "
        "of the whole group as apps of the App Integration Wizard are",
        choices=("patch", "put"),
        source="https://developer.okta.com/docs/reference/scim/scim-20/",
    ),
    "ous": SettingInfo(
        default=None,
        sentence="Group OUs connected to Okta: the OUs a group may be pushed into (null: any)",
        kind=TEXTS,
    ),
    "user_ou": SettingInfo(
        default=None,
        sentence="the OU that new accounts are made in (null: the directory's default)",
        kind=TEXT,
    ),
    "domain": SettingInfo(
        default=None,
        sentence="the sign-in domain of new accounts (null: that of the login)",
        kind=TEXT,
    ),
    "removal_limit": SettingInfo(
        default=None,
        sentence="a push that would take more members than this out of a group is held back "
        "(null: Okta has no such guard)",
        kind=COUNT,
        source=GCDS,
    ),
    "removal_limit_percent": SettingInfo(
        default=None,
        sentence="the same, above this share of the members that the group has",
        kind=PERCENT,
        source=GCDS,
    ),
    "run_removal_limit": SettingInfo(
        default=None,
        sentence="every removal is held back while more than this wait for all groups of the app "
        "together",
        kind=COUNT,
        source=GCDS,
    ),
    "run_removal_limit_percent": SettingInfo(
        default=None,
        sentence="the same, above this share of the members that all these groups have",
        kind=PERCENT,
        source=GCDS,
    ),
    "timeout_s": SettingInfo(
        default=60.0, sentence="seconds to wait for a reply of the target", kind=SECONDS
    ),
}

ORG = {
    "enhanced_group_push": SettingInfo(
        default=True,
        sentence="Enhanced Group Push: linking to existing groups is offered",
        choices=ON_OFF,
        source="https://help.okta.com/en/prod/Content/Topics/Directory/group-push-enh.htm",
    ),
    "deactivated_keep_groups": SettingInfo(
        default=True,
        sentence="a deactivated user stays in the groups it was put into by hand",
        choices=ON_OFF,
        mark="unsure",
        source="https://support.okta.com/help/s/article/"
        "Deactivated-Users-not-Removed-From-Okta-Groups-Automatically (says so of rule-fed groups)",
    ),
}


def checked(
    known: Mapping[str, SettingInfo], changes: Mapping[str, Any], owner: str
) -> dict[str, Any]:
    """The changes, or a refusal that names the nearest known setting and its values."""
    for name, value in changes.items():
        info = known.get(name)
        if info is None:
            near = get_close_matches(name, known, 1) or sorted(known)
            raise _refusal(name, f"{owner} has no such setting; nearest: {near[0]}")
        wrong = info.complaint(value)
        if wrong:
            raise _refusal(name, wrong)
    return dict(changes)


def _is_whole(value: Any, low: int, high: int | None) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and value >= low and (high is None or value <= high)


def _same_text(value: Any, choice: Any) -> bool:
    return isinstance(choice, str) and bool(value == choice)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _refusal(name: str, cause: str) -> Refused:
    return Refused("E0000001", f"Api validation failed: {name}", (cause,))
