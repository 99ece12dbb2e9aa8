"""Files and folders given on the command line: there, or a clear error."""

from __future__ import annotations

from pathlib import Path

from lazulite.model.errors import InvalidRequest, NotFound


def existing(path: Path) -> Path:
    """Return `path` if it is a file or a folder.

    Raises:
        NotFound: there is nothing of that name.
    """
    if not path.exists():
        raise NotFound(f"There is no file or folder '{path}'.")
    return path


def existing_file(path: Path) -> Path:
    """Return `path` if it is a file.

    Raises:
        NotFound: there is nothing of that name.
        InvalidRequest: it is a folder.
    """
    if path.is_dir():
        raise InvalidRequest(f"'{path}' is a folder. Expected a file.")
    if not path.exists():
        raise NotFound(f"There is no file '{path}'.")
    return path


def existing_folder(path: Path) -> Path:
    """Return `path` if it is a folder.

    Raises:
        NotFound: there is nothing of that name.
        InvalidRequest: it is a file.
    """
    if not path.exists():
        raise NotFound(f"There is no folder '{path}'.")
    if not path.is_dir():
        raise InvalidRequest(f"'{path}' is a file. Expected a folder.")
    return path
