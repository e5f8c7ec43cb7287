"""``reserve serve``: the web server, on SQLite the only writing process. ``reserve worker``: nothing but solves."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from api import logs
from api.app import create_app
from api.cli.lock import DatabaseInUse, only_writer
from api.cli.opening import DatabaseOption, clock_of, open_database, refuse, say, settings_of
from api.jobs import Dispatcher
from api.worker import DurableQueue, solving
from reserve.commands import Runner
from reserve.db import Database
from reserve.settings import Settings

FACTORY = "api.cli.serving:application"


def serve(
    host: Annotated[str | None, typer.Option(help="地址 · address to listen on")] = None,
    port: Annotated[int | None, typer.Option(help="端口 · port")] = None,
    processes: Annotated[int, typer.Option(min=1, help="进程数,多于 1 个须用 PostgreSQL · web processes")] = 1,
    database: DatabaseOption = None,
) -> None:
    """启动服务 · Serve pages and the JSON interface."""
    settings = settings_of(database)
    host, port = host or settings.host, port or settings.port
    logs.configure()
    with open_database(settings) as opened:
        if opened.is_sqlite and processes > 1:
            refuse("Several web processes need PostgreSQL. On SQLite the server is the one writing process.")
        try:
            with only_writer(opened):
                _listen(opened, settings, host, port, processes)
        except DatabaseInUse:
            refuse(
                "Another process of this system writes to {path}. Stop it first, or do the same in the browser.",
                path=opened.path,
            )


def worker(
    slot: Annotated[int, typer.Option(min=1, help="本机第几个 · number of this worker on its machine")] = 1,
    database: DatabaseOption = None,
) -> None:
    """只做计算,结果由服务器入库 · Solve plans; the server stores what comes out."""
    settings = settings_of(database)
    logs.configure()
    with solving(settings, f"{socket.gethostname()}-{slot}"):
        say("Worker {slot} takes solves. Stop with Ctrl+C.", slot=slot)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


def application() -> FastAPI:
    """The application of one of several web processes; settings come from the environment. It solves nothing itself."""
    settings = Settings()
    logs.configure()
    database = Database(settings.database_url)
    runner = Runner(database, clock_of(database))

    @asynccontextmanager
    async def beside(app: FastAPI) -> AsyncIterator[None]:
        with dispatching(runner, settings):
            yield

    return create_app(runner, settings, beside=beside)


@contextmanager
def dispatching(runner: Runner, settings: Settings) -> Iterator[None]:
    """Carry jobs between the outbox and the durable queue for as long as this lasts."""
    queue = DurableQueue(settings)
    dispatcher = Dispatcher(runner, queue)
    dispatcher.start()
    try:
        yield
    finally:
        dispatcher.stop()
        queue.close()


def _listen(database: Database, settings: Settings, host: str, port: int, processes: int) -> None:
    say("Serving at {url}. Stop with Ctrl+C.", url=f"http://{host}:{port}")
    if processes > 1:
        say("Web processes solve nothing: run `reserve worker` beside them.")
        os.environ["RESERVE_DATABASE_URL"] = settings.database_url  # the children read their settings there
        uvicorn.run(FACTORY, factory=True, workers=processes, host=host, port=port, access_log=False, log_config=None)
        return
    runner = Runner(database, clock_of(database))
    with solving(settings, "server"), dispatching(runner, settings):
        app = create_app(runner, settings)
        uvicorn.run(app, host=host, port=port, access_log=False, log_config=None, server_header=False)
