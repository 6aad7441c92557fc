"""A tenant kept on disk comes back as it was, whenever its process ends, or says why it cannot."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from fake_apps import session
from fake_apps.core.clock import SystemClock, VirtualClock
from fake_apps.core.journal import FORMAT, StateError, keep_state
from fake_apps.core.table import NotKept
from tests.fake_apps.core import toy


@pytest.fixture
def keep(tmp_path):
    """Creates a toy tenant that is kept in a folder; all are closed in the end."""
    kept = []

    def create(folder=tmp_path / "state", *, seed=1, begin=None, limits=0, **options):
        app = toy.APP.create(seed=seed, limits=limits, **options)
        kept.append(keep_state(app, folder, seed=seed, begin=begin))
        return app

    yield create
    for journal in kept:
        journal.close()


@pytest.fixture
def revive(keep, tmp_path):
    """The tenant that a kill at this moment would leave on disk."""

    def copy(**options):
        folder = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(tmp_path / "state", folder)
        return keep(folder, **options)

    return copy


def add(app, name):
    return session(app).post(f"{toy.HOST}/groups", json={"name": name})


def names(app):
    return session(app).get(f"{toy.HOST}/groups").json()["groups"]


@contextmanager
def full_disk(app):
    """SQLite is out of room for the tenant's file."""
    sql = app.journal._file.sql
    most = sql.execute("PRAGMA max_page_count").fetchone()[0]
    sql.execute("PRAGMA max_page_count = 1")
    yield
    sql.execute(f"PRAGMA max_page_count = {most}")


def fill(app):
    """The name that the file had no room for, and the reply to it."""
    for number in range(40):
        name = f"{number:0900}"
        reply = add(app, name)
        if reply.status_code != 201:
            break
    return name, reply


# --- what comes back -------------------------------------------------------------------------


def test_what_was_answered_is_there_after_a_kill(keep, revive):
    add(keep(), "Sales")

    assert names(revive()) == ["Sales"]


def test_a_tenant_that_was_closed_goes_on_in_the_same_folder(keep):
    first = keep()
    add(first, "Sales")
    first.journal.close()
    second = keep()
    add(second, "Support")

    assert names(second) == ["Sales", "Support"]


def test_a_refused_request_leaves_nothing_on_disk(keep, revive):
    session(keep()).post(f"{toy.HOST}/change-and-refuse")

    assert names(revive()) == []


def test_a_refused_item_of_a_batch_leaves_nothing_on_disk(keep, revive):
    app = keep()
    items = [
        {"method": "POST", "path": "/groups", "body": json.dumps({"name": "Sales"})},
        {"method": "POST", "path": "/change-and-refuse"},
    ]
    session(app).post(f"{toy.HOST}/batch", json={"items": items})

    assert names(revive()) == ["Sales"]


def test_what_was_deleted_is_gone_after_a_kill(keep, revive):
    app = keep()
    group_id = add(app, "Sales").json()["id"]
    session(app).put(f"{toy.HOST}/groups/{group_id}/members/u1")
    session(app).delete(f"{toy.HOST}/groups/{group_id}")
    revived = revive()

    assert names(revived) == []
    assert list(revived.state.members.rights(group_id)) == ["u1"]


def test_a_change_that_no_request_made_is_there_after_a_kill(keep, revive):
    app = keep()
    app.state.add_group("by hand")
    with app.administering() as admin:
        admin.add_group("at the console")

    assert names(revive()) == ["by hand", "at the console"]


def test_no_id_is_given_twice(keep, revive):
    app = keep()
    add(app, "Sales")
    session(app).post(f"{toy.HOST}/change-and-refuse")
    revived = revive()

    assert revived.chance.state() == app.chance.state()
    assert add(revived, "Support").json()["id"] == add(app, "Support").json()["id"]


def test_chance_comes_back_from_where_its_words_were_made_anew(keep, revive):
    app = keep()
    for number in range(700):  # two words to an id, 624 words at a time
        app.state.ids.hex(8)
        if number % 100 == 0:
            app.state.add_group(f"g{number}")
    app.state.add_group("last")

    assert revive().chance.state() == app.chance.state()


def test_a_stream_that_a_new_tenant_has_not_asked_for_comes_back(keep, revive):
    app = keep()
    app.chance.stream("late").stream("inner").hex(8)
    app.state.add_group("Sales")

    assert revive().chance.state() == app.chance.state()


def test_quirks_and_settings_come_back(keep, revive):
    app = keep(settings={"motto": "at first"})
    app.switch_quirk("S1", on=True)
    app.change_setting("motto", ("now", None, 1.5))
    revived = revive(settings={"motto": "of another start"})

    assert toy.SHY in revived.quirks
    assert revived.settings == {"locked": False, "motto": ("now", None, 1.5)}


def test_limits_come_back_as_of_the_last_write(keep, revive):
    app = keep(limits=1)
    add(app, "Sales")
    add(app, "Support")
    names(app)

    assert revive(limits=1).meter.used("calls") == 0.2


def test_closing_keeps_what_reading_has_used_up(keep):
    app = keep(limits=1)
    names(app)
    app.journal.close()

    assert keep(limits=1).meter.used("calls") == 0.1


def test_the_numbers_of_calls_go_on(keep, revive):
    app = keep()
    add(app, "Sales")
    revived = revive()

    assert add(revived, "Support").headers["Toy-Calls"] == "2"
    assert [call.number for call in revived.ledger] == [2]


def test_a_virtual_clock_goes_on_from_where_it_was(keep, revive):
    app = keep()
    app.clock.sleep(90)
    app.keep()
    clock = VirtualClock()
    revive(clock=clock)

    assert clock.now() == app.clock.now()


def test_a_virtual_clock_that_is_ahead_stays_there(keep, revive):
    keep()
    clock = VirtualClock()
    clock.sleep(90)
    revive(clock=clock)

    assert clock.now() == VirtualClock().now() + 90


def test_the_clients_key_pair_comes_back(keep, tmp_path):
    """In another process, which would have made another pair."""
    app = keep()
    pem = app.keys.private_pem()
    app.journal.close()
    code = f"""
from pathlib import Path
from fake_apps.core.journal import keep_state
from tests.fake_apps.core import toy
app = toy.APP.create(seed=1, limits=0)
journal = keep_state(app, Path({str(tmp_path / "state")!r}), seed=1)
print(app.keys.private_pem(), end="")
journal.close()
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout == pem


def test_reading_writes_nothing(keep):
    app = keep()
    add(app, "Sales")
    before = app.journal._file.sql.total_changes
    names(app)

    assert app.journal._file.sql.total_changes == before


def test_the_file_stays_as_small_as_the_tenant(keep, tmp_path):
    app = keep()
    group_id = app.state.add_group("Sales").id
    for number in range(2_000):
        app.state.groups.put(group_id, toy.Group(group_id, f"{number:0500}"))
    app.journal.close()

    assert (tmp_path / "state" / "toy.sqlite").stat().st_size < 100_000


# --- reset and restore -----------------------------------------------------------------------


def test_a_reset_is_there_after_a_kill(keep, revive):
    app = keep()
    add(app, "Sales")
    app.reset()

    assert names(revive()) == []


def test_a_restored_snapshot_is_there_after_a_kill(keep, revive):
    app = keep()
    add(app, "Sales")
    snapshot = app.snapshot()
    add(app, "Support")
    app.restore(snapshot)
    add(app, "Field")

    assert names(revive()) == ["Sales", "Field"]


def arrange(app):
    app.state.add_group("Everybody")
    app.switch_quirk("S1", on=True)


def test_what_a_tenant_begins_with_is_arranged_once(keep, revive):
    keep(begin=arrange)

    assert names(revive(begin=arrange)) == ["Everybody"]


def test_reset_goes_back_to_what_a_tenant_began_with_even_after_a_kill(keep, revive):
    app = keep(begin=arrange)
    app.switch_quirk("S1", on=False)
    add(app, "Sales")
    revived = revive()
    revived.reset()

    assert names(revived) == ["Everybody"]
    assert toy.SHY in revived.quirks
    assert revived.first.chance == app.first.chance


def test_where_a_tenant_begins_can_be_said_later(keep, revive):
    app = keep()
    add(app, "Sales")
    app.begin_here()
    add(app, "Support")
    revived = revive()
    revived.reset()

    assert names(revived) == ["Sales"]


def test_a_beginning_that_fails_leaves_a_folder_to_begin_anew(keep):
    def fail(app):
        app.state.add_group("half done")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep(begin=fail)

    assert names(keep()) == []


# --- a disk that refuses ---------------------------------------------------------------------


def test_what_cannot_be_kept_is_undone_and_answered_as_the_vendors_503(keep, revive, caplog):
    app = keep()
    with full_disk(app):
        name, reply = fill(app)

    assert (reply.status_code, reply.json()["error"]) == (503, "away")
    assert reply.headers["Toy-Calls"] == str(app.ledger.last_number)
    assert list(app.ledger)[-1].refusal == "away"
    assert name not in names(app)
    assert names(revive()) == names(app)
    assert "toy.sqlite cannot be written: database or disk is full" in caplog.text


def test_a_disk_with_room_again_is_written_again(keep, revive):
    app = keep()
    with full_disk(app):
        name, _ = fill(app)
    add(app, name)

    assert names(revive()) == names(app)
    assert names(app)[-1] == name


def test_what_is_too_deep_to_be_read_back_is_not_kept(keep, revive):
    app, deep = keep(), []
    for _ in range(600):
        deep = [deep]
    with pytest.raises(NotKept, match="levels deep"):
        app.change_setting("motto", deep)

    assert app.settings["motto"] == revive().settings["motto"] == ""


def test_a_setting_that_cannot_be_kept_stays_as_it_was(keep):
    app = keep(settings={"motto": "short"})
    with full_disk(app), pytest.raises(NotKept, match="disk is full"):
        app.change_setting("motto", "long" * 10_000)

    assert app.settings["motto"] == "short"


def test_a_console_that_cannot_keep_says_so(keep):
    app = keep()
    with full_disk(app), pytest.raises(NotKept, match="disk is full"), app.administering() as admin:
        admin.add_group("Sales" + "!" * 4000)

    assert names(app) == []


def test_a_reset_that_could_not_be_kept_is_made_up_for_with_the_next_write(keep, revive):
    app = keep()
    for number in range(40):
        app.state.add_group(f"{number:0900}")
    with full_disk(app), pytest.raises(NotKept):
        app.begin_here()
    app.reset()
    add(app, "Sales")
    revived = revive()

    assert names(app) == names(revived)
    assert names(revived)[-1] == "Sales"
    assert len(names(revived)) == 41


# --- what cannot be used ---------------------------------------------------------------------


@pytest.fixture
def refusal(keep, tmp_path):
    """What is said about a folder, which is left as it was."""

    def told(folder=tmp_path / "state", **options):
        before = contents(folder)
        with pytest.raises(StateError) as refused:
            keep(folder, **options)
        assert contents(folder) == before
        message = str(refused.value)
        assert "\n" not in message
        assert str(folder) in message
        return message.replace(str(folder), "DIR")

    return told


def contents(folder):
    if not folder.is_dir():
        return folder.read_bytes() if folder.is_file() else None
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture
def left(keep, tmp_path):
    """The file of a tenant that was closed, opened to be changed from outside."""
    app = keep()
    add(app, "Sales")
    app.journal.close()

    def change(statement, *values):
        with closing(sqlite3.connect(tmp_path / "state" / "toy.sqlite")) as sql:
            sql.execute("PRAGMA journal_mode = DELETE")
            sql.execute(statement, values)
            sql.commit()

    return change


def test_a_folder_that_is_a_file_is_refused(refusal, tmp_path):
    (tmp_path / "state").write_text("mine")

    assert refusal() == "cannot keep state in DIR: File exists; give a folder that can be written"


def test_a_folder_that_cannot_be_made_is_refused(refusal, tmp_path):
    (tmp_path / "mine").write_text("")

    assert refusal(tmp_path / "mine" / "state") == (
        "cannot keep state in DIR: Not a directory; give a folder that can be written"
    )


def test_a_file_that_cannot_be_opened_is_refused(refusal, tmp_path):
    (tmp_path / "state" / "toy.sqlite").mkdir(parents=True)

    assert refusal() == (
        "cannot keep state in DIR/toy.sqlite: unable to open database file; "
        "give a folder that can be written"
    )


def test_somebody_elses_file_is_refused_and_stays(refusal, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "toy.sqlite").write_text("my notes, " * 1000)

    assert refusal() == "DIR/toy.sqlite is no state of a fake app: give another folder"


def test_somebody_elses_database_is_refused_and_stays(refusal, tmp_path):
    (tmp_path / "state").mkdir()
    with closing(sqlite3.connect(tmp_path / "state" / "toy.sqlite")) as sql:
        sql.execute("CREATE TABLE precious (value)")

    assert refusal() == "DIR/toy.sqlite is no state of a fake app: give another folder"


def test_a_newer_file_is_refused(refusal, left):
    left(f"PRAGMA user_version = {FORMAT + 1}")

    assert refusal() == (
        f"DIR/toy.sqlite has format {FORMAT + 1}, this version of Pushproof reads {FORMAT}: "
        "use the version that wrote it, or give another folder"
    )


def test_another_seed_is_refused(refusal, left):
    assert refusal(seed=2) == (
        "DIR/toy.sqlite holds the tenant of seed 1, not 2: give seed 1, or another folder"
    )


def test_another_clock_is_refused(refusal, left):
    assert refusal(clock=SystemClock()) == (
        "DIR/toy.sqlite was kept on the virtual clock, not on the system one: "
        "give that, or another folder"
    )


def test_the_file_of_another_app_is_refused(refusal, left):
    left("UPDATE meta SET value = 'box' WHERE name = 'app'")

    assert refusal() == "DIR/toy.sqlite holds a tenant of box, not of toy: give another folder"


def test_a_tenant_that_would_have_been_made_otherwise_is_refused(refusal, left):
    left("UPDATE meta SET value = 'x' WHERE name = 'born'")

    assert refusal() == (
        "DIR/toy.sqlite holds a tenant that this version of toy would have made otherwise: "
        "use the version and the settings that made it, or give another folder"
    )


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE rows SET value = '{'", "{: Expecting property name"),
        ('UPDATE rows SET value = \'{"$row": ["Group", {}]}\'', "Group has the fields id, name"),
        ("UPDATE rows SET value = '7'", "has no attribute 'name'"),
        ("UPDATE rows SET value = x'00ff'", "b'\\x00\\xff'"),
        ("UPDATE rows SET place = 'roles'", "'roles'"),
        ("DELETE FROM chance", "()"),
        ("UPDATE chance SET words = '[1, 2]'", "state vector"),
        ("UPDATE chance SET position = 900", "invalid state"),
        ("DELETE FROM tenant WHERE moment = 'now'", "nothing for now"),
        ("UPDATE tenant SET value = '{}'", "serial"),
        ("UPDATE tenant SET value = '3'", "not subscriptable"),
        ("DELETE FROM meta WHERE name = 'key'", "key"),
        ("UPDATE meta SET value = '' WHERE name = 'key'", "PEM"),
        ("UPDATE tenant SET value = replace(value, 'N1', 'N9')", "quirks N9"),
        ("UPDATE tenant SET value = replace(value, 'motto', 'lotto')", "settings lotto, motto"),
        ("DROP TABLE chance", "no such table: chance"),
        ("DROP TABLE meta", "no such table: meta"),
    ],
)
def test_a_file_that_somebody_has_changed_is_refused(refusal, left, statement, why):
    left(statement)
    told = refusal()

    assert told.startswith("DIR/toy.sqlite cannot be read back (")
    assert told.endswith("): put a copy of it there, or give another folder")
    assert why in told


def test_a_file_with_a_broken_page_is_refused(refusal, left, tmp_path):
    path = tmp_path / "state" / "toy.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + bytes(4096) + whole[8192:])

    assert refusal().startswith("DIR/toy.sqlite cannot be read back (")


def test_a_folder_in_use_is_refused_and_its_user_named(keep, refusal):
    keep()

    assert refusal() == (
        f"DIR/toy.sqlite is in use by process {os.getpid()}: stop it, or give another folder"
    )


@pytest.mark.parametrize("note", ["", "{}", "[]", None])
def test_a_folder_in_use_is_refused_even_where_nobody_says_by_whom(keep, refusal, tmp_path, note):
    keep()
    path = tmp_path / "state" / "toy.owner.json"
    path.unlink() if note is None else path.write_text(note)

    assert refusal() == (
        "DIR/toy.sqlite is in use by another process: stop it, or give another folder"
    )


def test_a_closed_folder_has_the_tenant_and_nothing_else(keep, tmp_path):
    app = keep()
    journal = app.journal
    journal.close()
    journal.close()

    assert [path.name for path in (tmp_path / "state").iterdir()] == ["toy.sqlite"]
    assert app.journal is None
