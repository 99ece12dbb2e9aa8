"""The folders of jobs, removed when the run they belong to has ended and is recorded."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.model.errors import NotFound
from lazulite.records.records import Records

#: So many folders are removed in one go, and then others come first for so long, in seconds: nobody waits for it.
_TOGETHER, _PAUSE = 20, 0.005


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
