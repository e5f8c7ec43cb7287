"""The description of the JSON interface, offline, for signed-in officers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from api.auth import Caller, read_caller
from api.rendering import page
from reserve.errors import NotAllowed

router = APIRouter()


def read_officer(caller: Annotated[Caller, Depends(read_caller)]) -> Caller:
    """Somebody with a role; an account without one has no business with the interface."""
    if not caller.actor.grants:
        raise NotAllowed("role")
    return caller


@router.get("/docs")
def docs(request: Request, caller: Annotated[Caller, Depends(read_officer)]) -> Response:
    return page(request, "docs.html", {"caller": caller})


@router.get("/openapi.json")
def openapi(request: Request, caller: Annotated[Caller, Depends(read_officer)]) -> Response:
    description: dict[str, Any] = request.app.openapi()
    return JSONResponse(description)
