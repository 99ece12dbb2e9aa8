"""One thread that waits for sockets, timers and calls from other threads, and does everything in turn.

What it owns needs no locks, and news reach the engine in the order in which they happened.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import selectors
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from functools import partial

Callback = Callable[[], object]

_LONGEST_WAIT = 3600.0  # the operating system takes no more than 24 days at a time


class Loop:
    """The thread. `watch`, `unwatch` and `after` are for callbacks, that is for the thread itself."""

    def __init__(self, name: str) -> None:
        self._calls: deque[Callback] = deque()
        self._is_awake = False
        self._timers: list[tuple[float, int, Callback]] = []
        self._once: dict[Callback, float] = {}
        self._number = itertools.count()
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = os.pipe()
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, self._woken)
        self._stopped = self._closed = False
        self._door = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def call(self, callback: Callback) -> bool:
        """Have the thread call `callback`, after all it was given before. From any thread; False after `stop`."""
        with self._door:
            if self._closed:
                return False  # the number of our pipe may be another file's by now
            self._calls.append(callback)
            if not self._is_awake:
                self._is_awake = True
                os.write(self._wake_writer, b".")
        return True

    def stop(self) -> None:
        """End the thread after what it was given; returns when it has ended."""
        self.call(self._stop)
        self._thread.join()

    def after(self, seconds: float, callback: Callback) -> None:
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._number), callback))

    def once_in(self, seconds: float, callback: Callback) -> None:
        """Have `callback` called once then, or earlier if it is to be called earlier anyway.

        With 0 seconds it is called in this turn of the loop, after everything that was given before.
        """
        due = time.monotonic() + seconds
        known = self._once.get(callback)
        if known is None or known > due:
            self._once[callback] = due
            self.after(seconds, partial(self._due, callback, due))

    def watch(self, descriptor: int, callback: Callback) -> None:
        """Call `callback` whenever there is something to read."""
        self._selector.register(descriptor, selectors.EVENT_READ, callback)

    def unwatch(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(descriptor)

    def _stop(self) -> None:
        self._stopped = True

    def _due(self, callback: Callback, due: float) -> None:
        if self._once.get(callback) == due:
            del self._once[callback]
            callback()

    def _woken(self) -> None:
        with self._door:
            os.read(self._wake_reader, 1)
            self._is_awake = False

    def _run(self) -> None:
        while not self._stopped:
            due = self._timers[0][0] - time.monotonic() if self._timers else _LONGEST_WAIT
            timeout = 0.0 if self._calls else min(_LONGEST_WAIT, max(0.0, due))
            for key, _ in self._selector.select(timeout):
                _safely(key.data)
            for _ in range(len(self._calls)):  # those that come meanwhile have their turn
                if not self._stopped:
                    _safely(self._calls.popleft())
            while self._timers and self._timers[0][0] <= time.monotonic() and not self._stopped:
                _safely(heapq.heappop(self._timers)[2])
        with self._door:
            self._closed = True
            self._selector.close()
            os.close(self._wake_reader)
            os.close(self._wake_writer)


def _safely(callback: Callback) -> None:
    """One job's trouble must not end the thread that serves them all."""
    try:
        callback()
    except Exception:  # noqa: BLE001
        traceback.print_exc(file=sys.stderr)
