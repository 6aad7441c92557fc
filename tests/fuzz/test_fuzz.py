"""Two thousand odd requests to each app, the same ones every time, over every route there is.

Found something? It becomes an example of `tests/fake_apps/<app>/`; more of it: see `__main__.py`.
"""

import pytest

from fake_apps import names
from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.known import known
from tests.fuzz.oddities import VALUES, Odd

REQUESTS = 2_000


@pytest.mark.parametrize("app", names())
def test_no_odd_request_breaks_an_app_changes_what_it_refuses_or_learns_a_secret(app):
    fuzzer = Fuzzer(app)

    fuzzer.run(REQUESTS)

    assert fuzzer.requests >= REQUESTS
    assert fuzzer.unreached() == []


@pytest.mark.parametrize("app", names())
def test_every_route_succeeds_with_whatever_is_known_of_it(app):
    fuzzer, about = Fuzzer(app), known(app)
    assert [each for each in about.shapes if each not in fuzzer.forms] == []

    failing = {told.partition(":")[0] for told in fuzzer.ask_well()}

    assert failing == {each for each in about.never if each in fuzzer.forms}
    assert fuzzer.unsuccessful() == []


@pytest.mark.parametrize("app", names())
def test_the_same_seed_makes_the_same_requests(app):
    one, two = Fuzzer(app), Fuzzer(app)
    for each in (one, two):
        each.run(100)

    assert (one.statuses, one.reached) == (two.statuses, two.reached)


def test_an_odd_value_is_nobody_elses():
    at = VALUES.index([{"value": "x"}] * 2_000)
    first, second, *_ = Odd("value_is_odd", what=at).value()

    first["value"] = "y"

    assert (second, VALUES[at][0]) == ({"value": "x"}, {"value": "x"})
