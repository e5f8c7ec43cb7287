"""The web application, made for one runner. Nothing here is global."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from fastapi_offline.core import _STATIC_PATH as OFFLINE_DOCS
from starlette.staticfiles import StaticFiles

from api import errors
from api.doors import open_doors
from api.health import router as health_router
from api.middleware import Porch
from api.openapi import PREFIX, describe
from api.pages import (
    charts,
    counting,
    docs,
    home,
    keeping,
    machines,
    moving,
    offline,
    orders,
    papers,
    planner,
    prints,
    receiving,
    recovery,
    scenarios,
    search,
    sheets,
    shipping,
    sign_in,
    stock,
    styleguide,
)
from api.rendering import FOLDER
from api.routes import ROUTERS
from reserve.commands import Runner
from reserve.settings import Settings

DESK = (keeping, machines, receiving, moving, recovery, shipping, counting, offline)
PLANNING = (planner, scenarios)
PAGES = tuple(
    each.router
    for each in (
        sign_in,
        home,
        search,
        stock,
        charts,
        papers,
        orders,
        sheets,
        prints,
        docs,
        styleguide,
        *DESK,
        *PLANNING,
    )
)
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def _nothing_beside(app: FastAPI) -> AsyncIterator[None]:
    yield


def _with_figures(beside: Lifespan) -> Lifespan:
    """What runs beside the server, and at its end the rendering process is sent away."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with beside(app):
            try:
                yield
            finally:
                app.state.doors.renderer.close()

    return lifespan


def create_app(runner: Runner, settings: Settings, *, beside: Lifespan = _nothing_beside) -> FastAPI:
    """Pages, JSON under /api/v1, health. ``beside`` runs as long as the server does: the worker's loop."""
    app = FastAPI(
        title="冀备 Jibei",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_with_figures(beside),
        redirect_slashes=False,
    )
    app.state.doors = open_doors(runner, settings)
    app.add_middleware(Porch, strict_transport=not settings.plain_http)
    errors.install(app)
    app.mount("/static-offline-docs", StaticFiles(directory=OFFLINE_DOCS), name="static-offline-docs")
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for router in (health_router, offline.worker, *PAGES):
        app.include_router(router, include_in_schema=False)
    for api_router in ROUTERS:
        app.include_router(api_router, prefix=PREFIX)
    describe(app)
    return app
