"""All that an enterprise holds: its tables, its ids, its clock. No rule of Box's is here."""

from collections.abc import Iterable

from ..core.app import Context
from ..core.table import Links, Table
from . import quirks
from .entity import Alias, Collaboration, Folder, Group, Invite, Membership, User

_APART = 3  # numbers from one membership's to the next one's
_KINDS = ("user", "group", "membership", "alias", "invite", "collaboration", "folder")


class Rows:
    """The tables, and what every rule asks: which quirks are on, what time it is, the next id."""

    def __init__(self, context: Context) -> None:
        self.quirks = context.quirks
        self.settings = context.settings
        self._clock = context.clock
        store, chance = context.store, context.chance
        self._store = store
        self.users: Table[str, User] = store.table("users", login=_by_login)
        self.outsiders: Table[str, User] = store.table("outsiders", login=_by_login)
        self.groups: Table[str, Group] = store.table("groups", name=_by_name)
        self.memberships: Table[int, Membership] = store.numbered("memberships")
        self.members: Links = store.links("members")  # each under the number of its membership
        self.gone_users: Table[str, User] = store.table("gone_users")
        self.gone_groups: Table[str, Group] = store.table("gone_groups")
        self.aliases: Table[str, Alias] = store.table("aliases", email=_by_email, user=_by_user)
        self.invites: Table[str, Invite] = store.table("invites")
        self.folders: Table[str, Folder] = store.table("folders")
        self.shares: Table[str, Collaboration] = store.table("shares", group=_by_group)
        self.trace_prefix = chance.hex(15)
        first = chance.number(1, 9) * 10**9
        self._bases = {kind: first + at * 10**10 for at, kind in enumerate(_KINDS, 1)}

    def new_id(self, kind: str) -> str:
        return str(self._bases[kind] + self._store.next_serial())

    def new_numbers(self, count: int) -> range:
        """Of new memberships. Their ids leave room: seeds gave these ids in earlier versions."""
        first = self._bases["membership"]
        drawn = self._store.next_serials(count * _APART)
        return range(first + drawn.start, first + drawn.stop, _APART)

    def now(self) -> float:
        return self._clock.now()

    def is_hit(self, row: User | Group, texts: Iterable[str], term: str) -> bool:
        """Whether `filter_term` finds a row by one of these texts; what is new it finds late."""
        if row.changed + self.settings["search_lag_s"] > self.now():
            return False
        wanted = term.lower()
        if quirks.FILTERS_MATCH_STARTS in self.quirks:
            return any(text.lower().startswith(wanted) for text in texts)
        return any(text.lower() == wanted for text in texts)


def _by_login(row: User) -> str:
    return row.login.lower()


def _by_name(row: Group) -> str:
    return row.name.lower()


def _by_email(row: Alias) -> str:
    return row.email.lower()


def _by_user(row: Alias) -> str:
    return row.user_id


def _by_group(row: Collaboration) -> str:
    return row.group_id
