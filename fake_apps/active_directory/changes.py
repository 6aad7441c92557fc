"""add, modify, modifyDN, delete: each all or nothing, each asked of one account's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import dn as names
from . import errors, quirks, schema
from .dit import Dit, Draft, file_time
from .dn import BadDn, Rdn
from .entry import (
    DISABLED,
    NEVER,
    NORMAL_ACCOUNT,
    PASSWORD_NOT_REQUIRED,
    USER_CLASSES,
    Entry,
    group_type_of,
    signed,
)
from .members import MemberDraft, Membership, valid_group_type
from .schema import Attribute, ObjectClass, Writer
from .security import Security
from .values import (
    MAX_VALUES,
    Checker,
    Modification,
    Values,
    is_legal_account_name,
    modify,
    read_password,
)

PERMISSIVE_MODIFY = "1.2.840.113556.1.4.1413"
SHOW_DELETED = "1.2.840.113556.1.4.417"
SHOW_RECYCLED = "1.2.840.113556.1.4.2064"
TREE_DELETE = "1.2.840.113556.1.4.805"

_UNDELETE_ATTRIBUTES = {"isdeleted", "distinguishedname"}
_KEPT_ON_TOMBSTONE = ("sAMAccountName", "groupType", "userAccountControl", "primaryGroupID")
_USER_DEFAULTS = {
    "userAccountControl": (str(NORMAL_ACCOUNT | PASSWORD_NOT_REQUIRED | DISABLED),),
    "pwdLastSet": ("0",),
    "primaryGroupID": ("513",),
    "accountExpires": (NEVER,),
    "badPwdCount": ("0",),
    "codePage": ("0",),
    "countryCode": ("0",),
    "badPasswordTime": ("0",),
    "lastLogoff": ("0",),
    "lastLogon": ("0",),
    "logonCount": ("0",),
}
_ACCOUNT_NAME_LIMIT = {"group": 256, "user": 20, "computer": 20}
_PRINCIPALS = USER_CLASSES | {"group"}


class Changes:
    """Every way a client can change the directory."""

    def __init__(self, dit: Dit, security: Security, membership: Membership) -> None:
        self._dit = dit
        self._security = security
        self._membership = membership
        self._checker = Checker(dit)

    # --- add ---------------------------------------------------------------------------------

    def add(self, who: str | None, dn: str, attributes: Mapping[str, Sequence[str]]) -> Entry:
        """Create one object, its members too, in one step."""
        name = self._new_name(dn)
        object_class = _object_class(attributes)
        if object_class.rdn != name[0].attribute:
            raise errors.naming_violation()
        parent = self._parent(name)
        if parent.kind not in object_class.parents:
            raise errors.naming_violation()
        if not self._security.may_create(who, object_class.name, parent):
            raise errors.no_rights()
        self._check_name_free(parent, name[0])
        return self._create(object_class, name[0], parent, attributes)

    def _new_name(self, dn: str) -> names.Dn:
        try:
            name = names.parse(dn.strip())
        except BadDn as error:
            raise errors.bad_name(dn) from error
        if not name:
            raise errors.naming_violation()
        return name

    def _parent(self, name: names.Dn) -> Entry:
        parent = self._dit.find(name[1:])
        if parent is None or parent.deleted:
            raise self._dit.missing(names.Reference("dn", name))
        return parent

    def _check_name_free(self, parent: Entry, rdn: Rdn, mover: Entry | None = None) -> None:
        limit = 64
        if len(rdn.value) > limit:
            raise errors.too_long("ou" if rdn.attribute == "OU" else "cn", len(rdn.value))
        holder = self._dit.child(parent.guid, rdn)
        if holder and (mover is None or holder.guid != mover.guid):
            raise errors.entry_exists()

    def _create(
        self,
        object_class: ObjectClass,
        rdn: Rdn,
        parent: Entry,
        attributes: Mapping[str, Sequence[str]],
    ) -> Entry:
        values, members, password = self._read_new(object_class, rdn, attributes)
        kind, domain = object_class.name, parent.domain
        self._fill_defaults(kind, values, domain)
        self._check_new(kind, domain, values, password)
        sid = self._dit.next_sid(domain) if kind in _PRINCIPALS else None
        draft = Draft(kind, rdn, parent.guid, domain, values, sid, password)
        made = self._dit.insert(draft)
        if members:
            joined = MemberDraft(made)
            self._membership.add(joined, members)
            self._membership.apply(joined)
        return made

    def _read_new(
        self, object_class: ObjectClass, rdn: Rdn, attributes: Mapping[str, Sequence[str]]
    ) -> tuple[Values, tuple[str, ...], str]:
        values: Values = {}
        members: tuple[str, ...] = ()
        password = ""
        for name, given in attributes.items():
            attribute = _known(name)
            _check_class(object_class.name, attribute)
            match attribute.writer:
                case Writer.CLASS:
                    continue
                case Writer.RDN:
                    _check_rdn_value(rdn, given)
                case Writer.LINK:
                    members = tuple(given)
                case Writer.PASSWORD:
                    password = read_password(_only(attribute, given))
                case Writer.CLIENT:
                    values[attribute.name] = self._read_scalar(attribute, given)
                case refused:
                    raise _unwritable(attribute, refused)
        return values, members, password

    def _read_scalar(self, attribute: Attribute, given: Sequence[str]) -> tuple[str, ...]:
        if not given:
            raise errors.bad_value()
        if attribute.single and len(given) > 1:
            raise errors.several_values(attribute.name)
        return self._checker.checked(attribute, tuple(given))

    def _fill_defaults(self, kind: str, values: Values, domain: str) -> None:
        if kind == "group":
            values.setdefault("groupType", (str(group_type_of("global security")),))
        if kind in USER_CLASSES:
            for name, default in _USER_DEFAULTS.items():
                values.setdefault(name, default)
        if kind in _PRINCIPALS:
            values.setdefault("sAMAccountName", (self._invented_name(domain),))

    def _invented_name(self, domain: str) -> str:
        """What the server calls an object whose creator gave no sAMAccountName."""
        chance, capitals = self._dit.context.chance, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        while True:
            name = f"${chance.text(6, capitals)}-{chance.text(12, capitals)}"
            if not self._dit.entries.find("account_name", (domain, name.casefold())):
                return name

    def _check_new(self, kind: str, domain: str, values: Values, password: str) -> None:
        self._check_unique(kind, domain, values, "")
        if kind == "group":
            _check_group_type(values)
        if kind in USER_CLASSES:
            _check_enabled(values, password)
        if password:
            values["pwdLastSet"] = (file_time(self._dit.context.clock.now()),)
        _check_count(values)

    # --- modify ------------------------------------------------------------------------------

    def modify(
        self,
        who: str | None,
        dn: str,
        changes: Sequence[Modification],
        controls: frozenset[str] = frozenset(),
    ) -> Entry:
        """Change several attributes of one object: all of it or nothing."""
        entry = self._dit.resolve(dn, show_deleted=SHOW_DELETED in controls)
        if entry.deleted:
            return self._undelete(who, entry, changes)
        work = _Work(entry, dict(entry.attributes), MemberDraft(entry), entry.password)
        for change in changes:
            self._apply(who, work, change, permissive=PERMISSIVE_MODIFY in controls)
        return self._finish(work)

    def _apply(
        self, who: str | None, work: "_Work", change: Modification, *, permissive: bool
    ) -> None:
        attribute = _known(change.attribute)
        self._check_writable(who, work.entry, attribute)
        if attribute.writer is Writer.LINK:
            self._apply_members(work.members, change, permissive=permissive)
        elif attribute.writer is Writer.PASSWORD:
            work.password = read_password(_only(attribute, change.values))
            work.values["pwdLastSet"] = (file_time(self._dit.context.clock.now()),)
        else:
            checked = self._checker.checked(attribute, change.values)
            _refuse_nothing(change)
            read = Modification(change.op, attribute.name, checked)
            modify(work.values, attribute, read, permissive=permissive)

    def _check_writable(self, who: str | None, entry: Entry, attribute: Attribute) -> None:
        if attribute.writer is Writer.CLASS:
            raise errors.object_class("00002014")
        if attribute.writer is Writer.RDN:
            raise errors.not_on_rdn()
        if attribute.writer not in (Writer.CLIENT, Writer.LINK, Writer.PASSWORD):
            raise _unwritable(attribute, attribute.writer)
        _check_class(entry.kind, attribute)
        if not self._security.may_write(who, entry, attribute.name):
            raise errors.no_rights()

    def _apply_members(self, draft: MemberDraft, change: Modification, *, permissive: bool) -> None:
        rules = self._membership
        match change.op:
            case "add" if change.values:
                rules.add(draft, change.values, permissive=permissive)
            case "add":
                raise errors.bad_value()
            case "replace":
                rules.replace(draft, change.values)
            case "delete" if change.values:
                rules.remove(draft, change.values, permissive=permissive)
            case "delete":
                rules.clear(draft, permissive=permissive)

    def _finish(self, work: "_Work") -> Entry:
        """The rules that look at the object as a whole; then write, if anything changed."""
        before, values = work.entry, work.values
        if values != before.attributes or work.password != before.password:
            self._check_changed(before, values, work.password)
        after = replace(before, attributes=values, password=work.password)
        if before.is_group and before.group_type != after.group_type:
            self._membership.check_conversion(before, after)
        if after == before and not work.members.is_changed:
            return before
        self._membership.apply(work.members)
        return self._dit.update(after)

    def _check_changed(self, before: Entry, values: Values, password: str) -> None:
        self._check_unique(before.kind, before.domain, values, before.guid)
        if before.is_group:
            _check_group_type(values)
        if before.is_user:
            self._check_primary_group(before, values)
            _check_enabled(values, password)
        _check_count(values)

    def _check_primary_group(self, before: Entry, values: Values) -> None:
        rid = values.get("primaryGroupID", ("",))[0]
        if rid == before.first("primaryGroupID"):
            return
        groups = self._dit.groups_of(before.guid)
        if not any(group.rid == rid and group.domain == before.domain for group in groups):
            raise errors.unwilling("00000561", "031A11E5")

    def _check_unique(self, kind: str, domain: str, values: Values, own: str) -> None:
        if kind in _PRINCIPALS:
            self._check_account_name(kind, domain, values, own)
        principal = values.get("userPrincipalName", ("",))[0].casefold()
        for holder in self._dit.entries.find("principal_name", principal) if principal else ():
            if holder.guid != own:
                raise errors.principal_name_taken()

    def _check_account_name(self, kind: str, domain: str, values: Values, own: str) -> None:
        name = values.get("sAMAccountName", ("",))[0]
        is_own = own and self._dit.entry(own).first("sAMAccountName") == name
        if not is_own and not is_legal_account_name(name, _ACCOUNT_NAME_LIMIT[kind]):
            other = quirks.BAD_ACCOUNT_NAME_OTHER in self._dit.context.quirks
            raise errors.bad_account_name(80 if other else 19)
        for holder in self._dit.entries.find("account_name", (domain, name.casefold())):
            if holder.guid != own:
                raise errors.account_name_taken(by_group=holder.is_group)

    # --- modifyDN ----------------------------------------------------------------------------

    def modify_dn(
        self,
        who: str | None,
        dn: str,
        newrdn: str,
        new_superior: str | None = None,
        *,
        delete_old_rdn: bool = True,
    ) -> Entry:
        """Rename, move, or both in one step."""
        entry = self._dit.resolve(dn)
        rdn = self._new_rdn(entry, newrdn)
        if not delete_old_rdn:
            raise errors.keeps_old_name()
        if entry.critical or entry.parent is None:
            raise errors.system_object()
        parent = self._new_parent(entry, new_superior)
        self._check_move(who, entry, parent)
        self._check_name_free(parent, rdn, entry)
        renamed = replace(entry, rdn=rdn, parent=parent.guid)
        if quirks.ACCOUNT_NAME_STAYS not in self._dit.context.quirks and entry.is_group:
            renamed = self._with_account_name(renamed, rdn.value)
        return self._dit.update(renamed)

    def _new_rdn(self, entry: Entry, newrdn: str) -> Rdn:
        try:
            rdn = names.parse_rdn(newrdn)
        except BadDn as error:
            raise errors.bad_name(newrdn) from error
        if rdn.attribute != entry.rdn.attribute:
            raise errors.naming_violation()
        return rdn

    def _new_parent(self, entry: Entry, new_superior: str | None) -> Entry:
        if new_superior is None:
            return self._dit.entry(entry.parent or "")
        try:
            found = self._dit.follow(names.reference(new_superior))
        except BadDn as error:
            raise errors.bad_name(new_superior) from error
        if found is None or found.deleted:
            if quirks.MOVE_TO_MISSING_IS_80 in self._dit.context.quirks:
                raise errors.parent_missing_on_move()
            raise self._dit.missing(names.reference(new_superior))
        return found

    def _check_move(self, who: str | None, entry: Entry, parent: Entry) -> None:
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
        self._check_unique(entry.kind, entry.domain, values, entry.guid)
        return replace(entry, attributes=values)

    # --- delete ------------------------------------------------------------------------------

    def delete(self, who: str | None, dn: str, controls: frozenset[str] = frozenset()) -> None:
        """Delete one object, or with the control the tree below it; tombstones remain."""
        entry = self._dit.resolve(dn)
        if entry.critical or entry.parent is None:
            raise errors.system_object()
        if entry.protected:
            raise errors.delete_denied()
        if not self._security.may_delete(who, entry):
            raise errors.no_rights()
        if TREE_DELETE not in controls and self._dit.children(entry.guid):
            raise errors.not_on_non_leaf()
        self._delete_tree(entry, top=True)

    def _delete_tree(self, entry: Entry, *, top: bool = False) -> None:
        ignores = quirks.TREE_DELETE_IGNORES_PROTECTION in self._dit.context.quirks
        if entry.protected and not top and not ignores:
            raise errors.delete_denied()
        if entry.critical:
            raise errors.system_object()
        for child in self._dit.children(entry.guid):
            self._delete_tree(child)
        self._bury(entry)

    def _bury(self, entry: Entry) -> None:
        """Leave a tombstone; links vanish from both ends."""
        recycle_bin = self._dit.context.settings["recycle_bin"]
        if recycle_bin:
            self._keep_links(entry)
        self._dit.members.unlink_all(entry.guid)
        kept = dict(entry.attributes)
        if not recycle_bin:
            kept = {name: kept[name] for name in _KEPT_ON_TOMBSTONE if name in kept}
        rdn = Rdn(entry.rdn.attribute, f"{entry.rdn.value}\nDEL:{entry.guid}")
        graveyard = self._dit.container(entry.domain, "CN=Deleted Objects")
        buried = replace(
            entry,
            rdn=rdn,
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
        """Set or take away the two deny entries of "protect object from accidental deletion"."""
        self._dit.update(replace(entry, protected=protected))

    # --- undelete ----------------------------------------------------------------------------

    def _undelete(self, who: str | None, entry: Entry, changes: Sequence[Modification]) -> Entry:
        """Delete `isDeleted` and replace `distinguishedName`, in one modify."""
        by_name = {change.attribute.lower(): change for change in changes}
        if set(by_name) != _UNDELETE_ATTRIBUTES or by_name["isdeleted"].op != "delete":
            raise errors.deleted_object()
        if not self._security.is_admin(who):
            raise errors.no_rights()
        name = self._new_name(
            _only(schema.ATTRIBUTES["distinguishedname"], by_name["distinguishedname"].values)
        )
        return self.raise_dead(entry, name)

    def raise_dead(self, entry: Entry, name: names.Dn) -> Entry:
        """Bring a tombstone back under that name, with what the recycle bin has kept."""
        parent = self._parent(name)
        if name[0].attribute != entry.rdn.attribute or parent.domain != entry.domain:
            raise errors.naming_violation()
        self._check_name_free(parent, name[0])
        values = dict(entry.attributes)
        if entry.is_user and not self._dit.context.settings["recycle_bin"]:
            values = {**_USER_DEFAULTS, **values, "userAccountControl": ("546",)}
        self._check_unique(entry.kind, entry.domain, values, entry.guid)
        raised = replace(
            entry,
            rdn=name[0],
            parent=parent.guid,
            attributes=values,
            deleted=False,
            last_parent=None,
        )
        self._restore_links(raised)
        return self._dit.update(raised)

    def _restore_links(self, entry: Entry) -> None:
        pairs = [(entry.guid, right) for right in self._dit.kept_members.rights(entry.guid)]
        pairs += [(left, entry.guid) for left in self._dit.kept_members.lefts(entry.guid)]
        for group, member in pairs:
            other = self._dit.entry(member if group == entry.guid else group)
            if not other.deleted:
                self._dit.kept_members.unlink(group, member)
                self._dit.members.link(group, member)


class _Work:
    """One modify in progress."""

    def __init__(self, entry: Entry, values: Values, members: MemberDraft, password: str) -> None:
        self.entry = entry
        self.values = values
        self.members = members
        self.password = password


# --- rules that need no directory ------------------------------------------------------------


def _object_class(attributes: Mapping[str, Sequence[str]]) -> ObjectClass:
    given = next((v for name, v in attributes.items() if name.lower() == "objectclass"), ())
    try:
        found = schema.structural(tuple(given))
    except KeyError as error:
        raise errors.unknown_attribute() from error
    if found is None:
        raise errors.object_class("0000207B")
    if found.name not in schema.CREATABLE:
        raise errors.system_object()
    return found


def _known(name: str) -> Attribute:
    attribute = schema.attribute(name)
    if attribute is None:
        raise errors.unknown_attribute()
    return attribute


def _check_class(kind: str, attribute: Attribute) -> None:
    if attribute.classes and kind not in attribute.classes:
        raise errors.not_in_class(attribute.name)


def _check_rdn_value(rdn: Rdn, given: Sequence[str]) -> None:
    if len(given) != 1 or given[0].casefold() != rdn.value.casefold():
        raise errors.naming_violation()


def _only(attribute: Attribute, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise errors.several_values(attribute.name)
    return values[0]


def _refuse_nothing(change: Modification) -> None:
    """An add of no values is no modification at all."""
    if change.op == "add" and not change.values:
        raise errors.bad_value()


def _unwritable(attribute: Attribute, writer: Writer) -> errors.LdapError:
    if writer in (Writer.SAM, Writer.BACK_LINK):
        return errors.back_link()
    return errors.system_only(attribute.name)


def _check_group_type(values: Values) -> None:
    """One scope and the security bit only; stored signed, whatever was sent."""
    value = int(values.get("groupType", ("0",))[0])
    if not valid_group_type(value):
        raise errors.bad_group_type()
    values["groupType"] = (signed(value),)


def _check_enabled(values: Values, password: str) -> None:
    """An enabled account needs a password, or the flag that it needs none."""
    control = int(values.get("userAccountControl", ("0",))[0])
    if not password and not control & (DISABLED | PASSWORD_NOT_REQUIRED):
        raise errors.password_needed()


def _check_count(values: Values) -> None:
    if sum(map(len, values.values())) > MAX_VALUES:
        raise errors.too_many_values()
