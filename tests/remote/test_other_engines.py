"""Engines that are not ours: without our console, with instances of their own, with limits."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from harness import world
from harness.errors import NotApplicable, Unusable
from harness.okta_api import Api
from harness.okta_api.limits import Limits
from harness.remote.client import Client
from harness.remote.engine import Engine
from harness.remote.ready import read as read_ready
from harness.scenario.language import read
from harness.scenario.play import Play
from harness.served import ServePlan, serving
from tests.okta_api.desk import TOKEN, Desk
from tests.remote.mounted import IMPATIENT, URL, Mount, bare, write_ready

CASE = """\
title: A push
source: a test
apps: box
given: {users: [ana, ben], assigned: [ana], groups: {Sales: [ana, ben]}}
steps:
  - push: Sales
  - expect: {mapping: {Sales: ACTIVE}, target: {Sales: [ana]}, app_users: {ana: PROVISIONED}}
  - assign_user: ben
  - push_now: Sales
  - expect: {target: {Sales: [ana, ben]}, users: {ben: ACTIVE}, groups: {Sales: [ana, ben]}}
  - unlink: {group: Sales, target_group: delete}
  - expect: {mapping: {Sales: absent}, target: {Sales: deleted}}
"""
RETRIES = CASE.replace("push_now: Sales", "retry_all")


@pytest.fixture
def other(tmp_path):
    """Our engine on threads without its console; and its service, to be changed."""
    plan = ServePlan(kinds=("okta", "box"), is_virtual=True, api_limits=0.0)
    with serving(plan, lambda *_: AssertionError()) as server:
        ready = read_ready(write_ready(tmp_path, server))
        api = server.guests["okta"].app
        session = requests.Session()
        session.mount(URL, Mount(bare(api)))
        token = server.connection("okta")["credentials"]["token"]
        client = Client(URL, token, session=session)
        yield Engine(client, ready, replace(IMPATIENT, timeout_s=30.0, patience_s=3.0)), api.service


def play(engine, text=CASE):
    told = read(text, Path("case.yaml"), world)
    made = Play(told, told.lineups[0], 1, {}, engine.build)
    try:
        made.go()
    finally:
        if hasattr(made, "world"):
            made.world.close()
    return made


def test_an_item_holds_without_our_console(other):
    engine, _ = other

    assert not engine.has_console
    assert all(done.holds for done in play(engine).history)


def test_what_needs_the_console_is_not_applicable(other):
    with pytest.raises(NotApplicable, match="Retry All Groups is in Okta's console alone"):
        play(other[0], RETRIES)


def test_a_ready_instance_is_played_on_where_a_new_one_is_not_connected_and_stays(other):
    engine, service = other
    service.connector = lambda _kind: None
    for _ in range(2):
        assert all(done.holds for done in play(engine).history)

    with service.lock:
        (app,) = service.org.apps.all()
        assert (app.label, service.org.mappings.of_app(app.id)) == ("box", [])


def test_without_a_ready_instance_either_the_item_is_not_applicable(other):
    engine, service = other
    service.connector = lambda _kind: None
    engine.ready = replace(engine.ready, instances={})

    with pytest.raises(NotApplicable, match="no box to push to"):
        play(engine)


def test_a_limit_on_a_clock_that_nobody_moves_is_told_at_once():
    desk = Desk("box")
    desk.service.limits = Limits(desk.world.clock, scale=0.005)
    session = requests.Session()
    session.mount(URL, Mount(Api(desk.service)))
    client = Client(URL, TOKEN, session=session)
    for _ in range(2):
        client.get("/api/v1/groups")

    with pytest.raises(Unusable, match="--api-limits off"):
        client.get("/api/v1/groups")
