"""Numbers about the server for Prometheus, in a registry of its own: several servers in one process count apart."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from lazulite.server.working import Workers

KIND = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts requests by route, method and status, and times them by route."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "lazulite_http_requests", "Answers sent.", ["route", "method", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "lazulite_http_request_seconds",
            "Time until the end of the answer.",
            ["route"],
            registry=self._registry,
        )
        self._active = Gauge(
            "lazulite_active_runs", "Pipeline runs that have not ended.", registry=self._registry
        )
        self._engine = Gauge("lazulite_engine_running", "Whether the engine lives.", registry=self._registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer. Paths that no route has are one line, so that strangers cannot make more of them."""
        endpoint = scope.get("endpoint")
        route = getattr(endpoint, "template", None) or getattr(endpoint, "__name__", None) or "none"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    async def answer(self, request: Request) -> Response:
        """The route `/metrics`."""
        workers: Workers = request.app.state.workers
        status = await workers.call(request.app.state.service.engine_status)
        self._active.set(status.active_runs)
        self._engine.set(status.running)
        return Response(generate_latest(self._registry), media_type=KIND)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
