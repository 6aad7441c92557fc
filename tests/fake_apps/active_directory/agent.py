"""A caller of the agent of one forest, and the names in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from fake_apps.core.app import FakeApp
from fake_apps.core.wire import session

ROOT = "DC=ad,DC=example,DC=test"
EMEA = f"DC=emea,{ROOT}"
PEOPLE, GROUPS = f"OU=People,{ROOT}", f"OU=Groups,{ROOT}"
BRANCH, BRANCH_GROUPS = f"OU=Branch,{ROOT}", f"OU=Branch Groups,OU=Branch,{ROOT}"
RESTRICTED = f"OU=Restricted,{ROOT}"
EMEA_GROUPS, EMEA_PEOPLE = f"OU=Groups,{EMEA}", f"OU=People,{EMEA}"
PERMISSIVE, SHOW_DELETED = "1.2.840.113556.1.4.1413", "1.2.840.113556.1.4.417"
TREE_DELETE, EXTENDED_DN = "1.2.840.113556.1.4.805", "1.2.840.113556.1.4.529"
ACTIONS = "https://agent.active-directory.test/agent/v1/actions"
STATUS = "https://agent.active-directory.test/agent/v1/status"

Result = dict[str, Any]


def by_guid(guid: str) -> str:
    return f"<GUID={guid}>"


def change(op: str, attribute: str, *values: str) -> dict[str, Any]:
    return {"op": op, "attribute": attribute, "values": list(values)}


class Agent:
    """Sends actions to the agent of one forest."""

    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.admin: Any = app.admin
        self.session = session(app)
        token = self.admin.credentials()["agent_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def post(self, body: Any = None, **more: Any) -> requests.Response:
        return self.session.post(ACTIONS, json=body, timeout=60, **more)

    def act(self, *operations: Any, **more: Any) -> list[Result]:
        reply = self.post({"id": "a1", "operations": list(operations), **more})
        assert reply.status_code == 200, reply.text
        return reply.json()["results"]

    def one(self, operation: Mapping[str, Any], *, limited: bool = False) -> Result:
        if not limited:
            return self.act(operation)[0]
        given = self.admin.credentials()
        bind = {"op": "bind", "user": given["limited_user"], "password": given["limited_password"]}
        return self.act(bind, operation)[1]

    # --- operations ----------------------------------------------------------------------------

    def add(self, dn: str, kind: str = "group", limited: bool = False, **attributes: Any) -> Result:
        values = {n: v if isinstance(v, list) else [v] for n, v in attributes.items()}
        operation = {"op": "add", "dn": dn, "attributes": {"objectClass": [kind], **values}}
        return self.one(operation, limited=limited)

    def modify(
        self, dn: str, *changes: Any, controls: Sequence[str] = (), limited: bool = False
    ) -> Result:
        operation = {"op": "modify", "dn": dn, "changes": changes, "controls": list(controls)}
        return self.one(operation, limited=limited)

    def join(self, group: str, *members: str, controls: Sequence[str] = ()) -> Result:
        values = [by_guid(member) for member in members]
        return self.modify(by_guid(group), change("add", "member", *values), controls=controls)

    def leave(self, group: str, *members: str, controls: Sequence[str] = ()) -> Result:
        values = [by_guid(member) for member in members]
        return self.modify(by_guid(group), change("delete", "member", *values), controls=controls)

    def rename(self, dn: str, newrdn: str, superior: str | None = None, **more: Any) -> Result:
        move = {} if superior is None else {"newSuperior": superior}
        return self.one({"op": "modifyDN", "dn": dn, "newrdn": newrdn, **move, **more})

    def delete(self, dn: str, *controls: str, limited: bool = False) -> Result:
        return self.one({"op": "delete", "dn": dn, "controls": list(controls)}, limited=limited)

    def search(self, base: str = ROOT, where: str = "(objectClass=*)", **more: Any) -> Result:
        return self.one({"op": "search", "base": base, "filter": where, **more})

    # --- looking -------------------------------------------------------------------------------

    def dns(self, base: str = ROOT, where: str = "(objectClass=*)", **more: Any) -> list[str]:
        return [entry["dn"] for entry in self.search(base, where, **more)["entries"]]

    def read(self, dn: str, *attributes: str, controls: Sequence[str] = ()) -> dict[str, list[str]]:
        found = self.search(dn, scope="base", attributes=list(attributes), controls=list(controls))
        assert found["resultCode"] == 0, found
        return found["entries"][0]["attributes"]

    def members(self, group: str) -> tuple[str, ...]:
        views = {view.id: view for view in self.admin.groups()}
        return views[group].member_ids

    # --- arranging -----------------------------------------------------------------------------

    def users(self, *logins: str, place: str = PEOPLE) -> list[str]:
        return [
            self.admin.add_account(f"{login}@example.test", {"place": place}) for login in logins
        ]

    def group(self, name: str, *members: str, kind: str = "", place: str = GROUPS) -> str:
        return self.admin.add_group(name, member_ids=members, kind=kind, place=place)


def head(result: Result) -> str:
    return result["errorMessage"].partition(":")[0]


def told(result: Result) -> tuple[int, str]:
    """The result code and the Win32 head: what a client may rely on."""
    return result["resultCode"], head(result)


OK = (0, "")
