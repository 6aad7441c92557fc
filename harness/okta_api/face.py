"""The WSGI application: routing, who may, how often, and Okta's own words for all that goes wrong.

One stateless Flask app serves every org of a process; the `Api` that is called puts its `Service`
into the request's environment.
"""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ..errors import Refused
from ..org.core import Named
from . import app_groups, app_users, apps, console, errors, groups, logs, mappings, rules, users
from .errors import OktaError
from .limits import CROWDED, VIOLATION, WARNING, Standing, check
from .quirks import EMPTY_ERRORS, THROTTLE_WITHOUT_RESET
from .service import ENVIRON_CALLER, ENVIRON_SERVICE, Service, service
from .tokens import RESOURCES
from .wire import JSON, LARGEST_BODY, current, empty, http_date, reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PARTS = (users, rules, groups, apps, app_users, app_groups, mappings, logs, console)
ENVIRON_STANDING = "pushproof.okta.standing"
ENVIRON_TOO_LARGE = "pushproof.okta.too_large"
READING = ("GET", "HEAD")
LIMIT_EVENTS = {  # System Log event to its message and outcome
    WARNING: ("Rate limit warning", "SUCCESS"),
    VIOLATION: ("Rate limit violation", "DENY"),
    CROWDED: ("Too many concurrent requests in flight", "DENY"),
}

_log = logging.getLogger(__name__)


class Api:
    """The API of one org as a WSGI application.

    Requests are answered one at a time. A mistake of ours is a 500 in Okta's words where `hides`
    is set, and goes on to the caller otherwise.
    """

    def __init__(self, service: Service, *, hides: bool = False) -> None:
        self.service = service
        self._hides = hides

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        environ[ENVIRON_SERVICE] = self.service
        _take_body(environ)
        self.service.in_flight += 1
        try:
            with self.service.lock:
                return flask_app().wsgi_app(environ, start_response)
        except Exception:
            if not self._hides:
                raise
            _log.exception("an API call failed by a mistake of ours, or without the database")
            self.service.renew()
            environ["pushproof.okta.failed"] = True
            return flask_app().wsgi_app(environ, start_response)
        finally:
            self.service.in_flight -= 1
            if environ["REQUEST_METHOD"] not in READING:
                self.service.wake()


def _take_body(environ: "WSGIEnvironment") -> None:
    """Read the body once and whole, outside the lock: a slow sender holds up nobody else."""
    length = environ.get("CONTENT_LENGTH") or "0"
    is_number = length.isascii() and length.isdigit() and len(length) < 12
    if not is_number or int(length) > LARGEST_BODY:
        environ[ENVIRON_TOO_LARGE] = True
        length = "0"
    data = environ["wsgi.input"].read(int(length)) if int(length) else b""
    if "HTTP_TRANSFER_ENCODING" in environ:  # sent in pieces: the server says where they end
        data = environ["wsgi.input"].read(LARGEST_BODY + 1)
        environ[ENVIRON_TOO_LARGE] = len(data) > LARGEST_BODY
        environ["CONTENT_LENGTH"] = str(len(data))
    environ["wsgi.input"] = BytesIO(data)


class _Face(Flask):
    """Every change is one transaction of the org, and every read one moment of it."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def dispatch_request(self) -> Any:
        store = service().org.store
        with store.reading() if current().method in READING else store.tx():
            return super().dispatch_request()


@cache
def flask_app() -> Flask:
    """The routes, put together once for a process."""
    app = _Face("okta", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.url_map.redirect_defaults = False
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(OktaError, _refuse)
    app.register_error_handler(Refused, lambda refused: _refuse(errors.of_org(refused)))
    app.register_error_handler(HTTPException, _unrouted)
    for part in PARTS:
        app.register_blueprint(part.bp)
    return app


# --- before ----------------------------------------------------------------------------------


def _enter() -> None:
    """How often is asked, who asks, and whether in a form that can be read; then what they may."""
    asked, here = current(), service()
    if "pushproof.okta.failed" in asked.environ:
        raise errors.internal()
    _spend(here)
    found = here.tokens.caller(asked.headers.get("Authorization", ""), here.quirks)
    if found is None:
        raise errors.invalid_token()
    asked.environ[ENVIRON_CALLER] = found
    _check_form()
    if asked.routing_exception is None:
        for scope in scopes_of(asked.method, asked.path):
            if not found.may(scope):
                raise errors.forbidden()
    if asked.method not in READING:
        groups.settle_deferred(here)


def _spend(here: Service) -> None:
    is_crowded = here.in_flight > here.limits.concurrent
    bucket = bucket_of(current().path)
    standing = here.limits.crowded() if is_crowded else here.limits.spend(bucket)
    current().environ[ENVIRON_STANDING] = standing
    if standing.event:
        _log_limit(here, standing.event, bucket)
    check(standing)


def _log_limit(here: Service, event: str, bucket: str) -> None:
    message, outcome = LIMIT_EVENTS[event]
    endpoint = f"/api/v1/{bucket}" if bucket in RESOURCES else console.PREFIX
    with here.org.store.tx():
        here.org.core.log(event, message, Named(endpoint, endpoint), outcome=outcome)


def _check_form() -> None:
    asked = current()
    environ = asked.environ
    if environ.get(ENVIRON_TOO_LARGE):
        raise errors.malformed(f"the body must not be larger than {LARGEST_BODY} bytes")
    is_open = "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ
    if asked.method in ("POST", "PUT", "PATCH") and is_open:
        raise errors.no_length()
    if any("\0" in text for text in (asked.path, *asked.args, *asked.args.values())):
        raise errors.no_path()
    if asked.accept_mimetypes and not asked.accept_mimetypes[JSON]:
        raise errors.wrong_type()


def bucket_of(path: str) -> str:
    """The kind of endpoint that a call counts for."""
    if not path.startswith("/api/v1/"):
        return "console"
    name = path.split("/")[3]
    return name if name in RESOURCES else "console"


def scopes_of(method: str, path: str) -> tuple[str, ...]:
    """The scopes a call needs: mappings, and what is ours, are a matter of apps and groups."""
    verb = "read" if method in READING else "manage"
    name = path.split("/")[3] if path.startswith("/api/v1/") else ""
    if "/group-push/" in path or name not in RESOURCES:
        return (f"okta.apps.{verb}", f"okta.groups.{verb}")
    return (f"okta.{name}.{verb}",)


# --- after -----------------------------------------------------------------------------------


def _leave(response: Response) -> Response:
    here, environ = service(), current().environ
    standing: Standing | None = environ.get(ENVIRON_STANDING)
    headers = response.headers
    shown = standing.headers() if standing is not None else {}
    if response.status_code == 429 and THROTTLE_WITHOUT_RESET in here.quirks:
        del shown["X-Rate-Limit-Reset"]
    shown["Date"] = http_date(int(here.now))
    shown["X-Okta-Request-Id"] = here.request_id()
    shown["Cache-Control"] = "no-cache, no-store"
    headers.extend(shown)
    return response


def _refuse(error: OktaError) -> Response:
    here = service()
    if EMPTY_ERRORS in here.quirks:
        response = empty(error.status)
    else:
        response = reply(error.body("oae" + here.chance_text(22, extra="_-")), error.status)
    response.headers.update(error.headers)
    return response


def _unrouted(error: HTTPException) -> Response:
    """No route for this request. What a route itself let slip is a mistake of ours: not hidden."""
    if error is not current().routing_exception:
        raise error
    if isinstance(error, MethodNotAllowed):
        allowed = sorted({*(error.valid_methods or ())} - {"HEAD"})
        return _refuse(errors.wrong_method(", ".join(allowed)))
    return _refuse(errors.no_path())
