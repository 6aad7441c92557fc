"""What is wrong at the end: everything a target, its mappings and the log must agree on."""

from collections import Counter
from collections.abc import Iterator

from tests.durability.operations import End
from tests.engine.office import Office

OF_A_CALL = "application.integration."  # it is sent again: nothing has failed by that


def complaints(office: Office, end: End, since: int) -> list[str]:
    """What differs from how it must end; of the log what came after event `since` counts."""
    return [
        *_groups(office, end),
        *_accounts(office, end),
        *_mappings(office, end),
        *_org(office, end),
        *_log(office, end, since),
    ]


def _groups(office: Office, end: End) -> Iterator[str]:
    live = [group for group in office.target.groups() if not group.deleted]
    there = Counter(group.name for group in live)
    wanted = Counter(end.groups.keys())
    for name in sorted((there - wanted).elements()):
        yield f"group {name} is there{' twice' if wanted[name] else ', an orphan'}"
    for name in sorted((wanted - there).elements()):
        yield f"group {name} is lost"
    for group in live:
        members = office.members_of(group)
        if group.name in end.groups:
            yield from _differ(f"in {group.name}", members, sorted(end.groups[group.name]))


def _differ(what: str, there: list[str], wanted: list[str]) -> Iterator[str]:
    for member in sorted((Counter(wanted) - Counter(there)).elements()):
        yield f"{what}: {member} is lost"
    for member in sorted((Counter(there) - Counter(wanted)).elements()):
        yield f"{what}: {member} should not be there"


def _accounts(office: Office, end: End) -> Iterator[str]:
    for active, wanted in ((True, end.active), (False, end.inactive)):
        found = [
            account.login.partition("@")[0]
            for account in office.target.accounts()
            if account.active is active and not account.deleted
        ]
        yield from _differ(f"accounts that are {'on' if active else 'off'}", found, list(wanted))


def _mappings(office: Office, end: End) -> Iterator[str]:
    views = {view.group: view for view in office.op.mappings(office.app)}
    yield from _differ("mappings", list(views), list(end.pushed))
    for name in sorted(views.keys() & end.pushed.keys()):
        view = views[name]
        target, known, status = end.pushed[name]
        if view.status != status:
            yield f"mapping {name} is {view.status}: {view.error}"
        yield from _differ(f"mapping {name} knows", office.known(name), list(known))
        if view.doubtful_members:
            yield f"mapping {name} is in doubt about {', '.join(view.doubtful_members)}"
        if view.job:
            yield f"mapping {name} has a job left"
        if status == "ERROR":
            continue
        ids = [group.id for group in office.groups_named(target)]
        if [view.external_id] != ids:
            yield f"mapping {name} is of {view.external_id}, {target} is {', '.join(ids)}"
        if view.last_push is None:
            yield f"mapping {name} was never pushed"


def _org(office: Office, end: End) -> Iterator[str]:
    if not end.refused:
        yield from (f"an error is told: {error.message}" for error in office.errors())
    accounts = {account.id: account for account in office.target.accounts()}
    for user in office.op.app_users(office.app):
        account = accounts.get(user.external_id or "")
        if user.external_id and (account is None or account.deleted):
            yield f"{user.login} has an account that is not there"
        if user.status == "STAGED":
            yield f"{user.login} has no account"


def _log(office: Office, end: End, since: int) -> Iterator[str]:
    events = Counter(office.events(since))
    for event in end.once:
        if events[event] != 1:
            yield f"the log has {event} {events[event]} times"
    for event, count in Counter(end.some).items():
        if events[event] < count:
            yield f"the log has {event} {events[event]} times"
    failed = [
        event.type
        for event in office.log(since)
        if event.outcome == "FAILURE" and not event.type.startswith(OF_A_CALL)
    ]
    if failed and not end.refused:
        yield f"the log tells of failures: {', '.join(failed)}"
