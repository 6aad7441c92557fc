"""modifyDN: rename, move, or both in one step."""

from dataclasses import dataclass

from . import dn as names
from . import errors, quirks, schema
from .dit import Dit
from .dn import BadDn, Rdn
from .entry import Entry
from .rules import Rules
from .security import Security


@dataclass(frozen=True, slots=True)
class Move:
    """The new last step of a name and, if it moves, the object it goes under."""

    newrdn: str
    new_superior: str | None = None
    delete_old_rdn: bool = True


class Moving:
    """Gives objects other names and places."""

    def __init__(self, dit: Dit, security: Security) -> None:
        self._dit = dit
        self._security = security
        self._rules = Rules(dit)

    def modify_dn(self, who: str | None, entry: Entry, move: Move) -> Entry:
        rdn = _new_rdn(entry, move.newrdn)
        if not move.delete_old_rdn:
            raise errors.keeps_old_name()
        if entry.critical or entry.parent is None:
            raise errors.system_object()
        parent = self._new_parent(entry.parent, move.new_superior)
        self._check(who, entry, parent)
        self._rules.check_name_free(parent, rdn, entry.guid)
        renamed = entry._replace(rdn=rdn, parent=parent.guid)
        if quirks.ACCOUNT_NAME_STAYS not in self._dit.context.quirks and entry.is_group:
            renamed = self._with_account_name(renamed, rdn.value)
        return self._dit.update(renamed)

    def _new_parent(self, present: str, new_superior: str | None) -> Entry:
        if new_superior is None:
            return self._dit.entry(present)
        try:
            reference = names.reference(new_superior)
        except BadDn as error:
            raise errors.bad_name(new_superior) from error
        found = self._dit.follow(reference)
        if found is not None and not found.deleted:
            return found
        if quirks.MOVE_TO_MISSING_IS_80 in self._dit.context.quirks:
            raise errors.parent_missing_on_move()
        raise self._dit.missing(reference)

    def _check(self, who: str | None, entry: Entry, parent: Entry) -> None:
        if not self._security.may_write(who, entry, "name"):
            raise errors.no_rights()
        if parent.guid == entry.parent:
            return
        if parent.domain != entry.domain:
            raise errors.into_another_domain()
        if self._dit.is_below(parent, entry):
            raise errors.below_itself()
        if parent.kind not in schema.CLASSES[entry.kind.lower()].parents:
            raise errors.naming_violation()
        if entry.protected:
            raise errors.delete_denied()
        may_create = self._security.may_create(who, entry.kind, parent)
        if not may_create or not self._security.may_delete(who, entry):
            raise errors.no_rights()

    def _with_account_name(self, entry: Entry, name: str) -> Entry:
        values = {**entry.attributes, "sAMAccountName": (name,)}
        self._rules.check_unique(entry.kind, entry.domain, values, entry.guid)
        return entry._replace(attributes=values)


def _new_rdn(entry: Entry, newrdn: str) -> Rdn:
    try:
        rdn = names.parse_rdn(newrdn)
    except BadDn as error:
        raise errors.bad_name(newrdn) from error
    if rdn.attribute != entry.rdn.attribute:
        raise errors.naming_violation()
    return rdn
