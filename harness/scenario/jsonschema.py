"""The language as a JSON Schema, for editors: completion, descriptions, early complaints."""

from collections.abc import Iterable, Mapping
from typing import Any

from .kinds import KNOWN, Schema, Switch
from .language import Keys
from .reader import Facts, SettingView
from .shapes import shape_of

ANY_VALUE: Mapping[type, str] = {bool: "boolean", str: "string", int: "number", float: "number"}


def schema(facts: Facts) -> Schema:
    """The whole language, with the apps, quirks, settings and faults that are installed."""
    names = _known(facts)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Pushproof scenario",
        "description": "One documented case of group push: a world, steps, and what must be so.",
        **_complete(shape_of(Keys).schema(), names),
    }


def _complete(part: Any, names: Mapping[str, Schema]) -> Any:
    """Replace every mark by what is known at that place."""
    if isinstance(part, list):
        return [_complete(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {key: _complete(value, names) for key, value in part.items() if key != KNOWN}
    return {**plain, **names[part[KNOWN]]} if KNOWN in part else plain


def _known(facts: Facts) -> dict[str, Schema]:
    kinds = facts.app_kinds()
    settings = {name: _setting(s) for name, s in sorted(_okta_settings(facts).items())}
    return {
        "app": {"enum": list(kinds)},
        "operation": {"examples": _union(facts.app_operations(kind) for kind in kinds)},
        "fault": {"examples": _union(facts.app_faults(kind) for kind in kinds)},
        "quirk": {"properties": {kind: _quirks(facts, kind) for kind in kinds}},
        "setting": {"properties": {**settings, **{kind: _map(settings) for kind in kinds}}},
        "tenant setting": {"properties": {kind: _tenant(facts, kind) for kind in kinds}},
    }


def _okta_settings(facts: Facts) -> dict[str, SettingView]:
    return {**facts.app_settings(), **facts.org_settings()}


def _setting(setting: SettingView) -> Schema:
    described: Schema = {"description": setting.sentence, "default": setting.default}
    if setting.choices:
        return {"enum": list(setting.choices), **described}
    named = ANY_VALUE.get(type(setting.default))
    return {"type": named, **described} if named else described


def _map(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _quirks(facts: Facts, kind: str) -> Schema:
    return _map(
        {
            quirk.id: {**Switch().schema(), "description": f"{quirk.sentence} ({quirk.source})"}
            for quirk in facts.app_quirks(kind).values()
        }
    )


def _tenant(facts: Facts, kind: str) -> Schema:
    settings = facts.target_settings(kind).items()
    return _map(
        {
            name: {"description": sentence, "default": default}
            for name, (default, sentence) in settings
        }
    )


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return sorted({name for names in lists for name in names})
