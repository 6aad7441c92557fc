"""Who somebody is (bind) and what they may do (delegated rights per OU).

A right is `create:<class>`, `delete:<class>`, `write:<class>`, `write:<class>.<attribute>`,
`replicate` (of a domain, to read its changes) or `*`.
It is granted to one account on one OU (or other container) and reaches everything below.
"""

from ..core.clock import utc
from . import dn as names
from . import errors, quirks
from .dit import Dit
from .dn import BadDn
from .entry import DISABLED, NEVER, PASSWORD_NEVER_EXPIRES, Entry

EVERYTHING, REPLICATE = "*", "replicate"
_INHERITS_NOTHING = "stop"
GROUP_RIGHTS = frozenset({"create:group", "delete:group", "write:group"})
USER_RIGHTS = frozenset({"create:user", "delete:user", "write:user"})

ANONYMOUS = ""
_ADMIN_RIDS = frozenset({"512", "544"})  # Domain Admins, builtin Administrators
CONTROLLER = "dc1"  # where a bind logs on, as far as `userWorkstations` is concerned
_FILE_TIME_DAY = 86_400 * 10_000_000
_FOREVER = frozenset({"", "0", NEVER})


class Security:
    """Accounts' passwords and the access control of the tree.

    `who` is an account's GUID; None is the directory's own administrator, who may do everything
    that access control decides.
    """

    def __init__(self, dit: Dit) -> None:
        self._dit = dit
        self._grants = dit.context.store.table("grants")

    # --- bind --------------------------------------------------------------------------------

    def bind(self, name: str, password: str) -> str:
        r"""The GUID of the account; the name is a UPN, `DOMAIN\user` or a DN."""
        if not name and not password:
            return ANONYMOUS
        account = self._named(name)
        if account is None or not account.is_user or account.deleted:
            known = quirks.UNKNOWN_LOGIN_IS_52E in self._dit.context.quirks
            raise errors.bad_credentials("52e" if known else "525")
        if not password or account.password != password:
            raise errors.bad_credentials("52e")
        self.check_usable(account)
        return account.guid

    def check_usable(self, account: Entry) -> None:
        """Refuse, as AcceptSecurityContext does, an account that may not log on now."""
        if int(account.first("userAccountControl", "0")) & DISABLED:
            raise errors.bad_credentials("533")
        if account.first("lockoutTime", "0") != "0":
            raise errors.bad_credentials("775")
        expires = account.first("accountExpires")
        now = (self._dit.context.clock.now() + 11_644_473_600) * 10_000_000
        if expires not in _FOREVER and int(expires) <= now:
            raise errors.bad_credentials("701")
        if not _is_in_hours(account.first("logonHours"), self._dit.context.clock.now()):
            raise errors.bad_credentials("530")
        stations = account.first("userWorkstations").casefold()
        if stations and CONTROLLER not in stations.split(","):
            raise errors.bad_credentials("531")
        self._check_password_age(account, now)

    def _check_password_age(self, account: Entry, now: float) -> None:
        last_set = int(account.first("pwdLastSet", "0"))
        if not last_set:
            raise errors.bad_credentials("773")
        never = int(account.first("userAccountControl", "0")) & PASSWORD_NEVER_EXPIRES
        most_days = self._dit.context.settings["max_password_age_days"]
        if most_days and not never and now - last_set > most_days * _FILE_TIME_DAY:
            raise errors.bad_credentials("532")

    def _named(self, name: str) -> Entry | None:
        if "\\" in name and "=" not in name:
            netbios, _, account = name.partition("\\")
            return self._by_account_name(netbios, account)
        if "=" in name:
            try:
                return self._dit.follow(names.reference(name))
            except BadDn:
                return None
        if "@" not in name:
            return None
        by_principal = self._dit.entries.find("principal_name", name.casefold())
        return by_principal[0] if by_principal else self._by_implicit_name(name)

    def _by_account_name(self, netbios: str, account: str) -> Entry | None:
        for domain in self._dit.domains:
            if domain.netbios.casefold() == netbios.casefold():
                key = (domain.guid, account.casefold())
                return next(iter(self._dit.entries.find("account_name", key)), None)
        return None

    def _by_implicit_name(self, name: str) -> Entry | None:
        """`sAMAccountName@dns.of.domain` is a UPN nobody had to set."""
        account, _, dns = name.rpartition("@")
        domain = self._dit.domain(dns)
        if domain is None:
            return None
        key = (domain.guid, account.casefold())
        return next(iter(self._dit.entries.find("account_name", key)), None)

    # --- rights ------------------------------------------------------------------------------

    def grant(self, place: Entry, account: Entry, rights: frozenset[str]) -> None:
        key = (place.guid, account.guid)
        self._grants.put(key, rights | (self._grants.get(key) or frozenset()))

    def revoke(self, place: Entry, account: Entry, rights: frozenset[str] | None = None) -> None:
        """Take rights away there and below, inherited ones too; all of them unless named."""
        left = frozenset[str]()
        if rights is not None:
            left = self._effective(account.guid, place) - rights
        self._grants.put((place.guid, account.guid), left | {_INHERITS_NOTHING})

    def may_create(self, who: str | None, kind: str, parent: Entry) -> bool:
        return self._has(who, f"create:{kind}", parent)

    def may_delete(self, who: str | None, entry: Entry) -> bool:
        return self._has(who, f"delete:{entry.kind}", entry)

    def may_write(self, who: str | None, entry: Entry, attribute: str) -> bool:
        wide, narrow = f"write:{entry.kind}", f"write:{entry.kind}.{attribute}"
        return self._has(who, wide, entry) or self._has(who, narrow, entry)

    def may_replicate(self, who: str | None, head: Entry) -> bool:
        """Replicating Directory Changes, which is granted on the head of a domain."""
        return self._has(who, REPLICATE, head)

    def is_admin(self, who: str | None) -> bool:
        if who is None:
            return True
        return any(
            self._dit.entry(group).rid in _ADMIN_RIDS and self._dit.entry(group).critical
            for group in self._dit.all_groups_of(who)
        )

    def _has(self, who: str | None, right: str, entry: Entry) -> bool:
        if self.is_admin(who):
            return True
        if self._is_shielded(entry):
            return False
        rights = self._effective(who or ANONYMOUS, entry)
        return right in rights or EVERYTHING in rights

    def _effective(self, who: str, entry: Entry) -> frozenset[str]:
        """What was granted on the object and above, up to where inheritance is broken off."""
        found = frozenset[str]()
        for place in (entry, *self._dit.ancestors(entry)):
            granted = self._grants.get((place.guid, who)) or found
            found |= granted
            if _INHERITS_NOTHING in granted:
                return found - {_INHERITS_NOTHING}
        return found

    def _is_shielded(self, entry: Entry) -> bool:
        shielding = quirks.ADMIN_SD_HOLDER in self._dit.context.quirks
        return shielding and entry.first("adminCount") == "1"


def _is_in_hours(hours: str, now: float) -> bool:
    """Whether `logonHours`, a bit for each hour of the week since Sunday 0:00 UTC, has this one."""
    octets = bytes.fromhex(hours)
    if not octets:
        return True
    moment = utc(now)
    hour = moment.isoweekday() % 7 * 24 + moment.hour
    return hour // 8 < len(octets) and bool(octets[hour // 8] >> hour % 8 & 1)
