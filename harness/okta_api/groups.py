"""Groups and their members.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response
from sqlalchemy import func, select

from ..model import GroupType
from ..org import schema
from . import errors
from .catalogue import name_of
from .finding import Attributes, Finder, matching, predicate_of
from .paging import Limit, chunks, cut, page, sorted_page
from .quirks import ABSENT_IS_EMPTY, NO_EXTERNAL_ID_YET, RENAME_IS_NOT_PUSHED, RULES_LAG
from .service import Service, service
from .wire import Fields, current, empty, href, link, read_object, reply, stamp

bp = Blueprint("groups", __name__)

LIMIT = Limit(10_000, 10_000)
MEMBERS_LIMIT = Limit(1000, 1000, is_cut=True)
APPS_LIMIT = Limit(20, 200)
Q_LIMIT = 300
LAG_S = 5.0  # of push rules, with the quirk

FILTERED: Attributes = ("id", "type", "lastUpdated", "lastMembershipUpdated")
SEARCHED: Attributes = (*FILTERED, "created", "source.id", "profile.")
Row = sa.Row[Any]

# Put together once: that costs more than running them.
_ALL = select(schema.groups)
_ALL_APPS = select(schema.apps)
_ALL_MAPPINGS = select(schema.mappings)
_MEMBERS = (
    select(schema.users)
    .join(schema.group_members, schema.group_members.c.user_id == schema.users.c.id)
    .where(schema.group_members.c.group_id == sa.bindparam("group"))
)
_APPS = (
    select(schema.apps)
    .join(schema.app_groups, schema.app_groups.c.app_id == schema.apps.c.id)
    .where(schema.app_groups.c.group_id == sa.bindparam("group"))
)


# --- routes ----------------------------------------------------------------------------------


@bp.get("/api/v1/groups")
def list_groups() -> Response:
    """List groups; `q` finds beginnings of names, `filter` and `search` compare attributes."""
    args = current().args
    table = schema.groups
    if "q" in args:
        return _starting_with(args["q"])
    finder = Finder("filter", FILTERED) if "filter" in args else Finder("search", SEARCHED)
    limit = LIMIT.asked()
    wanted = predicate_of(finder, args)
    if wanted is None:
        rows, after = cut(chunks(_ALL, table.c.id, size=limit + 1), limit)
        return page(show_all(rows), limit=limit, after=after)
    query = wanted.narrowed(_ALL, COLUMNS)
    if "sortBy" in args:
        return _sorted(query, wanted.matches, limit)
    found = matching(chunks(query, table.c.id, size=1000), show_all, wanted.matches)
    rows, after = cut(found, limit)
    return page(show_all(rows), limit=limit, after=after)


@bp.post("/api/v1/groups")
def create_group() -> Response:
    """Make a group of Okta's own."""
    here = service()
    profile = Fields(read_object(), "name").inner("profile", required=True)
    name, description = _profile(profile)
    if RULES_LAG in here.quirks:
        here.org.groups.create(name, description)
        here.deferred.append((here.now + LAG_S, name))
    else:
        here.operator.create_group(name, description=description)
    return reply(show(here.org.groups.find(name)))


@bp.get("/api/v1/groups/<group_id>")
def get_group(group_id: str) -> Response:
    return reply(show(find(group_id)))


@bp.put("/api/v1/groups/<group_id>")
def replace_group(group_id: str) -> Response:
    """Give the group another name and description; apps it is pushed to follow."""
    here = service()
    group = editable(group_id)
    profile = Fields(read_object(), "name").inner("profile", required=True)
    keeps = "" if ABSENT_IS_EMPTY in here.quirks else group.description
    name, description = _profile(profile, keeps)
    here.org.groups.update(group.id, description=description, changed=here.now)
    _rename(here, group, name)
    return reply(show(find(group_id)))


@bp.delete("/api/v1/groups/<group_id>")
def delete_group(group_id: str) -> Response:
    """Delete a group; one that a group push mapping names cannot go."""
    here = service()
    group = find(group_id)
    if group.type != GroupType.APP_GROUP:
        here.operator.delete_group(editable(group_id).name)
        return empty()
    if here.org.mappings.by_target(group.id) is not None:
        label = here.org.apps.get(group.app_id).label
        cause = f"{label} has no group {group.name} that is free of group push mappings"
        raise errors.invalid("group", cause)
    here.org.groups.drop(group.id)
    return empty()


@bp.get("/api/v1/groups/<group_id>/users")
def list_group_users(group_id: str) -> Response:
    """Members, deactivated ones included."""
    from .users import FOUND  # noqa: PLC0415 - users show their groups too
    from .users import show_all as show_users  # noqa: PLC0415

    group = find(group_id)
    limit = MEMBERS_LIMIT.asked()
    wanted = predicate_of(Finder("search", FOUND), current().args)
    rows: Iterator[Row] = chunks(_MEMBERS, schema.users.c.id, size=limit + 1, group=group.id)
    if wanted is not None:
        rows = matching(rows, show_users, wanted.matches)
    kept, after = cut(rows, limit)
    return page(show_users(kept), limit=limit, after=after)


@bp.put("/api/v1/groups/<group_id>/users/<user_id>")
def add_member(group_id: str, user_id: str) -> Response:
    """Put a user in; one who is in stays in."""
    group, user = _membership(group_id, user_id)
    service().org.groups.join(group, [user.id])
    return empty()


@bp.delete("/api/v1/groups/<group_id>/users/<user_id>")
def remove_member(group_id: str, user_id: str) -> Response:
    group, user = _membership(group_id, user_id)
    service().org.groups.leave(group, [user.id])
    return empty()


@bp.get("/api/v1/groups/<group_id>/apps")
def list_group_apps(group_id: str) -> Response:
    """Apps that the group is assigned to."""
    from .apps import show as show_app  # noqa: PLC0415 - apps show their groups too

    group = find(group_id)
    limit = APPS_LIMIT.asked()
    found = chunks(_APPS, schema.apps.c.id, size=limit + 1, group=group.id)
    rows, after = cut(found, limit)
    return page([show_app(row) for row in rows], limit=limit, after=after)


# --- finding ---------------------------------------------------------------------------------

COLUMNS: Mapping[str, sa.Column[Any]] = {
    "id": schema.groups.c.id,
    "type": schema.groups.c.type,
    "profile.name": schema.groups.c.name,
    "source.id": schema.groups.c.app_id,
}


def find(group_id: str) -> Row:
    """The group of that id, of whatever type; E0000007 where there is none."""
    row = service().org.store.get(schema.groups, id=group_id)
    if row is None:
        raise errors.not_found(group_id, "UserGroup")
    return row


def editable(group_id: str) -> Row:
    group = find(group_id)
    if group.type != GroupType.OKTA_GROUP:
        raise errors.forbidden(f"{group.name} is not a group of Okta's own")
    return group


def _membership(group_id: str, user_id: str) -> tuple[Row, Row]:
    from .users import find as find_user  # noqa: PLC0415 - users show their groups too

    return editable(group_id), find_user(user_id)


def _starting_with(text: str) -> Response:
    table = schema.groups
    limit = Limit(Q_LIMIT, 10_000).asked()
    start = text.lower()
    query = _ALL.order_by(table.c.id)
    rows = [row for row in service().org.store.rows(query) if row.name.lower().startswith(start)]
    return page(show_all(rows[:limit]), limit=limit, after=None)


def _sorted(query: sa.Select[Any], matches: Any, limit: int) -> Response:
    args = current().args
    by = args["sortBy"]
    if by not in SEARCHED and not by.startswith("profile."):
        raise errors.bad_search(f"sortBy: cannot sort by {by}")
    rows = matching(service().org.store.rows(query), show_all, matches)
    key = {"profile.name": "name", "created": "created", "id": "id"}.get(by, "name")
    reverse = args.get("sortOrder", "asc").lower() == "desc"
    kept, after = sorted_page(rows, lambda row: getattr(row, key), reverse=reverse, limit=limit)
    return page(show_all(kept), limit=limit, after=after)


# --- changing --------------------------------------------------------------------------------


def _profile(profile: Fields, description: str = "") -> tuple[str, str]:
    profile.what = "name"
    name = profile.text("name")
    told = profile.text("description", description)
    if len(told) > 1024:
        cause = "description: must be at most 1024 characters"
        raise errors.invalid("description", cause)
    return name, told


def _rename(here: Service, group: Row, name: str) -> None:
    if name == group.name:
        here.org.push_rules.group_changed(name)
    elif RENAME_IS_NOT_PUSHED in here.quirks:
        _rename_here_only(here, group, name)
    elif RULES_LAG in here.quirks:
        here.org.groups.rename(group.name, name)
        here.deferred.append((here.now + LAG_S, name))
    else:
        here.operator.rename_group(group.name, name)


def _rename_here_only(here: Service, group: Row, name: str) -> None:
    """With the quirk that a rename is not pushed: mappings are left as they were."""
    before = here.org.mappings.of_group(group.id)
    here.org.groups.rename(group.name, name)
    for mapping in before:
        here.org.mappings.update(mapping.id, target_name=mapping.target_name, status=mapping.status)
        here.org.core.drop_jobs(mapping.id, kinds=("rename",))


def settle_deferred(here: Service) -> None:
    """Let push rules see the groups whose time has come (with the quirk that they lag)."""
    if not here.deferred:
        return
    due = [name for at, name in here.deferred if at <= here.now]
    here.deferred = [one for one in here.deferred if one[0] > here.now]
    with here.org.store.tx():
        for name in due:
            here.org.push_rules.group_changed(name)


# --- showing ---------------------------------------------------------------------------------


def show(row: Row) -> dict[str, Any]:
    return show_all([row])[0]


def show_all(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """As lists and single replies show groups."""
    around = _Around(rows)
    shown = [_show(row, around) for row in rows]
    expanded = current().args.get("expand", "").split(",")
    if "app" in expanded:
        _embed_apps(shown, around)
    if "stats" in expanded:
        _embed_stats(shown)
    return shown


class _Around:
    """What some groups stand among, read once for all of them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._store = service().org.store
        self.root = href("groups")
        app_ids = [row.app_id for row in rows]
        self.apps = self._found(_ALL_APPS, schema.apps.c.id, {*app_ids} - {None})
        places = {app.id for app in self.apps.values() if app.capabilities["places"]}
        found = {row.id for row, app_id in zip(rows, app_ids, strict=True) if app_id in places}
        column = schema.mappings.c.target_group_id
        self.mappings = self._found(_ALL_MAPPINGS, column, found)

    def _found(
        self, query: sa.Select[Any], column: sa.Column[Any], among: set[str]
    ) -> Mapping[str, Row]:
        rows = self._store.rows_among(query, column, sorted(among)) if among else ()
        return {getattr(row, column.name): row for row in rows}


def _show(row: Row, around: _Around) -> dict[str, Any]:
    # Unpacked, as to ask a row for a column by its name takes ten times as long.
    values: Sequence[Any] = row
    group_id, kind, name, description, app_id, *_, created, changed, members_changed = values
    shown: dict[str, Any] = {
        "id": group_id,
        "created": stamp(created),
        "lastUpdated": stamp(changed or created),
        "lastMembershipUpdated": stamp(members_changed or created),
        "objectClass": ["okta:user_group"],
        "type": kind,
        "profile": {"name": name, "description": description},
        "_links": _links(f"{around.root}/{group_id}", own=kind != GroupType.APP_GROUP),
    }
    if app_id in around.apps:
        _add_source(shown, row, around)
    return shown


def _links(address: str, *, own: bool) -> dict[str, Any]:
    owners = {"owners": {"href": f"{address}/owners"}} if own else {}
    return {
        "logo": _LOGOS,
        **owners,
        "users": {"href": f"{address}/users"},
        "apps": {"href": f"{address}/apps"},
    }


_LOGOS = [
    {
        "name": size,
        "href": f"https://op1static.oktacdn.com/assets/img/logos/groups/odyssey/okta-{size}.svg",
        "type": "image/svg+xml",
    }
    for size in ("medium", "large")
]


def _add_source(shown: dict[str, Any], row: Row, around: _Around) -> None:
    """What an app's group has of its app: the link to it, and the app's own attributes."""
    app = around.apps[row.app_id]
    shown["source"] = {"id": app.id}
    shown["_links"]["source"] = link(f"apps/{app.id}")
    if app.capabilities["places"]:
        mapping = around.mappings.get(row.id)
        shown["objectClass"] = ["okta:windows_security_principal"]
        shown["profile"] |= _windows(row, mapping.options if mapping is not None else {})
        return
    shown["objectClass"] = [f"{name_of(app.kind)}:group"]
    if row.external_id or NO_EXTERNAL_ID_YET not in service().quirks:
        shown["profile"]["externalId"] = row.external_id


def _windows(row: Row, options: Mapping[str, Any]) -> dict[str, Any]:
    """Active Directory's attributes; the scope and type of groups we did not make are defaults."""
    place = row.place or options.get("place") or ""
    domain = next((p[3:] for p in place.split(",") if p.upper().startswith("DC=")), "")
    sam = options.get("sam_account_name") or row.name
    found = {
        "groupType": (options.get("kind") or "SECURITY").title(),
        "samAccountName": sam,
        "groupScope": (options.get("scope") or "GLOBAL").replace("_", " ").title(),
        "dn": f"CN={row.name},{place}" if place else f"CN={row.name}",
        "windowsDomainQualifiedName": f"{domain.upper()}\\{sam}",
    }
    if row.external_id or NO_EXTERNAL_ID_YET not in service().quirks:
        found["externalId"] = _guid(row.external_id)
    return found


def _guid(external_id: str | None) -> str | None:
    """An objectGUID as Okta shows it: its bytes in base64."""
    try:
        return base64.b64encode(UUID(external_id or "").bytes_le).decode()
    except (ValueError, binascii.Error):
        return external_id


def _embed_apps(shown: Sequence[dict[str, Any]], around: _Around) -> None:
    from .apps import show as show_app  # noqa: PLC0415 - apps show their groups too

    for one in shown:
        app = around.apps.get(one.get("source", {}).get("id"))
        one["_embedded"] = {"app": show_app(app)} if app is not None else {}


def _embed_stats(shown: Sequence[dict[str, Any]]) -> None:
    ids = [one["id"] for one in shown]
    counts = {name: _counts(table, ids) for name, table in _STATS.items()}
    for one in shown:
        stats: dict[str, Any] = {name: found.get(one["id"], 0) for name, found in counts.items()}
        stats["hasAdminPrivilege"] = False
        stats["_links"] = {"users": link(f"groups/{one['id']}/users")}
        one["_embedded"] = {"stats": stats, **one.get("_embedded", {})}


_STATS = {
    "usersCount": schema.group_members,
    "appsCount": schema.app_groups,
    "groupPushMappingsCount": schema.mappings,
}


def _counts(table: sa.Table, group_ids: Sequence[str]) -> Mapping[str, int]:
    """How many rows of the table each of these groups has, where it has any."""
    rows = service().org.store.rows_among(_counting(table), table.c.group_id, group_ids)
    return {row.group_id: row.number for row in rows}


@cache
def _counting(table: sa.Table) -> sa.Select[Any]:
    return select(table.c.group_id, func.count().label("number")).group_by(table.c.group_id)
