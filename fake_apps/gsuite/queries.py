"""Lists: what their parameters mean, sorting, and pages."""

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from . import errors

Args = Mapping[str, str]
Sorting = tuple[Callable[[Any], Any], bool]
TOKEN_LIFE_S = 3 * 86400
UNBOUND = ("pageToken", "alt", "prettyPrint", "quotaUser", "fields", "key", "$.xgafv")


# --- parameters ------------------------------------------------------------------------------


def choice(args: Args, name: str, known: tuple[str, ...], default: str = "") -> str:
    """One of the words of an enumeration, in any case."""
    value = args.get(name)
    if not value:
        return default
    for word in known:
        if value.lower() == word.lower():
            return word
    raise errors.bad_parameter(name)


def page_size(args: Args, *, most: int, default: int, is_capped: bool) -> int:
    told = args.get("maxResults")
    if not told:
        return default
    if not re.fullmatch(r"\d{1,10}", told, re.ASCII) or int(told) < 1:
        raise errors.bad_parameter("maxResults")
    if int(told) > most and not is_capped:
        raise errors.bad_parameter("maxResults")
    return min(int(told), most)


def flag(args: Args, name: str) -> bool:
    return choice(args, name, ("true", "false"), "false") == "true"


# --- pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """The rows of one page, and the token for the next."""

    rows: list[Any]
    token: str | None


@dataclass(frozen=True)
class Listing:
    """What a page is cut from: parameters and path of a list, how it is sorted and how long good.

    `total_s` is how long all pages together may take; `is_empty_first` leaves the first one empty.
    """

    args: Args
    where: str
    size: int
    now: float
    sorting: Sorting
    total_s: float = TOKEN_LIFE_S
    is_empty_first: bool = False

    @property
    def bound(self) -> int:
        """Everything but the token must stay the same from page to page."""
        told = sorted((name, value) for name, value in self.args.items() if name not in UNBOUND)
        return zlib.crc32(json.dumps([self.where, told]).encode())


@dataclass(frozen=True)
class Token:
    """What a page token says: the last row shown, None at the start, and when the list began."""

    after: Any
    began: float


def cut(rows: Iterable[Any], listing: Listing) -> Page:
    """The page that the token among the parameters leads to.

    A token remembers the last row shown, not a count, so that rows which go meanwhile move nobody.
    """
    key, is_descending = listing.sorting
    ordered = sorted(rows, key=key, reverse=is_descending)
    token = _read(listing) if listing.args.get("pageToken") else None
    if token is None and listing.is_empty_first:
        return Page([], _written(Token(None, listing.now), listing) if ordered else None)
    if token is not None and token.after is not None:
        ordered = _behind(ordered, token.after, listing.sorting)
    shown, began = ordered[: listing.size], token.began if token else listing.now
    has_more = len(ordered) > listing.size
    return Page(shown, _written(Token(key(shown[-1]), began), listing) if has_more else None)


def _behind(ordered: list[Any], after: Any, sorting: Sorting) -> list[Any]:
    key, is_descending = sorting
    try:
        if is_descending:
            return [row for row in ordered if key(row) < after]
        return ordered[bisect_right(ordered, after, key=key) :]
    except TypeError as fault:
        raise errors.bad_page_token() from fault


def _written(token: Token, listing: Listing) -> str:
    content = [token.after, listing.bound, listing.now, token.began]
    text = urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return text + _seal(text)


def _seal(text: str) -> str:
    """What a token ends with, so that no part of it can be another."""
    return f"{zlib.crc32(text.encode()):08x}"


def _read(listing: Listing) -> Token:
    sent = listing.args["pageToken"]
    if _seal(sent[:-8]) != sent[-8:]:
        raise errors.bad_page_token()
    try:
        content = urlsafe_b64decode(sent[:-8].encode("ascii") + b"===")
        after, was_bound, written, began = json.loads(content)
        is_young = 0 <= listing.now - written <= TOKEN_LIFE_S
        is_good = was_bound == listing.bound and is_young and listing.now - began <= listing.total_s
    except (ValueError, TypeError, RecursionError) as fault:
        raise errors.bad_page_token() from fault
    if not is_good:
        raise errors.bad_page_token()
    return Token(tuple(after) if isinstance(after, list) else after, began)
