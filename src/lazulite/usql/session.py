"""What a script knows while it runs, and the connection that runs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from lazulite.model.errors import InvalidRequest
from lazulite.usql import types
from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.rowsets import Places, Rowset
from lazulite.usql.bind.scope import Scope
from lazulite.usql.bind.value import Value, wrong_type
from lazulite.usql.dotnet.dates import ticks_of
from lazulite.usql.output.together import Outputs
from lazulite.usql.text import literal
from lazulite.usql.user.registry import Registry

if TYPE_CHECKING:
    import duckdb

    from lazulite.usql import tree
    from lazulite.usql.extract.read import Rowset as Extracted
    from lazulite.usql.paths import Resolver


@dataclass(frozen=True)
class Logged:
    """One line of the job log: what a statement did.

    Args:
        line: where it stands in the script, from 1.
        statement: its kind and subject, such as `OUTPUT /out/a.csv`.
        rows: rows written, or None.
        bytes: bytes read by an EXTRACT or written by an OUTPUT, or None.
        seconds: how long it took; a rowset is computed when it is written.
    """

    line: int
    statement: str
    rows: int | None
    bytes: int | None
    seconds: float

    def __str__(self) -> str:
        counts = "".join(
            f", {count:,} {unit}"
            for count, unit in ((self.rows, "rows"), (self.bytes, "bytes"))
            if count is not None
        )
        return f"line {self.line}: {self.statement}{counts}, {self.seconds:.3f} s"


class Catalog(Protocol):
    """Databases, schemas, tables, views, functions and procedures of an account; see `usql.catalog`."""

    def table(self, node: tree.TableReference, session: Session) -> Rowset:
        """The rows of a table or view."""

    def function(self, node: tree.FunctionCall, session: Session) -> Rowset:
        """What a table-valued function gives."""

    def has_partition(self, table: tree.ObjectName, label: tree.PartitionLabel, session: Session) -> bool:
        """Whether a table has a partition."""

    def statement(self, node: tree.Statement, session: Session) -> bool:
        """Carry out a statement of the catalog; False if it is none."""


@dataclass
class Session:
    """A script's run.

    `rowsets` and `variables` are what it has declared so far; `strictly` is whether the strict reader reads all files.
    """

    connection: duckdb.DuckDBPyConnection
    root: Path
    scratch: Path
    outputs: Outputs
    registry: Registry
    text: str = ""
    resolver: Resolver | None = None
    catalog: Catalog | None = None
    strictly: bool = False
    rowsets: dict[str, Rowset] = field(default_factory=dict)
    variables: dict[str, Value] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    options: dict[str, str] = field(default_factory=dict)
    usings: dict[str, str] = field(default_factory=dict)
    extracted: list[Extracted] = field(default_factory=list)
    log: list[Logged] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tell: Callable[[Logged], None] | None = None
    now: int = 0
    bytes_read: int = 0
    views: int = 0
    places: Places | None = None

    def binder(self) -> Binder:
        """The binder of expressions without columns."""
        from lazulite.usql import filefacts
        from lazulite.usql.catalog import partitions

        return Binder(
            Scope(),
            self.variables,
            self.registry,
            now=self.now,
            usings=self.usings,
            facts={"FILE": partial(filefacts.fact, self), "PARTITION": partial(partitions.fact, self)},
        )

    def fold(self, value: Value, at: tree.Span, what: str = "the value") -> Value:
        """The value computed now, once; raises `Wrong` if a column is in it."""
        if value.type.element is not None or value.type.name in {"byte[]", "null"}:
            return replace(value, constant=True)
        text = self.scalar(f"CAST({value.sql} AS VARCHAR)")
        if text is None:
            return Value(f"CAST(NULL AS {value.type.duckdb})", value.type, constant=True)
        number = int(text) if value.type.name in types.INTEGERS else None
        return Value(f"CAST({literal(text)} AS {value.type.duckdb})", value.type, number, constant=True)

    def python(self, value: Value, at: tree.Span, what: str = "this") -> Any:
        """A constant as Python's value, packed as DuckDB has it."""
        if not value.constant:
            raise wrong_type(f"{what} has to be a constant", at)
        return self.scalar(value.sql)

    def scalar(self, sql: str) -> Any:
        """The one value of an expression."""
        return self.connection.execute(f"SELECT {sql}").fetchall()[0][0]

    def view(self, rowset: Rowset) -> Rowset:
        """The rowset under a name of its own in DuckDB."""
        self.views += 1
        name = f"usql_view_{self.views}"
        self.connection.execute(f"CREATE TEMP VIEW {name} AS {rowset.sql}")
        return Rowset(f"SELECT * FROM {name}", rowset.columns)

    def kept(self, rowset: Rowset) -> Rowset:
        """The rowset computed now and kept in a temporary table: what may give something else the next time."""
        self.views += 1
        name = f"usql_table_{self.views}"
        self.connection.execute(f"CREATE TEMP TABLE {name} AS {rowset.sql}")
        return Rowset(f"SELECT * FROM {name}", rowset.columns)


@contextmanager
def opened(
    threads: int | None, memory_limit: str | None, database: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection with .NET's functions, and a folder for what does not fit in memory; both end with the context.

    Args:
        threads: how many of them compute; None is DuckDB's choice, all cores.
        memory_limit: DuckDB's, such as "4GB"; None is its own, 80 % of the machine.
        database: a file with the account's catalog; None is none.
    """
    try:
        import duckdb
        import pyarrow as pa
    except ImportError as missing:
        raise InvalidRequest(
            f"U-SQL needs {missing.name}, which is not installed: pip install 'lazulite[usql]'"
        ) from None
    del pa
    from lazulite.usql.dotnet import functions

    with TemporaryDirectory(prefix="usql-", ignore_cleanup_errors=True) as folder:
        spill = Path(folder, "spill")
        settings: dict[str, Any] = {
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if threads is not None:
            settings["threads"] = max(threads, 1)
        if memory_limit is not None:
            settings["memory_limit"] = memory_limit
        with duckdb.connect(":memory:" if database is None else str(database), config=settings) as connection:
            functions.register(connection)
            scratch = Path(folder, "scratch")
            scratch.mkdir()
            yield connection, scratch


def moment() -> int:
    """Now, in ticks of UTC."""
    now = dt.datetime.now(tz=dt.timezone.utc)
    return ticks_of(
        now.year, now.month, now.day, now.hour * 3600 + now.minute * 60 + now.second, now.microsecond * 10
    )
