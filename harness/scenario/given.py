"""The world before step 1."""

from collections.abc import Callable, Sequence

from ..model import PushRequest, UserProfile
from .here import Here
from .language import AccountGiven, Given, GroupGiven, PersonGiven, TargetGroupGiven
from .verbs.running import settle


def arrange(given: Given, apps: Sequence[Here]) -> None:
    """Make the given world in all apps of a lineup, and let the engine come to rest."""
    for here in apps:
        _accounts(given, here)
    _people(given, apps[0])
    for here in apps:
        _assignments(given, here)
    settle(apps[0])
    _retire(given, apps[0])
    for here in apps:
        _target_groups(given, here)
        _pushes(given, here)
    settle(apps[0])


def _accounts(given: Given, here: Here) -> None:
    for short, told in given.target.accounts.items():
        account = told or AccountGiven()
        account_id = here.add_account(short, account.login, account.profile)
        if not account.active:
            here.target.set_account_active(account_id, active=False)


def _people(given: Given, here: Here) -> None:
    for short, told in given.users.items():
        person = told or PersonGiven()
        login = here.people.meet(short, person.login)
        plain = here.people.profile(short)
        profile = UserProfile(
            login,
            person.email or plain.email,
            plain.first_name,
            plain.last_name,
            person.attributes or {},
        )
        here.operator.create_user(profile, activate=person.status != "staged")
    for name, told_group in given.groups.items():
        group = told_group or GroupGiven()
        here.operator.create_group(name, description=group.description)
        if group.members:
            here.operator.add_to_group(name, here.people.all_logins(group.members))


def _assignments(given: Given, here: Here) -> None:
    for login in here.people.all_logins(given.assigned):
        here.operator.assign_user(here.app, login)
    for group in given.assigned_groups:
        here.operator.assign_group(here.app, group)


def _retire(given: Given, here: Here) -> None:
    """Suspended and deactivated users were active, and provisioned, before."""
    verbs: dict[str, Callable[[str], None]] = {
        "suspended": here.operator.suspend_user,
        "deactivated": here.operator.deactivate_user,
    }
    for short, person in given.users.items():
        if person is not None and person.status in verbs:
            verbs[person.status](here.people.login(short))
    settle(here)


def _target_groups(given: Given, here: Here) -> None:
    for name, told in given.target.groups.items():
        group = told or TargetGroupGiven()
        here.target.add_group(
            name,
            member_ids=here.account_ids(group.members),
            place=here.place(group.ou),
            kind=group.type_,
        )


def _pushes(given: Given, here: Here) -> None:
    for group in given.pushed:
        request = PushRequest(group=group, app=here.app, place=here.place(None))
        here.operator.push_group(request)
