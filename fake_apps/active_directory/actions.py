"""Reading an action: JSON in, operations out, or a refusal that names the field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..core.error import ApiError
from . import errors
from .search import Query
from .values import Modification

MAX_OPERATIONS = 1000
_SCOPES = ("base", "one", "sub")
_CHANGES = ("add", "delete", "replace")


@dataclass(frozen=True)
class Bind:
    """Use this account for the operations that follow in the action."""

    operation: ClassVar[str] = "bind"
    user: str
    password: str = field(repr=False)

    @property
    def path(self) -> str:
        return self.user


@dataclass(frozen=True)
class Add:
    """Create one object."""

    operation: ClassVar[str] = "add"
    path: str
    attributes: Mapping[str, tuple[str, ...]]
    controls: frozenset[str]


@dataclass(frozen=True)
class Modify:
    """Change several attributes of one object."""

    operation: ClassVar[str] = "modify"
    path: str
    changes: tuple[Modification, ...]
    controls: frozenset[str]


@dataclass(frozen=True)
class ModifyDn:
    """Rename, move, or both."""

    operation: ClassVar[str] = "modify_dn"
    path: str
    newrdn: str
    new_superior: str | None
    delete_old_rdn: bool
    controls: frozenset[str]


@dataclass(frozen=True)
class Delete:
    """Delete one object or, with the control, a tree."""

    operation: ClassVar[str] = "delete"
    path: str
    controls: frozenset[str]


@dataclass(frozen=True)
class Find:
    """Search."""

    operation: ClassVar[str] = "search"
    query: Query

    @property
    def path(self) -> str:
        return self.query.base

    @property
    def controls(self) -> frozenset[str]:
        return self.query.controls


@dataclass(frozen=True)
class Compare:
    """Whether an object has a value; over LDAP only."""

    operation: ClassVar[str] = "compare"
    path: str
    attribute: str
    value: bytes


Operation = Bind | Add | Modify | ModifyDn | Delete | Find | Compare
KINDS = (Bind, Add, Modify, ModifyDn, Delete, Find, Compare)


@dataclass(frozen=True)
class Action:
    """One request to the agent; `raw` are the operations as they came, for the ledger."""

    id: str
    operations: tuple[Operation, ...]
    raw: tuple[Mapping[str, Any], ...]
    continue_on_error: bool


def read_action(body: Any) -> Action:
    """The action in a JSON body."""
    if not isinstance(body, dict):
        raise errors.invalid("body", "must be an object")
    fields = _Fields(body, "")
    operations = fields.items("operations")
    if not operations:
        raise errors.invalid("operations", "must not be empty")
    if len(operations) > MAX_OPERATIONS:
        raise errors.invalid("operations", f"must not be more than {MAX_OPERATIONS}")
    action = Action(
        fields.text("id"),
        tuple(_operation(raw, f"operations[{at}]") for at, raw in enumerate(operations)),
        tuple(operations),
        fields.flag("continueOnError", default=False),
    )
    fields.refuse_others()
    return action


def _operation(raw: Any, where: str) -> Operation:
    if not isinstance(raw, dict):
        raise errors.invalid(where, "must be an object")
    fields = _Fields(raw, f"{where}.")
    kind = fields.text("op")
    if kind not in _READERS:
        raise errors.invalid(f"{where}.op", f"must be one of {', '.join(_READERS)}")
    operation = _READERS[kind](fields)
    fields.refuse_others()
    return operation


class _Fields:
    """Typed access to one JSON object; every complaint names the field."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        self._raw = raw
        self._where = where
        self._read: set[str] = set()

    def text(self, name: str, default: str | None = None, *, blank: bool = False) -> str:
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self.invalid(name, "must be text")
        if not value and not blank and default is None:
            raise self.invalid(name, "must not be empty")
        if not value.isascii() and _has_surrogate(value):
            raise self.invalid(name, "is not valid Unicode")
        return value

    def optional_text(self, name: str) -> str | None:
        self._note(name)
        return None if self._raw.get(name) is None else self.text(name)

    def choice(self, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in known:
            raise self.invalid(name, f"must be one of {', '.join(known)}")
        return value

    def number(self, name: str) -> int:
        value = self._take(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise self.invalid(name, "must be a number from 0 to 2147483647")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            raise self.invalid(name, "must be true or false")
        return value

    def items(self, name: str) -> list[Any]:
        value = self._take(name, None)
        if not isinstance(value, list):
            raise self.invalid(name, "must be a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; an absent one is empty."""
        return self.all_texts(self._take(name, []), name)

    def all_texts(self, value: Any, name: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.invalid(name, "must be a list of texts")
        if any(not item.isascii() and _has_surrogate(item) for item in value):
            raise self.invalid(name, "is not valid Unicode")
        return tuple(value)

    def controls(self) -> frozenset[str]:
        return frozenset(self.texts("controls"))

    def attributes(self) -> dict[str, tuple[str, ...]]:
        value = self._take("attributes", None)
        if not isinstance(value, dict):
            raise self.invalid("attributes", "must be an object")
        return {name: self.all_texts(v, f"attributes.{name}") for name, v in value.items()}

    def changes(self) -> tuple[Modification, ...]:
        raw = self.items("changes")
        if not raw:
            raise self.invalid("changes", "must not be empty")
        return tuple(self._change(one, f"changes[{at}]") for at, one in enumerate(raw))

    def _change(self, raw: Any, name: str) -> Modification:
        if not isinstance(raw, dict):
            raise self.invalid(name, "must be an object")
        fields = _Fields(raw, f"{self._where}{name}.")
        kind = fields.choice("op", _CHANGES)
        attribute, values = fields.text("attribute"), fields.texts("values")
        fields.refuse_others()
        return Modification(kind, attribute, values)  # type: ignore[arg-type]

    def refuse_others(self) -> None:
        for name in self._raw:
            if name not in self._read:
                raise self.invalid(name, "is unknown")

    def invalid(self, name: str, complaint: str) -> ApiError:
        return errors.invalid(f"{self._where}{name}", complaint)

    def _note(self, name: str) -> None:
        self._read.add(name)

    def _take(self, name: str, default: Any) -> Any:
        self._note(name)
        if name not in self._raw and default is None:
            raise self.invalid(name, "is missing")
        return self._raw.get(name, default)


def _bind(fields: _Fields) -> Bind:
    return Bind(fields.text("user"), fields.text("password"))


def _add(fields: _Fields) -> Add:
    return Add(fields.text("dn"), fields.attributes(), fields.controls())


def _modify(fields: _Fields) -> Modify:
    return Modify(fields.text("dn"), fields.changes(), fields.controls())


def _modify_dn(fields: _Fields) -> ModifyDn:
    return ModifyDn(
        fields.text("dn"),
        fields.text("newrdn"),
        fields.optional_text("newSuperior"),
        fields.flag("deleteOldRdn", default=True),
        fields.controls(),
    )


def _delete(fields: _Fields) -> Delete:
    return Delete(fields.text("dn"), fields.controls())


def _search(fields: _Fields) -> Find:
    return Find(
        Query(
            base=fields.text("base", blank=True),
            scope=fields.choice("scope", _SCOPES, "sub"),  # type: ignore[arg-type]
            filter=fields.text("filter", "(objectClass=*)"),
            attributes=fields.texts("attributes"),
            size_limit=fields.number("sizeLimit"),
            page_size=fields.number("pageSize"),
            cookie=fields.text("cookie", ""),
            controls=fields.controls(),
        )
    )


_READERS: Mapping[str, Callable[[_Fields], Operation]] = {
    "bind": _bind,
    "add": _add,
    "modify": _modify,
    "modifyDN": _modify_dn,
    "delete": _delete,
    "search": _search,
}


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
