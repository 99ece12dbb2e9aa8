"""Tables: made, changed, filled and read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lazulite.usql import tree, types
from lazulite.usql.bind import casts, queries
from lazulite.usql.bind.expressions import type_of
from lazulite.usql.bind.rowsets import Rowset
from lazulite.usql.bind.value import Value, unknown, wrong_type
from lazulite.usql.catalog import partitions
from lazulite.usql.catalog.store import Stored, StoredColumn
from lazulite.usql.errors import KNOWN_OBJECT
from lazulite.usql.extract.parameters import Column
from lazulite.usql.parser import parse_type
from lazulite.usql.statements import names_of

if TYPE_CHECKING:
    from lazulite.usql.catalog.statements import AccountCatalog
    from lazulite.usql.session import Session

_ZERO = {"bool": "false", "decimal": "'0'", "string": "''", "Guid": "'00000000-0000-0000-0000-000000000000'"}


def _type(column: StoredColumn) -> types.Type:
    return type_of(parse_type(column.type))


def rows(known: Stored) -> Rowset:
    """The rowset of a table."""
    items = ", ".join(f"{column.key} AS c{number}" for number, column in enumerate(known.columns))
    columns = tuple(Column(column.name, _type(column)) for column in known.columns)
    return Rowset(f"SELECT {items} FROM {known.rows}", columns)


def _create(catalog: AccountCatalog, session: Session, node: tree.CreateTable) -> int | None:
    store, context = catalog.store(session), catalog.context(session)
    place = context.place(node.name)
    if store.find(place) is not None:
        if node.if_not_exists:
            return None
        raise unknown(f"{'.'.join(place)} exists already", node.name.at, "Write IF NOT EXISTS.", KNOWN_OBJECT)
    if not store.has_schema(place[0], place[1]):
        raise unknown(
            f"there is no schema {place[0]}.{place[1]}", node.name.at, "Make it with CREATE SCHEMA."
        )
    source = queries.bound(names_of(session), node.query) if node.query is not None else None
    if source is not None:
        wanted = tuple((column.name, str(column.type)) for column in source.columns)
    else:
        wanted = tuple((column.name, str(type_of(column.type))) for column in node.columns if column.type)
    if len({name for name, _ in wanted}) != len(wanted):
        raise wrong_type("two columns have one name", node.at)
    text = session.text[node.at.start : node.at.end]
    known = store.add(place, "TABLE", text, context, wanted)
    catalog.created.add(known.number)
    columns = ", ".join(f"{column.key} {_type(column).duckdb}" for column in known.columns)
    session.connection.execute(f"CREATE TABLE {known.rows} ({columns})")
    return _put(session, known, source) if source is not None else None


def _put(session: Session, known: Stored, source: Rowset) -> int:
    counted = session.connection.execute(f"INSERT INTO {known.rows} {source.sql}").fetchall()
    return int(counted[0][0])


def _insert(catalog: AccountCatalog, session: Session, node: tree.Insert) -> int | None:
    known = catalog.found(session, node.table, "TABLE")
    source = queries.bound(names_of(session), node.query)
    label = {} if node.partition is None else partitions.demanded(catalog, session, known, node.partition)
    open_columns = [column for column in known.columns if column.key not in label]
    names = node.columns or tuple(column.name for column in open_columns)
    if len(names) != len(source.columns):
        raise wrong_type(f"{len(source.columns)} columns are inserted into {len(names)}", node.query.at)
    by_name = {column.name: column for column in open_columns}
    given = {column.name: label[column.key] for column in known.columns if column.key in label}
    for number, (name, column) in enumerate(zip(names, source.columns, strict=True)):
        target = by_name.get(name)
        if target is None:
            closed = "has no column" if name not in given else "has by its PARTITION"
            raise unknown(f"the table {known} {closed} {name}", node.table.at)
        value = casts.implicit(
            Value(f"r.c{number}", column.type), _type(target), node.query.at, f"the column {name}"
        )
        given[name] = value.sql
    values = {column.name: given.get(column.name) or _default(column) for column in known.columns}
    where = "" if label else f" WHERE {partitions.routed(catalog, session, known, node, values)}"
    return _put(
        session, known, Rowset(f"SELECT {', '.join(values.values())} FROM ({source.sql}) AS r{where}", ())
    )


def _default(column: StoredColumn) -> str:
    """What a column has where nothing is given: null, or its type's default."""
    kind = _type(column)
    return f"CAST({'NULL' if kind.nullable else _ZERO.get(kind.name, '0')} AS {kind.duckdb})"


def _truncate(catalog: AccountCatalog, session: Session, node: tree.Truncate) -> int | None:
    known = catalog.found(session, node.table, "TABLE")
    if node.partitions:
        partitions.truncate(catalog, session, known, node.partitions)
        return None
    session.connection.execute(f"DELETE FROM {known.rows}")
    return None


def _add_columns(catalog: AccountCatalog, session: Session, node: tree.AddColumns) -> int | None:
    known = catalog.found(session, node.table, "TABLE")
    columns = list(known.columns)
    for column in node.columns:
        if any(one.name == column.name for one in columns):
            raise unknown(
                f"the table {known} has a column {column.name} already", column.at, "", KNOWN_OBJECT
            )
        if column.type is None:
            raise wrong_type(f"the column {column.name} needs a type", column.at)
        key = f"k{1 + max((int(one.key[1:]) for one in columns), default=-1)}"
        added = StoredColumn(column.name, str(type_of(column.type)), key)
        session.connection.execute(
            f"ALTER TABLE {known.rows} ADD COLUMN {key} {_type(added).duckdb} DEFAULT {_default(added)}"
        )
        columns.append(added)
    catalog.store(session).set_columns(known, tuple(columns))
    return None


def _drop_columns(catalog: AccountCatalog, session: Session, node: tree.DropColumns) -> int | None:
    known = catalog.found(session, node.table, "TABLE")
    gone = [column for column in known.columns if column.name in node.columns]
    missing = set(node.columns) - {column.name for column in gone}
    if missing:
        raise unknown(f"the table {known} has no column {min(missing)}", node.at)
    if len(gone) == len(known.columns):
        raise wrong_type(f"a column of {known} has to stay", node.at, "Drop the table.")
    for column in gone:
        session.connection.execute(f"ALTER TABLE {known.rows} DROP COLUMN {column.key}")
    catalog.store(session).set_columns(known, tuple(one for one in known.columns if one not in gone))
    return None


def _no_effect(catalog: AccountCatalog, session: Session, node: Any) -> int | None:
    catalog.found(session, node.table, "TABLE")
    session.warnings.append(f"line {node.at.line}: {type(node).__name__} has no effect here")
    return None


HANDLERS: dict[type[tree.Statement], Callable[[AccountCatalog, Session, Any], int | None]] = {
    tree.CreateTable: _create,
    tree.Insert: _insert,
    tree.Truncate: _truncate,
    tree.AddColumns: _add_columns,
    tree.DropColumns: _drop_columns,
    **partitions.HANDLERS,
    tree.Rebuild: _no_effect,
    tree.CreateIndex: _no_effect,
    tree.CreateStatistics: _no_effect,
    tree.UpdateStatistics: _no_effect,
}
