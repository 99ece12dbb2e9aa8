"""Starting nodes: what a new one is called, and what follows when they do not come."""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections import Counter

from lazulite.model.run import RunError

#: Nodes that end before they greet: how many in a row a job survives, and how long none is then started without need.
_FAILED_STARTS, _PAUSE_SECONDS = 2, 30.0


class Starts:
    """How the starts of one target's nodes went."""

    def __init__(self) -> None:
        self._failed: Counter[str] = Counter()
        self._paused_until = 0.0

    def came(self, interpreter: str) -> None:
        """A node with this interpreter has greeted."""
        self._failed.pop(interpreter, None)

    def failed(self, interpreter: str) -> bool:
        """A node ended before it greeted. True if that happens again and again: the job that wanted it must fail."""
        self.pause(interpreter)
        self._failed[interpreter] += 1
        return self._failed[interpreter] >= _FAILED_STARTS

    def pause(self, interpreter: str) -> None:
        """Start no node for a while that no job asked for."""
        if interpreter == sys.executable:  # with which those are started
            self._paused_until = time.monotonic() + _PAUSE_SECONDS

    def pause_left(self) -> float:
        """For how many more seconds."""
        return max(0.0, self._paused_until - time.monotonic())


def new_id(compute: str) -> str:
    """Return an id for a node of that target: part of a path, and told to users."""
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', compute)[:32]}-{secrets.token_hex(4)}"


def error(compute: str, interpreter: str, how: str, words: str = "") -> RunError:
    """Return why a job failed whose interpreter does not become a node."""
    text = (
        f"No node of compute target '{compute}' could be started with {interpreter}: {how}. "
        "It must be a Python interpreter that can import lazulite."
    )
    return RunError("ComputeUnavailable", text, words)
