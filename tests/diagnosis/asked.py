"""Asking for causes in a world: the names of those that are found."""

from collections.abc import Sequence

from harness.diagnosis import Finding, about_group, about_offer, about_refusal, explain, gather
from harness.diagnosis.evidence import Evidence, Refusal
from harness.errors import Refused
from tests.engine.office import Office, logins


def evidence(office: Office, app: str = "") -> Evidence:
    return gather(office.op, office.world.targets, app or office.app)


def names(found: Sequence[Finding]) -> list[str]:
    return [each.name for each in found]


def explained(office: Office) -> list[str]:
    """What is found where nobody says what is expected: the Okta groups are."""
    return names(explain(evidence(office)))


def missing(office: Office, *users: str, group: str = "Sales") -> list[str]:
    """Why these users are not in the target group."""
    return names(about_group(evidence(office), group, missing=logins(users)))


def unexpected(office: Office, *users: str, group: str = "Sales") -> list[str]:
    """Why these users are in the target group."""
    return names(about_group(evidence(office), group, unexpected=logins(users)))


def expected(office: Office, group: str = "Sales") -> list[str]:
    """Why the app has no such group."""
    return names(about_group(evidence(office), group))


def unwanted(office: Office, group: str = "Sales") -> list[str]:
    """Why the group is pushed."""
    return names(about_group(evidence(office), group, is_unwanted=True))


def offered(office: Office, group: str) -> list[str]:
    """Why the app's group cannot be linked."""
    return names(about_offer(evidence(office), group))


def refused(refusal: Refused) -> list[str]:
    return names(about_refusal(Refusal.of(refusal)))
