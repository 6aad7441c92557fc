"""Operations of actions as LDAP requests through ldap3, and what came of them as results."""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from threading import Lock
from types import MappingProxyType
from typing import Any

import ldap3
from ldap3.core import exceptions as faults
from ldap3.core.results import RESULT_CODES
from pyasn1.error import PyAsn1Error

from . import values
from .dialling import Dialler
from .reading import Action, Operation

Result = dict[str, Any]

PAGED_RESULTS = "1.2.840.113556.1.4.319"
SUCCESS, SIZE_LIMIT, OBJECT_CLASS, BAD_SYNTAX, BAD_NAME = 0, 4, 65, 21, 34
# What an LDAP library says itself: https://learn.microsoft.com/en-us/windows/win32/api/winldap/
SERVER_DOWN, LOCAL_ERROR, TIMED_OUT, FILTER_ERROR, PARAM_ERROR = 81, 82, 85, 87, 89
_LIBRARY = {
    SERVER_DOWN: "serverDown",
    LOCAL_ERROR: "localError",
    TIMED_OUT: "timeout",
    FILTER_ERROR: "filterError",
    PARAM_ERROR: "paramError",
}
# Controls that need a value: extended DNs as text, and all of a descriptor but its audit list.
# https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.4.1.5 and .11
_CONTROL_VALUES = MappingProxyType(
    {
        "1.2.840.113556.1.4.529": b"\x30\x03\x02\x01\x01",
        "1.2.840.113556.1.4.801": b"\x30\x03\x02\x01\x07",
    }
)
_SCOPES = MappingProxyType({"base": ldap3.BASE, "one": ldap3.LEVEL, "sub": ldap3.SUBTREE})
_CHANGES = MappingProxyType(
    {"add": ldap3.MODIFY_ADD, "delete": ldap3.MODIFY_DELETE, "replace": ldap3.MODIFY_REPLACE}
)


class Agent:
    """Carries out actions, one at a time, on one connection that is kept between them.

    Nothing that was sent is sent again: of a request whose reply was lost nobody knows whether it
    was done, and that is the caller's to find out.
    """

    def __init__(self, dialler: Dialler, user: str, password: str) -> None:
        self._dialler = dialler
        self._own = Speaker(dialler, user, password)
        self._lock = Lock()

    def run(self, action: Action) -> list[Result]:
        """The results in order; nothing runs after a failure unless the action says so."""
        with self._lock:
            results: list[Result] = []
            speakers = [self._own]
            for operation in action.operations:
                results.append(self._perform(operation, speakers))
                if results[-1]["resultCode"] and not action.continue_on_error:
                    break
            for guest in speakers[1:]:
                guest.leave()
            return results

    def bind(self) -> Result:
        """Bind as the agent's own account, where it is not bound."""
        with self._lock:
            return self._own.bind()

    def domains(self) -> list[str] | None:
        """DNS names of the domains that the directory holds; None where it cannot be asked."""
        (told,) = self.run(Action("status", (_ROOT_DSE,), continue_on_error=False))
        if told["resultCode"]:
            return None
        found = told["entries"][0]["attributes"] if told["entries"] else {}
        return [name for name in map(_dns, found.get("namingContexts", [])) if name]

    def leave(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._own.leave()

    def _perform(self, operation: Operation, speakers: list["Speaker"]) -> Result:
        """A bind changes who asks, for the rest of the action; a failed one changes nothing."""
        if operation["op"] != "bind":
            return speakers[-1].ask(operation)
        guest = Speaker(self._dialler, operation["user"], operation["password"])
        result = guest.bind()
        if not result["resultCode"]:
            speakers.append(guest)
        return result


class Speaker:
    """One account's connection, opened when it is needed, and anew after it was lost."""

    def __init__(self, dialler: Dialler, user: str, password: str) -> None:
        self._dialler = dialler
        self._user = user
        self._password = password
        self._connection: Any = None

    def bind(self) -> Result:
        return self._guarded(lambda connection: _result(connection.result))

    def ask(self, operation: Operation) -> Result:
        """One operation and its result, also where the library or the network says it."""
        return self._guarded(lambda connection: _PERFORM[operation["op"]](connection, operation))

    def leave(self) -> None:
        """Let go of the connection, whatever became of it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(faults.LDAPExceptionError, OSError):
                connection.unbind()

    def _guarded(self, act: Callable[[Any], Result]) -> Result:
        """The result, or what the library and the network have to say; then it is hung up."""
        try:
            refused = self._connect()
            return refused or act(self._connection)
        except (faults.LDAPCommunicationError, faults.LDAPResponseTimeoutError, OSError) as lost:
            self.leave()
            return _library(_of_the_network(lost), _reason(lost))
        except faults.LDAPExceptionError as refusal:
            return _library(_of_the_client(refusal), _reason(refusal))
        except (PyAsn1Error, ValueError, TypeError, LookupError):
            # What came is no LDAP; the error's text may quote what was sent, so it is left out.
            self.leave()
            return _library(LOCAL_ERROR, "The reply of the directory cannot be read")

    def _connect(self) -> Result | None:
        """Be connected and bound; the refusal where the directory does not let us."""
        if self._connection is not None and not self._dialler.has_ended(self._connection):
            return None
        self.leave()
        made = self._dialler.dial(self._user, self._password)
        if not made.bind(read_server_info=False):
            refused = _result(made.result)
            made.unbind()
            return refused
        self._connection = made
        return None


# --- one operation -----------------------------------------------------------------------------


def _add(connection: Any, asked: Operation) -> Result:
    given = {name: _octets(name, told) for name, told in asked["attributes"].items()}
    connection.add(asked["dn"], attributes=given, controls=_controls(asked))
    return _result(connection.result)


def _modify(connection: Any, asked: Operation) -> Result:
    changes: dict[str, list[Any]] = {}
    for change in asked["changes"]:
        name = change["attribute"]
        told = (_CHANGES[change["op"]], _octets(name, change["values"]))
        changes.setdefault(name, []).append(told)
    connection.modify(asked["dn"], changes, controls=_controls(asked))
    return _result(connection.result)


def _modify_dn(connection: Any, asked: Operation) -> Result:
    connection.modify_dn(
        asked["dn"],
        asked["newrdn"],
        delete_old_dn=asked["deleteOldRdn"],
        new_superior=asked["newSuperior"],
        controls=_controls(asked),
    )
    return _result(connection.result)


def _delete(connection: Any, asked: Operation) -> Result:
    connection.delete(asked["dn"], controls=_controls(asked))
    return _result(connection.result)


def _search(connection: Any, asked: Operation) -> Result:
    connection.search(
        asked["base"],
        values.with_octets(asked["filter"]),
        _SCOPES[asked["scope"]],
        attributes=list(asked["attributes"]) or [ldap3.ALL_ATTRIBUTES],
        size_limit=asked["sizeLimit"],
        paged_size=asked["pageSize"] or None,
        paged_criticality=True,
        paged_cookie=_octets_of(asked["cookie"]) or None,
        controls=_controls(asked),
    )
    result = _result(connection.result)
    if result["resultCode"] not in (SUCCESS, SIZE_LIMIT):
        return result
    return {**result, **_found(connection.response or ()), "cookie": _cookie(connection.result)}


_PERFORM: Mapping[str, Callable[[Any, Operation], Result]] = MappingProxyType(
    {
        "add": _add,
        "modify": _modify,
        "modifyDN": _modify_dn,
        "delete": _delete,
        "search": _search,
    }
)
_ROOT_DSE: Operation = MappingProxyType(
    {
        "op": "search",
        "base": "",
        "scope": "base",
        "filter": "(objectClass=*)",
        "attributes": ("namingContexts",),
        "sizeLimit": 0,
        "pageSize": 0,
        "cookie": "",
        "controls": (),
    }
)


def _octets(name: str, told: Iterable[str]) -> list[bytes]:
    try:
        return values.octets(name, told)
    except (ValueError, OverflowError) as error:
        raise faults.LDAPInvalidValueError(f"a value of {name} is not of its syntax") from error


def _controls(asked: Operation) -> list[tuple[str, bool, bytes | None]] | None:
    """All as critical: one that the directory does not know must not be passed over in silence."""
    wanted = [oid for oid in dict.fromkeys(asked["controls"]) if oid != PAGED_RESULTS]
    return [(oid, True, _CONTROL_VALUES.get(oid)) for oid in wanted] or None


# --- results -----------------------------------------------------------------------------------


def _result(told: Mapping[str, Any]) -> Result:
    """The result as ldap3 has it; texts of Microsoft end in a line feed and a NUL, which go."""
    code = told["result"]
    result = {
        "resultCode": code,
        "resultName": RESULT_CODES.get(code, "other"),
        "errorMessage": str(told.get("message") or "").rstrip("\n\0"),
        "matchedDN": str(told.get("dn") or ""),
    }
    referrals = told.get("referrals") or ()
    return result | {"referral": referrals[0]} if referrals else result


def _library(code: int, message: str) -> Result:
    """A result that the directory did not send."""
    name = _LIBRARY.get(code) or RESULT_CODES.get(code, "other")
    return {"resultCode": code, "resultName": name, "errorMessage": message, "matchedDN": ""}


def _found(response: Sequence[Mapping[str, Any]]) -> Result:
    entries = [one for one in response if one["type"] == "searchResEntry"]
    references = [url for one in response if one["type"] == "searchResRef" for url in one["uri"]]
    told: Result = {"entries": [_entry(one) for one in entries]}
    return told | {"references": references} if references else told


def _entry(one: Mapping[str, Any]) -> Result:
    raw = one["raw_attributes"]
    attributes = {name: values.texts(name, raw[name]) for name in raw}
    return {"dn": values.plain_dn(one["dn"]), "attributes": attributes}


def _octets_of(cookie: str) -> bytes:
    """The cookie as the directory gave it; what no reply had goes to it as it stands."""
    try:
        return b64decode(cookie, validate=True)
    except (BadBase64, ValueError):
        return cookie.encode()


def _cookie(told: Mapping[str, Any]) -> str:
    page = (told.get("controls") or {}).get(PAGED_RESULTS) or {}
    cookie: bytes = (page.get("value") or {}).get("cookie") or b""
    return b64encode(cookie).decode()


def _of_the_network(lost: Exception) -> int:
    is_late = isinstance(lost, TimeoutError | BlockingIOError)
    return (
        TIMED_OUT if is_late or isinstance(lost, faults.LDAPResponseTimeoutError) else SERVER_DOWN
    )


_OF_THE_CLIENT: Mapping[type[Exception], int] = MappingProxyType(
    {
        faults.LDAPInvalidFilterError: FILTER_ERROR,
        faults.LDAPObjectClassError: OBJECT_CLASS,
        faults.LDAPInvalidDnError: BAD_NAME,
        faults.LDAPInvalidValueError: BAD_SYNTAX,
        faults.LDAPStartTLSError: SERVER_DOWN,
        faults.LDAPSSLConfigurationError: SERVER_DOWN,
    }
)


def _of_the_client(refusal: Exception) -> int:
    kinds = (code for kind, code in _OF_THE_CLIENT.items() if isinstance(refusal, kind))
    return next(kinds, PARAM_ERROR)


def _reason(error: Exception) -> str:
    """One line; ldap3's own texts quote names and addresses, never a password."""
    return " ".join(str(error).split()) or type(error).__name__


def _dns(context: str) -> str:
    """`DC=ad,DC=example,DC=test` as `ad.example.test`; nothing for what is no domain."""
    parts = [part.partition("=") for part in context.split(",")]
    labels = [value for name, _, value in parts if name.strip().upper() == "DC"]
    is_zone = labels[:1] in (["DomainDnsZones"], ["ForestDnsZones"])
    return ".".join(labels) if len(labels) == len(parts) and not is_zone else ""
