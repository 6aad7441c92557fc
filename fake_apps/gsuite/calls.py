"""What the calls of every subject share: how one is marked, and how lists are answered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from ..core.app import current
from . import documents, errors, queries, quirks, shapes, wire
from .state import Directory

View = Callable[..., Response]
MY_CUSTOMER = "my_customer"


@dataclass(frozen=True)
class Call:
    """One operation: `rule` is below the root of the API."""

    rule: str
    methods: tuple[str, ...]


def call(rule: str, *methods: str) -> Callable[[View], View]:
    """Mark a view as an operation, which its name is the id of; routes.py finds it."""

    def mark(view: View) -> View:
        view.call = Call(rule, methods or ("GET",))  # type: ignore[attr-defined]
        return view

    return mark


def directory() -> Directory:
    found: Directory = current().state
    return found


def created(document: dict[str, Any], shape: shapes.Shape) -> Response:
    as_told = quirks.CREATED_IS_201 in current().quirks
    return wire.reply(document, shape, 201 if as_told else 200)


# --- lists -----------------------------------------------------------------------------------


def check_scope_of_list(args: Mapping[str, str]) -> None:
    """A list is of a customer or of a domain; another's is nobody's business here."""
    customer, domain = args.get("customer"), args.get("domain")
    if not customer and not domain:
        raise errors.bad_request()
    if customer and not is_own_customer(customer):
        raise errors.forbidden()
    if domain and domain.lower() not in directory().addresses.domains:
        raise errors.domain_not_found()


def is_own_customer(customer: str) -> bool:
    return customer in (MY_CUSTOMER, directory().customer_id)


def in_domain(rows: Iterable[Any], args: Mapping[str, str]) -> Iterable[Any]:
    domain = args.get("domain")
    if not domain or args.get("customer"):
        return rows
    ending = f"@{domain.lower()}"
    return (row for row in rows if row.email.endswith(ending))


def serial(row: Any) -> int:
    return int(row.serial)


def sorting(args: Mapping[str, str]) -> queries.Sorting:
    order = args.get("orderBy", "").lower()
    is_descending = queries.choice(args, "sortOrder", ("ASCENDING", "DESCENDING")) == "DESCENDING"
    if not order:
        return serial, False
    if order == "email":
        return lambda row: (row.email, row.serial), is_descending
    part = "familyName" if order == "familyname" else "givenName"
    return lambda row: (row.values["name"][part].lower(), row.serial), is_descending


def page(
    rows: Iterable[Any],
    args: Mapping[str, str],
    sorted_by: queries.Sorting,
    *,
    most: int,
    default: int,
    total_s: float = queries.TOKEN_LIFE_S,
) -> queries.Page:
    app = current()
    is_capped = quirks.PAGES_ARE_CAPPED in app.quirks
    listing = queries.Listing(
        args=args,
        where=f"{directory().customer_id} {request.environ['PATH_INFO']}",
        size=queries.page_size(args, most=most, default=default, is_capped=is_capped),
        now=app.clock.now(),
        sorting=sorted_by,
        total_s=total_s,
        is_empty_first=quirks.FIRST_PAGES_ARE_EMPTY in app.quirks,
    )
    return queries.cut(rows, listing)


def listed(
    name: str,
    items: Iterable[dict[str, Any]],
    shape: shapes.Shape,
    page_token: str | None = None,
) -> Response:
    document = documents.listing(directory(), name, items, page_token)
    return wire.reply(document, shapes.page_of(name, shape))
