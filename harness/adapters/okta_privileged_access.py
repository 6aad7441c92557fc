"""Okta Privileged Access: users and groups of a team, through its SCIM 2.0 face."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ..errors import ErrorKind
from ..model import Account, AccountProfile, Capabilities
from ..ports import Connection, Steps
from ._answers import Meaning
from ._http import Reply
from ._scim import (
    OKTA_BATCH,
    OKTA_PAGE,
    USER,
    Dialect,
    Operation,
    ScimAdapter,
    Service,
    equals,
)

PAGE = 200
# No limit is published; a request has to end somewhere.
USERS_A_CALL = 10_000

# RFC 7644, 3.12; a refused value in a change of members is a member that cannot be one.
_CODES: Mapping[str, Meaning] = {
    "invalidValue": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "noTarget": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "uniqueness": Meaning(ErrorKind.EXISTS),
    "mutability": Meaning(ErrorKind.REFUSED),
    "permission_denied": Meaning(ErrorKind.REFUSED),  # a 403, which has no scimType
}


class Adapter(ScimAdapter):
    """Pushes into one team: credentials are the `base_url` of its SCIM and the bearer `token`.

    A mapping's key is kept as `externalId` of the group; Okta's own connector keeps none. Okta does
    not offer Group Linking for this app, and what was made in the team itself has to be deleted
    there to be managed by SCIM:
    https://help.okta.com/oie/en-us/content/topics/privileged-access/pam-config-group-sync.htm
    """

    name: ClassVar[str] = "okta_privileged_access"
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=False,
        wires=("frugal", "okta"),
        members_at_create=USERS_A_CALL,
        account_pages=(OKTA_PAGE, PAGE),
        group_pages=(OKTA_PAGE, PAGE),
        member_batches=(OKTA_BATCH, USERS_A_CALL),
    )

    def __init__(self, connection: Connection) -> None:
        dialect = Dialect(
            base_url=str(connection.credentials["base_url"]).rstrip("/"),
            token=connection.credentials["token"],
            read_code=_read_code,
            codes=_CODES,
            most=USERS_A_CALL,
            page=PAGE,
            group_key="externalId",
        )
        service = Service(connection, dialect)
        if service.is_okta:
            # Okta's connector sends no key, and makes groups empty.
            self.capabilities = replace(  # type: ignore[misc]
                type(self).capabilities, keys=False, members_at_create=0
            )
        super().__init__(service)

    def find_accounts(self, login: str, email: str) -> Steps:
        """By `userName`: a team knows its users by name, not by e-mail."""
        sought = login.lower()
        return self._accounts.find(
            equals("userName", login), lambda found: found.login.lower() == sought
        )

    def create_account(self, profile: AccountProfile) -> Steps:
        email = profile.email or profile.login
        body = {
            "schemas": [USER],
            "userName": profile.login,
            "name": _names(profile),
            "displayName": profile.display_name,
            "emails": [_email(email)],
            "active": True,
        }
        return self._accounts.create(body, email)

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        """Only what changed; the names always, since they are not known."""
        told: list[tuple[str, Any]] = [
            ("name", _names(profile)),
            ("displayName", profile.display_name),
        ]
        if profile.login.lower() != account.login.lower():
            told.append(("userName", profile.login))
        if profile.email and profile.email.lower() != account.email.lower():
            told.append(("emails", [_email(profile.email)]))
        operations: list[Operation] = [
            {"op": "replace", "path": path, "value": value} for path, value in told
        ]
        return self._accounts.update(account.id, operations)


def _names(profile: AccountProfile) -> dict[str, str]:
    told = {"givenName": profile.first_name, "familyName": profile.last_name}
    return {name: value for name, value in told.items() if value}


def _email(address: str) -> dict[str, Any]:
    return {"value": address, "type": "work", "primary": True}


def _read_code(reply: Reply) -> tuple[str, str]:
    """The `scimType`, or what the status comes to, and the detail."""
    body = reply.body if isinstance(reply.body, dict) else {}
    known = "permission_denied" if reply.status == 403 else ""
    return str(body.get("scimType") or known), str(body.get("detail") or "")
