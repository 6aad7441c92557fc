"""What becomes of a user: made, overwritten, patched, deactivated; and the rules for names.

Source: https://docs.slack.dev/reference/scim-api#users
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.error import ApiError
from . import errors, names, operations, profile, quirks
from .bodies import check_schemas, read_operations
from .changes import CUSTOM_PROFILE, Changes, short_path
from .entity import ADMIN, BOT, MEMBER, MULTI, OWNER, PRIMARY_OWNER, User

if TYPE_CHECKING:
    from .state import Organisation


class UserRules:
    """The users of one organisation; raises the vendor's refusals."""

    def __init__(self, organisation: "Organisation") -> None:
        self._org = organisation
        self._users = organisation.users
        self._quirks = organisation.quirks
        self._settings = organisation.settings

    def create(self, body: Mapping[str, Any], *, kind: str = "") -> User:
        changes = self._read_new(body)
        values = {"displayname": "", **changes.values}
        if values.get("username") is None:
            raise errors.username_required("")
        if not values.get("emails.primary"):
            raise errors.email_empty(str(values["username"]))
        values["username"] = self._checked_name(str(values["username"]))
        self._check_values(values, own_id="")
        if not values.get("name.givenname") and not values.get("name.familyname"):
            values["name.givenname"] = values["displayname"] or values["username"]
        if changes.kind == MULTI:
            self._check_guests_allowed()
        active = changes.active is not False
        now = self._org.context.clock.now()
        user_id = self._org.new_id("W" if self._org.is_enterprise else "U")
        user = User(user_id, kind or changes.kind or MEMBER, active, now, values)
        self._users.put(user_id, user)
        return user

    def _read_new(self, body: Mapping[str, Any]) -> Changes:
        """Anything wrong in the custom profile drops all of it; the user is still made."""
        check_schemas(body, self._quirks)
        custom = {name: told for name, told in body.items() if short_path(name) in CUSTOM_PROFILE}
        rest = {name: told for name, told in body.items() if name not in custom}
        try:
            extra = self._with_manager(profile.read_body(custom, {}))
        except ApiError:
            extra = Changes()
        return extra.then(profile.read_body(rest, {}))

    def put(self, user_id: str, body: Mapping[str, Any]) -> User:
        """All values are overwritten, by nothing where nothing is sent; the real name stays."""
        user = self._writable(user_id)
        check_schemas(body, self._quirks)
        changes = profile.read_body(body, {})
        if not changes.values.get("username"):
            raise errors.username_empty("")
        if not changes.values.get("emails.primary"):
            raise errors.email_empty(str(changes.values["username"]))
        blank: Changes = Changes(active=user.active)
        if quirks.PUT_BLANKS in self._quirks:
            blank = Changes(dict.fromkeys(_blanked(user)), active=False)
        return self._change(user, blank.then(changes))

    def patch(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Version 1: a partial user."""
        user = self._writable(user_id)
        check_schemas(body, self._quirks)
        return self._change(user, profile.read_body(body, user.values))

    def apply(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Version 2: a PatchOp."""
        user = self._writable(user_id)
        check_schemas(body, self._quirks)
        changes = Changes()
        for operation in read_operations(body, operations.read_path):
            old = {**user.values, **changes.values}
            changes = changes.then(operations.read_operation(operation, old))
        return self._change(user, changes)

    def delete(self, user_id: str) -> None:
        """There is no deletion: the user is deactivated, again and again without complaint."""
        self._change(self._writable(user_id), Changes(active=False))

    def _writable(self, user_id: str) -> User:
        user = self._org.user(user_id)
        self._org.lock(user.id, errors.user_locked)
        if user.kind in (OWNER, PRIMARY_OWNER) and self._settings["installer"] != OWNER:
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
        if kind != user.kind and quirks.CONVERSION_REACTIVATES in self._quirks:
            active = True
        return self._store(replace(user, kind=kind, active=active, values=values), user)

    def _store(self, changed: User, old: User) -> User:
        if old.active and not changed.active:
            self._check_may_go(old)
            changed = replace(changed, deactivated_at=self._org.context.clock.now())
            if quirks.DEACTIVATED_STAY_MEMBERS not in self._quirks:
                self._org.members.unlink_all(old.id)
        self._users.put(old.id, changed)
        return changed

    def set_active(self, user_id: str, *, active: bool) -> None:
        """By the hand of an owner, past what SCIM allows a token to do."""
        user = self._users.get(user_id)
        if user is None:
            raise KeyError(user_id)
        self._store(replace(user, active=active), user)

    def _check_may_go(self, user: User) -> None:
        if user.kind == PRIMARY_OWNER:
            raise errors.cannot_disable_primary_owner()
        if user.kind == BOT:
            raise errors.cannot_disable_bot_user_with_scim()

    def _changed_kind(self, user: User, wanted: str) -> str:
        if not wanted or wanted == user.kind:
            return user.kind
        if wanted == MULTI:
            self._check_guests_allowed()
            if user.kind in (ADMIN, OWNER, PRIMARY_OWNER, BOT):
                raise errors.cannot_make_user_guest()
            return MULTI
        return MEMBER if user.is_guest else user.kind

    def _check_guests_allowed(self) -> None:
        """Provisioning guests is for Enterprise plans; which code others get is not documented."""
        if not self._org.is_enterprise:
            raise errors.invalid_request_payload()

    # --- rules for users ---------------------------------------------------------------------

    def _checked_name(self, name: str) -> str:
        """The user name as it will be kept."""
        if not name:
            raise errors.username_empty("")
        if quirks.USER_NAMES_ARE_REWRITTEN in self._quirks:
            name = names.rewritten(name)
        if not names.is_plain(name) or not any(letter.isalnum() for letter in name):
            raise errors.username_invalid(name)
        if names.is_long(name):
            raise errors.long_username(name)
        if name in self._settings["reserved_usernames"]:
            raise errors.username_not_allowed(name)
        return name

    def _check_values(self, values: Mapping[str, Any], *, own_id: str) -> None:
        name = str(values["username"])
        self._check_free(name, own_id)
        for slot in ("emails.primary", "emails.secondary"):
            if values.get(slot):
                self._check_email(values[slot], name, own_id)
        names.check_names(values, name)

    def _check_free(self, name: str, own_id: str) -> None:
        """User names and names of channels are one namespace."""
        others = self._holders(self._users.find("username", name), own_id)
        if others or name in self._org.workspaces.channel_names:
            raise errors.username_taken(name)

    def _check_email(self, email: str, name: str, own_id: str) -> None:
        if not names.is_email(email):
            raise errors.bad_email_address(name)
        indexes = ("primary", "secondary")
        found = [row for index in indexes for row in self._users.find(index, email.lower())]
        if self._holders(found, own_id):
            raise errors.email_taken(name)

    def _holders(self, found: Iterable[User], own_id: str) -> list[User]:
        """Who has a name already; the deactivated count as well."""
        keep = quirks.DEACTIVATED_KEEP_NAMES in self._quirks
        return [row for row in found if row.id != own_id and (row.active or keep)]

    def _check_display_name(self, user: User, told: Mapping[str, Any]) -> None:
        free = self._settings["users_may_rename_themselves"]
        new = told.get("displayname")
        if free and new is not None and new != user.values.get("displayname"):
            raise errors.invalid_display_name(user.user_name)

    def _with_manager(self, changes: Changes) -> Changes:
        """A manager may be named by id, primary e-mail or user name; kept is the id."""
        path = "enterprise.manager.managerid"
        told = changes.values.get(path)
        if not told:
            return changes
        by_id, name = self._users.get(told), told.lower()
        found = [*self._users.find("primary", name), *self._users.find("username", name)]
        if by_id is None and not found:
            raise errors.unknown_user()
        manager = by_id or found[0]
        return replace(changes, values={**changes.values, path: manager.id})


def _blanked(user: User) -> Iterable[str]:
    kept = ("name.", "externalid", "profileurl", "username")
    return (path for path in user.values if not path.startswith(kept))
