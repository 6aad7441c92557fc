"""What must hold for an object however it came to be: names, uniqueness, accounts, group types."""

from collections.abc import Mapping, Sequence

from . import dn as names
from . import errors, quirks, schema
from .dit import Dit
from .dn import BadDn, Dn, Rdn
from .entry import (
    DISABLED,
    NEVER,
    NORMAL_ACCOUNT,
    PASSWORD_NOT_REQUIRED,
    USER_CLASSES,
    Entry,
    signed,
)
from .members import valid_group_type
from .schema import Attribute, Writer
from .values import MAX_VALUES, Values, is_legal_account_name

PRINCIPALS = USER_CLASSES | {"group"}
USER_DEFAULTS: Mapping[str, tuple[str, ...]] = {
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
_RDN_LENGTH = 64
_ACCOUNT_NAME_LENGTH = {"group": 256, "user": 20, "computer": 20}


class Rules:
    """The rules that have to look at the rest of the directory."""

    def __init__(self, dit: Dit) -> None:
        self._dit = dit

    def parent_of(self, name: Dn) -> Entry:
        """The living object that one of that name stands under, or will."""
        parent = self._dit.find(name[1:])
        if parent is None or parent.deleted:
            raise self._dit.missing(names.Reference("dn", name))
        return parent

    def check_name_free(self, parent: Entry, rdn: Rdn, own: str = "") -> None:
        """Names are unique below one parent, whatever the class of the object."""
        if len(rdn.value) > _RDN_LENGTH:
            raise errors.too_long(rdn.attribute.lower(), len(rdn.value))
        holder = self._dit.child(parent.guid, rdn)
        if holder and holder.guid != own:
            raise errors.entry_exists()

    def check_unique(self, kind: str, domain: str, values: Values, own: str = "") -> None:
        """Account names are unique in the domain, principal names in the forest."""
        if kind in PRINCIPALS:
            self._check_account_name(kind, domain, values, own)
        principal = first(values, "userPrincipalName").casefold()
        for holder in self._dit.entries.find("principal_name", principal) if principal else ():
            if holder.guid != own:
                raise errors.principal_name_taken()

    def _check_account_name(self, kind: str, domain: str, values: Values, own: str) -> None:
        name = first(values, "sAMAccountName")
        if not is_legal_account_name(name, _ACCOUNT_NAME_LENGTH[kind]):
            other = quirks.BAD_ACCOUNT_NAME_OTHER in self._dit.context.quirks
            raise errors.bad_account_name(80 if other else 19)
        for holder in self._dit.entries.find("account_name", (domain, name.casefold())):
            if holder.guid != own:
                raise errors.account_name_taken(by_group=holder.is_group)


# --- rules that need no directory --------------------------------------------------------------


def first(values: Mapping[str, tuple[str, ...]], name: str) -> str:
    found = values.get(name)
    return found[0] if found else ""


def new_name(dn: str) -> Dn:
    """A name something shall have; only the plain form can say that."""
    try:
        name = names.parse(dn.strip())
    except BadDn as error:
        raise errors.bad_name(dn) from error
    if not name:
        raise errors.naming_violation()
    return name


def known(name: str) -> Attribute:
    attribute = schema.attribute(name)
    if attribute is None:
        raise errors.unknown_attribute()
    return attribute


def check_class(kind: str, attribute: Attribute) -> None:
    if attribute.classes and kind not in attribute.classes:
        raise errors.not_in_class(attribute.name)


def only(attribute: Attribute, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise errors.several_values(attribute.name)
    return values[0]


def unwritable(attribute: Attribute) -> errors.LdapError:
    if attribute.writer in (Writer.SAM, Writer.BACK_LINK):
        return errors.back_link()
    return errors.system_only(attribute.name)


def check_group_type(values: Values) -> None:
    """One scope and the security bit only; stored signed, whatever was sent."""
    value = int(first(values, "groupType") or "0")
    if not valid_group_type(value):
        raise errors.bad_group_type()
    values["groupType"] = (signed(value),)


def check_enabled(values: Values, password: str) -> None:
    """An enabled account needs a password, or the flag that it needs none."""
    control = int(first(values, "userAccountControl") or "0")
    if not password and not control & (DISABLED | PASSWORD_NOT_REQUIRED):
        raise errors.password_needed()


def check_count(values: Values) -> None:
    if sum(map(len, values.values())) > MAX_VALUES:
        raise errors.too_many_values()
