"""The tokens by which this user is known to servers: `LAZULITE_TOKEN`, and those that a login kept.

A kept token stands in a file of its own below the user's configuration folder, readable by its owner only, one for
each server. `LAZULITE_TOKEN` belongs to the server that `LAZULITE_URL` names, if it names one: another server, such as
one that a downloaded `config.json` names, does not get it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lazulite.model.errors import InvalidRequest, StorageError, Unauthenticated
from lazulite.model.outbox import ENV_TOKEN, ENV_URL

_PORTS = {"http": 80, "https": 443}
_OTHERS = 0o077


@dataclass(frozen=True)
class KeptToken:
    """A token of a server, and when it ends (seconds since 1970; None: never, as far as is known)."""

    server: str
    token: str
    expires: float | None = None


def origin(url: str) -> str:
    """Return scheme, host and port of a server's URL, which is whom a token is given to.

    Raises:
        InvalidRequest: it is not an http(s) URL.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise InvalidRequest(
            f"{url!r} is not the URL of a server. Expected http(s)://host[:port]."
        ) from error
    if not parts.hostname:
        raise InvalidRequest(f"{url!r} names no host. Expected http(s)://host[:port].")
    return f"{parts.scheme}://{parts.hostname}:{port}"


def token_for(url: str) -> str | None:
    """Return the token to send to the server `url`; None if this user has none that is still good.

    Raises:
        InvalidRequest: it is not the URL of a server, or others can read the file of its token.
    """
    return _of_environment(url) or _kept(url)


def header_for(url: str) -> dict[str, str]:
    """Return the header to send to the server `url`: what a client asks where nothing else was given.

    Raises:
        Unauthenticated: this user has no token for it; the message says how to get one.
    """
    token = token_for(url)
    if token is None:
        raise Unauthenticated(
            f"There is no token for {url}. Run `lazulite login {url}`, or set {ENV_TOKEN} to a token of that server."
        )
    return {"Authorization": f"Bearer {token}"}


def keep(url: str, token: str, expires: float | None = None) -> Path:
    """Keep a token of the server `url` for this user; return the file.

    Raises:
        StorageError: it cannot be written.
    """
    file = _file(url)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(KeptToken(origin(url), token, expires)), stream)
        draft.replace(file)
    except OSError as error:
        raise StorageError(f"The token could not be kept in {str(file)!r}: {error}.") from error
    return file


def forget(url: str) -> bool:
    """Forget the token of the server `url`; True if there was one."""
    try:
        _file(url).unlink()
    except FileNotFoundError:
        return False
    return True


def _of_environment(url: str) -> str | None:
    token, named = os.environ.get(ENV_TOKEN), os.environ.get(ENV_URL)
    if not token:
        return None
    with contextlib.suppress(InvalidRequest):
        if named and "://" in named and origin(named) != origin(url):
            return None
    return token


def _kept(url: str) -> str | None:
    file = _file(url)
    try:
        if file.stat().st_mode & _OTHERS:
            raise InvalidRequest(f"Other users can read {str(file)!r}. Delete it and log in again.")
        kept = KeptToken(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if kept.server != origin(url) or (kept.expires is not None and kept.expires <= time.time()):
        return None
    return kept.token


def _file(url: str) -> Path:
    import platformdirs

    name = hashlib.sha256(origin(url).encode()).hexdigest()[:32]
    return Path(platformdirs.user_config_dir("lazulite", appauthor=False)) / "tokens" / f"{name}.json"
