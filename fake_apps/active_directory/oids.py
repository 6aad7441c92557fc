"""The object identifiers of the schema, as MicrosoftDocs/win32 desktop-src/ADSchema lists them.

Those of `mailNickname` and `extensionAttributeN` are of the schema extension of Exchange.
"""

from types import MappingProxyType

_ARCS = {
    "0.9.2342.19200300.100.1": (
        "uid:1 mail:3 manager:10 homePhone:20 dc:25 mobile:41 pager:42 jpegPhoto:60"
    ),
    "1.2.840.113556.1.2": (
        "instanceType:1 whenCreated:2 whenChanged:3 displayName:13 otherTelephone:18 "
        "uSNCreated:19 isDeleted:48 info:81 memberOf:102 uSNChanged:120 co:131 department:141 "
        "company:146 adminDisplayName:194 proxyAddresses:210 adminDescription:226 "
        "extensionName:227 streetAddress:256 nTSecurityDescriptor:281 extensionAttribute1:423 "
        "extensionAttribute2:424 extensionAttribute3:425 extensionAttribute4:426 "
        "extensionAttribute5:427 extensionAttribute6:428 extensionAttribute7:429 "
        "extensionAttribute8:430 extensionAttribute9:431 extensionAttribute10:432 "
        "mailNickname:447 wWWHomePage:464 extensionAttribute11:599 extensionAttribute12:600 "
        "extensionAttribute13:601 extensionAttribute14:602 extensionAttribute15:603 "
        "employeeNumber:610 employeeType:613 personalTitle:615"
    ),
    "1.2.840.113556.1.4": (
        "name:1 objectGUID:2 userAccountControl:8 badPwdCount:12 codePage:16 countryCode:25 "
        "employeeID:35 homeDirectory:44 homeDrive:45 badPasswordTime:49 lastLogoff:51 "
        "lastLogon:52 scriptPath:62 logonHours:64 userWorkstations:86 nETBIOSName:87 "
        "unicodePwd:90 pwdLastSet:96 primaryGroupID:98 profilePath:139 objectSid:146 "
        "adminCount:150 accountExpires:159 logonCount:169 sAMAccountName:221 division:261 "
        "sAMAccountType:302 wellKnownObjects:618 otherMailbox:651 managedBy:653 "
        "legacyExchangeDN:655 userPrincipalName:656 lockoutTime:662 ipPhone:721 url:749 "
        "groupType:750 servicePrincipalName:771 lastKnownParent:781 objectCategory:782 "
        "isCriticalSystemObject:868 canonicalName:916 tokenGroups:1301 primaryGroupToken:1412 "
        "lastLogonTimestamp:1696 msDS-PrincipalName:1865 isRecycled:2058"
    ),
    "2.5.4": (
        "objectClass:0 cn:3 sn:4 c:6 l:7 st:8 street:9 ou:11 title:12 description:13 "
        "postalCode:17 postOfficeBox:18 physicalDeliveryOfficeName:19 telephoneNumber:20 "
        "facsimileTelephoneNumber:23 member:31 givenName:42 initials:43 generationQualifier:44 "
        "distinguishedName:49"
    ),
    "2.5.18": ("createTimeStamp:1 modifyTimeStamp:2 subSchemaSubEntry:10"),
    "2.5.21": ("attributeTypes:5 objectClasses:6"),
    "2.16.840.1.113730.3.1": ("middleName:34 thumbnailPhoto:35 preferredLanguage:39"),
}


def _all() -> dict[str, str]:
    found = {}
    for arc, listed in _ARCS.items():
        for pair in listed.split():
            name, _, last = pair.partition(":")
            found[name] = f"{arc}.{last}"
    return found


ATTRIBUTES = MappingProxyType(_all())
CLASSES = MappingProxyType(
    {
        "top": "2.5.6.0",
        "person": "2.5.6.6",
        "organizationalPerson": "2.5.6.7",
        "user": "1.2.840.113556.1.5.9",
        "computer": "1.2.840.113556.1.3.30",
        "contact": "1.2.840.113556.1.5.15",
        "group": "1.2.840.113556.1.5.8",
        "organizationalUnit": "2.5.6.5",
        "container": "1.2.840.113556.1.3.23",
        "builtinDomain": "1.2.840.113556.1.5.4",
        "domain": "1.2.840.113556.1.5.66",
        "domainDNS": "1.2.840.113556.1.5.67",
        "foreignSecurityPrincipal": "1.2.840.113556.1.5.76",
        "subSchema": "2.5.20.1",
    }
)
