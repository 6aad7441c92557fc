"""Group rules: expressions over profiles that put users into groups, and take them out again.

A deactivated user is not evaluated any more and so stays where the rule left it (R40).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from ..errors import Refused
from ..model import UserStatus
from . import schema
from .core import Core, Named, named
from .groups import Groups
from .mappings import bad_request

COMPARISON = re.compile(r'\s*user\.(\w+)\s*(==|!=)\s*"([^"]*)"\s*')
JOINT = re.compile(r"(and\b|or\b|&&|\|\|)", re.IGNORECASE)
BASE_FIELDS = {
    "login": "login",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
}
EVENT = "group.user_membership.rule"
MAX_RULES = 2000

_LOGINS = select(schema.users.c.id, schema.users.c.login).order_by(schema.users.c.login)

Predicate = Callable[[sa.Row[Any]], bool]


class GroupRules:
    """Rules by name. They are made inactive and not editable while active."""

    def __init__(self, core: Core, groups: Groups) -> None:
        self._core = core
        self._store = core.store
        self._groups = groups

    def create(
        self,
        name: str,
        expression: str,
        group_names: Sequence[str],
        *,
        excluded: Sequence[str] = (),
    ) -> None:
        """`excluded` are ids of users that the rule passes over."""
        table = schema.group_rules
        if not 1 <= len(name) <= 50:
            raise bad_request("name", "name: must be between 1 and 50 characters")
        parse(expression)
        if int(self._store.value(select(sa.func.count()).select_from(table))) >= MAX_RULES:
            raise bad_request("rules", f"an org has at most {MAX_RULES} group rules")
        if self._store.row(select(table).where(table.c.name == name)):
            raise bad_request("name", "name: An object with this field already exists")
        group_ids = [self._groups.find(group).id for group in group_names]
        rule_id = self._core.new_id("0pr")
        self._store.run(
            table.insert().values(
                id=rule_id,
                name=name,
                expression=expression,
                group_ids=group_ids,
                active=False,
                excluded=list(excluded),
                created=self._core.clock.now(),
            )
        )
        self.log_excluded(Named(rule_id, name), excluded)

    def log_excluded(self, rule: Named, user_ids: Sequence[str]) -> None:
        """Tell of the users that the rule passes over from now on."""
        found = self._store.rows_among(_LOGINS, schema.users.c.id, user_ids)
        message = "Add user to group membership exclusion rule"
        told = [(rule, named(row)) for row in found]
        self._core.log_each(f"{EVENT}.add_exclusion", message, told)

    def set_active(self, name: str, *, active: bool) -> None:
        rule = self._find(name)
        table = schema.group_rules
        if active and not rule.group_ids:
            raise bad_request("rule", f"every group that {name} assigns to was deleted")
        now = self._core.clock.now()
        changed = table.update().where(table.c.id == rule.id)
        self._store.run(changed.values(active=active, changed=now))
        if active:
            everyone = self._store.rows(select(schema.users).order_by(schema.users.c.login))
            self._core.log(f"{EVENT}.evaluation", "Evaluate group rule", named(rule))
            self._apply(rule, _evaluated(everyone))
        elif rule.active:
            self._core.log(f"{EVENT}.deactivated", "Deactivate group rule", named(rule))

    def delete(self, name: str) -> None:
        """Members that the rule put in stay, as after the console's default."""
        rule = self._find(name)
        table = schema.group_rules
        self._store.run(table.delete().where(table.c.id == rule.id))

    def group_deleted(self, group_id: str) -> None:
        """A rule that assigned to the group is invalid now: it stops, and forgets the group."""
        table = schema.group_rules
        for rule in self._store.rows(select(table).order_by(table.c.id)):
            if group_id in rule.group_ids:
                left = [other for other in rule.group_ids if other != group_id]
                changed = table.update().where(table.c.id == rule.id)
                self._store.run(changed.values(group_ids=left, active=False))
                self._core.log(f"{EVENT}.invalidate", "Group rule is invalid", named(rule))

    def evaluate(self, users: Iterable[sa.Row[Any]]) -> None:
        """Apply every active rule to these users; deactivated ones are passed over (R40)."""
        rules = self._store.all(schema.group_rules, "id", active=True)
        present = _evaluated(users)
        for rule in rules:
            self._apply(rule, present)

    def _apply(self, rule: sa.Row[Any], users: Sequence[sa.Row[Any]]) -> None:
        matches = parse(rule.expression)
        excluded = set(rule.excluded or ())
        matching = [user.id for user in users if user.id not in excluded and matches(user)]
        others = {user.id for user in users} - set(matching)
        for group_id in rule.group_ids:
            group = self._groups.get(group_id)
            moved = self._groups.join(group, matching, rule_id=rule.id)
            moved += self._groups.leave(group, self._put_in_by(rule.id, group_id, others))
            if moved:
                message = f"{moved} users moved by group rule"
                self._core.log(f"{EVENT}.trigger", message, named(rule), named(group))

    def _put_in_by(self, rule_id: str, group_id: str, user_ids: set[str]) -> list[str]:
        table = schema.group_members
        query = select(table.c.user_id).where(
            table.c.group_id == group_id, table.c.rule_id == rule_id
        )
        return [
            row.user_id
            for row in self._store.rows(query.order_by(table.c.joined))
            if row.user_id in user_ids
        ]

    def _find(self, name: str) -> sa.Row[Any]:
        row = self._store.row(select(schema.group_rules).where(schema.group_rules.c.name == name))
        if row is None:
            raise Refused("E0000007", f"Not found: Resource not found: {name} (GroupRule)")
        return row


def _evaluated(users: Iterable[sa.Row[Any]]) -> list[sa.Row[Any]]:
    return [user for user in users if user.status != UserStatus.DEPROVISIONED]


def parse(expression: str) -> Predicate:
    """`user.x=="v"` terms joined by `and`/`&&`, those by `or`/`||`; anything else is refused."""
    alternatives: list[list[Predicate]] = [[]]
    at = 0
    while True:
        term = COMPARISON.match(expression, at)
        if term is None:
            raise _unreadable(expression, at)
        alternatives[-1].append(_comparison(*term.groups()))
        at = term.end()
        if at == len(expression):
            return lambda user: any(all(term(user) for term in terms) for terms in alternatives)
        joint = JOINT.match(expression, at)
        if joint is None:
            raise _unreadable(expression, at)
        if joint[1].lower() in ("or", "||"):
            alternatives.append([])
        at = joint.end()


def _comparison(name: str, operator: str, value: str) -> Predicate:
    field = BASE_FIELDS.get(name)

    def holds(user: sa.Row[Any]) -> bool:
        actual = getattr(user, field) if field else user.attributes.get(name)
        return bool(actual == value) == (operator == "==")

    return holds


def _unreadable(expression: str, at: int) -> Refused:
    cause = (
        f'cannot read {expression[at:].strip()!r} in {expression!r}; write user.department=="Sales"'
    )
    return bad_request("expression", cause)
