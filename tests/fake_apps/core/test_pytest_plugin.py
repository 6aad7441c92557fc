"""The fixtures that every pytest of an environment gets, used by a suite in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fake_apps import load, names
from fake_apps.core.pytest_plugin import MARK_LINE, OPTIONS

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "tests" / "examples" / "own_tests"


@pytest.fixture
def suite(tmp_path):
    """Runs pytest, warnings being errors, over files that are written for it: status and output."""

    def run(*arguments, path=(), **files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text)
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "pytest", "--strict-markers", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": ":".join(map(str, path))},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


IDLE = """
import sys

def test_nothing_is_imported_before_it_is_asked_for():
    slow = {"flask", "werkzeug", "requests", "responses", "cryptography", "cheroot", "harness"}
    assert slow & set(sys.modules) == set()
    assert "fake_apps.core.pytest_plugin" in sys.modules
"""


def test_a_suite_that_uses_no_fixture_pays_for_none(suite):
    status, told = suite(test_idle=IDLE)

    assert (status, "1 passed" in told) == (0, True), told


USES = """
import pytest
import requests
from fake_apps.core.clock import HeldClock, SystemClock, VirtualClock

BOX, SLACK = "https://api.box.com/2.0/groups", "https://api.slack.com/scim/v2/Users"
CLOCK = VirtualClock()


def get(url):
    return requests.get(url, timeout=10).status_code


def test_apps_of_a_test_are_intercepted_together(fake_box, fake_slack):
    assert (get(BOX), get(SLACK)) == (401, 401)
    assert (len(fake_box.ledger), len(fake_slack.ledger)) == (1, 1)
    assert isinstance(fake_box.clock, SystemClock)
    with pytest.raises(requests.ConnectionError, match="is no fake"):
        get("https://graph.microsoft.com/v1.0/users")


def test_apps_of_a_test_are_served_beside_each_other(fake_box, fake_slack, fake_server):
    assert sorted(fake_server) == ["box", "slack"]
    assert len(fake_server) == 2
    assert get(fake_server["box"]["base_url"] + "/2.0/groups") == 401
    assert get(fake_server["slack"]["base_url"] + "/scim/v2/Users") == 401
    assert fake_server["box"]["credentials"]["client_id"]
    assert (len(fake_box.ledger), len(fake_slack.ledger)) == (1, 1)


@pytest.fixture
def people(request):
    return request.getfixturevalue("fake_o365").admin


def test_a_fixture_may_ask_for_a_fake_itself(people, fake_box):
    assert people.credentials()["domain"]
    assert get(BOX) == 401
    assert get("https://graph.microsoft.com/v1.0/users") == 401


@pytest.mark.fake_app("box", seed=3, latency_s=0.5, clock="virtual", limits="off")
@pytest.mark.fake_app("slack", quirks={"Q1": False})
def test_marks_are_for_the_apps_they_name(fake_box, fake_slack):
    start = fake_box.clock.now()
    get(BOX)
    assert fake_box.clock.now() == start + 0.5
    assert isinstance(fake_box.clock, VirtualClock)
    assert isinstance(fake_slack.clock, SystemClock)
    assert (fake_box.meter.scale, fake_slack.meter.scale) == (0, 1)
    assert "Q1" in fake_box.quirks.active()
    assert "Q1" not in fake_slack.quirks.active()


@pytest.mark.fake_app(limits="x3", quirks={"Q1": False, "Q2": False}, clock="virtual")
class TestMarksOfAClass:
    @pytest.mark.fake_app("box", limits=0.5, quirks={"Q2": True})
    def test_the_nearest_counts(self, fake_box, fake_slack):
        assert (fake_box.meter.scale, fake_slack.meter.scale) == (0.5, 3)
        assert {"Q1", "Q2"} & fake_box.quirks.active() == {"Q2"}
        assert fake_box.clock is fake_slack.clock

    def test_a_served_fake_waits_in_real_time(self, fake_box, fake_server):
        assert isinstance(fake_box.clock, HeldClock)

    @pytest.mark.fake_app(clock=CLOCK, settings={"confirm_after_s": 4})
    def test_a_clock_may_be_brought_along(self, fake_box):
        assert fake_box.clock is CLOCK
        assert fake_box.settings["confirm_after_s"] == 4


@pytest.mark.fake_app("box", passthrough=["localhost"])
@pytest.mark.fake_app(passthrough=["127.0.0.1"])
def test_hosts_can_be_passed_through(fake_box):
    for host in ("localhost", "127.0.0.1"):
        with pytest.raises(requests.ConnectionError, match="refused"):
            get(f"http://{host}:9/")


def test_afterwards_nothing_is_intercepted():
    with pytest.raises(requests.ConnectionError, match="refused"):
        get("http://127.0.0.1:9/")
"""


def test_fakes_are_intercepted_or_served_with_the_options_of_marks(suite):
    status, told = suite("-q", test_uses=USES)

    assert (status, "9 passed" in told) == (0, True), told


MISUSES = """
import pytest

@pytest.mark.fake_app("dropbox")
def test_app(fake_box): ...

@pytest.mark.fake_app("box", limit=3, x=4)
def test_option(fake_box): ...

@pytest.mark.fake_app(quirks={"Q99": True})
def test_quirk(fake_box): ...

@pytest.mark.fake_app(settings={"colour": 1})
def test_setting(fake_box): ...

@pytest.mark.fake_app(limits="on")
def test_limits(fake_box): ...

@pytest.mark.fake_app(limits="x-1")
def test_scale(fake_box): ...

@pytest.mark.fake_app(clock="sundial")
def test_clock(fake_box): ...

def test_late(fake_box, request):
    request.getfixturevalue("fake_server")
"""


def test_a_mistake_in_a_mark_is_told_in_one_line(suite):
    status, told = suite("-q", test_misuses=MISUSES)
    lines = [line for line in told.splitlines() if not line.startswith(("ERROR", "FAILED", "_"))]

    assert status == 1
    known = ", ".join(names())
    mark = "@pytest.mark.fake_app"
    assert f"{mark}: unknown app 'dropbox'; known: {known}" in lines
    assert (
        f"{mark}: unknown option 'limit', 'x'; known: clock, latency_s, limits, passthrough, "
        "quirks, seed, settings"
    ) in lines
    assert any(line.startswith(f"{mark} for box: unknown quirk 'Q99'; known: Q1") for line in lines)
    assert any(line.startswith(f"{mark} for box: unknown setting 'colour'") for line in lines)
    for limits in ("on", "x-1"):
        told = f"limits '{limits}': give vendor, off, x10 or the like, or a number"
        assert f"{mark} for box: {told}" in lines
    assert f"{mark} for box: clock 'sundial': give system, virtual, or a clock" in lines
    assert "fake_server must be an argument of the test, or of a fixture it uses" in lines
    assert not any("Traceback" in line or line.startswith(">") for line in lines)


SEEDS = """
import pytest

def tell(fake, config, name):
    path = config.rootpath / f"{name}.txt"
    path.write_text(fake.admin.credentials()["client_id"])

@pytest.mark.parametrize("number", range(4))
def test_seed(fake_box, number, pytestconfig):
    tell(fake_box, pytestconfig, number)

@pytest.mark.fake_app(seed=1)
def test_fixed(fake_box, pytestconfig):
    tell(fake_box, pytestconfig, "fixed")
"""


def test_each_test_has_a_seed_of_its_own_whoever_runs_it(suite, tmp_path):
    def identities(workers):
        status, told = suite("-q", "-n", workers, test_seeds=SEEDS)
        assert status == 0, told
        return [(tmp_path / f"{name}.txt").read_text() for name in (0, 1, 2, 3, "fixed")]

    alone, shared = identities("0"), identities("2")

    assert alone == shared
    assert len(set(alone)) == 5
    assert alone[-1] == load("box").create(seed=1).admin.credentials()["client_id"]


FOREIGN = """
import requests

def test_toy(fake_toy):
    assert requests.get("https://api.toy.example/groups", timeout=5).json() == {"groups": []}
"""


def test_an_app_of_another_package_has_a_fixture(suite, tmp_path):
    info = tmp_path / "site" / "toy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[pushproof.fake_apps]\ntoy = tests.fake_apps.core.toy:APP\n"
    )
    status, told = suite("-q", path=[info.parent, ROOT], test_foreign=FOREIGN)

    assert (status, "1 passed" in told) == (0, True), told


def test_the_example_suite_holds_beside_a_harness_of_its_own(suite, tmp_path):
    shutil.copytree(EXAMPLE, tmp_path, dirs_exist_ok=True)
    status, told = suite("-q")

    assert (status, "14 passed" in told) == (0, True), told


def test_every_option_of_the_mark_is_in_its_line():
    options = "clock=, latency_s=, limits=, passthrough=, quirks=, seed=, settings="

    assert MARK_LINE.startswith(f"fake_app(*apps, {options}): ")


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_of_the_mark_is_documented(option):
    assert f"| `{option}` | " in (ROOT / "fake_apps" / "README.md").read_text("utf-8")


def test_the_fixtures_are_listed_with_what_they_are(suite):
    status, told = suite("--fixtures", "-q", test_idle=IDLE)

    assert status == 0
    assert "fake_box" in told
    assert "A fresh tenant of box: admin, ledger, arm(fault), clock and more." in told
