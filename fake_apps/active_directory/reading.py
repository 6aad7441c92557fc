"""What an object looks like to a reader: stored, computed and linked attributes."""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from . import errors, quirks, schema, sid
from .controls import SHOW_ALL
from .dit import Dit, generalized_time
from .entry import DOMAIN_LOCAL, KEPT_WHEN_DELETED, Entry
from .schema import Attribute

Attributes = dict[str, list[str]]
ExtendedDn = Literal["", "hex", "text"]
_RANGE = re.compile(r"range=(\d{1,9})-(\d{1,9}|\*)\Z", re.IGNORECASE)
_SAM_USER, _SAM_COMPUTER = "805306368", "805306369"
_SAM_GLOBAL, _SAM_LOCAL = 0x10000000, 0x20000000


class Reader:
    """Answers the values of any attribute of any object."""

    def __init__(self, dit: Dit) -> None:
        self._dit = dit
        self._computed: dict[str, Callable[[Entry], Iterable[str]]] = {
            "objectClass": self._object_class,
            "name": lambda entry: (entry.rdn.value,),
            "cn": lambda entry: (entry.rdn.value,) if entry.rdn.attribute == "CN" else (),
            "ou": lambda entry: (entry.rdn.value,) if entry.rdn.attribute == "OU" else (),
            "dc": lambda entry: (entry.rdn.value,) if entry.rdn.attribute == "DC" else (),
            "distinguishedName": lambda entry: (dit.dn_of(entry),),
            "instanceType": lambda entry: ("4" if entry.parent else "5",),
            "whenCreated": lambda entry: (generalized_time(entry.created),),
            "whenChanged": lambda entry: (generalized_time(entry.changed),),
            "createTimeStamp": lambda entry: (generalized_time(entry.created),),
            "modifyTimeStamp": lambda entry: (generalized_time(entry.changed),),
            "uSNCreated": lambda entry: (str(entry.usn_created),),
            "uSNChanged": lambda entry: (str(entry.usn_changed),),
            "objectGUID": lambda entry: (entry.guid,),
            "objectSid": lambda entry: (entry.sid,) if entry.sid else (),
            "objectCategory": self._object_category,
            "sAMAccountType": _account_type,
            "isRecycled": lambda entry: ("TRUE",) if dit.is_recycled(entry) else (),
            "isDeleted": lambda entry: ("TRUE",) if entry.deleted else (),
            "isCriticalSystemObject": lambda entry: ("TRUE",) if entry.critical else (),
            "lastKnownParent": self._last_known_parent,
            "member": lambda entry: map(self._dn, self.member_guids(entry)),
            "memberOf": lambda entry: map(self._dn, self.group_guids(entry)),
            "primaryGroupToken": lambda entry: (entry.rid,) if entry.is_group else (),
            "canonicalName": self._canonical_name,
            "tokenGroups": self._token_groups,
            "msDS-PrincipalName": self._principal_name,
            "unicodePwd": lambda _entry: (),
            "subSchemaSubEntry": lambda _entry: (f"CN=Aggregate,{dit.schema_dn}",),
        }

    # --- one attribute -----------------------------------------------------------------------

    def values(self, entry: Entry, attribute: Attribute) -> Sequence[str]:
        """All values, as a client sees them."""
        computed = self._computed.get(attribute.name)
        if computed:
            return tuple(computed(entry))
        if entry.deleted and self._is_stripped(entry, attribute):
            return ()
        stored = entry.attributes.get(attribute.name, ())
        return self._shown(stored) if attribute.syntax == "dn" else stored

    def _is_stripped(self, entry: Entry, attribute: Attribute) -> bool:
        return attribute.name not in KEPT_WHEN_DELETED and self._dit.is_recycled(entry)

    def has(self, entry: Entry, attribute: Attribute) -> bool:
        """Whether there is any value."""
        if attribute.name == "member":
            return bool(self.member_guids(entry))
        return bool(self.values(entry, attribute))

    def lists(self, group: Entry, member: Entry) -> bool:
        """Whether `member` of the group lists that object."""
        if self._dit.members.has(group.guid, member.guid):
            return True
        if quirks.PRIMARY_GROUP_UNLISTED in self._dit.context.quirks or not group.is_group:
            return False
        return member.domain == group.domain and member.first("primaryGroupID") == group.rid

    def member_guids(self, group: Entry) -> list[str]:
        """Who `member` lists, in order of joining."""
        listed = list(self._dit.members.rights(group.guid))
        if not group.is_group or quirks.PRIMARY_GROUP_UNLISTED in self._dit.context.quirks:
            return listed
        primary = self._dit.primary_members_of(group)
        return listed + [one.guid for one in primary if one.guid not in listed]

    def group_guids(self, entry: Entry) -> list[str]:
        """What `memberOf` lists, in order of joining."""
        listed = list(self._dit.members.lefts(entry.guid))
        if quirks.PRIMARY_GROUP_UNLISTED in self._dit.context.quirks:
            return listed
        primary = self._dit.primary_group_of(entry)
        return [*listed, primary.guid] if primary else listed

    def _dn(self, guid: str) -> str:
        return self._dit.dn_of(self._dit.entry(guid))

    def _shown(self, guids: Iterable[str]) -> tuple[str, ...]:
        """References to deleted objects are not shown."""
        return tuple(self._dn(guid) for guid in guids if not self._dit.entry(guid).deleted)

    def _object_class(self, entry: Entry) -> tuple[str, ...]:
        return schema.CLASSES[entry.kind.lower()].chain

    def _object_category(self, entry: Entry) -> tuple[str, ...]:
        """Deleted objects have none, and are found by their class."""
        if entry.deleted and not entry.critical:
            return ()
        category = schema.CATEGORIES[entry.kind.lower()]
        return (f"CN={category},{self._dit.schema_dn}",)

    def _last_known_parent(self, entry: Entry) -> tuple[str, ...]:
        return (self._dn(entry.last_parent),) if entry.last_parent else ()

    def _canonical_name(self, entry: Entry) -> tuple[str, ...]:
        steps = [entry, *self._dit.ancestors(entry)]
        path = "/".join(step.rdn.value for step in reversed(steps[:-1]))
        return (f"{self._dit.domain_of(entry).dns}/{path}",)

    def _principal_name(self, entry: Entry) -> tuple[str, ...]:
        name = entry.first("sAMAccountName")
        return (f"{self._dit.domain_of(entry).netbios}\\{name}",) if name else ()

    def _token_groups(self, entry: Entry) -> tuple[str, ...]:
        groups = [self._dit.entry(guid) for guid in self._dit.all_groups_of(entry.guid)]
        primary = self._dit.primary_group_of(entry)
        found = groups + ([primary] if primary else [])
        return tuple(sorted(group.sid for group in found if group.sid and group.is_security))

    # --- a whole object ----------------------------------------------------------------------

    def selection(
        self, wanted: Sequence[str], *, extended_dn: ExtendedDn = "", is_alone: bool = True
    ) -> Callable[[Entry], Attributes]:
        """Reads the wanted attributes of an object; none named means all that have to be stored.

        Groups through groups are told of an object that is asked for alone.
        """
        parted = [name.partition(";")[::2] for name in _expanded(wanted)]
        known = [
            (found, option)
            for bare, option in parted
            if (found := schema.attribute(bare)) and _is_understood(option)
            if is_alone or found.name != "tokenGroups"
        ]

        def read(entry: Entry) -> Attributes:
            found: Attributes = {}
            for attribute, option in known:
                name, classes = attribute.name, attribute.classes
                may_be = option or name in entry.attributes or name in self._computed
                if may_be and (not classes or entry.kind in classes):
                    found.update(self._selected(entry, attribute, option, extended_dn))
            return found

        return read

    def _selected(
        self, entry: Entry, attribute: Attribute, option: str, extended_dn: ExtendedDn
    ) -> Attributes:
        values = list(self.values(entry, attribute))
        if extended_dn and attribute.syntax == "dn":
            values = [self._extended(value, extended_dn) for value in values]
        if attribute.single:
            return {attribute.name: values} if values else {}
        return self._ranged(attribute, values, option)

    def _ranged(self, attribute: Attribute, values: list[str], option: str) -> Attributes:
        """The slice asked for, or the first one where there are more than MaxValRange."""
        most = self._dit.context.settings["max_val_range"]
        capped = quirks.RANGED_VALUES in self._dit.context.quirks
        asked = _RANGE.match(option)
        if option and not asked:
            raise errors.bad_range()
        if not asked and (not capped or len(values) <= most):
            return {attribute.name: values} if values else {}
        start, stop = (int(asked[1]), asked[2]) if asked else (0, "*")
        if not values:
            return {}
        if start >= len(values) or (stop != "*" and int(stop) < start):
            raise errors.range_beyond_end()
        end = len(values) if stop == "*" else min(int(stop) + 1, len(values))
        end = min(end, start + most) if capped else end
        label = "*" if end == len(values) else str(end - 1)
        sliced = {f"{attribute.name};range={start}-{label}": values[start:end]}
        return sliced if asked else {attribute.name: [], **sliced}

    def _extended(self, dn: str, form: ExtendedDn) -> str:
        return self.extended_dn(self._dit.resolve(dn, SHOW_ALL), form)

    def extended_dn(self, entry: Entry, form: ExtendedDn) -> str:
        """`<GUID=..>;<SID=..>;CN=..`, GUID and SID as text or as the hex digits of their octets."""
        guid, own = entry.guid, entry.sid or ""
        if form == "hex":
            guid, own = uuid.UUID(guid).bytes_le.hex(), sid.octets(own).hex() if own else ""
        shown = f"<SID={own}>;" if own else ""
        return f"<GUID={guid}>;{shown}{self._dit.dn_of(entry)}"


def _expanded(wanted: Sequence[str]) -> Iterable[str]:
    """`*` and nothing are all ordinary attributes, `+` the constructed ones, `1.1` none."""
    names: dict[str, None] = {}
    for name in wanted or ("*",):
        if name == "*":
            names.update((a.name, None) for a in schema.ATTRIBUTES.values() if not a.constructed)
        elif name == "+":
            names.update((a.name, None) for a in schema.ATTRIBUTES.values() if a.constructed)
        elif name != "1.1":
            names[name] = None
    return names


def _is_understood(option: str) -> bool:
    """An attribute with an option that nobody knows is another one: RFC 4512, 2.5.2."""
    return not option or option.lower().startswith("range=")


def _account_type(entry: Entry) -> tuple[str, ...]:
    if entry.deleted:
        return ()
    if entry.kind == "user":
        return (_SAM_USER,)
    if entry.kind == "computer":
        return (_SAM_COMPUTER,)
    if not entry.is_group:
        return ()
    base = _SAM_LOCAL if entry.scope == DOMAIN_LOCAL else _SAM_GLOBAL
    return (str(base + (0 if entry.is_security else 1)),)
