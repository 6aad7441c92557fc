"""What the token endpoint refuses: OAuth's own envelope, Box's own sentences.

Where no other source stands beside it, the sentence is in the table of
https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors ("400 Bad Request").
"""

from ..core.error import ApiError
from ..core.refusal import refusal

GUIDES = "https://developer.box.com/guides"
COMMON = f"{GUIDES}/api-calls/permissions-and-errors/common-errors"
REFRESH = f"{GUIDES}/authentication/tokens/refresh"


def _refused(code: str, message: str, *, status: int = 400) -> ApiError:
    return ApiError(status, code, message, oauth=True)


# --- any request -----------------------------------------------------------------------------


@refusal(COMMON)
def bad_grant_type() -> ApiError:
    """A token request whose grant_type is missing, or none that Box knows."""
    return _refused("invalid_request", "Invalid grant_type parameter or parameter missing")


@refusal(COMMON)
def bad_client() -> ApiError:
    """A client id or secret that is not the app's."""
    return _refused("invalid_client", "The client credentials are invalid")


@refusal("https://support.box.com/hc/en-us/articles/360044193033", mark="seen")
def other_grant() -> ApiError:
    """A grant type other than the app is configured for."""
    return _refused("unauthorized_client", "The grant type is unauthorized for this client_id")


@refusal(COMMON)
def unapproved() -> ApiError:
    """An assertion of an app that no administrator has authorized in the enterprise."""
    return _refused("unauthorized_client", "This app is not authorized by the enterprise admin")


@refusal("ours: no source shows this body of the token endpoint", mark="unsure")
def form_too_large() -> ApiError:
    """A token request with too large a body."""
    return _refused("invalid_request", "Request Entity too Large", status=413)


@refusal("ours: no source shows this body of the token endpoint", mark="unsure")
def token_wrong_method() -> ApiError:
    """Another method than POST at the token endpoint."""
    return _refused("invalid_request", "Method Not Allowed", status=405)


# --- client credentials ----------------------------------------------------------------------


@refusal(f"{GUIDES}/authentication/client-credentials")
def bad_grant() -> ApiError:
    """Client credentials that are not the app's, or for a subject it may not act for."""
    return _refused("invalid_grant", "Grant credentials are invalid")


@refusal("https://github.com/box/box-java-sdk/issues/439", mark="seen")
def no_user_tokens() -> ApiError:
    """An assertion for a user, by an app that may not generate user tokens."""
    message = "Cannot obtain user token based on the enterprise configuration for your app"
    return _refused("invalid_request", message)


# --- assertions ------------------------------------------------------------------------------


@refusal("ours: modelled on the sentence for grant_type", mark="unsure")
def no_assertion() -> ApiError:
    """A JWT grant whose assertion is missing or is no JWT."""
    return _refused("invalid_request", "Invalid assertion parameter or parameter missing")


@refusal(COMMON)
def bad_key_id() -> ApiError:
    """An assertion whose kid is no public key of the app."""
    return _refused("invalid_grant", "'kid' invalid, unable to lookup correct key.")


@refusal(COMMON)
def bad_signature() -> ApiError:
    """An assertion signed with another key than its kid says."""
    message = (
        "Signature verification error. The public key identified by 'kid' must correspond to the "
        "private key used for signing."
    )
    return _refused("invalid_grant", message)


@refusal(COMMON)
def bad_claim(name: str) -> ApiError:
    """An assertion whose iss, aud or exp is missing or not as it has to be."""
    return _refused("invalid_grant", f"Please check the '{name}' claim.")


@refusal("https://support.box.com/hc/en-us/articles/360043691734", mark="seen")
def bad_subject() -> ApiError:
    """An assertion for a subject that is neither the enterprise nor a user who may act."""
    message = "Please check the 'sub' claim. The 'sub' specified is invalid."
    return _refused("invalid_grant", message)


@refusal("https://github.com/box/box-windows-sdk-v2/issues/265", mark="seen")
def expired_assertion() -> ApiError:
    """An assertion whose exp has passed: one of the clocks is wrong."""
    message = "Current date/time MUST be before the expiration date/time listed in the 'exp' claim"
    return _refused("invalid_grant", message)


@refusal("https://github.com/cburnette/boxr/issues/69", mark="seen")
def long_assertion() -> ApiError:
    """An assertion that would be good for more than a minute."""
    message = (
        "Please check the 'exp' claim. The 'exp' value exceeds the maximum value of 60 seconds "
        "beyond the issue time."
    )
    return _refused("invalid_grant", message)


@refusal("https://github.com/box/box-java-sdk/pull/1110", mark="seen")
def used_assertion() -> ApiError:
    """An assertion whose jti was used before, or is no jti."""
    message = "Please check the 'jti' claim. A unique 'jti' value is required."
    return _refused("invalid_grant", message)


# --- what a user has granted -----------------------------------------------------------------


@refusal("https://github.com/box/box-ios-sdk Tests/Modules/AuthModuleSpecs.swift", mark="seen")
def bad_code() -> ApiError:
    """An authorization code that nobody was given, or that was used before."""
    return _refused("invalid_grant", "Auth code doesn't exist or is invalid for the client")


@refusal("https://github.com/box/box-java-sdk/issues/246", mark="seen")
def expired_code() -> ApiError:
    """An authorization code brought later than half a minute after the user's consent."""
    return _refused("invalid_grant", "The authorization code has expired")


@refusal("https://github.com/box/box-python-sdk/issues/587", mark="seen")
def bad_refresh_token() -> ApiError:
    """A refresh token that nobody was given, that was revoked, or whose user is gone."""
    return _refused("invalid_grant", "Invalid refresh token")


@refusal("https://github.com/iterate-ch/cyberduck/issues/13003", mark="seen")
def expired_refresh_token() -> ApiError:
    """A refresh token that was used before, or is older than 60 days."""
    return _refused("invalid_grant", "Refresh token has expired")
