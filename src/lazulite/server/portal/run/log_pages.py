"""What the log viewer asks for: lines by number, where a text or the first error stands, and lines as they come."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from lazulite.model.errors import LazuliteError, NotFound
from lazulite.server import streams
from lazulite.server.news import News
from lazulite.server.portal.routing import Visit, reading
from lazulite.server.portal.run.ansi import pieces
from lazulite.server.portal.run.log_file import Page
from lazulite.server.portal.run.run_files import RunFiles, files_of
from lazulite.server.working import Workers

_RUN = "/workspaces/{workspace}/runs/{run_id}/log"
#: Lines of one answer, and numbers of lines that hold a text.
_MOST_LINES, _MOST_FOUND = 2000, 5000
_LOOK_SECONDS, _HEARTBEAT_SECONDS = 0.4, 15.0


def routes() -> list[BaseRoute]:
    """The viewer's addresses; they answer with JSON, and the last with events."""
    return [reading(_RUN, lines), reading(_RUN + "/find", find), reading(_RUN + "/stream", stream)]


def lines(visit: Visit) -> Response:
    """`count` lines from number `from` on (negative: from the end)."""
    first = _number(visit, "from", 1)
    count = min(_MOST_LINES, max(1, _number(visit, "count", 500)))
    return JSONResponse(_document(_files(visit).log(visit.asked("file")).page(first, count)))


def find(visit: Visit) -> Response:
    """The numbers of the lines that hold `text`; without it, that of the first line that looks like an error."""
    log = _files(visit).log(visit.asked("file"))
    text = visit.request.query_params.get("text", "")
    if text:
        found = log.find(text[:1000], _MOST_FOUND)
    else:
        first = log.first_error()
        found = [] if first is None else [first]
    return JSONResponse({"lines": found, "total": log.total, "is_cut": len(found) == _MOST_FOUND})


def stream(visit: Visit) -> Response:
    """Whole lines after number `after` as they come, as server-sent events; `end` when the run has ended."""
    start = streams.start_of(visit.request, "after")
    return streams.stream(visit.request, _tail(visit, _files(visit), visit.asked("file"), start))


async def _tail(visit: Visit, files: RunFiles, name: str, after: int) -> AsyncIterator[str]:
    news: News = visit.request.app.state.news
    workers: Workers = visit.request.app.state.workers
    yield "retry: 2000\n\n"
    told = time.monotonic()
    while not news.is_closed:
        try:
            page, has_ended = await workers.look(functools.partial(_look, visit, files, name, after))
        except LazuliteError:  # the run was deleted
            return
        if page is not None and page.lines:
            after = page.last
            yield f"id: {after}\ndata: {json.dumps(_document(page))}\n\n"
            told = time.monotonic()
            continue
        if has_ended:
            yield "event: end\ndata: {}\n\n"
            return
        if time.monotonic() - told > _HEARTBEAT_SECONDS:
            yield ": still here\n\n"
            told = time.monotonic()
        await anyio.sleep(_LOOK_SECONDS)


def _look(visit: Visit, files: RunFiles, name: str, after: int) -> tuple[Page | None, bool]:
    """What came since, and whether the run had ended before that was looked for: then nothing more will come."""
    run = visit.service.get_run(files.run.workspace, files.run.id)
    has_ended = run.status.is_terminal
    try:
        log = files.log(name)
    except NotFound:
        return None, has_ended
    return log.page(after + 1, _MOST_LINES, whole=not has_ended), has_ended


def _files(visit: Visit) -> RunFiles:
    return files_of(visit.service, visit.service.get_run(visit.workspace.id, visit.part("run_id")))


def _document(page: Page) -> dict[str, Any]:
    shown = [[[piece.text, piece.look] for piece in pieces(line)] for line in page.lines]
    return {"first": page.first, "lines": shown, "total": page.total, "size": page.size}


def _number(visit: Visit, name: str, usual: int) -> int:
    text = visit.asked(name)
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 12 else usual  # noqa: PLR2004
