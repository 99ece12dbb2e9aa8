"""Databases behind datastores: connecting, and what they say, in words that name the datastore and no secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lazulite.api.home_secrets import credentials
from lazulite.graph.labels import nearest
from lazulite.model.databases import database_url
from lazulite.model.errors import InvalidRequest, NotFound, StorageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from lazulite.model.assets import Datastore

#: A part of a table's name, in the quotes of any database or plain, and what follows it.
_PART = re.compile(r'\s*(?:\[([^\]]+)\]|"([^"]+)"|`([^`]+)`|([^.\[\]"`]+))\s*(\.|$)')
_LONGEST = 500  # characters of what a database says that a message repeats


class DatabaseError(StorageError):
    """The database refused: the login, the statement, or a value."""


@dataclass(frozen=True)
class Table:
    """A table that is there: its schema (None: the user's own), name and columns."""

    schema: str | None
    name: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Database:
    """The database of a datastore.

    Args:
        record: The datastore.
        home: The home folder, which can open the datastore's secret.
    """

    def __init__(self, record: Datastore, home: str) -> None:
        self.name = record.name
        self._record = record
        self._credentials = credentials(home, record.secret)

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"datastore '{self.name}'"

    @cached_property
    def engine(self) -> Engine:
        """What makes connections.

        Raises:
            InvalidRequest: its URL cannot be read, or the library that speaks to it is not installed.
        """
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool

        url = database_url(self._record, self._credentials)
        try:
            engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        except ModuleNotFoundError as error:
            raise InvalidRequest(
                f"The library {error.name!r}, which speaks to the database of {self.title}, is not installed. "
                "Run: pip install 'lazulite[sql]'"
            ) from error
        except (ArgumentError, NoSuchModuleError) as error:
            raise InvalidRequest(f"The URL of {self.title} cannot be used: {self._told(error)}") from error
        if engine.dialect.name == "sqlite":
            _with_real_transactions(engine)
        return engine

    @contextmanager
    def connected(self, *, writing: bool = False) -> Iterator[Connection]:
        """Give a connection; what is written is there when the block ends, and nothing of it if it fails.

        Raises:
            DatabaseError: the database cannot be reached, refuses the login, or refuses what is asked.
        """
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self.engine.begin() if writing else self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise DatabaseError(f"The database of {self.title} refused: {self.words(error)}") from error

    def words(self, error: BaseException) -> str:
        """What the database said: neither the statement nor values, and no password."""
        return self._told(getattr(error, "orig", None) or error)

    def _told(self, error: BaseException) -> str:
        text = str(error.args[-1] if error.args and isinstance(error.args[-1], str) else error).strip()
        for secret in filter(None, self._credentials.values()):
            text = text.replace(secret, "…")
        return text[:_LONGEST]

    def table(self, connection: Connection, given: str) -> Table:
        """Return the table or view that a user means.

        The spelling that was given wins; where there is none of it, one that differs in upper and lower case only.

        Raises:
            NotFound: there is none; the message names the nearest.
        """
        from sqlalchemy import inspect

        inspector = inspect(connection)
        *schemas, name = name_parts(given)
        schema = schemas[-1] if schemas else None
        if schema is not None:
            schema = _same_name(schema, inspector.get_schema_names()) or schema
        known = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        found = _same_name(name, known)
        if found is None:
            where = f" in the schema {schema!r}" if schema else ""
            has = ", ".join(sorted(known)[:20]) or "none"
            raise NotFound(
                f"There is no table {name!r}{where} in the database of {self.title}.{nearest(name, known)} It has: "
                f"{has}. A transfer makes no tables: create it first."
            )
        columns = tuple(str(column["name"]) for column in inspector.get_columns(found, schema))
        return Table(schema, found, columns)


def name_parts(given: str) -> list[str]:
    """Return the parts of a table's name: `sales.orders`, `[dbo].[My table]`, `"a.b".c`.

    Raises:
        InvalidRequest: a quote is not closed, or a part is empty.
    """
    parts, at, end = [], 0, "."
    while end:
        match = _PART.match(given, at)
        if match is None:
            raise InvalidRequest(f"{given!r} is not the name of a table. Expected `table` or `schema.table`.")
        *quoted, plain, end = match.groups()
        parts.append(next(filter(None, quoted), None) or plain.strip())
        at = match.end()
    return parts


def _same_name(name: str, known: list[str]) -> str | None:
    if name in known:
        return name
    alike = [one for one in known if one.lower() == name.lower()]
    return alike[0] if len(alike) == 1 else None


def _with_real_transactions(engine: Engine) -> None:
    """Python's sqlite3 begins transactions when it likes; here they begin when we say so, as everywhere."""
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def plain(connection: Any, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
