"""A Slack organisation: its users, its groups, who is in them, and the rules."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core import scim
from ..core.app import Context
from ..core.chance import Chance
from ..core.error import ApiError
from ..core.table import Links, Table
from . import errors, filters, profile, quirks
from .entity import ADMIN, BOT, MEMBER, MULTI, OWNER, PRIMARY_OWNER, SINGLE, Group, User
from .profile import Changes

MAX_USERS_A_CALL = 15_000
MAX_USER_GROUP = 5_000
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Rows = tuple[list[Any], int]
"""One page and how many there are in all."""


@dataclass(frozen=True)
class Token:
    """The token of the app that is installed; an expired one is refused."""

    text: str
    is_expired: bool = False


@dataclass(frozen=True)
class MemberChange:
    """Who is to join and who to leave; with `replaces`, all others leave as well."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    replaces: bool = False


class Organisation:
    """The rules. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store, chance = context.store, context.chance
        self.users: Table[str, User] = store.table(
            "users",
            username=lambda user: user.user_name,
            primary=lambda user: _lowered(user, "emails.primary"),
            secondary=lambda user: _lowered(user, "emails.secondary"),
        )
        self.groups: Table[str, Group] = store.table("groups", name=_lowered_name)
        self.members: Links = store.links("members")
        self.locks: Table[str, float] = store.table("locks")
        self.tokens: Table[str, Token] = store.table("tokens")
        self._ids = chance.stream("ids")
        self.team_id, self.enterprise_id = _id("T", chance), _id("E", chance)
        self.admin_id = _id("W", chance)
        self.replace_token()

    # --- the installed app -------------------------------------------------------------------

    @property
    def token(self) -> Token:
        row = self.tokens.get("app")
        assert row is not None, "made with the organisation"
        return row

    def is_valid(self, token: str) -> bool:
        return bool(token) and token == self.token.text and not self.token.is_expired

    def expire_token(self) -> None:
        self.tokens.put("app", replace(self.token, is_expired=True))

    def replace_token(self) -> None:
        chance = self.context.chance.stream("tokens")
        numbers = "-".join(str(chance.number(10**9, 10**10)) for _ in range(3))
        self.tokens.put("app", Token(f"xoxp-{numbers}-{chance.hex(32)}"))

    # --- looking -----------------------------------------------------------------------------

    def user(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise errors.no_such_user()
        return found

    def group(self, group_id: str) -> Group:
        found = self.groups.get(group_id)
        if found is None:
            raise errors.no_such_group()
        return found

    def members_of(self, group_id: str) -> list[User]:
        """In order of joining."""
        get = self.users.get
        return [user for user_id in self.members.rights(group_id) if (user := get(user_id))]

    def groups_of(self, user_id: str) -> list[Group]:
        found = (self.groups.get(group_id) for group_id in self.members.lefts(user_id))
        return [group for group in found if group is not None]

    def looks_active(self, user: User) -> bool:
        """Reads show a deactivation only after a while."""
        age = self.context.clock.now() - user.deactivated_at
        return user.active or bool(age < self.settings["deactivation_lag_s"])

    def list_users(self, window: scim.Window, wanted: scim.Filter | None) -> Rows:
        if wanted is None:
            return _page(self.users, window)
        rows = self._users_maybe(wanted)
        return _cut([row for row in rows if wanted.test(filters.user_reader(row))], window)

    def _users_maybe(self, wanted: scim.Filter) -> Iterable[User]:
        """The users an index finds for the filter; all of them where none can."""
        found: dict[str, User] = {}
        for name, value in wanted.alternatives:
            indexes = ("username",) if name == "username" else ("primary", "secondary")
            if name not in ("username", "email", "emails", "emails.value"):
                return self.users
            found |= {row.id: row for index in indexes for row in self.users.find(index, value)}
        return found.values() if wanted.alternatives else self.users

    def list_groups(self, window: scim.Window, wanted: scim.Filter | None) -> Rows:
        if wanted is None:
            return _page(self.groups, window)
        rows: Iterable[Group] = self.groups
        if wanted.alternatives:  # on the display name: filters know no other attribute of a group
            names = dict.fromkeys(value for _, value in wanted.alternatives)
            rows = [row for name in names for row in self.groups.find("name", name)]
        return _cut([row for row in rows if wanted.test(filters.group_reader(row))], window)

    # --- users -------------------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any], *, kind: str = "") -> User:
        changes = self._read_new(body)
        values = {"displayname": "", **changes.values}
        if values.get("username") is None:
            raise errors.user_refused("username_required", "")
        if not values.get("emails.primary"):
            raise errors.user_refused("email_empty", str(values["username"]))
        values["username"] = self._checked_name(str(values["username"]))
        self._check_values(values, own_id="")
        if not values.get("name.givenname") and not values.get("name.familyname"):
            values["name.givenname"] = values["displayname"] or values["username"]
        if changes.kind == MULTI:
            self._check_guests_allowed()
        active = changes.active is not False
        now = self.context.clock.now()
        user_id = _id("W" if self.settings["plan"] == "enterprise" else "U", self._ids)
        user = User(user_id, kind or changes.kind or MEMBER, active, now, values)
        self.users.put(user_id, user)
        return user

    def _read_new(self, body: Mapping[str, Any]) -> Changes:
        """Anything wrong in the enterprise part drops all of it; the user is still made."""
        self._require_schemas(body)
        named = {profile.short_path(str(name)): name for name in body}
        enterprise = body.get(named.get("enterprise", ""))
        try:
            changes = profile.read_body({"enterprise": enterprise} if enterprise else {}, {})
            extra = self._with_manager(changes)
        except ApiError:
            extra = Changes()
        rest = {name: value for name, value in body.items() if name != named.get("enterprise")}
        return extra.then(profile.read_body(rest, {}))

    def put_user(self, user_id: str, body: Mapping[str, Any]) -> User:
        """All values are overwritten, by nothing where nothing is sent; the real name stays."""
        user = self._writable_user(user_id)
        self._require_schemas(body)
        changes = profile.read_body(body, {})
        if not changes.values.get("username"):
            raise errors.user_refused("username_empty", "")
        if not changes.values.get("emails.primary"):
            raise errors.user_refused("email_empty", str(changes.values["username"]))
        blank: Changes = Changes(active=user.active)
        if quirks.PUT_BLANKS in self.quirks:
            blank = Changes(dict.fromkeys(_blanked(user)), active=False)
        return self._change(user, blank.then(changes))

    def patch_user(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Version 1: a partial user."""
        user = self._writable_user(user_id)
        self._require_schemas(body)
        return self._change(user, profile.read_body(body, user.values))

    def apply_to_user(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Version 2: a PatchOp."""
        user = self._writable_user(user_id)
        self._require_schemas(body)
        changes = Changes()
        for operation in _operations(body, profile.read_path):
            old = {**user.values, **changes.values}
            changes = changes.then(profile.read_operation(operation, old))
        return self._change(user, changes)

    def delete_user(self, user_id: str) -> None:
        """There is no deletion: the user is deactivated, again and again without complaint."""
        self._change(self._writable_user(user_id), Changes(active=False))

    def _writable_user(self, user_id: str) -> User:
        user = self.user(user_id)
        self._lock(user.id, "too_many_requests")
        if user.kind in (OWNER, PRIMARY_OWNER) and self.settings["installer"] != OWNER:
            raise errors.cannot_modify_owner()
        return user

    def _change(self, user: User, changes: Changes) -> User:
        if changes.sets_password:
            raise errors.password_change_not_allowed()
        told = dict(self._with_manager(changes).values)
        told.pop("externalid", None)  # the reference: updates to these two are not supported
        told.pop("profileurl", None)
        if "username" in told:
            told["username"] = self._checked_name(str(told["username"] or ""))
        self._check_display_name(user, told)
        values = {**user.values, **told}
        self._check_values(values, own_id=user.id)
        kind = self._changed_kind(user, changes.kind)
        active = user.active if changes.active is None else changes.active
        if kind != user.kind and quirks.CONVERSION_REACTIVATES in self.quirks:
            active = True
        return self._store(replace(user, kind=kind, active=active, values=values), user)

    def _store(self, changed: User, old: User) -> User:
        if old.active and not changed.active:
            self._check_may_go(old)
            changed = replace(changed, deactivated_at=self.context.clock.now())
            if quirks.DEACTIVATED_STAY_MEMBERS not in self.quirks:
                self.members.unlink_all(old.id)
        self.users.put(old.id, changed)
        return changed

    def set_active(self, user_id: str, *, active: bool) -> None:
        """By the hand of an owner, past what SCIM allows a token to do."""
        user = self.users.get(user_id)
        if user is None:
            raise KeyError(user_id)
        self._store(replace(user, active=active), user)

    def _check_may_go(self, user: User) -> None:
        if user.kind == PRIMARY_OWNER:
            raise errors.cannot_disable_primary_owner()
        if user.kind == BOT:
            raise errors.cannot_disable_bot()

    def _changed_kind(self, user: User, wanted: str) -> str:
        if not wanted or wanted == user.kind:
            return user.kind
        if wanted == MULTI:
            self._check_guests_allowed()
            if user.kind in (ADMIN, OWNER, PRIMARY_OWNER, BOT):
                raise errors.cannot_make_guest()
            return MULTI
        return MEMBER if user.is_guest else user.kind

    def _check_guests_allowed(self) -> None:
        """Provisioning guests is for Enterprise plans; which code others get is not documented."""
        if self.settings["plan"] != "enterprise":
            raise errors.invalid_payload()

    # --- rules for users ---------------------------------------------------------------------

    def _checked_name(self, name: str) -> str:
        """The user name as it will be kept."""
        if not name:
            raise errors.user_refused("username_empty", "")
        if quirks.USER_NAMES_ARE_REWRITTEN in self.quirks:
            name = profile.rewritten(name)
        if not profile.is_plain(name) or not any(letter.isalnum() for letter in name):
            raise errors.user_refused("username_invalid", name)
        if len(name) > profile.MAX_USER_NAME:
            raise errors.user_refused("long_username", name)
        if name in self.settings["reserved_usernames"]:
            raise errors.user_refused("username_not_allowed", name)
        return name

    def _check_values(self, values: Mapping[str, Any], *, own_id: str) -> None:
        name = str(values["username"])
        self._check_free(name, own_id)
        for slot in ("emails.primary", "emails.secondary"):
            if values.get(slot):
                self._check_email(values[slot], name, own_id)
        profile.check_names(values, name)

    def _check_free(self, name: str, own_id: str) -> None:
        """User names and names of channels are one namespace."""
        others = self._holders(self.users.find("username", name), own_id)
        if others or name in self.settings["channels"]:
            raise errors.username_taken(name)

    def _check_email(self, email: str, name: str, own_id: str) -> None:
        if not profile.is_email(email):
            raise errors.user_refused("bad_email_address", name)
        indexes = ("primary", "secondary")
        found = [row for index in indexes for row in self.users.find(index, email.lower())]
        if self._holders(found, own_id):
            raise errors.email_taken(name)

    def _holders(self, found: Iterable[User], own_id: str) -> list[User]:
        """Who has a name already; the deactivated count as well."""
        keep = quirks.DEACTIVATED_KEEP_NAMES in self.quirks
        return [row for row in found if row.id != own_id and (row.active or keep)]

    def _check_display_name(self, user: User, told: Mapping[str, Any]) -> None:
        free = self.settings["users_may_rename_themselves"]
        new = told.get("displayname")
        if free and new is not None and new != user.values.get("displayname"):
            raise errors.user_refused("invalid_display_name", user.user_name)

    def _with_manager(self, changes: Changes) -> Changes:
        """A manager may be named by id, primary e-mail or user name; kept is the id."""
        path = "enterprise.manager.managerid"
        told = changes.values.get(path)
        if not told:
            return changes
        by_id, name = self.users.get(told), told.lower()
        found = [*self.users.find("primary", name), *self.users.find("username", name)]
        if by_id is None and not found:
            raise errors.unknown_user()
        manager = by_id or found[0]
        return replace(changes, values={**changes.values, path: manager.id})

    # --- groups ------------------------------------------------------------------------------

    def create_group(self, body: Mapping[str, Any]) -> Group:
        self._require_schemas(body)
        name = _group_name(body.get("displayName"))
        change = MemberChange(add=_member_ids(body.get("members")))
        self._check_group_name(name, own_id="")
        now = self.context.clock.now()
        group = Group(_id("S", self._ids), name, now, now)
        self.groups.put(group.id, group)
        self._change_members(group, change)
        return group

    def put_group(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Everything is overwritten; without `members` nobody is left."""
        group = self._writable_group(group_id)
        self._require_schemas(body)
        self._rename(group, _group_name(body.get("displayName")))
        if "members" in body or quirks.PUT_BLANKS in self.quirks:
            ids = _member_ids(body.get("members"))
            self._change_members(group, MemberChange(add=ids, replaces=True))
        return self.group(group_id)

    def patch_group(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Version 1: a partial group, whose members join unless marked to leave."""
        group = self._writable_group(group_id)
        self._require_schemas(body)
        if body.get("displayName") is not None:
            self._rename(group, _group_name(body["displayName"]))
        if _clears_members(body.get("meta")):
            self._change_members(group, MemberChange(replaces=True))
        self._change_members(group, _member_change(body.get("members")))
        return self.group(group_id)

    def apply_to_group(self, group_id: str, body: Mapping[str, Any]) -> Group:
        """Version 2: a PatchOp, all of it or nothing."""
        group = self._writable_group(group_id)
        self._require_schemas(body)
        operations = _operations(body, self._read_member_path)
        if sum(map(_users_in, operations)) > MAX_USERS_A_CALL:
            raise errors.too_many_users()
        for operation in operations:
            self._apply(group, operation)
        return self.group(group_id)

    def delete_group(self, group_id: str) -> None:
        group = self._writable_group(group_id)
        if group.name in self.settings["groups_linked_to_channels"]:
            raise errors.group_linked()
        self.remove_group(group.id)

    def remove_group(self, group_id: str) -> None:
        """For good: there is no bin."""
        self.members.unlink_all(group_id)
        self.groups.drop(group_id)

    def _writable_group(self, group_id: str) -> Group:
        group = self.group(group_id)
        self._lock(group.id, "resource_locked")
        return group

    def _lock(self, resource_id: str, code: str) -> None:
        """One write at a time to one user or group: the next must wait until the first is done."""
        lasts, now = self.settings["lock_s"], self.context.clock.now()
        if not lasts:
            return
        until = self.locks.get(resource_id) or 0.0
        if now < until:
            raise errors.locked(code, math.ceil(until - now))
        self.locks.put(resource_id, now + lasts)

    def _rename(self, group: Group, name: str) -> None:
        if name != group.name:
            self._check_group_name(name, own_id=group.id)
            self.groups.put(group.id, replace(group, name=name, changed=self.context.clock.now()))

    def _check_group_name(self, name: str, own_id: str) -> None:
        taken = [row for row in self.groups.find("name", name.lower()) if row.id != own_id]
        if taken and quirks.GROUP_NAMES_ARE_UNIQUE in self.quirks:
            raise errors.group_exists()

    # --- operations on groups ------------------------------------------------------------------

    def _read_member_path(self, text: str) -> scim.Path:
        """The reference writes members[value eq U123ABC456] without quotes."""
        start, _, rest = text.partition("[value eq ")
        value = rest.removesuffix("]")
        if quirks.BARE_VALUE_PATHS in self.quirks and rest != value and value.isalnum():
            return scim.Path(start, value=value)
        return scim.parse_path(text)

    def _apply(self, group: Group, operation: scim.Operation) -> None:
        path, value = operation.path, operation.value
        if path is None:
            self._apply_pathless(group, operation)
        elif path.attribute.lower() == "displayname" and not path.selects:
            if operation.op == "remove":
                raise errors.invalid_payload()
            self._rename(self.group(group.id), _group_name(value))
        elif path.attribute.lower() == "members" and not path.sub:
            self._apply_to_members(group, operation, path)
        else:
            raise errors.invalid_payload()

    def _apply_pathless(self, group: Group, operation: scim.Operation) -> None:
        """Okta names a group so: the id within the value is no change of it."""
        told = {str(name).lower(): value for name, value in operation.value.items()}
        if "displayname" in told:
            self._rename(self.group(group.id), _group_name(told["displayname"]))
        if "members" in told:
            change = MemberChange(_member_ids(told["members"]), (), operation.op == "replace")
            self._change_members(group, change)

    def _apply_to_members(self, group: Group, operation: scim.Operation, path: scim.Path) -> None:
        if path.selects:
            if operation.op != "remove":
                raise errors.invalid_payload()
            self._change_members(group, MemberChange(remove=self._picked(group, path)))
        elif operation.op == "remove":
            self._remove_from(group, operation)
        else:
            ids = _member_ids(operation.value)
            self._change_members(group, MemberChange(ids, (), operation.op == "replace"))

    def _picked(self, group: Group, path: scim.Path) -> tuple[str, ...]:
        if path.value is not None:
            return (path.value,)
        shown = ({"value": each.id, "display": each.display} for each in self.members_of(group.id))
        return tuple(item["value"] for item in shown if path.picks(item))

    def _remove_from(self, group: Group, operation: scim.Operation) -> None:
        if operation.has_value and quirks.REMOVE_TAKES_VALUES in self.quirks:
            self._change_members(group, MemberChange(remove=_member_ids(operation.value)))
        else:
            self._change_members(group, MemberChange(replaces=True))

    # --- membership ----------------------------------------------------------------------------

    def _change_members(self, group: Group, change: MemberChange) -> None:
        if len(change.add) + len(change.remove) > MAX_USERS_A_CALL:
            raise errors.too_many_users()
        joining = [each for each in change.add if not self.members.has(group.id, each)]
        joining = self._admitted(joining)
        if change.replaces:
            staying = set(change.add)
            for user_id in [each for each in self.members.rights(group.id) if each not in staying]:
                self.members.unlink(group.id, user_id)
        for user_id in change.remove:
            self.members.unlink(group.id, user_id)
        for user_id in joining:
            self.members.link(group.id, user_id)
        self._check_size(group)

    def _admitted(self, user_ids: Sequence[str]) -> list[str]:
        """Those who may join; one who may not refuses the whole request, or is left out."""
        refusals = {user_id: self._refusal(user_id) for user_id in user_ids}
        refused = [refusal for refusal in refusals.values() if refusal]
        if refused and quirks.ONE_BAD_MEMBER_REFUSES_ALL in self.quirks:
            raise refused[0]
        return [user_id for user_id, refusal in refusals.items() if not refusal]

    def _refusal(self, user_id: str) -> ApiError | None:
        user = self.users.get(user_id)
        if user is None:
            return errors.no_such_members()
        if not user.active or user.kind == SINGLE:
            return errors.members_not_allowed()
        return None

    def _check_size(self, group: Group) -> None:
        most = self.settings["group_member_max"]
        if most is None and self.settings["plan"] != "enterprise":
            most = MAX_USER_GROUP
        if most is not None and len(self.members.rights(group.id)) > most:
            raise errors.group_full()

    def _require_schemas(self, body: Mapping[str, Any]) -> None:
        told = body.get("schemas")
        is_nested = isinstance(told, list) and bool(told) and all(map(_are_texts, told))
        if not _are_texts(told) and not (is_nested and quirks.NESTED_SCHEMAS in self.quirks):
            raise errors.missing_schemas()

    # --- by hand ---------------------------------------------------------------------------------

    def rename_group(self, group_id: str, name: str) -> None:
        self._rename(self.group(group_id), name)

    def change_members(self, group_id: str, change: MemberChange) -> None:
        self._change_members(self.group(group_id), change)


# --- reading bodies ----------------------------------------------------------------------------


def _are_texts(told: Any) -> bool:
    return isinstance(told, list) and bool(told) and all(isinstance(each, str) for each in told)


def _operations(body: Mapping[str, Any], read_path: Any) -> list[scim.Operation]:
    try:
        return scim.read_operations(body, read_path)
    except scim.Invalid as fault:
        raise errors.invalid_payload() from fault


def _users_in(operation: scim.Operation) -> int:
    if operation.path is not None and operation.path.value is not None:
        return 1
    value = operation.value
    told = value.get("members") if isinstance(value, dict) else value
    return len(told) if isinstance(told, list) else 0


def _group_name(told: Any) -> str:
    if told is None:
        raise errors.invalid_payload()
    if not isinstance(told, str):
        raise errors.invalid_attribute()
    if not told.strip():
        raise errors.invalid_payload()
    return told


def _member_items(told: Any) -> list[dict[str, Any]]:
    items = told if isinstance(told, list) else [] if told is None else [told]
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("value"), str):
            raise errors.invalid_attribute()
    return items


def _member_ids(told: Any) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(item["value"] for item in _member_items(told)))


def _member_change(told: Any) -> MemberChange:
    """Version 1: who is marked with `operation: delete` leaves."""
    items = _member_items(told)
    leaving = tuple(item["value"] for item in items if item.get("operation") == "delete")
    joining = (item["value"] for item in items if item.get("operation") != "delete")
    return MemberChange(tuple(dict.fromkeys(joining)), leaving)


def _clears_members(meta: Any) -> bool:
    names = meta.get("attributes") if isinstance(meta, dict) else None
    return isinstance(names, list) and "members" in names


# --- small things ------------------------------------------------------------------------------


def _id(letter: str, chance: Chance) -> str:
    return letter + chance.text(9, UPPER)


def _lowered_name(group: Group) -> str:
    return group.name.lower()


def _lowered(user: User, path: str) -> str | None:
    value = user.values.get(path)
    return value.lower() if value else None


def _blanked(user: User) -> Iterable[str]:
    kept = ("name.", "externalid", "profileurl", "username")
    return (path for path in user.values if not path.startswith(kept))


def _page(table: Table[str, Any], window: scim.Window) -> Rows:
    return table.page(window.start - 1, window.count), len(table)


def _cut(rows: Sequence[Any], window: scim.Window) -> Rows:
    start = window.start - 1
    return list(rows[start : start + window.count]), len(rows)
