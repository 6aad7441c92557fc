"""Two thousand odd requests to each app, the same ones every time, over every route there is.

Found something? It becomes an example of `tests/fake_apps/<app>/`; more of it: see `__main__.py`.
"""

import pytest

from fake_apps import names
from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.known import known

REQUESTS = 2_000


@pytest.mark.parametrize("app", names())
def test_no_odd_request_breaks_an_app_changes_what_it_refuses_or_learns_a_secret(app):
    fuzzer = Fuzzer(app)

    fuzzer.run(REQUESTS)

    assert fuzzer.requests >= REQUESTS
    assert fuzzer.unreached() == []


@pytest.mark.parametrize("app", names())
def test_every_shape_that_is_known_is_one_that_succeeds(app):
    fuzzer, about = Fuzzer(app), known(app)
    told = sorted({*about.shapes, *about.never})

    assert [name for name in told if name not in fuzzer.forms] == []
    failing = [name for name in told if not fuzzer.ask_well(name)]
    assert failing == sorted(about.never)


@pytest.mark.parametrize("app", names())
def test_the_same_seed_makes_the_same_requests(app):
    one, two = Fuzzer(app), Fuzzer(app)
    for each in (one, two):
        each.run(100)

    assert (one.statuses, one.reached) == (two.statuses, two.reached)
