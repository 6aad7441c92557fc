"""People in the org: their lifecycle and their profiles."""

from typing import Annotated

from ...model import UserProfile
from ..here import Here
from ..kinds import Name, Table, Text
from ..marks import verb
from ..words import NewUsers, User, Users, Words, Yes

Attributes = Annotated[dict[str, str], Table(Text("an attribute"), Text())]


@verb
def create_user(
    here: Here,
    users: NewUsers,
    *,
    login: Annotated[str | None, Text(), "if other than <name>@example.test"] = None,
    email: Annotated[str | None, Text(), "if other than the login"] = None,
    attributes: Annotated[Attributes | None, "custom attributes, for group rules"] = None,
    activate: Annotated[Yes, "false leaves the user staged"] = True,
) -> None:
    """Create users in Okta, active unless told otherwise."""
    for short in users:
        here.people.meet(short, login)
        plain = here.people.profile(short)
        profile = UserProfile(
            plain.login, email or plain.email, plain.first_name, plain.last_name, attributes or {}
        )
        here.operator.create_user(profile, activate=activate)


@verb
def change_user(
    here: Here,
    user: User,
    *,
    login: Words | None = None,
    email: Words | None = None,
    first_name: Words | None = None,
    last_name: Words | None = None,
    attributes: Attributes | None = None,
) -> None:
    """Change a user's profile in Okta: login, e-mail, names or attributes."""
    given = {"login": login, "email": email, "first_name": first_name, "last_name": last_name}
    changes = {name: value for name, value in given.items() if value is not None}
    here.operator.update_user(here.people.login(user), {**changes, **(attributes or {})})
    if login is not None:
        here.people.meet(user, login)


@verb
def change_email(
    here: Here, emails: Annotated[dict[str, str], Table(Name("user"), Text())]
) -> None:
    """Change users' e-mail addresses in Okta: {ana: ana.smith@example.test}."""
    for short, email in emails.items():
        here.operator.update_user(here.people.login(short), {"email": email})


@verb
def activate_user(here: Here, users: Users) -> None:
    """Activate staged users."""
    for login in here.people.all_logins(users):
        here.operator.activate_user(login)


@verb
def reactivate_user(here: Here, users: Users) -> None:
    """Activate deactivated users again."""
    for login in here.people.all_logins(users):
        here.operator.activate_user(login)


@verb
def deactivate_user(here: Here, users: Users) -> None:
    """Deactivate users in Okta."""
    for login in here.people.all_logins(users):
        here.operator.deactivate_user(login)


@verb
def suspend_user(here: Here, users: Users) -> None:
    """Suspend users in Okta."""
    for login in here.people.all_logins(users):
        here.operator.suspend_user(login)


@verb
def unsuspend_user(here: Here, users: Users) -> None:
    """End the suspension of users in Okta."""
    for login in here.people.all_logins(users):
        here.operator.unsuspend_user(login)


@verb
def delete_user(here: Here, users: Users) -> None:
    """Delete users from Okta; one who is not deactivated yet is only deactivated, as in the API."""
    for login in here.people.all_logins(users):
        here.operator.delete_user(login)
