"""Reading requests and writing replies: bodies, pages of lists."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from ..core import strict
from ..core.app import base_url, current
from ..core.reply import Plain
from . import errors
from .entity import HOST, LONGEST_NAME, SCIM_PART
from .state import Team

bp = Blueprint("okta_privileged_access", __name__)
View = Callable[..., Response]
PAGE, MOST = 100, 1000


def team() -> Team:
    found: Team = current().state
    return found


def at(method: str, rule: str) -> Callable[[View], View]:
    """A call of the API, below the team's address; its name is the operation's."""

    def mark(view: View) -> View:
        bp.add_url_rule(f"/v1/teams/<team>{rule}", view.__name__, _teamless(view), methods=[method])
        return view

    return mark


def _teamless(view: View) -> View:
    """Which team it is was looked at before."""

    def called(team: str, **values: Any) -> Response:
        return view(**values)

    return called


# --- bodies ------------------------------------------------------------------------------------


def body() -> dict[str, Any]:
    """The JSON object of the request, whatever content type it claims."""
    try:
        document = strict.decoded_text(request.environ["wsgi.input"].read().decode())
    except (ValueError, RecursionError) as fault:
        raise _unreadable("The body is no JSON") from fault
    if not isinstance(document, dict):
        raise _unreadable("The body is no JSON object")
    return document


def _unreadable(message: str) -> Exception:
    is_scim = SCIM_PART in request.path
    return errors.invalid_syntax(message) if is_scim else errors.invalid("", message)


def text(told: Any, where: str, most: int = LONGEST_NAME) -> str:
    if not isinstance(told, str) or not told.strip() or len(told) > most:
        raise errors.invalid(where, f"{where} is no text of 1 to {most} characters")
    return told


def text_or_none(told: Any, where: str) -> str | None:
    if told is not None and (not isinstance(told, str) or len(told) > LONGEST_NAME):
        raise errors.invalid(where, f"{where} is no text of at most {LONGEST_NAME} characters")
    return told


def texts(told: Any, where: str) -> list[str]:
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise errors.invalid(where, f"{where} is no list of texts")
    return told


# --- replies -----------------------------------------------------------------------------------


def reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    kind = errors.SCIM_JSON if SCIM_PART in request.path else errors.JSON
    return Plain(json.dumps(document, separators=(",", ":")), status, headers, content_type=kind)


def nothing() -> Response:
    return Plain(status=204)


def flag(name: str) -> bool:
    return request.args.get(name, "").lower() == "true"


def contains(name: str) -> bool:
    """Whether a name has the part that is asked for."""
    return request.args.get("contains", "").lower() in name.lower()


def page(rows: Sequence[Any], show: Callable[[Any], dict[str, Any]]) -> Response:
    """One page; `Link` leads to the next and the one before. An offset is the id of a row."""
    listed = list(reversed(rows)) if flag("descending") else list(rows)
    count, start = _count(), _start(listed)
    if flag("prev"):
        start = max(0, start - count - 1)
    shown = listed[start : start + count]
    links = []
    if start + count < len(listed):
        links.append(_link("next", shown[-1].id, count))
    if start:
        links.append(_link("prev", shown[0].id if shown else listed[-1].id, count))
    headers = {"Link": ", ".join(links)} if links else {}
    return reply({"list": [show(each) for each in shown]}, headers=headers)


def _count() -> int:
    told = request.args.get("count", str(PAGE))
    if not told.isascii() or not told.isdecimal() or not 1 <= int(told[:9]) <= MOST:
        raise errors.invalid("count", f"count is no number from 1 to {MOST}")
    return int(told)


def _start(listed: Sequence[Any]) -> int:
    """Behind the row that the offset names."""
    offset = request.args.get("offset", "")
    if not offset:
        return 0
    found = next((place for place, row in enumerate(listed) if row.id == offset), None)
    if found is None:
        raise errors.invalid("offset", "offset is none that a page has told")
    return found + 1


def _link(rel: str, offset: str, count: int) -> str:
    told = {key: value for key, value in request.args.items() if key not in ("offset", "prev")}
    told |= {"offset": offset, "count": str(count)} | ({"prev": "true"} if rel == "prev" else {})
    return f'<{base_url(HOST)}{request.path}?{urlencode(told)}>; rel="{rel}"'
