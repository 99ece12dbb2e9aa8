"""Relative paths as users write them, made plain and kept inside their root.

Everything that turns a name from a user, a record or an archive into a path on disk passes through here.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from lazulite.model.errors import PathEscapes

#: What stands for the root itself.
_ROOTS = frozenset({"", ".", "./", "/"})
_ABSOLUTE = re.compile(r"/|[A-Za-z]:(/|$)")


def relative(path: str, *, what: str = "path") -> str:
    """Return `path` with single `/` between its parts, without `.` parts and without a slash at either end.

    Backslashes count as slashes, because paths come from Windows users too. "", ".", "./" and "/" are the root and
    give "".

    Args:
        path: The path as written.
        what: How an error calls it.

    Raises:
        PathEscapes: the path is absolute, has a `..` part, a drive letter or a NUL character.
    """
    text = path.replace("\\", "/")
    if text in _ROOTS:
        return ""
    if "\0" in text:
        raise PathEscapes(f"The {what} {path!r} holds a NUL character, which no file name can.", path=path)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if _ABSOLUTE.match(text):
        raise PathEscapes(
            f"The {what} {path!r} is absolute. Expected one relative to the root, such as 'data/train.csv'.",
            path=path,
        )
    if ".." in parts:
        raise PathEscapes(
            f"The {what} {path!r} has a '..' part. Expected one that stays below the root.", path=path
        )
    return "/".join(parts)


def inside(root: Path, place: Path) -> bool:
    """Whether `place`, with every symbolic link on the way followed, is `root` or below it."""
    if _is_plainly_below(root, place):
        return True
    real_root = os.path.realpath(root)
    real = os.path.realpath(place)
    return real == real_root or real.startswith(real_root.rstrip("/") + "/")


def _is_plainly_below(root: Path, place: Path) -> bool:
    """Whether no part of the way from `root` to `place` is a link; that is mostly so, and found out soon."""
    here = os.fspath(root).rstrip("/")
    text = os.fspath(place)
    if not text.startswith(here + "/"):
        return False
    for part in text[len(here) + 1 :].split("/"):
        here = f"{here}/{part}"
        if part in ("", ".", "..") or os.path.islink(here):  # noqa: PTH114 - for each output of each step
            return False
    return True
