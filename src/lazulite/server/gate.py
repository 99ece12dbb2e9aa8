"""What every request passes: checks before the routes, and what every answer gets on its way out.

It is one piece of middleware, so that each request pays for it once, and the outermost of ours, so that errors of any
depth leave in the right shape with the right headers.
"""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lazulite.model.errors import LazuliteError, Unauthenticated
from lazulite.server import changes, checks, cross_origin
from lazulite.server.bodies import Bounded
from lazulite.server.callers import Guard
from lazulite.server.errors import answer_crash, answer_error
from lazulite.server.headers import dress
from lazulite.server.metrics import Metrics
from lazulite.server.permits import require_path
from lazulite.server.settings import Settings


class Gate:
    """Middleware around all routes."""

    def __init__(self, app: ASGIApp, guard: Guard, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._guard = guard
        self._settings = settings
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request = Request(scope, receive)
        departure = _Departure(request, send, cross_origin.headers_for(self._foreign(request)))
        try:
            await self._enter(request, departure)
        except LazuliteError as error:
            if departure.status:
                raise
            response = await answer_error(request, error)
            if getattr(scope.get("lazulite.body"), "is_given_up", False):
                response.headers["Connection"] = "close"
            await response(scope, receive, departure)
        except Exception as error:
            if departure.status:
                raise
            response = await answer_crash(request, error)
            await response(scope, receive, departure)
        finally:
            self._metrics.count(scope, departure.status, time.perf_counter() - began)

    async def _enter(self, request: Request, send: Send) -> None:
        scope = request.scope
        state = scope.setdefault("state", {})
        state["caller"] = None
        checks.check_host(request, self._settings)
        checks.check_path(scope)
        body = Bounded(request.receive, self._settings.max_body_bytes, self._settings.read_seconds)
        scope["lazulite.body"] = body
        if cross_origin.is_preflight(request) and self._foreign(request):
            await cross_origin.preflight()(scope, body, send)
            return
        state["caller"] = caller = await self._guard.identify(request)
        checks.check_origin(request, self._settings, caller)
        if caller is not None:
            require_path(caller, scope["path"])
        if caller is None and not self._is_open(scope["path"]):
            challenge = await self._guard.challenge(request)
            if challenge is None:
                raise Unauthenticated(
                    "The request does not say who calls, or its token is wrong or has ended. Send the header "
                    "Authorization: Bearer <token>, as get_authentication_header() gives it."
                )
            await challenge(scope, body, send)
            return
        await self._app(scope, body, send)

    def _foreign(self, request: Request) -> str | None:
        return cross_origin.allowed_origin(request, self._settings)

    def _is_open(self, path: str) -> bool:
        return path in ("/health", "/favicon.ico") or path.startswith("/static/") or self._guard.is_open(path)


class _Departure:
    """`send` that gives each answer its headers, sees to its entry in the log of changes before it begins, and knows its
    status once it has begun."""

    def __init__(self, request: Request, send: Send, headers: cross_origin.Pairs) -> None:
        self._request = request
        self._scope = request.scope
        self._send = send
        self._headers = headers
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            write = changes.due(self._request, self.status)
            if write is not None:
                await self._request.app.state.workers.call(write)
            dress(self._scope, message)
            message["headers"] += self._headers
        await self._send(message)
