"""The tables of the org. Times are seconds since the epoch, ids are Okta's."""

import sqlalchemy as sa

metadata = sa.MetaData()
# Ordered by code point in either database, whatever the language of a server.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")  # as wide as SQLite's


def _table(
    name: str, *columns: sa.Column[object] | sa.schema.SchemaItem, numbers_return: bool = True
) -> sa.Table:
    """A table; where `numbers_return` is false, the number of a deleted row is never used again."""
    return sa.Table(name, metadata, *columns, sqlite_autoincrement=not numbers_return)


def _id() -> sa.Column[str]:
    return sa.Column("id", TEXT, primary_key=True)


def _text(name: str, **more: object) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, **more)  # type: ignore[arg-type]


settings = _table(
    "settings", sa.Column("name", TEXT, primary_key=True), sa.Column("value", sa.JSON)
)

users = _table(
    "users",
    _id(),
    _text("login"),
    _text("login_key", unique=True),  # the login in lower case: letter case never tells two apart
    _text("email"),
    _text("first_name"),
    _text("last_name"),
    sa.Column("attributes", sa.JSON, nullable=False),
    _text("status"),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("changed", sa.Float, nullable=False),
    # when last reactivated, in the order in which groups are joined
    sa.Column("reactivated", NUMBER, nullable=False, default=0),
    sa.Column("has_password", sa.Boolean, nullable=False, default=True),
    sa.Column("activated", sa.Float),
    sa.Column("status_changed", sa.Float),
)

groups = _table(
    "groups",
    _id(),
    _text("type"),
    _text("name"),
    _text("description"),
    sa.Column("app_id", TEXT),  # APP_GROUP: the app it was imported from or pushed to
    sa.Column("external_id", TEXT),
    sa.Column("place", TEXT),
    sa.Column("was_pushed", sa.Boolean, nullable=False, default=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("changed", sa.Float),  # None: not since it was created
    sa.Column("members_changed", sa.Float),
    sa.Index("groups_by_name", "name"),
    sa.Index("groups_by_app", "app_id", "external_id"),
)

group_members = _table(
    "group_members",
    sa.Column("group_id", TEXT, primary_key=True),
    sa.Column("user_id", TEXT, primary_key=True),
    sa.Column("joined", NUMBER, nullable=False),  # order of joining
    sa.Column("rule_id", TEXT),  # None: added by hand
    sa.Index("groups_of_user", "user_id"),
)

group_rules = _table(
    "group_rules",
    _id(),
    _text("name", unique=True),
    _text("expression"),
    sa.Column("group_ids", sa.JSON, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("excluded", sa.JSON),  # ids of users the rule passes over
    sa.Column("created", sa.Float),
    sa.Column("changed", sa.Float),
)

apps = _table(
    "apps",
    _id(),
    _text("kind"),
    _text("label", unique=True),
    sa.Column("capabilities", sa.JSON, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("credentials", sa.JSON, nullable=False),
    sa.Column(
        "paused_until", sa.Float, nullable=False, default=0.0
    ),  # what a throttled target asked
    sa.Column("detail", sa.JSON),  # what only the API shows of it
    sa.Column("created", sa.Float),
    sa.Column("changed", sa.Float),
)

app_groups = _table(  # groups assigned to an app
    "app_groups",
    sa.Column("app_id", TEXT, primary_key=True),
    sa.Column("group_id", TEXT, primary_key=True),
    sa.Column("detail", sa.JSON),  # priority and profile, which only the API shows
    sa.Column("changed", sa.Float),
    sa.Index("apps_of_group", "group_id"),
)

app_users = _table(
    "app_users",
    sa.Column("app_id", TEXT, primary_key=True),
    sa.Column("user_id", TEXT, primary_key=True),
    sa.Column("direct", sa.Boolean, nullable=False),  # assigned to the user, not through a group
    _text("status"),
    sa.Column("external_id", TEXT),
    _text("account_login", default=""),
    sa.Column("provisioned", sa.Float),
    sa.Column("sent_create", sa.Float),  # when a create was sent that may have arrived
    _text("error", default=""),
    sa.Column("error_at", sa.Float),
    sa.Column("failure", sa.JSON),
    sa.Column("profile", sa.JSON),  # what only the API shows
    sa.Column("created", sa.Float),
    sa.Column("changed", sa.Float),
    sa.Column("status_changed", sa.Float),
    sa.Index("apps_of_user", "user_id"),
    sa.Index("users_by_account", "app_id", "external_id"),
)

mappings = _table(
    "mappings",
    _id(),
    sa.Column("app_id", TEXT, nullable=False),
    sa.Column("group_id", TEXT, nullable=False),
    sa.Column("target_group_id", TEXT, nullable=False),
    _text("status"),
    _text("target_name"),
    sa.Column("rule_id", TEXT),  # None: pushed by name
    sa.Column("options", sa.JSON, nullable=False),  # place, scope, kind, sam_account_name
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("changed", sa.Float),  # None: not since it was created
    _text("created_by"),
    sa.Column("sent_create", sa.Float),  # when a create was sent that may have arrived
    _text("sent_name", default=""),  # a rename to it may have arrived
    sa.Column("made", sa.Float),  # when the target group was made by us; 0: it was there before
    sa.Column("last_push", sa.Float),
    _text("error", default=""),
    sa.Column("error_at", sa.Float),
    sa.Column("failure", sa.JSON),  # what is known of the failed call, for the probable cause
    sa.Column("was_paused", sa.Boolean, nullable=False, default=False),  # before it was in error
    sa.UniqueConstraint("app_id", "group_id"),
    sa.Index("mappings_of_group", "group_id"),
    sa.Index("mappings_by_target", "target_group_id"),
)

links = _table(  # members the target group has, or may have, through us
    "links",
    sa.Column("mapping_id", TEXT, primary_key=True),
    sa.Column("user_id", TEXT, primary_key=True),
    _text("account_id"),
    sa.Column("sure", sa.Boolean, nullable=False),  # False: a call was sent and not answered yet
    sa.Index("links_of_user", "user_id"),
)

changes = _table(  # members whose membership changed since it was last planned
    "changes",
    sa.Column("mapping_id", TEXT, primary_key=True),
    sa.Column("user_id", TEXT, primary_key=True),
    sa.Column("sequence", NUMBER, nullable=False),
)

push_rules = _table(
    "push_rules",
    _id(),
    sa.Column("app_id", TEXT, nullable=False),
    _text("name"),
    _text("attribute"),
    _text("condition"),
    _text("value"),
    sa.Column("immediately", sa.Boolean, nullable=False),
    sa.UniqueConstraint("app_id", "name"),
)

jobs = _table(
    "jobs",
    sa.Column("sequence", NUMBER, primary_key=True),
    sa.Column("app_id", TEXT, nullable=False),
    _text("lane"),
    _text("kind"),
    _text("subject"),  # mapping id, user id, or "" for imports
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("not_before", sa.Float, nullable=False),
    sa.Column("attempts", NUMBER, nullable=False, default=0),
    sa.Column("begun", sa.Boolean, nullable=False, default=False),  # a call's fate may be unknown
    sa.Column("failed", sa.Boolean, nullable=False, default=False),
    sa.Index("jobs_of_lane", "app_id", "lane", "failed", "sequence"),
    sa.Index("jobs_of_subject", "subject"),
    numbers_return=False,  # the scheduler knows jobs by their number
)

log = _table(
    "log",
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    _text("type"),
    _text("outcome"),
    _text("message"),
    _text("reason"),
    sa.Column("targets", sa.JSON, nullable=False),  # names of what it concerns, as they were
    sa.Column("ids", sa.JSON, nullable=False),  # their ids, and that of the mapping if it is one's
)

tokens = _table(  # of the API; what they are is not kept, only what is made of it
    "tokens",
    _id(),
    _text("name", unique=True),
    _text("digest", unique=True),
    _text("kind"),  # SSWS or Bearer
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
)

counters = _table("counters", sa.Column("name", TEXT, primary_key=True), sa.Column("value", NUMBER))
