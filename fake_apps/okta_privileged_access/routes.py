"""The calls of the API: read the request, ask the team, write the reply. Name = operation id.

Source: https://developer.okta.com/docs/api/openapi/opa, whose text is
https://github.com/okta/okta-management-openapi-spec dist/current/opa-minimal.yaml
"""

from typing import Any

from flask import Response, request

from ..core.clock import utc
from . import quirks, scim_face, wire
from .entity import Group, Named, User, group_document
from .folders import Sent
from .wire import at, body, nothing, page, reply, team

bp = scim_face.bp  # both faces are one app

LOOKERS = ("pam_admin", "resource_admin", "security_admin")
FOLDERS = "/resource_groups/<group_id>/projects/<project_id>/secret_folders"


@at("POST", "/service_token")
def issue_service_token() -> Response:
    sent = body()
    key_id = wire.text(sent.get("key_id"), "key_id", 512)
    secret = wire.text(sent.get("key_secret"), "key_secret", 512)
    token = team().issue(key_id, secret)
    until = utc(token.until).isoformat(timespec="seconds").replace("+00:00", "Z")
    told = {"bearer_token": token.text, "expires_at": until}
    return reply({**told, "team_name": team().settings["team"]})


# --- groups --------------------------------------------------------------------------------------


@at("GET", "/groups")
def list_groups() -> Response:
    team().check_role(*LOOKERS)
    with_deleted, only = wire.flag("include_deleted"), wire.flag("only_include_deleted")
    rows = [
        group
        for group in team().groups
        if (group.deleted is None and not only) or (group.deleted and (with_deleted or only))
    ]
    return page([group for group in rows if wire.contains(group.name)], _listed_group)


def _listed_group(group: Group) -> dict[str, Any]:
    document = group_document(group)
    return {name: document[name] for name in ("id", "name", "roles", "deleted_at")}


@at("POST", "/groups")
def create_group() -> Response:
    team().check_role("pam_admin")
    sent = body()
    name = wire.text(sent.get("name"), "name")
    group = team().grouping.create(name, wire.texts(sent.get("roles"), "roles"))
    return reply(group_document(group), 201)


@at("GET", "/groups/<name>")
def get_group(name: str) -> Response:
    team().check_role(*LOOKERS)
    return reply(group_document(team().grouping.told(name)))


@at("PUT", "/groups/<name>")
def update_group(name: str) -> Response:
    team().check_role("pam_admin")
    group = team().grouping.named(name)
    team().grouping.set_roles(group, wire.texts(body().get("roles"), "roles"))
    return nothing()


@at("DELETE", "/groups/<name>")
def delete_group(name: str) -> Response:
    team().check_role("pam_admin")
    team().grouping.delete(team().grouping.named(name))
    return nothing()


@at("GET", "/groups/<name>/users")
def list_group_users(name: str) -> Response:
    team().check_role(*LOOKERS)
    users = team().grouping.users(team().grouping.named(name))
    return page([user for user in users if _is_asked_for(user)], team().people.document)


@at("POST", "/groups/<name>/users")
def add_group_user(name: str) -> Response:
    team().check_role("pam_admin")
    group = team().grouping.named(name)
    user = team().people.there(wire.text(body().get("name"), "name"))
    team().grouping.join(group, user)
    return nothing()


@at("DELETE", "/groups/<name>/users/<user>")
def remove_group_user(name: str, user: str) -> Response:
    team().check_role("pam_admin")
    group, member = team().grouping.named(name), team().people.there(user)
    team().grouping.remove(group, [member.id])
    return nothing()


# --- users ---------------------------------------------------------------------------------------


def _is_asked_for(user: User) -> bool:
    asked = request.args
    is_kind = asked.get("user_type", user.kind) == user.kind
    is_so = asked.get("status", user.status).upper() == user.status
    begins = user.name.lower().startswith(asked.get("starts_with", "").lower())
    return is_kind and is_so and begins and wire.contains(user.name)


@at("GET", "/users")
def list_users() -> Response:
    team().check_role(*LOOKERS)
    asks_for_deleted = request.args.get("status", "").upper() == "DELETED"
    users = [user for user in team().users if asks_for_deleted or user.deleted is None]
    return page([user for user in users if _is_asked_for(user)], team().people.document)


@at("GET", "/users/<name>")
def get_user(name: str) -> Response:
    team().check_role(*LOOKERS)
    return reply(team().people.document(team().people.named(name)))


@at("GET", "/users/<name>/groups")
def list_user_groups(name: str) -> Response:
    team().check_role(*LOOKERS)
    return page(team().grouping.of(team().people.named(name)), _listed_group)


# --- resource groups, projects -------------------------------------------------------------------


def _resource_group(row: Named) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "team_id": team().settings["team"],
        "description": row.description,
    }


def _project(row: Named) -> dict[str, Any]:
    return {"id": row.id, "name": row.name, "resource_group_id": row.parent, "deleted_at": None}


@at("GET", "/resource_groups")
def list_resource_groups() -> Response:
    team().check_role("resource_admin")
    rows = [row for row in team().resource_groups if wire.contains(row.name)]
    return reply({"list": [_resource_group(row) for row in rows]})


@at("GET", "/resource_groups/<group_id>")
def get_resource_group(group_id: str) -> Response:
    team().check_role("resource_admin")
    return reply(_resource_group(team().foldering.resource_group(group_id)))


@at("GET", "/resource_groups/<group_id>/projects")
def list_projects(group_id: str) -> Response:
    team().check_role("resource_admin")
    owner = team().foldering.resource_group(group_id)
    rows = [row for row in team().projects.find("parent", owner.id) if wire.contains(row.name)]
    return reply({"list": [_project(row) for row in rows]})


@at("GET", "/resource_groups/<group_id>/projects/<project_id>")
def get_project(group_id: str, project_id: str) -> Response:
    team().check_role("resource_admin")
    return reply(_project(team().foldering.project(group_id, project_id)))


# --- secret folders ------------------------------------------------------------------------------


@at("GET", "/secret_folders")
def list_team_folders() -> Response:
    team().check_role("security_admin")
    return reply({"list": list(map(team().foldering.item, team().foldering.every_top()))})


@at("GET", FOLDERS)
def list_project_folders(group_id: str, project_id: str) -> Response:
    found = team().foldering.top(team().foldering.project(group_id, project_id))
    seen = [each for each in found if team().foldering.is_open(each, "list")]
    if not seen and found:
        team().foldering.check(found[0], "list")
    return reply({"list": list(map(team().foldering.item, seen))})


def _sent_folder(sent: dict[str, Any]) -> Sent:
    description = wire.text_or_none(sent.get("description"), "description")
    return wire.text(sent.get("name"), "name"), description


@at("POST", FOLDERS)
def create_folder(group_id: str, project_id: str) -> Response:
    sent, project = body(), team().foldering.project(group_id, project_id)
    told = sent.get("parent_folder_id")
    parent = "" if told is None else wire.text(told, "parent_folder_id")
    made = team().foldering.create(project, _sent_folder(sent), parent)
    return reply(team().foldering.document(made), 201)


@at("GET", f"{FOLDERS}/<folder_id>")
def get_folder(group_id: str, project_id: str, folder_id: str) -> Response:
    folder = team().foldering.folder(team().foldering.project(group_id, project_id), folder_id)
    team().foldering.check(folder, "list")
    return reply(team().foldering.document(folder))


@at("PUT", f"{FOLDERS}/<folder_id>")
def update_folder(group_id: str, project_id: str, folder_id: str) -> Response:
    project = team().foldering.project(group_id, project_id)
    folder = team().foldering.folder(project, folder_id)
    changed = team().foldering.update(project, folder, _sent_folder(body()))
    if quirks.FOLDER_UPDATES_ARE_SILENT in team().quirks:
        return nothing()
    return reply(team().foldering.document(changed))


@at("DELETE", f"{FOLDERS}/<folder_id>")
def delete_folder(group_id: str, project_id: str, folder_id: str) -> Response:
    project = team().foldering.project(group_id, project_id)
    team().foldering.delete(team().foldering.folder(project, folder_id))
    return nothing()


@at("GET", f"{FOLDERS}/<folder_id>/items")
def list_folder_items(group_id: str, project_id: str, folder_id: str) -> Response:
    folder = team().foldering.folder(team().foldering.project(group_id, project_id), folder_id)
    team().foldering.check(folder, "list")
    return page(team().foldering.below(folder), team().foldering.item)


# --- security policies ---------------------------------------------------------------------------


@at("GET", "/security_policy")
def list_policies() -> Response:
    team().check_role("security_admin")
    rows = [
        each
        for each in team().policies
        if wire.contains(each.name) or wire.contains(each.description)
    ]
    return page(rows, team().ruling.document)


@at("POST", "/security_policy")
def create_policy() -> Response:
    team().check_role("security_admin")
    return reply(team().ruling.document(team().ruling.create(body())))


@at("GET", "/security_policy/<policy_id>")
def get_policy(policy_id: str) -> Response:
    team().check_role("security_admin")
    return reply(team().ruling.document(team().ruling.policy(policy_id)))


@at("PUT", "/security_policy/<policy_id>")
def update_policy(policy_id: str) -> Response:
    team().check_role("security_admin")
    team().ruling.update(team().ruling.policy(policy_id), body())
    return nothing()


@at("DELETE", "/security_policy/<policy_id>")
def delete_policy(policy_id: str) -> Response:
    team().check_role("security_admin")
    team().ruling.delete(team().ruling.policy(policy_id))
    return nothing()
