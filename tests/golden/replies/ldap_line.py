"""LDAP in a golden reply: `call: LDAP bind` and so on, what the request carries as `json`.

The reply's status is the result code, its body the text and the nearest name. What no client sends
by name is there as well: `version` and `mechanism` of a bind, `controls` by OID as hex digits.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests

from fake_apps.active_directory.ldap import ber
from fake_apps.active_directory.ldap.session import Session
from fake_apps.core.app import FakeApp
from tests.ldap import octets

CHANGES = ("add", "delete", "replace", "increment")


class Result(requests.Response):
    """A result code and what was told with it, in the shape of a reply over HTTP."""

    def __init__(self, code: int, content: bytes) -> None:
        super().__init__()
        self.status_code = code
        self._content = content


class Line:
    """One connection, without its socket."""

    def __init__(self, app: FakeApp) -> None:
        self._app = app
        self._session = Session(app)

    def ask(self, what: str, told: Mapping[str, Any]) -> requests.Response:
        """The reply to one request, in the shape of those over HTTP."""
        if told.get("secure"):
            self._session = Session(self._app, is_secure=True)
        sent = octets.message(REQUESTS[what](told), controls=_controls(told))
        *entries, last = octets.exchanged(self._session, sent)
        body = {"errorMessage": last.text.rstrip("\n\0"), "entries": len(entries)}
        return Result(last.code, json.dumps(body).encode())


def _bind(told: Mapping[str, Any]) -> bytes:
    password = ber.element(0x80, str(told.get("password", "")).encode())
    if "mechanism" in told:
        password = ber.sequence(ber.text(told["mechanism"]), tag=0xA3)
    who = ber.number(told.get("version", 3)) + ber.text(told.get("name", ""))
    return ber.element(0x60, who + password)


def _search(told: Mapping[str, Any]) -> bytes:
    scope = ber.number(told.get("scope", 0), ber.ENUMERATED)
    aliases = ber.number(0, ber.ENUMERATED)
    limits = ber.number(0) * 2 + ber.element(ber.BOOLEAN, b"\0")
    wanted = ber.element(0x87, b"objectClass")
    return ber.sequence(
        ber.text(told.get("base", "")), scope, aliases, limits, wanted, ber.sequence(), tag=0x63
    )


def _modify(told: Mapping[str, Any]) -> bytes:
    values = ber.element(ber.SET, ber.each([str(told["value"]).encode()]))
    attribute = ber.sequence(ber.text(told["attribute"]), values)
    kind = ber.number(CHANGES.index(told["op"]), ber.ENUMERATED)
    change = ber.sequence(kind, attribute)
    return ber.sequence(ber.text(told["dn"]), ber.sequence(change), tag=0x66)


def _extended(told: Mapping[str, Any]) -> bytes:
    return ber.sequence(ber.text(told["oid"], 0x80), tag=0x77)


def _controls(told: Mapping[str, Any]) -> bytes:
    return b"".join(
        ber.sequence(
            ber.text(oid),
            ber.element(ber.BOOLEAN, b"\xff"),
            ber.element(ber.OCTETS, bytes.fromhex(value)),
        )
        for oid, value in told.get("controls", {}).items()
    )


REQUESTS: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    "bind": _bind,
    "search": _search,
    "modify": _modify,
    "extended": _extended,
}
