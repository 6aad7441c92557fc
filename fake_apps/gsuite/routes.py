"""The blueprint: token and batch here, and every marked call. Endpoint = operation id."""

from collections.abc import Iterator
from inspect import isfunction

from flask import Blueprint, Response, request

from ..core.app import base_url, current
from . import batch as batches
from . import errors, group_calls, member_calls, orgunit_calls, user_calls, wire
from .calls import Call, View, directory

ROOT = "/admin/directory/v1"
SUBJECTS = (group_calls, member_calls, user_calls, orgunit_calls)


def token() -> Response:
    served_at = base_url("")
    own_address = f"{served_at}/token" if served_at else ""
    return wire.token_reply(directory().issue_token(request.form, own_address))


def batch() -> Response:
    return batches.run(current())


def _marked() -> Iterator[tuple[View, Call]]:
    for subject in SUBJECTS:
        for thing in vars(subject).values():
            marked = getattr(thing, "call", None) if isfunction(thing) else None
            if isinstance(marked, Call):
                yield thing, marked


def _blueprint() -> Blueprint:
    made = Blueprint("gsuite", __name__)
    made.add_url_rule("/token", "token", token, methods=["POST"])
    for rule in ("/batch", "/batch/admin/directory_v1"):
        made.add_url_rule(rule, "batch", batch, methods=["POST"])
    reads = {call.rule: view for view, call in _marked() if call.methods == ("GET",)}
    writes = {call.rule for _, call in _marked() if call.methods == ("POST",)}
    for view, call in _marked():
        answer, methods = view, call.methods
        if methods == ("POST",) and call.rule in reads:
            answer = _either(view, reads[call.rule])
        elif methods == ("GET",) and call.rule not in writes:
            answer, methods = _read_only(view), ("GET", "POST")
        made.add_url_rule(ROOT + call.rule, view.__name__, answer, methods=methods)
    return made


# A GET too long for an address comes as POST, its query as a form:
# https://github.com/googleapis/google-api-python-client googleapiclient/http.py (MAX_URI_LENGTH)


def _either(write: View, read: View) -> View:
    """A POST that is meant as the GET of the same address, or not."""

    def answer(**keys: str) -> Response:
        return read(**keys) if wire.is_overridden() else write(**keys)

    return answer


def _read_only(read: View) -> View:
    """A GET, or a POST that is meant as one."""

    def answer(**keys: str) -> Response:
        if request.environ["REQUEST_METHOD"] == "POST" and not wire.is_overridden():
            raise errors.no_such_page(request.path)
        return read(**keys)

    return answer


bp = _blueprint()
