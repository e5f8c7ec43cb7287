"""Alive, and ready to work: for supervisors and load balancers, without sign-in and without details."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy.exc import DBAPIError
from starlette.responses import JSONResponse

from api.auth import doors_of
from reserve.errors import Unavailable
from reserve.organisations.queries import find_installation

router = APIRouter()


@router.get("/health")
def health() -> JSONResponse:
    """The process answers. Says nothing about the database."""
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready(request: Request) -> JSONResponse:
    """The database answers and carries our tables."""
    try:
        doors_of(request).runner.ask(find_installation)
    except (DBAPIError, Unavailable):
        return JSONResponse({"status": "unavailable"}, 503, {"Retry-After": "2"})
    return JSONResponse({"status": "ok"})
