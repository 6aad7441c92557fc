"""The hand of the app's own administrator, behind Okta's back."""

from collections.abc import Mapping
from typing import Annotated, Any

from ..here import Here
from ..kinds import Anything, DirectoryOnly, Many, Name, New, Table, Text
from ..marks import quiet, verb
from ..words import (
    Accounts,
    NewAccounts,
    NewTargetGroup,
    TargetGroup,
    TargetGroups,
    TargetMembers,
    Words,
)

OU = Annotated[str, Name("OU"), "the OU, for apps that have such"]
OwnOU = Annotated[str, DirectoryOnly(Name("OU"))]


@verb
def target_create_group(
    here: Here,
    group: NewTargetGroup,
    *,
    members: Accounts = (),
    ou: OU | None = None,
    type_: Words = "",
) -> None:
    """Create a group in the app by hand."""
    here.target.add_group(
        group, member_ids=here.account_ids(members), place=here.place(ou), kind=type_
    )


@verb
def target_rename_group(
    here: Here,
    names: Annotated[dict[str, str], Table(Name("target group"), New("target group"))],
) -> None:
    """Rename groups in the app by hand: {Sales: Sales EMEA}."""
    for old, new in names.items():
        here.target.rename_group(here.target_group(old), new)


@verb
def target_move_group(
    here: Here, group: TargetGroup, ou: Annotated[str, DirectoryOnly(Name("OU"))]
) -> None:
    """Move a group of the app into another OU."""
    here.target.move_group(here.target_group(group), here.dn(ou))


@verb
def target_delete_group(here: Here, groups: TargetGroups) -> None:
    """Delete groups in the app by hand."""
    for group in groups:
        here.target.delete_group(here.target_group(group))


@verb
def target_restore_group(here: Here, groups: TargetGroups) -> None:
    """Restore deleted groups in the app, where it has a bin."""
    for group in groups:
        here.target.restore_group(here.target_group(group, deleted=True))


@verb
def target_add_members(here: Here, members: TargetMembers) -> None:
    """Add accounts to groups in the app by hand: {Sales: [ana]}."""
    for group, accounts in members.items():
        here.target.add_members(here.target_group(group), here.account_ids(accounts))


@verb
def target_remove_members(here: Here, members: TargetMembers) -> None:
    """Remove accounts from groups in the app by hand: {Sales: [ana]}."""
    for group, accounts in members.items():
        here.target.remove_members(here.target_group(group), here.account_ids(accounts))


@verb
def target_create_account(
    here: Here,
    accounts: NewAccounts,
    *,
    login: Annotated[str | None, Text(), "if other than the person's login"] = None,
    profile: Annotated[
        Mapping[str, Any] | None, Table(Text(), Anything()), "in the app's own attribute names"
    ] = None,
) -> None:
    """Create accounts in the app by hand."""
    for short in accounts:
        here.add_account(short, login, profile)


@verb
def target_suspend_account(here: Here, accounts: Accounts) -> None:
    """Suspend (block, disable) accounts in the app by hand."""
    for account_id in here.account_ids(accounts):
        here.target.set_account_active(account_id, active=False)


@verb
def target_unsuspend_account(here: Here, accounts: Accounts) -> None:
    """End the suspension of accounts in the app by hand."""
    for account_id in here.account_ids(accounts):
        here.target.set_account_active(account_id, active=True)


@verb
def target_delete_account(here: Here, accounts: Accounts) -> None:
    """Delete accounts in the app by hand."""
    for account_id in here.account_ids(accounts):
        here.target.delete_account(account_id)


@verb
def target_restore_account(here: Here, accounts: Accounts) -> None:
    """Restore deleted accounts in the app, where it has a bin."""
    for short in accounts:
        here.target.restore_account(here.account(short, deleted=True))


@verb
def target_recreate_account(here: Here, accounts: Accounts) -> None:
    """Delete accounts in the app and create them anew: same login, new id."""
    for short in accounts:
        here.target.delete_account(here.account(short))
        here.add_account(short)


OUs = Annotated[tuple[str, ...], Many(DirectoryOnly(Name("OU")))]


@quiet
def target_create_ou(here: Here, ou: Annotated[str, DirectoryOnly(New("OU"))]) -> None:
    """Create an OU in the directory: a name beside the other OUs, or a full DN."""
    here.target.add_place(here.dn(ou))


@quiet
def target_delete_ou(here: Here, ous: OUs) -> None:
    """Delete OUs of the directory with all that is in them."""
    for ou in ous:
        here.target.delete_place(here.dn(ou))


@quiet
def target_grant_rights(here: Here, ous: OUs) -> None:
    """Give the account that Okta's agent uses its rights on OUs."""
    for ou in ous:
        here.target.set_rights(here.dn(ou), granted=True)


@quiet
def target_revoke_rights(here: Here, ous: OUs) -> None:
    """Take the account that Okta's agent uses its rights on OUs."""
    for ou in ous:
        here.target.set_rights(here.dn(ou), granted=False)
