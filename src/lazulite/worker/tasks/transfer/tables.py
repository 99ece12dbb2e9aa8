"""Rows out of a database, as a query gives them, and into a table, all or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.transfer.databases import Database, DatabaseError, Table
from lazulite.worker.tasks.transfer.rows import Row, Rows, as_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: So many rows are fetched or sent at a time.
_BATCH = 1000


# --- reading ---


@contextmanager
def selected(database: Database, asked: Mapping[str, Any]) -> Iterator[Rows]:
    """Give what a query, a table or a stored procedure gives; the database sends it piece by piece.

    Args:
        database: The database.
        asked: `table`, `query`, or `procedure` with its `parameters`.

    Raises:
        InvalidRequest: it gives no rows.
        NotFound: there is no such table.
        DatabaseError: the database refused.
    """
    with database.connected() as connection:
        _keep_as_text(connection)
        statement = _statement(database, connection, asked)
        streaming = connection.execution_options(stream_results=True, yield_per=_BATCH, no_parameters=True)
        result = streaming.exec_driver_sql(statement)
        if not result.returns_rows:
            raise InvalidRequest(
                f"The query on {database.title} gives no rows. A transfer's source must be something to read, such as a "
                "SELECT."
            )
        title = f"the result of the {next(iter(asked))} on {database.title}"
        rows = _fetched(database, result)
        yield Rows(title, tuple(result.keys()), rows, lambda row: f"row {row + 1} of {title}")


def _fetched(database: Database, result: Iterable[Row]) -> Iterator[Row]:
    """The rows. Where they are read, in the middle of a store's writing, no error of a database is understood."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield from result
    except SQLAlchemyError as error:
        raise DatabaseError(f"The database of {database.title} refused: {database.words(error)}") from error


def _keep_as_text(connection: Connection) -> None:
    """What Python has no exact type for arrives as PostgreSQL writes it: numbers in JSON, months in spans of time."""
    if connection.dialect.driver == "psycopg":
        from psycopg.types.string import TextLoader

        raw: Any = connection.connection.driver_connection
        for kind in ("json", "jsonb", "interval"):
            raw.adapters.register_loader(kind, TextLoader)


def _statement(database: Database, connection: Connection, asked: Mapping[str, Any]) -> str:
    if "query" in asked:
        return str(asked["query"])
    if "procedure" in asked:
        return _call(database, connection, str(asked["procedure"]), asked.get("parameters") or {})
    table = database.table(connection, str(asked["table"]))
    return f"SELECT * FROM {_quoted(connection, table)}"  # noqa: S608 - a name that the database knows, quoted


def _call(database: Database, connection: Connection, name: str, parameters: Mapping[str, Any]) -> str:
    from sqlalchemy import literal
    from sqlalchemy.sql import sqltypes

    from lazulite.worker.tasks.transfer.databases import name_parts

    dialect = connection.dialect

    def written(value: Any) -> str:
        kind = literal(value, sqltypes.String() if isinstance(value, str) else None)
        return str(kind.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

    called = ".".join(dialect.identifier_preparer.quote(part) for part in name_parts(name))
    values = {key.lstrip("@"): written(value) for key, value in parameters.items()}
    if dialect.name == "mssql":
        return f"EXEC {called} {', '.join(f'@{key} = {text}' for key, text in values.items())}"
    if dialect.name == "postgresql":
        return f"SELECT * FROM {called}({', '.join(f'{key} => {text}' for key, text in values.items())})"  # noqa: S608
    if dialect.name == "mysql":
        return f"CALL {called}({', '.join(values.values())})"
    raise InvalidRequest(f"The database of {database.title} ({dialect.name}) has no stored procedures.")


def _quoted(connection: Connection, table: Table) -> str:
    quote = connection.dialect.identifier_preparer.quote_identifier
    return ".".join(quote(part) for part in (table.schema, table.name) if part)


# --- writing ---


def append(database: Database, given: str, rows: Rows, told: Callable[[int], None]) -> int:
    """Append the rows to a table, in one transaction; return how many there were.

    Values arrive as text, and the database casts them to the columns' types. PostgreSQL reads bytes and true as text, too;
    others get them as what they are.

    Args:
        database: The database.
        given: The table, which must exist.
        rows: Their columns are called exactly like the table's.
        told: Called with the number of rows now and then.

    Raises:
        NotFound: there is no such table.
        InvalidRequest: the columns are not those of the table; the message names both.
        DatabaseError: the database refused a row; the message says which. Nothing was written.
    """
    with database.connected(writing=True) as connection:
        table = database.table(connection, given)
        _check_columns(database, table, rows)
        if connection.dialect.driver == "psycopg":
            return _copy(database, connection, table, rows, told)
        return _insert(database, connection, table, rows, told)


def _check_columns(database: Database, table: Table, rows: Rows) -> None:
    if set(rows.columns) == set(table.columns):
        return
    missing = [name for name in table.columns if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in table.columns]
    wrong = [f"missing: {', '.join(missing)}"] if missing else []
    wrong += [f"not in the table: {', '.join(unknown)}"] if unknown else []
    raise InvalidRequest(
        f"The columns of {rows.title} are not those of the table {table} of {database.title}. It has: "
        f"{', '.join(rows.columns)}. The table has: {', '.join(table.columns)} ({'; '.join(wrong)}). Names must be the "
        "same, upper and lower case included; their order does not matter."
    )


def _copy(
    database: Database, connection: Connection, table: Table, rows: Rows, told: Callable[[int], None]
) -> int:
    """Send rows to PostgreSQL by COPY, the quickest way it has."""
    import psycopg

    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = ", ".join(map(quote, rows.columns))
    raw: Any = connection.connection.driver_connection
    count = 0
    try:
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY {_quoted(connection, table)} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows.values:
                copy.write_row([as_text(value) for value in row])
                count += 1
                if count % _BATCH == 0:
                    told(count)
    except psycopg.Error as error:
        at = re.search(r"line (\d+)", error.diag.context or "")
        where = rows.place(int(at[1]) - 1) if at else rows.title
        raise _refused(database, table, where, error) from error
    return count


def _insert(
    database: Database, connection: Connection, table: Table, rows: Rows, told: Callable[[int], None]
) -> int:
    from sqlalchemy import column
    from sqlalchemy import table as named
    from sqlalchemy.exc import SQLAlchemyError

    # Columns without types: nothing of ours stands between the text and the database's own cast.
    target = named(table.name, *(column(name) for name in rows.columns), schema=table.schema)
    statement = target.insert()
    count = 0
    for batch in _batches(rows.values):
        given = [dict(zip(rows.columns, map(_sent, row), strict=True)) for row in batch]
        try:
            with connection.begin_nested():
                connection.execute(statement, given)
        except SQLAlchemyError as error:
            number, cause = _first_refused(connection, statement, given) or (0, error)
            raise _refused(database, table, rows.place(count + number), cause) from error
        count += len(batch)
        told(count)
    return count


def _sent(value: Any) -> Any:
    return value if isinstance(value, (bool, int, bytes)) else as_text(value)


def _first_refused(
    connection: Connection, statement: Any, given: list[dict[str, Any]]
) -> tuple[int, BaseException] | None:
    """Which row of a batch the database does not take; None if it takes them now."""
    from sqlalchemy.exc import SQLAlchemyError

    for number, row in enumerate(given):
        try:
            with connection.begin_nested():
                connection.execute(statement, [row])
        except SQLAlchemyError as error:
            return number, error
    return None


def _refused(database: Database, table: Table, where: str, error: BaseException) -> DatabaseError:
    return DatabaseError(
        f"The table {table} of {database.title} did not take {where}: {database.words(error)} Nothing was written."
    )


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch
