"""From a location to a `Service`: the first of the two places that load code by name.

A location is a folder (the home folder of a local system) or an http(s) URL (a server). Where none is given:
`LAZULITE_URL`, else `LAZULITE_HOME`, else the platform's folder for user data.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from lazulite.api.service import Service
from lazulite.model.errors import InvalidRequest
from lazulite.model.outbox import ENV_HOME, ENV_URL

_LOCAL = ("lazulite.service.local", "LocalService")
_REMOTE = ("lazulite.client.remote", "RemoteService")

#: Gives the header that says to a server who calls.
Header = Callable[[], Mapping[str, str]]

_open: dict[tuple[int, str, Header | None], Service] = {}
_lock = threading.Lock()


def default_location() -> str:
    """Return the location that is used when a user says nothing.

    Raises:
        InvalidRequest: LAZULITE_URL is no URL. As a folder it would be made here, and hold what was meant for a server.
    """
    url = os.environ.get(ENV_URL)
    if url and "://" not in url:
        raise InvalidRequest(
            f"{ENV_URL} is {url!r}, which is no URL. Expected one that begins with http:// or https://, such as "
            f"https://{url.strip('/')}; a home folder is named by {ENV_HOME}."
        )
    if url:
        return url
    home = os.environ.get(ENV_HOME)
    if home:
        return str(Path(home).expanduser().absolute())
    import platformdirs

    return platformdirs.user_data_dir("lazulite", appauthor=False)


def connect(location: str | None = None, header: Header | None = None) -> Service:
    """Return the service at `location`; the same object for the same location and header within one process.

    Args:
        location: A folder, an http(s) URL, or None for `default_location()`.
        header: Of a server: says who calls; without it the token in LAZULITE_TOKEN, or the one that a login kept. A
            folder asks nobody.

    Raises:
        InvalidRequest: the location is a URL of another kind.
    """
    where = location or default_location()
    signed = header if "://" in where else None
    key = (os.getpid(), where, signed)  # a forked child must not share its parent's connections
    with _lock:
        if key not in _open:
            _open[key] = _load(where, signed)
        return _open[key]


def _load(where: str, header: Header | None) -> Service:
    scheme, separator, _ = where.partition("://")
    if separator and scheme not in ("http", "https"):
        raise InvalidRequest(
            f"{where!r} is not a location of a Lazulite system. Expected a folder or an http(s) URL."
        )
    module, name = _REMOTE if separator else _LOCAL
    implementation = getattr(importlib.import_module(module), name)
    return cast("Service", implementation(where, header) if separator else implementation(where))
