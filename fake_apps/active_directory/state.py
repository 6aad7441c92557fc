"""The directory of one tenant, whole: the tree and all that can be done to it.

Knows nothing of HTTP or LDAP messages; both faces call the same methods. Every operation is a unit
of work: it happens entirely or, with an `LdapError`, not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from ..core.app import Context
from . import seed
from .adding import Adding
from .changes import Changes
from .deleting import Deleting
from .dit import Dit
from .entry import Entry
from .members import Membership
from .modifying import Modifying
from .moving import Move, Moving
from .reading import Reader
from .replication import Replication
from .search import Found, Query, Search
from .security import Security
from .values import Modification

TOKEN_LENGTH = 40


class Directory:
    """One forest and its agent's credentials. `who` is the GUID of the account that asks."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.dit = Dit(context)
        self.security = Security(self.dit)
        self.reader = Reader(self.dit)
        membership = Membership(self.dit)
        self._adding = Adding(self.dit, self.security, membership)
        self._modifying = Modifying(self.dit, self.security, membership)
        self._moving = Moving(self.dit, self.security)
        self.deleting = Deleting(self.dit, self.security)
        self._search = Search(self.dit, self.reader)
        self._changes = Changes(self.dit, self._search, self.reader, self.security)
        self._replication = Replication(self.dit, self._search)
        self._agent = context.store.table("agent")
        self.known = seed.plant(self.dit, self.security)
        self.issue_token()

    # --- operations --------------------------------------------------------------------------

    def bind(self, name: str, password: str) -> str:
        """The GUID of the account that the name and password belong to."""
        return self.security.bind(name, password)

    def add(self, who: str | None, dn: str, attributes: Mapping[str, Sequence[str]]) -> Entry:
        with self._writing():
            return self._adding.add(who, dn, attributes)

    def modify(
        self,
        who: str | None,
        dn: str,
        changes: Sequence[Modification],
        controls: frozenset[str] = frozenset(),
    ) -> Entry:
        with self._writing():
            entry = self.dit.resolve(dn, controls)
            if entry.deleted:
                return self.deleting.undelete(who, entry, changes)
            return self._modifying.modify(who, entry, changes, controls)

    def modify_dn(self, who: str | None, dn: str, move: Move) -> Entry:
        with self._writing():
            return self._moving.modify_dn(who, self.dit.resolve(dn), move)

    def delete(self, who: str | None, dn: str, controls: frozenset[str] = frozenset()) -> None:
        with self._writing():
            self.deleting.delete(who, self.dit.resolve(dn), controls)

    def search(self, who: str | None, query: Query) -> Found:
        return self._replication.view().search.search(who, query)

    def changes(
        self, who: str | None, query: Query, *, flags: int, cookie: bytes
    ) -> tuple[Found, bytes, bool]:
        """DirSync: what changed, the next cookie, and whether there is more."""
        with self.context.store.unit():
            return self._changes.read(who, query, flags=flags, cookie=cookie)

    def compare(self, dn: str, attribute: str, value: bytes) -> bool:
        """Whether the object has the value; LdapError 16 where it has no such attribute."""
        there = self._replication.view()
        return there.search.compare(there.dit.resolve(dn), attribute, value)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A unit of work, of which the second controller hears when its time has come."""
        with self.context.store.unit() as unit:
            yield
            self._replication.note(unit)

    # --- the agent's credentials -------------------------------------------------------------

    @property
    def token(self) -> str | None:
        """What a caller of the agent must show; None once it was expired."""
        found: str | None = self._agent.get("token")
        return found

    def issue_token(self) -> None:
        self._agent.put("token", self.context.chance.text(TOKEN_LENGTH))

    def expire_token(self) -> None:
        if self.token:
            self._agent.drop("token")
