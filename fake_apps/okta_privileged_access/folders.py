"""Secret folders: top-level ones are an administrator's, those below them take a policy.

Source: https://developer.okta.com/docs/api/openapi/opa/opa/tag/secrets
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import entity, errors
from .entity import Folder, Named

if TYPE_CHECKING:
    from .state import Team

DEEPEST = 20

Sent = tuple[str, str | None]
"""Name and description of a folder."""


class Folders:
    """The secret folders of one team's projects."""

    def __init__(self, team: "Team") -> None:
        self._team = team

    # --- looking -----------------------------------------------------------------------------

    def resource_group(self, row_id: str) -> Named:
        return _there(self._team.resource_groups.get(row_id), f"resource group {row_id}")

    def project(self, group_id: str, row_id: str) -> Named:
        self.resource_group(group_id)
        found = _there(self._team.projects.get(row_id), f"project {row_id}")
        if found.parent != group_id:
            raise errors.not_found(f"project {row_id}")
        return found

    def folder(self, project: Named, row_id: str) -> Folder:
        found = self._team.folders.get(row_id)
        if found is None or found.project != project.id:
            raise errors.not_found(f"secret folder {row_id}")
        return found

    def above(self, folder: Folder) -> list[Folder]:
        """Its parents, the top-level one first."""
        found: list[Folder] = []
        while folder.parent:
            folder = _folder(self._team.folders.get(folder.parent))
            found.insert(0, folder)
        return found

    def below(self, folder: Folder) -> list[Folder]:
        return self._team.folders.find("parent", folder.id)

    def top(self, project: Named) -> list[Folder]:
        return [each for each in self._team.folders.find("project", project.id) if not each.parent]

    def every_top(self) -> list[Folder]:
        return self._team.folders.find("parent", "")

    # --- who may -----------------------------------------------------------------------------

    def check(self, folder: Folder, privilege: str) -> None:
        """Refuse what no active policy of a group of the service user grants here, or above."""
        if not self.is_open(folder, privilege):
            raise errors.not_permitted(privilege)

    def is_open(self, folder: Folder, privilege: str) -> bool:
        line = {folder.id, *(each.id for each in self.above(folder))}
        mine = [group.id for group in self._team.grouping.of(self._team.bot)]
        return self._team.ruling.grants(mine, line, privilege)

    # --- changing ----------------------------------------------------------------------------

    def create(self, project: Named, sent: Sent, parent_id: str) -> Folder:
        """Top-level by a role, below another by the policy's `folder_create`."""
        if parent_id:
            parent = self.folder(project, parent_id)
            self.check(parent, "folder_create")
            if len(self.above(parent)) + 1 >= DEEPEST:
                raise errors.invalid("parent_folder_id", f"Folders are {DEEPEST} deep at most")
        else:
            self._team.check_role("resource_admin")
        self._check_name(project, sent[0], parent_id)
        return self.insert(sent[0], project.id, parent_id, sent[1])

    def insert(
        self, name: str, project_id: str, parent_id: str, description: str | None = None
    ) -> Folder:
        now, by, row_id = self._team.now(), self._team.bot.name, self._team.ids.guid()
        made = Folder(row_id, name, project_id, parent_id, description, now, now, by, by)
        self._team.folders.put(made.id, made)
        return made

    def update(self, project: Named, folder: Folder, sent: Sent) -> Folder:
        self.check(folder, "folder_update")
        if sent[0].lower() != folder.name.lower():
            self._check_name(project, sent[0], folder.parent)
        changed = replace(folder, name=sent[0], description=sent[1], changed=self._team.now())
        self._team.folders.put(folder.id, changed)
        return changed

    def delete(self, folder: Folder) -> None:
        """With all that is below it."""
        self.check(folder, "folder_delete")
        self._drop(folder)

    def _drop(self, folder: Folder) -> None:
        for each in list(self.below(folder)):
            self._drop(each)
        self._team.folders.drop(folder.id)

    def _check_name(self, project: Named, name: str, parent_id: str) -> None:
        parent = self._team.folders.get(parent_id) if parent_id else None
        beside: Sequence[Folder] = self.top(project) if parent is None else self.below(parent)
        if any(each.name.lower() == name.lower() for each in beside):
            raise errors.taken(f"A secret folder {name}")

    # --- documents ---------------------------------------------------------------------------

    def document(self, folder: Folder) -> dict[str, Any]:
        return entity.folder_document(folder, self.above(folder))

    def item(self, folder: Folder) -> dict[str, Any]:
        """As lists have it."""
        project = _named(self._team.projects.get(folder.project))
        owner = _named(self._team.resource_groups.get(project.parent))
        return {
            "id": folder.id,
            "name": folder.name,
            "description": folder.description,
            "path": [{"id": each.id, "name": each.name} for each in self.above(folder)],
            "type": "folder",
            "resource_group": entity.reference(owner, "resource_group"),
            "project": entity.reference(project, "project"),
        }


def _there(row: Named | None, what: str) -> Named:
    if row is None:
        raise errors.not_found(what)
    return row


def _named(row: Named | None) -> Named:
    assert row is not None, "a folder's project stays, and its resource group"
    return row


def _folder(row: Folder | None) -> Folder:
    assert row is not None, "deleted with what is below it"
    return row
