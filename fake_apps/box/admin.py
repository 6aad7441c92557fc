"""The enterprise's administrator: the Box admin console."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.admin import AccountView, GroupView
from . import errors
from .entity import ACTIVE, INACTIVE, MANAGED, MANAGERS, Group, User
from .quirks import PROVENANCE_LOCKS_THE_CONSOLE
from .schema import USER
from .state import Enterprise
from .tokens import CCG, OAUTH2


class EnterpriseAdmin:
    """What a hand at the console does. Implements `core.admin.Admin`."""

    def __init__(self, enterprise: Enterprise) -> None:
        self._enterprise = enterprise
        self._rows = enterprise.rows

    # --- looking -----------------------------------------------------------------------------

    def accounts(self) -> Sequence[AccountView]:
        """Managed and app users, and the deleted ones the event log tells of; no external ones."""
        live = [AccountView(row.id, row.login, row.is_active) for row in self._rows.users]
        gone = (
            AccountView(row.id, row.login, row.is_active, deleted=True)
            for row in self._rows.gone_users
        )
        return [*live, *gone]

    def groups(self) -> Sequence[GroupView]:
        """All groups, and the deleted ones the event log tells of."""
        members = self._rows.members
        live = [
            GroupView(row.id, row.name, tuple(members.rights(row.id)), kind=row.type)
            for row in self._rows.groups
        ]
        gone = (
            GroupView(row.id, row.name, (), kind=row.type, deleted=True)
            for row in self._rows.gone_groups
        )
        return [*live, *gone]

    # --- accounts ----------------------------------------------------------------------------

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        """A user who has confirmed the e-mail; `owns_content: true` gives it files.

        A login without a domain is one of example.test.
        """
        login = login if "@" in login else f"{login}@example.test"
        known = {name: value for name, value in profile.items() if name in USER}
        body = {"name": login.partition("@")[0][:50], **known, "login": login}
        made = self._enterprise.users.create(body, by_hand=True)
        if profile.get("owns_content"):
            self._enterprise.users.give_content(made.id)
        return made.id

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        self._user(account_id)
        status = ACTIVE if active else INACTIVE
        self._enterprise.users.update(account_id, {"status": status}, by_hand=True)

    def delete_account(self, account_id: str) -> None:
        self._user(account_id)
        self._enterprise.users.delete(account_id, force=True)

    def restore_account(self, account_id: str) -> None:
        raise ValueError("Box deletes users for good")

    def roll_out(self, account_id: str) -> None:
        """Make a free account, outside the enterprise, of a managed one."""
        self._user(account_id)
        self._enterprise.users.update(account_id, {"enterprise": None}, by_hand=True)

    def accept_invite(self, invite_id: str) -> str:
        """The invited person accepts, and is a managed user from then on; answers the user's id."""
        if invite_id not in self._rows.invites:
            raise KeyError(invite_id)
        return self._enterprise.invites.accept(invite_id).id

    def consent(self, account_id: str) -> str:
        """A user lets the OAuth 2.0 app in, in the browser; answers the authorization code."""
        return self._enterprise.tokens.grants.consent(self._user(account_id).id)

    def change_role(self, account_id: str, role: str) -> None:
        """Make a user `admin`, `coadmin` or `user`; the first is done at the console alone."""
        if role not in (*MANAGERS, "user"):
            raise ValueError(f"unknown role {role!r}; known: {', '.join(MANAGERS)}, user")
        user = self._user(account_id)
        self._rows.users.put(user.id, replace(user, values={**user.values, "role": role}))

    # --- groups ------------------------------------------------------------------------------

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        if place is not None:
            raise ValueError("Box groups have no place")
        if kind not in ("", MANAGED):
            raise ValueError(f"unknown kind {kind!r}; known: {MANAGED}")
        group = self._enterprise.groups.create({"name": name})
        self.add_members(group.id, member_ids)
        return group.id

    def rename_group(self, group_id: str, name: str) -> None:
        self._unlocked(group_id)
        self._enterprise.groups.update(group_id, {"name": name})

    def move_group(self, group_id: str, place: str) -> None:
        raise ValueError("Box groups have no place")

    def delete_group(self, group_id: str) -> None:
        self._group(group_id)
        self._enterprise.groups.delete(group_id)

    def restore_group(self, group_id: str) -> None:
        raise ValueError("Box deletes groups for good")

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._unlocked(group_id)
        users = (self._user(account_id).id for account_id in account_ids)
        self._enterprise.memberships.join_all(self._group(group_id), users)

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._unlocked(group_id)
        for account_id in account_ids:
            self._enterprise.memberships.leave(group_id, self._user(account_id).id)

    def share_folder(self, name: str, group_id: str, role: str = "editor") -> str:
        """Give a group access to a new folder of that name; answers the collaboration's id."""
        return self._enterprise.groups.share(self._group(group_id).id, name, role).id

    # --- access ------------------------------------------------------------------------------

    def credentials(self) -> Mapping[str, Any]:
        """With JWT (setting `app_auth`) the key as well, as the app's downloaded file has it."""
        app = self._enterprise.tokens.app
        given = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "enterprise_id": app.enterprise_id,
        }
        if self._enterprise.settings["app_auth"] in (CCG, OAUTH2):
            return given
        pem = self._enterprise.context.keys.private_pem()
        return {**given, "public_key_id": app.key_id, "private_key": pem}

    def expire_credentials(self) -> None:
        self._enterprise.tokens.reset()

    def replace_credentials(self) -> None:
        self._enterprise.tokens.renew()

    def _user(self, user_id: str) -> User:
        row = self._rows.users.get(user_id)
        if row is None:
            raise KeyError(user_id)
        return row

    def _group(self, group_id: str) -> Group:
        row = self._rows.groups.get(group_id)
        if row is None:
            raise KeyError(group_id)
        return row

    def _unlocked(self, group_id: str) -> None:
        """The web app does not let an administrator edit a group that comes from elsewhere."""
        is_foreign = self._group(group_id).values["provenance"]
        if is_foreign and PROVENANCE_LOCKS_THE_CONSOLE in self._enterprise.quirks:
            raise errors.denied()
