"""Delta queries: what has changed among users or groups since a token was given.

Sources: https://learn.microsoft.com/en-us/graph/delta-query-overview, .../delta-query-groups and
.../api/group-delta. Nothing is noted when something is written but where it stands in the order of
all changes: rows and links carry that already, only what is gone is remembered apart, for as long
as a token lives. A round of pages is worked out anew at each page, from its token alone.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from . import errors
from .entity import Entity
from .quirks import DELTA_REPLAYS
from .records import DAY_S, TRACKED_DAYS, Records
from .schema import GUID, SCHEMAS, Schema

MAX_FILTERED = 50
RELATIONS = {"group": ("members", "owners"), "user": ("manager",)}
DEFAULT_RELATIONS = {"group": ("members",), "user": ()}
LIVE, BINNED, PURGED = 0, 1, 2
DONE = -1  # in the place of a link: the object is shown with all of them
_FILTER = re.compile(r"\s*id\s+eq\s+'([^']*)'\s*(?:\bor\b|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Round:
    """What one round of pages tells: all there is (`since` None), or what changed after a serial.

    `until` is the serial at its start, `phase`, `at` and `link` where the page before ended.
    `replays` is whether it tells what the round before has told as well.
    """

    type: str
    select: tuple[str, ...] | None = None
    ids: tuple[str, ...] = ()
    since: int | None = None
    until: int = 0
    issued: float = 0.0
    phase: int = LIVE
    at: int = 0
    link: int = DONE
    replays: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties to tell; the id is told in any case."""
        names = SCHEMAS[self.type].shown() if self.select is None else self.select
        return tuple(each for each in names if each not in ("id", *RELATIONS[self.type]))

    @property
    def relations(self) -> tuple[str, ...]:
        if self.select is None:
            return DEFAULT_RELATIONS[self.type]
        return tuple(each for each in self.select if each in RELATIONS[self.type])

    def wants(self, object_id: str) -> bool:
        return not self.ids or object_id in self.ids

    def covers(self, row: Entity) -> bool:
        """What is made while a first round is read belongs to the next."""
        return self.wants(row.id) and (self.since is not None or row.serial <= self.until)

    def finds_new(self, row: Entity) -> bool:
        """Whether it was not there, or in the bin, when the round before ended."""
        return self.since is None or row.serial > self.since


@dataclass(frozen=True)
class Page:
    """What one reply tells, and the round to go on with: of this one, or the next."""

    documents: list[dict[str, Any]]
    following: Round
    is_last: bool


Told = tuple[int, dict[str, Any]]
"""A link or its end, and its place in the order of changes."""


@dataclass(frozen=True)
class Item:
    """One object of a round, with its links of each relation."""

    phase: int
    serial: int
    document: dict[str, Any]
    links: Mapping[str, list[Told]]


# --- rounds ----------------------------------------------------------------------------------


def first_round(known: Records, schema: Schema, select: str, only: str) -> Round:
    """A round that tells all there is."""
    begun = Round(schema.type, parse_tracked(select, schema), _filtered(only))
    return _begin(known, begun, None)


def next_round(known: Records, ended: Round, select: str, schema: Schema) -> Round:
    """The round of a delta link; other properties may be chosen for it."""
    chosen = parse_tracked(select, schema) if select else ended.select
    again = DELTA_REPLAYS in known.quirks and ended.since is not None and not ended.replays
    since = ended.since if again else ended.until
    return _begin(known, replace(ended, select=chosen, replays=again), since)


def _begin(known: Records, asked: Round, since: int | None) -> Round:
    """Changes that are not replicated yet belong to the next round: it begins before them."""
    now = known.context.clock.now()
    until = known.context.store.serial
    if known.settings["replication_lag_s"]:
        table = known.users if asked.type == "user" else known.groups
        until = min([until, *(row.serial - 1 for row in table if not known.is_visible(row))])
    return replace(asked, since=since, until=until, issued=now, phase=LIVE, at=0, link=DONE)


def parse_tracked(text: str, schema: Schema) -> tuple[str, ...] | None:
    """What `$select` names: properties, and relations whose changes are to be told."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    plain = [name for name in names if name not in RELATIONS[schema.type]]
    if schema.selected(",".join(plain)) is None and (plain or not names):
        return None
    return tuple(dict.fromkeys(names))


def _filtered(text: str) -> tuple[str, ...]:
    """The ids of `id eq '..' or id eq '..'`, the one filter there is."""
    found, at = [], 0
    while at < len(text):
        match = _FILTER.match(text, at)
        if match is None or not GUID.fullmatch(match[1]):
            raise errors.unsupported_query()
        found.append(match[1].lower())
        at = match.end()
    if len(found) > MAX_FILTERED:
        raise errors.too_many_clauses(len(found), MAX_FILTERED)
    return tuple(found)


# --- pages -----------------------------------------------------------------------------------


def page(known: Records, asked: Round, *, size: int, minimal: bool) -> Page:
    """At most `size` objects and `size` links; an object with more links comes again."""
    documents: list[dict[str, Any]] = []
    room = size
    reached = asked
    for item in _Teller(known, asked, minimal).items():
        if len(documents) == size or not room:
            return Page(documents, reached, is_last=False)
        told, last = _sliced(item, room)
        room -= sum(map(len, told.values()))
        documents.append(
            {**item.document, **{f"{name}@delta": each for name, each in told.items()}}
        )
        reached = replace(asked, phase=item.phase, at=item.serial, link=last)
        if last != DONE:
            return Page(documents, reached, is_last=False)
    return Page(documents, asked, is_last=True)


def _sliced(item: Item, room: int) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """As many links as there is room for, oldest first, and where they end."""
    every = sorted((serial, name) for name, told in item.links.items() for serial, _ in told)
    last = every[room - 1][0] if len(every) > room else DONE
    told = {
        name: [entry for serial, entry in links if last == DONE or serial <= last]
        for name, links in item.links.items()
    }
    return {name: entries for name, entries in told.items() if entries}, last


@dataclass(frozen=True)
class _Teller:
    """The objects of one round, in an order that later pages keep to."""

    known: Records
    asked: Round
    minimal: bool

    def items(self) -> Iterator[Item]:
        """From where the page before ended; a first round tells of nothing that is gone."""
        asked = self.asked
        walks = (self._live, self._binned, self._purged)
        for phase, walk in enumerate(walks[:1] if asked.since is None else walks):
            if phase >= asked.phase:
                yield from walk(asked.at if phase == asked.phase else 0)

    def _live(self, start: int) -> Iterator[Item]:
        known, asked, relations = self.known, self.asked, self.asked.relations
        for row in known.users if asked.type == "user" else known.groups:
            is_rest = row.serial == start and asked.link != DONE
            if row.serial <= start and not is_rest:
                continue
            if not (relations or row.changed or asked.finds_new(row)):
                continue  # most users by far
            if not asked.covers(row) or not known.is_visible(row):
                continue
            links = {name: _links(known, row, name, asked) for name in relations}
            if is_rest:
                links = {name: _behind(told, asked.link) for name, told in links.items()}
            if is_rest or _is_told(row, asked, links):
                yield Item(LIVE, row.serial, self._document(row), links)

    def _document(self, row: Entity) -> dict[str, Any]:
        """Without what was never set; with `minimal` only what changed."""
        asked, changed = self.asked, row.changed or {}
        shown = {
            name: value
            for name in asked.properties
            if (value := row.value(name)) is not None or name in changed
        }
        if self.minimal and not asked.finds_new(row):
            since = asked.since or 0
            shown = {name: value for name, value in shown.items() if changed.get(name, 0) > since}
        return {**shown, "id": row.id}

    def _binned(self, start: int) -> Iterator[Item]:
        gone = ((row.serial, row.id) for row in self.known.bin if row.type == self.asked.type)
        return self._removed(gone, start, BINNED)

    def _purged(self, start: int) -> Iterator[Item]:
        gone = ((row.serial, row.id) for row in self.known.purged if row.type == self.asked.type)
        return self._removed(gone, start, PURGED)

    def _removed(self, gone: Iterable[tuple[int, str]], start: int, phase: int) -> Iterator[Item]:
        """`changed` is what can be restored, `deleted` what cannot."""
        reason = "changed" if phase == BINNED else "deleted"
        after = max(self.asked.since or 0, start)
        for serial, object_id in gone:
            if serial > after and self.asked.wants(object_id):
                document = {"id": object_id, "@removed": {"reason": reason}}
                yield Item(phase, serial, document, {})


def _behind(told: list[Told], link: int) -> list[Told]:
    return [each for each in told if each[0] > link]


def _is_told(row: Entity, asked: Round, links: Mapping[str, list[Told]]) -> bool:
    """Only a change of what is tracked counts."""
    if asked.finds_new(row) or any(links.values()):
        return True
    changed = row.changed or {}
    return any(changed.get(name, 0) > (asked.since or 0) for name in _tracked(row, asked))


def _tracked(row: Entity, asked: Round) -> Iterable[str]:
    return (row.changed or ()) if asked.select is None else asked.properties


def _links(known: Records, row: Entity, relation: str, asked: Round) -> list[Told]:
    """Links made since, and those taken away; of a new object all that it has."""
    floor = 0 if asked.since is None or asked.finds_new(row) else asked.since
    found = list(_made(known, row.id, relation, floor))
    if floor:
        found += _taken(known, row.id, relation, floor)
    return sorted(found, key=lambda told: told[0])


def _made(known: Records, source_id: str, relation: str, floor: int) -> Iterator[Told]:
    links: Any = known.links[relation].rights(source_id)
    for target_id in reversed(links):  # the newest first: they end where the round begins
        if links[target_id] <= floor:
            return
        target = known.live(target_id)
        if target is not None and known.is_visible(target):
            yield links[target_id], {"@odata.type": target.odata_type, "id": target_id}


def _taken(known: Records, source_id: str, relation: str, floor: int) -> Iterator[Told]:
    links = known.links[relation]
    for gone in known.unlinked.find("source", f"{relation} {source_id}"):
        if gone.serial > floor and not links.has(source_id, gone.target_id):
            yield (
                gone.serial,
                {
                    "@odata.type": f"#microsoft.graph.{gone.target_type}",
                    "id": gone.target_id,
                    "@removed": {"reason": "deleted"},
                },
            )


# --- tokens ----------------------------------------------------------------------------------


def token_of(known: Records, told: Round) -> str:
    """A round as text that means nothing to clients; it fits this tenant only."""
    return _sealed(known, json.dumps(list(asdict(told).values()), separators=(",", ":")).encode())


def _sealed(known: Records, plain: bytes) -> str:
    sum_of = zlib.crc32(plain + known.registration.tenant_id.encode()).to_bytes(4, "big")
    return base64.urlsafe_b64encode(sum_of + zlib.compress(plain, 9)).decode().rstrip("=")


def read_token(known: Records, text: str, schema: Schema) -> Round:
    """The round a token stands for, or the refusal for one that is not ours, or too old."""
    told = _decoded(known, text)
    if told.type != schema.type:
        raise errors.bad_delta_token()
    age = known.context.clock.now() - told.issued
    if age > TRACKED_DAYS * DAY_S or told.until > known.context.store.serial:
        raise errors.expired_delta_token()
    return told


def _decoded(known: Records, text: str) -> Round:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        plain = zlib.decompressobj().decompress(raw[4:], 65536)
    except (binascii.Error, ValueError, zlib.error) as fault:
        raise errors.bad_delta_token() from fault
    if _sealed(known, plain) != text:
        raise errors.bad_delta_token()
    kind, select, ids, *rest = json.loads(plain)
    return Round(kind, None if select is None else tuple(select), tuple(ids), *rest)
