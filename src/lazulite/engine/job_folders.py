"""The folders of jobs, removed when the run they belong to has ended and is recorded."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.model.errors import NotFound
from lazulite.records.records import Records


def remove(folders: Iterable[Path]) -> None:
    """Remove folders; what cannot be removed stays."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


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
