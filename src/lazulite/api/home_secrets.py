"""The secrets of a home folder: random texts, each in a file that only its owner can read, made at first use.

    <home>/token         who has it may do everything on this home: it is what local REST calls send
    <home>/signing-key   what the tokens of runs and short-lived tokens are signed with; it leaves this machine never
    <home>/sealing-key   what stored credentials are encrypted with; without it they cannot be read

A job gets none in its environment. Deleting a file ends everything that was made with it; a new one is made at the next
use.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from lazulite.model.errors import InvalidRequest, StorageError
from lazulite.model.sealed import unseal
from lazulite.model.signed import LINK, sign

_TOKEN, _SIGNING_KEY = "token", "signing-key"
SEALING_KEY = "sealing-key"
_OTHERS = 0o077
#: How long a printed link opens the portal without a question, in seconds. Whoever came in stays in for longer.
_LINK_SECONDS = 30 * 24 * 3600


def home_token(location: str) -> str:
    """Return the token of the home folder `location`; make it if there is none.

    Raises:
        InvalidRequest: `location` is a server, or others can read the file.
        StorageError: the file cannot be read or made.
    """
    return _secret(location, _TOKEN)


def signing_key(location: str) -> bytes:
    """Return the key with which this home signs; make it if there is none.

    Raises:
        InvalidRequest: `location` is a server, or others can read the file.
        StorageError: the file cannot be read or made.
    """
    return _secret(location, _SIGNING_KEY).encode("ascii")


def sealing_key(location: str) -> bytes:
    """Return the key with which this home seals stored credentials (`model.sealed`); make it if there is none.

    Raises:
        InvalidRequest: `location` is a server, or others can read the file.
        StorageError: the file cannot be read or made.
    """
    return _secret(location, SEALING_KEY).encode("ascii")


def credentials(location: str, sealed: str) -> dict[str, str]:
    """Return the credentials in a datastore's or compute target's `secret`, as this home keeps it; {} for none.

    Raises:
        Corrupt: it was sealed with another key, or altered.
        InvalidRequest, StorageError: as `sealing_key`.
    """
    if not sealed:
        return {}
    found: dict[str, str] = json.loads(unseal(sealing_key(location), sealed))
    return found


def link_key(location: str) -> str:
    """Return what a printed link of the local portal carries as `key`: good for opening a session, and nothing else.

    Raises:
        InvalidRequest, StorageError: as `home_token`.
    """
    return sign(home_token(location).encode("ascii"), LINK, {}, _LINK_SECONDS)


def _secret(location: str, name: str) -> str:
    if "://" in location:
        raise InvalidRequest(
            f"{location} is a server: it keeps its secrets to itself. Use a token it gave you."
        )
    file = Path(location).expanduser() / name
    try:
        if not file.exists():
            _make(file)
        if file.stat().st_mode & _OTHERS:
            raise InvalidRequest(
                f"Other users can read {str(file)!r}. Run `chmod 600 {file}`, or delete it to get a new {name}."
            )
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"The {name} file {str(file)!r} cannot be used: {error}.") from error
    if not text:
        raise StorageError(f"The {name} file {str(file)!r} is empty. Delete it to get a new {name}.")
    return text


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(32) + "\n")
        with contextlib.suppress(
            FileExistsError
        ):  # where another process was first, both read the same secret
            os.link(draft, file)
    finally:
        draft.unlink()
