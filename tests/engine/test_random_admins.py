"""Admins who do anything at any moment, on a bad network: in the end the target is as Okta has it.

Each run is decided by its seed, which is in the test's name.
"""

from collections.abc import Callable
from random import Random

import pytest

from harness.errors import Refused
from tests.engine.office import AD, ALL, O365, Office, login

PEOPLE = [f"u{number}" for number in range(8)]
GROUPS = ("Red", "Blue")
FAULTS = ("throttle", "lose_reply", "lose_request", "unavailable", "reset")
STEPS = 60


class Admins:
    """One world and its chance; `deeds` are what may happen next."""

    def __init__(self, app: str, seed: int) -> None:
        self.office = Office(app, settings={"linking_allowed": False} if app == O365 else {})
        self.chance = Random(seed)
        self.told: list[str] = []
        self.office.people(*PEOPLE)
        self.office.assign(*PEOPLE[:6])
        for group in GROUPS:
            self.office.group(group, *PEOPLE[:4])
        self.office.op.run()
        self.deeds: list[Callable[[], None]] = [
            *[self.join, self.leave, self.run, self.run] * 3,
            self.assign,
            self.unassign,
            self.suspend,
            self.unsuspend,
            self.deactivate,
            self.reactivate,
            self.pause,
            self.resume,
            self.push_now,
            self.unlink,
            self.push,
            self.push,
            self.break_network,
            self.restart,
            self.wait,
            self.retry,
            self.swap_names,
            self.change_login,
        ]

    def live(self) -> None:
        """Do something, whatever it is; what the org refuses is refused."""
        for _ in range(STEPS):
            deed = self.chance.choice(self.deeds)
            self.told.append(deed.__name__)
            try:
                deed()
            except Refused as refused:
                self.told[-1] += f" ({refused.code})"

    @property
    def person(self) -> str:
        return login(self.chance.choice(PEOPLE))

    @property
    def group(self) -> str:
        return self.chance.choice(GROUPS)

    @property
    def people(self) -> list[str]:
        return [login(name) for name in self.chance.sample(PEOPLE, self.chance.randint(1, 4))]

    # --- deeds ---------------------------------------------------------------------------------

    def join(self) -> None:
        self.office.op.add_to_group(self.group, self.people)

    def leave(self) -> None:
        self.office.op.remove_from_group(self.group, self.people)

    def assign(self) -> None:
        self.office.op.assign_user(self.office.app, self.person)

    def unassign(self) -> None:
        self.office.op.unassign_user(self.office.app, self.person)

    def suspend(self) -> None:
        self.office.op.suspend_user(self.person)

    def unsuspend(self) -> None:
        self.office.op.unsuspend_user(self.person)

    def deactivate(self) -> None:
        self.office.op.deactivate_user(self.person)

    def reactivate(self) -> None:
        self.office.op.activate_user(self.person)

    def change_login(self) -> None:
        self.office.op.update_user(self.person, {"first_name": f"N{self.chance.randint(1, 99)}"})

    def pause(self) -> None:
        self.office.op.deactivate_mapping(self.office.app, self.group)

    def resume(self) -> None:
        self.office.op.activate_mapping(self.office.app, self.group)

    def push_now(self) -> None:
        self.office.op.push_now(self.office.app, self.group)

    def unlink(self) -> None:
        # Always with the group: one left behind would take the name of the next.
        self.office.unlink(self.group, delete=True)

    def push(self) -> None:
        self.office.ask(self.group, immediately=self.chance.random() < 0.7)

    def swap_names(self) -> None:
        group = self.group
        self.office.op.rename_group(group, "Green")
        self.run()
        self.office.op.rename_group("Green", group)

    def run(self) -> None:
        self.office.run_calls(self.chance.randint(1, 6))

    def wait(self) -> None:
        self.office.wait(self.chance.choice((1, 61, 600)))

    def retry(self) -> None:
        self.office.op.retry_all(self.office.app)

    def restart(self) -> None:
        self.office.op.restart()

    def break_network(self) -> None:
        self.office.arm(
            f"{self.office.app}.*",
            self.chance.choice(FAULTS),
            skip=self.chance.randint(0, 3),
            retry_after="30",
        )

    # --- the end ---------------------------------------------------------------------------------

    def settle(self) -> None:
        self.office.target.clear_faults()
        self.office.settle()
        self.office.op.retry_all(self.office.app)
        self.office.settle()

    def wanted(self, group: str) -> list[str]:
        op = self.office.op
        active = {name for name, status in op.users().items() if status == "ACTIVE"}
        provisioned = {
            user.login for user in op.app_users(self.office.app) if user.status == "PROVISIONED"
        }
        members = set(op.groups()[group])
        return sorted(name.partition("@")[0] for name in members & active & provisioned)


@pytest.fixture(params=[(app, seed) for app in ALL for seed in range(5)], ids=str)
def admins(request: pytest.FixtureRequest) -> Admins:
    made = Admins(*request.param)
    made.live()
    made.settle()
    return made


def test_whatever_admins_do_the_target_ends_as_okta_has_it(admins):
    office, told = admins.office, admins.told

    # Nothing waits or failed, and no link claims what the target does not have.
    assert office.op.next_due() is None
    assert office.errors() == [], told
    made = [each for each in office.target.groups() if each.name in (*GROUPS, "Green")]
    live = {each.id: each for each in made if not each.deleted}
    views = office.op.mappings(office.app)
    mapped = {view.external_id: view for view in views if view.external_id}
    assert set(live) == set(mapped), told
    # Only one that was paused before anything was sent has no target group.
    assert all(view.external_id or view.status == "INACTIVE" for view in views), told
    for view in mapped.values():
        group = live[view.external_id]
        # A paused mapping may have missed a rename; an active one has not.
        assert view.status == "INACTIVE" or group.name == view.group, told
        assert set(office.known(view.group)) <= set(office.members_of(group)), told
    # Everybody provisioned has an enabled account of their own, and nobody else has.
    enabled = {account.id for account in office.target.accounts() if account.active}
    ids = [user.external_id for user in office.op.app_users(office.app) if user.external_id]
    assert set(ids) == enabled, told
    assert len(ids) == len(enabled)

    # A push of everything repairs what was rightly left alone until then.
    for group in GROUPS:
        if not office.is_mapped(group):
            office.ask(group)
        office.op.activate_mapping(office.app, group)
        office.settle()
        assert office.mapping(group).status == "ACTIVE", told
        assert set(admins.wanted(group)) <= set(office.known(group)), told
        if office.app != AD:
            assert office.there(group) == office.known(group) == admins.wanted(group), told
