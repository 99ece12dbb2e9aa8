"""The logs of a run: which there are, their text, and what is added while the run goes on."""

from __future__ import annotations

import asyncio
import codecs
import functools
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lazulite.api.service import Service
from lazulite.model.errors import NotFound, PathEscapes
from lazulite.model.run import Run
from lazulite.server.answers import file_answer, json_answer
from lazulite.server.news import News
from lazulite.server.permits import require_run
from lazulite.server.run_files import DRIVER_LOG, RunFolder, folder_of, no_log
from lazulite.server.streams import message, run_of, start_of, stream
from lazulite.server.working import Workers

_PIECE = 1 << 16
#: How soon to look again: at first, at most, and as a part of the time since something was added.
_SHORTEST, _LONGEST, _PART = 0.1, 1.0, 0.1


async def listing(request: Request) -> Response:
    """The log files of a run: path, size, time of the last change. Of a reused step those of the run it reuses."""
    folder, _ = await _folder(request)
    workers: Workers = request.app.state.workers
    return json_answer(request, await workers.call(functools.partial(folder.logs, request.app.state.service)))


async def text(request: Request) -> Response:
    """The text of one log, `name` (what the script printed, without it)."""
    folder, run = await _folder(request)
    name = _name(request)
    workers: Workers = request.app.state.workers
    try:
        source = await workers.transfer(functools.partial(folder.open, request.app.state.service, name))
    except NotFound as error:
        raise no_log(run, name) from error
    return file_answer(source, workers, "text/plain; charset=utf-8", method=request.method)


async def tail(request: Request) -> Response:
    """What is in a log and what is added to it, as it comes. An id is a place in the file, in bytes."""
    folder, run = await _folder(request)
    return stream(request, _tail(request, run, folder, _name(request), start_of(request, "offset")))


async def _tail(request: Request, run: Run, folder: RunFolder, name: str, offset: int) -> AsyncIterator[str]:
    news: News = request.app.state.news
    added = beaten = time.monotonic()
    log = _Log(request.app.state.service, folder, name, offset)
    yield "retry: 2000\n\n"
    while not news.is_closed:
        is_over = run.status.is_terminal  # before the look, so that nothing is added after the last one
        words = await request.app.state.workers.look(log.added)
        now = time.monotonic()
        if words is None:
            yield message("reset", "{}", "0")  # the step is tried again, and writes the log anew
            continue
        if words:
            added = beaten = now
            yield message(
                "log", json.dumps({"name": name, "text": words}, ensure_ascii=False), str(log.offset)
            )
            continue
        if is_over:
            yield message("end", json.dumps({"run_id": run.id, "status": run.status.value}), str(log.offset))
            return
        if now - beaten > request.app.state.settings.heartbeat_seconds:
            beaten = now
            yield ": still here\n\n"
        await asyncio.sleep(min(_LONGEST, max(_SHORTEST, (now - added) * _PART)))
        run = await run_of(request)
        if run.reused_run_id:
            log.folder = (await _folder(request))[0]


class _Log:
    """A log that grows, read from `offset` on."""

    def __init__(self, service: Service, folder: RunFolder, name: str, offset: int) -> None:
        self.folder = folder
        self.offset = offset
        self._service = service
        self._name = name

    def added(self) -> str | None:
        """What was added since, in whole characters; None if the file was begun anew, and will be read anew."""
        try:
            with self.folder.open(self._service, self._name, self.offset, _PIECE) as source:
                data = source.read()
        except NotFound:
            return ""
        if not data and self._is_shorter():
            self.offset = 0
            return None
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        words = decoder.decode(data)
        self.offset += len(data) - len(decoder.getstate()[0])
        return words

    def _is_shorter(self) -> bool:
        found = self.folder.files(self._service, self._name) if self.offset else []
        return any(one.path == self._name and one.size < self.offset for one in found)


async def _folder(request: Request) -> tuple[RunFolder, Run]:
    workspace, run_id = request.path_params["workspace"], request.path_params["run_id"]
    require_run(request.state.caller, workspace, run_id, "read logs")
    run = await run_of(request)
    workers: Workers = request.app.state.workers
    find: Any = functools.partial(folder_of, request.app.state.service, workspace, run)
    return await workers.look(find), run


def _name(request: Request) -> str:
    name = request.query_params.get("name", DRIVER_LOG)
    if "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise PathEscapes(f"{name!r} is no name of a log. Expected one such as {DRIVER_LOG!r}.", name=name)
    return name
