"""What every request passes: an id, a size limit, security headers, one line in the log."""

from __future__ import annotations

import time
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import refuse_size, tell_broken
from api.sheets.files import MAX_BYTES

MAX_BODY = 2 * 1024 * 1024
"""Bytes of a request body."""
MAX_SHEET_BODY = MAX_BYTES + 64 * 1024
"""Bytes of a body that brings a sheet: the file and the form around it."""
SHEET_PATHS = ("/api/v1/sheets/", "/sheets/")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send "Origin: null" with our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}

log = structlog.get_logger()


class Porch:
    """The outermost layer of ours: what goes wrong inside becomes an answer here, dressed like any other.

    Pure ASGI: it adds no thread and buffers nothing.
    """

    def __init__(self, app: ASGIApp, *, strict_transport: bool) -> None:
        self.app = app
        self.headers = HEADERS | (
            {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if strict_transport else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, scope, request_id)
            await send(message)

        try:
            await self._limited(scope, receive, send_dressed)
        except Exception as error:
            await tell_broken(Request(scope), error)(scope, receive, send_dressed)
        finally:
            _write_line(scope, status, time.perf_counter() - started)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body by its declared length, or when it grows beyond the limit without one."""
        most = MAX_SHEET_BODY if scope["path"].startswith(SHEET_PATHS) else MAX_BODY
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            await refuse_size(Request(scope))(scope, receive, send)
            return
        size = 0

        async def receive_counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_counted, send)

    def _dress(self, message: MutableMapping[str, Any], scope: Scope, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        headers["X-Request-ID"] = request_id
        if not scope["path"].startswith(("/static/", "/static-offline-docs/")):
            headers.setdefault("Cache-Control", "no-store")


def _write_line(scope: Scope, status: int, seconds: float) -> None:
    route, prefix = scope.get("route"), "/api/v1" if scope["path"].startswith("/api/v1/") else ""
    actor = scope["state"].get("actor")
    log.info(
        "request",
        method=scope["method"],
        path=prefix + getattr(route, "path", "?"),
        status=status,
        milliseconds=round(seconds * 1000, 1),
        user_id=actor.user_id if actor else None,
    )
