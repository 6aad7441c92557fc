"""Same seed, same steps: the same bytes, whatever Python's hash seed and the time zone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.office import ALL, Office, login

ROOT = Path(__file__).parents[2]

STORY = """
import sys
sys.path.insert(0, {root!r})
from tests.engine.test_determinism import story
print(story({app!r}))
"""


def story(app: str, seed: int = 7) -> str:
    """A bit of everything; answers the ledger and the system log."""
    names = [f"u{number:02}" for number in range(25)]
    office = Office(app, seed=seed)
    office.people(*names)
    office.group("Staff", *names)
    office.op.assign_group(app, "Staff")
    office.op.run()
    office.group("Sales", *names)
    office.arm(f"{app}.*", "throttle", retry_after="7")
    office.push()
    office.settle()
    office.leave("Sales", *names[3:9])
    office.op.rename_group("Sales", "Sellers")
    office.op.deactivate_user(login(names[1]))
    office.op.import_users(app)
    office.op.refresh_app_groups(app)
    office.settle()
    office.op.push_now(app, "Sellers")
    office.op.run()
    events = "\n".join(map(str, office.op.log()))
    return office.target.ledger_text() + "\n" + events + str(office.op.mappings(app))


@pytest.mark.parametrize("app", ALL)
def test_two_worlds_of_one_seed_are_the_same_to_the_byte(app):
    assert story(app) == story(app)


@pytest.mark.parametrize("app", ALL)
def test_another_seed_gives_other_ids(app):
    assert story(app, seed=8) != story(app)


@pytest.mark.parametrize("app", ALL)
@pytest.mark.parametrize(("hash_seed", "zone"), [("1", "UTC"), ("4242", "Asia/Kathmandu")])
def test_neither_hash_seed_nor_time_zone_matters(app, hash_seed, zone):
    told = subprocess.run(
        [sys.executable, "-c", STORY.format(root=str(ROOT), app=app)],
        env={"PYTHONHASHSEED": hash_seed, "TZ": zone, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.removesuffix("\n") == story(app)
