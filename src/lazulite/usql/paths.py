"""The paths of a script: URIs, whose files lie below one folder.

`adl://account.azuredatalakestore.net/a/b.csv`, `wasb://container@account/a/b.csv` and `/a/b.csv` are all `a/b.csv`
below the root, unless the caller's resolver knows better (it maps stores to folders). Nothing leaves the root.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lazulite.model.errors import PathEscapes

Resolver = Callable[[str], "Path | None"]
"""A path as the script has it → the folder or file it stands for, or None for "below the root"."""

_STORE = re.compile(r"(?:adl|abfss?|wasbs?|hdfs|swebhdfs)://[^/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Located:
    """Where a path lies: the folder it is taken from, and the rest, which may be a pattern."""

    folder: Path
    relative: str

    @property
    def file(self) -> Path:
        return self.folder / self.relative


def located(path: str, root: Path, resolver: Resolver | None = None) -> Located:
    """Where `path` of a script lies.

    Raises `PathEscapes` if that is outside of the root.
    """
    known = None if resolver is None else resolver(path)
    if known is not None:
        inner = known.parts
        first = next((place for place, part in enumerate(inner) if "{" in part), len(inner) - 1)
        return Located(Path(*inner[:first]), "/".join(inner[first:]))
    relative = unquote(_STORE.sub("", path)).replace("\\", "/").lstrip("/")
    parts = [part for part in PurePosixPath(relative).parts if part not in {".", "/"}]
    inside = "/".join(parts)
    fixed = root.joinpath(*[part for part in parts if "{" not in part])
    if ".." in parts or not fixed.resolve().is_relative_to(root.resolve()) or "\0" in path:
        raise PathEscapes(f"the path {path!r} of the script leaves the folder {root}", path=path)
    return Located(root, inside)
