"""A team: its users and groups, its secret folders and security policies, and who may call."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core.app import Context
from ..core.table import Links, Table
from . import entity, errors
from .entity import BUILT_IN, LOCAL, SERVICE, Folder, Group, Named, Policy, User
from .folders import Folders
from .grouping import Grouping
from .people import People
from .policies import PRIVILEGES, Policies

STANDARD, AUTOMATION = "Standard", "automation"


@dataclass(frozen=True)
class Key:
    """What opens a face: the token of SCIM, or the API key of the service user."""

    id: str
    secret: str
    is_expired: bool = False


@dataclass(frozen=True)
class Token:
    """A token of the service user, and until when it is good."""

    text: str
    until: float


class Team:
    """All tables, and the rules by subject. Knows nothing of HTTP; raises the refusals."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.quirks = context.quirks
        self.settings = context.settings
        store = context.store
        self.users: Table[str, User] = _found(store.table, "users")
        self.groups: Table[str, Group] = _found(store.table, "groups")
        self.members: Links = store.links("members")
        self.resource_groups: Table[str, Named] = store.table("resource_groups")
        self.projects: Table[str, Named] = store.table("projects", parent=lambda row: row.parent)
        self.folders: Table[str, Folder] = store.table(
            "folders", parent=lambda row: row.parent, project=lambda row: row.project
        )
        self.policies: Table[str, Policy] = store.table("policies")
        self.keys: Table[str, Key] = store.table("keys")
        self.tokens: Table[str, Token] = store.table("tokens")
        self.ids = context.chance.stream("ids")
        self.people = People(self)
        self.grouping = Grouping(self)
        self.foldering = Folders(self)
        self.ruling = Policies(self)
        self.replace_keys()
        self._furnish()

    def now(self) -> float:
        return self.context.clock.now()

    def _furnish(self) -> None:
        """What a team has when its administrators have set it up for automation."""
        bot = self.people.insert({"userName": AUTOMATION}, kind=SERVICE, origin=LOCAL)
        group = self.grouping.insert(AUTOMATION, origin=BUILT_IN)
        self.members.link(group.id, bot.id)
        owner = Named(self.ids.guid(), "Operations", "All that teams share")
        self.resource_groups.put(owner.id, owner)
        project = Named(self.ids.guid(), "Secrets", parent=owner.id)
        self.projects.put(project.id, project)
        folder = self.foldering.insert(STANDARD, project.id, "")
        granted = {**dict.fromkeys(PRIVILEGES, True), "_type": "secret"}
        self.ruling.insert_standard(group, folder, granted)

    # --- who calls -----------------------------------------------------------------------------

    @property
    def scim_key(self) -> Key:
        return self._key("scim")

    @property
    def api_key(self) -> Key:
        return self._key("api")

    def _key(self, name: str) -> Key:
        found = self.keys.get(name)
        assert found is not None, "made with the team"
        return found

    def opens_scim(self, token: str) -> bool:
        key = self.scim_key
        return bool(token) and token == key.secret and not key.is_expired

    def opens_api(self, token: str) -> bool:
        found = self.tokens.get(token)
        return found is not None and self.now() < found.until

    def issue(self, key_id: str, secret: str) -> Token:
        """A new token for the service user's key."""
        key = self.api_key
        if key.is_expired or (key_id, secret) != (key.id, key.secret):
            raise errors.bad_key()
        self._drop_tokens(until=self.now())
        text = self.context.chance.stream("tokens").hex(64)
        token = Token(text, self.now() + self.settings["token_lasts_s"])
        self.tokens.put(text, token)
        return token

    def _drop_tokens(self, until: float = math.inf) -> None:
        for text in [token.text for token in self.tokens if token.until <= until]:
            self.tokens.drop(text)

    def expire_keys(self) -> None:
        for name, key in (("scim", self.scim_key), ("api", self.api_key)):
            self.keys.put(name, Key(key.id, key.secret, is_expired=True))
        self._drop_tokens()

    def replace_keys(self) -> None:
        chance = self.context.chance.stream("keys")
        for name in ("scim", "api"):
            self.keys.put(name, Key(chance.guid(), chance.hex(64)))

    @property
    def bot(self) -> User:
        """The service user, as which the API is called."""
        return next(user for user in self.users if user.kind == SERVICE)

    def check_role(self, *roles: str) -> None:
        """Refuse a service user who has none of these roles."""
        if not set(roles) & set(self.settings["service_user_roles"]):
            raise errors.forbidden(roles[0])


def _found(table: Callable[..., Table[str, Any]], name: str) -> Table[str, Any]:
    return table(
        name,
        name=entity.lowered_while_there,
        any_name=entity.lowered,
        external_id=entity.external_id,
    )
