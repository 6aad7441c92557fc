"""Who may call what: the token's scopes, and the role of the user it acts as.

Source: https://developer.box.com/guides/api-calls/permissions-and-errors/scopes
"""

from flask import Request, request

from ..core.app import FakeApp
from . import errors
from .entity import MANAGERS

OPEN = ("box.token", "box.revoke")
USERS, GROUPS = "manage_managed_users", "manage_groups"
CALLER = "box.caller"
OWN = ("box.get_me", "box.get_user", "box.list_user_memberships")  # of oneself, whatever the role
_USER_OPERATIONS = frozenset(
    {
        "box.create_user",
        "box.list_users",
        "box.get_user",
        "box.update_user",
        "box.delete_user",
        "box.list_aliases",
        "box.add_alias",
        "box.remove_alias",
        "box.terminate_user_sessions",
    }
)


def authenticate(app: FakeApp, asked: Request) -> None:
    """Refuse a call without a good token, or one its token or its user has no right to."""
    endpoint, environ = asked.endpoint, asked.environ
    if endpoint in OPEN or (endpoint is None and errors.is_token_path(environ)):
        return
    verified = app.state.tokens.check(environ.get("HTTP_AUTHORIZATION", ""))
    caller: str = verified.user_id
    if "HTTP_AS_USER" in environ:
        caller = _impersonated(app, environ["HTTP_AS_USER"])
    environ[CALLER] = caller
    if endpoint is None:
        return
    if caller:
        _check_role(app, asked, caller)
    elif endpoint != "box.get_me" and _scope(endpoint) not in verified.scopes:
        raise errors.insufficient_scope()


def _scope(endpoint: str) -> str:
    return USERS if endpoint in _USER_OPERATIONS else GROUPS


def _impersonated(app: FakeApp, user_id: str) -> str:
    """As-User needs the app's leave and an active user of the enterprise."""
    if not app.settings["as_user"] or not app.state.may_act(user_id):
        raise errors.denied()
    return user_id


def _check_role(app: FakeApp, asked: Request, caller: str) -> None:
    """Users who administer nothing may only look at themselves."""
    user = app.state.users.get(caller)
    if user is None:
        raise errors.bad_token()
    own = asked.endpoint in OWN and (asked.view_args or {}).get("user_id", caller) == caller
    if user.values["role"] not in MANAGERS and not own:
        raise errors.denied()


def caller() -> str:
    """The user whom the present call acts as; "" for the service account."""
    found: str = request.environ[CALLER]
    return found
