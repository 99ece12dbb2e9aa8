"""The files that a script left in a folder of its job, on their way to a datastore."""

from __future__ import annotations

import os
from pathlib import Path


def files_of(source: Path, *, follow_links: bool = False) -> list[tuple[Path, str]]:
    """Return the file at `source` (with the name ""), or all files below the folder there with their paths in it.

    `follow_links`: those behind links to folders, too.
    """
    if source.is_file():
        return [(source, "")]
    found = []
    for folder, _, names in os.walk(source, followlinks=follow_links):
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_file():
                found.append((file, file.relative_to(source).as_posix()))
    return found
