"""Members and owners of groups: who may join, who may leave, and how many at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.error import ApiError
from . import entity as kinds
from . import errors, quirks
from .entity import Entity
from .records import Records

MAX_LINKS = 20
ROLE_MANAGER = "RoleManagement.ReadWrite.Directory"
BINDS = MEMBERS, OWNERS = "members@odata.bind", "owners@odata.bind"
QUOTAS = {"members": "member_quota", "owners": "owner_quota"}
READ_ONLY_KINDS = (kinds.MAIL_SECURITY, kinds.DISTRIBUTION)


class LinkRules(Records):
    """What may be linked to a group, and by whom."""

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
            raise self._members_are_dynamic()

    def _members_are_dynamic(self) -> ApiError:
        misleads = quirks.DYNAMIC_REFUSAL_MISLEADS in self.quirks
        return errors.denied() if misleads else errors.dynamic_members()

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

    def link_all(self, group: Entity, relation: str, targets: Sequence[Entity]) -> None:
        """As `link` with each of them; one that may not refuses them all."""
        new = {target.id: target for target in targets}
        if len(new) < len(targets) or new.keys() & self.links[relation].rights(group.id).keys():
            raise errors.already_linked(relation)
        for target in targets:
            self._check_may_join(group, relation, target)
        self._check_quota(group, relation, len(targets))
        self.links[relation].link_all(group.id, new)

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
        links, target_id = self.links[relation], self.same_id(object_id)
        target = self.live(target_id)
        if target is None or not links.has(group.id, target_id):
            absent = self.absent(object_id)
            as_400 = quirks.REMOVING_A_NON_MEMBER_IS_400 in self.quirks and absent.status == 404
            raise errors.not_linked(relation) if as_400 else absent
        last = relation == "owners" and len(links.rights(group.id)) == 1
        if last and group.kind == kinds.UNIFIED:
            raise errors.last_owner()
        self.cut(relation, group.id, target_id, target.type)

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


def reference_id(url: Any) -> str:
    """The object id a reference URL ends in; host and version do not matter."""
    if not isinstance(url, str) or not url:
        raise errors.bad_url()
    return url.rstrip("/").rpartition("/")[2]


def bound_ids(body: Mapping[str, Any], name: str) -> list[str]:
    """The object ids of one bind array."""
    urls = body.get(name, [])
    if not isinstance(urls, list):
        raise errors.invalid_value(name, "Group")
    return [reference_id(url) for url in urls]
