"""Other defaults for a run: settings of the org and its apps, where a file states none.

`pushproof run --setting wire=okta` plays every file as if that were how an app is set up. What a
file states itself stays; what it expects under some settings only is marked `when`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import Unusable
from .position import Broken, hint
from .reader import Facts
from .tree import parse, plain

OPTION = "--setting"


def defaults(texts: Iterable[str], facts: Facts) -> Mapping[str, Any]:
    """`["wire=okta"]` as values by name; Unusable tells the first that is none, and what is."""
    known = {**facts.app_settings(), **facts.org_settings()}
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, written = text.partition("=")
        if not equals:
            raise Unusable(f"{OPTION} takes name=value, such as wire=okta, not {text!r}")
        if name not in known:
            raise Unusable(f"{OPTION}: unknown setting {name!r}{hint(name, known)}")
        if name in found:
            raise Unusable(f"{OPTION}: {name} is given twice")
        found[name] = _value(written)
        if wrong := known[name].complaint(found[name]):
            raise Unusable(f"{OPTION}: {name} {wrong.lower()}, not {written!r}")
    return found


def written(settings: Mapping[str, Any]) -> list[str]:
    """The options that make these defaults again."""
    return [f"{OPTION}={name}={_text(value)}" for name, value in settings.items()]


def _value(text: str) -> Any:
    """A value as a scenario would write it; what is no YAML is text."""
    try:
        return plain(parse(text, OPTION))
    except Broken:
        return text


def _text(value: Any) -> str:
    is_plain = isinstance(value, str) and _value(value) == value
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)
