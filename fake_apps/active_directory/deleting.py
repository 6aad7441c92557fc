"""delete, the tombstones it leaves, and undelete."""

from collections.abc import Sequence

from . import errors, quirks, schema
from .controls import TREE_DELETE
from .dit import Dit
from .dn import Dn, Rdn
from .entry import KEPT_WHEN_DELETED, Entry
from .rules import USER_DEFAULTS, Rules, new_name, only
from .security import Security
from .values import Modification

_UNDELETE = {"isdeleted", "distinguishedname"}
_DISABLED_WITHOUT_PASSWORD = USER_DEFAULTS["userAccountControl"]


class Deleting:
    """Buries objects and brings them back."""

    def __init__(self, dit: Dit, security: Security) -> None:
        self._dit = dit
        self._security = security
        self._rules = Rules(dit)

    # --- delete --------------------------------------------------------------------------------

    def delete(self, who: str | None, entry: Entry, controls: frozenset[str]) -> None:
        """One object or, with the control, the tree below it."""
        if entry.critical or entry.parent is None:
            raise errors.system_object()
        if entry.protected:
            raise errors.delete_denied()
        if not self._security.may_delete(who, entry):
            raise errors.no_rights()
        children = self._dit.children(entry.guid)
        if children and TREE_DELETE not in controls:
            raise errors.not_on_non_leaf()
        for child in children:
            self._delete_tree(child)
        self._bury(entry)

    def _delete_tree(self, entry: Entry) -> None:
        """Leaves first."""
        ignores = quirks.TREE_DELETE_IGNORES_PROTECTION in self._dit.context.quirks
        if entry.protected and not ignores:
            raise errors.delete_denied()
        for child in self._dit.children(entry.guid):
            self._delete_tree(child)
        self._bury(entry)

    def _bury(self, entry: Entry) -> None:
        """Leave a tombstone; links vanish from both ends."""
        recycle_bin = self._has_recycle_bin
        if recycle_bin:
            self._keep_links(entry)
        self._dit.members.unlink_all(entry.guid)
        kept = dict(entry.attributes)
        if not recycle_bin:
            kept = {name: kept[name] for name in KEPT_WHEN_DELETED if name in kept}
        graveyard = self._dit.container(entry.domain, "CN=Deleted Objects")
        buried = entry._replace(
            rdn=Rdn(entry.rdn.attribute, f"{entry.rdn.value}\nDEL:{entry.guid}"),
            parent=graveyard.guid,
            attributes=kept,
            password=entry.password if recycle_bin else "",
            protected=False,
            deleted=True,
            last_parent=entry.parent,
        )
        self._dit.update(buried)

    def _keep_links(self, entry: Entry) -> None:
        for member in self._dit.members.rights(entry.guid):
            self._dit.kept_members.link(entry.guid, member)
        for group in self._dit.members.lefts(entry.guid):
            self._dit.kept_members.link(group, entry.guid)

    def protect(self, entry: Entry, *, protected: bool) -> None:
        """Set or take away the deny entries of "protect object from accidental deletion"."""
        self._dit.update(entry._replace(protected=protected))

    # --- undelete ------------------------------------------------------------------------------

    def undelete(self, who: str | None, entry: Entry, changes: Sequence[Modification]) -> Entry:
        """Delete `isDeleted` and replace `distinguishedName`, in one modify."""
        by_name = {change.attribute.lower(): change for change in changes}
        is_asked = set(by_name) == _UNDELETE and by_name["isdeleted"].op == "delete"
        if not is_asked or self._dit.is_recycled(entry):
            raise errors.deleted_object()
        if not self._security.is_admin(who):
            raise errors.no_rights()
        attribute = schema.ATTRIBUTES["distinguishedname"]
        return self._raise(entry, new_name(only(attribute, by_name["distinguishedname"].values)))

    def _raise(self, entry: Entry, name: Dn) -> Entry:
        """Bring it back under that name, with whatever the recycle bin has kept."""
        parent = self._rules.parent_of(name)
        if name[0].attribute != entry.rdn.attribute or parent.domain != entry.domain:
            raise errors.naming_violation()
        self._rules.check_name_free(parent, name[0])
        values = dict(entry.attributes)
        if entry.is_user and not entry.password:
            values = {**USER_DEFAULTS, **values, "userAccountControl": _DISABLED_WITHOUT_PASSWORD}
        self._rules.check_unique(entry.kind, entry.domain, values, entry.guid)
        raised = entry._replace(
            rdn=name[0],
            parent=parent.guid,
            attributes=values,
            deleted=False,
            last_parent=None,
        )
        self._restore_links(raised)
        return self._dit.update(raised)

    def _restore_links(self, entry: Entry) -> None:
        """Links whose other end is still deleted come back together with it."""
        pairs = [(entry.guid, right) for right in self._dit.kept_members.rights(entry.guid)]
        pairs += [(left, entry.guid) for left in self._dit.kept_members.lefts(entry.guid)]
        for group, member in pairs:
            other = self._dit.entry(member if group == entry.guid else group)
            if not other.deleted:
                self._dit.kept_members.unlink(group, member)
                self._dit.members.link(group, member)

    @property
    def _has_recycle_bin(self) -> bool:
        return bool(self._dit.context.settings["recycle_bin"])
