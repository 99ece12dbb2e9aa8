"""A bound on guessing: who gave too many wrong passwords waits.

Counted by name and address together, and more generously by each alone, so that one guesser neither tries many names nor
shuts a user out everywhere. Kept in memory, of bounded size: a restart forgives.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from lazulite.model.errors import TooManyAttempts

#: Within so many seconds, so many wrong tries.
_WINDOW = 300.0
_BY_BOTH, _BY_NAME, _BY_ADDRESS = 5, 50, 50
_MOST = 20_000


class Throttle:
    """Counts failures; for several threads. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: By who: when the window ends, and how many failures there were in it.
        self._failures: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def check(self, name: str, address: str) -> None:
        """Return if another try is allowed.

        Raises:
            TooManyAttempts: it is not; the message says for how long.
        """
        now = self._clock()
        with self._lock:
            waits = [
                ends - now
                for key, most in _keys(name, address)
                for ends, count in [self._failures.get(key, (0.0, 0))]
                if count >= most and ends > now
            ]
        if waits:
            seconds = math.ceil(max(waits))
            raise TooManyAttempts(
                f"There were too many wrong tries. Wait {seconds} seconds.", retry_after=seconds
            )

    def failed(self, name: str, address: str) -> None:
        """Count a wrong try."""
        now = self._clock()
        with self._lock:
            for key, _ in _keys(name, address):
                ends, count = self._failures.pop(key, (0.0, 0))
                self._failures[key] = (ends, count + 1) if ends > now else (now + _WINDOW, 1)
            while len(self._failures) > _MOST:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget what this one got wrong from there."""
        if name:  # else it would forget what all others got wrong from there
            with self._lock:
                self._failures.pop(_keys(name, address)[0][0], None)


def _keys(name: str, address: str) -> list[tuple[tuple[str, str], int]]:
    if not name:  # a token, which names nobody
        return [(("", address), _BY_ADDRESS)]
    short = name[:200]
    return [((short, address), _BY_BOTH), ((short, ""), _BY_NAME), (("", address), _BY_ADDRESS)]
