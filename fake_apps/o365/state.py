"""A Microsoft 365 tenant: users, groups, memberships, the recycle bin, and their rules."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.app import Context
from ..core.error import ApiError
from ..core.table import Links, Table
from . import entity as kinds
from . import errors, quirks
from .entity import Entity, group_kind, security_identifier, timestamp
from .filters import Lookups
from .schema import ALONE, GROUP, GUID, NICKNAME, UPN, USER
from .tokens import Registration, Tokens

BIN_DAYS = 30
FILLED_AFTER_S = 120
MAX_LINKS = 20
MAX_LOOKUPS = 1000
ROLE_MANAGER = "RoleManagement.ReadWrite.Directory"
RELATIONS = ("members", "owners")
Rows = Iterable[tuple[int, Entity]]


class Directory:
    """The rules. Knows nothing of HTTP; raises the vendor's refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store = context.store
        self.users: Table[str, Entity] = store.table(
            "users",
            displayName=_lowered("displayName"),
            mail=_lowered("mail"),
            mailNickname=_lowered("mailNickname"),
            userPrincipalName=_lowered("userPrincipalName"),
        )
        self.groups: Table[str, Entity] = store.table(
            "groups",
            displayName=_lowered("displayName"),
            mail=_lowered("mail"),
            mailNickname=_lowered("mailNickname"),
            uniqueName=_lowered("uniqueName"),
        )
        self.bin: Table[str, Entity] = store.table("bin", mailNickname=_lowered("mailNickname"))
        self.links: dict[str, Links] = {name: store.links(name) for name in RELATIONS}
        self.registrations: Table[str, Registration] = store.table("registrations")
        chance = context.chance
        self.trace_prefix = f"{chance.guid()[:24]}"
        self.registrations.put("app", Registration(chance.guid(), chance.guid(), _secret(context)))
        self.tokens = Tokens(context, lambda: self.registration)

    # --- the tenant --------------------------------------------------------------------------

    @property
    def registration(self) -> Registration:
        row = self.registrations.get("app")
        assert row is not None, "made with the tenant"
        return row

    @property
    def domains(self) -> tuple[str, ...]:
        return tuple(self.settings["domains"])

    def expire_secret(self) -> None:
        old = self.registration
        expired = replace(old, secret_expired=True, generation=old.generation + 1)
        self.registrations.put("app", expired)

    def replace_secret(self) -> None:
        fresh = replace(
            self.registration, client_secret=_secret(self.context), secret_expired=False
        )
        self.registrations.put("app", fresh)

    # --- looking up --------------------------------------------------------------------------

    def user(self, reference: str) -> Entity:
        """By id or by userPrincipalName."""
        found = self.users.get(reference) or self.users.get(self._same_id(reference))
        if found is None:
            named = self.users.find("userPrincipalName", reference.lower())
            found = named[0] if named else None
        if found is None or not self.is_visible(found):
            raise errors.not_found(reference)
        return found

    def group(self, group_id: str) -> Entity:
        found = self.groups.get(group_id) or self.groups.get(self._same_id(group_id))
        if found is None or not self.is_visible(found):
            raise self._absent(group_id)
        return found

    def group_named(self, unique_name: str) -> Entity | None:
        found = self.groups.find("uniqueName", unique_name.lower())
        return found[0] if found and self.is_visible(found[0]) else None

    def object(self, object_id: str) -> Entity:
        """A live user or group by id."""
        found = self._live(object_id) or self._live(self._same_id(object_id))
        if found is None or not self.is_visible(found):
            raise self._absent(object_id)
        return found

    def _live(self, object_id: str) -> Entity | None:
        return self.users.get(object_id) or self.groups.get(object_id)

    def _same_id(self, object_id: str) -> str:
        return object_id.lower() if quirks.IDS_IGNORE_CASE in self.quirks else object_id

    def _absent(self, object_id: str) -> ApiError:
        if GUID.fullmatch(object_id):
            return errors.not_found(object_id)
        return errors.invalid_id(object_id)

    def is_visible(self, found: Entity, *, eventual: bool = False) -> bool:
        """Whether this read already sees the object: replicas and indexes lag behind writes."""
        lag = self.settings["replication_lag_s"]
        if eventual:
            lag = max(lag, self.settings["index_lag_s"])
        if not lag:
            return True
        age = self.context.clock.now() - found.born
        if quirks.READS_FLAP in self.quirks and lag <= age < 2 * lag:
            return int((age - lag) / (lag / 4)) % 2 == 0
        return bool(age >= lag)

    def get_by_ids(self, ids: Sequence[Any], types: Sequence[str]) -> list[Entity]:
        """Those of the ids that are there, each once."""
        if len(ids) > MAX_LOOKUPS:
            raise errors.invalid_value("ids", "DirectoryObject")
        if not all(isinstance(each, str) and GUID.fullmatch(each) for each in ids):
            raise errors.invalid_guid()
        found = (self._live(each) for each in dict.fromkeys(map(self._same_id, ids)))
        return [row for row in found if row and row.type in types and self.is_visible(row)]

    # --- listing -----------------------------------------------------------------------------

    def rows(self, table: Table[str, Entity], *, eventual: bool = False) -> Rows:
        return ((row.serial, row) for row in table if self.is_visible(row, eventual=eventual))

    def matching(self, table: str, lookups: Lookups, *, eventual: bool) -> Rows:
        """Visible rows; with look-ups only those under one of them in an index."""
        source: Table[str, Entity] = self.users if table == "users" else self.groups
        if not lookups:
            return self.rows(source, eventual=eventual)
        found = {row.serial: row for lookup in lookups for row in _looked_up(source, *lookup)}
        return (
            (s, found[s]) for s in sorted(found) if self.is_visible(found[s], eventual=eventual)
        )

    def linked(self, group_id: str, relation: str, *, eventual: bool = False) -> Rows:
        """Live objects linked from a group, in order of linking."""
        for object_id, serial in self.links[relation].rights(self.group(group_id).id).items():
            row = self._live(object_id)
            if row is not None and self.is_visible(row, eventual=eventual):
                yield serial, row

    def transitive_members(self, group_id: str) -> Rows:
        """Members of the group and of groups within it, each once."""
        return self._walk(self.group(group_id).id, self._member_ids)

    def groups_of(self, object_id: str) -> Rows:
        """Live groups an object is a direct member of."""
        for group_id, serial in self.links["members"].lefts(object_id).items():
            row = self.groups.get(group_id)
            if row is not None and self.is_visible(row):
                yield serial, row

    def transitive_groups_of(self, object_id: str) -> Rows:
        return self._walk(object_id, self._group_ids)

    def _member_ids(self, group_id: str) -> Iterable[str]:
        return self.links["members"].rights(group_id)

    def _group_ids(self, object_id: str) -> Iterable[str]:
        return self.links["members"].lefts(object_id)

    def _walk(self, start: str, step: Any) -> Rows:
        seen, queue = {start}, [start]
        for serial, at in enumerate(queue):
            row = self._live(at) if serial else None
            if row is not None and self.is_visible(row):
                yield serial, row
            fresh = [each for each in step(at) if each not in seen] if serial == 0 or row else []
            seen.update(fresh)
            queue.extend(fresh)

    def live_member_ids(self, group_id: str) -> list[str]:
        return [each for each in self.links["members"].rights(group_id) if self._live(each)]

    def live_object(self, object_id: str) -> Entity:
        """A live user or group, however fresh; KeyError on a bad id."""
        found = self._live(object_id)
        if found is None:
            raise KeyError(object_id)
        return found

    def shown(self, row: Entity, select: tuple[str, ...] | None) -> dict[str, Any]:
        """The row as a client sees it now."""
        document = row.document(select)
        if quirks.DESCRIPTION_IS_FILLED in self.quirks and row.kind == kinds.UNIFIED:
            age = self.context.clock.now() - row.born
            if "description" in document and not document["description"] and age > FILLED_AFTER_S:
                document["description"] = row.name
        return document

    def organization(self) -> dict[str, Any]:
        return {
            "id": self.registration.tenant_id,
            "deletedDateTime": None,
            "displayName": "Example",
            "tenantType": "AAD",
            "verifiedDomains": [
                {"name": name, "type": "Managed", "isDefault": not at, "isInitial": not at}
                for at, name in enumerate(self.domains)
            ],
        }

    def domain_documents(self) -> list[dict[str, Any]]:
        return [
            {
                "id": name,
                "authenticationType": "Managed",
                "isAdminManaged": True,
                "isDefault": not at,
                "isInitial": not at,
                "isRoot": True,
                "isVerified": True,
                "supportedServices": ["Email", "OfficeCommunicationsOnline"],
            }
            for at, name in enumerate(self.domains)
        ]

    # --- users -------------------------------------------------------------------------------

    def create_user(self, body: Mapping[str, Any], *, settled: bool = False) -> Entity:
        values = USER.check(body)
        USER.require(values)
        self._check_password(values.pop("passwordProfile"))
        self._check_nickname(values["mailNickname"], "User")
        self._check_upn(values["userPrincipalName"])
        values.setdefault("userType", "Member")
        return self._insert("user", values, settled=settled)

    def update_user(self, reference: str, body: Mapping[str, Any]) -> None:
        user = self.user(reference)
        values = USER.check(body)
        if user.is_synced and quirks.SYNCED_OBJECTS_ARE_READ_ONLY in self.quirks:
            raise errors.synced()
        if values.get("passwordProfile") is not None:
            self._check_password(values["passwordProfile"])
        values.pop("passwordProfile", None)
        for name in ("displayName", "userPrincipalName", "accountEnabled", "mailNickname"):
            if name in values and values[name] in (None, ""):
                raise errors.invalid_value(name, "User")
        if "mailNickname" in values:
            self._check_nickname(values["mailNickname"], "User")
        if "userPrincipalName" in values:
            self._check_upn(values["userPrincipalName"], own_id=user.id)
        self._change(self.users, user, values)

    def delete_user(self, reference: str) -> None:
        user = self.user(reference)
        if user.is_synced and quirks.SYNCED_OBJECTS_ARE_READ_ONLY in self.quirks:
            raise errors.synced()
        self._delete_softly(self.users, user)
        if quirks.DELETED_USERS_KEEP_MEMBERSHIPS not in self.quirks:
            self._unlink_all(user.id)

    def _check_password(self, profile: Any) -> None:
        password = profile.get("password") if isinstance(profile, dict) else None
        if not isinstance(password, str) or not isinstance(profile, dict):
            raise errors.invalid_value("passwordProfile", "User")
        if set(profile) - PASSWORD_PROFILE or not _is_strong(password):
            raise errors.weak_password()

    def _check_upn(self, upn: Any, own_id: str = "") -> None:
        if not isinstance(upn, str) or not UPN.fullmatch(upn):
            raise errors.invalid_value("userPrincipalName", "User")
        if upn.partition("@")[2].lower() not in self.domains:
            raise errors.unverified_domain()
        if any(row.id != own_id for row in self.users.find("userPrincipalName", upn.lower())):
            raise errors.duplicate("userPrincipalName")

    # --- groups ------------------------------------------------------------------------------

    def create_group(
        self,
        body: Mapping[str, Any],
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
        settled: bool = False,
    ) -> Entity:
        values = GROUP.check(body)
        GROUP.require(values)
        self._check_new_kind(values, roles)
        return self.put_group(values, body, settled=settled)

    def put_group(
        self, values: Mapping[str, Any], binds: Mapping[str, Any], *, settled: bool
    ) -> Entity:
        """A new group of any kind; which kinds the API may make is `create_group`'s to say."""
        self._check_nickname(values["mailNickname"], "Group")
        full = {**GROUP.defaults(), **values}
        kind = group_kind(full)
        self._check_group_names(full, kind)
        if kind == kinds.UNIFIED:
            full["visibility"] = full["visibility"] or "Public"
        if full["mailEnabled"]:
            full["mail"] = f"{full['mailNickname']}@{self.domains[0]}"
            full["proxyAddresses"] = [f"SMTP:{full['mail']}"]
        group = self._insert("group", full, settled=settled)
        self._bind(group, binds)
        return group

    def update_group(
        self,
        group_id: str,
        body: Mapping[str, Any],
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
    ) -> bool:
        """Whether the change is one of those that answer 200 and not 204."""
        group = self._group_to_update(group_id, body)
        self._check_writable(group, roles)
        values = GROUP.check(body)
        lonely = [name for name in body if name in ALONE]
        if lonely and len(body) > 1:
            raise errors.alone_in_request(lonely[0])
        self._check_changes(group, values)
        if any(name in body for name in BINDS):
            self._check_links_writable(group, roles)
            self._bind(group, body)
        self._change(self.groups, group, values)
        return bool(lonely)

    def _group_to_update(self, group_id: str, body: Mapping[str, Any]) -> Entity:
        is_bind = any(name in body for name in BINDS)
        if is_bind and quirks.BINDS_TO_FRESH_GROUPS_ARE_400 in self.quirks:
            fresh = self.groups.get(self._same_id(group_id))
            if fresh is not None and not self.is_visible(fresh):
                raise errors.fresh_source()
        return self.group(group_id)

    def upsert_group(
        self, unique_name: str, body: Mapping[str, Any], *, roles: frozenset[str], create: bool
    ) -> Entity | None:
        """The group made, or None where one of that uniqueName was updated."""
        found = self.group_named(unique_name)
        values = {name: value for name, value in body.items() if name != "uniqueName"}
        if found is not None:
            self.update_group(found.id, values, roles=roles)
            return None
        if not create:
            raise errors.not_found(unique_name)
        return self.create_group({**values, "uniqueName": unique_name}, roles=roles)

    def delete_group(
        self, group_id: str, *, roles: frozenset[str] = frozenset({ROLE_MANAGER})
    ) -> None:
        group = self.group(group_id)
        self._check_writable(group, roles, verb="Delete")
        self.remove_group(group.id)

    def remove_group(self, group_id: str) -> None:
        """Delete a group of any kind, softly where its kind allows."""
        group = self.groups.get(group_id)
        assert group is not None, "looked up by the caller"
        soft = group.kind == kinds.UNIFIED or (
            group.kind == kinds.SECURITY
            and not group.is_synced
            and quirks.SECURITY_GROUPS_SOFT_DELETE in self.quirks
        )
        if soft:
            self._delete_softly(self.groups, group)
        else:
            self.groups.drop(group.id)
            self._unlink_all(group.id)

    def _check_new_kind(self, values: Mapping[str, Any], roles: frozenset[str]) -> None:
        types = values.get("groupTypes") or []
        if set(types) - {"Unified", "DynamicMembership"}:
            raise errors.invalid_value("groupTypes", "Group")
        if "Unified" in types:
            if not values["mailEnabled"]:
                raise errors.invalid_value("mailEnabled", "Group")
        elif values["mailEnabled"] or not values["securityEnabled"]:
            raise errors.mail_group_write()
        if "DynamicMembership" in types and not values.get("membershipRule"):
            raise errors.denied()
        if values.get("isAssignableToRole") and ROLE_MANAGER not in roles:
            raise errors.denied()
        self._check_choices(values)

    def _check_choices(self, values: Mapping[str, Any]) -> None:
        for name, choices in CHOICES.items():
            if values.get(name) is not None and values[name] not in choices:
                raise errors.invalid_value(name, "Group")

    def _check_changes(self, group: Entity, values: Mapping[str, Any]) -> None:
        is_cleared = "displayName" in values and not values["displayName"]
        if is_cleared and quirks.NAME_CANNOT_BE_CLEARED in self.quirks:
            raise errors.invalid_value("displayName", "Group")
        if (
            values.get("isAssignableToRole", group.properties["isAssignableToRole"])
            != (group.properties["isAssignableToRole"])
        ):
            raise errors.read_only("isAssignableToRole")
        self._check_unique_name(group, values)
        self._check_choices(values)
        self._check_kind_kept(group, values)
        for name in ("mailNickname", "mailEnabled", "securityEnabled"):
            if name in values and values[name] is None:
                raise errors.invalid_value(name, "Group")
        if "mailNickname" in values:
            self._check_nickname(values["mailNickname"], "Group")
        self._check_group_names({**group.properties, **values}, group.kind, own_id=group.id)

    def _check_unique_name(self, group: Entity, values: Mapping[str, Any]) -> None:
        """It can be set once, and never on a role-assignable group."""
        old = group.properties["uniqueName"]
        if "uniqueName" not in values or values["uniqueName"] == old:
            return
        if group.properties["isAssignableToRole"]:
            raise errors.fixed_unique_name()
        if old is not None:
            raise errors.read_only("uniqueName")

    def _check_kind_kept(self, group: Entity, values: Mapping[str, Any]) -> None:
        changed = {**group.properties, **values}
        if set(changed["groupTypes"]) - {"Unified", "DynamicMembership"}:
            raise errors.invalid_value("groupTypes", "Group")
        if group_kind(changed) == group.kind:
            return
        if changed["mailEnabled"] and group.kind == kinds.SECURITY:
            raise errors.mail_group_write()
        raise errors.invalid_value(
            "groupTypes" if "groupTypes" in values else "mailEnabled", "Group"
        )

    def _check_nickname(self, nickname: Any, resource: str) -> None:
        strict = quirks.NICKNAME_IS_STRICT in self.quirks
        if not isinstance(nickname, str) or (strict and not NICKNAME.fullmatch(nickname)):
            raise errors.invalid_value("mailNickname", resource)

    def _check_group_names(self, values: Mapping[str, Any], kind: str, own_id: str = "") -> None:
        if values["uniqueName"] and self._taken("uniqueName", values, own_id):
            raise errors.duplicate_key()
        may_repeat = quirks.DISPLAY_NAMES_REPEAT in self.quirks
        if not may_repeat and self._taken("displayName", values, own_id):
            raise errors.conflict()
        mail = values["mailEnabled"]
        same = [
            row
            for row in self._taken("mailNickname", values, own_id)
            if (mail and row.properties["mailEnabled"])
            or quirks.SECURITY_NICKNAMES_REPEAT not in self.quirks
        ]
        reserved = kind == kinds.UNIFIED and quirks.DELETED_NICKNAME_IS_RESERVED in self.quirks
        if same or (reserved and self._nickname_in_bin(values["mailNickname"])):
            raise errors.duplicate("mailNickname")

    def _taken(self, index: str, values: Mapping[str, Any], own_id: str) -> list[Entity]:
        value = values[index]
        found = self.groups.find(index, value.lower()) if value else []
        return [row for row in found if row.id != own_id]

    def _nickname_in_bin(self, nickname: str) -> bool:
        found = self.bin.find("mailNickname", nickname.lower())
        return any(row.kind == kinds.UNIFIED for row in found)

    # --- what may be written -----------------------------------------------------------------

    def _check_writable(self, group: Entity, roles: frozenset[str], verb: str = "Update") -> None:
        if group.properties["onPremisesSyncEnabled"]:
            if quirks.SYNCED_OBJECTS_ARE_READ_ONLY in self.quirks:
                raise errors.synced()
        elif group.kind in READ_ONLY_KINDS and quirks.MAIL_GROUPS_ARE_READ_ONLY in self.quirks:
            raise errors.mail_group_change(verb)
        if group.properties["isAssignableToRole"] and ROLE_MANAGER not in roles:
            raise errors.denied()

    def _check_links_writable(self, group: Entity, roles: frozenset[str]) -> None:
        self._check_writable(group, roles)
        if group.properties["groupTypes"] and group.is_dynamic:
            misleads = quirks.DYNAMIC_REFUSAL_MISLEADS in self.quirks
            raise errors.denied() if misleads else errors.dynamic_members()

    # --- links -------------------------------------------------------------------------------

    def add_link(
        self,
        group_id: str,
        relation: str,
        object_id: str,
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
    ) -> None:
        """Make an object a member or owner of a group."""
        group = self.group(group_id)
        if relation == "members":
            self._check_links_writable(group, roles)
        else:
            self._check_writable(group, roles)
        self.link(group, relation, self.object(object_id))

    def link(self, group: Entity, relation: str, target: Entity) -> None:
        links = self.links[relation]
        self._check_may_join(group, relation, target)
        if links.has(group.id, target.id):
            raise errors.already_linked(relation)
        self._check_quota(group, relation, 1)
        links.link(group.id, target.id)

    def remove_link(
        self,
        group_id: str,
        relation: str,
        object_id: str,
        *,
        roles: frozenset[str] = frozenset({ROLE_MANAGER}),
    ) -> None:
        group = self.group(group_id)
        if relation == "members":
            self._check_links_writable(group, roles)
        else:
            self._check_writable(group, roles)
        self.unlink(group, relation, object_id)

    def unlink(self, group: Entity, relation: str, object_id: str) -> None:
        links, target_id = self.links[relation], self._same_id(object_id)
        if not links.has(group.id, target_id) or self._live(target_id) is None:
            absent = self._absent(object_id)
            as_400 = quirks.REMOVING_A_NON_MEMBER_IS_400 in self.quirks and absent.status == 404
            raise errors.not_linked(relation) if as_400 else absent
        last = relation == "owners" and len(links.rights(group.id)) == 1
        if last and group.kind == kinds.UNIFIED:
            raise errors.last_owner()
        links.unlink(group.id, target_id)

    def delete_member_object(self, group_id: str, object_id: str) -> None:
        """What DELETE on a member without /$ref does: the object itself goes."""
        group = self.group(group_id)
        if quirks.DELETE_WITHOUT_REF_DELETES not in self.quirks:
            raise errors.not_contained()
        target = self.object(object_id)
        if not self.links["members"].has(group.id, target.id):
            raise errors.not_found(object_id)
        if target.type == "user":
            self.delete_user(target.id)
        else:
            self.delete_group(target.id)

    def _check_may_join(self, group: Entity, relation: str, target: Entity) -> None:
        if target.type != "user":
            if target.id == group.id or relation == "owners":
                raise errors.bad_reference(relation)
            nested = kinds.UNIFIED in (group.kind, target.kind)
            if nested and quirks.NESTING_IS_LIMITED in self.quirks:
                raise errors.bad_reference(relation)
            return
        properties = target.properties
        if not properties["accountEnabled"] and quirks.DISABLED_USERS_MAY_JOIN not in self.quirks:
            raise errors.bad_reference(relation)
        is_guest = group.kind == kinds.UNIFIED and properties["userType"] == "Guest"
        if is_guest and not self.settings["guests_may_join"]:
            raise errors.guests_refused()

    def _check_quota(self, group: Entity, relation: str, added: int) -> None:
        quota = self.settings[QUOTAS[relation]]
        wanted = len(self.links[relation].rights(group.id)) + added
        if quota is not None and wanted > quota:
            raise errors.link_quota(wanted, quota, relation)

    def _bind(self, group: Entity, body: Mapping[str, Any]) -> None:
        """Add the objects of the bind arrays: all, or with the quirk off those that can be."""
        wanted = {name: bound_ids(body, name) for name in BINDS}
        if quirks.TWENTY_LINKS in self.quirks and sum(map(len, wanted.values())) > MAX_LINKS:
            raise errors.too_many_links()
        for name, ids in wanted.items():
            relation = name.partition("@")[0]
            if quirks.OWNER_QUOTA_BEFORE_DUPLICATES in self.quirks and relation == "owners" and ids:
                self._check_quota(group, relation, len(ids))
            if quirks.BIND_IS_ALL_OR_NOTHING in self.quirks:
                self._bind_all(group, relation, ids)
            else:
                self._bind_some(group, relation, ids)

    def _bind_all(self, group: Entity, relation: str, ids: Sequence[str]) -> None:
        targets = [self.object(object_id) for object_id in ids]
        seen: set[str] = set()
        for target in targets:
            if target.id in seen:
                raise errors.linked_twice(target.resource, target.id, group.id)
            seen.add(target.id)
        for target in targets:
            self.link(group, relation, target)

    def _bind_some(self, group: Entity, relation: str, ids: Sequence[str]) -> None:
        for object_id in ids:
            try:
                self.link(group, relation, self.object(object_id))
            except ApiError as refused:
                if refused.status not in (400, 404):
                    raise

    # --- the recycle bin ---------------------------------------------------------------------

    def deleted(self, type_name: str) -> Iterator[tuple[int, Entity]]:
        self._sweep()
        return ((row.serial, row) for row in self.bin if row.type == type_name)

    def deleted_object(self, object_id: str) -> Entity:
        self._sweep()
        found = self.bin.get(self._same_id(object_id))
        if found is None:
            raise self._absent(object_id)
        return found

    def restore(self, object_id: str, new_upn: str | None = None) -> Entity:
        row = self.deleted_object(object_id)
        values = dict(row.properties)
        if row.type == "user":
            values["userPrincipalName"] = new_upn or values["userPrincipalName"]
            self._check_upn(values["userPrincipalName"])
        self.bin.drop(row.id)
        if row.type == "group":
            self._check_group_names(values, row.kind)
        live = replace(
            row, properties=values, deleted_at=None, serial=self.context.store.next_serial()
        )
        (self.users if row.type == "user" else self.groups).put(row.id, live)
        return live

    def purge(self, object_id: str) -> None:
        self._purge(self.deleted_object(object_id))

    def _purge(self, row: Entity) -> None:
        self.bin.drop(row.id)
        self._unlink_all(row.id)

    def _sweep(self) -> None:
        """Purge what has been in the bin for its 30 days; the oldest stands first."""
        limit = self.context.clock.now() - BIN_DAYS * 86400
        while (row := next(iter(self.bin), None)) is not None:
            if row.deleted_at is None or row.deleted_at > limit:
                return
            self._purge(row)

    # --- rows --------------------------------------------------------------------------------

    def _insert(self, type_name: str, values: Mapping[str, Any], *, settled: bool) -> Entity:
        if len(self.users) + len(self.groups) >= self.settings["object_quota"]:
            raise errors.object_quota()
        object_id, now = self.context.chance.guid(), self.context.clock.now()
        full = {**(USER if type_name == "user" else GROUP).defaults(), **values}
        full["id"] = object_id
        full["createdDateTime"] = timestamp(now)
        full["securityIdentifier"] = security_identifier(object_id)
        if type_name == "group":
            full["renewedDateTime"] = full["createdDateTime"]
            full["createdByAppId"] = self.registration.client_id
            full["organizationId"] = self.registration.tenant_id
        row = Entity(
            id=object_id,
            type=type_name,
            kind="user" if type_name == "user" else group_kind(full),
            properties=full,
            serial=self.context.store.next_serial(),
            born=float("-inf") if settled else now,
        )
        (self.users if type_name == "user" else self.groups).put(object_id, row)
        return row

    def _change(self, table: Table[str, Entity], row: Entity, values: Mapping[str, Any]) -> None:
        if values:
            table.put(row.id, replace(row, properties={**row.properties, **values}))

    def _delete_softly(self, table: Table[str, Entity], row: Entity) -> None:
        self._sweep()
        table.drop(row.id)
        serial = self.context.store.next_serial()
        self.bin.put(row.id, replace(row, deleted_at=self.context.clock.now(), serial=serial))

    def _unlink_all(self, object_id: str) -> None:
        for links in self.links.values():
            links.unlink_all(object_id)


BINDS = ("members@odata.bind", "owners@odata.bind")
QUOTAS = {"members": "member_quota", "owners": "owner_quota"}
READ_ONLY_KINDS = (kinds.MAIL_SECURITY, kinds.DISTRIBUTION)
CHOICES = {
    "visibility": ("Public", "Private", "HiddenMembership"),
    "membershipRuleProcessingState": ("On", "Paused"),
}
PASSWORD_PROFILE = {
    "password",
    "forceChangePasswordNextSignIn",
    "forceChangePasswordNextSignInWithMfa",
}


def reference_id(url: Any) -> str:
    """The object id a reference URL ends in; host and version do not matter."""
    if not isinstance(url, str) or not url:
        raise errors.bad_url()
    return url.rstrip("/").rpartition("/")[2]


def bound_ids(body: Mapping[str, Any], name: str) -> list[str]:
    urls = body.get(name, [])
    if not isinstance(urls, list):
        raise errors.invalid_value(name, "Group")
    return [reference_id(url) for url in urls]


def _lowered(name: str) -> Any:
    def value(row: Entity) -> str | None:
        text = row.properties.get(name)
        return text.lower() if text else None

    return value


def _is_strong(password: str) -> bool:
    """Length 8 to 256 and three of four kinds of characters."""
    found = (
        any(c.islower() for c in password),
        any(c.isupper() for c in password),
        any(c.isdigit() for c in password),
        any(not c.isalnum() for c in password),
    )
    return 8 <= len(password) <= 256 and sum(found) >= 3


def _secret(context: Context) -> str:
    return f"{context.chance.text(3)}8Q~{context.chance.text(34)}"


def _looked_up(source: Table[str, Entity], index: str, value: str) -> list[Entity]:
    if index == "id":
        return [row for row in (source.get(value),) if row]
    return source.find(index, value)
