"""Who is assigned to the app, and what is imported from it."""

from ..here import Here
from ..marks import verb
from ..words import Groups, Users


@verb
def assign_user(here: Here, users: Users) -> None:
    """Assign users to the app, one by one."""
    for login in here.people.all_logins(users):
        here.operator.assign_user(here.app, login)


@verb
def unassign_user(here: Here, users: Users) -> None:
    """Take back the individual assignment of users to the app."""
    for login in here.people.all_logins(users):
        here.operator.unassign_user(here.app, login)


@verb
def assign_group(here: Here, groups: Groups) -> None:
    """Assign groups to the app: their members are provisioned there."""
    for group in groups:
        here.operator.assign_group(here.app, group)


@verb
def unassign_group(here: Here, groups: Groups) -> None:
    """Take back the assignment of groups to the app."""
    for group in groups:
        here.operator.unassign_group(here.app, group)


@verb
def import_users(here: Here) -> None:
    """Import the app's accounts and match them with users by login or e-mail."""
    here.operator.import_users(here.app)


@verb
def refresh_app_groups(here: Here) -> None:
    """Refresh App Groups: make the app's groups known to Okta."""
    here.operator.refresh_app_groups(here.app)
