"""What attributes and their values refuse."""

from ...core.refusal import refusal
from . import sources, texts
from .result import LdapError

_CONVERSION = "Error in attribute conversion operation"


@refusal("https://github.com/dsbenghe/Novell.Directory.Ldap.NETStandard/issues/31", mark="seen")
def unquoted_password() -> LdapError:
    """A unicodePwd that does not stand between double quotes."""
    return LdapError(53, "0000001F", texts.service("031A12D2"))


@refusal(f"{sources.SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def not_in_primary_group() -> LdapError:
    """A primary group that the account is not a member of."""
    return LdapError(53, "00000561", texts.service("031A11E5"))


@refusal("https://github.com/ldapjs/node-ldapjs/issues/431", mark="seen")
def unknown_attribute() -> LdapError:
    """An attribute or a class that the schema does not have."""
    return LdapError(16, "00000057", texts.ldap("0C090DA8", _CONVERSION))


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_value() -> LdapError:
    """A value that is not of the syntax of its attribute; an empty one never is."""
    return LdapError(
        21, "00000057", texts.ldap("0C090D11", "Error in attribute conversion operation")
    )


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def not_in_class(attribute: str) -> LdapError:
    """An attribute that objects of this class do not have."""
    text = texts.attribute("0000207D", "0315166F", "0 (NAMING_VIOLATION)", f"9 ({attribute})")
    return LdapError(65, "0000207D", text)


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def object_class(head: str) -> LdapError:
    """An object without a class, or a change of its class."""
    return LdapError(65, head, "UpdErr: DSID-03151E4C, problem 6002 (OBJ_CLASS_VIOLATION), data 0")


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def no_attribute(attribute: str) -> LdapError:
    """Deleting an attribute or a value that is not there."""
    text = texts.attribute("00002085", "03151735", "1001 (NO_ATTRIBUTE_OR_VAL)", f"0 ({attribute})")
    return LdapError(16, "00002085", text)


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def value_exists(attribute: str) -> LdapError:
    """A value that the attribute has already."""
    text = texts.attribute("00002083", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"0 ({attribute})")
    return LdapError(20, "00002083", text)


@refusal(f"{sources.SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def second_value(attribute: str) -> LdapError:
    """A second value of an attribute that has one only."""
    text = texts.attribute("00002081", "031517E9", "1006 (ATT_OR_VALUE_EXISTS)", f"0 ({attribute})")
    return LdapError(20, "00002081", text)


@refusal(f"{sources.LDAP_TESTS} (the code; the text is inferred)", mark="unsure")
def several_values(attribute: str) -> LdapError:
    """Several values of an attribute that takes one."""
    text = texts.attribute("00002081", "03151830", "1005 (CONSTRAINT_ATT_TYPE)", f"0 ({attribute})")
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
    return LdapError(53, "0000209A", texts.service("031A10E7"))


@refusal(f"{sources.LDAP_TESTS} (the code; the head is recorded)", mark="seen")
def system_only(attribute: str) -> LdapError:
    """Writing what only the system writes."""
    text = texts.attribute("000020B1", "03152D32", "1005 (CONSTRAINT_ATT_TYPE)", f"0 ({attribute})")
    return LdapError(19, "000020B1", text)


@refusal("https://github.com/go-ldap/ldap/issues/486", mark="seen")
def bad_reference(attribute: str) -> LdapError:
    """A reference to an object that does not exist."""
    text = texts.attribute("000020B5", "03152392", "1005 (CONSTRAINT_ATT_TYPE)", f"0 ({attribute})")
    return LdapError(19, "000020B5", text)


@refusal("https://github.com/ltb-project/self-service-password/issues/600", mark="seen")
def bad_password() -> LdapError:
    """A password that does not comply with the policy."""
    text = texts.attribute(
        "0000052D", "031A12D2", "1005 (CONSTRAINT_ATT_TYPE)", "9005a (unicodePwd)"
    )
    return LdapError(19, "0000052D", text)


@refusal("https://github.com/go-ldap/ldap/issues/451", mark="seen")
def password_needed() -> LdapError:
    """Enabling an account that has no password."""
    return LdapError(53, "0000052D", texts.service("031A1248"))
