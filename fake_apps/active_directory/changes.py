"""DirSync: the objects of a domain that changed since a cookie, and only what changed of them.

https://learn.microsoft.com/en-us/windows/win32/ad/polling-for-changes-using-the-dirsync-control
"""

import struct
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from . import errors, schema
from .dit import Dit
from .entry import Entry
from .reading import Attributes, ExtendedDn, Reader
from .schema import Attribute
from .search import Found, Query, Search
from .security import Security

OBJECT_SECURITY, INCREMENTAL = 0x1, 0x80000000
_ALWAYS = ("objectGUID", "instanceType")
_NOT_REPLICATED = frozenset({"memberOf", "whenChanged", "uSNChanged", "uSNCreated", "lastLogon"})
_NAMES = frozenset({"name", "cn", "ou", "dc", "distinguishedName"})
_COOKIE = struct.Struct("<4s16sQQ")
_MAGIC = b"MSDS"


@dataclass(frozen=True)
class Cookie:
    """All changes up to `since` are known to the client, and of what follows those up to `at`."""

    since: int
    at: int


class Changes:
    """Answers what changed."""

    def __init__(self, dit: Dit, search: Search, reader: Reader, security: Security) -> None:
        self._dit = dit
        self._search = search
        self._reader = reader
        self._security = security

    def read(
        self, who: str | None, query: Query, *, flags: int, cookie: bytes
    ) -> tuple[Found, bytes, bool]:
        """What changed since the cookie, the next cookie, and whether there is more already."""
        head = self._dit.resolve(query.base)
        self._check_may(who, head, flags)
        self._dit.tracking.begin(self._dit.highest_usn)
        known = self._read_cookie(cookie)
        changed = [e for e in self._search.select(head, query) if e.usn_changed > known.at]
        changed.sort(key=lambda entry: entry.usn_changed)
        page = changed[: self._dit.context.settings["max_page_size"]]
        are_more = len(page) < len(changed)
        told = _Telling(self._dit, self._reader, query, known.since, flags)
        found = Found(tuple(told.all(page)))
        upto = self._dit.highest_usn
        following = Cookie(known.since, page[-1].usn_changed) if are_more else Cookie(upto, upto)
        return found, self._written(following), are_more

    def _check_may(self, who: str | None, head: Entry, flags: int) -> None:
        if head.parent is not None:
            raise errors.no_replication_right()
        if not flags & OBJECT_SECURITY and not self._security.may_replicate(who, head):
            raise errors.no_replication_right()

    # --- cookies -----------------------------------------------------------------------------

    def _read_cookie(self, octets: bytes) -> Cookie:
        if not octets:
            return Cookie(0, 0)
        if len(octets) != _COOKIE.size:
            raise errors.bad_control()
        magic, controller, since, at = _COOKIE.unpack(octets)
        begun = self._dit.tracking.since
        if magic != _MAGIC or controller != self._controller or begun is None:
            raise errors.bad_control()
        if at > self._dit.highest_usn or (since and since < begun):
            raise errors.bad_control()
        return Cookie(since, at)

    def _written(self, cookie: Cookie) -> bytes:
        return _COOKIE.pack(_MAGIC, self._controller, cookie.since, cookie.at)

    @property
    def _controller(self) -> bytes:
        return uuid.UUID(self._dit.root_domain.guid).bytes


class _Telling:
    """What one answer tells of each object."""

    def __init__(self, dit: Dit, reader: Reader, query: Query, since: int, flags: int) -> None:
        self._dit = dit
        self._reader = reader
        self._since = since
        self._flags = flags
        self._form: ExtendedDn = query.extended_dn
        self._wanted = _wanted(query.attributes)
        self._always = [schema.ATTRIBUTES[name.lower()] for name in _ALWAYS]

    def all(self, page: Sequence[Entry]) -> Iterator[tuple[str, Attributes]]:
        for entry in page:
            dn = self._dit.dn_of(entry)
            name = self._reader.extended_dn(entry, self._form) if self._form else dn
            yield name, self._object(entry)

    def _object(self, entry: Entry) -> Attributes:
        found: Attributes = {}
        is_new = entry.usn_created > self._since
        for attribute in self._wanted:
            if attribute.name == "member":
                found.update(self._members(entry, is_new=is_new))
            elif is_new:
                values = list(self._reader.values(entry, attribute))
                found.update({attribute.name: values} if values else {})
            elif self._has_changed(entry, attribute):
                found[attribute.name] = list(self._reader.values(entry, attribute))
        for attribute in self._always:
            found[attribute.name] = list(self._reader.values(entry, attribute))
        return found

    def _has_changed(self, entry: Entry, attribute: Attribute) -> bool:
        name = "name" if attribute.name in _NAMES else attribute.name
        return self._dit.tracking.stamps(entry.guid).get(name, 0) > self._since

    def _members(self, group: Entry, *, is_new: bool) -> Attributes:
        """All members where there is a change, or with the flag those who came and who left."""
        listed = self._dit.members.rights(group.guid)
        moved = listed if is_new else self._dit.tracking.links_since(group.guid, self._since)
        if not moved:
            return {}
        if not self._flags & INCREMENTAL:
            return {"member": [self._name(guid) for guid in listed]}
        came = [self._name(guid) for guid in moved if guid in listed]
        left = [self._name(guid) for guid in moved if guid not in listed]
        told = {"member;range=1-1": came, "member;range=0-0": left}
        return {name: values for name, values in told.items() if values}

    def _name(self, guid: str) -> str:
        entry = self._dit.entry(guid)
        form: Literal["hex", "text"] | None = self._form or None
        return self._reader.extended_dn(entry, form) if form else self._dit.dn_of(entry)


def _wanted(names: Sequence[str]) -> list[Attribute]:
    """The replicated ones among those asked for; all of them where none is named."""
    asked = {name.lower() for name in names}
    everything = not asked or "*" in asked
    return [
        found
        for found in schema.ATTRIBUTES.values()
        if not found.constructed
        and found.name not in _NOT_REPLICATED
        and (everything or found.name.lower() in asked)
    ]
