"""LDAP operations through an agent: one HTTP call carries several, each with its result code.

Only the first eight hex digits of a message are contractual, so they decide first and the result
code second: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/ 3.1.1.3.1.9
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ErrorKind, TargetError
from ..model import Effect
from ..ports import Connection
from ._answers import Meaning, effect_without, refusal
from ._http import JSON, Reply, dump, send, unreadable

AGENT_URL = "https://agent.active-directory.test/agent/v1/actions"
PERMISSIVE_MODIFY = "1.2.840.113556.1.4.1413"
EXTENDED_DN = "1.2.840.113556.1.4.529"
MEMBER_PRESENT, MEMBER_ABSENT, MEMBER_UNKNOWN = "00000562", "00000561", "00000525"
NAME_TAKEN, OBJECT_UNKNOWN, OUT_OF_RANGE = "00002071", "0000208D", "00002082"

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """One operation's result: entries of a search, or the refusal."""

    entries: tuple[Mapping[str, Any], ...] = ()
    cookie: str = ""
    error: TargetError | None = None
    effect: Effect = Effect.DONE


@dataclass(frozen=True)
class Action:
    """What became of one agent call: the results so far; the last one may be a refusal.

    `error` alone, without results, is the agent's own, or the network's.
    """

    call: str
    results: tuple[Result, ...] = ()
    error: TargetError | None = None
    effect: Effect = Effect.DONE
    done: int = field(default=0)

    @property
    def last(self) -> Result:
        return self.results[-1]


class Agent:
    """The agent beside the directory; answers until the first operation that is refused."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._url: str = (connection.options or {}).get("agent_url", AGENT_URL)
        self._number = 0

    def act(self, operations: Sequence[Operation], *, about: str = "") -> Action:
        """Carry out the operations in order, in one HTTP call; `about` is what they address."""
        self._number += 1
        body = {"id": f"action-{self._number}", "operations": operations}
        call = "agent: " + ", ".join(dict.fromkeys(str(each["op"]) for each in operations))
        reply = send(
            self._connection,
            "POST",
            self._url,
            headers={
                "Authorization": f"Bearer {self._connection.credentials['agent_token']}",
                **JSON,
            },
            body=dump(body),
        )
        if isinstance(reply, TargetError):
            return Action(call, error=reply, effect=effect_without(reply))
        if reply.status >= 300:
            error, effect = _agent_refusal(reply)
            return Action(call, error=error, effect=effect)
        return _action(call, operations, reply.body, about)


def _action(call: str, operations: Sequence[Operation], body: Any, about: str) -> Action:
    told = body.get("results") if isinstance(body, dict) else None
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        return Action(call, error=unreadable("The reply has no results"), effect=Effect.UNKNOWN)
    results = tuple(_result(*pair, about) for pair in zip(operations, told, strict=False))
    done = sum(result.error is None for result in results)
    if done == len(operations):
        return Action(call, results, done=done)
    if not results or results[-1].error is None:
        lost = unreadable("The reply lacks results")
        return Action(call, results, lost, Effect.UNKNOWN, done)
    return Action(call, results, results[-1].error, results[-1].effect, done)


# --- what refusals mean ------------------------------------------------------------------------

_AGENT_KINDS = {
    # https://developer.okta.com/docs/reference/error-codes/
    "E0000011": (ErrorKind.CREDENTIALS, Effect.REFUSED),
    "E0000047": (ErrorKind.THROTTLED, Effect.REFUSED),
    "E0000236": (ErrorKind.UNAVAILABLE, Effect.REFUSED),  # no agent connected: nobody took it
    "E0000241": (ErrorKind.UNAVAILABLE, Effect.REFUSED),
    "E0000240": (ErrorKind.UNAVAILABLE, Effect.UNKNOWN),  # an agent took it and did not report
}
_HEADS = {
    NAME_TAKEN: ErrorKind.EXISTS,
    "00000524": ErrorKind.EXISTS,
    "00000526": ErrorKind.EXISTS,
    "000021C8": ErrorKind.EXISTS,
    MEMBER_PRESENT: ErrorKind.EXISTS,
    MEMBER_ABSENT: ErrorKind.NOT_FOUND,
    MEMBER_UNKNOWN: ErrorKind.NOT_FOUND,
    OBJECT_UNKNOWN: ErrorKind.NOT_FOUND,
    "00002030": ErrorKind.NOT_FOUND,
    "00002089": ErrorKind.NOT_FOUND,
    "000004DC": ErrorKind.CREDENTIALS,
    "80090308": ErrorKind.CREDENTIALS,
}
_CODES = {
    3: ErrorKind.UNAVAILABLE,  # time limit
    8: ErrorKind.CREDENTIALS,  # stronger authentication required
    32: ErrorKind.NOT_FOUND,
    49: ErrorKind.CREDENTIALS,
    51: ErrorKind.UNAVAILABLE,  # busy
    52: ErrorKind.UNAVAILABLE,
    68: ErrorKind.EXISTS,
    81: ErrorKind.UNAVAILABLE,  # the agent's own client library: server down
    85: ErrorKind.UNAVAILABLE,  # the same: time-out
}
_CODES_OF_THE_LIBRARY = frozenset({81, 85})
_HEAD = re.compile(r"([0-9A-Fa-f]{8}):")


def _agent_refusal(reply: Reply) -> tuple[TargetError, Effect]:
    body = reply.body if isinstance(reply.body, dict) else {}
    code = str(body.get("errorCode") or "")
    kind, effect = _AGENT_KINDS.get(code) or _by_status(reply.status)
    message = str(body.get("errorSummary") or "")
    return refusal(reply, Meaning(kind, code=code, message=message)), effect


def _by_status(status: int) -> tuple[ErrorKind, Effect]:
    if status >= 500:
        # A 503 comes from who did not even try; other gateways may have passed it on.
        return ErrorKind.UNAVAILABLE, Effect.REFUSED if status == 503 else Effect.UNKNOWN
    kinds = {401: ErrorKind.CREDENTIALS, 403: ErrorKind.CREDENTIALS, 429: ErrorKind.THROTTLED}
    return kinds.get(status, ErrorKind.REFUSED), Effect.REFUSED


def _result(operation: Operation, told: Mapping[str, Any], about: str) -> Result:
    code = told.get("resultCode")
    if code != 0:
        return _refusal(operation, told, about)
    entries = told.get("entries") or []
    if not isinstance(entries, list) or not all(map(_is_entry, entries)):
        return Result(error=unreadable("An entry cannot be read"), effect=Effect.UNKNOWN)
    return Result(tuple(entries), str(told.get("cookie") or ""))


def _is_entry(told: Any) -> bool:
    attributes = told.get("attributes") if isinstance(told, dict) else None
    return isinstance(attributes, dict) and all(
        isinstance(values, list) for values in attributes.values()
    )


def _refusal(operation: Operation, told: Mapping[str, Any], about: str) -> Result:
    number = told.get("resultCode")
    if not isinstance(number, int):
        return Result(error=unreadable("A result has no code"), effect=Effect.UNKNOWN)
    message = str(told.get("errorMessage") or "").rstrip("\0\n ")
    head = _HEAD.match(message)
    code = head[1].upper() if head else str(number)
    kind = _HEADS.get(code) or _CODES.get(number, ErrorKind.REFUSED)
    reason = str(told.get("resultName") or "")
    missing = _missing(operation, code, about) if kind is ErrorKind.NOT_FOUND else ""
    error = TargetError(
        kind,
        code,
        message or reason,
        reason=reason,
        missing=missing,
        too_long=code == OUT_OF_RANGE and "(cn)" in message,
    )
    effect = Effect.UNKNOWN if number in _CODES_OF_THE_LIBRARY else Effect.REFUSED
    return Result(error=error, effect=effect)


def _missing(operation: Operation, code: str, about: str) -> str:
    """What is not there: a member, the OU of something new, or what was addressed."""
    if code in (MEMBER_UNKNOWN, MEMBER_ABSENT):
        return "account"
    return "place" if operation["op"] == "add" else about


# --- names, filters, values ----------------------------------------------------------------------


def by_guid(guid: str) -> str:
    """An object by what no rename or move changes; legal as target and as member."""
    return f"<GUID={guid}>"


def guid_in(extended: str) -> str:
    """The GUID within `<GUID=..>;<SID=..>;CN=...`, as the extended-DN control writes members."""
    found = re.match(r"<GUID=([0-9A-Fa-f-]+)>", extended)
    return found[1].lower() if found else extended


def escaped_rdn(value: str) -> str:
    """A value within a DN (RFC 4514)."""
    text = re.sub(r'([,+"\\<>;=])', r"\\\1", value)
    text = text.replace("\0", "\\00").replace("\n", "\\0A").replace("\r", "\\0D")
    if text.startswith(("#", " ")):
        text = "\\" + text
    if value.endswith(" ") and len(value) > 1:
        text = text[:-1] + "\\ "
    return text


def parent_of(dn: str) -> str:
    """The DN above: what follows the first comma that no backslash escapes."""
    found = re.match(r"(?:[^,\\]|\\.)*,", dn, re.DOTALL)
    return dn[found.end() :] if found else ""


def escaped_filter(value: str) -> str:
    """A value within a filter (RFC 4515)."""
    return re.sub(r"[\\*()\0]", lambda found: f"\\{ord(found[0]):02x}", value)


def guid_filter(guid: str) -> str:
    """A GUID is binary: its octets go into a filter one by one. What is no GUID is nobody's."""
    try:
        octets = uuid.UUID(guid).bytes_le
    except ValueError:
        return "(!(objectClass=*))"
    return "(objectGUID=" + "".join(f"\\{octet:02x}" for octet in octets) + ")"


def any_of(clauses: Iterable[str]) -> str:
    return f"(|{''.join(clauses)})"


def first(entry: Mapping[str, Any], name: str) -> str:
    """The first value of an attribute of an entry, or nothing."""
    values = (entry.get("attributes") or {}).get(name)
    if isinstance(values, list):
        return str(values[0]) if values else ""
    return "" if values is None else str(values)
