"""The directory of one tenant, whole: the tree and all that can be done to it.

Knows nothing of HTTP or LDAP messages; both faces call the same methods. Every operation is a unit
of work: it happens entirely or, with an `LdapError`, not at all.
"""

from collections.abc import Mapping, Sequence

from ..core.app import Context
from . import seed
from .changes import Changes
from .dit import Dit
from .entry import Entry
from .members import Membership
from .reading import Reader
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
        self.changes = Changes(self.dit, self.security, membership)
        self._search = Search(self.dit, self.reader)
        self._agent = context.store.table("agent")
        self.known = seed.plant(self.dit, self.security)
        self.issue_token()

    # --- operations --------------------------------------------------------------------------

    def bind(self, name: str, password: str) -> str:
        """The GUID of the account that the name and password belong to."""
        return self.security.bind(name, password)

    def add(self, who: str | None, dn: str, attributes: Mapping[str, Sequence[str]]) -> Entry:
        with self.context.store.unit():
            return self.changes.add(who, dn, attributes)

    def modify(
        self,
        who: str | None,
        dn: str,
        changes: Sequence[Modification],
        controls: frozenset[str] = frozenset(),
    ) -> Entry:
        with self.context.store.unit():
            return self.changes.modify(who, dn, changes, controls)

    def modify_dn(
        self,
        who: str | None,
        dn: str,
        newrdn: str,
        new_superior: str | None = None,
        *,
        delete_old_rdn: bool = True,
    ) -> Entry:
        with self.context.store.unit():
            return self.changes.modify_dn(
                who, dn, newrdn, new_superior, delete_old_rdn=delete_old_rdn
            )

    def delete(self, who: str | None, dn: str, controls: frozenset[str] = frozenset()) -> None:
        with self.context.store.unit():
            self.changes.delete(who, dn, controls)

    def search(self, who: str | None, query: Query) -> Found:
        return self._search.search(who, query)

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
