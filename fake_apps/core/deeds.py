"""What the tenant's administrator can be asked to do by name: the words of `Admin`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import shape

_ID = shape.text
_IDS = shape.many(shape.text)


@dataclass(frozen=True)
class Deed:
    """One method of `Admin` (or `Places`): how its arguments are read."""

    name: str
    read: shape.Kind
    needs_places: bool = False

    def run(self, admin: Any, arguments: Mapping[str, Any]) -> Any:
        """Do it; answers an id where something was made."""
        return getattr(admin, self.name)(**arguments)


def _deed(name: str, /, *required: str, needs_places: bool = False, **kinds: shape.Kind) -> Deed:
    return Deed(name, shape.record(*required, **kinds), needs_places)


def _add_account(value: Any) -> dict[str, Any]:
    kinds = {"login": shape.text, "profile": shape.mapping(shape.plain)}
    return {"profile": {}, **shape.record("login", **kinds)(value)}


_ALL = (
    Deed("add_account", _add_account),
    _deed("set_account_active", "account_id", "active", account_id=_ID, active=shape.flag),
    _deed("delete_account", "account_id", account_id=_ID),
    _deed("restore_account", "account_id", account_id=_ID),
    _deed(
        "add_group",
        "name",
        name=shape.text,
        member_ids=_IDS,
        place=shape.or_none(shape.text),
        kind=shape.any_text,
    ),
    _deed("rename_group", "group_id", "name", group_id=_ID, name=shape.text),
    _deed("move_group", "group_id", "place", group_id=_ID, place=shape.text),
    _deed("delete_group", "group_id", group_id=_ID),
    _deed("restore_group", "group_id", group_id=_ID),
    _deed("add_members", "group_id", "account_ids", group_id=_ID, account_ids=_IDS),
    _deed("remove_members", "group_id", "account_ids", group_id=_ID, account_ids=_IDS),
    _deed("expire_credentials"),
    _deed("replace_credentials"),
    _deed("add_ou", "dn", needs_places=True, dn=shape.text),
    _deed("delete_ou", "dn", needs_places=True, dn=shape.text, tree=shape.flag),
    _deed("grant", "place", needs_places=True, place=shape.text),
    _deed("revoke", "place", needs_places=True, place=shape.text),
)
DEEDS: Mapping[str, Deed] = {deed.name: deed for deed in _ALL}
