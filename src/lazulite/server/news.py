"""Waiting for a run's events: one look at the records for all who wait for the same run, and no thread for any of them.

A look costs a fraction of a millisecond, and comes less often the longer nothing does. Who is woken reads the events that
it asked for by itself.
"""

from __future__ import annotations

import asyncio
import functools
import threading
import time

from lazulite.api.service import Service
from lazulite.model.errors import ServiceUnavailable
from lazulite.model.events import Event
from lazulite.server.working import Workers

#: How soon to look again: at first, at most, and between the two as a part of the time since the last news.
_SHORTEST, _LONGEST, _PART = 0.01, 0.25, 0.05
#: How often it is seen to that an engine lives while somebody waits for an active run, in seconds.
_CARE_SECONDS = 5.0


class _Watch:
    """Those who wait for one run. `newest` is the last sequence number that was seen."""

    def __init__(self, newest: int) -> None:
        self.newest = newest
        self.waiting: set[asyncio.Future[int]] = set()
        self.looking: asyncio.Task[None] | None = None

    def wake(self) -> None:
        for one in self.waiting:
            if not one.done():
                one.set_result(self.newest)

    def fail(self, error: Exception) -> None:
        for one in self.waiting:
            if not one.done():
                one.set_exception(error)


class News:
    """Tells those who wait that a run has new events."""

    def __init__(self, service: Service, workers: Workers, max_streams: int) -> None:
        self._service = service
        self._workers = workers
        self._watches: dict[tuple[str, str], _Watch] = {}
        self._streams = 0
        self._counting = threading.Lock()  # pages open theirs in worker threads
        self._max_streams = max_streams
        self.is_closed = False

    async def wait(self, workspace: str, run_id: str, seen: int, seconds: float) -> int:
        """Return the newest sequence number as soon as it is larger than `seen`, or `seen` after that time.

        Raises:
            LazuliteError: the run cannot be looked at any more.
        """
        watch = self._watches.setdefault((workspace, run_id), _Watch(seen))
        if watch.newest > seen or self.is_closed:
            return watch.newest
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        watch.waiting.add(future)
        if watch.looking is None:
            watch.looking = asyncio.create_task(self._look(workspace, run_id, watch))
        try:
            return await asyncio.wait_for(future, max(seconds, 0.0))
        except asyncio.TimeoutError:
            return seen
        finally:
            watch.waiting.discard(future)

    async def events(
        self, workspace: str, run_id: str, after: int = 0, wait_seconds: float = 0.0, about: str | None = None
    ) -> tuple[Event, ...]:
        """As `Service.get_events`."""
        look = functools.partial(self._service.get_events, workspace, run_id, after, about=about)
        deadline, seen = time.monotonic() + wait_seconds, after
        while True:
            found = await self._workers.look(look)
            left = deadline - time.monotonic()
            if found or left <= 0 or self.is_closed:
                return found
            seen = await self.wait(workspace, run_id, seen, left)

    def open_stream(self) -> None:
        """Count one more who follows a run for as long as it takes.

        Raises:
            ServiceUnavailable: as many do as are allowed.
        """
        with self._counting:
            if self._streams >= self._max_streams:
                raise ServiceUnavailable(
                    f"{self._streams} event streams are open, the most that are served at a time."
                )
            self._streams += 1

    def close_stream(self) -> None:
        """Count one less."""
        with self._counting:
            self._streams -= 1

    def close(self) -> None:
        """Send all away who wait: the server stops. Streams end, and their readers come back to the next server."""
        self.is_closed = True
        for watch in self._watches.values():
            watch.wake()

    async def _look(self, workspace: str, run_id: str, watch: _Watch) -> None:
        news = cared = time.monotonic()
        try:
            while watch.waiting and not self.is_closed:
                look = functools.partial(self._service.get_events, workspace, run_id, watch.newest)
                found = await self._workers.look(look)
                now = time.monotonic()
                if found:
                    watch.newest, news = found[-1].sequence, now
                    watch.wake()
                if now - cared > _CARE_SECONDS:
                    await self._workers.look(functools.partial(self._care, workspace, run_id))
                    cared = now
                await asyncio.sleep(min(_LONGEST, max(_SHORTEST, (now - news) * _PART)))
        except Exception as error:  # noqa: BLE001 - those who wait get it
            watch.fail(error)
        finally:
            watch.looking = None
            self._watches.pop((workspace, run_id), None)

    def _care(self, workspace: str, run_id: str) -> None:
        """Start an engine that died while the run is active."""
        service = self._service
        if not service.get_run(workspace, run_id).status.is_terminal and not service.engine_status().running:
            service.start_engine()
