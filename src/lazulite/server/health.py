"""Whether the server lives (`/health`, open to all), and whether it can work (`/ready`)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lazulite import __version__
from lazulite.api.service import Service
from lazulite.model.errors import LazuliteError
from lazulite.server.working import Workers


async def health(_request: Request) -> Response:
    """It answers: that is all it says."""
    return JSONResponse({"status": "ok", "version": __version__})


async def ready(request: Request) -> Response:
    """200 if the records can be read; the engine is started at need, so its absence is no fault."""
    service: Service = request.app.state.service
    workers: Workers = request.app.state.workers
    try:
        status = await workers.call(service.engine_status)
    except LazuliteError as error:
        return JSONResponse({"status": "unavailable", "reason": error.code}, 503)
    return JSONResponse({"status": "ready", "engine": status.running})
