"""A tenant arranged as a case wants it, and one exchange with it."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from fake_apps import load
from fake_apps.core.app import FakeApp
from fake_apps.core.error import ApiError
from fake_apps.core.fault import Fault
from fake_apps.core.wire import session

from .case import Case, Door, door
from .ldap_line import Line

NAME = re.compile(r"\{(\w[\w. -]*)\}")
MOMENT = re.compile(r"now(?:([+-])(\d+))?")


@dataclass(frozen=True)
class Shown:
    """What came of a case: the reply, the operations it reached, and the code that ran for it."""

    reply: requests.Response
    operations: frozenset[str]
    code: frozenset[CodeType]
    names: Mapping[str, Any]


def play(case: Case, quirks: Mapping[str, bool] | None = None) -> Shown:
    """Arrange the tenant, make the calls before, and make the call; `quirks` go over its own."""
    app = load(case.app).create(
        seed=7,
        settings=case.settings,
        quirks={**case.quirks, **(quirks or {})},
        limits=case.limits,
    )
    stage = Stage(app, door(case.app))
    stage.arrange(case.given)
    for step in case.before:
        stage.step(step)
    for fault in case.faults:
        app.faults.arm(Fault(**{**fault, "operation": _full(case.app, fault["operation"])}))
    last = app.ledger.last_number
    code: set[CodeType] = set()
    with _watched(code):
        reply = stage.send(case.request)
    reached = {
        one.operation.partition(".")[2]
        for call in app.ledger.since(last)
        for one in (call, *call.inner)
    }
    return Shown(reply, frozenset(reached), frozenset(code), stage.names)


def _full(app: str, operation: str) -> str:
    return operation if "." in operation else f"{app}.{operation}"


@contextmanager
def _watched(seen: set[CodeType]) -> Iterator[None]:
    """Note every Python function that runs."""

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            seen.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)


class Stage:
    """One tenant with its names: credentials, the ids of what was made, and what was kept."""

    def __init__(self, app: FakeApp, way_in: Door) -> None:
        self._app = app
        self._door = way_in
        self._http = session(app)
        self.names: dict[str, Any] = _flat(app.admin.credentials())
        self._bearer: str | None = None
        self._line: Line | None = None  # an LDAP connection, where a case has one

    def arrange(self, given: Mapping[str, Any]) -> None:
        """Accounts and groups, made by the tenant's own administrator."""
        for login, profile in _described(given.get("accounts", ())):
            self.names[login] = self._app.admin.add_account(login, self.put(profile))
        for name, told in _described(given.get("groups", ())):
            wanted = {"members": told} if isinstance(told, list) else dict(told)
            members = [self.names[login] for login in wanted.pop("members", ())]
            more = self.put(wanted)
            self.names[name] = self._app.admin.add_group(name, member_ids=members, **more)

    def step(self, step: Mapping[str, Any]) -> None:
        """One thing that happens before the call: a wait, the administrator's hand, or a call."""
        if "wait" in step:
            self._app.clock.sleep(step["wait"])
        elif "admin" in step:
            self._by_hand(step)
        elif "switch" in step:
            for quirk, on in step["switch"].items():
                self._app.quirks.switch(quirk, on=on)
        elif "set" in step:
            for name, value in step["set"].items():
                self._app.change_setting(name, value)
        else:
            self._call_before(step)

    def _by_hand(self, step: Mapping[str, Any]) -> None:
        """What the administrator does at the console, which may be refused there too."""
        name, *given = self.put(step["admin"])
        status, made = None, None
        try:
            made = getattr(self._app.admin, name)(*given, **self.put(step.get("with", {})))
        except ApiError as error:
            status = error.status
        assert status == step.get("status"), f"before: {name} was refused with {status}"
        self.names |= dict.fromkeys(step.get("keep", ()), made)
        self.names |= _flat(self._app.admin.credentials())

    def _call_before(self, step: Mapping[str, Any]) -> None:
        reply = self.send(step)
        wanted = step.get("status")
        fits = reply.status_code == wanted if wanted else reply.status_code < 400
        assert fits, f"before: {step['call']} answered {reply.status_code} {reply.text}"
        for name, path in step.get("keep", {}).items():
            header = path.removeprefix("header ")
            self.names[name] = reply.headers[header] if header != path else _at(reply.json(), path)

    def send(self, step: Mapping[str, Any]) -> requests.Response:
        """Make one call with the client's own token, unless the step says otherwise."""
        if step.get("assertion"):
            self.names["assertion"] = self._signed(step["assertion"])
        token = step.get("token", "")
        method, path = self.put(step["call"]).split(" ", 1)
        if method == "LDAP":
            self._line = self._line or Line(self._app)
            return self._line.ask(path, self.put(step.get("json", {})))
        headers = {name: self.put(value) for name, value in step.get("headers", {}).items()}
        if token is not None and "Authorization" not in headers:
            headers["Authorization"] = f"Bearer {self.put(token) or self._own_token()}"
        url = path if path.startswith("https://") else self.put(self._door.base) + path
        return self._http.request(method, url, headers=headers, **self._content(step))

    def _content(self, step: Mapping[str, Any]) -> dict[str, Any]:
        if "json" in step:
            return {"json": self.put(step["json"])}
        if "form" in step:
            return {"data": self.put(step["form"])}
        if "body" in step:
            return {"data": self.put(_long(step["body"])).encode()}
        return {}

    def _own_token(self) -> str:
        if self._bearer is None:
            self._bearer = self.put(self._door.bearer) or self._asked_token()
        return self._bearer

    def _asked_token(self) -> str:
        asking = {**self._door.token, "token": None}
        reply = self.send(asking)
        assert reply.status_code == 200, f"no token: {reply.status_code} {reply.text}"
        return str(reply.json()["access_token"])

    def _signed(self, assertion: Mapping[str, Any]) -> str:
        """A JWT: the claims of the app's door with those of the case over them; null takes away."""
        usual: Mapping[str, Any] = self._door.token.get("assertion", {})
        claims = _without_null({**usual.get("claims", {}), **assertion.get("claims", {})})
        header = _without_null({**usual.get("header", {}), **assertion.get("header", {})})
        key = self.names["private_key"]
        if assertion.get("key") == "foreign":
            key = _foreign_key()
        alg = str(assertion.get("alg", "RS256"))
        key = key if alg.startswith("RS") else "a secret of thirty-two bytes, at least"
        return jwt.encode(
            {name: self._moment(value) for name, value in claims.items()},
            key,
            algorithm=alg,
            headers=self.put(header),
        )

    def _moment(self, value: Any) -> Any:
        """`now+60` in seconds since the epoch; anything else with its names put in."""
        match = MOMENT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return self.put(value)
        sign = -1 if match[1] == "-" else 1
        return int(self._app.clock.now()) + sign * int(match[2] or 0)

    def put(self, value: Any) -> Any:
        """The value with `{name}` filled in wherever it stands in a text."""
        return filled(value, self.names)


@cache
def _foreign_key() -> str:
    """A key of nobody whom any tenant knows."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return made.private_bytes(
        serialization.Encoding.PEM, form, serialization.NoEncryption()
    ).decode()


def _long(told: Any) -> str:
    """A text as it stands, or one that is repeated: `{text: x, times: 1048577}`."""
    return told["text"] * told["times"] if isinstance(told, Mapping) else str(told)


def _several(item: Any) -> list[Any]:
    """An item of a list, or as many as `{text: "smtp:<n>@example.test", times: 1201}` says."""
    if isinstance(item, Mapping) and set(item) == {"text", "times"}:
        return [item["text"].replace("<n>", str(n)) for n in range(item["times"])]
    return [item]


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return NAME.sub(lambda match: str(_named(match[1], names)), value)
    if isinstance(value, list):
        return [filled(each, names) for item in value for each in _several(item)]
    if isinstance(value, dict):
        return {filled(key, names): filled(each, names) for key, each in value.items()}
    return value


def _named(name: str, names: Mapping[str, Any]) -> Any:
    if name not in names:
        raise KeyError(f"nothing is called {{{name}}}; there are {', '.join(sorted(names))}")
    return names[name]


def _flat(credentials: Mapping[str, Any]) -> dict[str, Any]:
    """Credentials by their innermost names."""
    made: dict[str, Any] = {}
    for name, value in credentials.items():
        made |= _flat(value) if isinstance(value, Mapping) else {name: value}
    return made


def _described(told: Any) -> list[tuple[str, Any]]:
    """Names with what is said of each; a list of names says nothing of them."""
    if isinstance(told, Mapping):
        return [(name, said or {}) for name, said in told.items()]
    return [(name, {}) for name in told]


def _without_null(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _at(document: Any, path: str) -> Any:
    """What stands at a dotted path: names of members, numbers of items; or under that very name."""
    if isinstance(document, dict) and path in document:
        return document[path]
    for part in path.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


# --- comparing -------------------------------------------------------------------------------

Fits = Callable[[Any], bool]
WILD: Mapping[str, Fits] = {
    "<any>": lambda _: True,
    "<text>": lambda found: isinstance(found, str) and bool(found),
    "<id>": lambda found: isinstance(found, str) and bool(found),
    "<number>": lambda found: isinstance(found, int | float) and not isinstance(found, bool),
}


def differences(wanted: Mapping[str, Any], shown: Shown) -> list[str]:
    """What a reply has otherwise than the case says, one line each; none where it fits."""
    reply = shown.reply
    found = [] if reply.status_code == wanted["status"] else [f"status: {reply.status_code}"]
    for name, value in filled(wanted.get("headers", {}), shown.names).items():
        if not _same(value, reply.headers.get(name)):
            found.append(f"header {name}: {reply.headers.get(name)!r}, not {value!r}")
    if "body" in wanted:
        body = filled(wanted["body"], shown.names)
        found += _unlike(body, _told(reply, body), "body")
    return found


def _told(reply: requests.Response, wanted: Any) -> Any:
    if isinstance(wanted, str) or wanted is None:
        return reply.text
    try:
        return json.loads(reply.content)
    except ValueError:
        return reply.text


def _unlike(wanted: Any, found: Any, where: str) -> list[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        if list(wanted) != list(found):
            return [f"{where}: has {list(found)}, not {list(wanted)}"]
        return [
            line for key in wanted for line in _unlike(wanted[key], found[key], f"{where}.{key}")
        ]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        items = zip(range(len(found)), wanted, found, strict=True)
        return [line for n, *both in items for line in _unlike(*both, f"{where}.{n}")]
    is_same = found is None if wanted is None and where != "body" else _same(wanted, found)
    return [] if is_same else [f"{where}: {found!r}, not {wanted!r}"]


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, str) and wanted in WILD:
        return found is not None and WILD[wanted](found)
    if isinstance(wanted, str) and "<any>" in wanted and isinstance(found, str):
        return bool(
            re.fullmatch(".*".join(map(re.escape, wanted.split("<any>"))), found, re.DOTALL)
        )
    if wanted is None:
        return found is None or not found
    return type(wanted) is type(found) and bool(wanted == found)
