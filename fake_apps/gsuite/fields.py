"""Partial replies: `fields=nextPageToken,groups(id,email)`, `groups/id`, `*`.

Source: https://developers.google.com/workspace/admin/directory/v1/guides/performance#partial
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from . import errors
from .documents import Shape

Mask = Mapping[str, Any]  # name to the mask below it; an empty one takes everything
MAX_LENGTH, MAX_DEPTH = 2000, 8
_WORD = re.compile(r"[\w\-]+|\*")


def partial(document: dict[str, Any], selection: str | None, shape: Shape) -> dict[str, Any]:
    """What of the document was asked for."""
    if not selection:
        return document
    mask = _parsed(selection)
    _check(mask, shape)
    found: dict[str, Any] = _cut(document, mask)
    return found


@lru_cache(maxsize=256)
def _parsed(selection: str) -> Mask:
    if len(selection) > MAX_LENGTH:
        raise errors.bad_selection(selection[:100])
    parser = _Parser(selection)
    mask = parser.list(0)
    if parser.at < len(selection):
        raise parser.refusal()
    return mask


class _Parser:
    """Recursive descent over `a,b(c,d),e/f`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def refusal(self) -> Exception:
        return errors.bad_selection(self._text[self.at : self.at + 100])

    def list(self, depth: int) -> Mask:
        if depth > MAX_DEPTH:
            raise self.refusal()
        found: dict[str, Any] = {}
        while True:
            name, below = self._item(depth)
            found[name] = {**found[name], **below} if below and found.get(name) else below
            if self._peek() != ",":
                return found
            self.at += 1

    def _item(self, depth: int) -> tuple[str, Mask]:
        word = _WORD.match(self._text, self.at)
        if word is None:
            raise self.refusal()
        self.at = word.end()
        if self._peek() == "/":
            if depth >= MAX_DEPTH:
                raise self.refusal()
            self.at += 1
            name, below = self._item(depth + 1)
            return word[0], {name: below}
        return word[0], self._bracket(depth) if self._peek() == "(" else {}

    def _bracket(self, depth: int) -> Mask:
        self.at += 1
        below = self.list(depth + 1)
        if self._peek() != ")":
            raise self.refusal()
        self.at += 1
        return below

    def _peek(self) -> str:
        return self._text[self.at : self.at + 1]


def _check(mask: Mask, shape: Shape | None) -> None:
    """Names nobody knows are refused; below a field of free form anything may be named."""
    if shape is None:
        return
    for name, below in mask.items():
        if name == "*":
            continue
        if name not in shape:
            raise errors.bad_selection(name)
        _check(below, shape[name])


def _cut(value: Any, mask: Mask) -> Any:
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [_cut(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _cut(each, mask[name]) for name, each in value.items() if name in mask}
