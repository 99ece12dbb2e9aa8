"""Which database holds the records of a home folder: this module alone decides.

Its own file `lazulite.db`, unless `LAZULITE_DATABASE_URL` names another database. A home and its database belong
together (rows there name files here), so the address is kept in `<home>/database.url`, for its owner's eyes only:
whoever opens the home later finds the same records, without the variable, and no script needs to be told a password.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from lazulite.model.errors import InvalidRequest, StorageError
from lazulite.model.outbox import ENV_DATABASE
from lazulite.records import sqlite

FILE = "database.url"
_DRIVER = "postgresql+psycopg"


def url_of_home(home: Path) -> URL:
    """Return the address of the records of `home`.

    Raises:
        InvalidRequest: the address cannot be understood, or the home has records in its own file already.
        StorageError: the address that was kept cannot be read or written.
    """
    given = os.environ.get(ENV_DATABASE, "").strip()
    kept = _kept(home)
    if not given and not kept:
        return sqlite.url_of_home(home)
    if not given:
        return parsed(kept)
    url = parsed(given)
    own = Path(str(sqlite.url_of_home(home).database))
    if not kept and own.exists():
        raise InvalidRequest(
            f"The home folder {home} has its records in {own.name} already, and {ENV_DATABASE} names another database. "
            "Choose a new home folder for it, or take them along: lazulite backup FILE without the variable, and "
            "lazulite restore FILE --home NEW with it."
        )
    if given != kept:
        _keep(home, given)
    return url


def parsed(text: str) -> URL:
    """Return the address that `text` writes; `postgresql://` without a driver means ours.

    Raises:
        InvalidRequest: it is not the address of a database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise InvalidRequest(
            f"{text.partition('://')[0] if '://' in text else 'This'}://… is not a database URL. Expected a folder, or "
            "postgresql+psycopg://user:password@host/name."
        ) from error
    return url.set(drivername=_DRIVER) if url.drivername in ("postgresql", "postgres") else url


def _kept(home: Path) -> str:
    try:
        return (home / FILE).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise StorageError(
            f"{home / FILE}, which says where the records are, cannot be read: {error.strerror}."
        ) from error


def _keep(home: Path, text: str) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = home / f".{FILE}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        draft.replace(home / FILE)
    except OSError as error:
        raise StorageError(f"{home / FILE} cannot be written: {error.strerror}.") from error
