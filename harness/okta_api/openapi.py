"""The OpenAPI document of all routes: Okta's as we answer them, and ours under their own prefix.

Paths, methods and summaries are read from the routes; what goes in and out stands in `OPERATIONS`,
one row for each route. A test holds replies to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from flask import Flask

from .quirks import DELETE_MAPPING_IS_200, RULE_DELETE_IS_202
from .schemas import SCHEMAS

NOTHING: Mapping[str, str] = MappingProxyType({})
PARAMETER = re.compile(r"<(\w+)>")
LIST = {"after": "string", "limit": "integer"}
FIND = {**LIST, "q": "string", "filter": "string", "search": "string"}
SORT = {"sortBy": "string", "sortOrder": "string"}


@dataclass(frozen=True)
class Operation:
    """What one route takes and answers. `reply` and `body` name schemas; `[...]` is a list of such.

    `others` are further statuses it answers with the quirk of that id.
    """

    reply: str = ""
    body: str = ""
    status: int = 200
    query: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    others: Mapping[int, str] = field(default_factory=dict)


DONE = Operation("Nothing")
GONE = Operation(status=204)
LATER = Operation("Nothing", status=202)

OPERATIONS: Mapping[str, Operation] = {
    "users.list_users": Operation("[User]", query=FIND | SORT),
    "users.create_user": Operation("User", "NewUser", query={"activate": "boolean"}),
    "users.get_user": Operation("User"),
    "users.update_user": Operation("User", "ChangedUser"),
    "users.replace_user": Operation("User", "ChangedUser"),
    "users.delete_user": Operation(status=204, query={"sendEmail": "boolean"}),
    "users.list_user_groups": Operation("[Group]", query=LIST),
    "users.activate_user": Operation("Activation", query={"sendEmail": "boolean"}),
    "users.reactivate_user": Operation("Activation", query={"sendEmail": "boolean"}),
    "users.deactivate_user": DONE,
    "users.suspend_user": DONE,
    "users.unsuspend_user": DONE,
    "users.unlock_user": DONE,
    "groups.list_groups": Operation("[Group]", query=FIND | SORT | {"expand": "string"}),
    "groups.create_group": Operation("Group", "NewGroup"),
    "groups.get_group": Operation("Group", query={"expand": "string"}),
    "groups.replace_group": Operation("Group", "NewGroup"),
    "groups.delete_group": GONE,
    "groups.list_group_users": Operation("[User]", query={**LIST, "search": "string"}),
    "groups.add_member": GONE,
    "groups.remove_member": GONE,
    "groups.list_group_apps": Operation("[App]", query=LIST),
    "rules.list_rules": Operation("[GroupRule]", query={**LIST, "search": "string"}),
    "rules.create_rule": Operation("GroupRule", "NewGroupRule"),
    "rules.get_rule": Operation("GroupRule"),
    "rules.replace_rule": Operation("GroupRule", "NewGroupRule"),
    "rules.delete_rule": Operation(
        "Nothing",
        status=202,
        query={"removeUsers": "boolean"},
        others={204: f"not {RULE_DELETE_IS_202.id}"},
    ),
    "rules.activate_rule": GONE,
    "rules.deactivate_rule": GONE,
    "apps.list_apps": Operation("[App]", query={**LIST, "q": "string", "filter": "string"}),
    "apps.create_app": Operation("App", "NewApp", query={"activate": "boolean"}),
    "apps.get_app": Operation("App"),
    "apps.replace_app": Operation("App", "NewApp"),
    "apps.delete_app": GONE,
    "apps.activate_app": DONE,
    "apps.deactivate_app": DONE,
    "apps.list_features": Operation("[Feature]"),
    "apps.get_feature": Operation("Feature"),
    "app_users.list_app_users": Operation(
        "[AppUser]", query={**LIST, "q": "string", "expand": "string"}
    ),
    "app_users.assign_user": Operation("AppUser", "NewAppUser"),
    "app_users.get_app_user": Operation("AppUser", query={"expand": "string"}),
    "app_users.update_app_user": Operation("AppUser", "ChangedAppUser"),
    "app_users.unassign_user": Operation(status=204, query={"sendEmail": "boolean"}),
    "app_groups.list_app_groups": Operation("[AppGroup]", query={**LIST, "q": "string"}),
    "app_groups.get_app_group": Operation("AppGroup"),
    "app_groups.assign_group": Operation("AppGroup", "ChangedAppGroup"),
    "app_groups.update_app_group": Operation("AppGroup", "PatchedAppGroup"),
    "app_groups.unassign_group": GONE,
    "mappings.list_mappings": Operation(
        "[GroupPushMapping]",
        query={
            **LIST,
            "lastUpdated": "string",
            "sourceGroupId": "string",
            "status": "string",
        },
    ),
    "mappings.create_mapping": Operation(
        "GroupPushMapping", "NewGroupPushMapping", 201, others={200: "Q1"}
    ),
    "mappings.get_mapping": Operation("GroupPushMapping"),
    "mappings.update_mapping": Operation("GroupPushMapping", "ChangedGroupPushMapping"),
    "mappings.delete_mapping": Operation(
        status=204,
        query={"deleteTargetGroup": "boolean"},
        others={200: DELETE_MAPPING_IS_200.id},
    ),
    "logs.list_events": Operation(
        "[LogEvent]",
        query={
            **LIST,
            "since": "string",
            "until": "string",
            "filter": "string",
            "q": "string",
            "sortOrder": "string",
        },
    ),
    "console.get_openapi": Operation("Anything"),
    "console.get_work": Operation("Work"),
    "console.hold_work": Operation("Work", "Hold"),
    "console.get_org": Operation("Settings"),
    "console.change_org": Operation("Settings", "Settings"),
    "console.get_quirks": Operation("[Quirk]"),
    "console.switch_quirks": Operation("[Quirk]", "Switches"),
    "console.list_apps": Operation("[ConsoleApp]"),
    "console.get_app": Operation("ConsoleApp"),
    "console.change_app": Operation("ConsoleApp", "Settings"),
    "console.replace_credentials": Operation(status=204, body="Anything"),
    "console.reconnect": GONE,
    "console.import_users": LATER,
    "console.refresh_groups": LATER,
    "console.retry_all": LATER,
    "console.list_app_users": Operation("[ConsoleAppUser]"),
    "console.list_linkable": Operation("[Linkable]"),
    "console.list_errors": Operation("[PushError]"),
    "console.find_match": Operation("Match", "Push"),
    "console.list_mappings": Operation("[ConsoleMapping]"),
    "console.push_group": Operation("Made", "Push", 201),
    "console.edit_mappings": Operation("[BulkResult]", "Bulk"),
    "console.push_now": LATER,
    "console.allow_removals": LATER,
    "console.unlink": Operation("Nothing", "Unlink", 202),
    "console.relink": Operation("Nothing", "Relink", 202),
    "console.list_push_rules": Operation("[PushRule]"),
    "console.create_push_rule": Operation("PushRule", "NewPushRule", 201),
    "console.edit_push_rule": Operation("PushRule", "ChangedPushRule"),
    "console.delete_push_rule": Operation(status=204, body="DeletedPushRule"),
}


def document(app: Flask) -> dict[str, Any]:
    """OpenAPI 3.1 of every route of the app."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "An Okta-compatible API, and Pushproof's own",
            "version": "1",
            "description": "Paths under /api/v1 answer as Okta does; those under /_pushproof/v1 "
            "are ours, for what Okta offers in its Admin Console only.",
        },
        "security": [{"token": []}],
        "paths": _paths(app),
        "components": {
            "schemas": {name: dict(schema) for name, schema in SCHEMAS.items()},
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "SSWS <token>, or Bearer <token>",
                }
            },
        },
    }


def _paths(app: Flask) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        path = PARAMETER.sub(r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(app, rule.endpoint, rule.rule)
    return paths


def _operation(app: Flask, endpoint: str, rule: str) -> dict[str, Any]:
    operation = OPERATIONS[endpoint]
    part, _, name = endpoint.partition(".")
    words = (app.view_functions[endpoint].__doc__ or name.replace("_", " ")).strip()
    found: dict[str, Any] = {
        "operationId": endpoint,
        "tags": [part],
        "summary": words.splitlines()[0],
        "parameters": _parameters(rule, operation.query),
        "responses": _responses(operation),
    }
    if operation.body:
        found["requestBody"] = {"content": _json(operation.body)}
    return found


def _parameters(rule: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
    text = {"type": "string"}
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in PARAMETER.findall(rule)
    ]
    in_query = [
        {"name": name, "in": "query", "schema": {"type": kind}} for name, kind in query.items()
    ]
    return in_path + in_query


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {str(operation.status): _reply("Done", operation.reply)}
    for status, quirk in operation.others.items():
        with_body = operation.reply if status != 204 else ""
        responses[str(status)] = _reply(f"Done, with quirk {quirk}", with_body)
    return {**responses, "default": _reply("Refused", "Error")}


def _reply(words: str, schema: str) -> dict[str, Any]:
    return {"description": words} | ({"content": _json(schema)} if schema else {})


def _json(schema: str) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{schema.strip('[]')}"}
    whole = {"type": "array", "items": one} if schema.startswith("[") else one
    return {"application/json": {"schema": whole}}
