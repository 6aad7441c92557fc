"""A request while it is made odd, and how it goes to an app: below any HTTP client's manners."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from fake_apps.core.app import make_environ
from tests.fuzz.known import Shape, filled

_SHOWN = 2_000


@dataclass(frozen=True)
class Form:
    """One line of the route table: the operation, the method and path it answers."""

    operation: str
    method: str
    rule: str

    @property
    def route(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass
class Draft:
    """A request in parts. `json` is the body unless `raw` is there."""

    host: str
    method: str
    path: list[str]
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    environ: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    raw: bytes | None = None
    raw_query: str = ""

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.json is None else json.dumps(self.json).encode()

    def settle(self) -> None:
        """The body as bytes, to be damaged."""
        self.raw = self.body()

    def target(self) -> str:
        """Path and query as a socket would bring them: Latin-1 text."""
        path = "".join(self.path)
        query = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in self.query) + self.raw_query
        told = f"{path}?{query}" if query else path
        return told.replace("#", "%23").encode("utf-8", "surrogatepass").decode("latin-1")

    def make(self) -> dict[str, Any]:
        """The WSGI environment."""
        url = f"https://{self.host}{self.target()}"
        headers = {k: v.encode("utf-8", "surrogatepass") for k, v in self.headers.items()}
        made = make_environ(self.method, url, headers, self.body())
        return {**made, **self.environ}

    def __str__(self) -> str:
        head = [f"{self.method} {_short(self.target())}"]
        head += [f"{name}: {_short(value, 200)}" for name, value in self.headers.items()]
        head += [f"({name} = {value!r})" for name, value in self.environ.items()]
        return "\n".join([*head, "", _short(repr(self.body()))])


_UNSAFE = re.compile(rb"[^A-Za-z0-9_.~$'()/:@-]+")


def _quoted(text: str) -> str:
    """As `quote_plus` of urllib, which looks at each character of a huge text."""
    sent = text.encode("utf-8", "surrogatepass")
    return _UNSAFE.sub(_percents, sent).decode().replace("%20", "+")


def _percents(found: re.Match[bytes]) -> bytes:
    return b"%" + found[0].hex("%").upper().encode()


def _short(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


_PARAMETER = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")
_GUESSES = (("group", "group"), ("user", "user"), ("member", "user"))


def drafted(form: Form, shape: Shape, names: Mapping[str, str], host: str) -> Draft:
    """The request of a shape, with ids of the right kind in its path."""
    path = [
        quote(_value(part, form, shape, names), safe="@") if at % 2 else part
        for at, part in enumerate(_PARAMETER.split(form.rule))
    ]
    draft = Draft(host, form.method, path)
    draft.query = list(filled(dict(shape.query), names).items())
    draft.headers = {"Authorization": f"Bearer {names['bearer']}"}
    if shape.form:
        draft.raw = urlencode(filled(dict(shape.form), names)).encode()
    elif shape.text:
        draft.raw = filled(shape.text, names).encode()
    else:
        draft.json = filled(shape.json, names)
    if kind := shape.type or _content_type(shape):
        draft.headers["Content-Type"] = kind
    draft.headers.update(filled(dict(shape.headers), names))
    return draft


def _content_type(shape: Shape) -> str:
    if shape.form:
        return "application/x-www-form-urlencoded"
    return "application/json" if shape.json is not None else ""


def _value(name: str, form: Form, shape: Shape, names: Mapping[str, str]) -> str:
    if name in shape.path:
        return str(filled(shape.path[name], names))
    if name in names:
        return names[name]
    for word, kind in _GUESSES:
        if word in name:
            return names[kind]
    before = form.rule.lower().partition(f"{name}>")[0]
    return names["group" if "group" in before else "user"]
