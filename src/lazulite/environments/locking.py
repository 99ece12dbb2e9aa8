"""One builder per environment across processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lazulite.environments.running import Log


@contextmanager
def exclusive(path: Path, log: Log) -> Iterator[int]:
    """Hold the lock file at `path` inside the block; gives its descriptor, for programs that are to inherit it.

    The lock belongs to the open file: if this process is killed, it is free once the programs that inherited the
    descriptor have ended too, so that two installers never work in one folder.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log("Another job is building this environment. Waiting for it.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        # Explicitly, because a child forked meanwhile may hold the descriptor open.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
