"""What an admin does on the Push Groups tab: match, push, pause, unlink, relink, retry."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import MappingStatus, Match, MatchKind, PushRequest
from . import schema
from .apps import Apps, pushing_refusal
from .core import Core, named
from .groups import Groups
from .mappings import ACTIVATED, DEACTIVATED, REMOVED, Mappings, bad_request, follows_names

HELD_BACK = "removals_held_back"  # code of a failure: a guard stopped a push before it was sent
ALLOWED = "allow_removals"  # in a job's payload: the guard lets it pass

DEFAULT_SCOPE, DEFAULT_KIND = "GLOBAL", "SECURITY"
SCOPES = ("DOMAIN_LOCAL", "GLOBAL", "UNIVERSAL")
KINDS = ("SECURITY", "DISTRIBUTION")


@dataclass(frozen=True)
class _Choice:
    """A push request with everything looked up."""

    app: sa.Row[Any]
    group: sa.Row[Any]
    target_name: str
    candidates: tuple[sa.Row[Any], ...]


class Pushing:
    """Operations on mappings, as the console offers them."""

    def __init__(self, core: Core, apps: Apps, groups: Groups, mappings: Mappings) -> None:
        self._core = core
        self._store = core.store
        self._apps = apps
        self._groups = groups
        self._mappings = mappings

    # --- choosing ------------------------------------------------------------------------------

    def match(self, request: PushRequest) -> Match:
        """What pushing this group now would do, and why."""
        choice = self._choose(request)
        if self._mappings.of(choice.app.id, choice.group.id):
            return Match(
                MatchKind.MAPPED, reason=f"{request.group} is already pushed to {request.app}"
            )
        refusal = self._refusal(choice, request)
        if refusal is not None:
            return Match(
                MatchKind.REFUSED, reason=refusal.causes[0] if refusal.causes else str(refusal)
            )
        if not choice.candidates:
            return Match(MatchKind.CREATE)
        names = tuple(row.name for row in choice.candidates)
        if self._apps.links(choice.app):
            return Match(MatchKind.LINK, names)
        taken = (
            f"{choice.app.label} has a group named {choice.target_name} "
            "and does not support Group Linking"
        )
        return Match(MatchKind.REFUSED, names, taken)

    def push(
        self,
        request: PushRequest,
        *,
        rule_id: str | None = None,
        target_group_id: str | None = None,
    ) -> str:
        """Record the mapping; its first job makes or links the target group.

        `target_group_id` says which of several app groups named `link_to` is meant.
        """
        choice = self._choose(request, target_group_id)
        refusal = self._refusal(choice, request)
        if refusal is not None:
            raise refusal
        if self._mappings.of(choice.app.id, choice.group.id):
            raise bad_request(
                "sourceGroupId", f"{request.group} is already pushed to {request.app}"
            )
        target = self._link_target(choice, request)
        mapping_id = self._mappings.create(
            choice.app,
            choice.group,
            target_name=choice.target_name,
            target_group_id=target.id if target is not None else None,
            immediately=request.immediately,
            rule_id=rule_id,
            options=_options(choice.app, request),
        )
        self._mappings.drop_changes(mapping_id)
        return mapping_id

    def _choose(self, request: PushRequest, target_group_id: str | None = None) -> _Choice:
        app = self._apps.find(request.app)
        group = self._groups.find(request.group)
        renames = follows_names(app)
        name = group.name if renames or not request.target_name else request.target_name
        wanted = request.link_to or name
        candidates = tuple(
            row
            for row in self._groups.of_app(app.id)
            if row.name == wanted and row.external_id and _is_in(row.place, request.place)
            if target_group_id in (None, row.id)
        )
        if request.link_to and not renames:
            name = request.target_name or request.link_to
        return _Choice(app, group, name, candidates)

    def _refusal(self, choice: _Choice, request: PushRequest) -> Refused | None:
        general = pushing_refusal(choice.app)
        if general is not None:
            return general
        if request.link_to:
            return self._link_refusal(choice, request.link_to)
        if choice.app.capabilities["places"]:
            return _place_refusal(choice.app, request)
        return None

    def _link_refusal(self, choice: _Choice, link_to: str) -> Refused | None:
        if not self._apps.links(choice.app):
            return bad_request(
                "targetGroupId", f"{choice.app.label} does not support Group Linking"
            )
        if not choice.candidates:
            cause = (
                f"no group {link_to} of {choice.app.label} is known and free; Refresh App Groups"
            )
            return bad_request("targetGroupId", cause)
        if len(choice.candidates) > 1:
            return bad_request("targetGroupId", f"more than one group is named {link_to}")
        return None

    def _link_target(self, choice: _Choice, request: PushRequest) -> sa.Row[Any] | None:
        """The app group to link: as asked, or where linking is allowed one known by that name."""
        if request.link_to or (len(choice.candidates) == 1 and self._apps.links(choice.app)):
            return choice.candidates[0]
        return None

    # --- a mapping's life ----------------------------------------------------------------------

    def find(self, app_label: str, group_name: str) -> sa.Row[Any]:
        app = self._apps.find(app_label)
        group = self._groups.find(group_name)
        mapping = self._mappings.of(app.id, group.id)
        if mapping is None:
            missing = f"Not found: Resource not found: {group_name} (GroupPushMapping)"
            raise Refused("E0000007", missing, (f"{group_name} is not pushed to {app_label}",))
        return mapping

    def push_now(self, app_label: str, group_name: str) -> None:
        """Send everything again. A paused mapping stays paused, one in error recovers."""
        mapping = self._staying(app_label, group_name)
        kind = "push_now" if self.is_made(mapping) else self._first_kind(mapping)
        self._mappings.restart(mapping, kind, status=_recovered(mapping))

    def activate(self, app_label: str, group_name: str) -> None:
        """Follow changes again, after an initial push (R32)."""
        mapping = self._staying(app_label, group_name)
        kind = "activate" if self.is_made(mapping) else self._first_kind(mapping)
        self._mappings.restart(mapping, kind)
        self._log(ACTIVATED, "Activate Group Push mapping", mapping)

    def deactivate(self, app_label: str, group_name: str) -> None:
        """Pause: the target stays as it is, nothing is sent (R32)."""
        mapping = self._staying(app_label, group_name)
        if mapping.status == MappingStatus.INACTIVE:
            return
        self._core.drop_jobs(mapping.id)
        self._mappings.set_status(mapping.id, MappingStatus.INACTIVE)
        self._log(DEACTIVATED, "Deactivate Group Push mapping", mapping)

    def unlink(self, app_label: str, group_name: str, *, delete_group: bool) -> None:
        """Give the mapping up; the target group is deleted, or left without any call (R33)."""
        mapping = self.find(app_label, group_name)
        if delete_group and self._may_exist(mapping):
            if self._is_leaving(mapping):
                return
            self._core.drop_jobs(mapping.id)
            self._mappings.set_status(mapping.id, MappingStatus.INACTIVE)
            self._mappings.enqueue(mapping, "delete")
            return
        self._groups.freeze_members(mapping.target_group_id, list(self._mappings.known(mapping.id)))
        self._mappings.remove(mapping.id, forget_app_group=False)
        self._log(REMOVED, "Remove Group Push mapping, leaving the group", mapping)

    def relink(self, app_label: str, group_name: str, *, link_to: str) -> None:
        """Change the linked group: the mapping takes over another group of the app."""
        mapping = self._staying(app_label, group_name)
        request = PushRequest(group=group_name, app=app_label, link_to=link_to)
        choice = self._choose(request)
        refusal = self._refusal(choice, request)
        if refusal is not None:
            raise refusal
        old = mapping.target_group_id
        self._groups.freeze_members(old, list(self._mappings.known(mapping.id)))
        self._mappings.update(
            mapping.id,
            target_group_id=choice.candidates[0].id,
            target_name=choice.target_name,
            sent_name="",
            made=None,
        )
        self._store.delete(schema.links, mapping_id=mapping.id)
        if self._groups.get(old).external_id is None:
            self._groups.drop(old)
        self._mappings.restart(mapping, "link")

    def retry_all(self, app_label: str) -> None:
        """Retry All Groups: what failed is tried again, mappings and user tasks alike."""
        app = self._apps.find(app_label)
        self._retry_jobs(app.id)
        for mapping in self._mappings.of_app(app.id):
            if mapping.status != MappingStatus.ERROR:
                continue
            status = MappingStatus.INACTIVE if self._is_leaving(mapping) else _recovered(mapping)
            self._mappings.set_status(mapping.id, status)
            if status == MappingStatus.ACTIVE:
                self._ensure_job(mapping)

    def allow_removals(self, app_label: str, group_name: str) -> None:
        """Let a mapping go on whose removals were held back: this once, whatever they are."""
        mapping = self._staying(app_label, group_name)
        if (mapping.failure or {}).get("code") != HELD_BACK:
            raise bad_request("mapping", f"no removals of {group_name} are held back")
        jobs = schema.jobs
        for job in self._store.all(jobs, "sequence", subject=mapping.id):
            allowed = {**job.payload, ALLOWED: True}
            self._store.update(
                jobs,
                {"sequence": job.sequence},
                payload=allowed,
                failed=False,
                attempts=0,
                not_before=self._core.clock.now(),
            )
        self._core.jobs_changed = True
        self._mappings.set_status(mapping.id, _recovered(mapping))

    def _log(self, event: str, message: str, mapping: sa.Row[Any]) -> None:
        app, group = self._apps.get(mapping.app_id), self._groups.get(mapping.group_id)
        self._core.log(event, message, named(app), named(group), mapping_id=mapping.id)

    def _retry_jobs(self, app_id: str) -> None:
        jobs = schema.jobs
        self._store.run(
            jobs.update()
            .where(jobs.c.app_id == app_id, jobs.c.failed)
            .values(failed=False, attempts=0, not_before=self._core.clock.now())
        )
        self._core.jobs_changed = True

    def _ensure_job(self, mapping: sa.Row[Any]) -> None:
        """What came while the mapping was in error is sent too: members, and another name."""
        if not self._has_job(mapping):
            kind = "push_now" if self.is_made(mapping) else self._first_kind(mapping)
            self._mappings.enqueue(mapping, kind)
        if self._mappings.changed(mapping.id):
            self._mappings.enqueue(mapping, "change")
        name = self._groups.get(mapping.target_group_id).name
        if {name, mapping.sent_name or name} != {mapping.target_name}:
            self._mappings.enqueue(mapping, "rename")

    def _has_job(self, mapping: sa.Row[Any], *kinds: str) -> bool:
        """Whether a job of the mapping waits: of these kinds, or any."""
        jobs = schema.jobs
        query = select(jobs.c.sequence).where(
            jobs.c.subject == mapping.id, jobs.c.failed.is_(False)
        )
        if kinds:
            query = query.where(jobs.c.kind.in_(kinds))
        return self._store.row(query) is not None

    def _is_leaving(self, mapping: sa.Row[Any]) -> bool:
        """Whether the target group is about to be deleted, and the mapping with it."""
        return self._has_job(mapping, "delete")

    def _staying(self, app_label: str, group_name: str) -> sa.Row[Any]:
        mapping = self.find(app_label, group_name)
        if self._is_leaving(mapping):
            raise bad_request("mapping", f"the target group of {group_name} is being deleted")
        return mapping

    def _may_exist(self, mapping: sa.Row[Any]) -> bool:
        """Whether there is, or for all we know may be, a target group."""
        target = self._groups.get(mapping.target_group_id)
        return target.external_id is not None or mapping.sent_create is not None

    def is_made(self, mapping: sa.Row[Any]) -> bool:
        """Whether the target group is known to exist and to be ours."""
        return mapping.made is not None

    def _first_kind(self, mapping: sa.Row[Any]) -> str:
        linked = self._groups.get(mapping.target_group_id).external_id is not None
        return "link" if linked else "create"


def _recovered(mapping: sa.Row[Any]) -> MappingStatus:
    """What a mapping is once its error is over: a paused one stays paused."""
    is_paused = mapping.status == MappingStatus.INACTIVE or (
        mapping.status == MappingStatus.ERROR and mapping.was_paused
    )
    return MappingStatus.INACTIVE if is_paused else MappingStatus.ACTIVE


def _is_in(place: str | None, wanted: str | None) -> bool:
    return wanted is None or (place or "").lower() == wanted.lower()


def _place_refusal(app: sa.Row[Any], request: PushRequest) -> Refused | None:
    """A directory group needs an OU that is connected to Okta, a scope and a type (R51, R52)."""
    if not request.place:
        return bad_request("appConfig", "choose the organizational unit for the group")
    connected = app.settings["ous"]
    if connected is not None and request.place.lower() not in (ou.lower() for ou in connected):
        cause = f"{request.place} is not among the Group OUs connected to Okta"
        return bad_request("appConfig", cause)
    if request.scope and request.scope not in SCOPES:
        return bad_request("appConfig", f"groupScope must be one of {', '.join(SCOPES)}")
    if request.kind and request.kind not in KINDS:
        return bad_request("appConfig", f"groupType must be one of {', '.join(KINDS)}")
    return None


def _options(app: sa.Row[Any], request: PushRequest) -> dict[str, Any]:
    if not app.capabilities["places"]:
        return {"kind": request.kind} if request.kind else {}
    return {
        "place": request.place,
        "scope": request.scope or DEFAULT_SCOPE,
        "kind": request.kind or DEFAULT_KIND,
        "sam_account_name": request.sam_account_name,
    }
