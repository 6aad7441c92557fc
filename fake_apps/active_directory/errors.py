"""What the directory and the agent refuse, each documented refusal once.

A result of the directory is a number, and a text whose first eight hex digits are a Win32 code;
only those eight are contractual (MS-ADTS 3.1.1.3.1.9). The rest follows recorded texts; the DSID
differs from build to build in life.
"""

from flask import Request

from ..core.app import FakeApp, Reply
from ..core.error import ApiError
from ..core.fault import Fault
from ..core.limits import Throttle
from ..core.refusal import refusal

_ADTS = "https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-adts/"
_SAMBA = "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python"
_LDAP_TESTS = f"{_SAMBA}/ldap.py"
_SAM_TESTS = f"{_SAMBA}/sam.py"
_LINKED_TESTS = f"{_SAMBA}/linked_attributes.py"
_DELETE_TESTS = f"{_SAMBA}/deletetest.py"
_POLICIES = (
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "view-set-ldap-policy-using-ntdsutil"
)

NAMES = {
    0: "success",
    1: "operationsError",
    2: "protocolError",
    3: "timeLimitExceeded",
    4: "sizeLimitExceeded",
    5: "compareFalse",
    6: "compareTrue",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    12: "unavailableCriticalExtension",
    16: "noSuchAttribute",
    18: "inappropriateMatching",
    19: "constraintViolation",
    20: "attributeOrValueExists",
    21: "invalidAttributeSyntax",
    32: "noSuchObject",
    34: "invalidDNSyntax",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    64: "namingViolation",
    65: "objectClassViolation",
    66: "notAllowedOnNonLeaf",
    67: "notAllowedOnRDN",
    68: "entryAlreadyExists",
    71: "affectsMultipleDSAs",
    80: "other",
    81: "serverDown",
    85: "timeout",
    87: "filterError",
}
"""Result codes of RFC 4511; 81 and above are a Windows LDAP client's own."""


class LdapError(ApiError):
    """A refusal of the directory; `status` is the LDAP result code, `code` the Win32 head."""

    def __init__(
        self, status: int, head: str, detail: str, *, matched_dn: str = "", referral: str = ""
    ) -> None:
        super().__init__(status, head, f"{head}: {detail}" if head else detail)
        self.matched_dn = matched_dn
        self.referral = referral

    @property
    def name(self) -> str:
        return NAMES.get(self.status, "other")


# --- texts -----------------------------------------------------------------------------------


def _update(head: str, dsid: str, problem: str) -> str:
    return f"UpdErr: DSID-{dsid}, problem {problem}, data 0"


def _service(dsid: str) -> str:
    return f"SvcErr: DSID-{dsid}, problem 5003 (WILL_NOT_PERFORM), data 0"


def _attribute(head: str, dsid: str, problem: str, what: str) -> str:
    return f"AtrErr: DSID-{dsid}, #1:\n\t0: {head}: DSID-{dsid}, problem {problem}, data 0, {what}"


def _name(dsid: str, problem: str, best: str) -> str:
    return f"NameErr: DSID-{dsid}, problem {problem}, data 0, best match of:\n\t'{best}'"


def _ldap(dsid: str, comment: str) -> str:
    return f"LdapErr: DSID-{dsid}, comment: {comment}, data 0, v4563"


def _unwilling(head: str, dsid: str = "031A1236") -> LdapError:
    return LdapError(53, head, _service(dsid))


# --- names and objects -----------------------------------------------------------------------


@refusal("https://github.com/ldapjs/node-ldapjs/issues/898", mark="seen")
def entry_exists() -> LdapError:
    """A name that another object below the same parent has."""
    return LdapError(68, "00002071", _update("00002071", "030503CF", "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://github.com/rapid7/insightconnect-plugins/pull/840, https://github.com/"
    "Ouest-France/terraform-provider-ldap/issues/75",
    mark="seen",
)
def account_name_taken(*, by_group: bool) -> LdapError:
    """A sAMAccountName that a user (524) or a group (526) of the domain has."""
    head, dsid = ("00000526", "031A11DA") if by_group else ("00000524", "031A1261")
    return LdapError(68, head, _update(head, dsid, "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/"
    "component-updates/spn-and-upn-uniqueness"
)
def principal_name_taken() -> LdapError:
    """A userPrincipalName that somebody in the forest has."""
    what = "Att 90290 (userPrincipalName)"
    text = _attribute("000021C8", "03200BBA", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "000021C8", text)


@refusal(
    "https://github.com/zakird/pyad/issues/44 (the text; the code follows from its HRESULT)",
    mark="unsure",
)
def bad_account_name(status: int) -> LdapError:
    """A sAMAccountName that is too long or has a forbidden character."""
    text = "SysErr: DSID-031A1256, problem 22 (Invalid argument), data 0"
    return LdapError(status, "00000523", text)


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def too_long(attribute: str, length: int) -> LdapError:
    """A name or value that is longer than the schema allows."""
    what = f"Att 3 ({attribute}):len {length * 2}"
    text = _attribute("00002082", "03050B3A", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "00002082", text)


@refusal("https://github.com/dirkjanm/krbrelayx/issues/59", mark="seen")
def no_object(best: str) -> LdapError:
    """A name that no object has; the nearest one that exists is told."""
    text = _name("03100241", "2001 (NO_OBJECT)", best)
    return LdapError(32, "0000208D", text, matched_dn=best)


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_name(text: str) -> LdapError:
    """What is no distinguished name."""
    return LdapError(34, "0000208F", _name("03100225", "2006 (BAD_NAME)", text))


@refusal(f"{_ADTS} 3.1.1.4.6", mark="seen")
def referral(dns: str, dn: str) -> LdapError:
    """A name in a domain that these controllers do not have."""
    text = f"RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '{dns}'"
    return LdapError(10, "0000202B", text, referral=f"ldap://{dns}/{dn}")


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def naming_violation() -> LdapError:
    """An object below one that cannot hold it, or named by another attribute than its class has."""
    return LdapError(
        64, "00002037", "UpdErr: DSID-03050F62, problem 6001 (NAMING_VIOLATION), data 0"
    )


@refusal("https://github.com/wso2/product-integrator-mi/issues/2509", mark="seen")
def not_on_rdn() -> LdapError:
    """The name of an object, written by modify instead of modifyDN."""
    return LdapError(67, "000020B1", _update("000020B1", "030F1357", "6004 (CANT_ON_RDN)"))


@refusal(
    "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/"
    "deletetest.py (the code; the text is inferred)",
    mark="unsure",
)
def not_on_non_leaf() -> LdapError:
    """Deleting an object that holds others, without tree delete."""
    return LdapError(66, "00002015", _update("00002015", "031A120F", "6003 (CANT_ON_NON_LEAF)"))


@refusal(f"{_ADTS} 3.1.1.5.4.1")
def keeps_old_name() -> LdapError:
    """A rename that keeps the old name as a value."""
    return _unwilling("00000057", "031A0F66")


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def below_itself() -> LdapError:
    """Moving an object below itself."""
    return _unwilling("00002035", "031A0FC0")


@refusal(f"{_ADTS} 3.1.1.5.4.2 (the text is inferred)", mark="unsure")
def into_another_domain() -> LdapError:
    """Moving an object into another domain by modifyDN alone."""
    return _unwilling("00002018", "031A0F4D")


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def parent_missing_on_move() -> LdapError:
    """Moving an object below one that does not exist."""
    return LdapError(80, "00002089", "UpdErr: DSID-031A1236, problem 5012 (DIR_ERROR), data 2")


@refusal(f"{_DELETE_TESTS} (the code; the text is inferred)", mark="unsure")
def system_object() -> LdapError:
    """Deleting or renaming what the directory came with."""
    return _unwilling("0000207D", "031A0E20")


@refusal(f"{_ADTS} 3.1.1.5.3.7 (the text is inferred)", mark="unsure")
def deleted_object() -> LdapError:
    """Changing a deleted object otherwise than by undeleting it."""
    return _unwilling("00002077", "031A1254")


# --- rights ----------------------------------------------------------------------------------


@refusal("https://github.com/Seji64/LAPS-WebUI/issues/31", mark="seen")
def no_rights() -> LdapError:
    """A change that the account has no right to."""
    text = "SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00002098", text)


@refusal(
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "protect-ou-accidental-deletion (the denial), https://github.com/skelsec/msldap/pull/"
    "34 (the text)",
    mark="seen",
)
def delete_denied() -> LdapError:
    """Deleting or moving an object that is protected from accidental deletion."""
    text = "SecErr: DSID-031520B2, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00000005", text)


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes--1300-1699-",
    mark="seen",
)
def bad_credentials(reason: str) -> LdapError:
    """A bind that fails; `data` says why."""
    text = f"LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {reason}, v4563"
    return LdapError(49, "80090308", text)


@refusal(f"{_ADTS} 3.1.1.3.1.9 (the head; the text is well known)", mark="unsure")
def not_bound() -> LdapError:
    """An operation over LDAP before a successful bind."""
    comment = (
        "In order to perform this operation a successful bind must be completed on the connection."
    )
    return LdapError(1, "000004DC", _ldap("0C090A5C", comment))


@refusal("https://github.com/ltb-project/self-service-password/issues/83", mark="seen")
def old_password_wrong() -> LdapError:
    """A password change that does not show the present password."""
    text = _attribute(
        "00000056", "03191083", "1005 (CONSTRAINT_ATT_TYPE)", "Att 9005a (unicodePwd)"
    )
    return LdapError(19, "00000056", text)


@refusal(
    f"{_ADTS} 3.1.1.3.1.5 (unicodePwd), https://github.com/dsbenghe/"
    "Novell.Directory.Ldap.NETStandard/issues/31 (the text)",
    mark="seen",
)
def password_in_clear() -> LdapError:
    """A password written over a connection without TLS."""
    return _unwilling("0000001F", "031A1262")


@refusal(
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "enable-ldap-signing-in-windows-server (the head and the text are well known)",
    mark="unsure",
)
def signing_required() -> LdapError:
    """A simple bind without TLS where LDAP signing is required."""
    comment = (
        "The server requires binds to turn on integrity checking if SSL\\TLS are not already "
        "active on the connection"
    )
    return LdapError(8, "00002028", _ldap("0C090257", comment))


@refusal(f"{_ADTS} 3.1.1.3.4.5 (the text is inferred)", mark="unsure")
def no_such_method() -> LdapError:
    """A bind by a mechanism that these controllers do not have here."""
    comment = "The server does not support the requested authentication mechanism"
    return LdapError(7, "00002027", _ldap("0C0905E6", comment))


@refusal(
    "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/"
    "dirsync.py (the code; the text is inferred)",
    mark="unsure",
)
def no_replication_right() -> LdapError:
    """DirSync without the right to replicate changes, or not from the head of a domain."""
    text = "SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00002105", text)


# --- members ---------------------------------------------------------------------------------


@refusal("https://github.com/trevex/terraform-provider-ldap/issues/8", mark="seen")
def member_exists(status: int = 68) -> LdapError:
    """Adding a member that is there already."""
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00000562", _update("00000562", "031A11DA", "6005 (ENTRY_EXISTS)"))


@refusal(_LINKED_TESTS, mark="seen")
def member_absent(status: int = 53) -> LdapError:
    """Removing a member that is not there."""
    return no_attribute("member") if status == 16 else _unwilling("00000561", "031A11E5")


@refusal(_LINKED_TESTS, mark="seen")
def member_not_found(best: str = "") -> LdapError:
    """Adding a member that does not exist."""
    return LdapError(32, "00000525", _name("031A120B", "2001 (NO_OBJECT)", best))


@refusal(f"{_LINKED_TESTS} (the code; the text is inferred)", mark="unsure")
def member_twice(status: int = 68) -> LdapError:
    """The same member twice in one request."""
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00002071", _update("00002071", "031A11DA", "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/debug/"
    "system-error-codes--8200-8999- (8516 to 8520; the result code is inferred)",
    mark="unsure",
)
def nesting(head: str, status: int) -> LdapError:
    """A member group that the scope of the group does not allow; the head says which rule."""
    return LdapError(status, head, _service("031A1232"))


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/adschema/a-member (the text is inferred)",
    mark="unsure",
)
def no_such_member_kind() -> LdapError:
    """A member that is neither a principal nor a contact."""
    return _unwilling("000020E7", "031A1235")


@refusal(f"{_SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_group_type() -> LdapError:
    """A groupType without exactly one scope, or a conversion between global and domain local."""
    return _unwilling("00002141", "031A0FC4")


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/debug/"
    "system-error-codes--8200-8999- (8521; the result code is inferred)",
    mark="unsure",
)
def has_primary_members() -> LdapError:
    """Making a distribution group of one that is the primary group of accounts."""
    return _unwilling("00002149", "031A0FD5")


# --- attributes ------------------------------------------------------------------------------


@refusal("https://github.com/dsbenghe/Novell.Directory.Ldap.NETStandard/issues/31", mark="seen")
def unquoted_password() -> LdapError:
    """A unicodePwd that does not stand between double quotes."""
    return _unwilling("0000001F", "031A12D2")


@refusal(f"{_SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def not_in_primary_group() -> LdapError:
    """A primary group that the account is not a member of."""
    return _unwilling("00000561", "031A11E5")


@refusal("https://github.com/ldapjs/node-ldapjs/issues/431", mark="seen")
def unknown_attribute() -> LdapError:
    """An attribute or a class that the schema does not have."""
    comment = "Error in attribute conversion operation"
    return LdapError(16, "00000057", _ldap("0C090DA8", comment))


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_value() -> LdapError:
    """A value that is not of the syntax of its attribute; an empty one never is."""
    return LdapError(21, "00000057", _ldap("0C090D11", "Error in attribute conversion operation"))


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def not_in_class(attribute: str) -> LdapError:
    """An attribute that objects of this class do not have."""
    text = _attribute("0000207D", "0315166F", "0 (NAMING_VIOLATION)", f"Att 9 ({attribute})")
    return LdapError(65, "0000207D", text)


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def object_class(head: str) -> LdapError:
    """An object without a class, or a change of its class."""
    return LdapError(65, head, "UpdErr: DSID-03151E4C, problem 6002 (OBJ_CLASS_VIOLATION), data 0")


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def no_attribute(attribute: str) -> LdapError:
    """Deleting an attribute or a value that is not there."""
    text = _attribute("00002085", "03151735", "1001 (NO_ATTRIBUTE_OR_VAL)", f"Att 0 ({attribute})")
    return LdapError(16, "00002085", text)


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def value_exists(attribute: str) -> LdapError:
    """A value that the attribute has already."""
    text = _attribute("00002083", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"Att 0 ({attribute})")
    return LdapError(20, "00002083", text)


@refusal(f"{_SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def second_value(attribute: str) -> LdapError:
    """A second value of an attribute that has one only."""
    text = _attribute("00002081", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"Att 0 ({attribute})")
    return LdapError(20, "00002081", text)


@refusal(f"{_LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def several_values(attribute: str) -> LdapError:
    """Several values of an attribute that takes one."""
    text = _attribute("00002081", "03151830", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "00002081", text)


@refusal(
    "https://learn.microsoft.com/en-us/troubleshoot/windows-server/active-directory/"
    "active-directory-domain-services-maximum-limits (the text is recorded)",
    mark="seen",
)
def too_many_values() -> LdapError:
    """More values than one object can hold."""
    text = "SvcErr: DSID-02050BBD, problem 5008 (ADMIN_LIMIT_EXCEEDED), data -1026"
    return LdapError(11, "00002024", text)


@refusal("https://github.com/cannatag/ldap3/issues/808", mark="seen")
def back_link() -> LdapError:
    """Writing `memberOf`, or what the account manager computes."""
    return _unwilling("0000209A", "031A10E7")


@refusal(f"{_LDAP_TESTS} (the code; the head is recorded)", mark="seen")
def system_only(attribute: str) -> LdapError:
    """Writing what only the system writes."""
    text = _attribute("000020B1", "03152D32", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "000020B1", text)


@refusal("https://github.com/go-ldap/ldap/issues/486", mark="seen")
def bad_reference(attribute: str) -> LdapError:
    """A reference to an object that does not exist."""
    text = _attribute("000020B5", "03152392", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "000020B5", text)


@refusal("https://github.com/ltb-project/self-service-password/issues/600", mark="seen")
def bad_password() -> LdapError:
    """A password that does not comply with the policy."""
    text = _attribute(
        "0000052D", "031A12D2", "1005 (CONSTRAINT_ATT_TYPE)", "Att 9005a (unicodePwd)"
    )
    return LdapError(19, "0000052D", text)


@refusal("https://github.com/go-ldap/ldap/issues/451", mark="seen")
def password_needed() -> LdapError:
    """Enabling an account that has no password."""
    return _unwilling("0000052D", "031A1248")


# --- requests --------------------------------------------------------------------------------


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.1.11 (the code; the text is inferred)",
    mark="unsure",
)
def unknown_control() -> LdapError:
    """A critical control that the directory does not know."""
    comment = "Error processing control"
    return LdapError(12, "00000057", _ldap("0C090E95", comment))


@refusal(f"{_ADTS} 3.1.1.3.4.1.3 (DirSync cookies; the text is inferred)", mark="unsure")
def bad_control() -> LdapError:
    """A control that is known, with a value that is none."""
    return LdapError(2, "0000203D", _ldap("0C090E58", "Error processing control"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.1.1 (the code; the text is well known)",
    mark="unsure",
)
def not_decodable() -> LdapError:
    """What is no LDAP message."""
    return LdapError(2, "00000057", _ldap("0C0C0095", "Error decoding ldap message"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.12 (the code; the text is inferred)",
    mark="unsure",
)
def unknown_extension() -> LdapError:
    """An extended request that the directory does not know."""
    return LdapError(2, "0000203D", _ldap("0C090C7D", "Unknown extended request OID"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.14.1 (the code; the text is well known)",
    mark="unsure",
)
def no_tls() -> LdapError:
    """StartTLS where there is no certificate."""
    return LdapError(52, "00000000", _ldap("0C090E17", "Error initializing SSL/TLS"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.14.1 (the code; the text is well known)",
    mark="unsure",
)
def tls_already() -> LdapError:
    """StartTLS on a connection that has TLS."""
    return LdapError(1, "00000000", _ldap("0C090DF5", "TLS or SSL already in effect"))


@refusal(f"{_POLICIES} (MaxQueryDuration; the text is inferred)", mark="unsure")
def time_limit() -> LdapError:
    """A search that takes longer than the client or the directory allows."""
    return LdapError(3, "000020E3", "SvcErr: DSID-031A1198, problem 5011 (TIME_LIMIT), data 0")


@refusal(f"{_ADTS} 3.1.1.3.4.1.1 (the code; the text is inferred)", mark="unsure")
def foreign_cookie() -> LdapError:
    """The cookie of another search."""
    return LdapError(12, "00000057", _ldap("0C090B3E", "Error processing control"))


@refusal(f"{_ADTS} 3.1.1.3.4.1.1 (the code; the text is inferred)", mark="unsure")
def bad_cookie() -> LdapError:
    """A cookie that nobody was given."""
    return _unwilling("00000057", "031A0F40")


@refusal("https://learn.microsoft.com/en-us/windows/win32/api/winldap/ (LDAP_FILTER_ERROR)")
def bad_filter() -> LdapError:
    """A filter that is none; the client library refuses it, the directory never sees it."""
    return LdapError(87, "", "The search filter is invalid.")


@refusal(f"{_ADTS} 3.1.1.3.1.3.3 (the code; the text is inferred)", mark="unsure")
def range_beyond_end() -> LdapError:
    """A range of values that begins behind the last one."""
    return LdapError(1, "00000057", _ldap("0C090A5C", "Error in attribute range"))


@refusal(f"{_ADTS} 3.1.1.3.1.3.3 (the code; the text is inferred)", mark="unsure")
def bad_range() -> LdapError:
    """A range of values that is none."""
    return _unwilling("00000057", "031A0F41")


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#appendix-A.2 (the code; the text is inferred)",
    mark="unsure",
)
def busy() -> LdapError:
    """The directory has too much to do."""
    return LdapError(51, "000020D9", "SvcErr: DSID-031A122A, problem 5001 (BUSY), data 0")


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#appendix-A.2 (the code; the text is inferred)",
    mark="unsure",
)
def unavailable() -> LdapError:
    """The directory is shutting down."""
    return LdapError(52, "000020D9", "SvcErr: DSID-031A122B, problem 5002 (UNAVAILABLE), data 0")


@refusal("https://learn.microsoft.com/en-us/windows/win32/api/winldap/ (LDAP_SERVER_DOWN)")
def server_down() -> LdapError:
    """The connection to the directory is gone: the client library says so."""
    return LdapError(81, "", "The LDAP server is unavailable.")


@refusal("https://learn.microsoft.com/en-us/windows/win32/api/winldap/ (LDAP_TIMEOUT)")
def timed_out() -> LdapError:
    """The directory does not answer in time: the client library says so."""
    return LdapError(
        85, "", "The operation was aborted because the client side timeout limit was exceeded."
    )


# --- the agent -------------------------------------------------------------------------------
# The shape and, where one fits, the code and sentence of Okta's error object:
# https://developer.okta.com/docs/reference/error-codes/


def render(error: ApiError) -> Reply:
    """The agent's error body. A directory refusal outside an action is the administrator's."""
    if isinstance(error, LdapError):
        detail = {"resultCode": error.status, "resultName": error.name}
        return {"errorCode": error.code, "errorSummary": error.message, **detail}, 422, {}
    causes = [{"errorSummary": cause} for cause in error.extra.get("causes", ())]
    body = {"errorCode": error.code, "errorSummary": error.message, "errorCauses": causes}
    return body, error.status, error.headers


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000001)", mark="unsure")
def invalid(field: str, complaint: str) -> ApiError:
    """An action with a field that is missing, unknown or wrong."""
    return ApiError(
        400, "E0000001", f"Api validation failed: {field}", causes=[f"{field}: {complaint}"]
    )


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000003)", mark="unsure")
def not_json() -> ApiError:
    """A body that is no JSON."""
    return ApiError(400, "E0000003", "The request body was not well-formed.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000011)", mark="unsure")
def bad_token() -> ApiError:
    """A call without the token of the agent."""
    return ApiError(401, "E0000011", "Invalid token provided")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000007)", mark="unsure")
def unknown_path(_request: Request) -> ApiError:
    """A path that the agent does not have."""
    return ApiError(404, "E0000007", "Not found: Resource not found")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000022)", mark="unsure")
def wrong_method(_request: Request) -> ApiError:
    """A method that the path does not take."""
    return ApiError(405, "E0000022", "The endpoint does not support the provided HTTP method")


@refusal("ours: the agent face is no vendor's", mark="unsure")
def too_large(_request: Request) -> ApiError:
    """An action larger than the agent accepts."""
    return ApiError(413, "tooLarge", "The action is larger than the agent accepts.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000047)", mark="unsure")
def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    """More calls than the agent takes."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return ApiError(429, "E0000047", "API call exceeded rate limit", headers=headers)


@refusal("ours: the agent face is no vendor's", mark="unsure")
def agent_unavailable() -> ApiError:
    """The agent is restarting."""
    return ApiError(503, "unavailable", "The agent is restarting.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000241)", mark="unsure")
def agent_offline(_app: FakeApp, _fault: Fault) -> ApiError:
    """No agent is connected."""
    return ApiError(504, "E0000241", "No connected agents.")


@refusal("https://developer.okta.com/docs/reference/error-codes/ (E0000240)", mark="unsure")
def agent_slow(_app: FakeApp, _fault: Fault) -> ApiError:
    """The agent has not taken the action up in time."""
    return ApiError(502, "E0000240", "Request timed out waiting for agent.")
