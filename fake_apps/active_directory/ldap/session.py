"""One LDAP connection without its socket: octets that came in, octets to be sent."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ...core.app import FakeApp, Unanswered
from ...core.table import NotKept
from .. import errors
from ..errors import LdapError
from . import ber, messages, telling, values
from .ber import BadBer
from .messages import Abandon, Message, Unbind
from .operations import Channel, Operations, Outcome

_PROTOCOL_ERROR, _UNAVAILABLE, _SERVER_DOWN = 2, 52, 81
_REPLIES: Mapping[type, int] = MappingProxyType(
    {
        messages.Bind: messages.BIND_REPLY,
        messages.Search: messages.SEARCH_DONE,
        messages.Modify: messages.MODIFY_REPLY,
        messages.Add: messages.ADD_REPLY,
        messages.Delete: messages.DELETE_REPLY,
        messages.Rename: messages.RENAME_REPLY,
        messages.Compare: messages.COMPARE_REPLY,
        messages.Extended: messages.EXTENDED_REPLY,
    }
)
_NOT_DECODED = errors.not_decodable().message


class Session:
    """Answers requests in the order they come in; each is a call in the tenant's ledger.

    What is no LDAP ends the session with a notice of disconnection. After `wants_tls` nothing is
    read before `secured` was called.
    """

    def __init__(
        self, app: FakeApp, *, is_secure: bool = False, can_be_secured: bool = False
    ) -> None:
        self._app = app
        self._buffer = bytearray()
        self._channel = Channel(is_secure, can_be_secured)
        self._operations = Operations(app, self._channel)
        self.is_open = True

    @property
    def wants_tls(self) -> bool:
        return self.is_open and self._channel.starts_tls

    def receive(self, octets: bytes) -> Iterator[bytes]:
        """The replies to all requests that are complete now."""
        self._buffer += octets
        while self.is_open and not self.wants_tls:
            try:
                message = self._next()
            except BadBer:
                yield self.break_off()
                return
            if message is None:
                return
            yield from self._answer(message)

    def end(self) -> Iterator[bytes]:
        """The client has sent its last octet; half a request is none."""
        if self.is_open and self._buffer:
            yield self.break_off()
        self.is_open = False

    def secured(self) -> Iterator[bytes]:
        """TLS is on. What was sent in clear behind the request for it was sent by somebody else."""
        self._channel.is_secure, self._channel.starts_tls = True, False
        if self._buffer:
            yield self.break_off()

    def break_off(self, code: int = _PROTOCOL_ERROR) -> bytes:
        """End the session with a notice."""
        self.is_open = False
        self._buffer.clear()
        told = _ended(_NOT_DECODED) if code == _PROTOCOL_ERROR else ""
        return messages.notice_of_disconnection(code, told)

    def _next(self) -> Message | None:
        size = ber.whole(self._buffer, self._app.settings["max_receive_buffer"])
        if size is None:
            return None
        message = messages.read(bytes(self._buffer[:size]))
        del self._buffer[:size]
        return message

    # --- one request -------------------------------------------------------------------------

    def _answer(self, message: Message) -> Iterator[bytes]:
        if isinstance(message.request, Unbind):
            self.is_open = False
            return
        if isinstance(message.request, Abandon):
            return  # whatever it means has been answered
        outcome, opened = self._call(message)
        self._app.clock.sleep(_latency(self._app, opened))
        if isinstance(outcome, bytes):
            self.is_open = False
            yield outcome
        else:
            yield _written(message, outcome)

    def _call(self, message: Message) -> tuple[Outcome | bytes, Any]:
        """Do it as one call under the tenant's lock; octets where it ends the connection."""
        request = message.request
        method, operation = telling.OPERATIONS[type(request)]
        with self._app.call(
            method=method,
            path=telling.path(request),
            protocol="ldap",
            operation=f"{self._app.name}.{operation}",
        ) as opened:
            opened.request = telling.request(request, message.controls)
            try:
                outcome = self._outcome(message, opened)
            except Unanswered as unanswered:
                opened.status = _SERVER_DOWN
                fault = unanswered.fault
                return fault.body.encode() if fault.kind == "garbage" else b"", opened
            _enter(opened, outcome)
            if opened.met and opened.met.kind == "lose_reply":
                return b"", opened
        return outcome, opened

    def _outcome(self, message: Message, opened: Any) -> Outcome:
        try:
            return self._operations.answer(message, opened)
        except LdapError as error:
            opened.refusal = error.code or error.name
            return _refused(error)
        except NotKept:
            return _refused(errors.unavailable())


def _refused(error: LdapError) -> Outcome:
    return Outcome(error.status, _ended(error.message), error.matched_dn, error.referral)


def _ended(text: str) -> str:
    r"""On the wire texts end in a NUL, and those of the directory itself in a line feed before it.

    Source: https://github.com/cannatag/ldap3/issues/726
    """
    return f"{text}\0" if ": LdapErr: " in text else f"{text}\n\0"


def _enter(opened: Any, outcome: Outcome) -> None:
    """What the ledger tells of the outcome."""
    count = len(outcome.found.entries) if outcome.found else None
    opened.status = outcome.code
    opened.reply = telling.result(outcome.code, outcome.message, count)


def _latency(app: FakeApp, opened: Any) -> float:
    met = opened.met
    slow: float = met.seconds if met and met.kind in ("slow", "lose_reply", "lose_request") else 0.0
    return app.latency_s + slow


def _written(message: Message, outcome: Outcome) -> bytes:
    """All messages of the reply."""
    number, parts = message.number, []
    if outcome.found:
        for dn, attributes in outcome.found.entries:
            shown = [
                (name, [] if outcome.types_only else values.octets(name, texts))
                for name, texts in attributes.items()
            ]
            parts.append(messages.reply(number, messages.entry(dn, shown)))
        parts.extend(
            messages.reply(number, messages.reference(url)) for url in outcome.found.references
        )
    last = messages.result(
        _REPLIES[type(message.request)],
        outcome.code,
        outcome.message,
        outcome.matched_dn,
        referral=outcome.referral,
        more=outcome.more,
    )
    parts.append(messages.reply(number, last, outcome.controls))
    return b"".join(parts)
