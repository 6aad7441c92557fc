"""SCIM 2.0 of any provider: users and groups by the standard, its deviations survived."""

import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from ..errors import ErrorKind
from ..model import Capabilities
from ..ports import Connection
from ._answers import Meaning
from ._http import Reply
from ._scim import ScimAdapter
from ._scim_service import OKTA_BATCH, OKTA_PAGE, Dialect, Service

PAGE = 200
# The standard has no limit; a request has to end somewhere.
USERS_A_CALL = 10_000

# RFC 7644, 3.12; a refused value in a change of members is a member that cannot be one.
_CODES: Mapping[str, Meaning] = {
    "invalidValue": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "noTarget": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "uniqueness": Meaning(ErrorKind.EXISTS),
    "mutability": Meaning(ErrorKind.REFUSED),
    "tooMany": Meaning(ErrorKind.REFUSED),
    # By their own words, see _SENTENCES.
    "userNotFound": Meaning(ErrorKind.NOT_FOUND, "account", is_about_member=True),
    "badParameters": Meaning(ErrorKind.REFUSED, is_about_member=True),
    "permission_denied": Meaning(ErrorKind.REFUSED),
    "notImplemented": Meaning(ErrorKind.REFUSED),
    "unparsable": Meaning(ErrorKind.REFUSED),
}
# What providers say who have no scimType for it:
# https://github.com/getsentry/sentry/issues/122540, https://github.com/fleetdm/fleet/issues/52600,
# https://github.com/Captain-P-Goldfish/scim-for-keycloak/issues/144, and of Amazon
# https://docs.amazonaws.cn/en_us/singlesignon/latest/developerguide/patchgroup.html
_SENTENCES: Sequence[tuple[int, re.Pattern[str], str]] = (
    (404, re.compile(r"^(user|member)\b[^/]*\bnot found", re.IGNORECASE), "userNotFound"),
    (400, re.compile("Invalid parameters provided in request"), "badParameters"),
    (400, re.compile("^Request is unparsable"), "unparsable"),
    (403, re.compile(""), "permission_denied"),
    (501, re.compile(""), "notImplemented"),
)


class Adapter(ScimAdapter):
    """Pushes into one provider: credentials are its `base_url` and a bearer `token`.

    A mapping's key is kept as `externalId` of the group, which the standard has for it; Okta's own
    connector keeps none, and finds a group by its name.
    """

    name: ClassVar[str] = "scim"
    # SCIM apps link by themselves where the name is taken:
    # https://support.okta.com/help/s/article/how-group-linking-works-for-scim-integrations
    capabilities: ClassVar[Capabilities] = Capabilities(
        linking=True,
        adopts_same_name=True,
        wires=("frugal", "okta"),
        members_at_create=USERS_A_CALL,
        account_pages=(OKTA_PAGE, PAGE),
        group_pages=(OKTA_PAGE, PAGE),
        member_batches=(OKTA_BATCH, USERS_A_CALL),
    )

    def __init__(self, connection: Connection) -> None:
        options = connection.options or {}
        dialect = Dialect(
            base_url=str(connection.credentials["base_url"]).rstrip("/"),
            token=connection.credentials["token"],
            read_code=_read_code,
            codes=_CODES,
            most=USERS_A_CALL,
            page=PAGE,
            group_key="externalId",
            member_type="User",
            puts_groups=options.get("group_updates") == "put",
        )
        super().__init__(Service(connection, dialect))


def _read_code(reply: Reply) -> tuple[str, str]:
    """The `scimType`, or else what the words of the detail come to."""
    body = reply.body if isinstance(reply.body, dict) else {}
    detail = str(body.get("detail") or "")
    told = body.get("scimType")
    if isinstance(told, str) and told:
        return told, detail
    for status, words, code in _SENTENCES:
        if reply.status == status and words.search(detail):
            return code, detail
    return "", detail
