"""Engines on threads: work is done when it is there, each app by one engine of one process."""

import subprocess
import sys
from collections.abc import Iterator
from random import Random

import pytest

from harness.engine.loops import Pace
from harness.org.ownership import sole_engine
from tests.engine.site import Site

QUICK = Pace(look_s=0.02, lease_s=30)


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    made = Site(f"sqlite:///{tmp_path / 'org.sqlite'}", apps=4)
    yield made
    made.close()


def test_what_an_admin_does_reaches_every_app(site):
    loops = site.loops(QUICK)
    loops.start()

    site.push("Sales", "ana", "ben")
    loops.wake()

    site.until(lambda: site.pushed("Sales") == 4)
    loops.stop()
    assert site.members("Sales") == [["ana", "ben"]] * 4


def test_threads_that_stop_leave_the_rest_to_the_next(site):
    first = site.loops(QUICK)
    first.start()
    site.push("Sales", "ana")
    first.stop()

    second = site.loops(QUICK)
    second.start()

    site.until(lambda: site.pushed("Sales") == 4)
    second.stop()
    assert site.members("Sales") == [["ana"]] * 4


def test_an_app_that_is_added_is_worked_for_too(site):
    loops = site.loops(QUICK)
    loops.start()

    site.add_app("fifth")
    site.push("Sales", "ana")

    site.until(lambda: site.pushed("Sales") == 5)
    loops.stop()


def test_a_second_engine_on_one_file_is_refused_by_name(tmp_path):
    url = f"sqlite:///{tmp_path / 'org.sqlite'}"
    asking = (
        "import sys\n"
        "from harness.errors import Unusable\n"
        "from harness.org.ownership import sole_engine\n"
        "try:\n"
        "    with sole_engine(sys.argv[1]): print('mine')\n"
        "except Unusable as refused: print(refused)\n"
    )

    def ask() -> str:
        return subprocess.check_output([sys.executable, "-c", asking, url], text=True).strip()

    with sole_engine(url):
        refused = ask()

    assert refused.startswith(f"{tmp_path / 'org.sqlite'}: another engine works with it (process ")
    assert refused.endswith("): stop that one, or name another file")
    assert ask() == "mine"


@pytest.mark.parametrize("seed", range(3))
def test_what_admins_do_while_engines_work_arrives_everywhere(site, seed):
    chance = Random(seed)
    names = ["ana", "ben", "cy", "dee"]
    loops = site.loops(QUICK)
    loops.start()
    site.push("Sales", *names)
    site.until(lambda: site.pushed("Sales") == 4)

    for number in range(60):
        site.do_something(chance, names, number)
        loops.wake()

    site.until(lambda: site.is_idle)
    loops.stop()
    assert site.targets_groups() == site.wanted_groups()
