"""Who may not: binds that fail, and changes without the right to them."""

from ...core.refusal import refusal
from . import sources, texts
from .result import LdapError


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


@refusal(f"{sources.ADTS} 3.1.1.3.1.9 (the head; the text is well known)", mark="unsure")
def not_bound() -> LdapError:
    """An operation over LDAP before a successful bind."""
    comment = (
        "In order to perform this operation a successful bind must be completed on the connection."
    )
    return LdapError(1, "000004DC", texts.ldap("0C090A5C", comment))


@refusal("https://github.com/ltb-project/self-service-password/issues/83", mark="seen")
def old_password_wrong() -> LdapError:
    """A password change that does not show the present password."""
    text = texts.attribute(
        "00000056", "03191083", "1005 (CONSTRAINT_ATT_TYPE)", "9005a (unicodePwd)"
    )
    return LdapError(19, "00000056", text)


@refusal(
    f"{sources.ADTS} 3.1.1.3.1.5 (unicodePwd), https://github.com/dsbenghe/"
    "Novell.Directory.Ldap.NETStandard/issues/31 (the text)",
    mark="seen",
)
def password_in_clear() -> LdapError:
    """A password written over a connection without TLS."""
    return LdapError(53, "0000001F", texts.service("031A1262"))


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
    return LdapError(8, "00002028", texts.ldap("0C090257", comment))


@refusal(f"{sources.ADTS} 3.1.1.3.4.5 (the text is inferred)", mark="unsure")
def no_such_method() -> LdapError:
    """A bind by a mechanism that these controllers do not have here."""
    comment = "The server does not support the requested authentication mechanism"
    return LdapError(7, "00002027", texts.ldap("0C0905E6", comment))


@refusal(
    "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/"
    "dirsync.py (the code; the text is inferred)",
    mark="unsure",
)
def no_replication_right() -> LdapError:
    """DirSync without the right to replicate changes, or not from the head of a domain."""
    text = "SecErr: DSID-031514A0, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"
    return LdapError(50, "00002105", text)
