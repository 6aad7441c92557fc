"""A fake app: one tenant of one vendor, answering over WSGI.

`AppSpec` is what a vendor's folder declares. `FakeApp` is one tenant with its own state, clock,
ledger, faults, quirks and limits. The Flask app behind it is stateless and built once per kind.
"""

import errno
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from http.client import responses as reasons
from threading import RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from flask import Blueprint, Flask, Request, Response, current_app, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from . import shape
from .admin import Admin
from .chance import Chance
from .clock import Clock, VirtualClock
from .door import Door
from .error import ApiError
from .fault import KINDS, Fault, Faults
from .keys import KeyPair
from .ledger import Call, Ledger
from .limits import Limit, Meter, Throttle
from .quirk import Profile, Quirk, QuirkSet
from .table import NotKept, Snapshot, Store

if TYPE_CHECKING:
    from ssl import SSLContext

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .journal import Journal

Reply = tuple[Any, int, Mapping[str, str]]
"""Body (JSON value, text, or "" for none), status, extra headers: what `render` answers."""

LIMITS_OFF, LIMITS_VENDOR = 0.0, 1.0
ENVIRON_APP = "pushproof.app"
ENVIRON_INNER = "pushproof.inner"
ENVIRON_CALL = "pushproof.call"
ENVIRON_UNAVAILABLE = "pushproof.unavailable"
ENVIRON_KEPT = "pushproof.kept"  # a fault refuses what was done all the same: it stays done
ENVIRON_BASE = "pushproof.base"
ENVIRON_TAKES = "pushproof.takes_s"  # how long a route says that its work takes

_LATE = ("slow", "lose_reply", "lose_request")  # faults that take their `seconds`


@dataclass(frozen=True)
class Setting:
    """One knob of a tenant that is not a quirk: a default and one sentence.

    A value is of the kind of its default; None is one where the sentence says what it means.
    """

    default: Any
    sentence: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 10**12
    can_be_empty: bool = False  # a list with a default

    def fit(self, value: Any) -> Any:
        """The value from plain data as the tenant takes it; Unfit where it does not fit."""
        if value is None and (self.default is None or "None" in self.sentence):
            return None
        if isinstance(self.default, bool):
            return shape.flag(value)
        if isinstance(self.default, int) or self.default is None:
            return shape.whole(self.low, self.high)(value)
        if isinstance(self.default, str):
            return (shape.one_of(self.choices) if self.choices else shape.text)(value)
        found = shape.many(shape.text)(value)
        if self.default and not found and not self.can_be_empty:
            raise shape.Unfit("expected a list that is not empty")
        return found


@dataclass(frozen=True)
class Context:
    """What a vendor's state may use; nothing else decides its behaviour."""

    clock: Clock
    chance: Chance
    store: Store
    quirks: QuirkSet
    settings: dict[str, Any]
    keys: KeyPair = field(default_factory=KeyPair)


@dataclass(frozen=True)
class Refusals:
    """The refusals every vendor has, in its own words."""

    unknown_path: Callable[[Request], ApiError]
    wrong_method: Callable[[Request], ApiError]
    too_large: Callable[[Request], ApiError]
    throttled: Callable[["FakeApp", str | None, Throttle | None], ApiError]
    unavailable: Callable[[], ApiError]


def _connect(credentials: Mapping[str, Any], _base_url: str) -> dict[str, Any]:
    return {"credentials": dict(credentials)}


@dataclass(frozen=True, eq=False)
class AppSpec:
    """One kind of app. Everything about a vendor that core must know, and nothing else.

    `authenticate` runs before every operation (raise ApiError to refuse) and knows which operations
    are open. `cost` names the units each call takes from each limit. `decorate` adds the vendor's
    headers. `faults` are failures only this vendor has, by name.

    For `serve`: `connect` makes of the admin's credentials and the base URL what a client has to
    know, `credentials` and perhaps more; `snippet` makes of that a few lines of the vendor's SDK.
    `doors` are for protocols beside HTTP, with TLS where there is a certificate: each by the name
    under which `connect` would tell its URL.
    """

    name: str
    hosts: tuple[str, ...]
    state: Callable[[Context], Any]
    blueprint: Blueprint
    render: Callable[[ApiError], Reply]
    quirks: tuple[Quirk, ...]
    refusals: Refusals
    admin: Callable[[Any], Admin]
    title: str = ""
    limits: tuple[Limit, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)  # of the setting `profile`
    authenticate: Callable[["FakeApp", Request], None] | None = None
    cost: Callable[["FakeApp", Request], Mapping[str, float]] | None = None
    decorate: Callable[["FakeApp", Request, Response], None] | None = None
    faults: Mapping[str, Callable[["FakeApp", Fault], ApiError]] = field(default_factory=dict)
    max_body_bytes: int = 4 * 1024 * 1024
    secret_fields: tuple[str, ...] = ()
    inner_operations: tuple[str, ...] = ()  # operations that are no HTTP route of their own
    connect: Callable[[Mapping[str, Any], str], dict[str, Any]] = _connect
    served_settings: Mapping[str, Any] = field(default_factory=dict)  # where nothing else is asked
    snippet: Callable[[Mapping[str, Any]], str] | None = None
    doors: Callable[["FakeApp", "SSLContext | None"], Mapping[str, Door]] | None = None

    def create(
        self,
        *,
        seed: int = 0,
        clock: Clock | None = None,
        quirks: Mapping[str, bool] | None = None,
        settings: Mapping[str, Any] | None = None,
        limits: float = LIMITS_VENDOR,
        latency_s: float = 0.0,
    ) -> "FakeApp":
        """A fresh tenant. The same arguments and the same calls give the same bytes."""
        return FakeApp(
            self,
            seed=seed,
            clock=clock or VirtualClock(),
            quirks=quirks or {},
            settings=settings or {},
            limits=limits,
            latency_s=latency_s,
        )


def _route(_app: "FakeApp") -> None:
    """Do what the present call asks for."""
    current_app.view_functions[request.endpoint or ""](**(request.view_args or {}))


@dataclass(frozen=True)
class DoneAnyway:
    """A vendor's own failure: the call is done (or `deed` is), and refused all the same."""

    refuse: Callable[["FakeApp", Fault], ApiError]
    deed: Callable[["FakeApp"], object] = _route

    def __call__(self, app: "FakeApp", fault: Fault) -> ApiError:
        self.deed(app)
        request.environ[ENVIRON_KEPT] = True
        return self.refuse(app, fault)


@dataclass(frozen=True)
class Answer:
    """A finished exchange: the reply, how long it takes to arrive, whether it arrives at all."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    number: int
    latency_s: float = 0.0
    lost: bool = False
    reset: bool = False


@dataclass(frozen=True)
class TenantSnapshot:
    """One moment of a tenant."""

    store: Snapshot
    chance: object
    quirks: frozenset[str]
    settings: Mapping[str, Any]
    spent: Mapping[str, tuple[float, float]]


class FakeApp:
    """One tenant: a WSGI callable with state. See `AppSpec.create`."""

    def __init__(
        self,
        spec: AppSpec,
        *,
        seed: int,
        clock: Clock,
        quirks: Mapping[str, bool],
        settings: Mapping[str, Any],
        limits: float,
        latency_s: float,
    ) -> None:
        self.spec = spec
        self.name = spec.name
        self.clock = clock
        self.latency_s = latency_s
        self.lock = RLock()
        self.ledger = Ledger(secret_fields=spec.secret_fields)
        self.faults = Faults()
        self.journal: Journal | None = None  # keeps the tenant on disk: see core/journal.py
        self.quirks = QuirkSet(spec.quirks, quirks)
        self.settings = {name: setting.default for name, setting in spec.settings.items()}
        for name, value in settings.items():
            self.change_setting(name, value)
        self.meter = Meter(spec.limits, clock, scale=limits)
        self.chance = Chance(seed, spec.name)
        self.store = Store()
        self.keys = KeyPair()
        self.state = spec.state(
            Context(clock, self.chance, self.store, self.quirks, self.settings, self.keys)
        )
        self.admin = spec.admin(self.state)
        self._open: list[_OpenCall] = []
        self.first = self.snapshot()  # what `reset` goes back to

    # --- answering -----------------------------------------------------------------------------

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """WSGI entry point. A reply that must not arrive becomes a dropped connection."""
        answer = self.answer(environ)
        self.clock.sleep(answer.latency_s)
        if answer.lost or answer.reset:
            raise ConnectionAbortedError(errno.ECONNABORTED, "a fault drops the reply to this call")
        start_response(f"{answer.status} {reason(answer.status)}", list(answer.headers))
        return [answer.body]

    def answer(self, environ: "WSGIEnvironment") -> Answer:
        """Answer one HTTP request as one unit of work, under the tenant's lock."""
        environ[ENVIRON_APP] = self
        environ["PATH_INFO"] = _keep_encoded_slashes(environ)
        environ["QUERY_STRING"] = _encoded(environ.get("QUERY_STRING", ""))
        body = _read_body(environ, self.spec.max_body_bytes)  # a slow sender holds up nobody else
        with self.lock:
            return self._answer(environ, body)

    def inner(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one item of a batch: a sub-unit, metered and entered as inner of the open call."""
        environ = make_environ(method, url, headers, body)
        environ[ENVIRON_INNER] = True
        with self.lock:
            environ[ENVIRON_BASE] = self._open[-1].base if self._open else None
        return self.answer(environ)

    def _answer(self, environ: "WSGIEnvironment", sent: bytes) -> Answer:
        with self.call(
            method=environ["REQUEST_METHOD"], path=_path_and_query(environ), protocol="http"
        ) as opened:
            opened.request = sent.decode("utf-8", "replace")
            opened.request_headers = _told_headers(environ)
            environ[ENVIRON_CALL] = opened
            opened.base = environ.get(ENVIRON_BASE)
            status, headers, body = self._work(opened, environ)
            opened.status = status
            opened.reply = body.decode("utf-8", "replace")
            opened.reply_headers = {k: v for k, v in headers if k in _TOLD_REPLY_HEADERS}
        fault = opened.met
        kind = fault.kind if fault else ""
        slow = fault.seconds if fault and kind in _LATE else 0.0
        slow += environ.get(ENVIRON_TAKES, 0.0)
        return Answer(
            status=status,
            headers=tuple(headers),
            body=body,
            number=opened.number,
            latency_s=0.0 if ENVIRON_INNER in environ else self.latency_s + slow,
            lost=kind in ("lose_reply", "lose_request"),
            reset=kind == "reset",
        )

    def _work(
        self, opened: "_OpenCall", environ: "WSGIEnvironment"
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body; what cannot be kept is undone and answered as a 503."""
        try:
            with self.store.unit() as unit:
                replied = _run(_flask(self.spec), environ)
                if replied[0] >= 400 and ENVIRON_KEPT not in environ:
                    unit.refuse()
                return replied
        except NotKept:
            opened.inner.clear()
            environ[ENVIRON_UNAVAILABLE] = True
            return _run(_flask(self.spec), environ)

    def call(self, *, method: str, path: str, protocol: str, operation: str = "") -> "_OpenCall":
        """A ledger entry, open while it is entered; calls entered within become its inner calls."""
        return _OpenCall(self, method, path, protocol, operation)

    def open_call(self, opened: "_OpenCall") -> None:
        """Number and time a call that begins, and hold the tenant for it."""
        self.lock.acquire()
        opened.number = 0 if self._open else self.ledger.next_number()
        opened.at = self.clock.now()
        self._open.append(opened)

    def close_call(self) -> None:
        """Enter the call that ends into the ledger, or into the call around it."""
        try:
            finished = self._open.pop().finish()
            if self._open:
                self._open[-1].inner.append(finished)
            else:
                self.ledger.close(finished)
        finally:
            self.lock.release()

    def gate(self, opened: "_OpenCall", costs: Mapping[str, float]) -> None:
        """Armed fault, then limit: raise the refusal, or note the fault that shapes the reply."""
        fault = self.faults.take(opened.operation) if self.faults else None
        if fault:
            opened.met = fault
            self._apply_before(fault)
        throttle = self.meter.spend(costs) if costs else None
        if throttle:
            raise self.spec.refusals.throttled(self, str(throttle.retry_after_s), throttle)

    def _apply_before(self, fault: Fault) -> None:
        match fault.kind:
            case "refuse":
                raise ApiError(fault.status, fault.code, fault.message)
            case "throttle":
                raise self.spec.refusals.throttled(self, fault.retry_after, None)
            case "unavailable":
                raise self.spec.refusals.unavailable()
            case "lose_request" | "reset" | "garbage":
                raise Unanswered(fault)
            case "slow" | "lose_reply":
                return
            case own:
                raise self.spec.faults[own](self, fault)

    # --- arranging -----------------------------------------------------------------------------

    def arm(self, fault: Fault) -> None:
        """Arm a fault; ValueError names what this app knows."""
        known = [*KINDS, *self.spec.faults]
        if fault.kind not in known:
            raise ValueError(f"unknown fault {fault.kind!r}; {self.name} knows: {', '.join(known)}")
        with self.lock:
            self.faults.arm(fault)

    def change_setting(self, name: str, value: Any) -> None:
        """Change one of the tenant's settings; KeyError names the known ones."""
        if name not in self.spec.settings:
            known = ", ".join(self.spec.settings) or "none"
            raise KeyError(f"unknown setting {name!r} of {self.name}; known: {known}")
        choices = self.spec.settings[name].choices
        if choices and value not in choices:
            told = f"setting {name!r} of {self.name} is one of {', '.join(choices)}"
            raise ValueError(f"{told}, not {value!r}")
        with self._keeping_switches():
            self.settings[name] = value

    def switch_quirk(self, quirk_id: str, *, on: bool) -> None:
        """Turn one quirk on or off; KeyError names the known ones."""
        with self._keeping_switches():
            self.quirks.switch(quirk_id, on=on)

    @contextmanager
    def _keeping_switches(self) -> Iterator[None]:
        """Quirks and settings are as they were where they cannot be kept as they are now."""
        with self.lock:
            quirks, settings = self.quirks.active(), dict(self.settings)
            yield
            try:
                self.keep()
            except NotKept:
                self.quirks.restore(quirks)
                self.settings.update(settings)
                raise

    def begin_here(self) -> None:
        """From now on `reset` goes back to the present state."""
        with self.lock:
            self.first = self.snapshot()
            if self.journal:
                self.journal.rewrite()

    def keep(self) -> None:
        """Where state outlives the process: see that quirks, settings, limits and clock do.

        Raises NotKept where they cannot be written.
        """
        if self.journal:
            with self.lock:
                self.journal.write()

    @contextmanager
    def administering(self) -> Iterator[Admin]:
        """The console of the tenant, as one unit of work: an error leaves no trace."""
        with self.lock, self.store.unit():
            yield self.admin

    @contextmanager
    def seeding(self) -> Iterator[Admin]:
        """As `administering`, for changes by the million."""
        with self.lock, self.store.unit() if self.store.keep else self.store.bulk():
            yield self.admin

    def operations(self) -> dict[str, list[str]]:
        """Operation id to the `METHOD /path` forms it answers."""
        found: dict[str, list[str]] = {}
        for rule in _flask(self.spec).url_map.iter_rules():
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found.setdefault(rule.endpoint, []).extend(f"{m} {rule.rule}" for m in methods)
        return found

    def snapshot(self) -> TenantSnapshot:
        with self.lock:
            return TenantSnapshot(
                self.store.snapshot(),
                self.chance.state(),
                self.quirks.active(),
                MappingProxyType(dict(self.settings)),
                self.meter.state(),
            )

    def restore(self, snapshot: TenantSnapshot) -> None:
        with self.lock:
            self.store.restore(snapshot.store)
            self.chance.restore(snapshot.chance)
            self.quirks.restore(snapshot.quirks)
            self.settings.clear()
            self.settings.update(snapshot.settings)
            self.meter.restore(dict(snapshot.spent))
            if self.journal:
                self.journal.rewrite()

    def reset(self) -> None:
        """As created: first state, no faults, empty ledger."""
        with self.lock:
            self.faults.clear()
            self.ledger.clear()
            self.restore(self.first)


class Unanswered(Exception):
    """The call ends here with no reply, or one that is not the vendor's."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


@dataclass
class _OpenCall:
    """A ledger entry being written, from entering to leaving it."""

    app: FakeApp
    method: str
    path: str
    protocol: str
    operation: str
    number: int = 0
    at: float = 0.0
    status: int = 0
    request: str = ""
    reply: str = ""
    request_headers: Mapping[str, str] = field(default_factory=dict)
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    refusal: str | None = None
    met: Fault | None = None
    base: str | None = None  # where it is served, see `base_url`
    inner: list[Call] = field(default_factory=list)

    def __enter__(self) -> "_OpenCall":
        self.app.open_call(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.app.close_call()

    def finish(self) -> Call:
        ledger = self.app.ledger
        fault = self.met.kind if self.met else None
        return Call(
            number=self.number,
            at=self.at,
            app=self.app.name,
            operation=self.operation,
            method=self.method,
            path=ledger.mask_path(self.path),
            status=self.status,
            protocol=self.protocol,
            request_headers=self.request_headers,
            request=ledger.mask(self.request),
            reply_headers=self.reply_headers,
            reply=ledger.mask(self.reply),
            refusal=self.refusal,
            fault=fault,
            lost=fault in ("lose_reply", "lose_request", "reset"),
            until=self.app.clock.now(),
            inner=tuple(self.inner),
        )


def current() -> FakeApp:
    """The tenant that the present request is for."""
    app: FakeApp = request.environ[ENVIRON_APP]
    return app


def base_url(vendor: str) -> str:
    """Where links in this reply lead: the address the client used of a served fake, or `vendor`."""
    return request_ctx.request.environ.get(ENVIRON_BASE) or vendor


def _present() -> tuple[Request, FakeApp, _OpenCall]:
    """The present request itself (the proxy costs at each look), its tenant and ledger entry."""
    asked = request_ctx.request
    return asked, asked.environ[ENVIRON_APP], asked.environ[ENVIRON_CALL]


# --- the stateless Flask app of a kind -------------------------------------------------------


class _QuietJson(Request):
    """A request whose JSON is asked for by the vendor's own reader, never by content type."""

    max_content_length = None


class _Kind(Flask):
    """Flask for plain functions: it need not find out at each call that none is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


@cache
def _flask(spec: AppSpec) -> Flask:
    app = _Kind(spec.name, static_folder=None)
    app.request_class = _QuietJson
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.url_map.redirect_defaults = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(spec.blueprint)
    app.url_value_preprocessor(_decode_slashes)
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(ApiError, _refuse)
    app.register_error_handler(Unanswered, _unanswered)
    app.register_error_handler(HTTPException, _unrouted)
    return app


def _decode_slashes(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    for name, value in (values or {}).items():
        if isinstance(value, str) and "%2" in value:
            assert values is not None
            values[name] = _KEPT.sub(lambda kept: unquote(kept[0]), value)


def _enter() -> None:
    """Authentication, armed fault, limit: in that order, before any rule is asked."""
    asked, app, opened = _present()
    spec = app.spec
    opened.operation = asked.endpoint or f"{app.name}.unrouted"
    if ENVIRON_UNAVAILABLE in asked.environ:
        raise spec.refusals.unavailable()
    if "pushproof.too_large" in asked.environ:
        raise spec.refusals.too_large(asked)
    if spec.authenticate:
        spec.authenticate(app, asked)
    if asked.routing_exception is None:
        app.gate(opened, spec.cost(app, asked) if spec.cost else {})


def _leave(response: Response) -> Response:
    asked, app, _ = _present()
    if app.spec.decorate:
        app.spec.decorate(app, asked, response)
    return response


def _refuse(error: ApiError) -> Response:
    app = current()
    request.environ[ENVIRON_CALL].refusal = error.code
    body, status, headers = app.spec.render(error)
    if isinstance(body, str):
        return Response(body, status, dict(headers), content_type=headers.get("Content-Type"))
    rendered = json.dumps(body, separators=(",", ":"))
    response = Response(rendered, status, content_type="application/json")
    response.headers.update(headers)
    return response


def _unanswered(unanswered: Unanswered) -> Response:
    fault = unanswered.fault
    if fault.kind == "garbage":
        return Response(fault.body, fault.status, content_type="text/plain")
    return Response("", 504)


def _unrouted(error: HTTPException) -> Response:
    """No route for this request. What a route itself let slip is a mistake of ours: not hidden."""
    refusals = current().spec.refusals
    if isinstance(error, RequestEntityTooLarge):
        return _refuse(refusals.too_large(request))
    if isinstance(error, MethodNotAllowed):
        return _refuse(refusals.wrong_method(request))
    if error is not request.routing_exception:
        raise error
    return _refuse(refusals.unknown_path(request))


# --- WSGI small print ------------------------------------------------------------------------

_TOLD_REPLY_HEADERS = frozenset({"Retry-After", "Location", "ETag", "Link"})
_UNTOLD_HEADERS = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_PROXY_AUTHORIZATION",
        "HTTP_USER_AGENT",
        "HTTP_HOST",
        "HTTP_CONNECTION",
        "HTTP_ACCEPT",
        "HTTP_ACCEPT_ENCODING",
        "HTTP_CONTENT_LENGTH",
        "HTTP_COOKIE",
    }
)


def make_environ(
    method: str, url: str, headers: Mapping[str, str | bytes], body: bytes
) -> "WSGIEnvironment":
    """A WSGI environment for a request to `url` (absolute), without a socket."""
    scheme, _, rest = url.partition("://")
    host, slash, target = rest.partition("/")
    path, _, query = (slash + target).partition("#")[0].partition("?")
    name, _, port = host.partition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path or "/", "latin-1"),
        "RAW_URI": (path or "/") + (f"?{query}" if query else ""),
        "QUERY_STRING": query,
        "SERVER_NAME": name,
        "SERVER_PORT": port or ("443" if scheme == "https" else "80"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": _Bytes(body),
        "wsgi.errors": None,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }
    for key, value in headers.items():
        environ[_environ_key(key)] = value.decode("latin-1") if isinstance(value, bytes) else value
    return environ


class _Bytes:
    """`wsgi.input` over bytes; cheaper to set up than BytesIO."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        end = len(self._body) if size < 0 else self._at + size
        piece, self._at = self._body[self._at : end], min(end, len(self._body))
        return piece

    def readline(self, size: int = -1) -> bytes:
        newline = self._body.find(b"\n", self._at)
        end = len(self._body) if newline < 0 else newline + 1
        return self.read(end - self._at if size < 0 else min(size, end - self._at))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


_KEPT = re.compile("%(2F|25)", re.IGNORECASE)


def _keep_encoded_slashes(environ: "WSGIEnvironment") -> str:
    """The decoded path, with `%2F` still encoded so that it does not split an id in two.

    `%25` stays as well: an id that really contains "%2F" must not be taken for one with a slash.
    """
    raw: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    path = raw.partition("?")[0]
    if "%" not in path or not _KEPT.search(path):
        decoded: str = environ["PATH_INFO"]
        return decoded
    kept = unquote(_KEPT.sub(r"%25\1", path), "latin-1")
    return kept.removeprefix(environ.get("SCRIPT_NAME", ""))


_ASCII = "".join(map(chr, range(128)))


def _encoded(query: str) -> str:
    """The query with bytes sent raw percent-encoded: Werkzeug reads UTF-8 only."""
    return query if query.isascii() else quote(query, safe=_ASCII, encoding="latin-1")


def _path_and_query(environ: "WSGIEnvironment") -> str:
    raw: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return raw
    query = environ.get("QUERY_STRING")
    return f"{environ['PATH_INFO']}?{query}" if query else str(environ["PATH_INFO"])


def _read_body(environ: "WSGIEnvironment", limit: int) -> bytes:
    """Read the body once; one over the limit is not read further, and refused after routing."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in environ and environ.get("wsgi.input_terminated"):
        length = str(limit + 1)  # sent in pieces: the server says where they end
    is_number = length.isascii() and length.isdigit()
    body: bytes = b""
    if is_number and 0 < int(length) <= limit + 1:
        body = environ["wsgi.input"].read(int(length))
    if not is_number or int(length) > limit + 1 or len(body) > limit:
        environ["pushproof.too_large"] = True
        body = b""
    environ["wsgi.input"] = _Bytes(body)
    environ["wsgi.input_terminated"] = True
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


@lru_cache(maxsize=1024)
def _environ_key(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


def _told_headers(environ: "WSGIEnvironment") -> dict[str, str]:
    return {name: environ[key] for key in environ if (name := _told_name(key))}


@lru_cache(maxsize=1024)
def _told_name(key: str) -> str:
    """The header's name as the ledger shows it; nothing for what is no header or not told."""
    told = key.startswith("HTTP_") and key not in _UNTOLD_HEADERS
    return key[5:].replace("_", "-").title() if told else ""


def _run(flask: Flask, environ: "WSGIEnvironment") -> tuple[int, list[tuple[str, str]], bytes]:
    collected: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc: object = None) -> Any:
        collected[:] = [int(status[:3]), headers]

    chunks = flask.wsgi_app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = collected
    return status, headers, body


def reason(status: int) -> str:
    """The phrase that goes with a status code on the wire."""
    return reasons.get(status, "Unknown")
