"""Refusals of those who may not come in: at the token endpoint, and with a token."""

from ..core.error import ApiError
from ..core.refusal import refusal
from .envelope import COMMON, FRONT_END, GAM, OAUTH, USAGE

REALM = 'Bearer realm="https://accounts.google.com/"'
SEE = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_INSIDE = "ccc.hosted.frontend.directory.v1"
_HEADER = ("Authorization", "header")
_JWT_RFC = "https://www.rfc-editor.org/rfc/rfc6749#section-5.2"


def _token_refused(code: str, message: str, status: int = 400) -> ApiError:
    return ApiError(status, code, message, is_token_error=True)


# --- the token endpoint ----------------------------------------------------------------------


@refusal(_JWT_RFC, mark="unsure")
def missing_parameter(name: str) -> ApiError:
    """A token request without a field that it needs."""
    return _token_refused("invalid_request", f"Required parameter is missing: {name}")


@refusal(_JWT_RFC, mark="unsure")
def unsupported_grant(grant_type: str) -> ApiError:
    """A token request with another grant type than JWT bearer."""
    return _token_refused("unsupported_grant_type", f"Invalid grant_type: {grant_type}")


@refusal(OAUTH, mark="unsure")
def bad_assertion() -> ApiError:
    """An assertion that is no JWT."""
    return _token_refused("invalid_grant", "Bad Request")


@refusal(OAUTH, mark="unsure")
def unknown_issuer() -> ApiError:
    """An assertion of a service account that nobody knows."""
    return _token_refused("invalid_grant", "Invalid grant: account not found")


@refusal(OAUTH)
def bad_signature() -> ApiError:
    """An assertion that the account's present key has not signed."""
    return _token_refused("invalid_grant", "Invalid JWT Signature.")


@refusal(OAUTH, mark="unsure")
def bad_audience() -> ApiError:
    """An assertion for another audience than the token endpoint."""
    return _token_refused("invalid_grant", "Invalid JWT: Failed audience check.")


@refusal(OAUTH)
def bad_times() -> ApiError:
    """An assertion for more than an hour, from the future, or out of date."""
    message = (
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
        "timeframe. Check your iat and exp values in the JWT claim."
    )
    return _token_refused("invalid_grant", message)


@refusal(OAUTH)
def bad_scope() -> ApiError:
    """An assertion without scopes, or with one that is none."""
    return _token_refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


@refusal(OAUTH, mark="seen")
def unknown_subject() -> ApiError:
    """The user to be acted for is unknown or suspended."""
    return _token_refused("invalid_grant", "Invalid email or User ID")


@refusal(OAUTH, mark="seen")
def not_delegated() -> ApiError:
    """A scope that domain-wide delegation does not allow this service account."""
    message = (
        "Client is unauthorized to retrieve access tokens using this method, or client not "
        "authorized for any of the scopes requested."
    )
    return _token_refused("unauthorized_client", message, 401)


# --- who are you -----------------------------------------------------------------------------


@refusal(FRONT_END, mark="seen")
def no_token() -> ApiError:
    """A call without an access token."""
    return ApiError(
        401,
        "required",
        f"Request is missing required authentication credential. {SEE}",
        headers={"WWW-Authenticate": REALM},
        short="Login Required.",
        location=_HEADER,
        state="UNAUTHENTICATED",
    )


@refusal(FRONT_END, mark="seen")
def bad_token() -> ApiError:
    """A call with an access token that is none, has expired or was revoked."""
    return ApiError(
        401,
        "authError",
        f"Request had invalid authentication credentials. {SEE}",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
        short="Invalid Credentials",
        location=_HEADER,
        state="UNAUTHENTICATED",
    )


@refusal("https://github.com/groton-school/blackbaud-to-google-group-sync", mark="seen")
def scope_missing(wanted: str, method: str) -> ApiError:
    """A call whose token has none of the scopes of the method, as Google calls it inside."""
    challenge = f'{REALM}, error="insufficient_scope", scope="{wanted}"'
    return ApiError(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        headers={"WWW-Authenticate": challenge},
        short="Insufficient Permission",
        state="PERMISSION_DENIED",
        details=[
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"service": "admin.googleapis.com", "method": f"{_INSIDE}.{method}"},
            }
        ],
    )


@refusal(GAM, mark="seen")
def forbidden() -> ApiError:
    """The caller is no administrator, or what is named is another customer's or of another kind."""
    return ApiError(403, "forbidden", "Not Authorized to access this resource/api")


@refusal(COMMON)
def api_disabled() -> ApiError:
    """The customer has the API switched off."""
    return ApiError(403, "domainCannotUseApis", "Domain cannot use apis.")


@refusal(GAM, mark="seen")
def project_without_api() -> ApiError:
    """The project of the service account has the API not enabled; the words are free."""
    message = (
        "Admin SDK API has not been used in project before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/admin.googleapis.com/overview "
        "then retry."
    )
    state = "PERMISSION_DENIED"
    return ApiError(403, "accessNotConfigured", message, domain=USAGE, state=state)
