"""What is wrong with a request, and directories that cannot answer."""

from ...core.refusal import refusal
from . import sources, texts
from .result import LdapError


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.1.11 (the code; the text is inferred)",
    mark="unsure",
)
def unknown_control() -> LdapError:
    """A critical control that the directory does not know, or cannot do as it says."""
    comment = "Error processing control"
    return LdapError(12, "00000057", texts.ldap("0C090E95", comment))


@refusal(f"{sources.ADTS} 3.1.1.3.4.1.3 (DirSync cookies; the text is inferred)", mark="unsure")
def bad_control() -> LdapError:
    """A control that is known, with a value that is none."""
    return LdapError(2, "0000203D", texts.ldap("0C090E58", "Error processing control"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.1.1 (the code; the text is well known)",
    mark="unsure",
)
def not_decodable() -> LdapError:
    """What is no LDAP message."""
    return LdapError(2, "00000057", texts.ldap("0C0C0095", "Error decoding ldap message"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.12 (the code; the text is inferred)",
    mark="unsure",
)
def unknown_extension() -> LdapError:
    """An extended request that the directory does not know."""
    return LdapError(2, "0000203D", texts.ldap("0C090C7D", "Unknown extended request OID"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.14.1 (the code; the text is well known)",
    mark="unsure",
)
def no_tls() -> LdapError:
    """StartTLS where there is no certificate."""
    return LdapError(52, "00000000", texts.ldap("0C090E17", "Error initializing SSL/TLS"))


@refusal(
    "https://www.rfc-editor.org/rfc/rfc4511#section-4.14.1 (the code; the text is well known)",
    mark="unsure",
)
def tls_already() -> LdapError:
    """StartTLS on a connection that has TLS."""
    return LdapError(1, "00000000", texts.ldap("0C090DF5", "TLS or SSL already in effect"))


@refusal(f"{sources.POLICIES} (MaxQueryDuration; the text is inferred)", mark="unsure")
def time_limit() -> LdapError:
    """A search that takes longer than the client or the directory allows."""
    return LdapError(3, "000020E3", "SvcErr: DSID-031A1198, problem 5011 (TIME_LIMIT), data 0")


@refusal(f"{sources.ADTS} 3.1.1.3.4.1.1 (the code; the text is inferred)", mark="unsure")
def foreign_cookie() -> LdapError:
    """The cookie of another search."""
    return LdapError(12, "00000057", texts.ldap("0C090B3E", "Error processing control"))


@refusal(f"{sources.ADTS} 3.1.1.3.4.1.1 (the code; the text is inferred)", mark="unsure")
def bad_cookie() -> LdapError:
    """A cookie that nobody was given."""
    return LdapError(53, "00000057", texts.service("031A0F40"))


@refusal("https://learn.microsoft.com/en-us/windows/win32/api/winldap/ (LDAP_FILTER_ERROR)")
def bad_filter() -> LdapError:
    """A filter that is none; the client library refuses it, the directory never sees it."""
    return LdapError(87, "", "The search filter is invalid.")


@refusal(f"{sources.ADTS} 3.1.1.3.1.3.3 (the code; the text is inferred)", mark="unsure")
def range_beyond_end() -> LdapError:
    """A range of values that begins behind the last one."""
    return LdapError(1, "00000057", texts.ldap("0C090A5C", "Error in attribute range"))


@refusal(f"{sources.ADTS} 3.1.1.3.1.3.3 (the code; the text is inferred)", mark="unsure")
def bad_range() -> LdapError:
    """A range of values that is none."""
    return LdapError(53, "00000057", texts.service("031A0F41"))


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
