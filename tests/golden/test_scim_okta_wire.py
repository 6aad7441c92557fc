"""What goes over the wire to a SCIM app with `wire: okta`, call by call.

The transcripts are typed from the documents they name, not recorded from us: a difference is a
mistake of ours, or a new document. `scim` is an app of the catalogue, `scim-put` a custom one.
"""

from pathlib import Path

import pytest

from harness import world
from harness.model import GroupPlan, PushRequest, UserProfile
from harness.world import AppPlan
from tests.adapters.rig import done, rig

HERE = Path(__file__).parent
APP = "scim"
UPDATES = {"scim": "patch", "scim-put": "put"}
TRANSCRIPTS = [path for folder in UPDATES for path in sorted((HERE / folder).glob("*.txt"))]


class Stage:
    """A world with a SCIM app, a group of two, and others who are assigned."""

    def __init__(self, wire="okta", updates="patch"):
        settings = {"wire": wire, "group_updates": updates}
        self.world = world.build([AppPlan("scim", APP, settings=settings)], seed=7)
        self.okta, self.target = self.world.operator, self.world.targets[APP]
        self.people("ana", "ben", "cy", "dee")
        self.okta.create_group("Sales")
        self.okta.add_to_group("Sales", [login("ana"), login("ben")])
        self.okta.run()

    def people(self, *names):
        for name in names:
            profile = UserProfile(login(name), login(name), name.title(), "Example")
            self.okta.create_user(profile)
            self.okta.assign_user(APP, login(name))

    def push(self):
        self.okta.push_group(PushRequest("Sales", APP))
        self.okta.run()

    def transcript(self, act):
        """The calls that come of it, ids replaced by names."""
        before, known = self.target.last_call(), self.target.groups()
        act()
        self.okta.run()
        lines = []
        for call in self.target.calls(before):
            lines += [f"{call.method} {call.path}", call.request, f"< {call.status}"]
        return self.named("\n".join(line for line in lines if line) + "\n", known)

    def named(self, text, known):
        for account in self.target.accounts():
            text = text.replace(account.id, f"<user:{account.login}>")
        for group in [*self.target.groups(), *known]:
            text = text.replace(group.id, f"<group:{group.name}>")
        return text

    # --- what happens ------------------------------------------------------------------------

    def new_group(self):
        return self.transcript(self.push)

    def member_change(self):
        self.push()
        return self.transcript(self._change)

    def _change(self):
        self.okta.add_to_group("Sales", [login("cy"), login("dee")])
        self.okta.remove_from_group("Sales", [login("ana"), login("ben")])

    def push_now(self):
        self.push()
        return self.transcript(lambda: self.okta.push_now(APP, "Sales"))

    def link_by_name(self):
        accounts = {account.login: account.id for account in self.target.accounts()}
        members = [accounts[login("ben")], accounts[login("cy")]]
        self.target.add_group("Sales", member_ids=members)
        return self.transcript(self.push)

    def rename(self):
        self.push()
        return self.transcript(lambda: self.okta.rename_group("Sales", "Marketing"))

    def unlink_deleting(self):
        self.push()
        return self.transcript(lambda: self.okta.unlink(APP, "Sales", delete_group=True))

    def account(self):
        return self.transcript(self._come_and_go)

    def _come_and_go(self):
        self.people("eve")
        self.okta.run()
        self.okta.deactivate_user(login("eve"))


def login(name):
    return f"{name}@example.test"


def typed(path):
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_wire_is_as_okta_documents_it(path):
    stage = Stage(updates=UPDATES[path.parent.name])

    told = getattr(stage, path.stem.replace("-", "_"))()

    assert told == typed(path)


def test_every_transcript_names_its_source():
    assert len(TRANSCRIPTS) == 10
    for path in TRANSCRIPTS:
        head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        assert "https://" in "".join(head), path


@pytest.mark.parametrize(
    ("count", "batches"), [(256, [256]), (257, [256, 1]), (600, [256, 256, 88])]
)
def test_members_travel_in_batches_of_256_behind_one_name(count, batches):
    """R28, as seen in https://github.com/ory/polis/issues/4080."""
    stage = rig("scim", wire="okta")
    accounts = stage.accounts(count)
    outcomes = done(stage.adapter.create_group(GroupPlan("key", "Sales", tuple(accounts))))

    sent = [call.operation for call in stage.sent()]
    assert sent == ["scim.create_group", *["scim.patch_group"] * (1 + len(batches))]
    assert [len(outcome.added) for outcome in outcomes if outcome.added] == batches


@pytest.mark.parametrize("updates", ["patch", "put"])
@pytest.mark.parametrize("wire", ["okta", "frugal"])
def test_all_habits_end_in_the_same_groups(wire, updates):
    stage = Stage(wire, updates)
    stage.push()
    stage._change()
    stage.okta.run()
    stage.okta.rename_group("Sales", "Marketing")
    stage.okta.run()
    stage.okta.push_now(APP, "Marketing")
    stage.okta.run()

    names = {account.id: account.login for account in stage.target.accounts()}
    arrived = {group.name: [names[m] for m in group.members] for group in stage.target.groups()}
    assert arrived == {"Marketing": [login("cy"), login("dee")]}
    assert not stage.okta.errors(APP)
