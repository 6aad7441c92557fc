"""Partial replies: `fields=nextPageToken,groups(id,email)`, `groups/id`, `name/*`, `*`.

Source: https://developers.google.com/workspace/admin/directory/v1/guides/performance#partial
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from . import errors
from .shapes import FREE, PLAIN, Shape

Mask = Mapping[str, Any]  # name to the mask below it; an empty one takes everything
MAX_LENGTH, MAX_DEPTH = 8192, 8
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


def _check(mask: Mask, shape: Any) -> None:
    """Names nobody knows are refused; below a field of free form anything may be named."""
    if shape == FREE:
        return
    for name, below in mask.items():
        if shape is PLAIN or (name != "*" and name not in shape):
            raise errors.bad_selection(name)
        if below:
            _check_each(below, shape.values() if name == "*" else [shape[name]])


def _check_each(mask: Mask, shapes: Iterable[Any]) -> None:
    """Below a star, a name need be known to one of the fields only."""
    inner = [shape for shape in shapes if shape is not PLAIN]
    known: Any = PLAIN
    for shape in inner:
        known = FREE if FREE in (shape, known) else {**(known or {}), **shape}
    _check(mask, known)


def _cut(value: Any, mask: Mask) -> Any:
    if isinstance(value, list):
        return [_cut(each, mask) for each in value] if mask else value
    if not mask or not isinstance(value, dict):
        return value
    return {
        name: _cut(each, _below(mask, name))
        for name, each in value.items()
        if name in mask or _is_wanted_by_star(each, mask)
    }


def _is_wanted_by_star(value: Any, mask: Mask) -> bool:
    """A star with names behind it takes only what can have such parts."""
    if "*" not in mask:
        return False
    parts = value if isinstance(value, list) else [value]
    return not mask["*"] or any(isinstance(part, dict) for part in parts)


def _below(mask: Mask, name: str) -> Mask:
    """The mask for one field: its own and that of the star; either may take everything."""
    masks = [mask[key] for key in (name, "*") if key in mask]
    return {} if not all(masks) else {key: each for one in masks for key, each in one.items()}
