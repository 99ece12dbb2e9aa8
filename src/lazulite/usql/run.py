"""Runs a U-SQL script on this machine.

text ──▶ parse ──▶ statements, one by one ──▶ views, rows into files ──▶ all outputs get their names
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import LazuliteError
from lazulite.usql import types
from lazulite.usql.bind.value import Value, Wrong
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.output.together import Outputs
from lazulite.usql.parser import parse
from lazulite.usql.session import Catalog, Logged, Session, moment, opened
from lazulite.usql.statements import carry_out
from lazulite.usql.text import literal
from lazulite.usql.user import registry

if TYPE_CHECKING:
    from lazulite.usql import tree
    from lazulite.usql.paths import Resolver

_PYTHON = re.compile(r".*Python exception occurred while executing the UDF: (?:\w+: )?(.*)", re.DOTALL)
_HEAD = re.compile(r"^(?:Invalid Input Error|Out of Range Error|Conversion Error): ")


@dataclass(frozen=True)
class Result:
    """What a script did: the job log, a line for each statement, and what had no effect."""

    log: tuple[Logged, ...]
    warnings: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows that were written."""
        return sum(entry.rows or 0 for entry in self.log)


class _NeedsStrict(Exception):
    """DuckDB's reader refuses a file that the strict reader takes."""


def run_script(
    text: str,
    root: Path,
    *,
    name: str = "",
    threads: int | None = None,
    memory_limit: str | None = None,
    variables: Mapping[str, object] | None = None,
    udos: Path | None = None,
    resolver: Resolver | None = None,
    catalog: Catalog | None = None,
    database: Path | None = None,
    tell: Callable[[Logged], None] | None = None,
) -> Result:
    """Run a script. Its outputs appear all together when it has succeeded; else nothing is changed.

    Args:
        text: the script; `@@name@@` is replaced before (see `usql.substitute`).
        root: the folder that stands for the account's store: `/Samples/a.csv` is below it.
        name: the script's name, for messages.
        threads: the degree of parallelism; None is all cores.
        memory_limit: such as "4GB"; what does not fit is spilled to a temporary folder.
        variables: values for `DECLARE EXTERNAL`, or in place of any DECLARE of that name.
        udos: the folder with `usql_udos.py`, Python for the script's C# names.
        resolver: maps a path to a file or folder outside of the root; None from it means below the root.
        catalog: databases, tables, functions …; None is none.
        database: DuckDB's file with the catalog's data.
        tell: called with each line of the job log as it comes.

    Raises:
        UsqlError: the script cannot be used; with line, column and caret.
        ExtractError: an input does not fit; with file, row and byte.
        UsqlRuntimeError: anything else that fails while it runs; with the statement's line.
        PathEscapes: a path leaves the root.
    """
    script = parse(text, name=name)
    for strictly in (False, True):
        with opened(threads, memory_limit, database) as (connection, scratch), Outputs() as outputs:
            session = Session(
                connection, root, scratch, outputs, registry.Registry(connection), text, resolver, catalog, strictly,
                tell=tell, now=moment(),
            )  # fmt: skip
            session.variables.update({key: _given(value) for key, value in (variables or {}).items()})
            session.given = frozenset(session.variables)
            if udos is not None:
                registry.load(session.registry, udos)
            if catalog is not None:
                connection.begin()  # what a script that fails has changed in the catalog goes with the connection
            try:
                _run(session, script, name)
            except _NeedsStrict:
                continue
            outputs.commit()
            if catalog is not None:
                connection.commit()
            return Result(tuple(session.log), tuple(session.warnings))
    raise UsqlRuntimeError("an input could not be read")


def _given(value: object) -> Value:
    """A Python value as a constant of the script."""
    if isinstance(value, bool):
        return Value(str(value).lower(), types.BOOL, constant=True)
    if isinstance(value, int):
        type_ = types.INT if -(1 << 31) <= value < 1 << 31 else types.LONG
        return Value(f"CAST({value} AS {type_.duckdb})", type_, value, constant=True)
    if isinstance(value, float):
        return Value(f"CAST('{value!r}' AS DOUBLE)", types.DOUBLE, constant=True)
    return Value(literal(str(value)), types.STRING, constant=True)


def _run(session: Session, script: tree.Script, name: str) -> None:
    import duckdb

    for statement in script.statements:
        try:
            carry_out(session, statement)
        except Wrong as wrong:
            raise wrong.as_error(session.text, name) from None
        except duckdb.Error as wrong:
            raise _runtime_error(session, wrong, statement, name) from wrong


def _runtime_error(session: Session, wrong: Any, statement: tree.Statement, name: str) -> Exception:
    message = str(wrong)
    if session.catalog is not None:
        session.connection.rollback()  # nothing can be asked of a transaction in which something failed
    try:
        for extracted in session.extracted:
            extracted.diagnose()
    except LazuliteError as found:
        return found
    if not session.strictly and ("CSV Error" in message or "CSV Parser" in message):
        return _NeedsStrict()
    python = _PYTHON.match(message)
    told = python[1] if python else _HEAD.sub("", message)
    head = f"{name}, " if name else ""
    code = (
        "E_RUNTIME_USER_DIVIDEBYZERO"
        if "ivision by zero" in told or "divided by zero" in told
        else "E_RUNTIME_USER_EXPRESSIONEVALUATION"
    )
    return UsqlRuntimeError(
        f"{head}line {statement.at.line}: {told.strip()}", name=code, line=statement.at.line
    )
