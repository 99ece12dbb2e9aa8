"""The server as one ASGI application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route, Router

from lazulite.api.operations import PREFIX
from lazulite.api.service import Service
from lazulite.model.errors import LazuliteError
from lazulite.server import api, health, logs, openapi, portal_pages, streams
from lazulite.server.callers import Guard
from lazulite.server.discretion import discreet
from lazulite.server.errors import answer_error, answer_http
from lazulite.server.gate import Gate
from lazulite.server.metrics import Metrics
from lazulite.server.news import News
from lazulite.server.settings import Settings
from lazulite.server.v1 import routes as v1_routes
from lazulite.server.v1.places import Places
from lazulite.server.working import Workers


def make_app(service: Service, guard: Guard, settings: Settings | None = None) -> Starlette:
    """The application that answers for `service`.

    Args:
        service: What does the work; its calls run in worker threads.
        guard: Tells who calls, and brings its own routes (login, tokens).
        settings: What can be chosen.

    Its `state` holds `service`, `guard`, `settings`, `workers`, `news` (close it when the server is to stop, so that
    streams end), and `audit`: the guard's, told of every change.
    """
    service = discreet(service)
    settings = settings or Settings()
    metrics = Metrics()
    routes: list[BaseRoute] = [
        Route("/health", health.health),
        Route("/ready", health.ready),
        Route("/metrics", metrics.answer),
        *guard.routes(),
        Mount(PREFIX, app=Router([*api.routes(), *_further()], redirect_slashes=False)),
        *v1_routes.mounts(),
        *portal_pages.routes(),
    ]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, guard=guard, settings=settings, metrics=metrics)],
        exception_handlers={LazuliteError: answer_error, HTTPException: answer_http},
    )
    app.router.redirect_slashes = False
    app.state.service = service
    app.state.guard = guard
    app.state.settings = settings
    app.state.workers = Workers(settings)
    app.state.news = News(service, app.state.workers, settings.max_streams)
    app.state.places = Places(service)
    app.state.audit = guard.audit
    return app


def _further() -> list[BaseRoute]:
    """Routes of our API that are no rows of the operations table: streams, logs, the API's own description."""
    run = "/workspaces/{workspace}/runs/{run_id}"
    return [
        Route("/openapi.json", openapi.answer),
        Route(run + "/events/stream", streams.events),
        Route(run + "/logs", logs.listing),
        Route(run + "/logs/text", logs.text),
        Route(run + "/logs/stream", logs.tail),
    ]
