"""``reserve serve``: the web server, and on SQLite the only writing process."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api import logs
from api.app import create_app
from api.cli.lock import DatabaseInUse, only_writer
from api.cli.opening import clock_of, open_database, refuse, say
from reserve.commands import Runner
from reserve.db import Database
from reserve.settings import Settings

FACTORY = "api.cli.serving:application"


def serve(
    host: Annotated[str | None, typer.Option(help="地址 · address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="端口 · port")] = None,
    processes: Annotated[int, typer.Option(min=1, help="进程数,多于 1 个须用 PostgreSQL · web processes")] = 1,
) -> None:
    """启动服务 · Serve pages and the JSON interface."""
    settings = Settings()
    host, port = host or settings.host, port or settings.port
    logs.configure()
    with open_database(settings) as database:
        if database.is_sqlite and processes > 1:
            refuse("Several web processes need PostgreSQL. On SQLite the server is the one writing process.")
        try:
            with only_writer(database):
                _listen(database, settings, host, port, processes)
        except DatabaseInUse:
            refuse(
                "Another process of this system writes to {path}. Stop it first, or do the same in the browser.",
                path=database.path,
            )


def application() -> FastAPI:
    """The application of one of several web processes; settings come from the environment."""
    settings = Settings()
    logs.configure()
    database = Database(settings.database_url)
    return create_app(Runner(database, clock_of(database)), settings)


def _listen(database: Database, settings: Settings, host: str, port: int, processes: int) -> None:
    say("Serving at {url}. Stop with Ctrl+C.", url=f"http://{host}:{port}")
    if processes > 1:
        uvicorn.run(FACTORY, factory=True, workers=processes, host=host, port=port, access_log=False, log_config=None)
        return
    app = create_app(Runner(database, clock_of(database)), settings)
    uvicorn.run(app, host=host, port=port, access_log=False, log_config=None, server_header=False)
