"""What happens to a run, as it happens: events and log lines as server-sent events.

    id: 12
    event: status
    data: {"sequence": 12, "kind": "status", …}

A reader whose connection broke sends the last id it saw (browsers do so by themselves) and misses nothing. The stream ends
with the event `end` when the run has ended and all was told.
"""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from lazulite.api.service import Service
from lazulite.model.codec import dumps
from lazulite.model.errors import InvalidRequest
from lazulite.model.events import Event, EventKind
from lazulite.model.run import Run, RunStatus
from lazulite.server.news import News
from lazulite.server.permits import require_run
from lazulite.server.working import Workers

#: How long a browser waits before it comes back, in milliseconds.
_RETRY = 2000
_HEADERS = {"X-Accel-Buffering": "no"}  # a proxy must not collect them
_ENDED = frozenset(status.value for status in RunStatus if status.is_terminal)


async def events(request: Request) -> Response:
    """The events of a pipeline run from `after` (or the header Last-Event-ID) on; of a step run those about it."""
    workspace, run_id = request.path_params["workspace"], request.path_params["run_id"]
    require_run(request.state.caller, workspace, run_id, "follow a run")
    after = start_of(request, "after")
    run = await run_of(request)
    about = None if run.id == run.root_id else run_id
    return stream(request, _events(request, run, about, after))


async def _events(request: Request, run: Run, about: str | None, after: int) -> AsyncIterator[str]:
    news: News = request.app.state.news
    heartbeat = request.app.state.settings.heartbeat_seconds
    yield f"retry: {_RETRY}\n\n"
    is_over = run.status.is_terminal
    while not news.is_closed:
        found = await news.events(run.workspace, run.root_id, after, 0.0 if is_over else heartbeat, about)
        for event in found:
            after = event.sequence
            is_over = is_over or _ends(event, run.id)
            yield message(event.kind.value, dumps(event), str(after))
        if is_over and not found:
            yield message("end", json.dumps({"run_id": run.id}), str(after))
            return
        if not found:
            run = await run_of(request)  # its last event may be one that this version does not know
            is_over = run.status.is_terminal
            yield ": still here\n\n"


def _ends(event: Event, run_id: str) -> bool:
    return event.kind is EventKind.STATUS and event.subject == run_id and event.data.get("status") in _ENDED


# --- what all streams share ---


def stream(request: Request, messages: AsyncIterator[str]) -> Response:
    """The answer that sends `messages`; `ServiceUnavailable` if too many are open."""
    if request.method == "HEAD":
        return Response(headers=_HEADERS, media_type="text/event-stream")
    news: News = request.app.state.news
    news.open_stream()
    return _Stream(news, messages)


class _Stream(StreamingResponse):
    """Is counted until it ends, also where its reader had gone before the first message."""

    def __init__(self, news: News, messages: AsyncIterator[str]) -> None:
        super().__init__(messages, headers=_HEADERS, media_type="text/event-stream")
        self._news = news

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._news.close_stream()


def message(event: str, data: str, number: str) -> str:
    """One message. `data` is JSON text, which has no line ends of its own."""
    return f"id: {number}\nevent: {event}\ndata: {data}\n\n"


def start_of(request: Request, name: str) -> int:
    """Where a stream begins: the last id that its reader saw, else the parameter `name` of the query, else 0."""
    text = request.headers.get("last-event-id") or request.query_params.get(name, "0")
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - digits of any real one
        raise InvalidRequest(
            f"{name} is {text!r}. Expected a whole number, as in the ids of the stream.", name=name
        )
    return int(text)


async def run_of(request: Request) -> Run:
    """The run that the path names (`NotFound` if there is none)."""
    service: Service = request.app.state.service
    workers: Workers = request.app.state.workers
    parameters = request.path_params
    return await workers.look(
        functools.partial(service.get_run, parameters["workspace"], parameters["run_id"])
    )
