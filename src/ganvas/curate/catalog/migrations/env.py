"""Alembic environment: migrations run on the connection, and in the transaction, that the catalogue opened."""

from alembic import context

from ganvas.curate.catalog.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
