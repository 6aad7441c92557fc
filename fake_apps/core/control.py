"""The control routes of a served fake, under `/_fake`: the tests' own door, never the vendor's.

JSON in and out, `Authorization: Bearer <control token>` on every request. Whatever is wrong with a
request is a 4xx whose `message` says what is expected instead.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from . import shape, strict
from .admin import Places
from .app import FakeApp, TenantSnapshot
from .clock import VirtualClock, utc
from .deeds import DEEDS
from .edge import CONTROL_ROOT, answer_bytes, answer_json
from .error import ApiError
from .fault import KINDS, Fault
from .ledger import Call
from .population import populate, read_population, read_quirks, read_settings
from .shape import Unfit
from .table import NotKept

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_SNAPSHOTS = 100
LATEST = 32_503_680_000.0  # the year 3000: beyond it vendors' dates end
JSON_LINES = "application/x-ndjson"


class Refused(Exception):
    """A control request that is answered with an error."""

    def __init__(self, status: int, error: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.document = {"error": error, "message": message, **more}


@dataclass(frozen=True)
class Lines:
    """A reply of JSON lines, with headers of its own."""

    text: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A control request: its JSON body, its query, and the address that was called."""

    body: Any
    query: Mapping[str, str]
    base_url: str


class Control:
    """Answers the control routes of one fake to whoever shows the token."""

    def __init__(self, fake: FakeApp, token: str) -> None:
        self._fake = fake
        self._token = f"Bearer {token}".encode()
        self._snapshots: dict[str, TenantSnapshot] = {}
        self._routes: Mapping[str, Mapping[str, Callable[[Asked], Any]]] = {
            "health": {"GET": self.health},
            "state": {"GET": self.state, "POST": self.change_state},
            "credentials": {"GET": self.credentials},
            "seed": {"POST": self.seed},
            "reset": {"POST": self.reset},
            "snapshot": {"GET": self.snapshots, "POST": self.snapshot},
            "restore": {"POST": self.restore},
            "ledger": {"GET": self.ledger},
            "faults": {"GET": self.faults, "POST": self.arm, "DELETE": self.clear},
            "quirks": {"GET": self.quirks, "POST": self.switch},
            "settings": {"GET": self.settings, "POST": self.set},
            "clock": {"GET": self.clock, "POST": self.move_clock},
        }

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        try:
            self._check_token(environ)
            answer = self._route(environ)(_asked(environ, self._fake.spec.max_body_bytes))
        except Refused as refused:
            return answer_json(start_response, refused.status, refused.document)
        except Unfit as unfit:
            told = {"error": "bad_request", "message": str(unfit), "where": list(unfit.where)}
            return answer_json(start_response, 400, told)
        except NotKept as fault:
            told = {"error": "not_kept", "message": str(fault)}
            return answer_json(start_response, 503, told)
        if isinstance(answer, Lines):
            body = answer.text.encode("utf-8", "backslashreplace")
            return answer_bytes(start_response, 200, body, JSON_LINES, answer.headers)
        return answer_json(start_response, 200, answer)

    def _check_token(self, environ: "WSGIEnvironment") -> None:
        shown = environ.get("HTTP_AUTHORIZATION", "").encode("latin-1", "replace")
        if not hmac.compare_digest(shown, self._token):
            wanted = "send the control token: Authorization: Bearer <control_token>"
            raise Refused(401, "bad_token", wanted)

    def _route(self, environ: "WSGIEnvironment") -> Callable[[Asked], Any]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        name = path.removeprefix(CONTROL_ROOT).removeprefix("/")
        found = self._routes.get(name)
        if found is None:
            known = ", ".join(f"{CONTROL_ROOT}/{route}" for route in self._routes)
            raise Refused(404, "unknown_route", f"no control route {path!a}; known: {known}")
        if method not in found:
            takes = ", ".join(found)
            raise Refused(405, "wrong_method", f"{path} takes {takes}, not {method!a}")
        return found[method]

    # --- the tenant --------------------------------------------------------------------------

    def health(self, asked: Asked) -> Any:
        _nothing(asked)
        return {"app": self._fake.name, "title": self._fake.spec.title, "status": "ok"}

    def state(self, asked: Asked) -> Any:
        """Accounts and groups as the tenant's administrator sees them; places, settings, quirks."""
        _nothing(asked)
        fake = self._fake
        with fake.lock:
            admin = fake.admin
            return {
                "app": fake.name,
                "accounts": [asdict(view) for view in admin.accounts()],
                "groups": [asdict(view) for view in admin.groups()],
                "places": list(admin.ous()) if isinstance(admin, Places) else None,
                "settings": dict(fake.settings),
                "quirks": {quirk: quirk in fake.quirks.active() for quirk in fake.quirks.known},
                "last_call": fake.ledger.last_number,
            }

    def change_state(self, asked: Asked) -> Any:
        """One deed of the tenant's administrator, such as `{"do": "rename_group", ...}`."""
        _no_query(asked)
        arguments = dict(shape.mapping(shape.plain)(asked.body))
        name = shape.one_of(tuple(DEEDS))(arguments.pop("do", None))
        deed = DEEDS[name]
        arguments = deed.read(arguments)
        with _Refusing(), self._fake.administering() as admin:
            if deed.needs_places and not isinstance(admin, Places):
                raise Refused(400, "no_places", f"{self._fake.name} has no organizational units")
            return {"result": deed.run(admin, arguments)}

    def credentials(self, asked: Asked) -> Any:
        """What a client needs to get in, as the document of `--ready` has it."""
        _nothing(asked)
        with self._fake.lock:
            credentials = self._fake.admin.credentials()
        return self._fake.spec.connect(credentials, asked.base_url)["credentials"]

    def seed(self, asked: Asked) -> Any:
        """Arrange accounts and groups, all of them or none; answers their ids by name."""
        _no_query(asked)
        return populate(self._fake, read_population(self._fake.spec, asked.body))

    def reset(self, asked: Asked) -> Any:
        """As it was when the server started: no faults, no calls. The clock stays."""
        _nothing(asked)
        self._fake.reset()
        return {}

    def snapshots(self, asked: Asked) -> Any:
        _nothing(asked)
        return {"snapshots": list(self._snapshots)}

    def snapshot(self, asked: Asked) -> Any:
        """Remember the present state under a name; an old one of that name is forgotten."""
        _no_query(asked)
        name = _SNAPSHOT(asked.body).get("name", f"snapshot-{len(self._snapshots) + 1}")
        with self._fake.lock:
            if name not in self._snapshots and len(self._snapshots) >= MAX_SNAPSHOTS:
                raise Refused(409, "too_many", f"{MAX_SNAPSHOTS} snapshots are there already")
            self._snapshots[name] = self._fake.snapshot()
        return {"name": name}

    def restore(self, asked: Asked) -> Any:
        """Go back to a snapshot; calls and faults stay."""
        _no_query(asked)
        name = _RESTORE(asked.body)["name"]
        with self._fake.lock:
            if name not in self._snapshots:
                near = shape.hint(name, self._snapshots)
                raise Refused(404, "unknown_snapshot", f"no snapshot {name!r}{near}")
            self._fake.restore(self._snapshots[name])
        return {"name": name}

    # --- calls and faults --------------------------------------------------------------------

    def ledger(self, asked: Asked) -> Any:
        """The calls as JSON lines, oldest first, filtered by the query."""
        _no_body(asked)
        wanted = _LEDGER(_numbers(asked.query))
        with self._fake.lock:
            ledger = self._fake.ledger
            calls = ledger.since(wanted.get("since", 0))
            told = {"X-Last-Call": str(ledger.last_number), "X-Dropped": str(ledger.dropped)}
        kept = [call for call in calls if _is_wanted(call, wanted)]
        lines = [json.dumps(call.as_dict(), ensure_ascii=False) + "\n" for call in kept]
        return Lines("".join(lines[: wanted.get("limit")]), told)

    def faults(self, asked: Asked) -> Any:
        _nothing(asked)
        with self._fake.lock:
            armed, unmet = self._fake.faults.armed(), self._fake.faults.unmet()
        return {
            "armed": [{**asdict(fault), "met": met} for fault, met in armed],
            "unmet": [asdict(fault) for fault in unmet],
        }

    def arm(self, asked: Asked) -> Any:
        _no_query(asked)
        fake = self._fake
        fault = Fault(**_fault_kind((*KINDS, *fake.spec.faults))(asked.body))
        known = sorted({*fake.operations(), *fake.spec.inner_operations})
        if not any(fnmatchcase(operation, fault.operation) for operation in known):
            near = shape.hint(fault.operation, known)
            raise Unfit(f"no operation is like {fault.operation!r}{near}", ("operation",))
        fake.arm(fault)
        return asdict(fault)

    def clear(self, asked: Asked) -> Any:
        """Disarm the faults (of one operation, as they were armed); tells which were never met."""
        _no_body(asked)
        operation = shape.record(operation=shape.text)(dict(asked.query)).get("operation")
        with self._fake.lock:
            return {"unmet": [asdict(fault) for fault in self._fake.faults.clear(operation)]}

    # --- switches and the clock --------------------------------------------------------------

    def quirks(self, asked: Asked) -> Any:
        _nothing(asked)
        with self._fake.lock:
            active, known = self._fake.quirks.active(), self._fake.quirks.known
        return {one: {"on": one in active, **asdict(quirk)} for one, quirk in known.items()}

    def switch(self, asked: Asked) -> Any:
        """Switch quirks on or off, by id."""
        _no_query(asked)
        switched = read_quirks(self._fake.spec, asked.body)
        with self._fake.lock:
            for quirk_id, on in switched.items():
                self._fake.switch_quirk(quirk_id, on=on)
        return switched

    def settings(self, asked: Asked) -> Any:
        _nothing(asked)
        with self._fake.lock:
            return dict(self._fake.settings)

    def set(self, asked: Asked) -> Any:
        """Change settings of the tenant, by name."""
        _no_query(asked)
        values = read_settings(self._fake.spec, asked.body)
        with self._fake.lock:
            for name, value in values.items():
                self._fake.change_setting(name, value)
        return values

    def clock(self, asked: Asked) -> Any:
        _nothing(asked)
        return self._told_clock()

    def move_clock(self, asked: Asked) -> Any:
        """Let time pass: `advance` by seconds, or go on `to` a moment. It never runs backwards."""
        _no_query(asked)
        moved, clock = _MOVE(asked.body), self._fake.clock
        if len(moved) != 1:
            raise Unfit("expected one of advance, to")
        if not isinstance(clock, VirtualClock):
            wanted = "this is the system clock, which nobody moves; serve with --clock virtual"
            raise Refused(409, "system_clock", wanted)
        with self._fake.lock:
            seconds = moved["advance"] if "advance" in moved else moved["to"] - clock.now()
            if seconds < 0 or clock.now() + seconds > LATEST:
                raise Unfit(f"expected a moment from {clock.now():g} to {LATEST:g}", ("to",))
            clock.advance(seconds)
            self._fake.keep()
        return self._told_clock()

    def _told_clock(self) -> Any:
        clock = self._fake.clock
        kind = "virtual" if isinstance(clock, VirtualClock) else "system"
        return {"kind": kind, "now": clock.now(), "utc": utc(clock.now()).isoformat()}


class _Refusing:
    """What the vendor's rules refuse to its own administrator, as an answer."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        match fault:
            case Refused() | Unfit() | None:
                return
            case ApiError():
                code, message = str(fault.code), fault.message
                raise Refused(409, "refused", message, code=code) from fault
            case KeyError():
                raise Refused(404, "unknown_id", f"there is no {fault}") from fault
            case ValueError():
                raise Refused(400, "bad_request", str(fault)) from fault


# --- reading ---------------------------------------------------------------------------------

_SNAPSHOT = shape.record(name=shape.text)
_RESTORE = shape.record("name", name=shape.text)
_MOVE = shape.record(advance=shape.number(0, LATEST), to=shape.number(0, LATEST))
_LEDGER = shape.record(
    since=shape.whole(0),
    limit=shape.whole(0),
    status=shape.whole(0, 999),
    operation=shape.text,
    method=shape.text,
)


def _fault_kind(kinds: tuple[str, ...]) -> shape.Kind:
    return shape.record(
        "operation",
        "kind",
        operation=shape.text,
        kind=shape.one_of(kinds),
        count=shape.or_none(shape.whole(1)),
        skip=shape.whole(0),
        status=shape.whole(200, 599),
        code=shape.token,
        message=shape.any_text,
        retry_after=shape.or_none(shape.token),
        seconds=shape.number(0, 86_400),
        body=shape.any_text,
    )


def _is_wanted(call: Call, wanted: Mapping[str, Any]) -> bool:
    return (
        fnmatchcase(call.operation, wanted.get("operation", "*"))
        and call.method == wanted.get("method", call.method)
        and call.status == wanted.get("status", call.status)
    )


def _numbers(query: Mapping[str, str]) -> dict[str, Any]:
    """The query with its numbers as such; anything else is for the record to refuse."""
    numeric = ("since", "limit", "status")
    return {
        name: int(text) if name in numeric and text.isascii() and text.isdigit() else text
        for name, text in query.items()
    }


def _asked(environ: "WSGIEnvironment", limit: int) -> Asked:
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    base_url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"
    return Asked(_body(environ, limit), dict(query), base_url)


def _body(environ: "WSGIEnvironment", limit: int) -> Any:
    length = environ.get("CONTENT_LENGTH") or "0"
    is_in_pieces = "HTTP_TRANSFER_ENCODING" in environ
    if not is_in_pieces and not (length.isascii() and length.isdigit() and int(length) <= limit):
        raise Refused(413, "too_large", f"a body has at most {limit} bytes")
    sent = environ["wsgi.input"].read(limit + 1 if is_in_pieces else int(length))
    if len(sent) > limit:
        raise Refused(413, "too_large", f"a body has at most {limit} bytes")
    if not sent:
        return {}
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "not_json", "send a body as Content-Type: application/json")
    try:
        return strict.decoded(sent.decode())
    except (ValueError, RecursionError) as fault:
        raise Refused(400, "not_json", f"the body cannot be read as JSON: {fault}") from fault


def _nothing(asked: Asked) -> None:
    _no_query(asked)
    _no_body(asked)


def _no_query(asked: Asked) -> None:
    if asked.query:
        raise Unfit(f"this route takes no query, found {', '.join(sorted(asked.query))}")


def _no_body(asked: Asked) -> None:
    if asked.body != {}:
        raise Unfit("this route takes no body")
