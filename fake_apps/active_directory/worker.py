"""The agent at work: each operation of an action becomes an LDAP call with a ledger entry."""

import json
from collections.abc import Mapping
from typing import Any

from ..core.app import FakeApp, Unanswered
from . import controls as ldap_controls
from . import errors, quirks
from .actions import Action, Bind, Operation
from .errors import LdapError
from .performing import Performer
from .search import Found
from .state import Directory

Result = dict[str, Any]
MASK = "***"


class Worker:
    """Runs one action on behalf of the agent's service account."""

    def __init__(self, app: FakeApp, outer: Any) -> None:
        self._app = app
        self._outer = outer
        self._state: Directory = app.state
        self._performer = Performer(app)
        self._who = self._state.known.service

    def run(self, action: Action) -> list[Result]:
        """The results in order; nothing runs after a failure unless the action says so."""
        results = []
        for operation, raw in zip(action.operations, action.raw, strict=True):
            results.append(self._call(operation, raw))
            if results[-1]["resultCode"] and not action.continue_on_error:
                break
        return results

    def _call(self, operation: Operation, raw: Mapping[str, Any]) -> Result:
        """One LDAP call: armed fault, then the directory, then what the ledger shall know."""
        with self._app.call(
            method=raw["op"],
            path=operation.path,
            protocol="ldap",
            operation=f"{self._app.name}.{operation.operation}",
        ) as opened:
            opened.request = without_passwords(json.dumps(raw))
            try:
                self._meet_fault(opened, operation)
                result = self._perform(operation)
                if opened.met and opened.met.kind == "lose_reply":
                    raise errors.timed_out()
            except LdapError as error:
                opened.refusal = error.code or error.name
                result = self._refused(error)
            opened.status = result["resultCode"]
            opened.reply = json.dumps(result)
            if opened.met and opened.met.kind == "slow" and not self._outer.met:
                self._outer.met = opened.met  # the caller of the agent waits for the directory
        return result

    def _meet_fault(self, opened: Any, operation: Operation) -> None:
        """A reply that does not come is a result of the agent's own LDAP library."""
        try:
            self._performer.meet_fault(opened, operation)
        except Unanswered as unanswered:
            silent = unanswered.fault.kind == "lose_request"
            raise (errors.timed_out() if silent else errors.server_down()) from unanswered

    def _perform(self, operation: Operation) -> Result:
        controls: frozenset[str] = getattr(operation, "controls", frozenset())
        if not controls <= ldap_controls.SUPPORTED:
            raise errors.unknown_control()
        if isinstance(operation, Bind):
            self._who = self._state.bind(operation.user, operation.password)
            return _result()
        self._check_account()
        found = self._performer.perform(self._who, operation)
        return self._found(found) if isinstance(found, Found) else _result()

    def _check_account(self) -> None:
        """The agent binds for every action: an account that may not log on can do nothing."""
        if self._who:
            self._state.security.check_usable(self._state.dit.entry(self._who))

    def _found(self, found: Found) -> Result:
        result = _result(found.code)
        result["entries"] = [
            {"dn": dn, "attributes": attributes} for dn, attributes in found.entries
        ]
        result["cookie"] = found.cookie
        if found.references:
            result["references"] = list(found.references)
        return result

    def _refused(self, error: LdapError) -> Result:
        message = error.message
        if quirks.NUL_AT_END in self._state.context.quirks:
            message += "\n\0"
        result = _result(error.status, message, error.matched_dn)
        if error.referral:
            result["referral"] = error.referral
        return result


def _result(code: int = 0, message: str = "", matched_dn: str = "") -> Result:
    return {
        "resultCode": code,
        "resultName": errors.NAMES.get(code, "other"),
        "errorMessage": message,
        "matchedDN": matched_dn,
    }


def without_passwords(text: str) -> str:
    """The JSON without the values of `unicodePwd`; a text that is no JSON is told as a mask."""
    if "unicodepwd" not in text.lower():
        return text
    try:
        return json.dumps(_masked(json.loads(text)))
    except (ValueError, RecursionError):
        return MASK


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    masked = {
        name: MASK if name.lower() == "unicodepwd" else _masked(item)
        for name, item in value.items()
    }
    if str(value.get("attribute", "")).lower() == "unicodepwd":
        masked["values"] = MASK
    return masked
