"""How Alembic reaches the database: a connection handed over by ``migrate``, or the settings' owner URL."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from reserve.db import grant_application_rights, owner_engine
from reserve.models import append_only_tables, kept_tables, metadata
from reserve.settings import Settings

UNMAPPED = {"ledger_position"}
"""SQLite's counter row has no mapped class; PostgreSQL has a sequence of the same name."""


def _include(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    return not (kind == "table" and name in UNMAPPED)


def _migrate(connection: Connection, app_role: str) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=_include,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        at_head = context.get_context().get_current_revision() == context.get_head_revision()
        if at_head:
            grant_application_rights(connection, app_role, append_only_tables(), kept_tables())


settings = Settings()
handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    _migrate(handed_over, context.config.attributes.get("app_role", settings.app_role))
else:
    engine = owner_engine(settings.owner_database_url or settings.database_url)
    with engine.begin() as opened:
        _migrate(opened, settings.app_role)
