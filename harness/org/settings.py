"""Every setting of the org and of an app: its default, one sentence, and how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..errors import Refused

HELP = "https://help.okta.com/oie/en-us/content/topics/users-groups-profiles"


@dataclass(frozen=True)
class SettingInfo:
    """What a setting is. `choices` limits its values; `mark` "unsure" means the documents differ."""

    default: Any
    sentence: str
    choices: tuple[Any, ...] = ()
    mark: str = "doc"
    source: str = ""


ON_OFF = (True, False)

APP = {
    "provisioning": SettingInfo(
        True,
        "API integration is enabled; without it nothing can be pushed",
        ON_OFF,
        source=f"{HELP}/usgp-group-push-prerequisites.htm",
    ),
    "group_push": SettingInfo(
        True,
        "the integration has the feature GROUP_PUSH",
        ON_OFF,
        source=f"{HELP}/usgp-group-push-prerequisites.htm",
    ),
    "import_groups": SettingInfo(
        True, "Import Groups is ticked: Refresh App Groups brings the target's groups", ON_OFF
    ),
    "rename_app_groups": SettingInfo(
        True,
        "Rename app groups to match group name in Okta",
        ON_OFF,
        source=f"{HELP}/usgp-configure-enhanced-group-push.htm",
    ),
    "linking_allowed": SettingInfo(
        None, "Group Linking: on, off, or as the integration declares (null)", (True, False, None)
    ),
    "deprovision": SettingInfo(
        "deactivate",
        "what unassigning does to the account",
        ("deactivate", "delete"),
        source="https://developer.okta.com/docs/concepts/scim/",
    ),
    "heal_late_members": SettingInfo(
        False,
        "a member who is provisioned after the push was computed is added without a new push",
        ON_OFF,
        mark="unsure",
        source="https://developer.okta.com/docs/reference/scim/scim-20/ reads as yes, "
        "https://github.com/okta/terraform-provider-okta/issues/1164 as no",
    ),
    "wire": SettingInfo(
        "frugal",
        "fewest calls, or the recorded habits of Okta's SCIM connector",
        ("frugal", "okta"),
    ),
    "ous": SettingInfo(
        None, "Group OUs connected to Okta: the OUs a group may be pushed into (null: every one)"
    ),
    "user_ou": SettingInfo(
        None, "the OU that new accounts are made in (null: the directory's default)"
    ),
    "domain": SettingInfo(None, "the sign-in domain of new accounts (null: that of the login)"),
    "timeout_s": SettingInfo(60.0, "seconds to wait for a reply of the target"),
}

ORG = {
    "enhanced_group_push": SettingInfo(
        True,
        "Enhanced Group Push: linking to existing groups is offered",
        ON_OFF,
        source="https://help.okta.com/en/prod/Content/Topics/Directory/group-push-enh.htm",
    ),
    "deactivated_keep_groups": SettingInfo(
        True,
        "a deactivated user stays in the groups it was put into by hand",
        ON_OFF,
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
            raise Refused(
                "E0000001",
                f"Api validation failed: {name}",
                (f"{owner} has no such setting; nearest: {near[0]}",),
            )
        if info.choices and value not in info.choices:
            allowed = ", ".join(map(str, info.choices))
            raise Refused(
                "E0000001", f"Api validation failed: {name}", (f"must be one of {allowed}",)
            )
    return dict(changes)
