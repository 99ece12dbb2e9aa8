"""Tags and properties of runs: the rows, and how they are read for many runs at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, select

from lazulite.records.columns import words
from lazulite.records.insertion import insert_or_replace, insert_stored
from lazulite.records.statements import Statement
from lazulite.records.tables import labels, runs

TAG = "tag"
PROPERTY = "property"
#: Ids in one statement: far below what any database takes.
CHUNK = 1000

Rows = list[dict[str, str]]
Stored = tuple[str, str, str | None, str | None]
_COLUMNS = ("run_id", "kind", "name", "value")


def rows_of(run_id: str, kind: str, values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The rows for the tags or properties `values` of one run."""
    return ({"run_id": run_id, "kind": kind, "name": name, "value": values[name]} for name in values)


def stored(run_id: str, kind: str, values: Mapping[str, str]) -> Iterator[Stored]:
    """The rows of one run's tags or properties for `insert`, in the order of their key."""
    return ((run_id, kind, words(name), words(values[name])) for name in sorted(values))


def insert(connection: Connection, rows: Sequence[Stored]) -> None:
    """Insert labels of new runs."""
    insert_stored(connection, labels, _COLUMNS, rows)


def put(connection: Connection, rows: Rows) -> None:
    """Set labels; those that exist take the new value."""
    last = {(row["run_id"], row["kind"], row["name"]): row for row in rows}
    insert_or_replace(connection, labels, list(last.values()))


def remove(connection: Connection, run_id: str, kind: str, names: Iterable[str]) -> None:
    """Remove labels; those that do not exist are no error."""
    here = (labels.c.run_id == run_id, labels.c.kind == kind, labels.c.name.in_(list(names)))
    connection.execute(delete(labels).where(*here))


def of_runs(connection: Connection, run_ids: Sequence[str]) -> dict[tuple[str, str], dict[str, str]]:
    """Return {(run id, kind): {name: value}} for those of the runs that have any."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for chunk in chunks(run_ids):
        rows: Sequence[Any]
        if len(chunk) == 1:  # which is quicker than a list of one
            rows = _OF_ONE.run(connection, [{"of": chunk[0]}]).all()
        else:
            rows = connection.execute(_OF_SOME, {"of": list(chunk)}).all()
        for row in rows:
            found.setdefault((row.run_id, row.kind), {})[row.name] = row.value
    return found


_ALL = select(labels.c.run_id, labels.c.kind, labels.c.name, labels.c.value)
_OF_ONE = Statement(lambda _kind: _ALL.where(labels.c.run_id == bindparam("of", type_=labels.c.run_id.type)))
_OF_SOME = _ALL.where(labels.c.run_id.in_(bindparam("of", expanding=True)))


def has(kind: str, name: str, value: str | None) -> ColumnElement[bool]:
    """The condition on a row of `runs` that it has that label, with that value or (None) with any."""
    wanted = and_(labels.c.run_id == runs.c.id, labels.c.kind == kind, labels.c.name == name)
    if value is not None:
        wanted = and_(wanted, labels.c.value == value)
    return exists().where(wanted)


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut `ids` into pieces that fit into one statement."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
