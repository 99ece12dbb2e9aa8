"""The folders of jobs, removed some time after the run they belong to has ended and is recorded.

Not at once, because file systems find room for new files more slowly where others were just deleted (ext4 looks at each
of those first), and a run that ends is often followed by the next one. So they go when the engine rests.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.model.errors import NotFound
from lazulite.records.records import Records

#: So many folders are removed in one go, and then others come first for so long, in seconds: nobody waits for it.
_TOGETHER, _PAUSE = 20, 0.005
#: With so many waiting, an engine that never rests removes them between its work.
_MOST = 10_000


class JobFolders:
    """The folders that nobody needs any more."""

    def __init__(self, home: Home, records: Records) -> None:
        self._home = home
        self._records = records
        self._waiting: list[str | Path] = []
        self._is_swept = False
        self._remover = ThreadPoolExecutor(1, thread_name_prefix="remove")

    def leave(self, folders: Iterable[str | Path]) -> None:
        """These are not needed any more."""
        self._waiting += folders
        if len(self._waiting) > _MOST:
            self._remove()

    def tidy(self) -> None:
        """Remove what was left, and once what an engine before us left, in the background: it is quiet now."""
        self._remove()
        if not self._is_swept:
            self._is_swept = True
            self._remover.submit(sweep, self._home, self._records)

    def close(self, *, finish: bool) -> None:
        """The engine ends. What is not removed (with `finish`: what `tidy` began is) is left to the next engine."""
        self._remover.shutdown(wait=finish, cancel_futures=not finish)

    def _remove(self) -> None:
        folders, self._waiting = self._waiting, []
        if folders:
            self._remover.submit(remove, folders)


def remove(folders: Iterable[str | Path]) -> None:
    """Remove folders, gently; what cannot be removed stays."""
    for count, folder in enumerate(folders, start=1):
        try:
            _remove_flat(folder)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
        if count % _TOGETHER == 0:
            time.sleep(_PAUSE)


def _remove_flat(folder: str | Path) -> None:
    """Remove a folder of files, as most are by the end of their job.

    Raises:
        OSError: there are folders in it, or it cannot be removed.
    """
    with os.scandir(folder) as entries:
        for path in [entry.path for entry in entries]:
            os.unlink(path)  # noqa: PTH108 - there are thousands
    os.rmdir(folder)  # noqa: PTH106


def sweep(home: Home, records: Records) -> None:
    """Remove what an engine left that died between recording a run's end and removing its folders."""
    for folder in home.root.glob("workspaces/*/jobs/*"):
        if _is_over(records, folder.parent.parent.name, folder.name.rpartition("-")[0]):
            remove([folder])


def _is_over(records: Records, workspace: str, step_run_id: str) -> bool:
    try:
        step = records.run(workspace, step_run_id)
        return step.parent_id is not None and records.run(workspace, step.parent_id).status.is_terminal
    except NotFound:
        return True
