"""The agent over HTTP and LDAP clients write at once: links stay links."""

import sys
from random import Random
from threading import Thread

import pytest

from fake_apps.active_directory import APP
from fake_apps.active_directory.ldap.session import Session
from tests.fake_apps.active_directory.agent import Agent, by_guid, change
from tests.ldap.octets import bind, exchanged, modify

WRITERS, EACH, BATCH = 4, 5_000, 25
USERS, GROUPS = 40, 12


@pytest.fixture
def _hurried():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


class Plan:
    """What one writer does: joins and leaves of its own users in everybody's groups.

    No pair of user and group is anybody else's, so what comes of a plan is known beforehand.
    """

    def __init__(self, writer, users, groups):
        chance = Random(writer)
        own = users[writer::WRITERS]
        self.links = set()
        self.steps = []
        for _ in range(EACH):
            pair = chance.choice(groups), chance.choice(own)
            op = "delete" if pair in self.links else "add"
            self.links ^= {pair}
            self.steps.append((op, *pair))


def over_ldap(app, plan):
    given = app.admin.credentials()
    session = Session(app)
    exchanged(session, bind(given["user"], given["password"].encode()))
    codes = set()
    for op, group, user in plan.steps:
        octets = modify(by_guid(group), 0 if op == "add" else 1, "member", by_guid(user).encode())
        codes |= {one.code for one in exchanged(session, octets)}
    plan.codes = codes


def over_http(app, plan):
    agent, codes = Agent(app), set()
    for at in range(0, EACH, BATCH):
        results = agent.act(
            *(
                {
                    "op": "modify",
                    "dn": by_guid(group),
                    "changes": [change(op, "member", by_guid(u))],
                }
                for op, group, u in plan.steps[at : at + BATCH]
            )
        )
        codes |= {result["resultCode"] for result in results}
    plan.codes = codes


@pytest.mark.usefixtures("_hurried")
def test_after_20_000_operations_both_ends_of_every_link_agree():
    app = APP.create(seed=7)
    users = [app.admin.add_account(f"user{at}@example.test", {}) for at in range(USERS)]
    groups = [app.admin.add_group(f"group{at}") for at in range(GROUPS)]
    plans = [Plan(writer, users, groups) for writer in range(WRITERS)]
    faces = [over_ldap, over_http, over_ldap, over_http]
    threads = [
        Thread(target=face, args=(app, plan)) for face, plan in zip(faces, plans, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    members = app.state.dit.members
    wanted = set().union(*(plan.links for plan in plans))

    assert [plan.codes for plan in plans] == [{0}] * WRITERS
    assert {(group, user) for group in groups for user in members.rights(group)} == wanted
    assert {(group, user) for user in users for group in members.lefts(user)} == wanted
    done = sum(
        1
        for call in app.ledger
        for one in (call.inner or (call,))
        if one.operation == "active_directory.modify" and one.succeeded
    )
    assert done + app.ledger.dropped >= WRITERS * EACH
