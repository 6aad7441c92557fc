"""Other e-mail addresses of users."""

from collections.abc import Mapping
from typing import Any

from . import errors, quirks, schema
from .entity import Alias, User
from .rows import Rows


class Aliases:
    """E-mail aliases: of the enterprise's own domains, each of one user or login only."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, user: User) -> list[Alias]:
        """The confirmed ones; the login is none of them."""
        return [row for row in self._rows.aliases.find("user", user.id) if row.is_confirmed]

    def add(self, user: User, body: Mapping[str, Any]) -> Alias:
        schema.require(body, "email")
        told = schema.checked(schema.ALIAS, body)
        email = told["email"]
        domains = self._rows.settings["alias_domains"]
        if domains and email.rpartition("@")[2].lower() not in map(str.lower, domains):
            raise errors.invalid("email", email)
        taken = self._rows.users.find("login", email.lower())
        if taken or self._rows.aliases.find("email", email.lower()):
            raise errors.alias_taken(email)
        waits = quirks.ALIASES_WAIT in self._rows.quirks
        return self.keep(user, email, is_confirmed=not waits or told.get("is_confirmed", False))

    def keep(self, user: User, email: str, *, is_confirmed: bool = True) -> Alias:
        row = Alias(self._rows.new_id("alias"), user.id, email, is_confirmed)
        self._rows.aliases.put(row.id, row)
        return row

    def remove(self, user: User, alias_id: str) -> None:
        alias = self._rows.aliases.get(alias_id)
        if alias is None or alias.user_id != user.id:
            raise errors.not_found("email_alias", alias_id)
        self._rows.aliases.drop(alias_id)

    def give_up(self, user: User, email: str) -> bool:
        """Whether that was a confirmed alias of the user's own; then it is one no more."""
        own = [row for row in self.of(user) if row.email.lower() == email.lower()]
        for row in own:
            self._rows.aliases.drop(row.id)
        return bool(own)

    def end(self, user_id: str) -> None:
        for row in self._rows.aliases.find("user", user_id):
            self._rows.aliases.drop(row.id)
