"""Reading the witnesses: everything the ports say about one app, as one piece of evidence."""

from collections.abc import Mapping

from ..model import AppView
from ..ports import Operator, Target
from .evidence import Evidence


def gather(operator: Operator, targets: Mapping[str, Target], app: str) -> Evidence:
    """The app of that label, as the org and the app's own administrator see it now."""
    target, view = targets[app], operator.app(app)
    return Evidence(
        app=view,
        mappings=tuple(operator.mappings(app)),
        app_users={each.login: each for each in operator.app_users(app)},
        users=operator.users(),
        groups=operator.groups(),
        offered=tuple(operator.app_groups(app)),
        accounts=tuple(target.accounts()),
        target_groups=tuple(target.groups()),
        log=tuple(operator.log()),
        calls=tuple(target.calls()),
        elsewhere=_elsewhere(operator, targets, view),
    )


def _elsewhere(
    operator: Operator, targets: Mapping[str, Target], view: AppView
) -> dict[str, list[str]]:
    """Okta groups to the other instances of the app that they are pushed to."""
    found: dict[str, list[str]] = {}
    for label in sorted(set(targets) - {view.label}):
        if operator.app(label).kind == view.kind:
            for mapping in operator.mappings(label):
                found.setdefault(mapping.group, []).append(label)
    return found
