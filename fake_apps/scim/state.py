"""A service provider: its users, its groups, who is in them, and the rules."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core import scim
from ..core.app import Context
from ..core.error import ApiError
from ..core.table import Links, Table
from . import entity, errors, filters, quirks, schema
from .entity import GROUP, USER, Link, Row
from .filters import Order, Wanted
from .membership import Membership
from .patching import Patcher, spelled_out
from .profiles import Behaviour
from .schema import Reading, Values

Rows = tuple[Sequence[Row], int]
"""One page and how many there are in all."""


@dataclass(frozen=True)
class Token:
    """The bearer token; an expired one is refused."""

    text: str
    is_expired: bool = False


@dataclass(frozen=True)
class Query:
    """What a list is asked for; `filter` None for everything."""

    window: scim.Window
    filter: scim.Filter | None = None
    order: Order = field(default_factory=Order)
    wanted: Wanted = field(default_factory=Wanted)


class Provider:
    """The rules. Knows nothing of HTTP; raises the standard's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.behaviour = Behaviour(context.quirks, context.settings)
        store = context.store
        self.users = _rows(store.table, "users")
        self.groups = _rows(store.table, "groups")
        self.tables = {USER: self.users, GROUP: self.groups}
        self.links: Links = store.links("members")
        self.old_names: Table[str, str] = store.table("old_names")
        self.graves: Table[str, Row] = store.table("graves", name=entity.lowered)
        self.tokens: Table[str, Token] = store.table("tokens")
        self.membership = Membership(self, store)
        self._ids = context.chance.stream("ids")
        self.replace_token()

    # --- the token ---------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        row = self.tokens.get("client")
        assert row is not None, "made with the provider"
        return row

    def is_valid(self, token: str) -> bool:
        return bool(token) and token == self.token.text and not self.token.is_expired

    def expire_token(self) -> None:
        self.tokens.put("client", replace(self.token, is_expired=True))

    def replace_token(self) -> None:
        self.tokens.put("client", Token(self.context.chance.stream("tokens").hex(40)))

    # --- looking -----------------------------------------------------------------------------

    def row(self, kind: str, row_id: str) -> Row:
        found = self.tables[kind].get(row_id)
        if found is None:
            raise errors.not_found(row_id)
        return found

    def show(self, row: Row, wanted: Wanted, base: str) -> dict[str, Any]:
        """The document of a resource, with what is wanted of it."""
        whole = self.document(row, base, links=self._shows_links(row, wanted))
        return whole if wanted.is_all else filters.project(whole, wanted)

    def document(self, row: Row, base: str, *, links: bool = True) -> dict[str, Any]:
        return entity.document(row, self._linked(row) if links else (), base)

    def _shows_links(self, row: Row, wanted: Wanted) -> bool:
        return wanted.has("groups" if row.kind == USER else "members")

    def _linked(self, row: Row) -> Iterable[Link]:
        if row.kind == GROUP:
            display = self.membership.display
            return [Link(each, display(row.id, each)) for each in self.membership.shown(row)]
        found = (self.groups.get(group_id) for group_id in self.links.lefts(row.id))
        return [Link(group, group.display) for group in found if group is not None]

    def list_rows(self, kinds: Sequence[str], query: Query, base: str) -> Rows:
        ignores = quirks.FILTERS_ARE_IGNORED in self.behaviour
        wanted = None if ignores else query.filter
        is_plain = wanted is None and not query.order.by and len(kinds) == 1
        if is_plain and quirks.CONSOLE_GROUPS_ARE_HIDDEN not in self.behaviour:
            return self._page(self.tables[kinds[0]], query.window)
        found = [row for kind in kinds for row in self._matching(kind, wanted, base)]
        most = self.behaviour.number("too_many")
        if most is not None and len(found) > most:
            raise errors.too_many(int(most))
        self._sort(found, query, kinds, base)
        start = query.window.start - 1
        return found[start : start + query.window.count], len(found)

    def _page(self, table: Table[str, Row], window: scim.Window) -> Rows:
        return table.page(window.start - 1, window.count), len(table)

    def _matching(self, kind: str, wanted: scim.Filter | None, base: str) -> Iterable[Row]:
        rows = self._visible(kind, wanted)
        if wanted is None:
            return rows
        names = wanted.names
        links = any(name.startswith(("members", "groups", "urn:")) for name in names)
        return [row for row in rows if wanted.test(self._reader(row, base, links=links))]

    def _visible(self, kind: str, wanted: scim.Filter | None) -> Iterable[Row]:
        rows = self._candidates(kind, wanted)
        if kind == GROUP and quirks.CONSOLE_GROUPS_ARE_HIDDEN in self.behaviour:
            return [row for row in rows if row.origin != entity.CONSOLE]
        return rows

    def _candidates(self, kind: str, wanted: scim.Filter | None) -> Iterable[Row]:
        """The rows that indexes find for the filter; all of them where none can."""
        table, found = self.tables[kind], dict[str, Row]()
        indexes = _INDEXES[kind]
        for name, value in wanted.alternatives if wanted else ():
            if name not in indexes:
                return table
            found |= {row.id: row for row in table.find(indexes[name], value)}
            found |= {row.id: row for row in self._buried(kind, name, value)}
        return found.values() if wanted and wanted.alternatives else table

    def _buried(self, kind: str, name: str, value: str) -> Iterable[Row]:
        finds = quirks.DELETED_GROUPS_ARE_FOUND in self.behaviour
        return self.graves.find("name", value) if finds and name == "displayname" else ()

    def _reader(self, row: Row, base: str, *, links: bool) -> scim.Reader:
        return filters.reader(lambda: self.document(row, base, links=links))

    def _sort(self, found: list[Row], query: Query, kinds: Sequence[str], base: str) -> None:
        if not query.order.by:
            return
        exact = frozenset[str]().union(*(schema.kind(kind).exact for kind in kinds))
        path = next(iter(filters.read_wanted([query.order.by], (), filters.known(kinds)).only), "")
        key = filters.sort_key(path, exact)
        found.sort(
            key=lambda row: key(self.document(row, base, links=False)),
            reverse=query.order.descending,
        )

    # --- users -------------------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any]) -> tuple[Row, bool]:
        """The user, and whether it is new."""
        values = self._read(USER, body)
        values.setdefault("active", True)
        twin = next(iter(self.users.find("name", str(values["userName"]).lower())), None)
        if twin is not None and quirks.EXISTING_USERS_ARE_ANSWERED in self.behaviour:
            return twin, False
        self._check_user(values, own_id="")
        return self._insert(USER, values), True

    def put(self, kind: str, row: Row, body: Mapping[str, Any]) -> Row:
        """Everything is overwritten; what is not sent is unassigned."""
        if kind == GROUP:
            return self._put_group(row, body)
        values = self._read(USER, body)
        self._check_user(values, own_id=row.id)
        return self._store(row, values)

    def patch(self, kind: str, row: Row, body: Mapping[str, Any]) -> Row:
        """All operations, in their order, or none."""
        operations = self._operations(kind, body)
        if kind == GROUP:
            return self._patch_group(row, operations)
        patcher = self._patched(row, operations)
        schema.check_required(patcher.values, schema.kind(USER))
        self._check_user(patcher.values, own_id=row.id)
        return self._store(row, patcher.values)

    def delete(self, row: Row) -> None:
        self.links.unlink_all(row.id)
        self.tables[row.kind].drop(row.id)
        if row.kind == GROUP and quirks.DELETED_GROUPS_ARE_FOUND in self.behaviour:
            self.graves.put(row.id, row)

    def set_active(self, row: Row, *, active: bool) -> None:
        self._store(row, {**row.values, "active": active})

    def _check_user(self, values: Mapping[str, Any], own_id: str) -> None:
        name = str(values["userName"])
        if any(row.id != own_id for row in self.users.find("name", name.lower())):
            raise errors.taken(f"userName {name} is taken")
        domains = self.behaviour.settings["allowed_domains"]
        if quirks.DOMAINS_ARE_CHECKED in self.behaviour and not name.endswith(
            tuple(f"@{domain}" for domain in domains)
        ):
            raise errors.taken("DomainAddress is not whitelisted")

    # --- groups ------------------------------------------------------------------------------

    def create_group(self, body: Mapping[str, Any], *, origin: str = entity.SCIM) -> Row:
        values, members = self._read_group(body)
        is_strict = origin == entity.SCIM and quirks.EXTERNAL_ID_IS_REQUIRED in self.behaviour
        if is_strict and not values.get("externalId"):
            raise errors.invalid_value("externalId is required")
        self._check_group_name(str(values["displayName"]), own_id="")
        self.membership.check_sizes([members])
        group = self._insert(GROUP, values, origin=origin)
        self.membership.add(group, members)
        return group

    def _put_group(self, group: Row, body: Mapping[str, Any]) -> Row:
        if quirks.PUT_OF_GROUPS_IS_MISSING in self.behaviour:
            raise errors.not_implemented("PUT is not supported for groups")
        values, members = self._read_group(body)
        if quirks.PUT_IGNORES_NAMES in self.behaviour:
            values["displayName"] = group.values["displayName"]
        compares_itself = quirks.PUT_CONFLICTS_WITH_ITSELF in self.behaviour
        self._check_rename(group, values, own_id="" if compares_itself else group.id)
        self.membership.check_sizes([members])
        if quirks.PUT_STORES_NO_MEMBERS in self.behaviour:
            members = []
        is_changed = self.membership.replace(group, members)
        return self._store(group, values, is_changed=is_changed)

    def _patch_group(self, group: Row, operations: Sequence[scim.Operation]) -> Row:
        self.membership.check_operations(operations)
        self.membership.begin(group)
        is_changed, rest = False, []
        for operation in operations:
            for each in self._spelled_out(GROUP, operation):
                if _is_about_members(each):
                    changed = self.membership.apply(group, each)
                    is_changed = is_changed or changed
                else:
                    rest.append(each)
        self.membership.settle(group)
        values = dict(group.values)
        if rest:
            values = self._patched(group, rest).values
            schema.check_required(values, schema.kind(GROUP))
            self._check_rename(group, values, own_id=group.id)
        return self._store(group, values, is_changed=is_changed)

    def count_members(self, body: Mapping[str, Any]) -> int:
        """How many members a patch names."""
        return self.membership.count(self._operations(GROUP, body))

    def rename_group(self, group: Row, name: str) -> None:
        values = {**group.values, "displayName": name}
        self._check_rename(group, values, own_id=group.id)
        self._store(group, values)

    def change_by_hand(
        self, group: Row, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """At the console: past the quirks of this API."""
        for user_id in add:
            if self.users.get(user_id) is None:
                raise errors.invalid_value(f"There is no member {user_id}")
            self.links.link(group.id, user_id)
        for user_id in remove:
            self.links.unlink(group.id, user_id)
        self._store(group, dict(group.values), is_changed=True)

    def _check_rename(self, group: Row, values: Values, *, own_id: str) -> None:
        old, new = group.name, str(values["displayName"])
        if old == new and own_id:
            return
        if old != new and quirks.NAMES_ARE_FIXED in self.behaviour:
            raise errors.mutability("displayName of a synced group cannot be changed")
        self._check_group_name(new, own_id=own_id)
        if quirks.OLD_NAMES_STAY_TAKEN in self.behaviour and old.lower() != new.lower():
            self.old_names.put(old.lower(), group.id)

    def _check_group_name(self, name: str, own_id: str) -> None:
        if quirks.TEXTS_ARE_CHECKED in self.behaviour and _FORBIDDEN & set(name):
            raise errors.refusal(400, "violates_schema", errors.UNPARSABLE)
        holders: Collection[Row] = self.groups.find("name", name.lower())
        if quirks.NAMES_ARE_SLUGS in self.behaviour:
            holders = [row for row in self.groups if _slug(row.name) == _slug(name)]
        is_old = self.old_names.get(name.lower()) not in (None, own_id)
        others = [row for row in holders if row.id != own_id]
        if is_old or (others and self.behaviour.settings["group_names_are_unique"]):
            raise self._name_conflict(name)

    def _name_conflict(self, name: str) -> ApiError:
        if quirks.NAMES_ARE_SLUGS in self.behaviour:
            return errors.taken("A team with this slug already exists.")
        if quirks.CONFLICTS_ARE_ATLASSIANS in self.behaviour:
            return errors.taken("Resource [GROUP]: with displayName already exists.")
        if quirks.PUT_CONFLICTS_WITH_ITSELF in self.behaviour:
            return errors.taken("Group with this name already exists")
        return errors.taken(f"A group is called {name} already")

    # --- bodies ------------------------------------------------------------------------------

    @property
    def reading(self) -> Reading:
        return Reading(loose=quirks.BOOLEANS_MAY_BE_TEXTS in self.behaviour)

    def _read(self, kind: str, body: Mapping[str, Any]) -> Values:
        values = self.reading.resource(body, schema.kind(kind))
        values.pop("password", None)  # never shown, and nobody signs in here
        if kind == GROUP and quirks.NAMES_ARE_TRIMMED in self.behaviour:
            values["displayName"] = str(values["displayName"]).strip()
            schema.check_required(values, schema.kind(GROUP))
        return values

    def _read_group(self, body: Mapping[str, Any]) -> tuple[Values, list[Mapping[str, Any]]]:
        """Its attributes and its members, which may be many."""
        told = {name: value for name, value in body.items() if name.lower() != "members"}
        members = next((value for name, value in body.items() if name.lower() == "members"), None)
        return self._read(GROUP, told), self.membership.read(members, whole=True)

    def _operations(self, kind: str, body: Mapping[str, Any]) -> list[scim.Operation]:
        told = {name.lower(): value for name, value in body.items()}
        schema.check_message(told.get("schemas"), scim.PATCH_OP)
        operations = told.get("operations")
        self._check_words(operations)
        if kind == GROUP and quirks.ONLY_ENTRA_IS_UNDERSTOOD in self.behaviour:
            operations = [each for each in operations or () if _is_entras(each)]
            if not operations:
                return []
        try:
            of = schema.kind(kind)
            found = scim.read_operations(
                {"Operations": operations}, lambda text: schema.parse_path(text, of)
            )
        except scim.Invalid as fault:
            raise errors.invalid(fault) from fault
        return found

    def _check_words(self, operations: Any) -> None:
        """Quirks of the words in operations, before they are understood."""
        listed = operations if isinstance(operations, list) else ()
        told = [each for each in listed if isinstance(each, dict)]
        if quirks.OPS_ARE_EXACT in self.behaviour and any(
            str(each.get("op")) not in ("add", "remove", "replace") for each in told
        ):
            raise errors.invalid_syntax("op is none of add, remove, replace")
        if quirks.PATHLESS_REPLACE_FAILS in self.behaviour and any(
            str(each.get("op")).lower() == "replace" and not each.get("path") for each in told
        ):
            raise errors.refusal(500, "internal_error", "scim error: path is missing")

    def _spelled_out(self, kind: str, operation: scim.Operation) -> list[scim.Operation]:
        of = schema.kind(kind)
        try:
            found = spelled_out(operation, of)
        except scim.Invalid as fault:
            raise errors.invalid(fault) from fault
        if operation.path is None and quirks.KEYS_MAY_BE_PATHS not in self.behaviour:
            for each in found:
                if each.path is not None and (each.path.sub or each.path.selects):
                    raise errors.invalid_path("A name within a value is no path")
        return found

    def _patched(self, row: Row, operations: Iterable[scim.Operation]) -> Patcher:
        patcher = Patcher(schema.kind(row.kind), self.reading, row.values)
        for operation in operations:
            for each in self._spelled_out(row.kind, operation):
                assert each.path is not None, "spelled out"
                name = each.path.attribute.lower()
                is_own_id = name == "id" and each.value == row.id and operation.op != "remove"
                if name == "schemas":
                    continue
                if is_own_id and quirks.OWN_ID_IS_REFUSED not in self.behaviour:
                    continue
                patcher.apply(each)
        patcher.values.pop("password", None)
        return patcher

    # --- rows --------------------------------------------------------------------------------

    def _insert(self, kind: str, values: Values, *, origin: str = entity.SCIM) -> Row:
        now = self.context.clock.now()
        row = Row(kind, self._ids.guid(), values, now, now, origin=origin)
        self.tables[kind].put(row.id, row)
        return row

    def _store(self, row: Row, values: Values, *, is_changed: bool = False) -> Row:
        """What changes nothing leaves `lastModified` and the version alone."""
        if not is_changed and values == row.values:
            return row
        now = self.context.clock.now()
        stored = replace(row, values=values, changed=now, version=row.version + 1)
        self.tables[row.kind].put(row.id, stored)
        if row.kind == USER and row.active and not stored.active:
            self._deactivated(stored)
        return stored

    def _deactivated(self, user: Row) -> None:
        if quirks.DEACTIVATED_LEAVE_GROUPS in self.behaviour:
            self.links.unlink_all(user.id)


_INDEXES: Mapping[str, Mapping[str, str]] = {
    USER: {"username": "name", "externalid": "external_id"},
    GROUP: {"displayname": "name", "externalid": "external_id"},
}
_FORBIDDEN = frozenset("<>;:%")


def _rows(table: Callable[..., Table[str, Row]], name: str) -> Table[str, Row]:
    return table(name, name=entity.lowered, external_id=entity.lowered_external_id)


def _is_about_members(operation: scim.Operation) -> bool:
    assert operation.path is not None, "spelled out"
    return operation.path.attribute.lower() == "members"


def _is_entras(told: Any) -> bool:
    word = told.get("op") if isinstance(told, dict) else None
    return word in ("Add", "Remove") and told.get("path") == "members"


def _slug(name: str) -> str:
    return "-".join("".join(each if each.isalnum() else " " for each in name.lower()).split())
