"""What the catalogue over HTTP needs of our own org and fakes: holding, and small freedoms."""

import pytest
import requests
from click.testing import CliRunner

from fake_apps import load
from fake_apps.core.shape import Unfit
from harness.model import PushRequest
from harness.remote import connect
from harness.serve_command import serve
from harness.served import ServePlan, serving
from harness.world import AppPlan
from tests.okta_api.desk import Desk, done
from tests.remote.mounted import Remote, served
from tests.remote.test_rest_operator import BEN, pushed

WORK = "/_pushproof/v1/work"


def test_the_engine_is_held_and_let_go():
    desk = Desk("box")
    held = done(desk.patch(WORK, {"held": True}))
    free = done(desk.patch(WORK, {"held": False}))

    assert (held["held"], free["held"]) == (True, False)
    assert done(desk.get(WORK))["held"] is False


def test_a_held_engine_on_threads_begins_nothing(tmp_path):
    with served(tmp_path, "box") as (url, token, ready):
        engine = connect(url, token, ready)
        target = engine.ready.target("box", "box")
        stage = engine.build([AppPlan("box", "box")], seed=1, org={})
        stage.operator.create_user(BEN)
        stage.operator.create_group("Sales")
        stage.operator.add_to_group("Sales", [BEN.login])
        stage.operator.assign_user("box", BEN.login)
        before = len(target.calls())
        stage.operator.run()
        after = len(target.calls())
        stage.close()
        engine.close()
        target.close()

    assert before == 0
    assert after > 0


def test_removals_that_are_held_back_are_let_go_once():
    remote = pushed()
    both = ["ana@example.test", BEN.login]
    remote.operator.add_to_group("Sales", both)
    remote.operator.run()
    remote.operator.change_app("box", {"removal_limit": 1})
    remote.settling.hold()
    remote.operator.remove_from_group("Sales", both)
    remote.operator.run()
    held = remote.desk.target_members("box")
    remote.operator.allow_removals("box", "Sales")
    remote.operator.run()

    assert (len(held), remote.desk.target_members("box")) == (2, [])


def test_members_of_an_app_group_that_was_linked_again_go_with_the_app():
    remote = Remote("box")
    operator = remote.operator
    operator.create_user(BEN)
    for name in ("Old", "New"):
        operator.create_group(name)
        operator.add_to_group(name, [BEN.login])
    operator.assign_user("box", BEN.login)
    operator.run()
    operator.push_group(PushRequest("Old", "box"))
    operator.run()
    operator.unlink("box", "Old", delete_group=False)
    operator.push_group(PushRequest("New", "box", link_to="Old"))
    operator.run()
    path = f"apps/{remote.desk.app('box')}"
    done(remote.desk.post(f"{path}/lifecycle/deactivate"))
    done(remote.desk.delete(path), 204)
    for _ in ("deactivated", "deleted"):
        operator.delete_user(BEN.login)

    assert dict(operator.users()) == {}


def test_delegation_may_be_taken_from_every_scope_but_no_tenant_is_without_a_domain():
    settings = load("gsuite").settings

    assert list(settings["delegated_scopes"].fit([])) == []
    with pytest.raises(Unfit, match="not empty"):
        settings["domains"].fit([])


@pytest.mark.parametrize(
    ("api_limits", "limit"), [(None, "300"), (0.0, "600"), (2.0, "1200")], ids=["as", "off", "x2"]
)
def test_the_api_has_limits_of_its_own_beside_the_fakes(api_limits, limit):
    plan = ServePlan(kinds=("okta", "box"), limits=0.5, api_limits=api_limits)
    with serving(plan, lambda *_: AssertionError()) as server:
        okta = server.ready()["apps"]["okta"]
        headers = {"Authorization": f"SSWS {okta['credentials']['token']}"}
        reply = requests.get(f"{okta['base_url']}/api/v1/users", headers=headers, timeout=60)

    assert reply.headers["X-Rate-Limit-Limit"] == limit


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["box", "--api-limits", "off"], "--api-limits is for okta"),
        (["okta", "box", "--api-limits", "wide"], "--api-limits takes vendor, off or a factor"),
    ],
)
def test_limits_of_the_api_that_cannot_be_are_told(words, why):
    ended = CliRunner().invoke(serve, words)

    assert ended.exit_code == 2
    assert why in ended.output
