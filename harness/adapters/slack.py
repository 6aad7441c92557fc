"""Slack: users and groups of an organisation, through version 2 of its SCIM API."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from ..errors import ErrorKind
from ..model import Account, AccountProfile, Capabilities
from ..ports import Connection, Steps
from ._answers import Meaning
from ._http import Reply
from ._scim import ScimAdapter
from ._scim_service import OKTA_BATCH, OKTA_PAGE, USER, Dialect, Operation, Service, equals

SCIM_URL = "https://api.slack.com/scim/v2"
# https://docs.slack.dev/reference/scim-api: "15,000 users can be added per call" (5,000 are
# recommended), and lists have pages of at most 1,000.
USERS_A_CALL, PAGE = 15_000, 1000

# https://docs.slack.dev/reference/scim-api#errors
_CODES: Mapping[str, Meaning] = {
    "missing_authentication": Meaning(ErrorKind.CREDENTIALS),
    "invalid_authentication": Meaning(ErrorKind.CREDENTIALS),
    "bad_endpoint": Meaning(ErrorKind.REFUSED),
    "no_such_user": Meaning(ErrorKind.NOT_FOUND, "account"),
    "unknown_user": Meaning(ErrorKind.NOT_FOUND, "account"),
    "no_such_group": Meaning(ErrorKind.NOT_FOUND, "group"),
    "no_such_group_members": Meaning(ErrorKind.NOT_FOUND, "account", is_about_member=True),
    "unable_to_add_deleted_or_guest_to_group": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "username_taken": Meaning(ErrorKind.EXISTS),
    "email_taken": Meaning(ErrorKind.EXISTS),
    "user_creation_failed": Meaning(ErrorKind.EXISTS),
    "resource_locked": Meaning(ErrorKind.THROTTLED),
    "too_many_requests": Meaning(ErrorKind.THROTTLED),
    "ratelimited": Meaning(ErrorKind.THROTTLED),
}


class Adapter(ScimAdapter):
    """Pushes into one organisation. Option `scim_url` is for another address of it.

    Slack has no place for a mapping's key: a group whose create was not answered is found again by
    its name, if it holds whom that create brought and nobody else.
    """

    name: ClassVar[str] = "slack"
    # Slack is in Okta's list of apps with Group Linking, and SCIM apps link by themselves where the
    # name is taken: https://support.okta.com/help/s/article/how-group-linking-works-for-scim-integrations
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=True,
        adopts_same_name=True,
        wires=("frugal", "okta"),
        keys=False,
        members_at_create=USERS_A_CALL,
        account_pages=(OKTA_PAGE, PAGE),
        group_pages=(OKTA_PAGE, PAGE),
        member_batches=(OKTA_BATCH, USERS_A_CALL),
    )

    def __init__(self, connection: Connection) -> None:
        dialect = Dialect(
            base_url=(connection.options or {}).get("scim_url") or SCIM_URL,
            token=connection.credentials["token"],
            read_code=_read_code,
            codes=_CODES,
            most=USERS_A_CALL,
            page=PAGE,
        )
        self._is_okta = connection.wire == "okta"
        super().__init__(Service(connection, dialect))

    def find_accounts(self, login: str, email: str) -> Steps:
        """People sign in to Slack by e-mail, so that is who they are; a user name is a handle.

        Okta itself asks for the handle, and takes the account that has it for the user's.
        Unsure: that version 2 filters by `email` as version 1 does; only `userName` was seen.
        """
        name = user_name(login)
        if self._is_okta or not email:
            return self._accounts.find(equals("userName", name), lambda found: found.login == name)
        sought = email.lower()
        return self._accounts.find(
            equals("email", email), lambda found: found.email.lower() == sought
        )

    def create_account(self, profile: AccountProfile) -> Steps:
        email = profile.email or profile.login
        body = {
            "schemas": [USER],
            "userName": user_name(profile.login),
            "name": _names(profile),
            "displayName": profile.display_name,
            "emails": [{"value": email, "type": "work", "primary": True}],
            "active": True,
        }
        return self._accounts.create(body, email)

    def update_account(self, account: Account, profile: AccountProfile) -> Steps:
        """Not the display name, which is to be sent at creation only.

        https://docs.slack.dev/reference/scim-api#errors (`invalid_display_name`)
        """
        operations: list[Operation] = [{"op": "add", "path": "name", "value": _names(profile)}]
        name = user_name(profile.login)
        if name != user_name(account.login):
            operations.append({"op": "replace", "path": "userName", "value": name})
        if profile.email and profile.email.lower() != account.email.lower():
            # An add, which leaves a second address of the user alone.
            primary = {"value": profile.email, "type": "work", "primary": True}
            operations.append({"op": "add", "path": "emails", "value": [primary]})
        return self._accounts.update(account.id, operations)


_SPECIALS = re.compile(r"[^a-z0-9._-]")


def user_name(login: str) -> str:
    """The handle a login gets, as Slack itself would rewrite it.

    It is not cut to the 21 characters that Slack allows: two people might end up with one name.
    https://support.okta.com/help/s/article/Slack-Provisioning-error-Errors-reported-by-the-connector-Errors-description-long-username-user-code-400
    """
    return _SPECIALS.sub("_", login.partition("@")[0].lower())


def _names(profile: AccountProfile) -> dict[str, str]:
    return {"givenName": profile.first_name, "familyName": profile.last_name}


def _read_code(reply: Reply) -> tuple[str, str]:
    """Either version's shape, since 401 always comes in that of version 1; or the Web API's.

    A description may go on with ` (user=<name>)`: the code is its first word.
    """
    body = reply.body if isinstance(reply.body, dict) else {}
    older: Any = body.get("Errors")
    described = older.get("description") if isinstance(older, dict) else None
    message = str(described or body.get("detail") or body.get("error") or "")
    return message.partition(" ")[0], message
