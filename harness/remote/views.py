"""What an engine shows, as the values that judges see: from Okta's own API, or from our console."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from ..model import (
    AppUserStatus,
    AppUserView,
    AppView,
    LogEvent,
    MappingStatus,
    MappingView,
    PushError,
    PushRule,
)
from .names import Instance

Json = Mapping[str, Any]
PROVISIONED, STAGED = AppUserStatus.PROVISIONED, AppUserStatus.STAGED


def seconds(text: str | None) -> float | None:
    """A moment as Okta writes it, in seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp() if text else None


# --- from our console --------------------------------------------------------------------------


def console_mapping(told: Json, app: Instance) -> MappingView:
    found = _fitting(MappingView, told, app)
    found["status"] = MappingStatus(found["status"])
    for name in ("known_members", "doubtful_members"):
        found[name] = tuple(found[name])
    return MappingView(**found)


def console_app_user(told: Json, app: Instance) -> AppUserView:
    found = _fitting(AppUserView, told, app)
    return AppUserView(**{**found, "status": AppUserStatus(found["status"])})


def console_error(told: Json, app: Instance) -> PushError:
    return PushError(**_fitting(PushError, told, app))


def console_app(told: Json, app: Instance) -> AppView:
    found = _fitting(AppView, told, app)
    rules = (_fitting(PushRule, rule, app) for rule in found["push_rules"])
    found["push_rules"] = tuple(PushRule(**rule) for rule in rules)
    return AppView(**{**found, "assigned_groups": tuple(found["assigned_groups"])})


def _fitting(kind: type, told: Json, app: Instance) -> dict[str, Any]:
    """The fields of a value out of an object that may have more; the app under its name here."""
    found = {one.name: told[one.name] for one in fields(kind) if one.name in told}
    known = {name: app.here(v) if isinstance(v, str) else v for name, v in found.items()}
    return known | {name: app.label for name in ("app", "label") if name in known}


# --- from Okta's API ---------------------------------------------------------------------------


def mapping(told: Json, app: Instance, *, source: str, target: Json | None) -> MappingView:
    """A mapping of the API; who its members are believed to be is not told there."""
    profile = (target or {}).get("profile", {})
    is_pushed = "lastPush" in told or bool(profile.get("externalId"))
    return MappingView(
        id=told["id"],
        app=app.label,
        group=source,
        status=MappingStatus(told["status"]),
        target_name=str(profile.get("name", source)),
        target_group_id=told.get("targetGroupId"),
        external_id=profile.get("externalId"),
        origin="name",
        group_type="",
        created=seconds(told["created"]) or 0.0,
        created_by="",
        last_push=seconds(told.get("lastPush")),
        error=str(told.get("errorSummary") or ""),
        error_at=None,
        job="" if is_pushed or told["status"] != "ACTIVE" else "pending",
    )


def app_user(told: Json, app: Instance, login: str) -> AppUserView:
    is_there = told["status"] in ("PROVISIONED", "ACTIVE") or bool(told.get("externalId"))
    return AppUserView(
        login=login,
        app=app.label,
        status=PROVISIONED if is_there else STAGED,
        scope=str(told["scope"]),
        external_id=told.get("externalId"),
        error="provisioning failed" if told.get("syncState") == "ERROR" else "",
    )


def event(number: int, told: Json, labels: Mapping[str, str]) -> LogEvent:
    """An event; `labels` are names of apps there to names here."""
    outcome = told.get("outcome") or {}
    targets = [
        one for one in told.get("target") or () if one.get("type") not in ("GroupPushMapping",)
    ]
    names = (str(one.get("displayName") or "") for one in targets)
    return LogEvent(
        number=number,
        at=seconds(told["published"]) or 0.0,
        type=str(told["eventType"]),
        outcome=str(outcome.get("result") or ""),
        message=_renamed(str(told.get("displayMessage") or ""), labels),
        targets=tuple(labels.get(name, name) for name in names),
        reason=_renamed(str(outcome.get("reason") or ""), labels),
    )


def _renamed(text: str, labels: Mapping[str, str]) -> str:
    for there, here in labels.items():
        text = text.replace(there, here)
    return text
