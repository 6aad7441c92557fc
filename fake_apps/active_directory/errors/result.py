"""The results of a directory: their codes, the one kind of refusal, and how its texts are made.

A result is a number, and a text whose first eight hex digits are a Win32 code; only those eight are
contractual (MS-ADTS 3.1.1.3.1.9). The rest follows recorded texts; the DSID differs from build to
build in life.
"""

from ...core.error import ApiError

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
