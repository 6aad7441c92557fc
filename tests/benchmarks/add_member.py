"""(a) What full fidelity costs: one add-member call against the least that a Flask app can do.

`(ours - bare) / direct`, the median of interleaved rounds of CALLS calls each (and one before them
that is not measured, so that all three start warm), where

- `ours` is `POST /v1.0/groups/{id}/members/$ref` to the fake Microsoft 365 with a bearer token that
  is checked, limits, quirks, undo and ledger on; each call really adds one member;
- `bare` is the same prepared request, through the same session and the same exchange, to a Flask
  app whose one route parses the JSON and answers what the vendor answers: 204 and no body;
- `direct` is that Flask app called as a WSGI callable with a ready environ: without requests,
  session and exchange.
"""

from collections.abc import Iterable
from functools import partial
from itertools import count
from typing import Any

import requests
from flask import Flask, request

from fake_apps import load
from fake_apps.core.app import Answer, make_environ
from fake_apps.core.clock import VirtualClock
from fake_apps.core.wire import exchange
from harness.transport import session
from tests.benchmarks.rounds import Round, Sample, seconds

CALLS = 25
GRAPH = "https://graph.microsoft.com"
BETWEEN_ROUNDS_S = 10.0  # on the virtual clock: no limit is met


def over_bare(one: Round) -> float:
    """The figure, of one round."""
    return (one["ours"] - one["bare"]) / one["direct"]


def samples() -> dict[str, Sample]:
    tenant, bare = Tenant(), Bare()
    through = session({"graph.microsoft.com": partial(exchange, bare)})
    return {
        "ours": tenant.sample,
        "bare": lambda: _per_call(through, tenant.requests()),
        "direct": lambda: bare.direct(tenant.requests()),
    }


class Tenant:
    """A fake Microsoft 365 with people, to whom each round makes a new group."""

    def __init__(self) -> None:
        self._app = load("o365").create(seed=7)
        self._session = session(
            {host: partial(exchange, self._app) for host in self._app.spec.hosts}
        )
        admin = self._app.admin
        self._people = [admin.add_account(f"p{n}@example.test", {}) for n in range(CALLS + 1)]
        self._names = map("Group {}".format, count())

    def sample(self) -> float:
        """Seconds per call of adding everybody to a new group."""
        prepared = self.requests()
        taken = _per_call(self._session, prepared)
        assert len(self._app.admin.groups()[-1].member_ids) == len(self._people)
        return taken

    def requests(self) -> list[requests.PreparedRequest]:
        """Calls that add everybody to a group made for them, with a new token."""
        self._app.clock.sleep(BETWEEN_ROUNDS_S)
        group_id, token = self._app.admin.add_group(next(self._names)), self._token()
        return [_adding(group_id, person, token) for person in self._people]

    def _token(self) -> str:
        credentials = self._app.admin.credentials()
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials["client_id"],
            "client_secret": credentials["client_secret"],
            "scope": f"{GRAPH}/.default",
        }
        url = f"https://login.microsoftonline.com/{credentials['tenant']}/oauth2/v2.0/token"
        return str(self._session.post(url, data=form).json()["access_token"])


class Bare:
    """The least a Flask app can do with the call; shaped like a fake app for the exchange."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self._flask = Flask("bare", static_folder=None)
        self._flask.add_url_rule(
            "/v1.0/groups/<group_id>/members/$ref", view_func=_add_member, methods=["POST"]
        )

    def answer(self, environ: dict[str, Any]) -> Answer:
        collected: list[Any] = []
        body = b"".join(self._flask.wsgi_app(environ, lambda *told: collected.extend(told)))
        status, headers = collected
        return Answer(int(status[:3]), tuple(headers), body, number=1)

    def direct(self, prepared: list[requests.PreparedRequest]) -> float:
        """Seconds per call without requests, session and exchange."""
        environs = [make_environ(p.method, p.url, p.headers, p.body) for p in prepared]
        self._answer_all(environs[:1])
        return seconds(lambda: self._answer_all(environs[1:])) / CALLS

    def _answer_all(self, environs: Iterable[dict[str, Any]]) -> None:
        for environ in environs:
            b"".join(self._flask.wsgi_app(environ, _start_response))


def _add_member(group_id: str) -> tuple[str, int]:
    assert group_id
    assert request.get_json()["@odata.id"]
    return "", 204


def _start_response(status: str, _headers: object) -> None:
    assert status[:3] == "204"


def _adding(group_id: str, person: str, token: str) -> requests.PreparedRequest:
    return requests.Request(
        "POST",
        f"{GRAPH}/v1.0/groups/{group_id}/members/$ref",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        json={"@odata.id": f"{GRAPH}/v1.0/directoryObjects/{person}"},
    ).prepare()


def _per_call(through: requests.Session, prepared: list[requests.PreparedRequest]) -> float:
    """Sent as adapters send: prepared, no redirect followed."""
    _send(through, prepared[:1])
    return seconds(lambda: _send(through, prepared[1:])) / CALLS


def _send(through: requests.Session, prepared: Iterable[requests.PreparedRequest]) -> None:
    for one in prepared:
        assert through.send(one, timeout=60, allow_redirects=False).status_code == 204
