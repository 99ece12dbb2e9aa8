"""`./logs` of a running script, made visible in the run's artifacts every second.

A file that grew is continued, not copied again, so that a log of a gigabyte costs what was added to it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from lazulite.storage import files
from lazulite.worker.logs import RESERVED

_SECONDS = 1.0
_OVERLAP = 4096  # bytes before the old end that must still be the same for a file to count as continued


class Mirror:
    """Copies a folder to another one, again and again between `start` and `stop`."""

    def __init__(self, source: Path, target: Path) -> None:
        self.trouble: OSError | None = None
        self._source = source
        self._target = target
        self._seen: dict[str, tuple[int, int]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop, and copy a last time what changed since."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self.copy()

    def copy(self) -> None:
        """Copy what changed. A file that cannot be copied is tried again next time; the reason is in `trouble`."""
        for name, path in _files(self._source):
            try:
                state = path.stat()
                stamp = (state.st_size, state.st_mtime_ns)
                if self._seen.get(name) != stamp:
                    _bring(path, self._target / name, known=name in self._seen)
                    self._seen[name] = stamp
            except FileNotFoundError:
                continue  # the script removed it meanwhile
            except OSError as error:
                self.trouble = error

    def _run(self) -> None:
        while not self._stopped.wait(_SECONDS):
            self.copy()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            relative = path.relative_to(folder).as_posix()
            if relative not in RESERVED and path.is_file():
                yield relative, path


def _bring(source: Path, target: Path, *, known: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if known and _continues(source, target):
        with source.open("rb") as reader, target.open("ab") as writer:
            reader.seek(writer.tell())
            shutil.copyfileobj(reader, writer)
        return
    new = target.with_name(files.temporary_name())
    try:
        shutil.copyfile(source, new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _continues(source: Path, target: Path) -> bool:
    try:
        with source.open("rb") as now, target.open("rb") as before:
            size = before.seek(0, os.SEEK_END)
            start = max(0, size - _OVERLAP)
            now.seek(start)
            before.seek(start)
            same = now.read(size - start) == before.read(size - start)
            return same and now.seek(0, os.SEEK_END) >= size
    except FileNotFoundError:
        return False
