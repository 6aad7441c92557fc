"""Whatever a tenant's settings take, its app goes on without an error of its own."""

from contextlib import suppress
from functools import partial

import pytest

from fake_apps import load
from fake_apps.core.clock import SystemClock
from fake_apps.core.population import Population, populate, read_settings
from fake_apps.core.serve import Server
from fake_apps.core.shape import Unfit
from tests.serve.clients import CLIENTS, group_names, make_group

VALUES = [None, True, 0, 1, -1, 0.5, 10**6, 10**12, "", "x", "x y", [], ["x"], ["x", "x"], [7], {}]


def taken(spec, name):
    for value in VALUES:
        try:
            yield read_settings(spec, {name: value})
        except Unfit:
            continue


@pytest.mark.parametrize("app", sorted(CLIENTS))
def test_every_setting_takes_its_default_and_refuses_a_map(app):
    spec = load(app)
    for name, setting in spec.settings.items():
        given = list(setting.default) if isinstance(setting.default, tuple) else setting.default
        with pytest.raises(Unfit):
            read_settings(spec, {name: {}})

        assert read_settings(spec, {name: given}) == {name: setting.default}


@pytest.mark.parametrize("app", sorted(CLIENTS))
def test_no_setting_that_is_taken_makes_a_call_fail_unplanned(app):
    spec = load(app)
    with Server([spec.create(clock=SystemClock())]) as server:
        fake, told = server.fakes[app], server.connection(app)
        statuses = []
        for name in spec.settings:
            for values in taken(spec, name):
                fake.reset()
                client = CLIENTS[app](told)
                client.http.hooks["response"].append(lambda r, **_: statuses.append(r.status_code))
                populate(fake, Population(settings=values))
                for work in (partial(make_group, name="Sales"), group_names):
                    with suppress(AssertionError):  # a refusal; its status is looked at below
                        work(app, client, told)

    assert statuses
    assert [status for status in statuses if status >= 500] == []
