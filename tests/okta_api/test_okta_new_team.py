"""The announcement's automation: an Okta group is pushed, and a policy names what has arrived.

https://iamse.blog/2025/08/13/new-okta-group-push-api
"""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
import requests
from requests.adapters import HTTPAdapter

from fake_apps.core.fault import Fault
from harness.errors import Unusable
from harness.served import ServePlan, serving
from tests.examples.privileged_access import new_team as example

OPA = "okta_privileged_access"
FEWEST_CALLS = 17  # of a run that finds nothing there
SCRIPT = Path(example.__file__)


class Cut(Exception):
    """The network is cut off."""


class Counting(HTTPAdapter):
    """Lets so many calls through; the last of them without its reply, if replies are lost."""

    def __init__(self, left, *, loses_reply):
        super().__init__()
        self.left, self.loses_reply = left, loses_reply

    def send(self, *args, **more):
        self.left[0] -= 1
        if self.left[0] < 0 or (self.left[0] == 0 and not self.loses_reply):
            raise Cut
        reply = super().send(*args, **more)
        if self.left[0] == 0:
            raise Cut
        return reply


def session(adapter=None):
    made = requests.Session()
    made.trust_env = False
    if adapter:
        made.mount("http://", adapter)
    return made


def cut_after(calls, *, loses_reply):
    """A maker of sessions that share what is left of the network."""
    left = [calls]
    return lambda: session(Counting(left, loses_reply=loses_reply))


def run(server, team="Team A", login="ana@example.test", sessions=session):
    return example.new_team(example.connect(told(server), sessions), team, login, look)


def look():
    Event().wait(0.02)


def tell(_kind, unfit):
    return Unusable(str(unfit))


@contextmanager
def served(**plan):
    with serving(ServePlan(kinds=(OPA, "okta"), limits=0.0, seed=7, **plan), tell) as server:
        yield server


def told(server):
    return server.ready()


def counts(server, team):
    """How often there is what a run makes: folder, group, mapping, policy."""
    fake = server.fakes[OPA]
    ready = example.connect(told(server), session)
    groups = ready.okta.ask("GET", f"/groups?q={team}")
    own = [each["id"] for each in groups if each["type"] == "OKTA_GROUP"]
    mappings = ready.okta.ask("GET", f"/apps/{ready.app_id}/group-push/mappings?limit=1000")
    state = fake.state
    return (
        sum(each.name == team for each in state.folders),
        len(own),
        sum(each["sourceGroupId"] in own for each in mappings),
        sum(each.name == team and each.deleted is None for each in state.groups),
        sum(each.name == team for each in state.policies),
    )


def members(server, team):
    fake = server.fakes[OPA]
    logins = {one.id: one.login for one in fake.admin.accounts()}
    (group,) = [each for each in fake.admin.groups() if each.name == team]
    return [logins[one] for one in group.member_ids]


def principals(server, made):
    ready = example.connect(told(server), session)
    policy = ready.opa.ask("GET", f"/security_policy/{made['policy']}")
    return [(each["name"], each["type"]) for each in policy["principals"]["user_groups"]]


def test_the_four_steps_open_a_folder_to_the_group_that_was_pushed():
    with served() as server:
        ready, made = example.connect(told(server), session), run(server)
        folder = ready.opa.ask("GET", f"{ready.folders}/{made['folder']}")

        assert counts(server, "Team A") == (1, 1, 1, 1, 1)
        assert members(server, "Team A") == ["ana@example.test"]
        assert principals(server, made) == [("Team A", "user_group")]
        assert [each["name"] for each in folder["path"]] == ["Standard"]


def test_the_example_runs_as_its_first_lines_say(tmp_path):
    with served() as server:
        path = tmp_path / "ready.json"
        path.write_text(json.dumps(told(server)))
        command = [sys.executable, SCRIPT, path, "Team A", "ana@example.test"]
        runs = [
            subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(2)
        ]
        first, again = (json.loads(run.stdout) for run in runs)

        assert first == again
        assert counts(server, "Team A") == (1, 1, 1, 1, 1)


def test_run_again_after_a_failure_at_any_call_it_makes_no_twin():
    with served() as server:
        for calls in range(1, FEWEST_CALLS + 1):
            for loses_reply in (False, True):
                team, login = f"Team-{calls}-{loses_reply}", f"u{calls}{loses_reply}@example.test"
                broken = cut_after(calls, loses_reply=loses_reply)
                with pytest.raises(Cut):
                    run(server, team, login, broken)
                run(server, team, login)

                assert counts(server, team) == (1, 1, 1, 1, 1), (calls, loses_reply)
                assert members(server, team) == [login]


def test_a_policy_before_the_push_has_finished_has_to_wait_for_it():
    """T85: the group cannot be named yet."""
    with served(is_virtual=True) as server:
        fault = Fault(f"{OPA}.scim_create_group", "throttle", retry_after="300")
        server.fakes[OPA].arm(fault)
        ready = example.connect(told(server), session)
        folder_id = example.make_folder(ready, "Team A")
        group_id = example.make_group(ready, "Team A", "ana@example.test", look)
        path = f"/apps/{ready.app_id}/group-push/mappings"
        body = {"sourceGroupId": group_id, "targetGroupName": "Team A"}
        ready.okta.ask("POST", path, body)
        while server.fakes[OPA].faults.unmet():
            look()
        with pytest.raises(example.NotPushed):
            example.make_policy(ready, "Team A", folder_id)
        server.fakes[OPA].clock.advance(301)
        made = run(server)

        assert counts(server, "Team A") == (1, 1, 1, 1, 1)
        assert principals(server, made) == [("Team A", "user_group")]


def test_a_user_who_was_never_assigned_leaves_the_group_empty_behind_the_policy(monkeypatch):
    """T1: the push is a success, the policy opens the folder to nobody."""
    monkeypatch.setattr(example, "assign", lambda *_: None)
    with served() as server:
        ready = example.connect(told(server), session)
        folder_id = example.make_folder(ready, "Team A")
        group_id = example.make_group(ready, "Team A", "ana@example.test", look)
        example.push_group(ready, group_id, "Team A", look)
        example.make_policy(ready, "Team A", folder_id)

        assert members(server, "Team A") == []
        assert counts(server, "Team A") == (1, 1, 1, 1, 1)
