"""From a location to a `Service`: the first of the two places that load code by name.

A location is a folder (the home folder of a local system) or an http(s) URL (a server). Where none is given:
`LAZULITE_URL`, else `LAZULITE_HOME`, else the platform's folder for user data.
"""

from __future__ import annotations

import importlib
import os
import threading
from pathlib import Path
from typing import cast

from lazulite.api.service import Service
from lazulite.model.errors import InvalidRequest
from lazulite.model.outbox import ENV_HOME, ENV_URL

_LOCAL = ("lazulite.service.local", "LocalService")
_REMOTE = ("lazulite.client.remote", "RemoteService")

_open: dict[tuple[int, str], Service] = {}
_lock = threading.Lock()


def default_location() -> str:
    """Return the location that is used when a user says nothing."""
    url = os.environ.get(ENV_URL)
    if url:
        return url
    home = os.environ.get(ENV_HOME)
    if home:
        return str(Path(home).expanduser().absolute())
    import platformdirs

    return platformdirs.user_data_dir("lazulite", appauthor=False)


def connect(location: str | None = None) -> Service:
    """Return the service at `location`; the same object for the same location within one process.

    Args:
        location: A folder, an http(s) URL, or None for `default_location()`.

    Raises:
        InvalidRequest: the location is a URL of another kind, or this version has no client for it.
    """
    where = location or default_location()
    key = (os.getpid(), where)  # a forked child must not share its parent's connections
    with _lock:
        if key not in _open:
            _open[key] = _load(where)
        return _open[key]


def _load(where: str) -> Service:
    scheme, separator, _ = where.partition("://")
    if separator and scheme not in ("http", "https"):
        raise InvalidRequest(
            f"{where!r} is not a location of a Lazulite system. Expected a folder or an http(s) URL."
        )
    module, name = _REMOTE if separator else _LOCAL
    try:
        implementation = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name not in (module, module.rpartition(".")[0]):
            raise
        raise InvalidRequest(
            f"{where!r} is a server, and this version of Lazulite works on folders only. "
            f"Unset {ENV_URL}, or remove service_url from config.json."
        ) from error
    return cast("Service", implementation(where))
