"""Blocking work in worker threads, so much of it at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from lazulite.server.settings import Settings
from lazulite.server.threads import Threads

T = TypeVar("T")


class Workers:
    """The threads that call the service. Long transfers and looks for news have threads of their own, so that neither
    keeps short calls waiting."""

    def __init__(self, settings: Settings) -> None:
        self._calls = Threads(settings.worker_threads)
        self._transfers = anyio.CapacityLimiter(settings.transfer_threads)
        self._looks = anyio.CapacityLimiter(4)

    async def call(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; for calls that end soon."""
        return await self._calls.call(work)

    async def transfer(self, work: Callable[[], T]) -> T:
        """As `call`, for what may take as long as a body takes to come or go."""
        return await anyio.to_thread.run_sync(work, limiter=self._transfers)

    async def look(self, work: Callable[[], T]) -> T:
        """As `call`, for the looks of those who wait for news."""
        return await anyio.to_thread.run_sync(work, limiter=self._looks)
