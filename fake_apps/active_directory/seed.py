"""The forest as a tenant starts: two domains, default containers, OUs and service accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from .dit import Dit
from .dn import Rdn
from .entry import CREATED_BY_SYSTEM, DOMAIN_LOCAL, GLOBAL, SECURITY, Domain, Entry, signed
from .security import GROUP_RIGHTS, USER_RIGHTS, Security

ROOT, CHILD = ("ad.example.test", "ADTEST"), ("emea.ad.example.test", "EMEA")
SERVICE_ACCOUNT, LIMITED_ACCOUNT = "svc-okta", "svc-limited"
FIRST_USN = 12_288  # what a new domain controller's own objects take comes before

_NO_VALUES: Mapping[str, tuple[str, ...]] = {}
_Tail = tuple[str | None, str, bool, bool, bool]  # sid, password, protected, critical, deleted
_ORDINARY: _Tail = (None, "", False, False, False)
_CRITICAL: _Tail = (None, "", False, True, False)
_CRITICAL_AND_DELETED: _Tail = (None, "", False, True, True)
_BUILTIN_TYPE = SECURITY | DOMAIN_LOCAL | CREATED_BY_SYSTEM
_DELEGATED = ("People", "Groups", "Branch")


@dataclass(frozen=True)
class Known:
    """What of the seed others need to find again."""

    service: str
    limited: str


def plant(dit: Dit, security: Security) -> Known:
    """Fill an empty tree."""
    planter = _Planter(dit)
    root = planter.domain(*ROOT)
    users = planter.containers(root)
    planter.root_only(root, users)
    child = planter.domain(*CHILD)
    planter.containers(child)
    administrator = planter.account("Administrator", users, f"{root.sid}-500")
    admins = planter.group("Domain Admins", users, f"{root.sid}-512")
    dit.members.link(admins.guid, administrator.guid)
    service = planter.account(SERVICE_ACCOUNT, users, dit.next_sid(root.guid))
    limited = planter.account(LIMITED_ACCOUNT, users, dit.next_sid(root.guid))
    dit.entries.fill(planter.planted)
    for domain in (root, child):
        planter.delegate(domain, service, security)
    groups = dit.container(root.guid, "OU=Groups")
    security.grant(groups, limited, frozenset({"write:group.member"}))
    dit.counters.put("usn", FIRST_USN + len(dit.entries))
    return Known(service.guid, limited.guid)


class _Planter:
    """Puts the first objects into the tree, without asking the rules about them."""

    def __init__(self, dit: Dit) -> None:
        self._dit = dit
        self._guid = dit.context.chance.guid
        self._now = dit.context.clock.now()
        self.planted: dict[str, Entry] = {}

    def domain(self, dns: str, netbios: str) -> Domain:
        chance = self._dit.context.chance
        parts = "-".join(str(chance.number(10**8, 2**32 - 1)) for _ in range(3))
        domain = Domain(self._guid(), dns, netbios, f"S-1-5-21-{parts}")
        self._dit.domains.put(domain.guid, domain)
        rdn, values = Rdn("DC", dns.partition(".")[0]), {"nETBIOSName": (netbios,)}
        head = (domain.guid, "domainDNS", rdn, None, domain.guid)
        self._put(head, values, (domain.sid, *_CRITICAL[1:]))
        return domain

    def containers(self, domain: Domain) -> Entry:
        """What every domain needs; answers CN=Users."""
        users = self._container("Users", domain.guid)
        self._container("ForeignSecurityPrincipals", domain.guid)
        self._container("Deleted Objects", domain.guid, deleted=True)
        self.group("Domain Users", users, f"{domain.sid}-513")
        self._ou("People", domain.guid)
        self._ou("Groups", domain.guid)
        return users

    def root_only(self, domain: Domain, users: Entry) -> None:
        """The containers nothing is pushed to stand in the root domain only."""
        self._container("Computers", domain.guid)
        self._container("System", domain.guid)
        self._ou("Domain Controllers", domain.guid, critical=True)
        head = (self._guid(), "builtinDomain", Rdn("CN", "Builtin"), domain.guid, domain.guid)
        builtin = self._put(head)
        self.group("Administrators", builtin, "S-1-5-32-544", _BUILTIN_TYPE)
        self.group("Domain Guests", users, f"{domain.sid}-514")
        branch = self._ou("Branch", domain.guid)
        self._ou("Branch Groups", domain.guid, parent=branch.guid)
        self._ou("Restricted", domain.guid)

    def group(
        self, name: str, place: Entry, sid: str, group_type: int = SECURITY | GLOBAL
    ) -> Entry:
        values = {"sAMAccountName": (name,), "groupType": (signed(group_type),)}
        if name in ("Administrators", "Domain Admins"):
            values["adminCount"] = ("1",)
        head = (self._guid(), "group", Rdn("CN", name), place.guid, place.domain)
        return self._put(head, values, (sid, *_CRITICAL[1:]))

    def account(self, name: str, place: Entry, sid: str) -> Entry:
        values = {
            "sAMAccountName": (name,),
            "userPrincipalName": (f"{name}@{ROOT[0]}",),
            "userAccountControl": ("66048",),
            "pwdLastSet": ("134116992000000000",),
            "primaryGroupID": ("513",),
            "accountExpires": ("0",),
        }
        password = self._dit.context.chance.text(16) + "!7a"
        head = (self._guid(), "user", Rdn("CN", name), place.guid, place.domain)
        return self._put(head, values, (sid, password, *_CRITICAL[2:]))

    def delegate(self, domain: Domain, account: Entry, security: Security) -> None:
        """The rights Okta's documentation asks for, on the OUs it shall write to."""
        for name in _DELEGATED:
            place = self._dit.child(domain.guid, Rdn("OU", name))
            if place:
                security.grant(place, account, GROUP_RIGHTS | USER_RIGHTS)

    def _container(self, name: str, domain: str, *, deleted: bool = False) -> Entry:
        head = (self._guid(), "container", Rdn("CN", name), domain, domain)
        return self._put(head, tail=_CRITICAL_AND_DELETED if deleted else _CRITICAL)

    def _ou(self, name: str, domain: str, *, parent: str = "", critical: bool = False) -> Entry:
        head = (self._guid(), "organizationalUnit", Rdn("OU", name), parent or domain, domain)
        return self._put(head, tail=_CRITICAL if critical else _ORDINARY)

    def _put(
        self,
        head: tuple[str, str, Rdn, str | None, str],
        attributes: Mapping[str, tuple[str, ...]] = _NO_VALUES,
        tail: _Tail = _CRITICAL,
    ) -> Entry:
        """One object, as the fields of `Entry` before and after its times, numbers and attributes.

        By place and not by name, which takes a third of the time: every tenant starts with dozens.
        """
        now, usn = self._now, FIRST_USN + len(self.planted)
        made = Entry(*head, now, now, usn, usn, attributes, *tail)
        self.planted[made.guid] = made
        return made
