"""Trying again: after a lost connection, with growing pauses, up to a time limit, and not after Ctrl-C."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from lazulite.storage import files
from lazulite.storage.remote.failures import Unreachable

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 8.0


@dataclass(frozen=True)
class Patience:
    """For how long a store that does not answer is asked again, in seconds, and what ends that early."""

    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raise `files.Interrupted` if the work was asked to stop."""
        if self.stop.is_set():
            raise files.Interrupted


def attempt(call: Callable[[], T], patience: Patience) -> T:
    """Return what `call` gives; call again while it raises `Unreachable` and there is patience left.

    Raises:
        files.Interrupted: the work was asked to stop.
    """
    until = None
    pause = _FIRST_PAUSE
    while True:
        patience.check()
        try:
            return call()
        except Unreachable:
            until = until or time.monotonic() + patience.seconds
            if time.monotonic() + pause > until:
                raise
        patience.stop.wait(pause * random.uniform(0.7, 1.3))  # noqa: S311 - so that not all come back at once
        pause = min(pause * 2, _LONGEST_PAUSE)
