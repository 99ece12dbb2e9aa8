"""What a job does with a datastore elsewhere, done again when it did not answer: outages pass.

A store asks again by itself for a minute or two, request by request. A job has more at stake: the work of its script.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from lazulite.storage.remote.failures import Unreachable

T = TypeVar("T")

#: For how long, in seconds, jobs go on trying: a variable of the machine, or of the step's environment.
ENV_RETRY = "LAZULITE_RETRY_SECONDS"
_SECONDS = 600.0
_FIRST, _LONGEST = 0.5, 15.0


def retry_seconds() -> float:
    """For how long to go on trying, in seconds."""
    try:
        return max(0.0, float(os.environ.get(ENV_RETRY, "") or _SECONDS))
    except ValueError:
        return _SECONDS


def retried(
    work: Callable[[], T],
    say: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], object] = time.sleep,
    seconds: float | None = None,
) -> T:
    """Return what `work` does, tried again after growing pauses for as long as `seconds` (without it `retry_seconds`).

    Args:
        work: What is done; doing it twice must do no harm.
        say: Told each time that it is tried again.
        sleep: Waits.
        seconds: How long to go on.

    Raises:
        LazuliteError: the last error, or one that does not pass.
    """
    end = time.monotonic() + (retry_seconds() if seconds is None else seconds)
    pause = _FIRST
    while True:
        try:
            return work()
        except Unreachable as error:
            if time.monotonic() + pause > end:
                raise
            say(f"{error.message} It is tried again in {pause:g} seconds.")
        sleep(pause)
        pause = min(2 * pause, _LONGEST)
