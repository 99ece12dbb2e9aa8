"""What all parts of `LocalService` share: the home, and its records, opened at first need."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.engine.spools import is_anything_spooled
from lazulite.model.errors import ServiceUnavailable
from lazulite.records.database import open_records
from lazulite.records.records import Records


class Base:
    """A home folder and its records.

    Args:
        location: The home folder; it is created if it is not there.
    """

    _home: Home

    def __init__(self, location: str) -> None:
        self._home = process.home_of(location)
        process.prepare(self._home)
        self._opened: Records | None = None
        self._opening = threading.Lock()

    @property
    def _records(self) -> Records:
        # Opened at first need, so that the engine of a home with damaged records can still be stopped.
        with self._opening:
            if self._opened is None:
                self._opened = open_records(self._home.root)
                # Whoever comes next finishes what a dead engine left, and sees to it that schedules are kept.
                if (self._has_work(self._opened) or is_anything_spooled(self._home)) and not process.is_alive(
                    self._home
                ):
                    with contextlib.suppress(ServiceUnavailable):  # who waits for a run is told
                        process.ensure(self._home)
            return self._opened

    def close(self) -> None:
        """Close what this process has open of the home's records. A later call opens them anew."""
        with self._opening:
            if self._opened is not None:
                self._opened.close()

    @staticmethod
    def _has_work(records: Records) -> bool:
        return bool(records.active_pipeline_runs() or records.waiting_schedules())

    @property
    def is_local(self) -> bool:
        """Whether the folders of its datastores are folders of this machine."""
        return True

    @property
    def cache_folder(self) -> Path:
        """Where digests of files seen before are kept."""
        return self._home.cache
