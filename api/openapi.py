"""The description of the JSON interface: problems, sign-in and permissions, besides what FastAPI finds itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from api.deps import Needs

PREFIX = "/api/v1"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "facts": {"type": "object"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "row", "field", "expected", "found", "message"],
                "properties": {
                    "code": {"type": "string"},
                    "row": {"type": ["integer", "null"]},
                    "field": {"type": "string"},
                    "expected": {"type": "string"},
                    "found": {"type": "string"},
                    "message": {"type": "string"},
                    "facts": {"type": "object"},
                },
            },
        },
    },
}
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "jibei-session"},
}


def describe(app: FastAPI) -> None:
    """Replace FastAPI's own description with ours, made once on first use."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _schema(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schema(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = SECURITY
    schema["security"] = [{"bearer": []}, {"cookie": []}]
    for route in api_routes(app):
        for method in route.methods or ():
            operation = schema["paths"][route.path_format][method.lower()]
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {
                "description": "Refused; nothing was changed",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            rights = rights_of(route)
            operation["x-permissions"] = [str(permission) for need in rights for permission in need.permissions]
    return schema


def api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """Every route of the JSON interface as it is reached, prefix included."""
    for route in iter_route_contexts(app.routes):
        if (route.path or "").startswith(PREFIX) and route.methods:
            yield route


def rights_of(route: RouteContext) -> list[Needs]:
    """The rows of the rights matrix that stand on a route."""
    return list(_needs(route.dependant))


def _needs(dependant: Dependant) -> Iterator[Needs]:
    for each in dependant.dependencies:
        if isinstance(each.call, Needs):
            yield each.call
        yield from _needs(each)
