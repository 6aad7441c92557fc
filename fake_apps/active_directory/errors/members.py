"""What `member` and the scopes of groups refuse."""

from ...core.refusal import refusal
from . import sources, texts
from .attributes import no_attribute, value_exists
from .result import LdapError


@refusal("https://github.com/trevex/terraform-provider-ldap/issues/8", mark="seen")
def member_exists(status: int = 68) -> LdapError:
    """Adding a member that is there already."""
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00000562", texts.update("031A11DA", "6005 (ENTRY_EXISTS)"))


@refusal(sources.LINKED_TESTS, mark="seen")
def member_absent(status: int = 53) -> LdapError:
    """Removing a member that is not there."""
    return (
        no_attribute("member")
        if status == 16
        else LdapError(53, "00000561", texts.service("031A11E5"))
    )


@refusal(sources.LINKED_TESTS, mark="seen")
def member_not_found(best: str = "") -> LdapError:
    """Adding a member that does not exist."""
    return LdapError(32, "00000525", texts.name("031A120B", "2001 (NO_OBJECT)", best))


@refusal(f"{sources.LINKED_TESTS} (the code; the text is inferred)", mark="unsure")
def member_twice(status: int = 68) -> LdapError:
    """The same member twice in one request."""
    if status == 20:
        return value_exists("member")
    return LdapError(68, "00002071", texts.update("031A11DA", "6005 (ENTRY_EXISTS)"))


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/debug/"
    "system-error-codes--8200-8999- (8516 to 8520; the result code is inferred)",
    mark="unsure",
)
def nesting(head: str, status: int) -> LdapError:
    """A member group that the scope of the group does not allow; the head says which rule."""
    return LdapError(status, head, texts.service("031A1232"))


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/adschema/a-member (the text is inferred)",
    mark="unsure",
)
def no_such_member_kind() -> LdapError:
    """A member that is neither a principal nor a contact."""
    return LdapError(53, "000020E7", texts.service("031A1235"))


@refusal(f"{sources.SAM_TESTS} (the code; the text is inferred)", mark="unsure")
def bad_group_type() -> LdapError:
    """A groupType without exactly one scope, or a conversion between global and domain local."""
    return LdapError(53, "00002141", texts.service("031A0FC4"))


@refusal(
    "https://learn.microsoft.com/en-us/windows/win32/debug/"
    "system-error-codes--8200-8999- (8521; the result code is inferred)",
    mark="unsure",
)
def has_primary_members() -> LdapError:
    """Making a distribution group of one that is the primary group of accounts."""
    return LdapError(53, "00002149", texts.service("031A0FD5"))
