"""Running the migrations from code, so that an installed wheel needs no alembic.ini."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL, Connection

from reserve.db import owner_engine


def configuration(connection: Connection | None = None, app_role: str | None = None) -> Config:
    """Alembic's configuration, pointing at the scripts beside this file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    if connection is not None:
        config.attributes["connection"] = connection
    if app_role is not None:
        config.attributes["app_role"] = app_role
    return config


def upgrade(url: str | URL, *, revision: str = "head", app_role: str | None = None) -> None:
    """Bring a database to a revision, as its owner. All steps are one transaction."""
    engine = owner_engine(url)
    try:
        with engine.begin() as connection:
            command.upgrade(configuration(connection, app_role), revision)
    finally:
        engine.dispose()


def downgrade(url: str | URL, revision: str) -> None:
    """Take a database back to a revision, as its owner."""
    engine = owner_engine(url)
    try:
        with engine.begin() as connection:
            command.downgrade(configuration(connection), revision)
    finally:
        engine.dispose()
