"""Invitations: how somebody who has an account elsewhere in Box comes into the enterprise.

Source: https://developer.box.com/reference/post-invites
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import errors, schema
from .entity import ACCEPTED, PENDING, Invite, User
from .rows import Rows
from .schema import USER_DEFAULTS


class Invites:
    """Invitations of one enterprise."""

    def __init__(self, rows: Rows, enterprise_id: str) -> None:
        self._rows = rows
        self._enterprise_id = enterprise_id

    def invite(self, invite_id: str) -> tuple[Invite, User]:
        row = self._rows.invites.get(invite_id)
        if row is None:
            raise errors.not_found("invite", invite_id)
        user = self._rows.users.get(row.user_id) or self._rows.outsiders.get(row.user_id)
        return row, user or self._gone(row)

    def _gone(self, row: Invite) -> User:
        gone = self._rows.gone_users.get(row.user_id)
        assert gone is not None, "users end in the event log"
        return gone

    def create(self, body: Mapping[str, Any], by_id: str) -> tuple[Invite, User]:
        """Ask a person, by login, to join."""
        schema.require(body, "enterprise", "actionable_by")
        if schema.reference(body, "enterprise") != self._enterprise_id:
            raise errors.not_found("enterprise", body["enterprise"]["id"])
        person = self._person(schema.inner_text(body, "actionable_by", "login"))
        now = self._rows.now()
        row = Invite(self._rows.new_id("invite"), person.id, by_id, PENDING, now, now)
        self._rows.invites.put(row.id, row)
        return row, person

    def _person(self, login: str) -> User:
        """The account of that login: of nobody's enterprise, here or elsewhere."""
        wanted = login.lower()
        if self._rows.users.find("login", wanted) or self._is_in("managed_elsewhere", wanted):
            raise errors.not_free(login)
        known = self._rows.outsiders.find("login", wanted)
        if not known and not self._is_in("foreign_logins", wanted):
            raise errors.not_found("user", login)
        return known[0] if known else self._foreigner(login)

    def _is_in(self, setting: str, wanted: str) -> bool:
        return wanted in (login.lower() for login in self._rows.settings[setting])

    def _foreigner(self, login: str) -> User:
        """Somebody of whom the enterprise has heard nothing so far."""
        now, user_id = self._rows.now(), self._rows.new_id("user")
        values = {**USER_DEFAULTS, "name": login.partition("@")[0][:50], "login": login}
        row = User(user_id, values, now, now, is_external=True)
        self._rows.outsiders.put(user_id, row)
        return row

    def accept(self, invite_id: str) -> User:
        """The person accepts in the Box web application, and is a managed user from then on."""
        row, person = self.invite(invite_id)
        if row.status != PENDING or not person.is_external:
            raise ValueError(f"invite {invite_id} is not pending")
        now = self._rows.now()
        place = int(self._rows.new_id("user"))  # behind all who are there
        joined = replace(person, is_external=False, changed=now, place=place)
        self._rows.outsiders.drop(person.id)
        self._rows.users.put(person.id, joined)
        self._rows.invites.put(row.id, replace(row, status=ACCEPTED, changed=now))
        return joined
