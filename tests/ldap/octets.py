"""LDAP messages as octets, for what no client library would send, and what came back."""

from collections.abc import Iterator
from typing import NamedTuple

from fake_apps.active_directory.ldap import ber
from fake_apps.active_directory.ldap.ber import Cursor
from fake_apps.active_directory.ldap.session import Session

NOTICE = "1.3.6.1.4.1.1466.20036"


class Reply(NamedTuple):
    """One message of the server."""

    number: int
    tag: int
    code: int
    text: str
    name: str = ""


def message(operation: bytes, number: int = 7, controls: bytes = b"") -> bytes:
    shown = ber.sequence(controls, tag=0xA0) if controls else b""
    return ber.sequence(ber.number(number), operation, shown)


def bind(name: str = "", password: bytes = b"", version: int = 3) -> bytes:
    who = ber.number(version) + ber.text(name) + ber.element(0x80, password)
    return message(ber.element(0x60, who))


def search(
    wanted: bytes = ber.element(0x87, b"objectClass"), base: str = "", scope: int = 0
) -> bytes:
    enums = ber.number(scope, ber.ENUMERATED) + ber.number(0, ber.ENUMERATED)
    limits = ber.number(0) * 2 + ber.element(ber.BOOLEAN, b"\0")
    return message(ber.sequence(ber.text(base), enums, limits, wanted, ber.sequence(), tag=0x63))


def modify(dn: str, kind: int, name: str, *values: bytes) -> bytes:
    attribute = ber.sequence(ber.text(name), ber.element(ber.SET, ber.each(values)))
    change = ber.sequence(ber.number(kind, ber.ENUMERATED), attribute)
    return message(ber.sequence(ber.text(dn), ber.sequence(change), tag=0x66))


def delete(dn: str) -> bytes:
    return message(ber.text(dn, 0x4A))


def extended(oid: str) -> bytes:
    return message(ber.sequence(ber.text(oid, 0x80), tag=0x77))


UNBIND, ABANDON = message(ber.element(0x42, b"")), message(ber.number(6, 0x50))


def replies(octets: bytes) -> Iterator[Reply]:
    """All messages in what the server sent; it has to be whole."""
    listed = Cursor(octets)
    while listed.tag:
        inside = listed.inside()
        number, tag = inside.natural(), inside.tag
        content = inside.inside(tag)
        if tag in (0x64, 0x73):
            yield Reply(number, tag, 0, content.text())
            continue
        code, _, text = content.natural(ber.ENUMERATED), content.text(), content.text()
        content = content.inside(0xA3) if content.tag == 0xA3 else content
        yield Reply(number, tag, code, text, content.text(0x8A) if content.tag == 0x8A else "")


def exchanged(session: Session, *octets: bytes) -> list[Reply]:
    """What a session answers to these octets, received piece by piece."""
    return [one for piece in octets for sent in session.receive(piece) for one in replies(sent)]


def ended(session: Session) -> list[Reply]:
    return [one for sent in session.end() for one in replies(sent)]


def is_notice(reply: Reply) -> bool:
    """A notice of disconnection because of what is no LDAP."""
    return (reply.number, reply.tag, reply.code, reply.name) == (0, 0x78, 2, NOTICE)
