"""JSON under /api/v1, one file per slice: translate, hand over, return."""

from __future__ import annotations

from api.routes import access, audit, organisations, papers

ROUTERS = (access.router, organisations.router, papers.router, audit.router)
