"""The domain administrator at "Active Directory Users and Computers". Places are DNs of OUs."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.admin import AccountView, GroupView
from .controls import SHOW_DELETED, TREE_DELETE
from .dn import Rdn
from .entry import DISABLED, Entry, group_kind, group_type_of, signed
from .moving import Move
from .security import GROUP_RIGHTS, USER_RIGHTS
from .state import Directory
from .values import Modification

DEFAULT_KIND = "global security"
_NAME_REPAIR = str.maketrans(dict.fromkeys('"/\\[]:;|=,+*?<>@', "_"))


class Administrator:
    """May do what the directory's rules allow anybody to do. Ids are GUIDs."""

    def __init__(self, state: Directory) -> None:
        self._state = state
        self._dit = state.dit

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        """All users but those the directory came with."""
        users = (e for e in self._dit.entries if e.kind == "user" and not e.critical)
        return [AccountView(e.guid, _login(e), not e.is_disabled, e.deleted) for e in users]

    def groups(self) -> Sequence[GroupView]:
        return [self._view(e) for e in self._dit.entries if e.is_group and not e.critical]

    def _view(self, entry: Entry) -> GroupView:
        place = entry.last_parent if entry.deleted else entry.parent
        assert place
        return GroupView(
            id=entry.guid,
            name=entry.rdn.value.partition("\nDEL:")[0],
            member_ids=tuple(self._dit.members.rights(entry.guid)),
            kind=group_kind(entry),
            place=self._dit.dn_of(self._dit.entry(place)),
            deleted=entry.deleted,
        )

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """A user; `profile` holds LDAP attributes, and perhaps `place`, `cn` and `password`."""
        profile = dict(profile)
        place = str(profile.pop("place", "") or self._people)
        name = str(profile.pop("cn", "") or login.partition("@")[0])
        values: dict[str, list[str]] = {
            "objectClass": ["user"],
            "sAMAccountName": [_repaired(login.partition("@")[0], 20)],
            "userPrincipalName": [login if "@" in login else f"{login}@{self._domain}"],
            "userAccountControl": ["544"],
        }
        if "password" in profile:
            values["unicodePwd"] = [f'"{profile.pop("password")}"']
        values |= {k: [str(v)] for k, v in profile.items() if v not in ("", None)}
        return self._state.add(None, f"{Rdn('CN', name)},{place}", values).guid

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        entry = self._living(account_id)
        control = int(entry.first("userAccountControl"))
        control = control & ~DISABLED if active else control | DISABLED
        self._replace(account_id, "userAccountControl", str(control))

    def delete_account(self, account_id: str) -> None:
        self._state.delete(None, self._path(account_id))

    def restore_account(self, account_id: str) -> None:
        self._undelete(account_id)

    def set_password(self, account_id: str, password: str) -> None:
        self._replace(account_id, "unicodePwd", f'"{password}"')

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self,
        name: str,
        *,
        member_ids: Sequence[str] = (),
        place: str | None = None,
        kind: str = "",
        account_name: str = "",
    ) -> str:
        """A group such as `universal security`; `account_name` is its pre-Windows 2000 name."""
        values = {
            "objectClass": ["group"],
            "sAMAccountName": [account_name or _repaired(name, 256)],
            "groupType": [signed(group_type_of(kind or DEFAULT_KIND))],
            "member": [self._path(member) for member in member_ids],
        }
        return self._state.add(None, f"{Rdn('CN', name)},{place or self._groups}", values).guid

    def rename_group(self, group_id: str, name: str) -> None:
        self._state.modify_dn(None, self._path(group_id), Move(str(Rdn("CN", name))))

    def move_group(self, group_id: str, place: str) -> None:
        entry = self._living(group_id)
        self._state.modify_dn(None, self._path(group_id), Move(str(entry.rdn), place))

    def convert_group(self, group_id: str, kind: str) -> None:
        self._replace(group_id, "groupType", signed(group_type_of(kind)))

    def delete_group(self, group_id: str) -> None:
        self._state.delete(None, self._path(group_id))

    def restore_group(self, group_id: str) -> None:
        self._undelete(group_id)

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._modify_members(group_id, "add", account_ids)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._modify_members(group_id, "delete", account_ids)

    # --- OUs and rights ----------------------------------------------------------------------

    def ous(self) -> Sequence[str]:
        """The DNs of all OUs, the first domain's first."""
        found = [e for e in self._dit.entries.find("kind", "organizationalUnit") if not e.deleted]
        rank = {domain.guid: place for place, domain in enumerate(self._dit.domains)}
        return [self._dit.dn_of(entry) for entry in sorted(found, key=lambda e: rank[e.domain])]

    def add_ou(self, dn: str, *, protected: bool = False) -> str:
        """An OU; `protected` is the console's "protect from accidental deletion"."""
        made = self._state.add(None, dn, {"objectClass": ["organizationalUnit"]})
        if protected:
            self.protect(dn, protected=True)
        return made.guid

    def protect(self, dn: str, *, protected: bool) -> None:
        self._state.deleting.protect(self._dit.resolve(dn), protected=protected)

    def delete_ou(self, dn: str, *, tree: bool = False) -> None:
        controls = frozenset({TREE_DELETE}) if tree else frozenset()
        self._state.delete(None, dn, controls)

    def grant(
        self, place: str, rights: frozenset[str] = GROUP_RIGHTS | USER_RIGHTS, account_id: str = ""
    ) -> None:
        """Delegate rights on an OU and everything below it to the agent's account, or another."""
        account = self._dit.entry(account_id or self._state.known.service)
        self._state.security.grant(self._dit.resolve(place), account, rights)

    def revoke(
        self, place: str, rights: frozenset[str] | None = None, account_id: str = ""
    ) -> None:
        """Take rights on an OU and everything below it away; without `rights`, all of them."""
        account = self._dit.entry(account_id or self._state.known.service)
        self._state.security.revoke(self._dit.resolve(place), account, rights)

    # --- credentials -------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        """The agent's token, and the accounts that a real LDAP client would bind with."""
        service = self._dit.entry(self._state.known.service)
        limited = self._dit.entry(self._state.known.limited)
        return {
            "agent_token": self._state.token or "",
            "user": service.first("userPrincipalName"),
            "password": service.password,
            "limited_user": limited.first("userPrincipalName"),
            "limited_password": limited.password,
            "base_dn": self._dit.root_domain.dn,
            "domain": self._dit.root_domain.dns,
            "people_dn": self._people,
            "groups_dn": self._groups,
        }

    def expire_credentials(self) -> None:
        self._state.expire_token()

    def replace_credentials(self) -> None:
        self._state.issue_token()

    # --- small print -------------------------------------------------------------------------

    @property
    def _domain(self) -> str:
        return self._dit.root_domain.dns

    @property
    def _people(self) -> str:
        return f"OU=People,{self._dit.root_domain.dn}"

    @property
    def _groups(self) -> str:
        return f"OU=Groups,{self._dit.root_domain.dn}"

    def _living(self, guid: str) -> Entry:
        entry = self._dit.entry(guid)
        if entry.deleted:
            raise KeyError(guid)
        return entry

    def _path(self, guid: str) -> str:
        return f"<GUID={self._living(guid).guid}>"

    def _replace(self, guid: str, attribute: str, value: str) -> None:
        change = Modification("replace", attribute, (value,))
        self._state.modify(None, self._path(guid), [change])

    def _modify_members(self, group_id: str, op: Any, account_ids: Sequence[str]) -> None:
        values = tuple(self._path(account) for account in account_ids)
        self._state.modify(None, self._path(group_id), [Modification(op, "member", values)])

    def _undelete(self, guid: str) -> None:
        entry = self._dit.entry(guid)
        if not entry.deleted or not entry.last_parent:
            raise KeyError(guid)
        rdn = Rdn(entry.rdn.attribute, entry.rdn.value.partition("\nDEL:")[0])
        dn = f"{rdn},{self._dit.dn_of(self._dit.entry(entry.last_parent))}"
        changes = [
            Modification("delete", "isDeleted"),
            Modification("replace", "distinguishedName", (dn,)),
        ]
        self._state.modify(None, f"<GUID={guid}>", changes, frozenset({SHOW_DELETED}))


def _login(entry: Entry) -> str:
    return entry.first("userPrincipalName") or entry.first("sAMAccountName")


def _repaired(name: str, limit: int) -> str:
    """The console proposes a pre-Windows 2000 name with the forbidden characters replaced."""
    return name.translate(_NAME_REPAIR)[:limit].rstrip(".") or "_"
