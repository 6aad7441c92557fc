"""Reading requests: resources by their schema, and operations of a PATCH by their words."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..core import scim
from . import errors, quirks, schema
from .entity import GROUP, Row
from .patching import Patcher, spelled_out
from .schema import Reading, Values

if TYPE_CHECKING:
    from .membership import Member
    from .state import Provider


class Bodies:
    """Reads what is sent to one provider, as strictly as that one is."""

    def __init__(self, provider: "Provider") -> None:
        self._provider = provider
        self._behaviour = provider.behaviour

    @property
    def reading(self) -> Reading:
        return Reading(loose=quirks.BOOLEANS_MAY_BE_TEXTS in self._behaviour)

    def resource(self, kind: str, body: Mapping[str, Any]) -> Values:
        values = self.reading.resource(body, schema.kind(kind))
        values.pop("password", None)  # never shown, and nobody signs in here
        if kind == GROUP and quirks.NAMES_ARE_TRIMMED in self._behaviour:
            values["displayName"] = str(values["displayName"]).strip()
            schema.check_required(values, schema.kind(GROUP))
        return values

    def group(self, body: Mapping[str, Any]) -> tuple[Values, "list[Member]"]:
        """Its attributes and its members, which may be many."""
        told = {name: value for name, value in body.items() if name.lower() != "members"}
        members = next((value for name, value in body.items() if name.lower() == "members"), None)
        return self.resource(GROUP, told), self._provider.membership.read(members, whole=True)

    def operations(self, kind: str, body: Mapping[str, Any]) -> list[scim.Operation]:
        told = {name.lower(): value for name, value in body.items()}
        schema.check_message(told.get("schemas"), scim.PATCH_OP)
        operations = _named_alike(told.get("operations"))
        self._check_words(operations)
        if kind == GROUP and quirks.ONLY_ENTRA_IS_UNDERSTOOD in self._behaviour:
            operations = [each for each in operations or () if _is_entras(each)]
            if not operations:
                return []
        of = schema.kind(kind)
        with errors.told():
            return scim.read_operations(
                {"Operations": operations}, lambda text: schema.parse_path(text, of)
            )

    def _check_words(self, operations: Any) -> None:
        """The words in operations before they are understood, and quirks of them."""
        listed = operations if isinstance(operations, list) else ()
        told = [each for each in listed if isinstance(each, dict)]
        if any(each.get("path") and _lacks_value(each) for each in told):
            raise errors.invalid_value("An operation that adds or replaces has no value")
        if quirks.OPS_ARE_EXACT in self._behaviour and any(
            str(each.get("op")) not in ("add", "remove", "replace") for each in told
        ):
            raise errors.invalid_syntax("op is none of add, remove, replace")
        if quirks.PATHLESS_REPLACE_FAILS in self._behaviour and any(
            str(each.get("op")).lower() == "replace" and not each.get("path") for each in told
        ):
            raise errors.path_is_missing()

    def spelled_out(self, kind: str, operation: scim.Operation) -> list[scim.Operation]:
        of = schema.kind(kind)
        with errors.told():
            found = spelled_out(operation, of)
        if operation.path is None and quirks.KEYS_MAY_BE_PATHS not in self._behaviour:
            for each in found:
                if each.path is not None and (each.path.sub or each.path.selects):
                    raise errors.invalid_path("A name within a value is no path")
        return found

    def patched(self, row: Row, operations: Iterable[scim.Operation]) -> Patcher:
        patcher = Patcher(schema.kind(row.kind), self.reading, row.values)
        for operation in operations:
            for each in self.spelled_out(row.kind, operation):
                assert each.path is not None, "spelled out"
                name = each.path.attribute.lower()
                is_own_id = name == "id" and each.value == row.id and operation.op != "remove"
                if name == "schemas":
                    continue
                if is_own_id and quirks.OWN_ID_IS_REFUSED not in self._behaviour:
                    continue
                patcher.apply(each)
        patcher.values.pop("password", None)
        return patcher


def _is_entras(told: Any) -> bool:
    word = told.get("op") if isinstance(told, dict) else None
    return word in ("Add", "Remove") and told.get("path") == "members"


def _named_alike(operations: Any) -> Any:
    """Names are in any case: RFC 7643, 2.1."""
    if not isinstance(operations, list):
        return operations
    return [
        {str(name).lower(): value for name, value in each.items()}
        if isinstance(each, dict)
        else each
        for each in operations
    ]


def _lacks_value(operation: Mapping[str, Any]) -> bool:
    """RFC 7644, 3.5.2.1: "The operation MUST contain a "value" member"."""
    return "value" not in operation and str(operation.get("op")).lower() in ("add", "replace")
