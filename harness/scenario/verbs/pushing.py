"""The Push Groups tab: push, link, find, pause, unlink, rules, retry, bulk edit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from ...model import MatchKind, PushRequest, PushRule
from ..here import Here
from ..judge import Disagreement, compare, compare_sets, contains
from ..kinds import Choice, Name, New, Rows, Text, WordOr
from ..marks import judgement, verb
from ..words import Group, Groups, NewTargetGroup, PushRuleName, TargetGroup, Words, Yes

Place = Annotated[
    str, WordOr(("none",), Name("OU")), "the OU; the first chosen one unless told; none for none"
]
Scope = Annotated[str, Choice(("DOMAIN_LOCAL", "GLOBAL", "UNIVERSAL"))]
Type = Annotated[str, Text(), "SECURITY or DISTRIBUTION, or the app's own word"]
Condition = Annotated[str, Choice(("starts_with", "contains", "equals"))]
Attribute = Annotated[str, Choice(("name", "description"))]


@dataclass(frozen=True)
class Push:
    """A push by name."""

    group: Group
    target_name: Annotated[NewTargetGroup | None, "the name in the app, if another"] = None
    link_to: Annotated[TargetGroup | None, "take over this group of the app"] = None
    immediately: Annotated[Yes, "Push group memberships immediately"] = True
    ou: Place | None = None
    scope: Scope = ""
    type_: Type = ""
    sam_account_name: Words = ""


@verb
def push(here: Here, told: Push) -> None:
    """Push a group by name: create it in the app, or link it to one that is there."""
    here.operator.push_group(
        PushRequest(
            group=told.group,
            app=here.app,
            target_name=told.target_name,
            link_to=told.link_to,
            immediately=told.immediately,
            place=_place(here, told.ou, told.link_to),
            scope=told.scope,
            kind=told.type_,
            sam_account_name=told.sam_account_name,
        )
    )


def _place(here: Here, ou: str | None, link_to: str | None) -> str | None:
    """A link is looked for everywhere unless an OU is told; a new group needs one."""
    return None if link_to and ou is None else here.place(ou)


@verb
def link(here: Here, group: Group, to: TargetGroup) -> None:
    """Push a group by linking it to a group that the app has."""
    here.operator.push_group(PushRequest(group=group, app=here.app, link_to=to))


@verb
def relink(here: Here, group: Group, to: TargetGroup) -> None:
    """Change the linked group of a mapping."""
    here.operator.relink(here.app, group, link_to=to)


Result = Annotated[str, Choice(tuple(kind.value for kind in MatchKind))]


@judgement
def find(
    here: Here,
    group: Group,
    result: Annotated[Result, "what the console shows"],
    *,
    link_to: TargetGroup | None = None,
    ou: Place | None = None,
    candidates: Annotated[tuple[str, ...] | None, Rows(Name("target group"))] = None,
    reason: Annotated[str | None, Text(), "a part of the reason shown"] = None,
) -> Iterator[Disagreement]:
    """Look up what pushing a group would do now, and say what the console must answer."""
    place = _place(here, ou, link_to)
    request = PushRequest(group=group, app=here.app, link_to=link_to, place=place)
    match = here.operator.find_match(request)
    where = ("match", group)
    why = (f"reason: {match.reason}",) if match.reason else ()
    yield from compare(where, result, match.kind.value, notes=why)
    if candidates is not None:
        yield from compare_sets(("match candidates", group), candidates, match.candidates)
    yield from contains(("match reason", group), reason, match.reason)


@verb
def push_now(here: Here, groups: Groups) -> None:
    """Push Now: send the whole group again."""
    for group in groups:
        here.operator.push_now(here.app, group)


@verb
def activate_mapping(here: Here, groups: Groups) -> None:
    """Activate the push of groups again."""
    for group in groups:
        here.operator.activate_mapping(here.app, group)


@verb
def deactivate_mapping(here: Here, groups: Groups) -> None:
    """Deactivate (pause) the push of groups."""
    for group in groups:
        here.operator.deactivate_mapping(here.app, group)


LeaveOrDelete = Annotated[str, Choice(("leave", "delete")), "what becomes of it in the app"]


@verb
def unlink(here: Here, group: Group, target_group: LeaveOrDelete) -> None:
    """Unlink a pushed group, leaving the target group or deleting it."""
    here.operator.unlink(here.app, group, delete_group=target_group == "delete")


BULK = ("activate", "deactivate", "unlink and leave", "unlink and delete")


@verb
def bulk_edit(here: Here, groups: Groups, action: Annotated[str, Choice(BULK)]) -> None:
    """Bulk Edit: one action on many pushed groups."""
    for group in groups:
        if action == "activate":
            here.operator.activate_mapping(here.app, group)
        elif action == "deactivate":
            here.operator.deactivate_mapping(here.app, group)
        else:
            here.operator.unlink(here.app, group, delete_group=action == "unlink and delete")


@verb
def retry_all(here: Here) -> None:
    """Retry All Groups (and failed user tasks) of the app."""
    here.operator.retry_all(here.app)


@verb
def allow_removals(here: Here, groups: Groups) -> None:
    """Let pushes go on whose removals were held back by the app's limits, this once."""
    for group in groups:
        here.operator.allow_removals(here.app, group)


@verb
def create_push_rule(
    here: Here,
    name: Annotated[str, New("push rule")],
    condition: Condition,
    value: Words,
    *,
    attribute: Attribute = "name",
    immediately: Annotated[Yes, "Push group memberships immediately"] = True,
) -> None:
    """Create a push rule, which finds groups by name or description and pushes them."""
    here.operator.create_push_rule(
        PushRule(name, here.app, condition, value, attribute, immediately)
    )


@verb
def edit_push_rule(
    here: Here,
    name: PushRuleName,
    *,
    new_name: Annotated[str | None, New("push rule")] = None,
    condition: Condition | None = None,
    value: Words | None = None,
    attribute: Attribute | None = None,
    immediately: Yes | None = None,
) -> None:
    """Edit a push rule; mappings it made already stay as they are."""
    changes = {
        "name": new_name,
        "condition": condition,
        "value": value,
        "attribute": attribute,
        "immediately": immediately,
    }
    told = {key: change for key, change in changes.items() if change is not None}
    here.operator.edit_push_rule(here.app, name, told)


MAPPINGS = ("keep", "delete and leave groups", "delete and delete groups")


@verb
def delete_push_rule(
    here: Here,
    name: PushRuleName,
    *,
    mappings: Annotated[str, Choice(MAPPINGS), "what becomes of the mappings it made"] = "keep",
) -> None:
    """Delete a push rule, keeping or deleting the mappings it made."""
    here.operator.delete_push_rule(
        here.app,
        name,
        with_mappings=mappings != "keep",
        delete_groups=mappings == "delete and delete groups",
    )
