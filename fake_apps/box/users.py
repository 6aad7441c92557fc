"""Users of an enterprise: their logins, what becomes of them, and who is found by a filter."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from . import errors, quirks, schema
from .aliases import Aliases
from .entity import INACTIVE, MANAGERS, Folder, User
from .rows import Rows
from .schema import USER, USER_DEFAULTS
from .tokens import PlatformApp


class Users:
    """Managed and app users, and the external ones that were rolled out or invited.

    `leave_all` takes a user out of all groups.
    """

    def __init__(
        self, rows: Rows, aliases: Aliases, app: PlatformApp, leave_all: Callable[[str], None]
    ) -> None:
        self._rows = rows
        self._quirks = rows.quirks
        self._settings = rows.settings
        self._aliases = aliases
        self._app = app
        self._leave_all = leave_all

    # --- looking -----------------------------------------------------------------------------

    def may_act(self, user_id: str) -> bool:
        """Whether a token may stand for that user."""
        user = self._rows.users.get(user_id)
        return user is not None and user.is_active

    def managed(self, user_id: str) -> User:
        found = self._rows.users.get(user_id)
        if found is None:
            raise errors.not_found("user", user_id)
        return found

    def known(self, user_id: str) -> User:
        """Any user who may be looked at: external ones too, of whom little is told."""
        return self._rows.outsiders.get(user_id) or self.managed(user_id)

    def service_account(self) -> User:
        """The user that the app itself is; no list shows it."""
        app = self._app
        login = f"AutomationUser_{app.service_id[-7:]}_{app.client_id[:10]}@boxdevedition.com"
        values = {**USER_DEFAULTS, "name": "Pushproof", "login": login, "space_amount": -1}
        return User(app.service_id, values, 0.0, 0.0)

    def caller(self, user_id: str) -> User:
        """Whom a call acts as; "" is the service account."""
        return self.managed(user_id) if user_id else self.service_account()

    def inviter(self, user_id: str) -> User:
        """Whoever made an invitation, even if gone since; "" is the service account."""
        rows = self._rows
        row = rows.users.get(user_id) or rows.outsiders.get(user_id)
        return row or rows.gone_users.get(user_id) or self.service_account()

    def found(self, term: str | None, user_type: str, external_id: str | None) -> Iterable[User]:
        """Users of that kind whose name or login matches; external ones by their whole login."""
        rows: Iterable[User] = () if user_type == "external" else self._rows.users
        if term:
            rows = [row for row in rows if self._rows.is_hit(row, (row.name, row.login), term)]
            if user_type != "managed" and not rows:
                rows = self._rows.outsiders.find("login", term.lower())
        if external_id is not None:
            rows = [row for row in rows if row.values["external_app_user_id"] == external_id]
        return rows

    # --- changing ----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any], *, by_hand: bool = False) -> User:
        """A managed user, or an app user who has no login of its own."""
        is_app_user = body.get("is_platform_access_only") is True
        schema.require(body, *(("name",) if is_app_user else ("name", "login")))
        values = {**USER_DEFAULTS, **schema.checked(USER, body)}
        user_id, now = self._rows.new_id("user"), self._rows.now()
        if is_app_user:
            service = self._app.service_id[-7:]
            values["login"] = f"AppUser_{service}_{user_id[-10:]}@boxdevedition.com"
        self._check_login(values["login"])
        after = 0.0 if by_hand else self._settings["confirm_after_s"]
        confirms_at = inf if after is None else now + after
        row = User(user_id, _stored(values), now, now, int(user_id), confirms_at)
        self._rows.users.put(user_id, row)
        return row

    def update(self, user_id: str, body: Mapping[str, Any], *, by_hand: bool = False) -> User:
        user = self.managed(user_id)
        changes = schema.checked(USER, body, refuse=errors.invalid_change)
        if not by_hand:
            self._check_allowed(user, changes)
        if "login" in changes and changes["login"].lower() != user.login.lower():
            self._take_login(user, changes["login"])
        if "enterprise" in body:
            return self._roll_out(user, body["enterprise"], changes)
        if changes.get("status") == INACTIVE and quirks.INACTIVE_USERS_STAY not in self._quirks:
            self._leave_all(user.id)
        return self._changed(user, changes)

    def _check_allowed(self, user: User, changes: Mapping[str, Any]) -> None:
        if is_named(user, self._settings["denied_logins"]):
            raise errors.denied_by_policy()
        if "notification_email" in changes and not self._settings["notification_emails"]:
            raise errors.denied()

    def _changed(self, user: User, changes: Mapping[str, Any]) -> User:
        now = self._rows.now()
        row = replace(user, values={**user.values, **_stored(changes)}, changed=now)
        self._rows.users.put(user.id, row)
        return row

    def _take_login(self, user: User, login: str) -> None:
        is_fixed = quirks.UNCONFIRMED_LOGINS_ARE_FIXED in self._quirks
        if is_fixed and user.confirms_at > self._rows.now():
            raise errors.unconfirmed()
        was_alias = self._aliases.give_up(user, login)
        self._check_login(login)
        if was_alias and quirks.FORMER_LOGINS_ARE_ALIASES in self._quirks:
            self._aliases.keep(user, user.login)

    def _check_login(self, login: str) -> None:
        """Whether nobody has it, in this enterprise or anywhere else in Box."""
        wanted = login.lower()
        taken = self._rows.users.find("login", wanted) or self._rows.aliases.find("email", wanted)
        if taken or self._rows.outsiders.find("login", wanted):
            raise errors.login_taken()
        elsewhere = (foreign.lower() for foreign in self._settings["foreign_logins"])
        if quirks.LOGINS_ARE_GLOBAL in self._quirks and wanted in elsewhere:
            raise errors.login_taken()

    def _roll_out(self, user: User, enterprise: Any, changes: Mapping[str, Any]) -> User:
        """`enterprise: null` makes a free account of a managed one."""
        if enterprise is not None:
            raise errors.invalid_change("enterprise", enterprise)
        if quirks.ROLLED_OUT_USERS_LEAVE in self._quirks:
            self._leave_all(user.id)
        changed = replace(self._changed(user, changes), is_external=True)
        self._rows.users.drop(user.id)
        self._rows.outsiders.put(user.id, changed)
        return changed

    # --- leaving -----------------------------------------------------------------------------

    def delete(self, user_id: str, *, force: bool = False) -> None:
        """For good: only the enterprise's event log still knows a deleted user, or group."""
        user = self.managed(user_id)
        if user.owns_content:
            if self._settings["retention_policies"]:
                raise errors.retained()
            if not force and quirks.CONTENT_KEEPS_USERS in self._quirks:
                conflicts = quirks.OWNED_CONTENT_IS_A_CONFLICT in self._quirks
                raise errors.owns_content(user_id, conflicts=conflicts)
        self._leave_all(user_id)
        self._aliases.end(user_id)
        self._rows.users.drop(user_id)
        self._rows.gone_users.put(user_id, user)

    def give_content(self, user_id: str) -> None:
        """From now on the user owns files."""
        self._rows.users.put(user_id, replace(self.managed(user_id), owns_content=True))

    def transfer(self, user_id: str, body: Mapping[str, Any], caller: User) -> Folder:
        """Move all that a user owns into a new folder of another user."""
        giver = self.managed(user_id)
        taker = self.managed(schema.reference(body, "owned_by"))
        for user in (giver, taker):
            self._check_transfer(user, caller)
        if giver.owns_content:
            self._rows.users.put(giver.id, replace(giver, owns_content=False))
            self.give_content(taker.id)
        name = f"{giver.name}'s Files and Folders"
        folder = Folder(self._rows.new_id("folder"), name, taker.id, self._rows.now())
        self._rows.folders.put(folder.id, folder)
        return folder

    def _check_transfer(self, user: User, caller: User) -> None:
        if is_named(user, self._settings["barred_logins"]):
            raise errors.barred()
        is_above = user.values["role"] in MANAGERS and user.id != caller.id
        if is_above and caller.values["role"] != "admin":
            raise errors.higher_privileged()


def is_named(user: User, logins: Iterable[str]) -> bool:
    """Whether a setting names that user's login."""
    return bool(logins) and user.login.lower() in (login.lower() for login in logins)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored: nothing a caller could still change, nothing only asked for."""
    kept = {name: value for name, value in values.items() if name not in schema.ONLY_ASKED}
    if "tracking_codes" in kept:
        kept["tracking_codes"] = tuple(kept["tracking_codes"])
    if "space_amount" in kept:
        kept["space_amount"] = int(kept["space_amount"])
    return kept
