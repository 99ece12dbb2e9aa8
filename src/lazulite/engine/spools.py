"""Which spools a home has, and whether anything waits in them; see `storage.spool`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from lazulite.engine.layout import Home
from lazulite.storage.spool import run_folders


def spools(home: Home) -> Iterator[tuple[str, str, Path]]:
    """Yield the id of the workspace, the name of the datastore, and the folder of each spool of a home."""
    for workspace in _names(home.root / "workspaces"):
        for datastore in _names(home.spools(workspace)):
            yield workspace, datastore, home.spool(workspace, datastore)


def is_anything_spooled(home: Home, besides: Collection[str] = (), refused: Collection[Path] = ()) -> bool:
    """Whether any run waits in a spool, but for datastores (as workspace/name) and runs' folders that nobody waits for."""
    return any(
        folder not in refused
        for workspace, datastore, spool in spools(home)
        if f"{workspace}/{datastore}" not in besides
        for _, folder in run_folders(spool)
    )


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())
    except FileNotFoundError:
        return []
