"""The Target port over the control routes of a served fake: judge it from another process."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests

from .errors import Refused, Unusable
from .model import CallView, TargetAccountView, TargetGroupView
from .ports import Target

TIMEOUT_S = 60.0


class ServedTarget:
    """One served app, found and opened by its entry in the document of `serve --ready`.

    Raises Refused where the app's own administrator is refused, KeyError on an unknown id,
    ValueError on input that cannot be right, Unusable where the server is not one of ours.
    """

    def __init__(self, name: str, connection: Mapping[str, Any], *, ca_file: str | None = None):
        self.name = name
        self._url = connection["control_url"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        self._session.headers["Authorization"] = f"Bearer {connection['control_token']}"

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    # --- the tenant --------------------------------------------------------------------------

    def accounts(self) -> Sequence[TargetAccountView]:
        return [TargetAccountView(**view) for view in self._state()["accounts"]]

    def groups(self) -> Sequence[TargetGroupView]:
        return [_group(view) for view in self._state()["groups"]]

    def add_account(self, login: str, profile: Mapping[str, Any]) -> str:
        return str(self._do("add_account", login=login, profile=dict(profile)))

    def set_account_active(self, account_id: str, *, active: bool) -> None:
        self._do("set_account_active", account_id=account_id, active=active)

    def delete_account(self, account_id: str) -> None:
        self._do("delete_account", account_id=account_id)

    def restore_account(self, account_id: str) -> None:
        self._do("restore_account", account_id=account_id)

    def add_group(
        self, name: str, *, member_ids: Sequence[str] = (), place: str | None = None, kind: str = ""
    ) -> str:
        members = list(member_ids)
        return str(self._do("add_group", name=name, member_ids=members, place=place, kind=kind))

    def rename_group(self, group_id: str, name: str) -> None:
        self._do("rename_group", group_id=group_id, name=name)

    def move_group(self, group_id: str, place: str) -> None:
        self._do("move_group", group_id=group_id, place=place)

    def delete_group(self, group_id: str) -> None:
        self._do("delete_group", group_id=group_id)

    def restore_group(self, group_id: str) -> None:
        self._do("restore_group", group_id=group_id)

    def add_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._do("add_members", group_id=group_id, account_ids=list(account_ids))

    def remove_members(self, group_id: str, account_ids: Sequence[str]) -> None:
        self._do("remove_members", group_id=group_id, account_ids=list(account_ids))

    def credentials(self) -> Mapping[str, Any]:
        """As in the document of `--ready`: good at the address of the server."""
        found: Mapping[str, Any] = self._get("credentials")
        return found

    def expire_credentials(self) -> None:
        self._do("expire_credentials")

    def replace_credentials(self) -> None:
        self._do("replace_credentials")

    def add_place(self, place: str) -> None:
        self._do("add_ou", dn=place)

    def delete_place(self, place: str) -> None:
        self._do("delete_ou", dn=place, tree=True)

    def set_rights(self, place: str, *, granted: bool) -> None:
        self._do("grant" if granted else "revoke", place=place)

    # --- the network and the switches ----------------------------------------------------------

    def arm_fault(self, fault: Mapping[str, Any]) -> None:
        self._send("POST", "faults", json=dict(fault))

    def clear_faults(self) -> Sequence[str]:
        return [_in_words(fault) for fault in self._send("DELETE", "faults").json()["unmet"]]

    def unmet_faults(self) -> Sequence[str]:
        return [_in_words(fault) for fault in self._get("faults")["unmet"]]

    def set_quirk(self, quirk_id: str, *, on: bool) -> None:
        self._send("POST", "quirks", json={quirk_id: on})

    def change_setting(self, name: str, value: Any) -> None:
        self._send("POST", "settings", json={name: value})

    def reset(self) -> None:
        """As it was when the server started."""
        self._send("POST", "reset")

    def advance(self, seconds: float) -> None:
        """Let time pass on a virtual clock."""
        self._send("POST", "clock", json={"advance": seconds})

    def go_to(self, moment: float) -> None:
        """Let time pass on a virtual clock until that moment, in seconds since the epoch."""
        self._send("POST", "clock", json={"to": moment})

    def clock(self) -> Mapping[str, Any]:
        """Its `kind`, virtual or system, and `now` in seconds since the epoch."""
        found: Mapping[str, Any] = self._get("clock")
        return found

    # --- the ledger ------------------------------------------------------------------------------

    def calls(self, since: int = 0) -> Sequence[CallView]:
        lines = self._send("GET", "ledger", params={"since": since}).text.split("\n")
        return [_call(json.loads(line)) for line in lines if line]

    def last_call(self) -> int:
        """The number of the newest call."""
        return int(self._send("GET", "ledger", params={"limit": 0}).headers["X-Last-Call"])

    def ledger_text(self) -> str:
        return self._send("GET", "ledger").text

    # --- small print -------------------------------------------------------------------------

    def _state(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._get("state")
        return found

    def _do(self, deed: str, **arguments: Any) -> Any:
        return self._send("POST", "state", json={"do": deed, **arguments}).json()["result"]

    def _get(self, route: str) -> Any:
        return self._send("GET", route).json()

    def _send(self, method: str, route: str, **more: Any) -> requests.Response:
        reply = self._session.request(method, f"{self._url}/{route}", timeout=TIMEOUT_S, **more)
        if reply.ok:
            reply.encoding = "utf-8"
            return reply
        raise _error(reply)


def _error(reply: requests.Response) -> Exception:
    try:
        told = reply.json()
        error, message = told["error"], told["message"]
    except (ValueError, LookupError, TypeError):
        return Unusable(f"{reply.url} answers {reply.status_code}, and not as a served fake does")
    match error:
        case "refused":
            return Refused(told["code"], message)
        case "unknown_id":
            return KeyError(message)
        case "bad_request":
            return ValueError(message)
        case _:
            return Unusable(f"{reply.url}: {message}")


def _group(told: Mapping[str, Any]) -> TargetGroupView:
    member_ids, place = tuple(told["member_ids"]), told["place"]
    return TargetGroupView(
        told["id"], told["name"], member_ids, place, told["kind"], told["deleted"]
    )


def _call(told: Mapping[str, Any]) -> CallView:
    status, is_http = told["status"], told["protocol"] == "http"
    return CallView(
        number=told.get("number", 0),
        at=told.get("at", 0.0),
        until=told.get("until", 0.0),
        app=told["app"],
        operation=told["operation"],
        method=told["method"],
        path=told.get("path", ""),
        status=status,
        succeeded=status < 400 if is_http else status == 0,
        retry_after=told.get("reply_headers", {}).get("Retry-After"),
        refusal=told.get("refusal"),
        request=told.get("request", ""),
        reply=told.get("reply", ""),
        fault=told.get("fault"),
        lost=told.get("lost", False),
        inner=tuple(_call(inner) for inner in told.get("inner", ())),
    )


def _in_words(fault: Mapping[str, Any]) -> str:
    count = fault["count"]
    times = "" if count == 1 else f" x {count or 'any number'}"
    return f"{fault['kind']} on {fault['operation']}{times}"


_FITS: Callable[[ServedTarget], Target] = lambda target: target  # noqa: E731 - checked by mypy
