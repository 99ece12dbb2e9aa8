"""Which files an upload takes, and the path of each on the datastore. v1's rules, with an error for every slip."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lazulite.sdk.exceptions import UserErrorException
from lazulite.storage.paths import relative

_LEADING = re.compile(r"(?:\.{0,2}/)+")

#: A file of this machine and its path on the datastore.
Pair = tuple[Path, str]


def target_folder(target_path: Any) -> str:
    """Return the folder on the datastore; leading `./`, `/` and `../` mean nothing, as in v1.

    Raises:
        UserErrorException: it is no text.
        PathEscapes: it leaves the datastore further on.
    """
    if target_path is None:
        return ""
    if not isinstance(target_path, (str, os.PathLike)):
        raise UserErrorException(
            f"target_path is {target_path!r}. Expected a folder of the datastore, as text."
        )
    text = os.fspath(target_path).replace("\\", "/")
    return relative(_LEADING.sub("", text, count=1) if _LEADING.match(text) else text, what="target_path")


def files_below(src_dir: Any, target: str) -> list[Pair]:
    """Return every file below a folder, links followed, with its path below `target`.

    Raises:
        UserErrorException: it is not a folder, or a folder in it cannot be read.
    """
    source = _path(src_dir, "src_dir")
    if not source.is_dir():
        what = "is a file; upload_files([…]) takes files" if source.exists() else "does not exist"
        raise UserErrorException(f"src_dir {str(source)!r} {what}. Expected a folder.")
    try:
        found = sorted(_walk(str(source), "", (os.path.realpath(source),)))
    except OSError as error:
        raise UserErrorException(
            f"{error.filename} cannot be read: {error.strerror}.", inner_exception=error
        ) from error
    return [(source / name, _joined(target, name)) for name in found]


def files_given(files: Any, relative_root: Any, target: str) -> list[Pair]:
    """Return the given files, each with its path relative to `relative_root` below `target`.

    Raises:
        UserErrorException: the list is none or empty, a file does not exist, or is not below `relative_root`.
    """
    paths = [_existing(file) for file in _listed(files)]
    if relative_root is None:
        root = os.path.commonpath([os.path.dirname(path) for path in paths])  # noqa: PTH120
    else:
        root = os.path.abspath(_path(relative_root, "relative_root"))  # noqa: PTH100
    outside = [path for path in paths if not path.startswith(root.rstrip(os.sep) + os.sep)]
    if outside:
        raise UserErrorException(
            f"{outside[0]!r} is not below relative_root {root!r}. Expected a folder that all files are in."
        )
    return [(Path(path), _joined(target, os.path.relpath(path, root))) for path in dict.fromkeys(paths)]


def _walk(folder: str, base: str, above: tuple[str, ...]) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            real = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
            if entry.is_dir() and real not in above:
                yield from _walk(entry.path, f"{base}{entry.name}/", (*above, real))
            elif not entry.is_dir():
                yield base + entry.name


def _listed(files: Any) -> list[Any]:
    if isinstance(files, (str, bytes, os.PathLike)) or not isinstance(files, Iterable):
        raise UserErrorException(f"files is {files!r}. Expected a list of paths, such as ['data/train.csv'].")
    listed = list(files)
    if not listed:
        raise UserErrorException("files is empty. Expected at least one path (did a pattern find nothing?).")
    return listed


def _existing(file: Any) -> str:
    path = _path(file, "An element of files")
    if not path.is_file():
        what = "is a folder; upload(src_dir=…) takes folders" if path.is_dir() else "does not exist"
        raise UserErrorException(f"{str(path)!r} {what}. Nothing was uploaded.")
    return os.path.abspath(path)  # noqa: PTH100 - a link stays a link


def _path(value: Any, what: str) -> Path:
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value):
        raise UserErrorException(f"{what} is {value!r}. Expected a path of this machine.")
    return Path(value)


def _joined(target: str, name: str) -> str:
    return f"{target}/{name}" if target else name
