"""What is known of each app beyond its route table: `known.yaml`, all of it optional.

    settings: of the tenant; those that are texts have their names in it
    scope:   what the token is good for beyond what our adapter asks for
    bearers: whose token is shown, by a part of the path; the adapter's, where none is named
    words:   names of query parameters, for odd ones to be added
    headers: names of request headers that the app looks at
    filters: where a filter stands (a query parameter or a key of the body): its language
    arrange: requests made once for each tenant; `keep` says where in the JSON reply a name stands
    shapes:  by operation, requests that succeed: path, query, headers, json, form, text and type;
             `only` is a part of the method and path that a shape is for
    never:   by operation, why nothing can succeed

`${name}` stands for something of the tenant: see `Tenant.names`. A route that is not in here is
tried with ids of the right kind in its path, and with bodies that other routes take.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PAGE = Path(__file__).with_name("known.yaml")
_NAME = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Shape:
    """A request of an operation, as far as its path and method do not say."""

    only: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    type: str = ""


@dataclass(frozen=True)
class Known:
    """One app's part of the file."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    scope: str = ""
    bearers: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    arrange: tuple[Mapping[str, Any], ...] = ()
    shapes: Mapping[str, tuple[Shape, ...]] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)

    def of(self, operation: str, route: str) -> list[Shape]:
        """The shapes of an operation that are for a method and path."""
        return [each for each in self.shapes.get(operation, ()) if each.only in route]


@cache
def known(app: str) -> Known:
    """What is known of an app; nothing, where nobody has written anything down."""
    told = yaml.safe_load(PAGE.read_text("utf-8")).get(app, {})
    shapes = {
        f"{app}.{name}": tuple(Shape(**each) for each in listed)
        for name, listed in told.pop("shapes", {}).items()
    }
    never = {f"{app}.{name}": why for name, why in told.pop("never", {}).items()}
    lists = {name: tuple(told.pop(name, ())) for name in ("words", "headers", "arrange")}
    return Known(shapes=shapes, never=never, **lists, **told)


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """The value with what its `${name}`s stand for."""
    if isinstance(value, str):
        return _NAME.sub(lambda found: names[found[1]], value)
    if isinstance(value, dict):
        return {filled(key, names): filled(each, names) for key, each in value.items()}
    return [filled(each, names) for each in value] if isinstance(value, list) else value


def keys_of(value: Any) -> Iterator[str]:
    """The names of all members of all objects in it."""
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if _is_list(value) else ():
        yield from keys_of(each)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)
