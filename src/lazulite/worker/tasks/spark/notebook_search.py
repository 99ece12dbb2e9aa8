"""Where a notebook is: below which folders its path is looked for, and what is near when it is not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from lazulite.model.errors import NotFound
from lazulite.worker.tasks.spark.notebook_source import ENDINGS

_MOST = 2000  # files looked at for near names


def find_notebook(path: str, folders: Sequence[Path]) -> Path:
    """Return the file of the notebook `path`, which a workspace would have at `/Users/somebody/name`.

    In each folder the whole path is tried, then shorter ends of it, so that an exported notebook is found in a folder
    of any depth; with each of the endings that a notebook's file may have.

    Raises:
        NotFound: it is in none of them; the message lists them and the nearest names.
    """
    parts = PurePosixPath(path).parts
    parts = parts[1:] if parts[:1] == ("/",) else parts
    for folder in folders:
        for start in range(len(parts)):
            found = with_ending(folder.joinpath(*parts[start:]))
            if found is not None and found.resolve().is_relative_to(folder.resolve()):
                return found
    raise NotFound(_missing(path, folders))


def with_ending(file: Path) -> Path | None:
    """Return the file, with the first of a notebook's endings with which there is one."""
    for ending in ENDINGS:
        found = file.with_name(file.name + ending) if file.name else file
        if found.is_file():
            return found
    return None


def _missing(path: str, folders: Sequence[Path]) -> str:
    places = " and ".join(str(folder) for folder in folders) or "nowhere"
    there = sorted({name for folder in folders for name in _notebooks(folder)})
    last = PurePosixPath(path).name
    by_name = {PurePosixPath(name).stem: name for name in there}
    near = [by_name[name] for name in get_close_matches(last, by_name, n=3)] or there[:5]
    told = f" Nearest there: {', '.join(near)}." if near else " There are no notebooks there."
    return (
        f"There is no notebook {path!r} on this machine. It was looked for in {places}.{told} Export it from the "
        "workspace to one of these folders, or give source_directory and its path in it."
    )


def _notebooks(folder: Path) -> list[str]:
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        found += [
            (Path(place, name).relative_to(folder)).as_posix()
            for name in names
            if name.endswith(ENDINGS[1:]) and not name.startswith(".")
        ]
        if len(found) > _MOST:
            break
    return found
