"""A tenant to be tried: arranged, signed in, and put back as it was before each example."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

import jwt
import requests

from fake_apps import load
from fake_apps.core.app import FakeApp
from fake_apps.core.error import ApiError
from fake_apps.core.wire import InProcess
from harness import adapters
from harness.ports import Connection
from tests.fuzz.draft import Form, drafted
from tests.fuzz.known import Shape, filled, known

PEOPLE = ("ana", "ben", "cy", "dee")
PASSWORD = "Pa55-w0rd.Kept-Secret"  # of every user a request makes
_SECRET_WORDS = ("secret", "token", "password", "private_key", "passphrase", "assertion")


class Tenant:
    """One app with a few accounts, groups and members, and everything there is a name for.

    `names` are the values that `${name}` stands for in `known.yaml`: ids (`user`, `user1`, `user2`,
    who is in no group, `gone_user`, `group`, `group2`, which is empty, `gone_group`), `user_login`
    and so on, `password` of new users, each credential (`credential_user` where it is a name like
    that), what a client sends for its token, the token as `bearer`, and what `arrange` keeps.
    """

    def __init__(self, name: str, seed: int = 7) -> None:
        about = known(name)
        self.app: FakeApp = load(name).create(seed=seed, limits=0.0, settings=about.settings)
        told = dict(_texts(self.app.admin.credentials()))
        self.names = {
            "domain": "example.test",
            **dict(_texts(about.settings)),
            **told,
            **{f"credential_{name}": text for name, text in told.items()},
        }
        self.names["password"] = PASSWORD
        self._populate()
        self._sign_in(about.scope)
        for step in about.arrange:
            self._arrange(**step)
        self.secrets = frozenset(self._secrets())
        self._start = self.app.snapshot()

    def start_over(self) -> None:
        """As it was arranged, with an empty ledger."""
        self.app.restore(self._start)
        self.app.ledger.clear()
        self.app.meter.scale = 0.0

    def _populate(self) -> None:
        names, domain = self.names, self.names["domain"]
        with self.app.administering() as admin:
            ids = {who: admin.add_account(f"{who}@{domain}", {}) for who in PEOPLE}
            for word, who in zip(("user", "user1", "user2", "gone_user"), PEOPLE, strict=True):
                names[word], names[f"{word}_login"] = ids[who], f"{who}@{domain}"
            names["group"] = admin.add_group("Sales", member_ids=[ids["ana"], ids["ben"]])
            names["group2"] = admin.add_group("Empty")
            names["gone_group"] = admin.add_group("Gone")
            with suppress(ApiError):  # Slack deletes nobody
                admin.delete_account(ids["dee"])
            admin.delete_group(names["gone_group"])

    def _sign_in(self, scope: str) -> None:
        authorization, form = sign_in(self.app)
        self.names = {**dict(parse_qsl(form)), **self.names}
        self.names["bearer"] = authorization.partition(" ")[2]
        if scope:
            self.names["assertion"] = _widened(self.names, scope)

    @property
    def authorization(self) -> str:
        return f"Bearer {self.names['bearer']}"

    def _arrange(
        self, ask: str, keep: Mapping[str, str] = MappingProxyType({}), **told: Any
    ) -> None:
        method, _, path = ask.partition(" ")
        form = Form("", method, filled(path, self.names))
        draft = drafted(form, Shape(**told), self.names, self.app.spec.hosts[0])
        answer = self.app.answer(draft.make())
        assert answer.status < 400, f"{ask}: {answer.body.decode()}"
        assert list(self.app.ledger)[-1].refusal is None, f"{ask}: {answer.body.decode()}"
        for name, place in keep.items():
            self.names[name] = _at(json.loads(answer.body), place)

    def _secrets(self) -> Iterator[str]:
        yield self.names["bearer"]
        for name, text in self.names.items():
            is_public = name.endswith(("_id", "_uri"))
            if any(word in name for word in _SECRET_WORDS) and not is_public:
                yield from _lines(text)


def sign_in(app: FakeApp) -> tuple[str, str]:
    """The header a client of this app shows, and the form it got its token for."""
    sent: list[requests.PreparedRequest] = []
    connection = Connection(_session(app, sent), app.admin.credentials(), app.clock)
    adapter = adapters.load(app.name)(connection)
    for _ in (*adapter.list_groups(), *adapter.list_accounts()):
        pass
    shown = [str(each.headers["Authorization"]) for each in sent if "Authorization" in each.headers]
    asked = [each.body for each in sent if "Authorization" not in each.headers]
    form = asked[0] if asked else ""
    return shown[-1], form.decode() if isinstance(form, bytes) else str(form or "")


class _Overheard(InProcess):
    """Notes what is sent."""

    def __init__(self, app: FakeApp, sent: list[requests.PreparedRequest]) -> None:
        super().__init__(app)
        self._sent = sent

    def send(self, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        self._sent.append(request)
        return super().send(request, **more)


def _widened(names: Mapping[str, str], scope: str) -> str:
    """The assertion that got the token, for more scopes, signed anew."""
    head = jwt.get_unverified_header(names["assertion"])
    claims = jwt.decode(names["assertion"], options={"verify_signature": False})
    more = {**claims, "scope": f"{claims['scope']} {scope}"}
    return jwt.encode(more, names["private_key"], head["alg"], headers=head)


def _at(document: Any, place: str) -> str:
    """What stands at `a.0.b` of a JSON value."""
    for part in place.split("."):
        document = document[int(part)] if isinstance(document, list) else document[part]
    return str(document)


def _session(app: FakeApp, sent: list[requests.PreparedRequest]) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", _Overheard(app, sent))
    return made


def _texts(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in told.items():
        if isinstance(value, Mapping):
            yield from _texts(value)
        elif isinstance(value, str):
            yield name, value


def _lines(text: str) -> Iterator[str]:
    """A secret as it would be seen: a key of many lines by one of them."""
    lines = [line for line in text.splitlines() if len(line) >= 8 and "-----" not in line]
    if len(lines) > 1:
        yield lines[1]
    elif lines:
        yield lines[0]
