"""How a database is opened, and its transactions: `open_records` for everyone, `Database` for this package."""

from __future__ import annotations

import os
import threading
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, text
from sqlalchemy.exc import NoSuchModuleError

from lazulite.model.errors import InvalidRequest
from lazulite.records import migrations, place, sqlite
from lazulite.records.failures import driver_errors
from lazulite.records.records import Records


def open_records(url_or_home: str | Path) -> Records:
    """Open the records of a system, making or upgrading its database where needed.

    Args:
        url_or_home: A home folder, whose records are where `place` says, or the URL of a database as SQLAlchemy
            writes it (`postgresql+psycopg://user@host/name`).

    Raises:
        Corrupt: the database is damaged, not ours, or of a newer version.
        InvalidRequest: the URL cannot be understood, or its driver is not installed.
        StorageError: the file cannot be opened or written.
        ServiceUnavailable: the database server cannot be reached.
    """
    database = Database(_url(url_or_home))
    try:
        database.prepare()
    except BaseException:
        database.close()
        raise
    return Records(database)


@dataclass
class _Open:
    """What one process has open. A forked child never touches its parent's."""

    engine: Engine
    pid: int = field(default_factory=os.getpid)
    lock: threading.Lock = field(default_factory=threading.Lock)
    watcher: PoolProxiedConnection | None = None

    def __post_init__(self) -> None:
        self.writer = self.engine.execution_options(**{sqlite.WRITES: True})
        # A server's transactions otherwise see what others commit between two of their statements.
        is_server = self.engine.dialect.name != "sqlite"
        self.reader = self.engine.execution_options(
            **({"isolation_level": "REPEATABLE READ"} if is_server else {})
        )

    def close(self) -> None:
        if self.pid != os.getpid():
            _inherited.append(self)
            return
        if self.watcher is not None:
            self.watcher.close()
        self.engine.dispose()


#: What forked processes inherited: kept, because closing an inherited SQLite connection disturbs the parent's.
_inherited: list[_Open] = []


class Database:
    """A database and its transactions; safe for threads, for several processes, and after a fork."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.name = str(url.database) if self.is_sqlite else url.render_as_string(hide_password=True)
        self._open: _Open | None = None
        self._closer: weakref.finalize[[], Database] | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the database throughout."""
        with driver_errors(self.name), self._here().reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of the block is recorded, or nothing if it raises."""
        with driver_errors(self.name), self._here().writer.begin() as connection:
            yield connection

    def prepare(self) -> None:
        """Make or upgrade the tables where needed."""
        if self.is_sqlite:
            sqlite.make_file(
                self.url
            )  # only here: a home that was removed must not come back by a late reader
            with driver_errors(self.name):
                sqlite.use_write_ahead_log(self._here().reader)
        with self.read() as connection:
            done = migrations.is_current(connection)
        if not done:
            with self.write() as connection:
                self._exclude_others(connection)
                migrations.migrate(connection)

    def data_version(self) -> int:
        """A number that is another one after anything was changed, by this process or by others."""
        if not self.is_sqlite:
            with self.read() as connection:
                snapshot = connection.execute(
                    text("SELECT CAST(txid_current_snapshot() AS text)")
                ).scalar_one()
                return zlib.crc32(str(snapshot).encode())
        here = self._here()
        # SQLite counts changes as one connection sees those of others: always ask the same, which never writes.
        with driver_errors(self.name), here.lock:
            if here.watcher is None:
                here.watcher = here.reader.raw_connection()
            return sqlite.change_counter(here.watcher)

    def close(self) -> None:
        """Close all connections of this process. A later call opens new ones."""
        self._open = None
        if self._closer is not None:
            self._closer()

    def _here(self) -> _Open:
        state = self._open
        if state is None or state.pid != os.getpid():
            self.close()
            state = self._open = _Open(self._engine())
            # Whoever forgets to close still leaves no connection behind.
            self._closer = weakref.finalize(self, state.close)
        return state

    def _engine(self) -> Engine:
        if self.is_sqlite:
            return sqlite.make_engine(self.url)
        try:
            return create_engine(
                self.url, pool_size=5, max_overflow=-1, pool_pre_ping=True, hide_parameters=True
            )
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise InvalidRequest(
                f"The driver of the database {self.name} is not installed ({error}). For Postgres: "
                "pip install 'psycopg[binary]' and a URL that begins with postgresql+psycopg://."
            ) from error

    def _exclude_others(self, connection: Connection) -> None:
        if not self.is_sqlite:  # SQLite's writers exclude each other anyway
            connection.execute(text("SELECT pg_advisory_xact_lock(7523094288)"))


def _url(url_or_home: str | Path) -> URL:
    if isinstance(url_or_home, Path) or "://" not in url_or_home:
        return place.url_of_home(Path(url_or_home).expanduser().absolute())
    return place.parsed(url_or_home)
