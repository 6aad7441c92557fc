"""The token endpoint, in its own numbers."""

from ...core.error import ApiError
from ...core.refusal import refusal
from .sources import CODES, GRAPH_APP_ID


def _token_refusal(status: int, name: str, number: int, message: str) -> ApiError:
    return ApiError(status, f"AADSTS{number}", message, token_error=name)


@refusal(CODES, mark="seen")
def wrong_secret(client_id: str) -> ApiError:
    """A client secret that is not the application's."""
    message = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client "
        "secret value, not the client secret ID, for a secret added to app "
        f"'{client_id}'."
    )
    return _token_refusal(401, "invalid_client", 7000215, message)


@refusal(CODES, mark="seen")
def expired_secret(client_id: str) -> ApiError:
    """A client secret that is past its time."""
    message = (
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure "
        "portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using "
        "certificate credentials for added security: https://aka.ms/certCreds."
    )
    return _token_refusal(401, "invalid_client", 7000222, message)


@refusal("https://github.com/MicrosoftDocs/azure-docs/issues/25959", mark="seen")
def no_secret() -> ApiError:
    """A request for a token without a secret."""
    message = (
        "The request body must contain the following parameter: 'client_assertion' or "
        "'client_secret'."
    )
    return _token_refusal(401, "invalid_client", 7000218, message)


@refusal(CODES, mark="unsure")
def unknown_certificate() -> ApiError:
    """A request for a token signed with a certificate that is not registered."""
    message = (
        "The certificate with identifier used to sign the client assertion is not registered on "
        "application."
    )
    return _token_refusal(401, "invalid_client", 700027, message)


@refusal(CODES)
def unknown_client(client_id: str, tenant: str) -> ApiError:
    """A client id that is not in the tenant."""
    message = (
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. "
        "This can happen if the application has not been installed by the administrator of the "
        "tenant or consented to by any user in the tenant. You may have sent your authentication "
        "request to the wrong tenant."
    )
    return _token_refusal(400, "unauthorized_client", 700016, message)


@refusal(CODES)
def unknown_tenant(tenant: str) -> ApiError:
    """A tenant that there is none of."""
    message = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud. Check with your subscription administrator, this may "
        "happen if there are no active subscriptions for the tenant."
    )
    return _token_refusal(400, "invalid_request", 90002, message)


@refusal(CODES)
def missing_parameter(name: str) -> ApiError:
    """A request for a token that lacks one of its fields."""
    message = f"The request body must contain the following parameter: '{name}'."
    return _token_refusal(400, "invalid_request", 900144, message)


@refusal(CODES)
def unsupported_grant(grant: str) -> ApiError:
    """A grant type that is not supported."""
    message = f"The app requested an unsupported grant type '{grant}'."
    return _token_refusal(400, "unsupported_grant_type", 70003, message)


@refusal("https://github.com/microsoftgraph/msgraph-sdk-python/issues/181", mark="seen")
def client_scope(scope: str) -> ApiError:
    """A scope that does not end in `/.default`."""
    message = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a "
        "scope value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return _token_refusal(400, "invalid_scope", 1002012, message)


@refusal(CODES)
def bad_scope(scope: str) -> ApiError:
    """A scope that cannot be read."""
    message = (
        "The provided request must include a 'scope' input parameter. The provided value for the "
        f"input parameter 'scope' is not valid. The scope {scope} is not valid."
    )
    return _token_refusal(400, "invalid_scope", 70011, message)


@refusal(CODES, mark="seen")
def interaction_required() -> ApiError:
    """Conditional access asks the service account for a second factor."""
    message = (
        "Due to a configuration change made by your administrator, or because you moved to a new "
        f"location, you must use multi-factor authentication to access '{GRAPH_APP_ID}'."
    )
    return _token_refusal(400, "interaction_required", 50076, message)


@refusal(CODES, mark="seen")
def post_only(method: str) -> ApiError:
    """The token endpoint is asked with another method than POST."""
    message = f"The endpoint only accepts POST requests. Received a {method} request."
    return _token_refusal(405, "invalid_request", 900561, message)


@refusal(CODES, mark="unsure")
def form_too_large() -> ApiError:
    """A request for a token that is too large."""
    return _token_refusal(413, "invalid_request", 90015, "The request body is too long.")
