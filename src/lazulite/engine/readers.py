"""Threads that read, and that nobody has to wait for: a datastore that does not answer must not keep an engine from
ending, as a pool of the standard library would."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

Work = Callable[[], object]


class Readers:
    """Up to `count` threads, started when there is work for them.

    Args:
        count: How many things are read at once.
        name: What the threads are called.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._free = threading.Semaphore(0)
        self._started = 0
        self._closed = False

    def submit(self, work: Work) -> None:
        """Do it when a thread is free. It must not raise."""
        self._waiting.put(work)
        if not self._free.acquire(blocking=False) and self._started < self._count:
            self._started += 1
            threading.Thread(target=self._run, daemon=True, name=self._name).start()

    def close(self) -> None:
        """Begin nothing any more; what is being read is left to itself."""
        self._closed = True

    def _run(self) -> None:
        while True:
            work = self._waiting.get()
            if self._closed:
                return
            work()
            self._free.release()
