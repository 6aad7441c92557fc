"""JSON Schemas of what the API takes and answers, for the OpenAPI document.

What is answered is closed: a field that no schema knows is a mistake. What is taken is open, as
Okta passes over what it does not know.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
MAYBE_NUMBER: Schema = {"type": ["number", "null"]}
TEXTS: Schema = {"type": "array", "items": TEXT}
ANY_OBJECT: Schema = {"type": "object"}
AT: Schema = {"type": "string", "format": "date-time"}
MAYBE_AT: Schema = {"type": ["string", "null"], "format": "date-time"}


def _one_of(*choices: str | None) -> Schema:
    return {"enum": list(choices)}


def _shown(optional: Mapping[str, Schema] | None = None, **fields: Schema) -> Schema:
    """An object that is answered: these fields, all of them, and perhaps the optional ones."""
    return {
        "type": "object",
        "properties": {**fields, **(optional or {})},
        "required": list(fields),
        "additionalProperties": False,
    }


def _taken(*required: str, **fields: Schema) -> Schema:
    """An object that is taken: what is required of it, and whatever else there is."""
    return {"type": "object", "properties": fields, "required": list(required)}


USER_STATUS = _one_of(
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "PASSWORD_EXPIRED",
    "LOCKED_OUT",
    "SUSPENDED",
    "DEPROVISIONED",
)
MAPPING_STATUS = _one_of("ACTIVE", "INACTIVE", "ERROR")
SET_STATUS = _one_of("ACTIVE", "INACTIVE")
AD_CONFIG = _taken(
    "type",
    "distinguishedName",
    "groupScope",
    "groupType",
    "samAccountName",
    type=_one_of("ACTIVE_DIRECTORY"),
    distinguishedName=TEXT,
    groupScope=_one_of("DOMAIN_LOCAL", "GLOBAL", "UNIVERSAL"),
    groupType=_one_of("DISTRIBUTION", "SECURITY"),
    samAccountName=TEXT,
)
GROUP_PROFILE = _taken("name", name=TEXT, description=TEXT)
RULE = {
    "type": _one_of("group_rule"),
    "name": TEXT,
    "conditions": ANY_OBJECT,
    "actions": ANY_OBJECT,
}
PUSH_RULE = {
    "name": TEXT,
    "attribute": _one_of("name", "description"),
    "condition": _one_of("starts_with", "contains", "equals"),
    "value": TEXT,
    "immediately": FLAG,
}
APP_USER_STATUS = _one_of("STAGED", "PROVISIONED", "DEPROVISIONED", "ACTIVE")
SCOPE = _one_of("USER", "GROUP")

TAKEN: Mapping[str, Schema] = {
    "NewUser": _taken("profile", profile=ANY_OBJECT, credentials=ANY_OBJECT, groupIds=TEXTS),
    "ChangedUser": _taken(profile=ANY_OBJECT, credentials=ANY_OBJECT),
    "NewGroup": _taken("profile", profile=GROUP_PROFILE),
    "NewGroupRule": _taken("name", "conditions", "actions", **RULE),
    "NewApp": _taken("label", name=TEXT, label=TEXT, signOnMode=TEXT),
    "NewAppUser": _taken("id", id=TEXT, scope=SCOPE, profile=ANY_OBJECT, credentials=ANY_OBJECT),
    "ChangedAppUser": _taken(scope=SCOPE, profile=ANY_OBJECT, credentials=ANY_OBJECT),
    "ChangedAppGroup": _taken(priority=NUMBER, profile=ANY_OBJECT),
    "PatchedAppGroup": {
        "oneOf": [
            _taken(priority=NUMBER, profile=ANY_OBJECT),
            {"type": "array", "items": _taken("op", "path", "value", op=TEXT, path=TEXT)},
        ]
    },
    "NewGroupPushMapping": _taken(
        "sourceGroupId",
        sourceGroupId=TEXT,
        status=SET_STATUS,
        targetGroupId=TEXT,
        targetGroupName=TEXT,
        appConfig=AD_CONFIG,
    ),
    "ChangedGroupPushMapping": _taken("status", status=SET_STATUS),
    "Settings": ANY_OBJECT,
    "Hold": _taken(held=FLAG),
    "Switches": {"type": "object", "additionalProperties": FLAG},
    "Push": _taken(
        "group",
        group=TEXT,
        targetName=TEXT,
        linkTo=TEXT,
        immediately=FLAG,
        place=TEXT,
        scope=TEXT,
        kind=TEXT,
        samAccountName=TEXT,
    ),
    "Bulk": _taken(
        "ids",
        "action",
        ids=TEXTS,
        action=_one_of("activate", "deactivate", "push-now", "unlink"),
        deleteTargetGroup=FLAG,
    ),
    "Unlink": _taken(deleteTargetGroup=FLAG),
    "Relink": _taken("targetGroupName", targetGroupName=TEXT),
    "NewPushRule": _taken("name", "condition", "value", **PUSH_RULE),
    "ChangedPushRule": _taken(**PUSH_RULE),
    "DeletedPushRule": _taken(withMappings=FLAG, deleteTargetGroups=FLAG),
}

ANSWERED: Mapping[str, Schema] = {
    "Anything": ANY_OBJECT,
    "Nothing": {"type": "object", "maxProperties": 0},
    "Error": _shown(
        errorCode=TEXT,
        errorSummary=TEXT,
        errorLink=TEXT,
        errorId={"type": "string", "pattern": "^oae[A-Za-z0-9_-]{22}$"},
        errorCauses={"type": "array", "items": _shown(errorSummary=TEXT)},
    ),
    "User": _shown(
        id=TEXT,
        status=USER_STATUS,
        created=AT,
        activated=MAYBE_AT,
        statusChanged=MAYBE_AT,
        lastLogin=MAYBE_AT,
        lastUpdated=AT,
        passwordChanged=MAYBE_AT,
        realmId=TEXT,
        type=_shown(id=TEXT),
        profile=ANY_OBJECT,
        credentials=_shown(
            {"password": _shown()},
            provider=_shown(type=TEXT, name=TEXT),
        ),
        _links=ANY_OBJECT,
    ),
    "Activation": _shown({"activationUrl": TEXT, "activationToken": TEXT}),
    "Group": _shown(
        {"source": _shown(id=TEXT), "_embedded": ANY_OBJECT},
        id=TEXT,
        created=AT,
        lastUpdated=AT,
        lastMembershipUpdated=AT,
        objectClass=TEXTS,
        type=_one_of("OKTA_GROUP", "APP_GROUP", "BUILT_IN"),
        profile=GROUP_PROFILE,
        _links=ANY_OBJECT,
    ),
    "GroupRule": _shown(
        id=TEXT,
        status=_one_of("ACTIVE", "INACTIVE", "INVALID"),
        created=AT,
        lastUpdated=AT,
        allGroupsValid=FLAG,
        **RULE,
    ),
    "App": _shown(
        {"profile": ANY_OBJECT},
        id=TEXT,
        orn=TEXT,
        name=TEXT,
        label=TEXT,
        status=_one_of("ACTIVE", "INACTIVE"),
        lastUpdated=AT,
        created=AT,
        accessibility=ANY_OBJECT,
        visibility=ANY_OBJECT,
        features=TEXTS,
        signOnMode=MAYBE,
        credentials=ANY_OBJECT,
        settings=ANY_OBJECT,
        _links=ANY_OBJECT,
    ),
    "Feature": _shown(
        name=_one_of("USER_PROVISIONING", "INBOUND_PROVISIONING"),
        status=_one_of("ENABLED", "DISABLED"),
        description=TEXT,
        capabilities=ANY_OBJECT,
        _links=ANY_OBJECT,
    ),
    "AppUser": _shown(
        {"_embedded": ANY_OBJECT},
        id=TEXT,
        externalId=MAYBE,
        created=AT,
        lastUpdated=AT,
        scope=SCOPE,
        status=APP_USER_STATUS,
        statusChanged=MAYBE_AT,
        passwordChanged=MAYBE_AT,
        syncState=_one_of("DISABLED", "OUT_OF_SYNC", "SYNCHRONIZED", "ERROR"),
        lastSync=MAYBE_AT,
        credentials=_shown(userName=TEXT),
        profile=ANY_OBJECT,
        _links=ANY_OBJECT,
    ),
    "AppGroup": _shown(
        id=TEXT, lastUpdated=AT, priority=NUMBER, profile=ANY_OBJECT, _links=ANY_OBJECT
    ),
    "GroupPushMapping": _shown(
        {"lastPush": AT, "errorSummary": TEXT, "appConfig": {"anyOf": [AD_CONFIG, _shown()]}},
        created=AT,
        id=TEXT,
        lastUpdated=AT,
        sourceGroupId=TEXT,
        status=MAPPING_STATUS,
        targetGroupId=TEXT,
        _links=ANY_OBJECT,
    ),
    "LogEvent": _shown(
        uuid=TEXT,
        published=AT,
        eventType=TEXT,
        version=TEXT,
        severity=_one_of("DEBUG", "INFO", "WARN", "ERROR"),
        legacyEventType=MAYBE,
        displayMessage=TEXT,
        actor=ANY_OBJECT,
        client={"type": ["object", "null"]},
        outcome=_shown(result=TEXT, reason=MAYBE),
        target={"type": ["array", "null"], "items": ANY_OBJECT},
        transaction=ANY_OBJECT,
        debugContext=ANY_OBJECT,
        authenticationContext=ANY_OBJECT,
        securityContext=ANY_OBJECT,
        request=ANY_OBJECT,
    ),
    # --- ours: times are seconds since the epoch -----------------------------------------------
    "Work": _shown(now=NUMBER, nextDue=MAYBE_NUMBER, settled=FLAG, held=FLAG),
    "Quirk": _shown(id=TEXT, sentence=TEXT, source=TEXT, default=FLAG, mark=TEXT, on=FLAG),
    "ConsoleApp": _shown(
        id=TEXT,
        name=TEXT,
        label=TEXT,
        kind=TEXT,
        settings=ANY_OBJECT,
        links=FLAG,
        overwrites=FLAG,
        assigned_groups=TEXTS,
        push_rules={"type": "array", "items": ANY_OBJECT},
    ),
    "ConsoleAppUser": _shown(
        login=TEXT,
        app=TEXT,
        status=APP_USER_STATUS,
        scope=SCOPE,
        external_id=MAYBE,
        error=TEXT,
    ),
    "Linkable": _shown(id=TEXT, name=TEXT, externalId=MAYBE, place=MAYBE),
    "PushError": _shown(
        at=NUMBER,
        app=TEXT,
        subject=TEXT,
        message=TEXT,
        cause=TEXT,
        fix=TEXT,
        is_user=FLAG,
        source=TEXT,
        evidence=TEXT,
        name=TEXT,
    ),
    "Match": _shown(
        kind=_one_of("CREATE", "LINK", "MAPPED", "REFUSED"), candidates=TEXTS, reason=TEXT
    ),
    "Made": _shown(id=TEXT),
    "BulkResult": _shown(id=TEXT, error=MAYBE),
    "PushRule": _shown(app=TEXT, **PUSH_RULE),
    "ConsoleMapping": _shown(
        id=TEXT,
        app=TEXT,
        group=TEXT,
        status=MAPPING_STATUS,
        target_name=TEXT,
        target_group_id=MAYBE,
        external_id=MAYBE,
        origin=TEXT,
        group_type=TEXT,
        created=NUMBER,
        created_by=TEXT,
        last_push=MAYBE_NUMBER,
        error=TEXT,
        error_at=MAYBE_NUMBER,
        job=TEXT,
        known_members=TEXTS,
        doubtful_members=TEXTS,
        was_there=FLAG,
    ),
}

SCHEMAS: Mapping[str, Schema] = {**ANSWERED, **TAKEN}
