"""Okta Privileged Access: users and groups of a team, through its SCIM 2.0 face."""

from collections.abc import Mapping
from typing import ClassVar

from ..errors import ErrorKind
from ..model import Capabilities
from ..ports import Connection
from ._answers import Meaning
from ._http import Reply
from ._scim import ScimAdapter
from ._scim_service import OKTA_BATCH, OKTA_PAGE, Dialect, Service

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
        super().__init__(Service(connection, dialect))


def _read_code(reply: Reply) -> tuple[str, str]:
    """The `scimType`, or what the status comes to, and the detail."""
    body = reply.body if isinstance(reply.body, dict) else {}
    known = "permission_denied" if reply.status == 403 else ""
    return str(body.get("scimType") or known), str(body.get("detail") or "")
