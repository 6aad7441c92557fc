"""What a user cannot be, have or become."""

from ...core.error import ApiError
from ...core.refusal import refusal
from . import envelope
from .sources import ACCESS, CONNECTOR, ERRORS, NAMES, NOT_ALLOWED, OKTA, OWN_NAMES


@refusal(ERRORS)
def no_such_user() -> ApiError:
    """A user id that nobody has."""
    return envelope.scim_refusal(404, "no_such_user")


@refusal(ERRORS, mark="unsure")
def cannot_decode_user_id() -> ApiError:
    """A user id of other characters than ids have."""
    return envelope.scim_refusal(400, "cannot_decode_user_id")


@refusal(ERRORS)
def unknown_user() -> ApiError:
    """A manager who is nobody."""
    return envelope.scim_refusal(404, "unknown_user")


@refusal("https://blog.cloudnative.co.jp/12293/", mark="seen")
def username_taken(name: str) -> ApiError:
    """The name of another user, the deactivated included, or of a channel."""
    return ApiError(409, "username_taken", "username_taken", about=f"username={name}")


@refusal(ERRORS)
def email_taken(name: str) -> ApiError:
    """The address of another user, the deactivated included."""
    return envelope.scim_refusal(409, "email_taken", about=f"user={name}")


@refusal(ERRORS)
def username_required(name: str) -> ApiError:
    """A new user without a `userName`."""
    return envelope.about_user("username_required", name)


@refusal(ERRORS)
def username_empty(name: str) -> ApiError:
    """A `userName` of nothing."""
    return envelope.about_user("username_empty", name)


@refusal(ERRORS)
def username_invalid(name: str) -> ApiError:
    """A `userName` of which nothing is left to call anybody by."""
    return envelope.about_user("username_invalid", name)


@refusal(f"{OKTA}/{CONNECTOR}-long-username-user-code-400", mark="seen")
def long_username(name: str) -> ApiError:
    """A `userName` of more than 21 characters."""
    return envelope.about_user("long_username", name)


@refusal(ERRORS)
def long_nickname(name: str) -> ApiError:
    """A `nickName` of more than 21 characters."""
    return envelope.about_user("long_nickname", name)


@refusal(NOT_ALLOWED, mark="seen")
def username_not_allowed(name: str) -> ApiError:
    """A `userName` that Slack keeps to itself."""
    return envelope.about_user("username_not_allowed", name)


@refusal(ERRORS)
def email_empty(name: str) -> ApiError:
    """A new user, or one put, without an address."""
    return envelope.about_user("email_empty", name)


@refusal(ERRORS)
def bad_email_address(name: str) -> ApiError:
    """An address that is none."""
    return envelope.about_user("bad_email_address", name)


@refusal(ERRORS)
def missing_primary_email() -> ApiError:
    """A change that leaves nobody a primary address."""
    return envelope.scim_refusal(400, "missing_primary_email")


@refusal(f"{OKTA}/{CONNECTOR}-invalid-name-specials-user-code400", mark="seen")
def invalid_name_specials(name: str) -> ApiError:
    """An `@` in what a user is called."""
    return envelope.about_user("invalid_name_specials", name)


@refusal(ERRORS)
def invalid_name_required() -> ApiError:
    """A given name and a family name of nothing but blanks."""
    return envelope.scim_refusal(400, "invalid_name_required")


@refusal(NAMES)
def invalid_name_maxlength(name: str) -> ApiError:
    """A display name of more than 80 characters."""
    return envelope.about_user("invalid_name_maxlength", name)


@refusal(ERRORS)
def invalid_starts_with_at(name: str) -> ApiError:
    """A display name that begins with `@`."""
    return envelope.about_user("invalid_starts_with_at", name)


@refusal(ERRORS)
def invalid_reserved_word(name: str) -> ApiError:
    """A display name that is a mention of everybody."""
    return envelope.about_user("invalid_reserved_word", name)


@refusal(ERRORS)
def invalid_emoji_not_allowed(name: str) -> ApiError:
    """An emoji in a name or title."""
    return envelope.about_user("invalid_emoji_not_allowed", name)


@refusal(OWN_NAMES, mark="seen")
def invalid_display_name(name: str) -> ApiError:
    """A new display name where users choose their own."""
    return envelope.about_user("invalid_display_name", name)


@refusal(ERRORS)
def password_change_not_allowed() -> ApiError:
    """A change of a password."""
    return envelope.scim_refusal(403, "password_change_not_allowed")


@refusal(ERRORS)
def improper_enterprise_schema_format() -> ApiError:
    """A manager without a `managerId`."""
    return envelope.scim_refusal(400, "improper_enterprise_schema_format")


@refusal(ACCESS)
def cannot_modify_owner() -> ApiError:
    """A change of an owner by the token of less than one."""
    return envelope.scim_refusal(403, "cannot_modify_owner")


@refusal(ERRORS)
def cannot_disable_primary_owner() -> ApiError:
    """Deactivating the primary owner."""
    return envelope.scim_refusal(403, "cannot_disable_primary_owner")


@refusal(ERRORS)
def cannot_disable_bot_user_with_scim() -> ApiError:
    """Deactivating a bot."""
    return envelope.scim_refusal(403, "cannot_disable_bot_user_with_scim")


@refusal(ERRORS)
def cannot_make_user_guest() -> ApiError:
    """Making a guest of an admin, an owner or a bot."""
    return envelope.scim_refusal(403, "cannot_make_user_guest")
