"""Paths as seen from the current directory, which may have been removed under a running notebook or shell."""

from __future__ import annotations

import os
from pathlib import Path

from lazulite.sdk.exceptions import UserErrorException


def absolute(path: str | os.PathLike[str] = ".") -> Path:
    """Return `path` as an absolute one; `~` is the user's home.

    Raises:
        UserErrorException: it is relative, and the current directory was removed.
    """
    try:
        return Path(path).expanduser().absolute()
    except FileNotFoundError as error:
        raise UserErrorException(
            "The current directory was removed. Change into one that exists, or give absolute paths."
        ) from error
