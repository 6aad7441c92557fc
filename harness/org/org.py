"""The org as a whole: its parts, wired once, on one store."""

from ..ports import Clock
from .apps import Apps
from .assignments import Assignments
from .core import Core
from .group_rules import GroupRules
from .groups import Groups
from .mappings import Mappings
from .push_rules import PushRules
from .pushing import Pushing
from .store import Store
from .users import Users


class Org:
    """Every part of one org. Callers open the transaction: `with org.store.tx(): ...`."""

    def __init__(self, store: Store, clock: Clock, *, seed: int = 0) -> None:
        self.store = store
        self.clock = clock
        self.core = Core(store, clock, seed)
        self.mappings = Mappings(self.core)
        self.assignments = Assignments(self.core, self.mappings)
        self.groups = Groups(self.core, self.mappings, self.assignments)
        self.group_rules = GroupRules(self.core, self.groups)
        self.users = Users(self.core, self.groups, self.assignments, self.group_rules)
        self.apps = Apps(self.core, self.mappings)
        self.pushing = Pushing(self.core, self.apps, self.groups, self.mappings)
        self.push_rules = PushRules(self.core, self.apps, self.groups, self.mappings, self.pushing)

    def prepare(self) -> None:
        """What a new org starts with: the built-in group Everyone. An old one has it already."""
        with self.store.tx():
            if not self.groups.own():
                self.groups.create_everyone()
