"""A tenant that outlives its process: every acknowledged change is on disk before its reply.

One SQLite file per tenant, `<app>.sqlite` in the folder of `--state`. A unit of work is one
transaction (write-ahead log, synchronous=FULL): the rows it leaves behind are written, those it
takes away are deleted, so the file holds the present state and is never longer than that; there is
no log to replay or to shorten. What a kill interrupts was not acknowledged, and is not there.

Beside the rows: the state `reset` goes back to, chance (no id is given twice), quirks, settings,
limits as of the last write, the ledger's numbering, a virtual clock, the clients' key pair. The
calls in the ledger and armed faults belong to a test and end with the process.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from .app import FakeApp, TenantSnapshot
from .clock import VirtualClock
from .codec import Codec, TooDeep, Unreadable
from .table import Change, Entry, NotKept

FORMAT = 1
MARK = 0x50505246  # "PPRF" in the header of the file: SQLite's application_id
FIRST, NOW = "first", "now"  # the state `reset` goes back to, and the present one

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tenant (moment TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE rows (
  moment TEXT, place TEXT, key TEXT, serial INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (moment, place, key)
) WITHOUT ROWID;
CREATE TABLE chance (
  moment TEXT, stream TEXT, position INTEGER NOT NULL, words TEXT NOT NULL,
  PRIMARY KEY (moment, stream)
) WITHOUT ROWID;
"""

Words = dict[str, tuple[int, ...]]  # of each stream of chance

_log = logging.getLogger("fake_apps")


class StateError(Exception):
    """State that cannot be kept there, or not by us. One line: what, where, what instead."""


def keep_state(
    app: FakeApp,
    folder: Path,
    *,
    seed: int | str,
    begin: Callable[[FakeApp], None] | None = None,
) -> "Journal":
    """Keep a freshly created tenant in `folder` from now on; close the journal in the end.

    Where the folder has this app's state already, the tenant becomes what it was. Otherwise `begin`
    may arrange it first, all of which is kept or none. Answers the journal, `app.journal` as well.

    Raises StateError: a folder that cannot be used, a file that is not ours, newer, broken, of
    another seed, or in use by a process that lives. None of these changes anything on disk.
    """
    file = _open(folder, app.name)
    try:
        journal = Journal(app, file, Codec.of(app.spec.state))
        birth = {"app": app.name, "seed": str(seed), "clock": _kind(app), "born": _born(app)}
        if file.is_new:
            if begin:
                begin(app)
                app.begin_here()
            journal.create(birth)
        else:
            journal.load(birth)
        file.sign()
    except BaseException:
        file.close()
        raise
    app.store.keep, app.journal = journal.note, journal
    return journal


class Journal:
    """One tenant and its file, in step. Everything here is called while the tenant is held."""

    def __init__(self, app: FakeApp, file: "_File", codec: Codec) -> None:
        self._app = app
        self._file = file
        self._codec = codec
        self._drawn = -1
        self._words: Words = {}
        self._is_behind = False  # the file has an older state, not only fewer changes
        self.is_new = file.is_new
        self.path = file.path

    def close(self) -> None:
        """Write what reading has used up, and let another process have the file."""
        with self._app.lock:
            if self._app.journal is not self:
                return
            self._app.store.keep = self._app.journal = None
            with suppress(NotKept):  # which is in the log; nobody was told that it is there
                self.write()
            self._file.close()

    # --- writing -----------------------------------------------------------------------------

    def note(self, changes: list[Change]) -> None:
        """A unit of work is over: write what it leaves behind. NotKept where that fails."""
        if changes or self._app.chance.drawn != self._drawn:
            self.write(changes)

    def write(self, changes: Iterable[Change] = ()) -> None:
        """Write the changes, and whatever else of the tenant may be another than before."""
        if self._is_behind:
            self.rewrite()
            return
        drawn = self._app.chance.drawn
        words = self._words
        with self._file.transaction() as sql:
            self._write_rows(sql, changes)
            if drawn != self._drawn:
                words = _write_chance(sql, NOW, self._app.chance.state(), words)
            self._write_tenant(sql, NOW, _present(self._app))
        self._drawn, self._words = drawn, words

    def rewrite(self) -> None:
        """Write all of it: the tenant has become another one, by a reset or a restore."""
        self._is_behind = True
        with self._file.transaction() as sql:
            words = self._write_all(sql)
        self._drawn, self._words = self._app.chance.drawn, words
        self._is_behind = False

    def create(self, birth: Mapping[str, str]) -> None:
        """Make the file: its tables and all of the tenant, in one transaction."""
        self._file.prepare()
        with self._file.transaction() as sql:
            self._file.found({**birth, "key": self._app.keys.private_pem()})
            words = self._write_all(sql)
        self._drawn, self._words = self._app.chance.drawn, words

    def _write_all(self, sql: sqlite3.Connection) -> Words:
        app = self._app
        for table in ("rows", "chance", "tenant"):
            sql.execute(f"DELETE FROM {table}")  # noqa: S608 - one of three constants
        self._write_entries(sql, FIRST, app.store.entries(app.first.store))
        _write_chance(sql, FIRST, app.first.chance, {})
        self._write_tenant(sql, FIRST, _past(app.first))
        self._write_entries(sql, NOW, app.store.entries(app.store.snapshot()))
        self._write_tenant(sql, NOW, _present(app))
        return _write_chance(sql, NOW, app.chance.state(), {})

    def _write_rows(self, sql: sqlite3.Connection, changes: Iterable[Change]) -> None:
        standing = self._app.store.standing(changes)
        gone = [(NOW, table, self._codec.write(key)) for table, key, entry in standing if not entry]
        self._write_entries(sql, NOW, (entry for _, _, entry in standing if entry))
        sql.executemany("DELETE FROM rows WHERE moment = ? AND place = ? AND key = ?", gone)

    def _write_entries(
        self, sql: sqlite3.Connection, moment: str, entries: Iterable[Entry]
    ) -> None:
        write = self._codec.write
        sql.executemany(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)",
            (
                (moment, entry.table, write(entry.key), entry.serial, write(entry.row))
                for entry in entries
            ),
        )

    def _write_tenant(self, sql: sqlite3.Connection, moment: str, values: dict[str, Any]) -> None:
        text = self._codec.write(values)
        sql.execute("INSERT OR REPLACE INTO tenant VALUES (?, ?)", (moment, text))

    # --- reading -----------------------------------------------------------------------------

    def load(self, birth: Mapping[str, str]) -> None:
        """Make the tenant what the file says it was; until that is done the file is left alone."""
        app = self._app
        try:
            self._file.check(birth)
            app.keys.bring(self._file.meta()["key"])
            app.first, _ = self._read(FIRST)
            snapshot, values = self._read(NOW)
            app.restore(snapshot)
            app.ledger.go_on_from(values["number"])
            self._file.prepare()
        except _LOADING_FAILS as fault:
            raise _unreadable(self.path, fault) from fault
        if isinstance(app.clock, VirtualClock):
            app.clock.advance(max(0.0, values["clock"] - app.clock.now()))
        self._drawn = app.chance.drawn

    def _read(self, moment: str) -> tuple[TenantSnapshot, dict[str, Any]]:
        """One of the two states, by way of the tenant's own tables."""
        app, sql = self._app, self._file.sql
        values = self._codec.read(_one(sql, "SELECT value FROM tenant WHERE moment = ?", moment))
        app.store.refill(self._entries(moment), values["serial"])
        if unknown := values["settings"].keys() ^ app.spec.settings.keys():
            raise LookupError(f"settings {', '.join(sorted(unknown))}")
        if unknown := set(values["quirks"]) - app.quirks.known.keys():
            raise LookupError(f"quirks {', '.join(sorted(unknown))}")
        return TenantSnapshot(
            app.store.snapshot(),
            _read_chance(sql, moment),
            frozenset(values["quirks"]),
            values["settings"],
            values["spent"],
        ), values

    def _entries(self, moment: str) -> Iterator[Entry]:
        read = self._codec.read
        found = self._file.sql.execute(
            "SELECT place, key, value, serial FROM rows WHERE moment = ?", (moment,)
        )
        for table, key, row, serial in found:
            yield Entry(table, read(key), read(row), serial)


_LOADING_FAILS = (sqlite3.Error, Unreadable, LookupError, TypeError, ValueError, AttributeError)


def _present(app: FakeApp) -> dict[str, Any]:
    """All that is not a row and not chance, as it is now."""
    return {
        "serial": app.store.serial,
        "quirks": sorted(app.quirks.active()),
        "settings": dict(app.settings),
        "spent": app.meter.state(),
        "number": app.ledger.last_number,
        "clock": app.clock.now(),
    }


def _past(snapshot: TenantSnapshot) -> dict[str, Any]:
    return {
        "serial": snapshot.store.serial,
        "quirks": sorted(snapshot.quirks),
        "settings": dict(snapshot.settings),
        "spent": dict(snapshot.spent),
    }


# --- chance ----------------------------------------------------------------------------------


def _write_chance(sql: sqlite3.Connection, moment: str, state: Any, written: Words) -> Words:
    """Where each stream stands; its 624 words only when they are others than those written."""
    words = {}
    for stream, (_, internal, _) in _streams(state):
        words[stream] = internal[:-1]
        if words[stream] == written.get(stream):
            sql.execute(
                "UPDATE chance SET position = ? WHERE moment = ? AND stream = ?",
                (internal[-1], moment, stream),
            )
        else:
            sql.execute(
                "INSERT OR REPLACE INTO chance VALUES (?, ?, ?, ?)",
                (moment, stream, internal[-1], json.dumps(internal[:-1])),
            )
    return words


def _streams(state: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The names that lead to a stream, as a JSON list, and its own state."""
    own, streams = state
    yield json.dumps(path), own
    for name, inner in streams.items():
        yield from _streams(inner, (*path, name))


def _read_chance(sql: sqlite3.Connection, moment: str) -> Any:
    found: dict[tuple[str, ...], Any] = {}
    rows = sql.execute("SELECT stream, position, words FROM chance WHERE moment = ?", (moment,))
    for stream, position, words in rows:
        own = (Random.VERSION, (*json.loads(words), position), None)
        Random(0).setstate(own)  # ValueError where it is none
        found[tuple(json.loads(stream))] = (own, {})
    for path, state in found.items():
        if path:
            found[path[:-1]][1][path[-1]] = state
    return found[()]


# --- the file --------------------------------------------------------------------------------


class _File:
    """One SQLite file, held by this process alone until it is closed or dies."""

    def __init__(self, path: Path, sql: sqlite3.Connection) -> None:
        self.path = path
        self.sql = sql
        self.is_new = False
        self._is_signed = False

    def inspect(self) -> None:
        """Take the file, or say whose it is, or why it cannot be taken; nothing is changed."""
        self.sql.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.sql.execute("BEGIN IMMEDIATE")
        mark = _one(self.sql, "PRAGMA application_id")
        self.is_new = not mark and not _one(self.sql, "SELECT count(*) FROM sqlite_master")
        version = _one(self.sql, "PRAGMA user_version")
        self.sql.execute("ROLLBACK")
        if self.is_new:
            return
        if mark != MARK:
            raise StateError(f"{self.path} is no state of a fake app: give another folder")
        if version != FORMAT:
            raise StateError(
                f"{self.path} has format {version}, this version of Pushproof reads {FORMAT}: "
                "use the version that wrote it, or give another folder"
            )
        if (verdict := _one(self.sql, "PRAGMA quick_check(1)")) != "ok":
            raise _unreadable(self.path, verdict)

    def prepare(self) -> None:
        """Have each transaction on disk when it is over."""
        self.sql.execute("PRAGMA journal_mode = WAL")
        self.sql.execute("PRAGMA synchronous = FULL")
        self.sql.execute("PRAGMA journal_size_limit = 4194304")

    def found(self, meta: Mapping[str, str]) -> None:
        """Make the tables; part of the transaction that fills them."""
        for statement in filter(str.strip, _TABLES.split(";")):
            self.sql.execute(statement)
        self.sql.execute(f"PRAGMA application_id = {MARK}")
        self.sql.execute(f"PRAGMA user_version = {FORMAT}")
        self.sql.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))

    def meta(self) -> dict[str, str]:
        return dict(self.sql.execute("SELECT name, value FROM meta"))

    def check(self, birth: Mapping[str, str]) -> None:
        """The tenant in the file is the one that is asked for."""
        meta = self.meta()
        for name, told in _TOLD.items():
            if meta.get(name) != birth[name]:
                raise StateError(f"{self.path} {told.format(was=meta.get(name), **birth)}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, on disk when it is over. NotKept where the disk refuses."""
        try:
            self.sql.execute("BEGIN IMMEDIATE")
            yield self.sql
            self.sql.execute("COMMIT")
        except (sqlite3.Error, TooDeep) as fault:
            self._roll_back()
            _log.error("%s cannot be written: %s; the change is undone", self.path, fault)
            raise NotKept(f"{self.path} cannot be written: {fault}") from fault
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self.sql.in_transaction:
            with suppress(sqlite3.Error):  # what made the transaction fail may stand in the way
                self.sql.execute("ROLLBACK")

    def sign(self) -> None:
        """Leave a note of who has the file, for whoever wants it meanwhile."""
        with _usable(self.path.parent):
            _note(self.path).write_text(json.dumps({"pid": os.getpid()}) + "\n")
        self._is_signed = True

    def close(self) -> None:
        if self._is_signed:
            _note(self.path).unlink(missing_ok=True)
        self.sql.close()


_TOLD = {
    "app": "holds a tenant of {was}, not of {app}: give another folder",
    "seed": "holds the tenant of seed {was}, not {seed}: give seed {was}, or another folder",
    "clock": "was kept on the {was} clock, not on the {clock} one: give that, or another folder",
    "born": "holds a tenant that this version of {app} would have made otherwise: use the version "
    "and the settings that made it, or give another folder",
}


def _open(folder: Path, name: str) -> _File:
    path = folder / f"{name}.sqlite"
    with _usable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():  # to open it and close it again would let go of our own locks on it
            path.touch()
    try:
        sql = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        return _inspected(_File(path, sql))
    except sqlite3.Error as fault:
        raise _refused(path, fault) from fault


def _inspected(file: _File) -> _File:
    try:
        file.inspect()
    except BaseException:
        file.close()
        raise
    return file


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise StateError(
            f"cannot keep state in {folder}: {fault.strerror}; give a folder that can be written"
        ) from fault


def _refused(path: Path, fault: sqlite3.Error) -> StateError:
    """What SQLite says about a file, in our words."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # without what extends it
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StateError(f"{path} is in use by {_owner(path)}: stop it, or give another folder")
    if code == sqlite3.SQLITE_NOTADB:
        return StateError(f"{path} is no state of a fake app: give another folder")
    if code == sqlite3.SQLITE_CORRUPT:
        return _unreadable(path, fault)
    return StateError(f"cannot keep state in {path}: {fault}; give a folder that can be written")


def _unreadable(path: Path, why: object) -> StateError:
    told = " ".join(str(why).split())
    return StateError(
        f"{path} cannot be read back ({told}): put a copy of it there, or give another folder"
    )


def _owner(path: Path) -> str:
    try:
        return f"process {json.loads(_note(path).read_text())['pid']}"
    except (OSError, ValueError, LookupError, TypeError):
        return "another process"


def _note(path: Path) -> Path:
    return path.with_suffix(".owner.json")


def _kind(app: FakeApp) -> str:
    return "virtual" if isinstance(app.clock, VirtualClock) else "system"


def _born(app: FakeApp) -> str:
    """What chance had made of the seed when the tenant was new: tells versions apart."""
    return sha256(repr(app.first.chance).encode()).hexdigest()


def _one(sql: sqlite3.Connection, statement: str, *values: Any) -> Any:
    row = sql.execute(statement, values).fetchone()
    if row is None:
        raise LookupError(f"nothing for {', '.join(map(str, values))}")
    return row[0]
