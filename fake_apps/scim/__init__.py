"""A generic SCIM 2.0 service: the standard by default, known products by their quirks."""

import re

from flask import Request

from ..core.app import AppSpec, Refusals, Setting
from ..core.error import ApiError
from . import access, errors, limits, paging, quirks, routes, serving
from .admin import ConsoleAdmin
from .entity import BASE
from .profiles import PROFILES, STANDARD
from .state import Provider


def _unknown_path(request: Request) -> ApiError:
    """Another version of the protocol has a refusal of its own."""
    version = request.path.split("/")[1]
    if _VERSION.fullmatch(version) and f"/{version}" != BASE:
        return errors.invalid_version(version)
    return errors.no_endpoint(request.path)


_VERSION = re.compile(r"v[0-9]+")


def _wrong_method(request: Request) -> ApiError:
    return errors.wrong_method(request.method)


def _too_large(_request: Request) -> ApiError:
    return errors.too_large("The body is too large")


APP = AppSpec(
    name="scim",
    title="SCIM 2.0 (generic)",
    hosts=("scim.example.test",),
    state=Provider,
    blueprint=routes.bp,
    render=errors.render,
    quirks=quirks.ALL,
    profiles=PROFILES,
    refusals=Refusals(
        unknown_path=_unknown_path,
        wrong_method=_wrong_method,
        too_large=_too_large,
        throttled=errors.throttled,
        unavailable=errors.unavailable,
    ),
    admin=ConsoleAdmin,
    limits=limits.LIMITS,
    settings={
        "profile": Setting(
            STANDARD,
            "a known product, whose quirks are on besides those that are switched on",
            choices=tuple(PROFILES),
        ),
        "group_names_are_unique": Setting(
            default=True,
            sentence="two groups of one name are refused, as by most products; "
            "the standard allows both",
        ),
        "group_patch_status": Setting(
            routes.NO_CONTENT,
            "PATCH of a group answers 204 with nothing, or 200 with the whole group",
            choices=(routes.NO_CONTENT, "200"),
        ),
        "sign_in": Setting(
            access.BEARER,
            "how the token is shown: as a bearer token, as the password of `provisioning`, or bare",
            choices=access.WAYS,
        ),
        "me": Setting(
            "nobody", "userName of the user behind the token; without such a user /Me is not there"
        ),
        "pagination": Setting(
            paging.INDEX,
            "how pages are asked for: by startIndex, by cursor, or either way",
            choices=paging.METHODS,
        ),
        "cursor_lasts_s": Setting(None, "seconds that a cursor is good for, None for ever"),
        "page": Setting(None, "entries of a page where no count is asked for, None for 100"),
        "most": Setting(None, "most entries of a page (filter.maxResults), None for 200"),
        "too_many": Setting(
            None, "more results of a filter than so many are refused (tooMany), None for no limit"
        ),
        "bulk_operations": Setting(None, "most operations of a bulk request, None for 1,000"),
        "bulk_bytes": Setting(None, "most bytes of a bulk request, None for 1,048,576"),
        "members_a_request": Setting(
            None, "most members a request may name where Q39 is on, None for 100"
        ),
        "members_of_a_group": Setting(
            None, "most members a request may name where Q40 is on, None for 8,000"
        ),
        "members_kept": Setting(
            None, "members that a group keeps and shows where Q22 is on, None for 100"
        ),
        "largest_add": Setting(
            None, "members of an add that are stored where Q23 is on, None for 225"
        ),
        "member_takes_s": Setting(1, "seconds that each member takes where Q41 is on"),
        "admins": Setting((), "users who are admins, beside those who have the role"),
        "replica_lag_s": Setting(5, "seconds that reads stay behind writes where Q25 is on"),
        "lock_s": Setting(1, "seconds that a write holds its group where Q65 is on"),
        "allowed_domains": Setting(
            ("example.test",), "domains that users may be of where Q43 is on"
        ),
    },
    authenticate=access.authenticate,
    faults={"permission_denied": lambda _app, _fault: errors.forbidden("This is not permitted")},
    cost=limits.cost,
    max_body_bytes=16 * 1024 * 1024,
    secret_fields=("password", "token"),
    connect=serving.connect,
    snippet=serving.snippet,
)
