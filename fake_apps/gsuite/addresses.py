"""The space of addresses: who has which, which are free, and what a new one must look like."""

from typing import Any

from ..core.app import Context
from ..core.table import Table
from . import errors
from .entity import TEST_SUFFIX, domain_of, is_address
from .quirks import (
    ADDRESSES_ARE_SHARED,
    BAD_ADDRESSES_ARE_GROUP_KEYS,
    CASE_IS_IGNORED,
    DELETED_ADDRESS_IS_HELD,
    FOREIGN_GROUPS_ARE_404,
)

USER, GROUP = "user", "group"
HOLD_S = 45
Key = tuple[str, str]


class Addresses:
    """Primary addresses and aliases of users and groups, in lower case."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._settings = context.settings
        self._owners: Table[Key, str] = context.store.table("addresses")
        self._held: Table[str, float] = context.store.table("held_addresses")

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(self._settings["domains"])

    def is_own(self, address: str) -> bool:
        """Whether the address lies in one of the customer's domains."""
        return domain_of(address).removesuffix(TEST_SUFFIX) in self.domains

    def owner(self, kind: str, address: str) -> str | None:
        """The id of the user or group that has the address."""
        wanted = address.lower() if CASE_IS_IGNORED in self._context.quirks else address
        found: str | None = self._owners.get((kind, wanted.removesuffix(TEST_SUFFIX)))
        return found

    def check_new(self, kind: str, address: str, *, is_alias: bool = False) -> str:
        """The address in the form it is kept, if one like it may be given away."""
        if not is_address(address):
            raise self._bad(kind, is_alias=is_alias)
        if not self.is_own(address):
            raise self._foreign(kind)
        kept = address.lower()
        if self.is_taken(kind, kept):
            raise errors.duplicate()
        return kept

    def _bad(self, kind: str, *, is_alias: bool) -> Exception:
        if is_alias:
            return errors.invalid("alias")
        if kind == USER:
            return errors.invalid("primary_user_email")
        is_key = BAD_ADDRESSES_ARE_GROUP_KEYS in self._context.quirks
        return errors.bad_group_address("groupKey" if is_key else "email")

    def _foreign(self, kind: str) -> Exception:
        if kind == GROUP and FOREIGN_GROUPS_ARE_404 not in self._context.quirks:
            return errors.forbidden()
        return errors.domain_not_found()

    def is_taken(self, kind: str, address: str) -> bool:
        shared = ADDRESSES_ARE_SHARED in self._context.quirks
        kinds = (USER, GROUP) if shared else (kind,)
        return self._is_held(address) or any((each, address) in self._owners for each in kinds)

    def _is_held(self, address: str) -> bool:
        until = self._held.get(address)
        return until is not None and self._context.clock.now() < until

    def give(self, kind: str, address: str, owner_id: str) -> None:
        self._owners.put((kind, address), owner_id)

    def free(self, kind: str, address: str) -> None:
        self._owners.drop((kind, address))

    def free_all(self, kind: str, row: Any) -> None:
        """All addresses of a user or group that goes."""
        for address in (row.email, *row.aliases):
            self.free(kind, address)
            if kind == GROUP and DELETED_ADDRESS_IS_HELD in self._context.quirks:
                self._held.put(address, self._context.clock.now() + HOLD_S)
