"""What a tenant holds: users, groups, links, the recycle bin, and how each is looked up and kept.

Layers of one directory build on it, each with the rules of one subject: `links.py`, `people.py`,
`groups.py`, `deleted.py`; `state.py` puts them together.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from ..core.app import Context
from ..core.error import ApiError
from ..core.table import Links, Table
from . import errors, quirks
from .entity import Entity, Purged, Unlinked, group_kind, security_identifier, timestamp
from .filters import Lookups
from .schema import GROUP, GUID, USER
from .tokens import Registration, Tokens

BIN_DAYS = 30
TRACKED_DAYS = 7  # how long a delta token lives, and what is gone is remembered for it
DAY_S = 86400
MAX_LOOKUPS = 1000
SERIAL_BITS = 48  # no tenant has that many changes
RELATIONS = ("members", "owners", "manager")
Rows = Iterable[tuple[int, Entity]]


@dataclass(frozen=True)
class Linked:
    """Live objects linked from one, in order of linking; reading can begin behind any of them."""

    records: "Records"
    serials: Mapping[str, int]
    eventual: bool

    def __iter__(self) -> Iterator[tuple[int, Entity]]:
        return self._read(self.serials.items())

    def after(self, place: int) -> Rows:
        """Those that come behind that place, without looking at the ones before."""
        start = bisect_right(list(self.serials.values()), place)
        return self._read(islice(self.serials.items(), start, None))

    def _read(self, serials: Iterable[tuple[str, int]]) -> Iterator[tuple[int, Entity]]:
        for object_id, serial in serials:
            row = self.records.live(object_id)
            if row is not None and self.records.is_visible(row, eventual=self.eventual):
                yield serial, row


class Records:
    """Rows and links. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store = context.store
        self.users: Table[str, Entity] = store.table(
            "users",
            displayName=_lowered("displayName"),
            mail=_lowered("mail"),
            mailNickname=_lowered("mailNickname"),
            userPrincipalName=_lowered("userPrincipalName"),
        )
        self.groups: Table[str, Entity] = store.table(
            "groups",
            displayName=_lowered("displayName"),
            mail=_lowered("mail"),
            mailNickname=_lowered("mailNickname"),
            uniqueName=_lowered("uniqueName"),
        )
        self.bin: Table[str, Entity] = store.table("bin", mailNickname=_lowered("mailNickname"))
        self.links: dict[str, Links] = {name: store.links(name) for name in RELATIONS}
        self.unlinked: Table[str, Unlinked] = store.table("unlinked", source=_source)
        self.purged: Table[str, Purged] = store.table("purged")
        self.registrations: Table[str, Registration] = store.table("registrations")
        chance = context.chance
        self.trace_prefix = f"{chance.guid()[:24]}"
        self.registrations.put("app", Registration(chance.guid(), chance.guid(), secret(context)))
        self.tokens = Tokens(context, lambda: self.registration)

    @property
    def registration(self) -> Registration:
        row = self.registrations.get("app")
        assert row is not None, "made with the tenant"
        return row

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(self.settings["domains"])

    # --- looking up --------------------------------------------------------------------------

    def user(self, reference: str) -> Entity:
        """By id or by userPrincipalName."""
        found = self.users.get(reference) or self.users.get(self.same_id(reference))
        if found is None:
            named = self.users.find("userPrincipalName", reference.lower())
            found = named[0] if named else None
        if found is None or not self.is_visible(found):
            raise errors.not_found(reference)
        return found

    def group(self, group_id: str) -> Entity:
        found = self.groups.get(group_id) or self.groups.get(self.same_id(group_id))
        if found is None or not self.is_visible(found):
            raise self.absent(group_id)
        return found

    def group_named(self, unique_name: str) -> Entity | None:
        found = self.groups.find("uniqueName", unique_name.lower())
        return found[0] if found and self.is_visible(found[0]) else None

    def object(self, object_id: str) -> Entity:
        """A live user or group by id."""
        found = self.live(object_id) or self.live(self.same_id(object_id))
        if found is None or not self.is_visible(found):
            raise self.absent(object_id)
        return found

    def live(self, object_id: str) -> Entity | None:
        return self.users.get(object_id) or self.groups.get(object_id)

    def same_id(self, object_id: str) -> str:
        return object_id.lower() if quirks.IDS_IGNORE_CASE in self.quirks else object_id

    def absent(self, object_id: str) -> ApiError:
        if GUID.fullmatch(object_id):
            return errors.not_found(object_id)
        return errors.invalid_id(object_id)

    def is_visible(self, found: Entity, *, eventual: bool = False) -> bool:
        """Whether this read already sees the object: replicas and indexes lag behind writes."""
        lag = self.settings["replication_lag_s"]
        if eventual:
            lag = max(lag, self.settings["index_lag_s"])
        if not lag:
            return True
        age = self.context.clock.now() - found.born
        if quirks.READS_FLAP in self.quirks and lag <= age < 2 * lag:
            return int((age - lag) / (lag / 4)) % 2 == 0
        return bool(age >= lag)

    def as_read(self, row: Entity) -> Entity:
        """The row as some replica has it: for a while now and then as before its last change."""
        lag = self.settings["replication_lag_s"]
        age = self.context.clock.now() - row.changed_at
        if row.stale is None or not 0 <= age < lag or int(age / (lag / 4)) % 2 == 0:
            return row
        return replace(row, properties=row.stale)

    def get_by_ids(self, ids: Sequence[Any], types: Sequence[str]) -> list[Entity]:
        """Those of the ids that are there, each once."""
        if len(ids) > MAX_LOOKUPS:
            raise errors.invalid_value("ids", "DirectoryObject")
        if not all(isinstance(each, str) and GUID.fullmatch(each) for each in ids):
            raise errors.invalid_guid()
        found = (self.live(each) for each in dict.fromkeys(map(self.same_id, ids)))
        return [row for row in found if row and row.type in types and self.is_visible(row)]

    # --- listing -----------------------------------------------------------------------------

    def rows(self, table: Table[str, Entity], *, eventual: bool = False) -> Rows:
        return ((row.serial, row) for row in table if self.is_visible(row, eventual=eventual))

    def matching(self, table: str, lookups: Lookups, *, eventual: bool) -> Rows:
        """Visible rows; with look-ups only those under one of them in an index."""
        source: Table[str, Entity] = self.users if table == "users" else self.groups
        if not lookups:
            return self.rows(source, eventual=eventual)
        found = {row.serial: row for lookup in lookups for row in _looked_up(source, *lookup)}
        return (
            (s, found[s]) for s in sorted(found) if self.is_visible(found[s], eventual=eventual)
        )

    def linked(self, group_id: str, relation: str, *, eventual: bool = False) -> Rows:
        """Live objects linked from a group, in order of linking."""
        return Linked(self, self.links[relation].rights(self.group(group_id).id), eventual)

    def transitive_members(self, group_id: str) -> Rows:
        """Members of the group and of groups within it, each once."""
        return self._walk(self.group(group_id).id, self.links["members"].rights)

    def groups_of(self, object_id: str) -> Rows:
        """Live groups an object is a direct member of."""
        return self._linking("members", object_id, self.groups)

    def transitive_groups_of(self, object_id: str) -> Rows:
        return self._walk(object_id, partial(self._sources, "members"))

    def _walk(self, start: str, step: Callable[[str], Mapping[str, int]]) -> Rows:
        """What is reached, the nearer first, then as it was linked: a place does not change."""
        seen, level, depth = {start}, [start], 0
        while level:
            reached: dict[str, int] = {}
            for at in level:
                for each, serial in step(at).items():
                    if each not in seen:
                        reached.setdefault(each, serial)
            seen.update(reached)
            level = [each for each in sorted(reached, key=reached.__getitem__) if self.live(each)]
            for each in level:
                row = self.live(each)
                if row is not None and self.is_visible(row):
                    yield (depth << SERIAL_BITS) + reached[each], row
            depth += 1

    def manager(self, reference: str) -> Entity:
        """The manager of a user; the refusal where there is none."""
        found = self.manager_of(self.user(reference).id)
        if found is None:
            raise errors.not_found("manager")
        return found

    def manager_of(self, user_id: str) -> Entity | None:
        for manager_id in self.links["manager"].rights(user_id):
            found = self.users.get(manager_id)
            if found is not None and self.is_visible(found):
                return found
        return None

    def reports(self, user_id: str) -> Rows:
        """Users whose manager it is."""
        return self._linking("manager", user_id, self.users)

    def _linking(self, relation: str, target_id: str, table: Table[str, Entity]) -> Rows:
        """Live objects that are linked to one, in order of linking."""
        for source_id, serial in self._sources(relation, target_id).items():
            row = table.get(source_id)
            if row is not None and self.is_visible(row):
                yield serial, row

    def _sources(self, relation: str, target_id: str) -> dict[str, int]:
        """What is linked to an object, and the place of each link."""
        links = self.links[relation]
        return {each: links.rights(each)[target_id] for each in links.lefts(target_id)}

    def live_member_ids(self, group_id: str) -> list[str]:
        return [each for each in self.links["members"].rights(group_id) if self.live(each)]

    def live_object(self, object_id: str) -> Entity:
        """A live user or group, however fresh; KeyError on a bad id."""
        found = self.live(object_id)
        if found is None:
            raise KeyError(object_id)
        return found

    # --- rows --------------------------------------------------------------------------------

    def insert(self, type_name: str, values: Mapping[str, Any], *, settled: bool) -> Entity:
        if len(self.users) + len(self.groups) >= self.settings["object_quota"]:
            raise errors.object_quota()
        object_id, now = self.context.chance.guid(), self.context.clock.now()
        full = {**(USER if type_name == "user" else GROUP).defaults(), **values}
        full["id"] = object_id
        full["createdDateTime"] = timestamp(now)
        full["securityIdentifier"] = security_identifier(object_id)
        if type_name == "group":
            full["renewedDateTime"] = full["createdDateTime"]
            full["createdByAppId"] = self.registration.client_id
            full["organizationId"] = self.registration.tenant_id
        row = Entity(
            id=object_id,
            type=type_name,
            kind="user" if type_name == "user" else group_kind(full),
            properties=full,
            serial=self.context.store.next_serial(),
            born=float("-inf") if settled else now,
        )
        (self.users if type_name == "user" else self.groups).put(object_id, row)
        return row

    def change(self, row: Entity, values: Mapping[str, Any]) -> None:
        """Other values for properties, each with its place in the order of changes."""
        if not values:
            return
        serial = self.context.store.next_serial()
        changed = {**(row.changed or {}), **dict.fromkeys(values, serial)}
        full = {**row.properties, **values}
        table = self.users if row.type == "user" else self.groups
        stale, now = None, self.context.clock.now()
        if quirks.READS_FLAP in self.quirks and self.settings["replication_lag_s"]:
            stale = row.properties
        row = replace(row, properties=full, changed=changed, stale=stale, changed_at=now)
        table.put(row.id, row)

    def to_bin(self, row: Entity) -> None:
        """Delete softly: the links stay."""
        self.sweep()
        (self.users if row.type == "user" else self.groups).drop(row.id)
        serial = self.context.store.next_serial()
        self.bin.put(row.id, replace(row, deleted_at=self.context.clock.now(), serial=serial))

    def erase(self, row: Entity) -> None:
        """Delete for good: a row that no table has any more loses its links."""
        for links in self.links.values():
            for target_id in list(links.rights(row.id)):
                links.unlink(row.id, target_id)
        self.leave_all(row)
        now, serial = self.context.clock.now(), self.context.store.next_serial()
        _keep_last(self.purged, Purged(row.id, row.type, serial, now))

    def leave_all(self, row: Entity) -> None:
        """Take away every link to an object."""
        for relation, links in self.links.items():
            for source_id in list(links.lefts(row.id)):
                self.cut(relation, source_id, row.id, row.type)

    def cut(self, relation: str, source_id: str, target_id: str, target_type: str) -> None:
        """Take a link away and remember for a while that it was there."""
        self.links[relation].unlink(source_id, target_id)
        now, serial = self.context.clock.now(), self.context.store.next_serial()
        gone = Unlinked(relation, source_id, target_id, target_type, serial, now)
        _keep_last(self.unlinked, gone)

    def sweep(self) -> None:
        """Purge what has been in the bin for its 30 days; the oldest stands first."""
        limit = self.context.clock.now() - BIN_DAYS * DAY_S
        while (row := next(iter(self.bin), None)) is not None:
            if row.deleted_at is None or row.deleted_at > limit:
                return
            self.bin.drop(row.id)
            self.erase(row)


def _keep_last(table: Table[str, Any], row: Unlinked | Purged) -> None:
    """Put a row last, and drop those that no delta token is old enough for."""
    if row.key in table:
        table.drop(row.key)
    limit = row.at - TRACKED_DAYS * DAY_S
    while (oldest := next(iter(table), None)) is not None and oldest.at < limit:
        table.drop(oldest.key)
    table.put(row.key, row)


def _lowered(name: str) -> Any:
    def value(row: Entity) -> str | None:
        text = row.properties.get(name)
        return text.lower() if text else None

    return value


def _source(row: Unlinked) -> str:
    return f"{row.relation} {row.source_id}"


def secret(context: Context) -> str:
    """A client secret as the service makes them."""
    return f"{context.chance.text(3)}8Q~{context.chance.text(34)}"


def _looked_up(source: Table[str, Entity], index: str, value: str) -> list[Entity]:
    if index == "id":
        return [row for row in (source.get(value),) if row]
    return source.find(index, value)
