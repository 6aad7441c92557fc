"""What is wrong with a name, or with the object that has it."""

from ...core.refusal import refusal
from . import sources, texts
from .result import LdapError


@refusal("https://github.com/ldapjs/node-ldapjs/issues/898", mark="seen")
def entry_exists() -> LdapError:
    """A name that another object below the same parent has."""
    return LdapError(68, "00002071", texts.update("030503CF", "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://github.com/rapid7/insightconnect-plugins/pull/840, https://github.com/"
    "Ouest-France/terraform-provider-ldap/issues/75",
    mark="seen",
)
def account_name_taken(*, by_group: bool) -> LdapError:
    """A sAMAccountName that a user (524) or a group (526) of the domain has."""
    head, dsid = ("00000526", "031A11DA") if by_group else ("00000524", "031A1261")
    return LdapError(68, head, texts.update(dsid, "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/"
    "component-updates/spn-and-upn-uniqueness"
)
def principal_name_taken() -> LdapError:
    """A userPrincipalName that somebody in the forest has."""
    what = "90290 (userPrincipalName)"
    text = texts.attribute("000021C8", "03200BBA", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "000021C8", text)


@refusal(
    "https://github.com/zakird/pyad/issues/44 (the text; the code follows from its HRESULT)",
    mark="unsure",
)
def bad_account_name(status: int) -> LdapError:
    """A sAMAccountName that is too long or has a forbidden character."""
    text = "SysErr: DSID-031A1256, problem 22 (Invalid argument), data 0"
    return LdapError(status, "00000523", text)


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def too_long(attribute: str, length: int) -> LdapError:
    """A name or value that is longer than the schema allows."""
    what = f"3 ({attribute}):len {length * 2}"
    text = texts.attribute("00002082", "03050B3A", "1005 (CONSTRAINT_ATT_TYPE)", what)
    return LdapError(19, "00002082", text)


@refusal("https://github.com/dirkjanm/krbrelayx/issues/59", mark="seen")
def no_object(best: str) -> LdapError:
    """A name that no object has; the nearest one that exists is told."""
    text = texts.name("03100241", "2001 (NO_OBJECT)", best)
    return LdapError(32, "0000208D", text, matched_dn=best)


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_name(text: str) -> LdapError:
    """What is no distinguished name."""
    return LdapError(34, "0000208F", texts.name("03100225", "2006 (BAD_NAME)", text))


@refusal(f"{sources.ADTS} 3.1.1.4.6", mark="seen")
def referral(dns: str, dn: str) -> LdapError:
    """A name in a domain that these controllers do not have."""
    text = f"RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '{dns}'"
    return LdapError(10, "0000202B", text, referral=f"ldap://{dns}/{dn}")


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def naming_violation() -> LdapError:
    """An object below one that cannot hold it, or named by another attribute than its class has."""
    return LdapError(
        64, "00002037", "UpdErr: DSID-03050F62, problem 6001 (NAMING_VIOLATION), data 0"
    )


@refusal("https://github.com/wso2/product-integrator-mi/issues/2509", mark="seen")
def not_on_rdn() -> LdapError:
    """The name of an object, written by modify instead of modifyDN."""
    return LdapError(67, "000020B1", texts.update("030F1357", "6004 (CANT_ON_RDN)"))


@refusal(
    "https://github.com/samba-team/samba/blob/master/source4/dsdb/tests/python/"
    "deletetest.py (the code; the text is inferred)",
    mark="unsure",
)
def not_on_non_leaf() -> LdapError:
    """Deleting an object that holds others, without tree delete."""
    return LdapError(66, "00002015", texts.update("031A120F", "6003 (CANT_ON_NON_LEAF)"))


@refusal(f"{sources.ADTS} 3.1.1.5.4.1")
def keeps_old_name() -> LdapError:
    """A rename that keeps the old name as a value."""
    return LdapError(53, "00000057", texts.service("031A0F66"))


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def below_itself() -> LdapError:
    """Moving an object below itself."""
    return LdapError(53, "00002035", texts.service("031A0FC0"))


@refusal(f"{sources.ADTS} 3.1.1.5.4.2 (the text is inferred)", mark="unsure")
def into_another_domain() -> LdapError:
    """Moving an object into another domain by modifyDN alone."""
    return LdapError(53, "00002018", texts.service("031A0F4D"))


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def parent_missing_on_move() -> LdapError:
    """Moving an object below one that does not exist."""
    return LdapError(80, "00002089", "UpdErr: DSID-031A1236, problem 5012 (DIR_ERROR), data 2")


@refusal(f"{sources.DELETE_TESTS} (the code; the text is inferred)", mark="unsure")
def system_object() -> LdapError:
    """Deleting or renaming what the directory came with."""
    return LdapError(53, "0000207D", texts.service("031A0E20"))


@refusal(f"{sources.ADTS} 3.1.1.5.3.7 (the text is inferred)", mark="unsure")
def deleted_object() -> LdapError:
    """Changing a deleted object otherwise than by undeleting it, or undeleting a recycled one."""
    return LdapError(53, "00002077", texts.service("031A1254"))
