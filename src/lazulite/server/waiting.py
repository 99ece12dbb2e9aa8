"""Waiting for a run's events without a thread for each who waits: short looks, less often the longer nothing comes."""

from __future__ import annotations

import functools
import time

import anyio
from starlette.requests import Request

from lazulite.api.service import Service
from lazulite.model.events import Event
from lazulite.server.working import Workers

#: How soon to look again: at first, at most, and between the two as a part of the time since the last news.
_SHORTEST, _LONGEST, _PART = 0.01, 0.25, 0.05
#: How often who waits sees to it that the engine lives, in seconds.
_CARE_SECONDS = 5.0


async def wait_for_events(
    request: Request,
    workspace: str,
    run_id: str,
    after: int = 0,
    wait_seconds: float = 0.0,
    about: str | None = None,
) -> tuple[Event, ...]:
    """As `Service.get_events`; it waits no longer than the server's settings allow."""
    state = request.app.state
    service: Service = state.service
    workers: Workers = state.workers
    look = functools.partial(service.get_events, workspace, run_id, after, about=about)
    began = cared = time.monotonic()
    deadline = began + min(wait_seconds, state.settings.max_wait_seconds)
    while True:
        events = await workers.look(look)
        now = time.monotonic()
        if events or now >= deadline:
            return events
        if now - cared > _CARE_SECONDS:
            await workers.look(functools.partial(_care, service, workspace, run_id))
            cared = now
        await anyio.sleep(min(_LONGEST, max(_SHORTEST, (now - began) * _PART), deadline - now))


def _care(service: Service, workspace: str, run_id: str) -> None:
    """Start an engine that died while its run is active."""
    if not service.get_run(workspace, run_id).status.is_terminal and not service.engine_status().running:
        service.start_engine()
