"""Everything that is peculiar to SQLite: its file, its settings, how its transactions begin.

Write-ahead logging lets readers go on while one process writes. A transaction that writes takes the write lock when
it begins (`BEGIN IMMEDIATE`): taking it later, after reading, can fail at once, whatever the time-out.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from lazulite.model.errors import InvalidRequest, StorageError

FILE = "lazulite.db"
#: The execution option that marks connections that write.
WRITES = "lazulite_writes"
_BUSY_SECONDS = 30.0
#: A connection that writes keeps up to 32 MiB of the file in memory. The ids of runs are random, so each thousand new
#: rows touch most pages of a table: with room for too few, all of them are written and read again each time.
_ROOM = f"PRAGMA cache_size=-{32 << 10}"
#: After how many pages (of 4 KiB) the log is written back into the file: pages that change often go there more rarely.
_CHECKPOINT_PAGES = 4000


def url_of_home(home: Path) -> URL:
    """The address of the database in the home folder `home`."""
    return URL.create("sqlite", database=str(home.expanduser().absolute() / FILE))


def make_engine(url: URL) -> Engine:
    """Return an engine on the file that `url` names."""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=-1,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_SECONDS},
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def use_write_ahead_log(engine: Engine) -> None:
    """Switch the file to write-ahead logging, which it keeps."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while not _writes_ahead(engine, is_last=time.monotonic() > deadline):
        time.sleep(0.02)


def _writes_ahead(engine: Engine, *, is_last: bool) -> bool:
    with closing(engine.raw_connection()) as raw:
        try:
            if raw.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # SQLite refuses the switch at once, without waiting, while another process makes it.
            if is_last or "locked" not in str(error):
                raise
            return False
    return True


def change_counter(raw: Any) -> int:
    """A number that differs after any other connection, of any process, has changed the database."""
    (version,) = raw.execute("PRAGMA data_version").fetchone()
    return int(version)


def make_file(url: URL) -> None:
    """Make the file that `url` names, for its owner's eyes only, if it is not there.

    Raises:
        InvalidRequest: the URL names no file.
        StorageError: the file or its folder cannot be made.
    """
    if not url.database or url.database == ":memory:":
        raise InvalidRequest("A database in memory cannot be shared between processes. Name a file.")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Only a new one is opened: closing a file gives up all locks that this process has on it, and so those of
        # connections that are in use.
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another process was faster
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        elif not os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StorageError(
            f"The database {path} cannot be opened: {error.strerror}. Check that its folder can be written, or "
            "choose another one with LAZULITE_HOME."
        ) from error


def _configure(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    # Straight to the driver: SQLAlchemy's way takes longer than many a transaction.
    raw: Any = connection.connection.dbapi_connection
    if writes:
        raw.execute(_ROOM)  # readers do without: a service may have many
    raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
