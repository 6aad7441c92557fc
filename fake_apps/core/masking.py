"""What a ledger may not keep: the values of secret fields, in whatever body they come.

Bodies are masked as texts: most of what is sent wrongly is no JSON any more, and a password in it
is one all the same. Where it is not clear how far a value reaches, more is masked rather than less.
"""

import re
from collections.abc import Iterable

MASK = "***"
_TEXT = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'
_TOKEN = re.compile(rf"{_TEXT}|[\[{{]|[\]}}]", re.DOTALL)
_JUNK = re.compile(r"(?:[^\s,}\]][^,}\]]*)?")
_BARE = re.compile(r'[^,}\]\s"&]*')
_ESCAPED = re.compile(r"\\u00([2-7][0-9a-f])", re.IGNORECASE)
_VALUES = re.compile(r'"values?"\s*:\s*', re.IGNORECASE)


class Masking:
    """Puts MASK in the place of the values of these fields, whatever the case of their names."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._names = tuple(name.lower() for name in fields)
        names = "|".join(map(re.escape, self._names)) or r"(?!)"
        self._member = re.compile(rf'"\s*(?:{names})\s*"\s*:\s*', re.IGNORECASE)
        self._parameter = re.compile(
            rf"((?:^|[&?\s])(?:{names.replace('_', '(?:_|%5F)')})=)[^&\r\n]*", re.IGNORECASE
        )
        self._part = re.compile(
            rf'(\bname="?(?:{names})"?[^\r\n]*(?:\r?\n[^\r\n]+){{0,4}}\r?\n\r?\n).*?(?=\r?\n--|\Z)',
            re.IGNORECASE | re.DOTALL,
        )
        # A PATCH names its attribute in one member and has its value in another.
        self._addressed = re.compile(
            rf'"(?:path|attribute)"\s*:\s*"(?:[^"\\]*[:.])?(?:{names})"', re.IGNORECASE
        )

    def mask(self, body: str) -> str:
        """The body without the values of the secret fields."""
        if not body or not self._names:
            return body
        folded = body.lower().replace("%5f", "_")
        if "\\u00" in folded:
            plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), body)
            if self._concerns(plain.lower()) and not self._concerns(folded):
                body, folded = plain, plain.lower()
        return self._masked(body) if self._concerns(folded) else body

    def _concerns(self, folded: str) -> bool:
        return any([name in folded for name in self._names])  # noqa: C419 - quicker

    def _masked(self, body: str) -> str:
        if self._addressed.search(body):
            body = _without_values(body, _VALUES)
        body = _without_values(body, self._member)
        if "=" in body:
            body = self._part.sub(rf"\g<1>{MASK}", self._parameter.sub(rf"\g<1>{MASK}", body))
        return body


def _without_values(body: str, member: re.Pattern[str]) -> str:
    """The JSON, or what is left of it, with the values of these members masked."""
    pieces, at = [], 0
    for found in member.finditer(body):
        if found.start() >= at:
            pieces.append(f'{body[at : found.end()]}"{MASK}"')
            end = _JUNK.match(body, _end_of_value(body, found.end()))
            assert end is not None, "it matches nothing at all, too"
            at = end.end()
    return "".join([*pieces, body[at:]])


def _end_of_value(body: str, start: int) -> int:
    """Where the value ends; at the end of the body where it does not."""
    depth = 0
    for found in _TOKEN.finditer(body, start):
        if not depth and found.start() > start:
            break  # it is no text, list or object
        depth += 1 if found[0] in "[{" else -1 if found[0] in "]}" else 0
        if depth <= 0:
            return found.end()
    else:
        if depth:
            return len(body)
    bare = _BARE.match(body, start)
    assert bare is not None, "it matches nothing at all, too"
    return bare.end()
