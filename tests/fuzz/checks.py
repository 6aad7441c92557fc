"""What must hold of every request, however odd. A check is a function that may complain."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from fake_apps.core.app import Answer
from fake_apps.core.ledger import Call
from tests.fuzz.draft import Draft


@dataclass(frozen=True)
class Exchange:
    """A request, its reply, its ledger entry, and the tables as they were and are."""

    draft: Draft
    answer: Answer
    call: Call
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    secrets: frozenset[str]
    secret_fields: tuple[str, ...]
    may_fail: bool  # a quirk or a documented gap: a 5xx can be what the vendor says

    @property
    def text(self) -> str:
        return self.answer.body.decode("utf-8", "replace")

    @property
    def is_refused(self) -> bool:
        """Refused as a whole, or in each of its parts."""
        if self.answer.status >= 400 or self.call.refusal is not None:
            return True
        return bool(self.call.inner) and not any(each.succeeded for each in self.call.inner)


Check = Callable[[Exchange], str | None]
CHECKS: list[Check] = []


def check(made: Check) -> Check:
    CHECKS.append(made)
    return made


def complaint(exchange: Exchange) -> str | None:
    """The first complaint of all."""
    for each in CHECKS:
        found = each(exchange)
        if found:
            return found
    return None


@check
def nothing_fails(exchange: Exchange) -> str | None:
    for each in (exchange.call, *exchange.call.inner):
        is_told = exchange.may_fail and each.refusal is not None
        if each.protocol == "http" and each.status >= 500 and not is_told:
            return f"a {each.status} is answered"
    return None


_OURS = re.compile(
    r"Traceback \(most|File \"[^\"]+\", line|<(?:class|function|bound method|module) "
    r"| object at 0x|NoneType|site-packages|fake_apps[./]|/python3|werkzeug|\.py\b"
    r"|\b(?:Key|Value|Type|Attribute|Index|Unicode\w+|Recursion|Assertion|Lookup)Error\b"
    r"|'oddkey'|\[None|: None\b|'None'|\(None\b"
)


@check
def the_reply_has_nothing_of_ours(exchange: Exchange) -> str | None:
    told = exchange.text + "".join(value for _, value in exchange.answer.headers)
    found = _OURS.search(told)
    return (
        f"the reply has {told[max(0, found.start() - 40) : found.end() + 40]!r}" if found else None
    )


@check
def the_reply_is_well_formed(exchange: Exchange) -> str | None:
    answer, headers = exchange.answer, dict(exchange.answer.headers)
    for name, value in answer.headers:
        if any(c in value for c in "\r\n\x00") or not _is_latin(value):
            return f"the header {name} is {value!r}"
    if answer.status in (204, 304):
        return "a reply without content has some" if answer.body else None
    told = headers.get("Content-Length")
    if told and exchange.draft.method != "HEAD" and int(told) != len(answer.body):
        return "Content-Length is wrong"
    return _content(headers.get("Content-Type", ""), answer.body)


def _is_latin(value: str) -> bool:
    return value.isascii() or all(ord(character) < 256 for character in value)


def _content(kind: str, body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
        if "json" in kind and body:
            json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        return f"the body is no {kind}: {fault}"
    if kind.startswith("multipart/"):
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        return None if message.is_multipart() and not message.defects else "the parts are broken"
    return "a body of no type" if body and not kind else None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


@check
def a_refused_request_changes_nothing(exchange: Exchange) -> str | None:
    if not exchange.is_refused:
        return None
    changed = [
        name
        for name, told in exchange.before.items()
        if not _is_same(told, exchange.after.get(name))
    ]
    return f"refused, and yet {', '.join(changed)} changed" if changed else None


def _is_same(before: Any, after: Any) -> bool:
    """Rows or links, their order and the indexes; what is shared with a snapshot is the same."""
    if after is None or len(before) != len(after):
        return False
    return all(
        one is other or _is_alike(one, other) for one, other in zip(before, after, strict=True)
    )


def _is_alike(one: Any, other: Any) -> bool:
    """Keys that lead to nothing are as good as none: links keep them. An index knows its like."""
    if not isinstance(one, Mapping):
        return bool(one == other)
    kept, now = _full(one), _full(other)
    return kept == now and _order(kept) == _order(now)


def _full(table: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in table.items() if value != {}}


def _order(table: Mapping[Any, Any]) -> list[Any]:
    """Of rows and of links: the order that replies are in. An index is sorted when it is read."""
    return [list(each) for each in table.values() if _is_links(each)]


def _is_links(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, int) for each in value.values())


@check
def no_secret_is_told(exchange: Exchange) -> str | None:
    if _issued(exchange):
        return None
    told = exchange.text + "".join(value for _, value in exchange.answer.headers)
    found = [s for s in exchange.secrets if s in told and not _is_quoted_back(exchange, s)]
    return f"the reply tells the secret {found[0]!r}" if found else None


def _is_quoted_back(exchange: Exchange, secret: str) -> bool:
    """Google and Box show the caller a piece of a body that they cannot read."""
    sent = exchange.draft.body().decode("utf-8", "replace")
    try:
        json.loads(sent)
    except (ValueError, RecursionError):
        return exchange.answer.status == 400 and secret in sent
    return False


@check
def no_secret_is_noted(exchange: Exchange) -> str | None:
    noted = json.dumps(exchange.call.as_dict(), ensure_ascii=False)
    found = [s for s in exchange.secrets if s in noted and _is_named(exchange, s)]
    issued = _issued(exchange)
    if issued and issued in noted:
        found.append(issued)
    return f"the ledger has the secret {found[0]!r}" if found else None


def _is_named(exchange: Exchange, secret: str) -> bool:
    """Whether it was sent under its name; what is damaged beyond that nobody can know."""
    sent = exchange.draft.target() + "\n" + exchange.draft.body().decode("utf-8", "replace")
    before = [sent[max(0, at - 40) : at] for at in _places(sent, secret)]
    names = "|".join(map(re.escape, exchange.secret_fields))
    return any(
        re.search(rf"(?i)[\"&?\n]({names})(\"?\s*[:=]\s*[\"\[{{]*)$", each) for each in before
    )


def _places(text: str, part: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(part), text)]


def _issued(exchange: Exchange) -> str:
    """The token that the reply is there to tell."""
    if not exchange.call.operation.endswith("token") or exchange.answer.status != 200:
        return ""
    told = json.loads(exchange.text)
    return str(told.get("access_token") or told.get("bearer_token") or "")
