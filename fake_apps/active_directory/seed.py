"""The forest as a tenant starts: two domains, default containers, OUs and service accounts."""

from dataclasses import dataclass

from .dit import Dit, Draft
from .dn import Rdn, parse_rdn
from .entry import CREATED_BY_SYSTEM, DOMAIN_LOCAL, GLOBAL, SECURITY, Domain, Entry, signed
from .security import GROUP_RIGHTS, USER_RIGHTS, Security

ROOT, CHILD = ("ad.example.test", "ADTEST"), ("emea.ad.example.test", "EMEA")
SERVICE_ACCOUNT, LIMITED_ACCOUNT = "svc-okta", "svc-limited"

FIRST_USN = 12_288  # what a new domain controller's own objects take comes before

_CONTAINERS = ("Users", "Computers", "System", "ForeignSecurityPrincipals")
_DEFAULT_GROUPS = (("Domain Admins", 512), ("Domain Users", 513), ("Domain Guests", 514))
_OUS = ("People", "Groups", "Branch", "Restricted")


@dataclass(frozen=True)
class Known:
    """What of the seed others need to find again."""

    service: str
    limited: str


def plant(dit: Dit, security: Security) -> Known:
    """Fill an empty tree."""
    root, child = _domain(dit, *ROOT), _domain(dit, *CHILD)
    administrator = _account(dit, root, "Administrator", sid=f"{root.sid}-500")
    admins = dit.entries.find("sid", f"{root.sid}-512")[0]
    dit.members.link(admins.guid, administrator.guid)
    service, limited = (_account(dit, root, name) for name in (SERVICE_ACCOUNT, LIMITED_ACCOUNT))
    for domain in (root, child):
        for name in ("People", "Groups", "Branch"):
            place = dit.child(domain.guid, Rdn("OU", name))
            if place:
                security.grant(place, service, GROUP_RIGHTS | USER_RIGHTS)
    groups = dit.child(root.guid, Rdn("OU", "Groups"))
    assert groups
    security.grant(groups, limited, frozenset({"write:group.member"}))
    dit.counters.put("usn", FIRST_USN + len(dit.entries))
    return Known(service.guid, limited.guid)


def _insert(dit: Dit, draft: Draft) -> Entry:
    return dit.insert(draft, usn=FIRST_USN + len(dit.entries))


def _domain(dit: Dit, dns: str, netbios: str) -> Domain:
    chance = dit.context.chance
    parts = "-".join(str(chance.number(10**8, 2**32 - 1)) for _ in range(3))
    domain = Domain(chance.guid(), dns, netbios, f"S-1-5-21-{parts}")
    dit.domains.put(domain.guid, domain)
    rdn, values = Rdn("DC", dns.partition(".")[0]), {"nETBIOSName": (netbios,)}
    head = Draft(
        "domainDNS", rdn, None, domain.guid, values, domain.sid, critical=True, guid=domain.guid
    )
    _insert(dit, head)
    _containers(dit, domain)
    for name in _OUS if dns == ROOT[0] else _OUS[:2]:
        ou = _insert(
            dit, Draft("organizationalUnit", Rdn("OU", name), domain.guid, domain.guid, {})
        )
        if name == "Branch":
            inner = Rdn("OU", "Branch Groups")
            _insert(dit, Draft("organizationalUnit", inner, ou.guid, domain.guid, {}))
    return domain


def _containers(dit: Dit, domain: Domain) -> None:
    def place(kind: str, rdn: str, *, deleted: bool = False) -> Entry:
        name = parse_rdn(rdn)
        return _insert(
            dit, Draft(kind, name, domain.guid, domain.guid, {}, critical=True, deleted=deleted)
        )

    for name in _CONTAINERS:
        place("container", f"CN={name}")
    place("organizationalUnit", "OU=Domain Controllers")
    place("container", "CN=Deleted Objects", deleted=True)
    builtin = place("builtinDomain", "CN=Builtin")
    users = dit.container(domain.guid, "CN=Users")
    builtin_type = SECURITY | DOMAIN_LOCAL | CREATED_BY_SYSTEM
    _group(dit, builtin, "Administrators", "S-1-5-32-544", builtin_type)
    for name, rid in _DEFAULT_GROUPS:
        _group(dit, users, name, f"{domain.sid}-{rid}", SECURITY | GLOBAL)


def _group(dit: Dit, place: Entry, name: str, sid: str, group_type: int) -> None:
    values = {"sAMAccountName": (name,), "groupType": (signed(group_type),)}
    if name in ("Administrators", "Domain Admins"):
        values["adminCount"] = ("1",)
    rdn = Rdn("CN", name)
    _insert(dit, Draft("group", rdn, place.guid, place.domain, values, sid, critical=True))


def _account(dit: Dit, domain: Domain, name: str, sid: str = "") -> Entry:
    users = dit.container(domain.guid, "CN=Users")
    values = {
        "sAMAccountName": (name,),
        "userPrincipalName": (f"{name}@{domain.dns}",),
        "userAccountControl": ("66048",),
        "pwdLastSet": ("134116992000000000",),
        "primaryGroupID": ("513",),
        "accountExpires": ("0",),
    }
    password = dit.context.chance.text(16) + "!7a"
    rdn = Rdn("CN", name)
    sid = sid or dit.next_sid(domain.guid)
    draft = Draft(
        "user", rdn, users.guid, domain.guid, values, sid, password=password, critical=True
    )
    return _insert(dit, draft)
