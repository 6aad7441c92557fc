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


def unwilling(head: str, dsid: str = "031A1236") -> LdapError:
    return LdapError(53, head, _service(dsid))


# --- names and objects -----------------------------------------------------------------------


def entry_exists() -> LdapError:
    return LdapError(68, "00002071", _update("00002071", "030503CF", "6005 (ENTRY_EXISTS)"))


def account_name_taken(*, by_group: bool) -> LdapError:
    head, dsid = ("00000526", "031A11DA") if by_group else ("00000524", "031A1261")
    return LdapError(68, head, _update(head, dsid, "6005 (ENTRY_EXISTS)"))


def principal_name_taken() -> LdapError:
    what = "Att 90290 (userPrincipalName)"
    text = _attribute("000021C8", "03200BBA", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "000021C8", text)


def bad_account_name(status: int) -> LdapError:
    text = "SysErr: DSID-031A1256, problem 22 (Invalid argument), data 0"
    return LdapError(status, "00000523", text)


def too_long(attribute: str, length: int) -> LdapError:
    what = f"Att 3 ({attribute}):len {length * 2}"
    text = _attribute("00002082", "03050B3A", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "00002082", text)


def no_object(best: str) -> LdapError:
    text = _name("03100241", "2001 (NO_OBJECT)", best)
    return LdapError(32, "0000208D", text, matched_dn=best)


def bad_name(text: str) -> LdapError:
    return LdapError(34, "0000208F", _name("03100225", "2006 (BAD_NAME)", text))


def referral(dns: str, dn: str) -> LdapError:
    text = f"RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '{dns}'"
    return LdapError(10, "0000202B", text, referral=f"ldap://{dns}/{dn}")


def naming_violation() -> LdapError:
    return LdapError(
        64, "00002037", "UpdErr: DSID-03050F62, problem 6001 (NAMING_VIOLATION), data 0"
    )


def not_on_rdn() -> LdapError:
    return LdapError(67, "00002016", _update("00002016", "030F0D98", "6004 (CANT_ON_RDN)"))


def not_on_non_leaf() -> LdapError:
    return LdapError(66, "00002015", _update("00002015", "031A120F", "6003 (CANT_ON_NON_LEAF)"))


def keeps_old_name() -> LdapError:
    return unwilling("00000057", "031A0F66")


def below_itself() -> LdapError:
    return unwilling("00002035", "031A0FC0")


def into_another_domain() -> LdapError:
    return unwilling("00002018", "031A0F4D")


def parent_missing_on_move() -> LdapError:
    return LdapError(80, "00002089", "UpdErr: DSID-031A1236, problem 5012 (DIR_ERROR), data 2")


def system_object() -> LdapError:
    return unwilling("0000207D", "031A0E20")


def deleted_object() -> LdapError:
    return unwilling("00002077", "031A1254")


# --- rights ----------------------------------------------------------------------------------


def no_rights() -> LdapError:
    text = "SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00002098", text)


def delete_denied() -> LdapError:
    text = "SecErr: DSID-031520B2, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00000005", text)


def bad_credentials(reason: str) -> LdapError:
    text = f"LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {reason}, v4563"
    return LdapError(49, "80090308", text)


def not_bound() -> LdapError:
    comment = (
        "In order to perform this operation a successful bind must be completed on the connection."
    )
    return LdapError(1, "000004DC", _ldap("0C090A5C", comment))


def old_password_wrong() -> LdapError:
    text = _attribute(
        "00000056", "03191083", "1005 (CONSTRAINT_ATT_TYPE)", "Att 9005a (unicodePwd)"
    )
    return LdapError(19, "00000056", text)


def password_in_clear() -> LdapError:
    return unwilling("0000001F", "031A1262")


def signing_required() -> LdapError:
    comment = (
        "The server requires binds to turn on integrity checking if SSL\\TLS are not already "
        "active on the connection"
    )
    return LdapError(8, "00002028", _ldap("0C090257", comment))


def no_such_method() -> LdapError:
    comment = "The server does not support the requested authentication mechanism"
    return LdapError(7, "00002027", _ldap("0C0905E6", comment))


def no_replication_right() -> LdapError:
    text = "SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00002105", text)


# --- members ---------------------------------------------------------------------------------


def member_exists(status: int = 68) -> LdapError:
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00000562", _update("00000562", "031A11DA", "6005 (ENTRY_EXISTS)"))


def member_absent(status: int = 53) -> LdapError:
    return no_attribute("member") if status == 16 else unwilling("00000561", "031A11E5")


def member_not_found(best: str = "") -> LdapError:
    return LdapError(32, "00000525", _name("031A120B", "2001 (NO_OBJECT)", best))


def member_twice(status: int = 68) -> LdapError:
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00002071", _update("00002071", "031A11DA", "6005 (ENTRY_EXISTS)"))


def nesting(head: str, status: int) -> LdapError:
    return LdapError(status, head, _service("031A1232"))


def no_such_member_kind() -> LdapError:
    return unwilling("000020E7", "031A1235")


def bad_group_type() -> LdapError:
    return unwilling("00002141", "031A0FC4")


def has_primary_members() -> LdapError:
    return unwilling("00002149", "031A0FD5")


# --- attributes ------------------------------------------------------------------------------


def unknown_attribute() -> LdapError:
    comment = "Error in attribute conversion operation"
    return LdapError(16, "00000057", _ldap("0C090DA8", comment))


def bad_value() -> LdapError:
    return LdapError(21, "00000057", _ldap("0C090D11", "Error in attribute conversion operation"))


def not_in_class(attribute: str) -> LdapError:
    text = _attribute("0000207D", "0315166F", "0 (NAMING_VIOLATION)", f"Att 9 ({attribute})")
    return LdapError(65, "0000207D", text)


def object_class(head: str) -> LdapError:
    return LdapError(65, head, "UpdErr: DSID-03151E4C, problem 6002 (OBJ_CLASS_VIOLATION), data 0")


def no_attribute(attribute: str) -> LdapError:
    text = _attribute("00002085", "03151735", "1001 (NO_ATTRIBUTE_OR_VAL)", f"Att 0 ({attribute})")
    return LdapError(16, "00002085", text)


def value_exists(attribute: str) -> LdapError:
    text = _attribute("00002083", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"Att 0 ({attribute})")
    return LdapError(20, "00002083", text)


def second_value(attribute: str) -> LdapError:
    text = _attribute("00002081", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"Att 0 ({attribute})")
    return LdapError(20, "00002081", text)


def several_values(attribute: str) -> LdapError:
    text = _attribute("00002081", "03151830", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "00002081", text)


def too_many_values() -> LdapError:
    text = "SvcErr: DSID-02050BBD, problem 5008 (ADMIN_LIMIT_EXCEEDED), data -1026"
    return LdapError(11, "00002024", text)


def back_link() -> LdapError:
    return unwilling("0000209A", "031A10E7")


def system_only(attribute: str) -> LdapError:
    text = _attribute("000020B1", "03152D32", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "000020B1", text)


def bad_reference(attribute: str) -> LdapError:
    text = _attribute("000020B5", "03152392", "1005 (CONSTRAINT_ATT_TYPE)", f"Att 0 ({attribute})")
    return LdapError(19, "000020B5", text)


def bad_password() -> LdapError:
    text = _attribute(
        "0000052D", "031A12D2", "1005 (CONSTRAINT_ATT_TYPE)", "Att 9005a (unicodePwd)"
    )
    return LdapError(19, "0000052D", text)


def password_needed() -> LdapError:
    return unwilling("0000052D", "031A1248")


# --- requests --------------------------------------------------------------------------------


def unknown_control() -> LdapError:
    comment = "Error processing control"
    return LdapError(12, "00000057", _ldap("0C090E95", comment))


def bad_control() -> LdapError:
    """The control is known, its value is none."""
    return LdapError(2, "0000203D", _ldap("0C090E58", "Error processing control"))


def not_decodable() -> LdapError:
    return LdapError(2, "00000057", _ldap("0C0C0095", "Error decoding ldap message"))


def unknown_extension() -> LdapError:
    return LdapError(2, "0000203D", _ldap("0C090C7D", "Unknown extended request OID"))


def no_tls() -> LdapError:
    return LdapError(52, "00000000", _ldap("0C090E17", "Error initializing SSL/TLS"))


def tls_already() -> LdapError:
    return LdapError(1, "00000000", _ldap("0C090DF5", "TLS or SSL already in effect"))


def time_limit() -> LdapError:
    return LdapError(3, "000020E3", "SvcErr: DSID-031A1198, problem 5011 (TIME_LIMIT), data 0")


def foreign_cookie() -> LdapError:
    return LdapError(12, "00000057", _ldap("0C090B3E", "Error processing control"))


def bad_cookie() -> LdapError:
    return unwilling("00000057", "031A0F40")


def bad_filter() -> LdapError:
    """A client library refuses such a text before anything reaches the directory."""
    return LdapError(87, "", "The search filter is invalid.")


def range_beyond_end() -> LdapError:
    return LdapError(1, "00000057", _ldap("0C090A5C", "Error in attribute range"))


def bad_range() -> LdapError:
    return unwilling("00000057", "031A0F41")


def busy() -> LdapError:
    return LdapError(51, "000020D9", "SvcErr: DSID-031A122A, problem 5001 (BUSY), data 0")


def unavailable() -> LdapError:
    return LdapError(52, "000020D9", "SvcErr: DSID-031A122B, problem 5002 (UNAVAILABLE), data 0")


def server_down() -> LdapError:
    return LdapError(81, "", "The LDAP server is unavailable.")


def timed_out() -> LdapError:
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


def invalid(field: str, complaint: str) -> ApiError:
    return ApiError(
        400, "E0000001", f"Api validation failed: {field}", causes=[f"{field}: {complaint}"]
    )


def not_json() -> ApiError:
    return ApiError(400, "E0000003", "The request body was not well-formed.")


def bad_token() -> ApiError:
    return ApiError(401, "E0000011", "Invalid token provided")


def unknown_path(_request: Request) -> ApiError:
    return ApiError(404, "E0000007", "Not found: Resource not found")


def wrong_method(_request: Request) -> ApiError:
    return ApiError(405, "E0000022", "The endpoint does not support the provided HTTP method")


def too_large(_request: Request) -> ApiError:
    return ApiError(413, "tooLarge", "The action is larger than the agent accepts.")


def throttled(_app: FakeApp, retry_after: str | None, _throttle: Throttle | None) -> ApiError:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return ApiError(429, "E0000047", "API call exceeded rate limit", headers=headers)


def agent_unavailable() -> ApiError:
    return ApiError(503, "unavailable", "The agent is restarting.")


def agent_offline(_app: FakeApp, _fault: Fault) -> ApiError:
    return ApiError(504, "E0000241", "No connected agents.")


def agent_slow(_app: FakeApp, _fault: Fault) -> ApiError:
    return ApiError(502, "E0000240", "Request timed out waiting for agent.")
