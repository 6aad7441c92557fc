"""How Alembic runs the migrations: on the connection it is handed, in that one's transaction."""

from alembic import context

from harness.org import schema
from harness.org.database import VERSIONS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    version_table=VERSIONS,
    render_as_batch=True,
)
context.run_migrations()
