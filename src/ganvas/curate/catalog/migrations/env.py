"""How Alembic runs the migrations: on the connection, and inside the transaction, that the catalogue opened."""

from alembic import context

from ganvas.curate.catalog.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
