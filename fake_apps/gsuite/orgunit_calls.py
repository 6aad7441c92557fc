"""The calls on organizational units."""

from flask import Response

from . import calls, documents, errors, queries, shapes, wire
from .calls import call, directory
from .entity import OrgUnit

ALL, CHILDREN, WITH_PARENT = TYPES = ("all", "children", "allIncludingParent")
_LIST = "/customer/<customer>/orgunits"
_ONE = f"{_LIST}/<path:org_unit_path>"


@call(_LIST)
def list_org_units(customer: str) -> Response:
    """All at once: this list has no pages."""
    _check(customer)
    args, units = wire.args(), directory().org_units
    wanted = queries.choice(args, "type", TYPES, CHILDREN)
    top = units.unit(args.get("orgUnitPath") or "/")
    rows = units.children(top) if wanted == CHILDREN else units.below(top)
    if wanted == WITH_PARENT:
        rows = [top, *rows]
    shown = [documents.org_unit(directory(), row) for row in rows]
    name = "organizationUnits"
    document = documents.listing(directory(), name, shown, kind="orgUnits")
    shape = {name: shapes.ORG_UNIT, "kind": shapes.PLAIN, "etag": shapes.PLAIN}
    return wire.reply(document, shape)


@call(_LIST, "POST")
def insert_org_unit(customer: str) -> Response:
    _check(customer)
    row = directory().org_units.create(wire.body())
    return calls.created(documents.org_unit(directory(), row), shapes.ORG_UNIT)


@call(_ONE)
def get_org_unit(customer: str, org_unit_path: str) -> Response:
    _check(customer)
    return _shown(directory().org_units.unit(org_unit_path))


@call(_ONE, "PUT", "PATCH")
def update_org_unit(customer: str, org_unit_path: str) -> Response:
    row = _unchanged(customer, org_unit_path)
    return _shown(directory().org_units.update(row, wire.body()))


@call(_ONE, "DELETE")
def delete_org_unit(customer: str, org_unit_path: str) -> Response:
    directory().org_units.delete(_unchanged(customer, org_unit_path))
    return wire.no_content()


def _unchanged(customer: str, org_unit_path: str) -> OrgUnit:
    _check(customer)
    row = directory().org_units.unit(org_unit_path)
    wire.check_etag(documents.org_unit(directory(), row)["etag"])
    return row


def _check(customer: str) -> None:
    if not calls.is_own_customer(customer):
        raise errors.bad_customer()


def _shown(row: OrgUnit) -> Response:
    return wire.reply(documents.org_unit(directory(), row), shapes.ORG_UNIT)
