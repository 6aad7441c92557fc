"""Who may not come in, or not do this."""

import base64
import json

from ...core.error import ApiError
from ...core.refusal import refusal
from .sources import (
    CHALLENGE,
    CHALLENGED,
    DENIED,
    DOCS,
    GRAPH_BAD_REQUEST,
    INVALID_TOKEN,
)


@refusal(f"{DOCS}/resolve-auth-errors", mark="seen")
def no_token() -> ApiError:
    """A call without an access token."""
    return ApiError(401, INVALID_TOKEN, "Access token is empty.", headers=CHALLENGED)


@refusal("https://github.com/MaikuB/flutter_appauth/issues/575", mark="seen")
def token_without_dots() -> ApiError:
    """A token that is no JWT at all."""
    message = (
        "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or "
        "JWE Compact Serialization Format. (JWS): 'EncodedHeader.EncodedPayload.EncodedSignature'. "
        "(JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector."
        "EncodedCiphertext.EncodedAuthenticationTag'."
    )
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal("https://github.com/microsoftgraph/msgraph-training-dotnet/issues/31", mark="seen")
def garbage_token() -> ApiError:
    """A token that looks like a JWT and is none of this service."""
    message = "CompactToken parsing failed with error code: 80049217"
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal("https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge", mark="seen")
def expired_token(*, claims: bool = False) -> ApiError:
    """A token that is past its time, or issued on a secret that was taken back."""
    message = "Lifetime validation failed, the token is expired."
    headers = {"WWW-Authenticate": CHALLENGE + _claims_challenge()} if claims else CHALLENGED
    return ApiError(401, INVALID_TOKEN, message, headers=headers)


def _claims_challenge() -> str:
    wanted = json.dumps({"access_token": {"nbf": {"essential": True}}}).encode()
    encoded = base64.b64encode(wanted).decode()
    return f', error="insufficient_claims", claims="{encoded}"'


@refusal(f"{DOCS}/resolve-auth-errors", mark="unsure")
def wrong_audience() -> ApiError:
    """A token that was issued for another service."""
    message = "Access token validation failure. Invalid audience."
    return ApiError(401, INVALID_TOKEN, message, headers=CHALLENGED)


@refusal(f"{DOCS}/resolve-auth-errors", mark="seen")
def denied() -> ApiError:
    """The application lacks the permission, or the group is of a kind that it may not change."""
    return ApiError(403, DENIED, "Insufficient privileges to complete the operation.")


@refusal("https://github.com/microsoftgraph/msgraph-sdk-php/issues/1163", mark="seen")
def nobody_signed_in() -> ApiError:
    """An application asks for `/me`."""
    message = "/me request is only valid with delegated authentication flow."
    return ApiError(400, GRAPH_BAD_REQUEST, message)
