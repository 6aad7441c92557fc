"""An org that is served beside fakes, or pushes to fakes served elsewhere, its engine at work."""

import subprocess
import sys
from contextlib import contextmanager
from threading import Event, Thread

import pytest
import requests

from fake_apps.core.fault import Fault
from harness.errors import Unusable
from harness.served import ServePlan, kinds_of, quirks_of, serving, snippets

LOOKS, BETWEEN_S = 1000, 0.03
PROFILE = {"login": "ana@example.test", "email": "ana@example.test", "firstName": "Ana"}


def eventually(holds):
    """Wait until it holds, by looking again and again."""
    pause = Event()
    for _ in range(LOOKS):
        if holds():
            return
        pause.wait(BETWEEN_S)
    raise AssertionError("it never came to hold")


class Admin:
    """A client of a served org."""

    def __init__(self, told):
        self.told = told
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"SSWS {told['credentials']['token']}"

    def call(self, method, path, body=None):
        url = self.told["base_url"] + (path if path[0] == "/" else f"/api/v1/{path}")
        reply = self.session.request(method, url, json=body, timeout=60)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None

    def settle(self):
        """Wait until the engine has nothing to do."""
        eventually(lambda: self.call("GET", "/_pushproof/v1/work")["settled"])

    def push_ana(self, app_id):
        """Push a group of one assigned member, and wait for it; answers the mapping."""
        password = {"password": {"value": "correct horse"}}
        user = self.call("POST", "users", {"profile": PROFILE, "credentials": password})
        group = self.call("POST", "groups", {"profile": {"name": "Sales"}})
        self.call("PUT", f"groups/{group['id']}/users/{user['id']}")
        self.call("POST", f"apps/{app_id}/users", {"id": user["id"]})
        self.settle()
        body = {"sourceGroupId": group["id"], "targetGroupName": "Sales"}
        path = f"apps/{app_id}/group-push/mappings"
        made = self.call("POST", path, body)
        self.settle()
        return self.call("GET", f"{path}/{made['id']}")


def tell(_kind, unfit):
    return Unusable(str(unfit))


@contextmanager
def served(*kinds, **plan):
    with serving(ServePlan(kinds=kinds, limits=0.0, seed=7, **plan), tell) as server:
        yield server


def members(fake):
    logins = {account.id: account.login for account in fake.admin.accounts()}
    return [[logins[one] for one in group.member_ids] for group in fake.admin.groups()]


def test_the_ready_document_tells_a_token_and_an_instance_of_each_app():
    with served("box", "okta", "slack") as server:
        told = server.ready()["apps"]["okta"]
        apps = Admin(told).call("GET", "apps")

    assert set(told) == {"base_url", "credentials", "apps"}
    assert told["apps"] == {app["label"]: app["id"] for app in apps}
    assert set(told["apps"]) == {"box", "slack"}


def test_a_group_is_pushed_to_the_fake_beside_it():
    with served("okta", "box") as server:
        told = server.connection("okta")
        mapping = Admin(told).push_ana(told["apps"]["box"])
        found = members(server.fakes["box"])

    assert (mapping["status"], "lastPush" in mapping) == ("ACTIVE", True)
    assert found == [["ana@example.test"]]


def test_a_group_is_pushed_to_a_fake_served_elsewhere():
    with served("slack") as there:
        targets = {"slack": there.connection("slack")}
        with served("okta", targets=targets) as here:
            told = here.connection("okta")
            mapping = Admin(told).push_ana(told["apps"]["slack"])
        found = members(there.fakes["slack"])

    assert mapping["status"] == "ACTIVE"
    assert found == [["ana"]]  # Slack's name of her


def test_a_kept_org_is_there_again_and_goes_on(tmp_path):
    with served("okta", "box", state=tmp_path) as server:
        told = server.connection("okta")
        before = Admin(told).push_ana(told["apps"]["box"])
    with served("okta", "box", state=tmp_path) as server:
        told = server.connection("okta")
        admin = Admin(told)
        path = f"apps/{told['apps']['box']}/group-push/mappings/{before['id']}"
        after = admin.call("GET", path)
        user = admin.call("GET", "users/ana@example.test")
        admin.call("DELETE", f"groups/{before['sourceGroupId']}/users/{user['id']}")
        admin.settle()
        found = members(server.fakes["box"])

    assert {**after, "_links": 0} == {**before, "_links": 0}
    assert found == [[]]


def test_a_virtual_clock_that_is_advanced_lets_the_engine_go_on():
    with served("okta", "box", is_virtual=True) as server:
        told = server.connection("okta")
        server.fakes["box"].arm(Fault("box.create_group", "throttle", retry_after="300"))
        admin = Admin(told)
        mapping = admin.push_ana(told["apps"]["box"])
        path = f"apps/{told['apps']['box']}/group-push/mappings/{mapping['id']}"
        server.fakes["box"].clock.advance(301)
        admin.settle()
        pushed = admin.call("GET", path)

    assert "lastPush" not in mapping
    assert "lastPush" in pushed


def test_others_are_served_while_a_target_is_slow():
    with served("okta", "box") as server:
        told = server.connection("okta")
        admin = Admin(told)
        server.fakes["box"].arm(Fault("box.create_group", "slow", seconds=1.0))
        group = admin.call("POST", "groups", {"profile": {"name": "Sales"}})
        body = {"sourceGroupId": group["id"], "targetGroupName": "Sales"}
        path = f"apps/{told['apps']['box']}/group-push/mappings"
        mapping = admin.call("POST", path, body)
        eventually(lambda: server.fakes["box"].ledger.last_number)
        admin.call("GET", f"{path}/{mapping['id']}")
        is_under_way = not admin.call("GET", "/_pushproof/v1/work")["settled"]
        admin.call("PATCH", f"{path}/{mapping['id']}", {"status": "INACTIVE"})
        groups = server.fakes["box"].admin.groups()

    assert is_under_way
    assert [one.name for one in groups] == ["Sales"]


def test_requests_of_many_clients_are_all_done_while_the_engine_works():
    with served("okta", "box") as server:
        told = server.connection("okta")

        def work(number):
            admin = Admin(told)
            for at in range(5):
                name = f"G{number}-{at}"
                group = admin.call("POST", "groups", {"profile": {"name": name}})
                body = {"sourceGroupId": group["id"], "targetGroupName": name}
                admin.call("POST", f"apps/{told['apps']['box']}/group-push/mappings", body)

        threads = [Thread(target=work, args=[number]) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        Admin(told).settle()
        groups = {group.name for group in server.fakes["box"].admin.groups()}

    assert groups == {f"G{number}-{at}" for number in range(4) for at in range(5)}


def test_the_org_is_served_where_it_is_named_and_has_its_quirks_and_its_snippet():
    switched = quirks_of(["okta"], ["okta:Q1=on"])
    with served("okta", quirks=switched) as server:
        ((title, lines),) = snippets(server)

    assert "okta" not in kinds_of([])
    assert kinds_of(["okta", "box"]) == ("okta", "box")
    assert switched == {"okta": {"Q1": True}}
    assert title == "Okta"
    assert "from okta.client import Client" in lines


def test_an_unknown_quirk_of_the_org_is_named_with_the_known_ones():
    with pytest.raises(Unusable, match="Q24"):
        quirks_of(["okta"], ["okta:Q99=on"])


def test_the_token_is_in_the_ready_document_and_nowhere_in_the_database(tmp_path):
    with served("okta", state=tmp_path) as server:
        token = server.connection("okta")["credentials"]["token"]
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"SUPER" not in content  # scopes are kept, roles are not
    assert b"okta.users.manage" in content
    assert token.encode() not in content


def test_an_org_lives_in_the_database_that_is_named(tmp_path):
    url = f"sqlite:///{tmp_path / 'org.sqlite'}"
    with served("okta", "slack", database=url) as server:
        told = server.connection("okta")
        Admin(told).call("POST", "groups", {"profile": {"name": "Sales"}})
    with served("okta", "slack", database=url) as server:
        groups = Admin(server.connection("okta")).call("GET", "groups")

    assert [group["profile"]["name"] for group in groups] == ["Everyone", "Sales"]


def test_a_second_start_on_one_database_file_is_refused_by_name(tmp_path):
    url = f"sqlite:///{tmp_path / 'org.sqlite'}"
    with served("okta", "slack", database=url):
        asking = [sys.executable, "-m", "harness", "serve", "okta", "slack", "--database", url]
        refused = subprocess.run(asking, capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert f"{tmp_path / 'org.sqlite'}: another engine works with it" in refused.stderr


def test_a_database_without_an_org_to_live_in_it_is_refused():
    asking = [sys.executable, "-m", "harness", "serve", "box", "--database", "sqlite:///x.sqlite"]
    refused = subprocess.run(asking, capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert "--database is for okta: name it among the apps" in refused.stderr
