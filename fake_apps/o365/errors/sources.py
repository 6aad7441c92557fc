"""Who says so, and the codes and headers that several refusals share."""

DOCS = "https://learn.microsoft.com/en-us/graph"
ISSUES = "https://github.com/microsoftgraph/microsoft-graph-docs/issues"
CODES = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes"
BAD_REQUEST, GRAPH_BAD_REQUEST = "Request_BadRequest", "BadRequest"
UNSUPPORTED, DENIED, NOT_FOUND = (
    "Request_UnsupportedQuery",
    "Authorization_RequestDenied",
    "Request_ResourceNotFound",
)
QUOTA, INVALID_TOKEN = "Directory_QuotaExceeded", "InvalidAuthenticationToken"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
CHALLENGE = (
    'Bearer realm="", '
    'authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    f'client_id="{GRAPH_APP_ID}"'
)
CHALLENGED = {"WWW-Authenticate": CHALLENGE}
