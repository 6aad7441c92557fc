"""Operations on one tenant's directory, whichever face they came through, and their faults."""

from typing import Any

from ..core.app import FakeApp
from ..core.error import ApiError
from . import errors
from .actions import Add, Compare, Delete, Find, Modify, ModifyDn, Operation
from .controls import SHOW_ALL
from .dn import BadDn, parse
from .entry import Entry
from .errors import LdapError
from .moving import Move
from .search import Found
from .state import Directory


class Performer:
    """Meets what is armed for an operation, and does it."""

    def __init__(self, app: FakeApp) -> None:
        self._app = app
        self._state: Directory = app.state

    def meet_fault(self, opened: Any, operation: Operation | None) -> None:
        """Core's faults as results of a directory; Unanswered where there is to be no reply.

        Without an operation it is one about no object in the tree.
        """
        try:
            self._app.gate(opened, {})
        except LdapError:
            if not self._is_elsewhere(opened.met, operation):
                raise
            opened.met = None
        except ApiError as error:
            raise _as_ldap(opened.met.kind, error) from error

    def perform(self, who: str | None, operation: Operation) -> Found | bool | None:
        """What a search finds, what a comparison says; who binds is for the face to remember."""
        state = self._state
        match operation:
            case Add(dn, attributes):
                state.add(who, dn, attributes)
            case Modify(dn, changes, controls):
                state.modify(who, dn, changes, controls)
            case ModifyDn(dn, newrdn, superior, delete_old):
                state.modify_dn(who, dn, Move(newrdn, superior, delete_old))
            case Delete(dn, controls):
                state.delete(who, dn, controls)
            case Find(query):
                return state.search(who, query)
            case Compare(dn, attribute, value):
                return state.compare(dn, attribute, value)
        return None

    def _is_elsewhere(self, fault: Any, operation: Operation | None) -> bool:
        """`lost_rights` may name the one place it is about."""
        if fault.kind != "lost_rights" or not fault.message:
            return False
        place = self._state.dit.resolve(fault.message)
        target = self._target(operation)
        return target is None or not self._state.dit.is_below(target, place)

    def _target(self, operation: Operation | None) -> Entry | None:
        """The object an operation is about; for an add, the one it would stand under."""
        if operation is None:
            return None
        try:
            if isinstance(operation, Add):
                return self._state.dit.nearest_entry(parse(operation.path))
            return self._state.dit.resolve(operation.path, SHOW_ALL)
        except (LdapError, BadDn):
            return None


def _as_ldap(kind: str, error: ApiError) -> LdapError:
    match kind:
        case "throttle":
            return errors.busy()
        case "unavailable":
            return errors.unavailable()
        case "refuse":
            return LdapError(error.status, error.code, error.message)
    return errors.server_down()
