"""Runs the migrations in the application's context, on either engine."""

from alembic import context
from flask import current_app

from ohs.kernel.database import writing

database = current_app.extensions["migrate"].db

with writing(), database.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
