"""The agent face: JSON that carries LDAP operations. Ours, not a vendor's API."""

from typing import Any

from flask import Blueprint, Request, request

from ..core import strict
from ..core.app import FakeApp, Reply, current
from . import errors
from .actions import read_action
from .worker import Worker, without_passwords

bp = Blueprint("active_directory", __name__)

OPERATION_IDS = ("bind", "add", "modify", "modify_dn", "delete", "search")


def authenticate(app: FakeApp, incoming: Request) -> None:
    """Every call shows the agent's token."""
    scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or app.state.token is None or token != app.state.token:
        raise errors.bad_token()


@bp.post("/agent/v1/actions")
def actions() -> Reply:
    """Run the operations in order, each a unit of work of its own."""
    app, opened = current(), request.environ["pushproof.call"]
    opened.request = without_passwords(opened.request)
    action = read_action(_json_body())
    results = Worker(app, opened).run(action)
    return {"id": action.id, "results": results}, 200, {}


@bp.get("/agent/v1/status")
def status() -> Reply:
    """Okta calls these agent pool states; one agent serves this directory."""
    domains = [domain.dns for domain in current().state.dit.domains]
    return {"operationalStatus": "OPERATIONAL", "agents": 1, "domains": domains}, 200, {}


def _json_body() -> Any:
    try:
        return strict.decoded(request.get_data(cache=False).decode())
    except (ValueError, RecursionError) as error:
        raise errors.not_json() from error
