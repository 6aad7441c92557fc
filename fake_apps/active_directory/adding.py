"""add: one new object, its members too, in one step."""

from collections.abc import Mapping, Sequence

from . import errors, schema
from .dit import Dit, Draft, file_time
from .dn import Rdn
from .entry import USER_CLASSES, Entry, group_type_of
from .members import MemberDraft, Membership
from .rules import (
    PRINCIPALS,
    USER_DEFAULTS,
    Rules,
    check_class,
    check_count,
    check_enabled,
    check_group_type,
    known,
    new_name,
    only,
    unwritable,
)
from .schema import ObjectClass, Writer
from .security import Security
from .values import Checker, Values, read_password

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
Given = Mapping[str, Sequence[str]]


class Adding:
    """Creates objects."""

    def __init__(self, dit: Dit, security: Security, membership: Membership) -> None:
        self._dit = dit
        self._security = security
        self._membership = membership
        self._rules = Rules(dit)
        self._checker = Checker(dit)

    def add(self, who: str | None, dn: str, given: Given) -> Entry:
        name, object_class = new_name(dn), _object_class(given)
        parent = self._rules.parent_of(name)
        if object_class.rdn != name[0].attribute or parent.kind not in object_class.parents:
            raise errors.naming_violation()
        if not self._security.may_create(who, object_class.name, parent):
            raise errors.no_rights()
        self._rules.check_name_free(parent, name[0])
        return self._create(object_class.name, name[0], parent, given)

    def _create(self, kind: str, rdn: Rdn, parent: Entry, given: Given) -> Entry:
        values, members, password = self._read(kind, rdn, given)
        self._fill_defaults(kind, values, parent.domain)
        self._check(kind, parent.domain, values, password)
        sid = self._dit.next_sid(parent.domain) if kind in PRINCIPALS else None
        draft = Draft(kind, rdn, parent.guid, parent.domain, values, sid, password)
        made = self._dit.insert(draft)
        if members:
            joined = MemberDraft(made)
            self._membership.add(joined, members)
            self._membership.apply(joined)
        return made

    def _read(self, kind: str, rdn: Rdn, given: Given) -> tuple[Values, tuple[str, ...], str]:
        """The stored values, the members and the password in an add request."""
        values: Values = {}
        members: tuple[str, ...] = ()
        password = ""
        for name, texts in given.items():
            attribute = known(name)
            check_class(kind, attribute)
            match attribute.writer:
                case Writer.CLASS:
                    continue
                case Writer.RDN:
                    _check_names_itself(rdn, texts)
                case Writer.LINK:
                    members = tuple(texts)
                case Writer.PASSWORD:
                    password = read_password(only(attribute, texts))
                case Writer.CLIENT:
                    values[attribute.name] = self._checker.new(attribute, tuple(texts))
                case _:
                    raise unwritable(attribute)
        return values, members, password

    def _fill_defaults(self, kind: str, values: Values, domain: str) -> None:
        if kind == "group":
            values.setdefault("groupType", (str(group_type_of("global security")),))
        if kind in USER_CLASSES:
            for name, default in USER_DEFAULTS.items():
                values.setdefault(name, default)
        if kind in PRINCIPALS and "sAMAccountName" not in values:
            values["sAMAccountName"] = (self._invented_name(domain),)

    def _invented_name(self, domain: str) -> str:
        """What the server calls an object whose creator gave no sAMAccountName."""
        chance = self._dit.context.chance
        while True:
            name = f"${chance.text(6, _CAPITALS)}-{chance.text(12, _CAPITALS)}"
            if not self._dit.entries.find("account_name", (domain, name.casefold())):
                return name

    def _check(self, kind: str, domain: str, values: Values, password: str) -> None:
        self._rules.check_unique(kind, domain, values)
        if kind == "group":
            check_group_type(values)
        if kind in USER_CLASSES:
            check_enabled(values, password)
        if password:
            values["pwdLastSet"] = (file_time(self._dit.context.clock.now()),)
        check_count(values)


def _object_class(given: Given) -> ObjectClass:
    named = next((texts for name, texts in given.items() if name.lower() == "objectclass"), ())
    try:
        found = schema.structural(tuple(named))
    except KeyError as error:
        raise errors.unknown_attribute() from error
    if found is None:
        raise errors.object_class("0000207B")
    if found.name not in schema.CREATABLE:
        raise errors.system_object()
    return found


def _check_names_itself(rdn: Rdn, texts: Sequence[str]) -> None:
    if len(texts) != 1 or texts[0].casefold() != rdn.value.casefold():
        raise errors.naming_violation()
