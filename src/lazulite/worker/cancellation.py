"""How a running job learns that it is to end: SIGTERM to its process.

While the worker stages or publishes, the signal interrupts it at once; while the script runs, the signal wakes the
loop that watches the script; while the outcome is being written it changes nothing any more.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class JobCanceled(BaseException):
    """The job was asked to end. Not an `Exception`, so that nothing on the way takes it for a failure."""


class Cancellation:
    """Whether the job was asked to end. Listens for the signals between `__enter__` and `__exit__`.

    `wake` is readable once it was asked.
    """

    def __init__(self) -> None:
        self.asked = False
        self._interrupting = False
        self._previous: dict[int, Any] = {}
        self.wake, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK) if hasattr(os, "pipe2") else _pipe()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        os.close(self.wake)
        write, self._write = self._write, -1
        os.close(write)

    def ask(self) -> None:
        """Ask the job to end, from outside of `interrupting`."""
        self.asked = True
        self._notify()

    def _notify(self) -> None:
        """Make `wake` readable."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._write, b".")

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """Within this block a request to end raises JobCanceled, at once if it was made before."""
        self._interrupting = True
        try:
            if self.asked:
                raise JobCanceled
            yield
        finally:
            self._interrupting = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.ask()
        if self._interrupting:
            self._interrupting = False
            raise JobCanceled


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    return reader, writer
