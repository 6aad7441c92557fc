"""A Box enterprise: users, groups, memberships, and their rules."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf
from typing import Any

from ..core.app import Context
from ..core.table import Links, Table
from . import errors, quirks, schema
from .documents import Documents
from .entity import EVERYBODY, INACTIVE, Alias, Group, Membership, User
from .schema import GROUP, GROUP_DEFAULTS, MEMBERSHIP, USER, USER_DEFAULTS
from .tokens import Tokens

GAP = 5  # with Q8, every fifth place of a list is one the caller may not see
ALL_PERMISSIONS = dict.fromkeys(schema.PERMISSIONS, True)
Joined = tuple[Membership, User, Group]


@dataclass(frozen=True)
class Page:
    """Entries of one page, and what the reply calls total_count."""

    rows: Sequence[Any]
    total: int


class Enterprise:
    """The rules. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store, chance = context.store, context.chance
        self.users: Table[str, User] = store.table("users", login=_by_login)
        self.outsiders: Table[str, User] = store.table("outsiders", login=_by_login)
        self.groups: Table[str, Group] = store.table("groups", name=_by_name)
        self.memberships: Table[str, Membership] = store.table("memberships", pair=_by_pair)
        self.members: Links = store.links("members")
        self.gone_users: Table[str, User] = store.table("gone_users")
        self.gone_groups: Table[str, Group] = store.table("gone_groups")
        self.aliases: Table[str, Alias] = store.table("aliases", email=_by_email, user=_by_user)
        self.trace_prefix = chance.hex(15)
        first = chance.number(1, 9) * 10**9
        self._bases = {kind: first + at * 10**10 for at, kind in _KINDS}
        self.tokens = Tokens(context, self.may_act)
        self.documents = Documents(context, self.tokens.app.enterprise_id)
        self.everybody = Group(self._id("group"), "All Users", GROUP_DEFAULTS, 0.0, 0.0, EVERYBODY)

    def _id(self, kind: str) -> str:
        return str(self._bases[kind] + self.context.store.next_serial())

    def _now(self) -> float:
        return self.context.clock.now()

    # --- users: looking ----------------------------------------------------------------------

    def may_act(self, user_id: str) -> bool:
        """Whether a token may stand for that user."""
        user = self.users.get(user_id)
        return user is not None and user.is_active

    def user(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None:
            raise errors.not_found("user", user_id)
        return found

    def service_account(self) -> User:
        """The user that the app itself is; no list shows it."""
        app = self.tokens.app
        login = f"AutomationUser_{app.service_id[-7:]}_{app.client_id[:10]}@boxdevedition.com"
        values = {**USER_DEFAULTS, "name": "Pushproof", "login": login, "space_amount": -1}
        return User(app.service_id, values, 0.0, 0.0)

    def found_users(
        self, term: str | None, user_type: str, external_id: str | None
    ) -> Iterable[User]:
        """Users of that kind whose name or login matches; external ones by their whole login."""
        rows: Iterable[User] = () if user_type == "external" else self.users
        if term:
            wanted = term.lower()
            rows = [row for row in rows if self._is_hit(row, (row.name, row.login), wanted)]
            if user_type != "managed" and not rows:
                rows = self.outsiders.find("login", wanted)
        if external_id is not None:
            rows = [row for row in rows if row.values["external_app_user_id"] == external_id]
        return rows

    def _is_hit(self, row: User | Group, texts: Iterable[str], wanted: str) -> bool:
        if row.changed + self.settings["search_lag_s"] > self._now():
            return False
        if quirks.FILTERS_MATCH_STARTS in self.quirks:
            return any(text.lower().startswith(wanted) for text in texts)
        return any(text.lower() == wanted for text in texts)

    # --- users: changing ---------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any], *, by_hand: bool = False) -> User:
        """A managed user, or an app user who has no login of its own."""
        schema.require(body, "name")
        values = {**USER_DEFAULTS, **schema.checked(USER, body)}
        user_id, now = self._id("user"), self._now()
        if values["is_platform_access_only"]:
            service = self.tokens.app.service_id[-7:]
            values["login"] = f"AppUser_{service}_{user_id[-10:]}@boxdevedition.com"
        schema.require(values, "login")
        self._check_login(values["login"])
        after = 0.0 if by_hand else self.settings["confirm_after_s"]
        confirms_at = inf if after is None else now + after
        row = User(user_id, _known(values), now, now, confirms_at)
        self.users.put(user_id, row)
        return row

    def update_user(self, user_id: str, body: Mapping[str, Any]) -> User:
        user = self.user(user_id)
        changes = schema.checked(USER, body)
        if "login" in changes and changes["login"].lower() != user.login.lower():
            self._check_new_login(user, changes["login"])
        if "enterprise" in body:
            return self._roll_out(user, body["enterprise"], changes)
        if changes.get("status") == INACTIVE and quirks.INACTIVE_USERS_STAY not in self.quirks:
            self._leave_all(user.id)
        return self._change_user(user, changes)

    def _change_user(self, user: User, changes: Mapping[str, Any]) -> User:
        changed = replace(user, values={**user.values, **_known(changes)}, changed=self._now())
        self.users.put(user.id, changed)
        return changed

    def _check_new_login(self, user: User, login: str) -> None:
        is_fixed = quirks.UNCONFIRMED_LOGINS_ARE_FIXED in self.quirks
        if is_fixed and user.confirms_at > self._now():
            raise errors.unconfirmed()
        for alias in self.aliases.find("email", login.lower()):
            if alias.user_id == user.id:
                self.aliases.drop(alias.id)
        self._check_login(login)

    def _check_login(self, login: str) -> None:
        """Whether nobody has it, in this enterprise or anywhere else in Box."""
        wanted = login.lower()
        taken = self.users.find("login", wanted) or self.aliases.find("email", wanted)
        if taken or self.outsiders.find("login", wanted):
            raise errors.login_taken()
        elsewhere = (foreign.lower() for foreign in self.settings["foreign_logins"])
        if quirks.LOGINS_ARE_GLOBAL in self.quirks and wanted in elsewhere:
            raise errors.login_taken()

    def _roll_out(self, user: User, enterprise: Any, changes: Mapping[str, Any]) -> User:
        """`enterprise: null` makes a free account of a managed one."""
        if enterprise is not None:
            raise errors.invalid("enterprise", enterprise)
        if quirks.ROLLED_OUT_USERS_LEAVE in self.quirks:
            self._leave_all(user.id)
        changed = replace(self._change_user(user, changes), is_external=True)
        self.users.drop(user.id)
        self.outsiders.put(user.id, changed)
        return changed

    def delete_user(self, user_id: str, *, force: bool = False) -> None:
        """For good: only the enterprise's event log still knows a deleted user, or group."""
        user = self.user(user_id)
        if user.owns_content:
            if self.settings["retention_policies"]:
                raise errors.retained()
            if not force and quirks.CONTENT_KEEPS_USERS in self.quirks:
                raise errors.owns_content(user_id)
        self._leave_all(user_id)
        for alias in self.aliases.find("user", user_id):
            self.aliases.drop(alias.id)
        self.users.drop(user_id)
        self.gone_users.put(user_id, user)

    def give_content(self, user_id: str) -> None:
        """From now on the user owns files."""
        self.users.put(user_id, replace(self.user(user_id), owns_content=True))

    # --- e-mail aliases ----------------------------------------------------------------------

    def aliases_of(self, user_id: str) -> list[Alias]:
        return self.aliases.find("user", self.user(user_id).id)

    def add_alias(self, user_id: str, body: Mapping[str, Any]) -> Alias:
        user = self.user(user_id)
        schema.require(body, "email")
        email = body["email"]
        if not schema.is_login(email):
            raise errors.invalid("email", email)
        if self.users.find("login", email.lower()) or self.aliases.find("email", email.lower()):
            raise errors.alias_taken(email)
        row = Alias(self._id("alias"), user.id, email)
        self.aliases.put(row.id, row)
        return row

    def remove_alias(self, user_id: str, alias_id: str) -> None:
        alias = self.aliases.get(alias_id)
        if alias is None or alias.user_id != self.user(user_id).id:
            raise errors.not_found("email_alias", alias_id)
        self.aliases.drop(alias_id)

    # --- groups ------------------------------------------------------------------------------

    def group(self, group_id: str) -> Group:
        found = self.groups.get(group_id)
        if found is None and group_id == self.everybody.id and self._shows_everybody():
            return self.everybody
        if found is None:
            raise errors.not_found("group", group_id)
        return found

    def _shows_everybody(self) -> bool:
        return quirks.ALL_USERS_IS_LISTED in self.quirks

    def found_groups(self, term: str | None) -> Sequence[Group]:
        """All groups, or those whose name matches."""
        rows = [self.everybody, *self.groups] if self._shows_everybody() else list(self.groups)
        if not term:
            return rows
        return [row for row in rows if self._is_hit(row, (row.name,), term.lower())]

    def create_group(self, body: Mapping[str, Any]) -> Group:
        schema.require(body, "name")
        values = {**GROUP_DEFAULTS, **schema.checked(GROUP, body)}
        name = self._free_name(values.pop("name"))
        now = self._now()
        row = Group(self._id("group"), name, values, now, now)
        self.groups.put(row.id, row)
        return row

    def update_group(self, group_id: str, body: Mapping[str, Any]) -> Group:
        group = self._own_group(group_id)
        changes = schema.checked(GROUP, body)
        name = group.name
        if "name" in changes:
            name = self._free_name(changes.pop("name"), own_id=group_id)
        values = {**group.values, **changes}
        changed = replace(group, name=name, values=values, changed=self._now())
        self.groups.put(group_id, changed)
        return changed

    def _own_group(self, group_id: str) -> Group:
        """A group that may be changed: not the built-in one."""
        group = self.group(group_id)
        if group.type == EVERYBODY:
            raise errors.denied()
        return group

    def _free_name(self, name: str, own_id: str = "") -> str:
        """The name as it is stored; refused where another group has it."""
        kept = name if quirks.BLANKS_ARE_KEPT in self.quirks else name.strip()
        same = [row for row in self.groups.find("name", kept.lower()) if row.id != own_id]
        if quirks.NAMES_IGNORE_CASE not in self.quirks:
            same = [row for row in same if row.name == kept]
        if same and quirks.NAMES_ARE_UNIQUE in self.quirks:
            raise errors.name_taken(kept)
        return kept

    def delete_group(self, group_id: str) -> None:
        """For good, and its memberships with it."""
        group = self._own_group(group_id)
        for user_id in [*self.members.rights(group.id)]:
            self._drop(self._of_pair(group.id, user_id))
        self.groups.drop(group.id)
        self.gone_groups.put(group.id, group)

    # --- memberships -------------------------------------------------------------------------

    def membership(self, membership_id: str) -> Joined:
        found = self.memberships.get(membership_id)
        if found is None:
            raise errors.not_found("group_membership", membership_id)
        return self._joined(found)

    def _joined(self, row: Membership) -> Joined:
        user = self.users.get(row.user_id) or self.outsiders.get(row.user_id)
        group = self.groups.get(row.group_id)
        assert user is not None, "a membership goes with its user"
        assert group is not None, "and with its group"
        return row, user, group

    def _of_pair(self, group_id: str, user_id: str) -> Membership:
        return self.memberships.find("pair", (group_id, user_id))[0]

    def memberships_of_group(self, group_id: str, offset: int, limit: int) -> Page:
        user_ids = self.members.rights(self.group(group_id).id)
        page = self.page(user_ids, len(user_ids), offset, limit)
        joined = [self._joined(self._of_pair(group_id, user_id)) for user_id in page.rows]
        return Page(joined, page.total)

    def memberships_of_user(self, user_id: str, offset: int, limit: int) -> Page:
        group_ids = self.members.lefts(self.user(user_id).id)
        page = self.page(group_ids, len(group_ids), offset, limit)
        joined = [self._joined(self._of_pair(group_id, user_id)) for group_id in page.rows]
        return Page(joined, page.total)

    def create_membership(self, body: Mapping[str, Any]) -> Joined:
        user_id, group_id = schema.reference(body, "user"), schema.reference(body, "group")
        values = schema.checked(MEMBERSHIP, body)
        return self.join(group_id, user_id, values)

    def join(self, group_id: str, user_id: str, values: Mapping[str, Any]) -> Joined:
        group, user = self._own_group(group_id), self._candidate(user_id)
        if self.members.has(group.id, user.id):
            if quirks.PRESENT_MEMBER_IS_A_CONFLICT in self.quirks:
                raise errors.present_member(user.id)
            return self._of_pair(group.id, user.id), user, group
        role = values.get("role", "member")
        permissions = values.get("configurable_permissions", _default_permissions(role))
        now = self._now()
        row = Membership(self._id("membership"), group.id, user.id, role, permissions, now, now)
        self.memberships.put(row.id, row)
        self.members.link(group.id, user.id)
        return row, user, group

    def _candidate(self, user_id: str) -> User:
        """The user, if one that can be a member."""
        user = self.users.get(user_id)
        if user is None and quirks.EXTERNAL_USERS_CANNOT_JOIN not in self.quirks:
            user = self.outsiders.get(user_id)
        if user is None:
            raise errors.not_found("user", user_id)
        barred = self.settings["barred_logins"]
        if barred and user.login.lower() in (login.lower() for login in barred):
            raise errors.barred()
        if not user.is_active and quirks.INACTIVE_USERS_MAY_JOIN not in self.quirks:
            raise errors.invalid("user", user_id)
        return user

    def update_membership(self, membership_id: str, body: Mapping[str, Any]) -> Joined:
        row, user, group = self.membership(membership_id)
        values = schema.checked(MEMBERSHIP, body)
        role = values.get("role", row.role)
        fresh = _default_permissions(role) if role != row.role else row.permissions
        permissions = values.get("configurable_permissions", fresh)
        changed = replace(row, role=role, permissions=permissions, changed=self._now())
        self.memberships.put(row.id, changed)
        return changed, user, group

    def delete_membership(self, membership_id: str) -> None:
        row, _, _ = self.membership(membership_id)
        self._drop(row)

    def leave(self, group_id: str, user_id: str) -> None:
        """Take a user out of a group; one who is not in it stays out."""
        if self.members.has(group_id, user_id):
            self._drop(self._of_pair(group_id, user_id))

    def _leave_all(self, user_id: str) -> None:
        for group_id in [*self.members.lefts(user_id)]:
            self.leave(group_id, user_id)

    def _drop(self, row: Membership) -> None:
        self.memberships.drop(row.id)
        self.members.unlink(row.group_id, row.user_id)

    # --- pages -------------------------------------------------------------------------------

    def page(self, rows: Iterable[Any], count: int, offset: int, limit: int) -> Page:
        """A part of a list. With Q8 some places of it are taken by what the caller may not see."""
        start, stop, total = offset, offset + limit, count
        if quirks.PAGES_HAVE_GAPS in self.quirks:
            start, stop = start - start // GAP, stop - stop // GAP
            total += max(0, count - 1) // (GAP - 1)
        return Page(list(islice(rows, start, stop)), total)

    def after_marker(self, rows: Iterable[User], marker: str, limit: int) -> tuple[list[User], str]:
        """The users behind a marker, and the marker of the next page ("" at the end)."""
        behind = _position(marker) if marker else 0
        found = list(islice(_behind(rows, behind), limit + 1))
        if len(found) <= limit:
            return found, ""
        content = {"type": "id", "dir": "next", "tail": found[limit - 1].id}
        packed = json.dumps(content, separators=(",", ":")).encode()
        return found[:limit], urlsafe_b64encode(packed).decode()


_KINDS = tuple(enumerate(("user", "group", "membership", "alias"), 1))


def _by_login(row: User) -> str:
    return row.login.lower()


def _by_name(row: Group) -> str:
    return row.name.lower()


def _by_pair(row: Membership) -> tuple[str, str]:
    return row.group_id, row.user_id


def _by_email(row: Alias) -> str:
    return row.email.lower()


def _by_user(row: Alias) -> str:
    return row.user_id


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored: nothing a caller could still change."""
    kept = dict(values)
    if "tracking_codes" in kept:
        kept["tracking_codes"] = tuple(kept["tracking_codes"])
    if "space_amount" in kept:
        kept["space_amount"] = int(kept["space_amount"])
    return kept


def _default_permissions(role: str) -> Mapping[str, bool] | None:
    return ALL_PERMISSIONS if role == "admin" else None


def _behind(rows: Iterable[User], place: int) -> Iterator[User]:
    return (row for row in rows if int(row.id) > place)


def _position(marker: str) -> int:
    try:
        content = json.loads(urlsafe_b64decode(marker.encode()))
        return int(content["tail"])
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise errors.invalid("marker", marker) from fault
