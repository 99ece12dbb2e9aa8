"""A place in a datastore, as people write it: names, paths and the default names made from them."""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any

from lazulite.sdk.exceptions import UserErrorException

_ROOT = (None, "", "/", ".", "./")


def datastore_name(datastore: Any) -> str:
    """Return the name of a datastore given as an object or by name.

    Raises:
        UserErrorException: it is neither.
    """
    name = datastore if isinstance(datastore, str) else getattr(datastore, "name", None)
    if not isinstance(name, str) or not name:
        raise UserErrorException(
            f"{datastore!r} is not a datastore. Expected one such as ws.get_default_datastore(), or its name."
        )
    return name


def checked_path(path: Any, what: str) -> str | None:
    """Return a path as text, or None.

    Raises:
        UserErrorException: it is neither text nor a path object.
    """
    if path is None or isinstance(path, str):
        return path
    if isinstance(path, os.PathLike):
        return os.fsdecode(path)
    raise UserErrorException(f"{what} is {path!r}. Expected a path as text, with '/' between its parts.")


def normal_path(path: str | None) -> str:
    """Return a path below a datastore without what means nothing: `./a//b/` is `a/b`; the root is empty.

    `..` is left for the check of the whole pipeline, which names the step.
    """
    if path in _ROOT:
        return ""
    return "/".join(part for part in str(path).split("/") if part not in ("", "."))


def joined(base: str | None, path: str | None) -> str | None:
    """Return `path` below `base`; None where both mean the root."""
    if path in _ROOT:
        return base
    return str(path) if base in _ROOT else f"{str(base).rstrip('/')}/{path}"


def default_name(datastore: str, path: str | None) -> str:
    """Return the name of data that were given none: the datastore's, and for a path a digest of it.

    The same place always gets the same name, so that a step that takes it can be reused.
    """
    stem = re.sub(r"\W", "_", datastore)
    place = normal_path(path)
    if not place:
        return stem
    return f"{stem}_{hashlib.sha256(place.encode(errors='surrogatepass')).hexdigest()[:8]}"
