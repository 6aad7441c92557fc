"""Users: creating, changing and deleting them, and their managers."""

from collections.abc import Mapping
from typing import Any

from . import errors, quirks
from .entity import Entity
from .links import LinkRules
from .schema import NICKNAME, UPN, USER

PASSWORD_PROFILE = {
    "password",
    "forceChangePasswordNextSignIn",
    "forceChangePasswordNextSignInWithMfa",
}


class UserRules(LinkRules):
    """What a user may be like."""

    def create_user(self, body: Mapping[str, Any], *, settled: bool = False) -> Entity:
        values = USER.check(body)
        USER.require(values)
        self._check_password(values.pop("passwordProfile"))
        self._check_nickname(values["mailNickname"], "User")
        self._check_upn(values["userPrincipalName"])
        self._check_federated(values)
        values.setdefault("userType", "Member")
        if values.get("mail"):
            self._check_mail(values["mail"])
            values.update(self.addressed(values["mail"]))
        return self.insert("user", values, settled=settled)

    def update_user(self, reference: str, body: Mapping[str, Any]) -> None:
        user = self.user(reference)
        values = USER.check(body)
        self._check_unsynced(user)
        if values.get("passwordProfile") is not None:
            self._check_password(values["passwordProfile"])
        values.pop("passwordProfile", None)
        for name in ("displayName", "userPrincipalName", "accountEnabled", "mailNickname"):
            if name in values and values[name] in (None, ""):
                raise errors.invalid_value(name, "User")
        if "mailNickname" in values:
            self._check_nickname(values["mailNickname"], "User")
        if "userPrincipalName" in values:
            self._check_upn(values["userPrincipalName"], own_id=user.id)
        if "mail" in values:
            self._check_mail(values["mail"], own_id=user.id)
            values.update(self.addressed(values["mail"]))
        self.change(user, values)

    def delete_user(self, reference: str) -> None:
        user = self.user(reference)
        self._check_unsynced(user)
        self.to_bin(user)
        if quirks.DELETED_USERS_KEEP_MEMBERSHIPS not in self.quirks:
            self.leave_all(user)

    def _check_unsynced(self, user: Entity) -> None:
        if user.is_synced and quirks.SYNCED_OBJECTS_ARE_READ_ONLY in self.quirks:
            raise errors.synced()

    def _check_password(self, profile: Any) -> None:
        password = profile.get("password") if isinstance(profile, dict) else None
        if not isinstance(password, str) or not isinstance(profile, dict):
            raise errors.invalid_value("passwordProfile", "User")
        if set(profile) - PASSWORD_PROFILE or not _is_strong(password):
            raise errors.weak_password()

    def _check_upn(self, upn: Any, own_id: str = "") -> None:
        if not isinstance(upn, str) or not UPN.fullmatch(upn):
            raise errors.invalid_value("userPrincipalName", "User")
        if upn.partition("@")[2].lower() not in self.domains:
            raise errors.unverified_domain()
        if any(row.id != own_id for row in self.users.find("userPrincipalName", upn.lower())):
            raise errors.duplicate("userPrincipalName")

    def _check_federated(self, values: Mapping[str, Any]) -> None:
        """https://learn.microsoft.com/en-us/graph/api/user-post-users."""
        domain = values["userPrincipalName"].partition("@")[2].lower()
        is_federated = domain in self.settings["federated_domains"]
        if is_federated and not values.get("onPremisesImmutableId"):
            raise errors.missing("onPremisesImmutableId", "User")

    # https://learn.microsoft.com/en-us/graph/api/resources/user: a change of `mail` changes
    # `proxyAddresses`, of which no two objects have one

    def addressed(self, mail: str | None) -> dict[str, Any]:
        """The properties that follow a user's address."""
        return {"mail": mail, "proxyAddresses": [f"SMTP:{mail}"] if mail else []}

    def has_address(self, mail: str | None, own_id: str = "") -> bool:
        """Whether a user or a group has this address already."""
        tables = (self.users, self.groups) if mail else ()
        found = (row for table in tables for row in table.find("mail", str(mail).lower()))
        return any(row.id != own_id for row in found)

    def _check_mail(self, mail: str | None, own_id: str = "") -> None:
        if self.has_address(mail, own_id):
            raise errors.duplicate("proxyAddresses")

    def set_manager(self, reference: str, manager_id: str) -> None:
        """Another manager for a user, in place of the one there is."""
        user, manager = self.user(reference), self.object(manager_id)
        self._check_unsynced(user)
        if manager.type != "user" or manager.id == user.id:
            raise errors.bad_reference("manager")
        self._drop_manager(user)
        self.links["manager"].link(user.id, manager.id)

    def remove_manager(self, reference: str) -> None:
        user = self.user(reference)
        self._check_unsynced(user)
        self.manager(reference)
        self._drop_manager(user)

    def _drop_manager(self, user: Entity) -> None:
        for old in list(self.links["manager"].rights(user.id)):
            self.cut("manager", user.id, old, "user")

    def _check_nickname(self, nickname: Any, resource: str) -> None:
        strict = quirks.NICKNAME_IS_STRICT in self.quirks
        if not isinstance(nickname, str) or (strict and not NICKNAME.fullmatch(nickname)):
            raise errors.invalid_value("mailNickname", resource)


def _is_strong(password: str) -> bool:
    """Length 8 to 256 and three of four kinds of characters."""
    found = (
        any(map(str.islower, password)),
        any(map(str.isupper, password)),
        any(map(str.isdigit, password)),
        not password.isalnum(),
    )
    return 8 <= len(password) <= 256 and sum(found) >= 3
