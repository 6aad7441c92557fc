"""The fewest calls an operation can be done with, app by app, whoever does it.

Token calls and retries after faults do not count. `calls` are HTTP calls; `operations` are what
they carry: requests within a batch, LDAP operations within an agent call.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Fewest:
    """HTTP calls, and the operations inside them."""

    calls: int
    operations: int


ONE, NONE = Fewest(1, 1), Fewest(0, 0)


def minimum(app: str, operation: str, n: int = 0) -> Fewest:
    """Fewest calls for `operation` with `n` members.

    `create` makes a group with n members, `add` and `remove` change n members of an existing one,
    `replace` makes half of n members others without knowing them; `rename`, `delete`, `noop`.
    """
    return _TABLE[app][operation](n)


def apps() -> frozenset[str]:
    """The kinds of app the table knows."""
    return frozenset(_TABLE)


# --- Microsoft 365 -----------------------------------------------------------------------------
# 20 links per create or update and 20 requests per batch, so 400 added members per call, but one
# removed member per request: https://learn.microsoft.com/en-us/graph/api/group-post-members,
# https://learn.microsoft.com/en-us/graph/api/group-delete-members,
# https://learn.microsoft.com/en-us/graph/json-batching

_LINKS, _BATCH, _PAGE = 20, 20, 999


def _o365_create(n: int) -> Fewest:
    """The create carries the first 20; a batch cannot name a group that the same batch makes.

    By `uniqueName` it might, which would save the first call; whether the service's replication
    allows that is not documented, so it is not counted on.
    """
    binds = ceil(max(0, n - _LINKS) / _LINKS)
    return Fewest(1 + ceil(binds / _BATCH), 1 + binds)


def _o365_add(n: int) -> Fewest:
    binds = ceil(n / _LINKS)
    return Fewest(ceil(binds / _BATCH), binds)


def _o365_remove(n: int) -> Fewest:
    return Fewest(ceil(n / _BATCH), n)


def _o365_replace(n: int) -> Fewest:
    """There is no replace: all pages must be read, then adds and removes share batches."""
    pages, changed = max(1, ceil(n / _PAGE)), n // 2
    requests = ceil(changed / _LINKS) + changed
    return Fewest(pages + ceil(requests / _BATCH), pages + requests)


# --- Google Workspace --------------------------------------------------------------------------
# One member to a request, no member in the create, no replace; a thousand requests to a batch, but
# a batch cannot name a group that the same batch makes, since its requests run in any order:
# https://developers.google.com/workspace/admin/directory/v1/guides/manage-group-members,
# https://developers.google.com/admin-sdk/directory/v1/guides/batch

_GOOGLE_BATCH, _GOOGLE_PAGE = 1000, 200


def _gsuite_create(n: int) -> Fewest:
    return Fewest(1 + ceil(n / _GOOGLE_BATCH), 1 + n)


def _gsuite_change(n: int) -> Fewest:
    return Fewest(ceil(n / _GOOGLE_BATCH), n)


def _gsuite_replace(n: int) -> Fewest:
    """All pages must be read, then adds and removes share batches."""
    pages, requests = max(1, ceil(n / _GOOGLE_PAGE)), 2 * (n // 2)
    return Fewest(pages + ceil(requests / _GOOGLE_BATCH), pages + requests)


# --- Box ---------------------------------------------------------------------------------------
# One member to a call, no bulk of any kind; a membership ends by its own id, which the call that
# made it has told: https://developer.box.com/reference/post-group-memberships,
# https://developer.box.com/reference/delete-group-memberships-id

_BOX_PAGE = 1000


def _each(n: int) -> Fewest:
    return Fewest(n, n)


def _box_create(n: int) -> Fewest:
    return Fewest(1 + n, 1 + n)


def _box_replace(n: int) -> Fewest:
    """All pages must be read; then every change is a call of its own."""
    calls = max(1, ceil(n / _BOX_PAGE)) + 2 * (n // 2)
    return Fewest(calls, calls)


# --- Slack -------------------------------------------------------------------------------------
# One request names up to 15,000 users, those who join and those who leave together, and may rename
# the group as well; replacing needs no reading: https://docs.slack.dev/reference/scim-api#groups

_USERS_A_CALL = 15_000


def _slack_members(n: int) -> Fewest:
    calls = max(1, ceil(n / _USERS_A_CALL))
    return Fewest(calls, calls)


# --- SCIM 2.0 ----------------------------------------------------------------------------------
# The standard limits neither a create nor a PATCH: members ride in the create, those who join and
# those who leave share a PATCH, and replacing needs no reading:
# https://datatracker.ietf.org/doc/html/rfc7644#section-3.5.2


# --- Okta Privileged Access --------------------------------------------------------------------
# Its SCIM face is described by what it does, not by limits: as the standard has it, above.
# https://help.okta.com/oie/en-us/content/topics/privileged-access/pam-config-group-sync.htm


# --- Active Directory --------------------------------------------------------------------------
# One LDAP request carries as many values as fit into 10 MB, about 100,000 members, and an agent
# call carries several requests. An add answers no objectGUID, so a created group is read once.
# https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/view-set-ldap-policy-using-ntdsutil


def _one(_n: int) -> Fewest:
    return ONE


def _none(_n: int) -> Fewest:
    return NONE


_EVERYWHERE = {"rename": _one, "delete": _one, "noop": _none}
_TABLE: Mapping[str, Mapping[str, Callable[[int], Fewest]]] = {
    "o365": {
        **_EVERYWHERE,
        "create": _o365_create,
        "add": _o365_add,
        "remove": _o365_remove,
        "replace": _o365_replace,
    },
    "gsuite": {
        **_EVERYWHERE,
        "create": _gsuite_create,
        "add": _gsuite_change,
        "remove": _gsuite_change,
        "replace": _gsuite_replace,
    },
    "box": {
        **_EVERYWHERE,
        "create": _box_create,
        "add": _each,
        "remove": _each,
        "replace": _box_replace,
    },
    "slack": {
        **_EVERYWHERE,
        **dict.fromkeys(("create", "add", "remove", "replace"), _slack_members),
    },
    "scim": {
        **_EVERYWHERE,
        **dict.fromkeys(("create", "add", "remove", "replace"), _one),
    },
    "okta_privileged_access": {
        **_EVERYWHERE,
        **dict.fromkeys(("create", "add", "remove", "replace"), _one),
    },
    "active_directory": {
        **_EVERYWHERE,
        "create": lambda _n: Fewest(1, 2),
        "add": _one,
        "remove": _one,
        "replace": _one,
    },
}
