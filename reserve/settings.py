"""Settings, from the environment (``RESERVE_…``) or the command line. Each is documented in docs/operations.md."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix="RESERVE_", frozen=True)

    database_url: str = "sqlite:///reserve.sqlite"
    """SQLAlchemy URL: ``sqlite:///file`` or ``postgresql+psycopg://…`` as the application role."""
    owner_database_url: str | None = None
    """PostgreSQL only: URL of the role that owns the tables and migrates."""
    app_role: str = "jibei_app"
    """PostgreSQL only: the role that the application signs in with; migrations grant to it."""
    host: str = "127.0.0.1"
    port: int = 8000
    plain_http: bool = True
    """Cookies without ``Secure``, with a warning at sign-in; set to false behind HTTPS."""
    argon2_memory_kib: int = 65536
    argon2_time_cost: int = 3
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    signing_minutes: int = 5
    """How old the last password may be when somebody signs a paper or gives a role."""
    parallel_sign_ins: int = 4

    @property
    def sqlite_path(self) -> Path | None:
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None
