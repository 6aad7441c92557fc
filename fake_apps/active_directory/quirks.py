"""What Active Directory does that a reader of the LDAP standard would not expect.

Off is not always what some other server does; it is what this fake does without the oddity.
"""

from ..core.quirk import Quirk

_ADTS = "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/"
_LINKED_TESTS = (
    "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/linked_attributes.py"
)
_LDAP_TESTS = "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/ldap.py"
_SAM_TESTS = "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/sam.py"
_GROUP_OBJECTS = "https://learn.microsoft.com/en-us/windows/win32/ad/group-objects"
_POLICIES = (
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "view-set-ldap-policy-using-ntdsutil"
)

MEMBER_CODES = Quirk(
    "Q1",
    "adding a present member is 68 and removing an absent one 53; elsewhere they are 20 and 16",
    _LINKED_TESTS,
    mark="seen",
)
UNNAMED_BAD_MEMBER = Quirk(
    "Q2",
    "one unknown DN fails the whole change, and the message does not say which DN it was",
    _LINKED_TESTS,
    mark="seen",
)
PERMISSIVE_MEMBERS = Quirk(
    "Q3",
    "with the permissive-modify control a present member added or an absent one removed is fine",
    _ADTS + " 3.1.1.3.4.1.8; https://github.com/MicrosoftDocs/windows-powershell-docs/issues/2229",
)
RANGED_VALUES = Quirk(
    "Q4",
    "more than MaxValRange values come back as an empty `member` beside `member;range=0-1499`",
    "https://learn.microsoft.com/en-us/windows/win32/ad/enumerating-groups-that-contain-many-members",
)
PAGE_CAP = Quirk(
    "Q5",
    "a search without paging stops at MaxPageSize entries with code 4",
    _POLICIES,
)
PRIMARY_GROUP_UNLISTED = Quirk(
    "Q6",
    "the primary group is neither in `memberOf` nor are its members in `member`",
    "https://learn.microsoft.com/en-us/windows/win32/adschema/a-memberof",
)
ACCOUNT_NAME_STAYS = Quirk(
    "Q9",
    "renaming a group leaves its sAMAccountName, so the old name cannot be created again (526)",
    _SAM_TESTS,
    mark="seen",
)
STRICT_NESTING = Quirk(
    "Q13",
    "group scopes limit which groups may be members and what a group can be converted to",
    _GROUP_OBJECTS,
)
DISTRIBUTION_NESTING = Quirk(
    "Q13a",
    "distribution groups obey the same nesting table as security groups",
    _GROUP_OBJECTS,
    mark="unsure",
)
NESTING_UNWILLING = Quirk(
    "Q13b",
    "a nesting violation is result code 53; off, it is 80, which the documented HRESULT maps to",
    "https://learn.microsoft.com/en-us/windows/win32/ad/common-errors",
    mark="unsure",
)
BAD_ACCOUNT_NAME_OTHER = Quirk(
    "Q12",
    "a forbidden or too long sAMAccountName is result code 80; off, it is 19",
    "https://github.com/zakird/pyad/issues/44",
    mark="unsure",
)
TREE_DELETE_IGNORES_PROTECTION = Quirk(
    "Q14",
    "tree delete checks rights on the top object only, so protected OUs below it go too",
    _ADTS + " 3.1.1.5.5.7",
    mark="unsure",
)
NUL_AT_END = Quirk(
    "Q19",
    "the agent passes on the line feed and NUL that every error text ends in over LDAP",
    "https://github.com/cannatag/ldap3/issues/726",
    default=False,
    mark="seen",
)
TWICE_IN_ONE_ADD = Quirk(
    "Q21",
    "the same member twice in one request is refused; off, the second mention is ignored",
    _LINKED_TESTS,
    mark="unsure",
)
TWICE_IS_68 = Quirk(
    "Q21a",
    "the same member twice in one request is result code 68; off, it is 20",
    _LINKED_TESTS,
    mark="unsure",
)
ONLY_PRINCIPALS_JOIN = Quirk(
    "Q22",
    "only users, computers, groups, contacts and foreign principals can be members",
    "https://learn.microsoft.com/en-us/windows/win32/adschema/a-member",
    mark="unsure",
)
UNKNOWN_SID_IS_FOREIGN = Quirk(
    "Q23",
    "adding `<SID=..>` of a stranger makes a foreignSecurityPrincipal instead of failing",
    _ADTS + " 3.1.1.5.2.2",
)
ADMIN_SD_HOLDER = Quirk(
    "Q24",
    "delegated rights do not reach accounts and groups with adminCount 1",
    "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/plan/security-best-practices/"
    "appendix-c--protected-accounts-and-groups-in-active-directory",
)
UNKNOWN_REMOVED_IS_ABSENT = Quirk(
    "U1",
    "removing a DN that does not exist is answered as an absent member (53); off, 32",
    _LINKED_TESTS,
    mark="unsure",
)
EMPTY_CLEAR_FAILS = Quirk(
    "U2",
    "deleting the whole `member` attribute of an empty group is 16; off, it succeeds",
    _LDAP_TESTS,
    mark="unsure",
)
MOVE_TO_MISSING_IS_80 = Quirk(
    "U3",
    "moving below a parent that does not exist is result code 80; off, it is 32",
    _LDAP_TESTS,
    mark="seen",
)
UNKNOWN_LOGIN_IS_52E = Quirk(
    "U4",
    "binding as somebody who does not exist is data 52e (bad password); off, it is 525",
    "https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--1300-1699-",
    mark="unsure",
)
NAME_ALONE_IS_NOBODY = Quirk(
    "L1",
    "over LDAP a name with an empty password is bound as nobody, with success; off, it is 49",
    _ADTS + " 5.1.1.1.1; https://www.rfc-editor.org/rfc/rfc4513#section-5.1.2",
)

ALL = (
    MEMBER_CODES,
    UNNAMED_BAD_MEMBER,
    PERMISSIVE_MEMBERS,
    RANGED_VALUES,
    PAGE_CAP,
    PRIMARY_GROUP_UNLISTED,
    ACCOUNT_NAME_STAYS,
    STRICT_NESTING,
    DISTRIBUTION_NESTING,
    NESTING_UNWILLING,
    BAD_ACCOUNT_NAME_OTHER,
    TREE_DELETE_IGNORES_PROTECTION,
    NUL_AT_END,
    TWICE_IN_ONE_ADD,
    TWICE_IS_68,
    ONLY_PRINCIPALS_JOIN,
    UNKNOWN_SID_IS_FOREIGN,
    ADMIN_SD_HOLDER,
    UNKNOWN_REMOVED_IS_ABSENT,
    EMPTY_CLEAR_FAILS,
    MOVE_TO_MISSING_IS_80,
    UNKNOWN_LOGIN_IS_52E,
    NAME_ALONE_IS_NOBODY,
)
