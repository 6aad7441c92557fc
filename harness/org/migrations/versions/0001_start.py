"""The tables of an org as they were first kept."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "app_groups",
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("app_id", "group_id"),
        sqlite_autoincrement=False,
    )
    op.create_index("apps_of_group", "app_groups", ["group_id"], unique=False)
    op.create_table(
        "app_users",
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("account_login", TEXT, nullable=False),
        sa.Column("provisioned", sa.Float(), nullable=True),
        sa.Column("sent_create", sa.Float(), nullable=True),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("error_at", sa.Float(), nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("profile", sa.JSON(), nullable=True),
        sa.Column("created", sa.Float(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.Column("status_changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("app_id", "user_id"),
        sqlite_autoincrement=False,
    )
    op.create_index("apps_of_user", "app_users", ["user_id"], unique=False)
    op.create_index("users_by_account", "app_users", ["app_id", "external_id"], unique=False)
    op.create_table(
        "apps",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("credentials", sa.JSON(), nullable=False),
        sa.Column("paused_until", sa.Float(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("created", sa.Float(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("label"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "changes",
        sa.Column("mapping_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("mapping_id", "user_id"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "counters",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "group_members",
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("joined", NUMBER, nullable=False),
        sa.Column("rule_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("group_id", "user_id"),
        sqlite_autoincrement=False,
    )
    op.create_index("groups_of_user", "group_members", ["user_id"], unique=False)
    op.create_table(
        "group_rules",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("expression", TEXT, nullable=False),
        sa.Column("group_ids", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=True),
        sa.Column("created", sa.Float(), nullable=True),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "groups",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("app_id", TEXT, nullable=True),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("was_pushed", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.Column("members_changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=False,
    )
    op.create_index("groups_by_app", "groups", ["app_id", "external_id"], unique=False)
    op.create_index("groups_by_name", "groups", ["name"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("lane", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_of_lane", "jobs", ["app_id", "lane", "failed", "sequence"], unique=False)
    op.create_index("jobs_of_subject", "jobs", ["subject"], unique=False)
    op.create_table(
        "links",
        sa.Column("mapping_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("mapping_id", "user_id"),
        sqlite_autoincrement=False,
    )
    op.create_index("links_of_user", "links", ["user_id"], unique=False)
    op.create_table(
        "log",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "mappings",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("target_group_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("target_name", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=True),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=True),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("sent_create", sa.Float(), nullable=True),
        sa.Column("sent_name", TEXT, nullable=False),
        sa.Column("made", sa.Float(), nullable=True),
        sa.Column("last_push", sa.Float(), nullable=True),
        sa.Column("error", TEXT, nullable=False),
        sa.Column("error_at", sa.Float(), nullable=True),
        sa.Column("failure", sa.JSON(), nullable=True),
        sa.Column("was_paused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("app_id", "group_id"),
        sqlite_autoincrement=False,
    )
    op.create_index("mappings_of_group", "mappings", ["group_id"], unique=False)
    op.create_index("mappings_by_target", "mappings", ["target_group_id"], unique=False)
    op.create_table(
        "push_rules",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("attribute", TEXT, nullable=False),
        sa.Column("condition", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("immediately", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("app_id", "name"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "settings",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "tokens",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=False,
    )
    op.create_table(
        "users",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("login_key", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.Column("reactivated", NUMBER, nullable=False),
        sa.Column("has_password", sa.Boolean(), nullable=False),
        sa.Column("activated", sa.Float(), nullable=True),
        sa.Column("status_changed", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("login_key"),
        sqlite_autoincrement=False,
    )
