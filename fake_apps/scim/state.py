"""A service provider: its users, its groups, who is in them, and the rules."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core import scim
from ..core.app import Context
from ..core.error import ApiError
from ..core.table import Links, Table
from . import entity, errors, filters, quirks, schema
from .bodies import Bodies
from .entity import GROUP, USER, Link, Row
from .filters import Wanted
from .listing import Listing
from .membership import Membership
from .profiles import Behaviour
from .schema import Values


@dataclass(frozen=True)
class Token:
    """The bearer token; an expired one is refused."""

    text: str
    is_expired: bool = False


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
        self.bodies = Bodies(self)
        self.listing = Listing(self)
        self.locks: Table[str, float] = store.table("locks")
        self._ids = context.chance.stream("ids")
        self._cursor_key = context.chance.stream("cursors").hex(32)
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
        return self._groups_of(row)

    def _groups_of(self, user: Row) -> list[Link]:
        """Those it is a member of, then those that these are in: RFC 7643, 4.1.2."""
        direct = list(self.links.lefts(user.id))
        known = dict.fromkeys(direct)
        waiting = [] if quirks.GROUPS_ARE_DIRECT in self.behaviour else list(direct)
        while waiting:
            above = [each for each in self.links.lefts(waiting.pop(0)) if each not in known]
            known |= dict.fromkeys(above)
            waiting += above
        found = (self.groups.get(group_id) for group_id in known)
        near = frozenset(direct)
        return [Link(row, row.display, row.id in near) for row in found if row is not None]

    @property
    def me(self) -> Row | None:
        """The user whom the token stands for."""
        name = self.behaviour.settings["me"].lower()
        return next(iter(self.users.find("name", name)), None)

    @property
    def cursor_key(self) -> str:
        return self._cursor_key

    # --- users -------------------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any]) -> tuple[Row, bool]:
        """The user, and whether it is new."""
        values = self.bodies.resource(USER, body)
        values.setdefault("active", True)
        twin = next(iter(self.users.find("name", str(values["userName"]).lower())), None)
        if twin is not None and quirks.EXISTING_USERS_ARE_ANSWERED in self.behaviour:
            return twin, False
        self._check_user(values, own_id="")
        return self._insert(USER, values), True

    def put(self, kind: str, row: Row, body: Mapping[str, Any]) -> Row:
        """Everything is overwritten; what is not sent is unassigned."""
        self._lock(row)
        if kind == GROUP:
            return self._put_group(row, body)
        values = self.bodies.resource(USER, body)
        self._check_user(values, own_id=row.id)
        return self._store(row, values)

    def patch(self, kind: str, row: Row, body: Mapping[str, Any]) -> Row:
        """All operations, in their order, or none."""
        self._lock(row)
        operations = self.bodies.operations(kind, body)
        if kind == GROUP:
            return self._patch_group(row, operations)
        patcher = self.bodies.patched(row, operations)
        schema.check_required(patcher.values, schema.kind(USER))
        self._check_user(patcher.values, own_id=row.id)
        return self._store(row, patcher.values)

    def delete(self, row: Row) -> None:
        self.links.unlink_all(row.id)
        self.tables[row.kind].drop(row.id)
        if row.kind == GROUP and quirks.DELETED_GROUPS_ARE_FOUND in self.behaviour:
            self.graves.put(row.id, row)

    def _lock(self, row: Row) -> None:
        """Some take one write to a group at a time: the next waits until the first is done."""
        if row.kind != GROUP or quirks.GROUPS_ARE_LOCKED not in self.behaviour:
            return
        now, until = self.context.clock.now(), self.locks.get(row.id) or 0.0
        if now < until:
            raise errors.locked(str(math.ceil(until - now)))
        self.locks.put(row.id, now + self.behaviour.settings["lock_s"])

    def set_active(self, row: Row, *, active: bool) -> None:
        self._store(row, {**row.values, "active": active})

    def _check_user(self, values: Mapping[str, Any], own_id: str) -> None:
        name = str(values["userName"])
        if any(row.id != own_id for row in self.users.find("name", name.lower())):
            raise errors.taken(f"userName {name} is taken")
        has_several = any(isinstance(each, list) and len(each) > 1 for each in values.values())
        if has_several and quirks.ONE_VALUE_OF_EACH_ATTRIBUTE in self.behaviour:
            raise errors.violates_schema()
        domains = self.behaviour.settings["allowed_domains"]
        if quirks.DOMAINS_ARE_CHECKED in self.behaviour and not name.endswith(
            tuple(f"@{domain}" for domain in domains)
        ):
            raise errors.taken("DomainAddress is not whitelisted")

    # --- groups ------------------------------------------------------------------------------

    def create_group(self, body: Mapping[str, Any], *, origin: str = entity.SCIM) -> Row:
        values, members = self.bodies.group(body)
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
        values, members = self.bodies.group(body)
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
            for each in self.bodies.spelled_out(GROUP, operation):
                if _is_about_members(each):
                    changed = self.membership.apply(group, each)
                    is_changed = is_changed or changed
                else:
                    rest.append(each)
        self.membership.settle(group)
        values = dict(group.values)
        if rest:
            values = self.bodies.patched(group, rest).values
            schema.check_required(values, schema.kind(GROUP))
            self._check_rename(group, values, own_id=group.id)
        return self._store(group, values, is_changed=is_changed)

    def count_members(self, body: Mapping[str, Any]) -> int:
        """How many members a patch names."""
        return self.membership.count(self.bodies.operations(GROUP, body))

    def rename_group(self, group: Row, name: str) -> None:
        values = {**group.values, "displayName": name}
        self._check_rename(group, values, own_id=group.id)
        self._store(group, values)

    def change_by_hand(
        self, group: Row, *, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> None:
        """At the console: past the quirks of this API."""
        for user_id in add:
            if user_id not in self.users:
                raise errors.invalid_value(f"There is no member {user_id}")
        self.links.link_all(group.id, add)
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
            raise errors.violates_schema()
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


_FORBIDDEN = frozenset("<>;:%")


def _rows(table: Callable[..., Table[str, Row]], name: str) -> Table[str, Row]:
    return table(name, name=entity.lowered, external_id=entity.lowered_external_id)


def _is_about_members(operation: scim.Operation) -> bool:
    assert operation.path is not None, "spelled out"
    return operation.path.attribute.lower() == "members"


def _slug(name: str) -> str:
    return "-".join("".join(each if each.isalnum() else " " for each in name.lower()).split())
