"""A limit on how long a block of the user's code may run."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def time_limit(seconds: float, what: str) -> Iterator[None]:
    """End the block after so many seconds; 0 is no limit. A limit around this one goes on.

    Only the first thread can be interrupted: in others there is no limit.

    Raises:
        TimeoutError: the time is over; `what` is called in the message.
    """
    if seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_late = False

    def late(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_late
        is_late = True
        raise TimeoutError

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, late)
    outer, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    if outer and outer <= seconds:
        signal.signal(signal.SIGALRM, before)  # which is over first
        signal.setitimer(signal.ITIMER_REAL, outer)
    try:
        yield
    except Exception as error:
        if (
            is_late
        ):  # what was interrupted may have made another error of it, as the connection to the JVM does
            raise TimeoutError(f"{what} ran for more than {seconds:g} seconds.") from error
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, outer - (time.monotonic() - began)))
