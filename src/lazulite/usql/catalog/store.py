"""What the catalog knows, in DuckDB: one row for each object, one table of rows for each table.

U-SQL's names are case-sensitive and DuckDB's are not, so a table's rows lie in `usql_rows.t<number>` and its columns are
`k<number>`; the names are values in `usql.objects`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from lazulite.usql.tree import ObjectName

if TYPE_CHECKING:
    import duckdb

Kind = OneOf["TABLE", "VIEW", "FUNCTION", "PROCEDURE", "TYPE", "PACKAGE"]

_MADE_WITH = (
    "CREATE SCHEMA IF NOT EXISTS usql",
    "CREATE SCHEMA IF NOT EXISTS usql_rows",
    "CREATE SEQUENCE IF NOT EXISTS usql.numbers",
    "CREATE TABLE IF NOT EXISTS usql.schemas (database VARCHAR, name VARCHAR)",
    (
        "CREATE TABLE IF NOT EXISTS usql.objects (number BIGINT, database VARCHAR, schema VARCHAR, name VARCHAR, "
        "kind VARCHAR, text VARCHAR, context_database VARCHAR, context_schema VARCHAR, columns VARCHAR)"
    ),
    "CREATE TABLE IF NOT EXISTS usql.partitions (number BIGINT, label VARCHAR[])",
)
_FIELDS = "number, database, schema, name, kind, text, context_database, context_schema, columns"


@dataclass(frozen=True)
class Context:
    """The database and schema that names are looked up in."""

    database: str = "master"
    schema: str = "dbo"

    def place(self, name: ObjectName) -> tuple[str, str, str]:
        """Give database, schema and name of what a name of one to three parts means here."""
        parts = name.parts
        if len(parts) == 1:
            return self.database, self.schema, parts[0]
        if len(parts) == 2:
            return self.database, parts[0] or "dbo", parts[1]
        return parts[-3], parts[-2] or "dbo", parts[-1]


@dataclass(frozen=True)
class StoredColumn:
    """A table's column: its name and type as written, and what it is called in DuckDB."""

    name: str
    type: str
    key: str


@dataclass(frozen=True)
class Stored:
    """An object of the catalog.

    Args:
        text: the statement that made it.
        context: where it was made; names in `text` are looked up there.
        columns: those of a table, else none.
    """

    number: int
    place: tuple[str, str, str]
    kind: Kind
    text: str
    context: Context
    columns: tuple[StoredColumn, ...] = ()

    @property
    def rows(self) -> str:
        """DuckDB's name of a table's rows."""
        return f"usql_rows.t{self.number}"

    def __str__(self) -> str:
        return ".".join(self.place)


class Store:
    """The facts of a catalog, read and written by one connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        for statement in _MADE_WITH:
            connection.execute(statement)
        if not self.has_database("master"):
            self.add_schema("master", "dbo")

    def _all(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self._connection.execute(sql, list(values)).fetchall()

    # Databases and schemas. A database is there while it has a schema; `dbo` comes with it.
    def databases(self) -> tuple[str, ...]:
        return tuple(
            str(row[0]) for row in self._all("SELECT DISTINCT database FROM usql.schemas ORDER BY 1")
        )

    def has_database(self, name: str) -> bool:
        return name in self.databases()

    def has_schema(self, database: str, name: str) -> bool:
        return bool(self._all("SELECT 1 FROM usql.schemas WHERE database = ? AND name = ?", database, name))

    def add_schema(self, database: str, name: str) -> None:
        self._connection.execute("INSERT INTO usql.schemas VALUES (?, ?)", [database, name])

    def drop_schema(self, database: str, name: str) -> None:
        """Drop a schema with all that is in it."""
        for found in self.objects(database, name):
            self.drop(found)
        self._connection.execute("DELETE FROM usql.schemas WHERE database = ? AND name = ?", [database, name])

    def drop_database(self, name: str) -> None:
        """Drop a database with all that is in it."""
        for schema in self._all("SELECT name FROM usql.schemas WHERE database = ?", name):
            self.drop_schema(name, str(schema[0]))

    # Objects.
    def objects(self, database: str, schema: str) -> tuple[Stored, ...]:
        """Give all objects of a schema in the order of their names."""
        sql = f"SELECT {_FIELDS} FROM usql.objects WHERE database = ? AND schema = ? ORDER BY name"
        return tuple(_stored(row) for row in self._all(sql, database, schema))

    def find(self, place: tuple[str, str, str]) -> Stored | None:
        sql = f"SELECT {_FIELDS} FROM usql.objects WHERE database = ? AND schema = ? AND name = ?"
        found = self._all(sql, *place)
        return _stored(found[0]) if found else None

    def add(
        self,
        place: tuple[str, str, str],
        kind: Kind,
        text: str,
        context: Context,
        columns: tuple[tuple[str, str], ...] = (),
    ) -> Stored:
        """Add an object; of a table's `columns`, names and types as written, its rows are the caller's."""
        number = int(str(self._all("SELECT nextval('usql.numbers')")[0][0]))
        kept = tuple(StoredColumn(name, kind_of, f"k{at}") for at, (name, kind_of) in enumerate(columns))
        row = [number, *place, kind, text, context.database, context.schema, _written(kept)]
        self._connection.execute(f"INSERT INTO usql.objects VALUES ({', '.join('?' * len(row))})", row)
        return Stored(number, place, kind, text, context, kept)

    def redefine(self, found: Stored, text: str, context: Context) -> None:
        """Put another definition in place of an object's."""
        self._connection.execute(
            "UPDATE usql.objects SET text = ?, context_database = ?, context_schema = ? WHERE number = ?",
            [text, context.database, context.schema, found.number],
        )

    def set_columns(self, found: Stored, columns: tuple[StoredColumn, ...]) -> None:
        self._connection.execute(
            "UPDATE usql.objects SET columns = ? WHERE number = ?", [_written(columns), found.number]
        )

    def drop(self, found: Stored) -> None:
        """Drop an object, and a table's rows."""
        if found.kind == "TABLE":
            self._connection.execute(f"DROP TABLE IF EXISTS {found.rows}")
            self._connection.execute("DELETE FROM usql.partitions WHERE number = ?", [found.number])
        self._connection.execute("DELETE FROM usql.objects WHERE number = ?", [found.number])

    # Partitions of tables; a label is the SQL of a list with its values as texts.
    def has_partition(self, found: Stored, label: str) -> bool:
        known = "SELECT 1 FROM usql.partitions WHERE number = ? AND label IS NOT DISTINCT FROM"
        return bool(self._all(f"{known} {label}", found.number))

    def add_partition(self, found: Stored, label: str) -> None:
        self._connection.execute(f"INSERT INTO usql.partitions VALUES (?, {label})", [found.number])

    def drop_partition(self, found: Stored, label: str) -> None:
        self._connection.execute(
            f"DELETE FROM usql.partitions WHERE number = ? AND label IS NOT DISTINCT FROM {label}",
            [found.number],
        )


def _written(columns: tuple[StoredColumn, ...]) -> str:
    return json.dumps([[one.name, one.type, one.key] for one in columns])


def _stored(row: tuple[object, ...]) -> Stored:
    number, database, schema, name, kind, text, context_database, context_schema, columns = row
    return Stored(
        int(str(number)),
        (str(database), str(schema), str(name)),
        kind,  # type: ignore[arg-type]
        str(text),
        Context(str(context_database), str(context_schema)),
        tuple(StoredColumn(*one) for one in json.loads(str(columns))),
    )
