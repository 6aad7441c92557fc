"""A Box enterprise: its rooms put together. The rules are in the rooms; none knows of HTTP."""

from ..core.app import Context
from .aliases import Aliases
from .documents import Documents
from .groups import Groups
from .invites import Invites
from .memberships import Memberships
from .rows import Rows
from .tokens import Tokens
from .users import Users


class Enterprise:
    """One tenant."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        self.rows = Rows(context)
        self.tokens = Tokens(context, self._may_act)
        app = self.tokens.app
        self.memberships = Memberships(self.rows)
        self.groups = Groups(self.rows, self.memberships.empty)
        self.aliases = Aliases(self.rows)
        self.users = Users(self.rows, self.aliases, app, self.memberships.leave_all)
        self.invites = Invites(self.rows, app.enterprise_id)
        self.documents = Documents(context, app.enterprise_id)

    def _may_act(self, user_id: str) -> bool:
        return self.users.may_act(user_id)
