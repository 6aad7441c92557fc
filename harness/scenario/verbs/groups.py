"""Okta groups, their members, and the rules that fill them."""

from typing import Annotated

from ...model import AppUserStatus
from ..here import Here
from ..kinds import Name, New, Table, Text
from ..marks import verb
from ..words import (
    Group,
    GroupMembers,
    GroupRule,
    Groups,
    NewGroup,
    TargetGroups,
    Users,
    Words,
    Yes,
)


@verb
def create_group(
    here: Here,
    group: NewGroup,
    *,
    description: Words = "",
    members: Users = (),
) -> None:
    """Create a group in Okta."""
    here.operator.create_group(group, description=description)
    if members:
        here.operator.add_to_group(group, here.people.all_logins(members))


@verb
def rename_group(
    here: Here, names: Annotated[dict[str, str], Table(Name("group"), New("group"))]
) -> None:
    """Rename groups in Okta: {Sales: Sales EMEA}."""
    for old, new in names.items():
        here.operator.rename_group(old, new)


@verb
def delete_group(here: Here, groups: Groups) -> None:
    """Delete groups from Okta."""
    for group in groups:
        here.operator.delete_group(group)


@verb
def delete_app_group(here: Here, groups: TargetGroups) -> None:
    """Delete Okta's own record of groups of the app; one that is pushed cannot go."""
    for group in groups:
        here.operator.delete_app_group(here.app, group)


@verb
def add_members(here: Here, members: GroupMembers) -> None:
    """Add users to Okta groups: {Sales: [ana, ben]}."""
    for group, users in members.items():
        here.operator.add_to_group(group, here.people.all_logins(users))


@verb
def remove_members(here: Here, members: GroupMembers) -> None:
    """Remove users from Okta groups: {Sales: [ana, ben]}."""
    for group, users in members.items():
        here.operator.remove_from_group(group, here.people.all_logins(users))


@verb
def copy_members(
    here: Here,
    from_: Group,
    to: Group,
    *,
    only_assigned: Annotated[Yes, "leave out those not assigned to the app"] = False,
) -> None:
    """Add the members of one Okta group to another; with only_assigned, those the app knows."""
    members = list(here.operator.groups()[from_])
    if only_assigned:
        gone = AppUserStatus.DEPROVISIONED
        known = {u.login for u in here.operator.app_users(here.app) if u.status != gone}
        members = [login for login in members if login in known]
    here.operator.add_to_group(to, members)


@verb
def create_group_rule(
    here: Here,
    name: Annotated[str, New("group rule")],
    expression: Annotated[str, Text(), 'as in Okta: user.department=="Sales"'],
    groups: Groups,
    *,
    activate: Annotated[Yes, "false leaves the rule inactive, as the API does"] = True,
) -> None:
    """Create a group rule, which puts users into groups by their attributes."""
    here.operator.create_group_rule(name, expression=expression, groups=groups)
    if activate:
        here.operator.set_group_rule_active(name, active=True)


@verb
def activate_group_rule(here: Here, name: GroupRule) -> None:
    """Activate a group rule."""
    here.operator.set_group_rule_active(name, active=True)


@verb
def deactivate_group_rule(here: Here, name: GroupRule) -> None:
    """Deactivate a group rule."""
    here.operator.set_group_rule_active(name, active=False)


@verb
def delete_group_rule(here: Here, name: GroupRule) -> None:
    """Delete a group rule."""
    here.operator.delete_group_rule(name)
