"""What changed when: kept from the first DirSync on, so that nobody else pays for it.

A domain controller keeps such stamps for replication (replPropertyMetaData) and DirSync reads them.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..core.table import Store
from .entry import Entry

_NOTHING: Mapping[str, int] = MappingProxyType({})


class LinkChange(NamedTuple):
    """Who came into a group and who left it in the request that had this number."""

    usn: int
    group: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


class Tracking:
    """Update sequence numbers of attributes, and the links that came and went."""

    def __init__(self, store: Store) -> None:
        self._stamps = store.table("stamps")
        self._links = store.table("link_changes", group=lambda row: row.group)
        self._since = store.table("tracking")

    @property
    def since(self) -> int | None:
        """The number from which on all changes are known; None while nobody asked."""
        found: int | None = self._since.get("since")
        return found

    def begin(self, usn: int) -> None:
        """Keep what happens from now on."""
        if self.since is None:
            self._since.put("since", usn)

    def note(self, before: Entry, after: Entry) -> None:
        """An object is about to be another."""
        changed = dict.fromkeys(_changed(before, after), after.usn_changed)
        if changed:
            stamps = {**self.stamps(after.guid), **changed}
            self._stamps.put(after.guid, MappingProxyType(stamps))

    def note_links(self, change: LinkChange) -> None:
        self._links.put(change.usn, change)

    def stamps(self, guid: str) -> Mapping[str, int]:
        """Attribute to the number of its last change, as far as it is known."""
        found: Mapping[str, int] | None = self._stamps.get(guid)
        return found or _NOTHING

    def links_since(self, group: str, usn: int) -> dict[str, None]:
        """Everybody who came or left after that number, in order."""
        found: dict[str, None] = {}
        for change in self._links.find("group", group):
            if change.usn > usn:
                found.update(dict.fromkeys((*change.removed, *change.added)))
        return found


def _changed(before: Entry, after: Entry) -> Iterable[str]:
    """The names of the attributes whose values are others."""
    old, new = before.attributes, after.attributes
    yield from (name for name in {**old, **new} if old.get(name) != new.get(name))
    if before.rdn != after.rdn or before.parent != after.parent:
        yield "name"
    if before.deleted != after.deleted:
        yield from ("isDeleted", "lastKnownParent")
    if before.group_type != after.group_type:
        yield "sAMAccountType"
