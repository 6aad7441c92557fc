"""Security policies: which groups may do what with which folders.

Rules about other resources than secrets are kept and answered as they were sent; nobody asks them.
Source: https://developer.okta.com/docs/api/openapi/opa/opa/tag/security-policy
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import entity, errors, quirks
from .entity import LONGEST_NAME, Folder, Group, Policy

if TYPE_CHECKING:
    from .state import Team

SECRETS, FOLDER = "secret_based_resource", "secret_folder"
RESOURCES = (
    "active_directory_based_resource",
    "managed_saas_app_based_resource",
    "okta_app_based_resource",
    SECRETS,
    "server_based_resource",
    "unmanaged_saas_app_based_resource",
)
PRIVILEGES = (
    "list",
    "folder_create",
    "folder_update",
    "folder_delete",
    "secret_create",
    "secret_update",
    "secret_reveal",
    "secret_delete",
)
MOST_PRINCIPALS, MOST_RULES, DEEPEST = 40, 30, 12


class Policies:
    """The security policies of one team."""

    def __init__(self, team: "Team") -> None:
        self._team = team

    def policy(self, row_id: str) -> Policy:
        found = self._team.policies.get(row_id)
        if found is None:
            raise errors.not_found(f"security policy {row_id}")
        return found

    def grants(self, groups: Collection[str], folders: Collection[str], privilege: str) -> bool:
        """Whether one of these groups is let do that in one of these folders."""
        return any(
            _opens(rule, folders, privilege)
            for policy in self._team.policies
            if policy.active and set(groups) & set(policy.groups)
            for rule in policy.rules
        )

    # --- changing ----------------------------------------------------------------------------

    def create(self, body: Mapping[str, Any]) -> Policy:
        made = self._read(self._team.ids.guid(), body)
        self._team.policies.put(made.id, made)
        return made

    def update(self, policy: Policy, body: Mapping[str, Any]) -> None:
        self._team.policies.put(policy.id, self._read(policy.id, body))

    def delete(self, policy: Policy) -> None:
        self._team.policies.drop(policy.id)

    def leave(self, group_id: str) -> None:
        """Take a group out of all policies."""
        for policy in [each for each in self._team.policies if group_id in each.groups]:
            staying = tuple(each for each in policy.groups if each != group_id)
            self._team.policies.put(policy.id, replace(policy, groups=staying))

    def insert_standard(self, group: Group, folder: Folder, granted: Mapping[str, Any]) -> None:
        """The policy that a team's automation has."""
        selector = {"secret_folder": entity.reference(folder, FOLDER), "_type": FOLDER}
        rule = {
            "name": "All",
            "resource_type": SECRETS,
            "resource_selector": {
                "selectors": [{"selector_type": FOLDER, "selector": selector}],
                "_type": SECRETS,
            },
            "privileges": [{"privilege_type": "secret", "privilege_value": dict(granted)}],
            "conditions": [],
        }
        row_id, groups = self._team.ids.guid(), (group.id,)
        made = Policy(row_id, "Automation", active=True, groups=groups, rules=(rule,))
        self._team.policies.put(made.id, made)

    # --- reading -----------------------------------------------------------------------------

    def _read(self, row_id: str, body: Mapping[str, Any]) -> Policy:
        name = _text(body.get("name"), "name")
        active = body.get("active")
        if not isinstance(active, bool):
            raise errors.invalid("active", "active is neither true nor false")
        self._check_name(name, row_id)
        return Policy(
            row_id,
            name,
            active,
            self._principals(body.get("principals")),
            self._rules(body.get("rules")),
            _text(body.get("description") or "", "description", least=0),
            self._resource_group(body.get("resource_group")),
            _one_of(body.get("type") or "default", "type", ("default", "okta_service_account")),
        )

    def _check_name(self, name: str, own_id: str) -> None:
        if quirks.POLICY_NAMES_REPEAT in self._team.quirks:
            return
        others = [each for each in self._team.policies if each.id != own_id]
        if any(each.name.lower() == name.lower() for each in others):
            raise errors.taken(f"A security policy {name}")

    def _principals(self, told: Any) -> tuple[str, ...]:
        if not isinstance(told, dict):
            raise errors.invalid("principals", "principals is no object")
        listed = _listed(told.get("user_groups", []), "principals.user_groups", MOST_PRINCIPALS)
        ids = [_id(each, "principals.user_groups") for each in listed]
        for group_id in ids:
            group = self._team.groups.get(group_id)
            if group is None or group.deleted is not None:
                raise errors.no_such_principal(group_id)
        return tuple(dict.fromkeys(ids))

    def _resource_group(self, told: Any) -> str:
        if told is None:
            return ""
        found = _id(told, "resource_group")
        if found not in self._team.resource_groups:
            raise errors.invalid("resource_group", f"There is no resource group {found}")
        return found

    def _rules(self, told: Any) -> tuple[Mapping[str, Any], ...]:
        if _is_deeper(told, DEEPEST):
            raise errors.invalid("rules", "rules are nested too deep")
        return tuple(self._rule(each) for each in _listed(told, "rules", MOST_RULES))

    def _rule(self, told: Any) -> Mapping[str, Any]:
        if not isinstance(told, dict):
            raise errors.invalid("rules", "A rule is no object")
        kind = _one_of(told.get("resource_type"), "rules.resource_type", RESOURCES)
        selector = told.get("resource_selector")
        if not isinstance(selector, dict):
            raise errors.invalid("rules.resource_selector", "resource_selector is no object")
        selectors = _listed(selector.get("selectors"), "rules.resource_selector.selectors")
        if kind == SECRETS:
            selectors = [self._selector(each) for each in selectors]
        privileges = _listed(told.get("privileges"), "rules.privileges")
        return {
            "name": _text(told.get("name"), "rules.name"),
            "resource_type": kind,
            "resource_selector": {"selectors": selectors, "_type": kind},
            "privileges": [_privilege(each) for each in privileges],
            "conditions": _listed(told.get("conditions") or [], "rules.conditions"),
        }

    def _selector(self, told: Any) -> Mapping[str, Any]:
        """A folder that is there, or a secret, which nobody looks at."""
        where = "rules.resource_selector.selectors"
        kind = told.get("selector_type") if isinstance(told, dict) else None
        inner = told.get("selector") if isinstance(told, dict) else None
        known = _one_of(kind, f"{where}.selector_type", (FOLDER, "secret"))
        if not isinstance(inner, dict):
            raise errors.invalid(f"{where}.selector", "selector is no object")
        found = _id(inner.get(known), f"{where}.selector.{known}")
        named: dict[str, Any] = {"id": found, "type": known}
        if known == FOLDER:
            folder = self._team.folders.get(found)
            if folder is None:
                raise errors.invalid(f"{where}.selector", f"There is no secret folder {found}")
            named = entity.reference(folder, FOLDER)
        return {"selector_type": known, "selector": {known: named, "_type": known}}

    # --- documents ---------------------------------------------------------------------------

    def document(self, policy: Policy) -> dict[str, Any]:
        owner = self._team.resource_groups.get(policy.resource_group)
        return {
            "id": policy.id,
            "name": policy.name,
            "type": policy.kind,
            "description": policy.description,
            "active": policy.active,
            "resource_group": entity.reference(owner, "resource_group") if owner else None,
            "principals": {"user_groups": [self._principal(each) for each in policy.groups]},
            "rules": [dict(rule) for rule in policy.rules],
        }

    def _principal(self, group_id: str) -> dict[str, Any]:
        group = self._team.groups.get(group_id)
        assert group is not None, "a group's row stays when it is deleted"
        shown = entity.reference(group, "user_group")
        return shown if group.deleted is None else {**shown, "missing": True}


def _opens(rule: Mapping[str, Any], folders: Collection[str], privilege: str) -> bool:
    if rule["resource_type"] != SECRETS:
        return False
    chosen = {each["selector"].get(FOLDER, {}).get("id") for each in _selectors(rule)}
    granted = [each["privilege_value"] for each in rule["privileges"]]
    return bool(chosen & set(folders)) and any(each.get(privilege) is True for each in granted)


def _selectors(rule: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    found: Iterable[Mapping[str, Any]] = rule["resource_selector"]["selectors"]
    return found


def _privilege(told: Any) -> Mapping[str, Any]:
    """For secrets all eight are said, each true or false."""
    where = "rules.privileges"
    kind = told.get("privilege_type") if isinstance(told, dict) else None
    value = told.get("privilege_value") if isinstance(told, dict) else None
    name = _text(kind, f"{where}.privilege_type")
    if not isinstance(value, dict):
        raise errors.invalid(f"{where}.privilege_value", "privilege_value is no object")
    if name == "secret":
        for each in PRIVILEGES:
            if not isinstance(value.get(each), bool):
                raise errors.invalid(f"{where}.privilege_value", f"{each} is not said")
        value = {**{each: value[each] for each in PRIVILEGES}, "_type": name}
    return {"privilege_type": name, "privilege_value": value}


def _text(told: Any, where: str, least: int = 1) -> str:
    if not isinstance(told, str) or not least <= len(told) <= LONGEST_NAME:
        raise errors.invalid(where, f"{where} is no text of {least} to {LONGEST_NAME} characters")
    return told


def _one_of(told: Any, where: str, known: Collection[str]) -> str:
    if not isinstance(told, str) or told not in known:
        raise errors.invalid(where, f"{where} is none of {', '.join(known)}")
    return told


def _id(told: Any, where: str) -> str:
    found = told.get("id") if isinstance(told, dict) else None
    if not isinstance(found, str) or not found:
        raise errors.invalid(where, f"{where} has no id")
    return found


def _listed(told: Any, where: str, most: int = 1000) -> list[Any]:
    if not isinstance(told, list) or len(told) > most:
        raise errors.invalid(where, f"{where} is no list of at most {most}")
    return told


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inner)
