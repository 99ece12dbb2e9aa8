"""Watching a running script: its output, its time limit, a request to end it, and what it leaves behind.

One loop reads both pipes and waits for the end, so that output is written in the order in which it arrives and
nothing is polled.
"""

from __future__ import annotations

import contextlib
import enum
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from lazulite.worker.cancellation import Cancellation
from lazulite.worker.ending import Leftovers, signal_group
from lazulite.worker.script_process import ScriptProcess, Usage

_CHUNK = 1 << 16
_LONGEST_WAIT = 3600.0  # the operating system takes no more than 24 days at a time; v1's time limit is 30
_ENDING, _WAKE = "ending", "wake"  # beside the names of the two streams
_DRAIN_SECONDS = 1.0  # for a pipe that a process we may not end still holds open

#: For a handful of descriptors `poll` needs fewer system calls than what the system calls best.
_Selector = getattr(selectors, "PollSelector", selectors.DefaultSelector)

#: Takes what the script wrote: the name of the stream ("stdout", "stderr") and the bytes.
Sink = Callable[[str, bytes], None]


class Cause(enum.Enum):
    """Why the script ended."""

    OWN = "own"
    CANCELED = "canceled"
    TIMED_OUT = "timed out"


@dataclass(frozen=True)
class Limits:
    """Seconds the script may run (None: as long as it likes), and seconds from SIGTERM to SIGKILL."""

    timeout: float | None
    grace: float


@dataclass(frozen=True)
class End:
    """How the script ended: what it used, why it ended, and how many processes it left behind."""

    usage: Usage
    cause: Cause
    leftovers: int

    @property
    def code(self) -> int:
        """The exit code; negative: the signal that ended it."""
        return self.usage.code


class Supervision:
    """One script under supervision, from its start to the end of everything it started."""

    def __init__(
        self,
        process: ScriptProcess,
        sink: Sink,
        limits: Limits,
        cancellation: Cancellation,
        after_a_second: Callable[[], None] = lambda: None,
    ) -> None:
        self._process = process
        self._sink = sink
        self._limits = limits
        self._cancellation = cancellation
        self._after_a_second = after_a_second
        self._cause = Cause.OWN
        self._kill_at: float | None = None
        self._ended = False
        self._selector = _Selector()
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            os.set_blocking(pipe, False)
            self._selector.register(pipe, selectors.EVENT_READ, name)
        self._selector.register(process.ending, selectors.EVENT_READ, _ENDING)
        self._selector.register(cancellation.wake, selectors.EVENT_READ, _WAKE)

    def run(
        self,
        before: frozenset[int] = frozenset(),
        kept: Callable[[], frozenset[int]] = frozenset[int],
    ) -> End:
        """Return when the script, and what it started, has ended. `before`: children of ours that are not its; `kept`
        names those that it started and that stay."""
        try:
            self._until_end()
            self._selector.unregister(self._process.ending)
            used = self._process.collect()
            count = Leftovers(before, kept).end(self._process.pid, self._remaining_grace(), self._pump)
            self._drain()
        finally:
            self._selector.close()
            self._process.close()
        return End(used, self._cause, count)

    def _until_end(self) -> None:
        timeout = self._limits.timeout
        deadline = None if timeout is None else time.monotonic() + timeout
        killed = False
        second: float | None = time.monotonic() + 1.0
        while not self._ended:
            now = time.monotonic()
            if second is not None and now >= second:
                second = None
                self._after_a_second()
            if self._kill_at is None:
                self._cause = self._cause_now(deadline, now)
                if self._cause is not Cause.OWN:
                    signal_group(self._process.pid, signal.SIGTERM)
                    deadline = self._kill_at = now + self._limits.grace
            elif now >= self._kill_at and not killed:
                signal_group(self._process.pid, signal.SIGKILL)
                deadline, killed = None, True
            self._pump(_until(deadline, second))

    def _remaining_grace(self) -> float:
        if self._kill_at is None:
            return self._limits.grace
        return max(0.0, self._kill_at - time.monotonic())

    def _cause_now(self, deadline: float | None, now: float) -> Cause:
        if self._cancellation.asked:
            return Cause.CANCELED
        return Cause.TIMED_OUT if deadline is not None and now >= deadline else Cause.OWN

    def _pump(self, timeout: float | None) -> bool:
        """Wait for output or a wake-up, hand the output on; return whether there was any."""
        got = False
        for key, _ in self._selector.select(timeout):
            if key.data == _ENDING:
                self._ended = True
                continue
            try:
                data = os.read(key.fd, _CHUNK)
            except BlockingIOError:
                continue
            if key.data == _WAKE:
                continue
            if data:
                got = True
                self._sink(key.data, data)
            else:
                self._selector.unregister(key.fileobj)
        return got

    def _drain(self) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._cancellation.wake)
        while self._selector.get_map() and time.monotonic() < deadline:
            self._pump(max(0.0, deadline - time.monotonic()))


def _until(*moments: float | None) -> float | None:
    """Seconds until the first of the moments that there are; None if there is none."""
    known = [moment for moment in moments if moment is not None]
    return min(_LONGEST_WAIT, max(0.0, min(known) - time.monotonic())) if known else None
