"""A Google Workspace customer: users, groups and their aliases, and the rules for them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..core.app import Context
from ..core.table import Table
from . import addresses, errors, quirks, schema
from .addresses import Addresses
from .entity import Group, User
from .members import Members
from .orgunits import OrgUnits
from .tokens import ServiceAccount, Tokens, Verified

UNDELETE_DAYS = 20
NAME_LIMIT, SHORT_NAME_LIMIT = 73, 60  # https://support.google.com/a/answer/9193374
ADMIN_NAME = "okta-provisioning"
ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


class Directory:
    """The rules. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store, chance = context.store, context.chance
        self.users: Table[str, User] = store.table("users")
        self.groups: Table[str, Group] = store.table("groups")
        self.bin: Table[str, User] = store.table("bin")
        self.gone_groups: Table[str, Group] = store.table("gone_groups")
        self.addresses = Addresses(context)
        self.members = Members(context, self)
        self.org_units = OrgUnits(context, self)
        self._service: Table[str, ServiceAccount] = store.table("service")
        self.tokens = Tokens(context, self._service)
        self.customer_id = f"C0{chance.text(7, ID_ALPHABET)}"
        self._service.put("account", _service_account(context))
        self.admin_id = self._first_admin().id

    def _first_admin(self) -> User:
        """Whom the service account acts as."""
        email = f"{ADMIN_NAME}@{self.addresses.domains[0]}"
        values = {**schema.USER_DEFAULTS, "name": {"givenName": "Okta", "familyName": "Admin"}}
        admin = replace(self._new_user(email, values, settled=True), is_admin=True)
        self.users.put(admin.id, admin)
        return admin

    # --- who may come in ---------------------------------------------------------------------

    def issue_token(self, form: Mapping[str, str], own_address: str = "") -> dict[str, Any]:
        """A token for the administrator that the service account wants to act as."""
        asked = self.tokens.read_request(form, own_address)
        account = self.tokens.account
        if asked.subject in (account.client_email, account.client_id):
            return self.tokens.issue("", asked.scopes)
        user = self.find_user(asked.subject)
        if user is None or user.is_suspended:
            raise errors.unknown_subject()
        return self.tokens.issue(user.id, asked.scopes)

    def check_caller(self, verified: Verified, *, for_public: bool = False) -> None:
        """A service account of its own may nothing, nor a user who is no administrator.

        Any user may see what is public of users (`for_public`).
        """
        if not verified.subject:
            raise errors.forbidden()
        user = self.users.get(verified.subject)
        if user is None or user.is_suspended:
            raise errors.bad_token()
        if not user.is_admin and not for_public:
            raise errors.forbidden()

    # --- looking up --------------------------------------------------------------------------

    def is_visible(self, row: User | Group) -> bool:
        """Whether a fresh row has reached the replica that is asked."""
        lag = self.settings["replication_lag_s"]
        return not lag or bool(self.context.clock.now() - row.born >= lag)

    def find_user(self, key: str) -> User | None:
        """By id, primary address or alias."""
        found = self.users.get(key)
        if found is None:
            owner = self.addresses.owner(addresses.USER, key)
            found = self.users.get(owner) if owner else None
        return found if found and self.is_visible(found) else None

    def user(self, key: str) -> User:
        found = self.find_user(key)
        if found is None:
            raise errors.forbidden() if self._is_foreign(key) else errors.unknown_user()
        return found

    def find_group(self, key: str) -> Group | None:
        """By id, address or alias; one that is only half made is not to be had."""
        found = self._any_group(key)
        return None if found is None or found.is_half_made else found

    def _any_group(self, key: str) -> Group | None:
        found = self.groups.get(key)
        if found is None:
            owner = self.addresses.owner(addresses.GROUP, key)
            found = self.groups.get(owner) if owner else None
        return found if found and self.is_visible(found) else None

    def group(self, key: str) -> Group:
        found = self.find_group(key)
        if found is None:
            raise self._no_group(key)
        return found

    def group_to_delete(self, key: str) -> Group:
        found = self._any_group(key)
        if found is None:
            raise self._no_group(key)
        return found

    def _no_group(self, key: str) -> Exception:
        is_user = self.find_user(key) and quirks.FOREIGN_KEYS_ARE_403 in self.quirks
        if is_user or self._is_foreign(key):
            return errors.forbidden()
        is_named = "@" not in key and quirks.UNKNOWN_IDS_ARE_NAMED in self.quirks
        return errors.unknown_group(key[:100]) if is_named else errors.unknown_group()

    def _is_foreign(self, key: str) -> bool:
        answers_403 = quirks.FOREIGN_KEYS_ARE_403 in self.quirks
        return answers_403 and "@" in key and not self.addresses.is_own(key)

    def visible(self, rows: Iterable[Any]) -> Iterator[Any]:
        return (row for row in rows if self.is_visible(row))

    def searchable(self, rows: Iterable[Any]) -> Iterator[Any]:
        """What a query finds: the index for searching is behind everything else."""
        lag = self.settings["index_lag_s"]
        now = self.context.clock.now()
        return (row for row in self.visible(rows) if not lag or now - row.born >= lag)

    # --- users -------------------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any], *, settled: bool = False) -> User:
        values = schema.USER.check(body, self.quirks)
        if "primaryEmail" not in values:
            raise errors.required("primaryEmail")
        values["name"] = schema.checked_name(values.get("name", {}), None)
        schema.check_password(values.pop("password", None))
        values.pop("hashFunction", None)
        self._settle_place(values)
        email = values.pop("primaryEmail")
        kept = self.addresses.check_new(addresses.USER, email)
        limit = self.settings["user_limit"]
        if limit is not None and len(self.users) >= limit:
            raise errors.limit_exceeded()
        return self._new_user(kept, {**schema.USER_DEFAULTS, **values}, settled=settled)

    def _new_user(self, email: str, values: Mapping[str, Any], *, settled: bool) -> User:
        now = self.context.clock.now()
        user = User(
            id=_number(self.context),
            email=email,
            values=values,
            serial=self.context.store.next_serial(),
            born=float("-inf") if settled else now,
            created=now,
        )
        self.users.put(user.id, user)
        self.addresses.give(addresses.USER, email, user.id)
        return user

    def _settle_place(self, values: dict[str, Any]) -> None:
        if "orgUnitPath" in values:
            values["orgUnitPath"] = self.org_units.place(values["orgUnitPath"])

    def update_user(self, user: User, body: Mapping[str, Any]) -> User:
        """PUT and PATCH alike: what is sent is changed, the rest stays."""
        values = schema.USER.check(body, self.quirks)
        age = self.context.clock.now() - user.created
        if age < self.settings["user_creation_s"]:
            raise errors.user_incomplete()
        if "name" in values:
            values["name"] = schema.checked_name(values["name"], user.values["name"])
        if "password" in values:
            schema.check_password(values.pop("password"))
        values.pop("hashFunction", None)
        self._settle_place(values)
        email = values.pop("primaryEmail", user.email)
        changed = replace(user, values={**user.values, **values}, version=user.version + 1)
        if email.lower() != user.email:
            changed = self._readdress(addresses.USER, changed, email)
        self.users.put(user.id, changed)
        return changed

    def make_admin(self, user: User, body: Mapping[str, Any]) -> None:
        status = schema.ADMIN.check(body, self.quirks).get("status", False)
        self.users.put(user.id, replace(user, is_admin=status, version=user.version + 1))

    def delete_user(self, user: User) -> None:
        self.users.drop(user.id)
        self.addresses.free_all(addresses.USER, user)
        now, serial = self.context.clock.now(), self.context.store.next_serial()
        self.bin.put(user.id, replace(user, deleted_at=now, serial=serial))
        if quirks.DELETED_USERS_LEAVE_GROUPS in self.quirks:
            self.members.forget(user.id)

    def undelete_user(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Within 20 days, if nobody has taken the address meanwhile."""
        values = schema.UNDELETE.check(body, self.quirks)
        self._settle_place(values)
        user = self.bin.get(user_id)
        if user is None:
            raise errors.unknown_user()
        assert user.deleted_at is not None
        if self.context.clock.now() - user.deleted_at > UNDELETE_DAYS * 86400:
            raise errors.undelete_too_late()
        for address in (user.email, *user.aliases):
            if self.addresses.is_taken(addresses.USER, address):
                raise errors.duplicate()
            self.addresses.give(addresses.USER, address, user.id)
        self.bin.drop(user.id)
        live = replace(
            user,
            values={**user.values, **values},
            deleted_at=None,
            serial=self.context.store.next_serial(),
            version=user.version + 1,
        )
        self.users.put(user.id, live)
        return live

    # --- groups ------------------------------------------------------------------------------

    def create_group(
        self, body: Mapping[str, Any], *, settled: bool = False, is_half_made: bool = False
    ) -> Group:
        values = schema.GROUP.check(body, self.quirks)
        if not values.get("email"):
            raise errors.required("email")
        email = self.addresses.check_new(addresses.GROUP, values["email"])
        name = values.get("name", "") or email.partition("@")[0]
        self._check_group_name(name, own_id="")
        group = Group(
            id=f"0{self.context.chance.text(14, ID_ALPHABET)}",
            email=email,
            name=name,
            serial=self.context.store.next_serial(),
            born=float("-inf") if settled else self.context.clock.now(),
            description=values.get("description", ""),
            external_ids=schema.checked_external_ids(values.get("externalIds", [])),
            is_half_made=is_half_made,
        )
        self.groups.put(group.id, group)
        self.addresses.give(addresses.GROUP, email, group.id)
        return group

    def _check_group_name(self, name: str, own_id: str) -> None:
        is_short = quirks.NAMES_END_AT_60 in self.quirks
        if len(name) > (SHORT_NAME_LIMIT if is_short else NAME_LIMIT):
            raise errors.invalid("name")
        if quirks.GROUP_NAMES_REPEAT in self.quirks:
            return
        if any(g.name.lower() == name.lower() and g.id != own_id for g in self.groups):
            raise errors.duplicate()

    def update_group(self, group: Group, body: Mapping[str, Any]) -> Group:
        """PUT and PATCH alike: what is sent is changed, the rest stays."""
        values = schema.GROUP.check(body, self.quirks)
        name = values.get("name", group.name)
        self._check_group_name(name, own_id=group.id)
        external_ids = group.external_ids
        if "externalIds" in values:
            external_ids = schema.checked_external_ids(values["externalIds"])
        changed = replace(
            group,
            name=name,
            description=values.get("description", group.description),
            external_ids=external_ids,
            version=group.version + 1,
        )
        email = values.get("email", group.email)
        if email.lower() != group.email:
            changed = self._readdress(addresses.GROUP, changed, email)
        self.groups.put(group.id, changed)
        return changed

    def delete_group(self, group: Group) -> None:
        """For good: only the log of the Admin console still knows a deleted group."""
        self.groups.drop(group.id)
        self.gone_groups.put(group.id, group)
        self.addresses.free_all(addresses.GROUP, group)
        self.members.forget(group.id)

    # --- addresses ---------------------------------------------------------------------------

    def _readdress(self, kind: str, row: Any, email: str) -> Any:
        """Another primary address; one that is an alias of the row already may be taken."""
        kept = email.lower()
        aliases = [alias for alias in row.aliases if alias != kept]
        if kept in row.aliases:
            self.addresses.free(kind, kept)
        kept = self.addresses.check_new(kind, email)
        self.addresses.give(kind, kept, row.id)
        if quirks.OLD_ADDRESS_IS_KEPT in self.quirks:
            aliases.append(row.email)
        else:
            self.addresses.free(kind, row.email)
        return replace(row, email=kept, aliases=tuple(aliases))

    def add_alias(self, kind: str, row: Any, body: Mapping[str, Any]) -> str:
        alias = schema.ALIAS.check(body, self.quirks).get("alias")
        if not alias:
            raise errors.required("alias")
        kept = self.addresses.check_new(kind, alias, is_alias=True)
        self.addresses.give(kind, kept, row.id)
        self._put(kind, replace(row, aliases=(*row.aliases, kept), version=row.version + 1))
        return kept

    def remove_alias(self, kind: str, row: Any, alias: str) -> None:
        kept = alias.lower()
        if kept not in row.aliases:
            raise errors.unknown_alias()
        self.addresses.free(kind, kept)
        rest = tuple(each for each in row.aliases if each != kept)
        self._put(kind, replace(row, aliases=rest, version=row.version + 1))

    def _put(self, kind: str, row: Any) -> None:
        (self.users if kind == addresses.USER else self.groups).put(row.id, row)


def _number(context: Context) -> str:
    """An id as Google's accounts have it: 21 digits."""
    return str(context.chance.number(10**20, 2 * 10**20 - 1))


def _service_account(context: Context) -> ServiceAccount:
    chance = context.chance
    project = f"push-{chance.number(100_000, 999_999)}"
    return ServiceAccount(
        client_email=f"okta@{project}.iam.gserviceaccount.com",
        client_id=_number(context),
        project_id=project,
        key_id=chance.hex(40),
        secret=chance.hex(64),
    )
