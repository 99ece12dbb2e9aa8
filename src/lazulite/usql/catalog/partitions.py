"""Partitions of a table: PARTITIONED BY names columns, and a partition holds the rows that have its label's values there.

A partition exists from ALTER TABLE … ADD PARTITION on; INSERT goes into those that exist only. On disk the rows of all
partitions lie together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lazulite.usql import tree
from lazulite.usql.bind import casts
from lazulite.usql.bind.calls import chained
from lazulite.usql.bind.expressions import type_of
from lazulite.usql.bind.value import Value, unknown, unsupported, wrong_type
from lazulite.usql.catalog.store import Stored, StoredColumn
from lazulite.usql.errors import KNOWN_OBJECT, UNKNOWN_OBJECT
from lazulite.usql.parser import parse, parse_type
from lazulite.usql.types import BOOL

if TYPE_CHECKING:
    from lazulite.usql.catalog.statements import AccountCatalog
    from lazulite.usql.session import Session

Label = dict[str, str]
"""The SQL of a partition's values by the keys of their columns."""


def columns_of(known: Stored) -> list[StoredColumn]:
    """The columns of PARTITIONED BY; none of a table that is not partitioned."""
    made = parse(known.text + ";", name=str(known)).statements[0]
    names = made.placement.partitioned_by if isinstance(made, tree.CreateTable) else ()
    return [column for name in names for column in known.columns if column.name == name]


def label_of(session: Session, known: Stored, node: tree.PartitionLabel) -> Label:
    """The values of `PARTITION (…)`; raises `Wrong` if they do not go with the table."""
    columns = columns_of(known)
    if not columns:
        raise wrong_type(f"the table {known} is not PARTITIONED BY any column", node.at)
    if len(columns) != len(node.values):
        raise wrong_type(
            f"a partition of {known} has {len(columns)} values, {len(node.values)} are given", node.at
        )
    label = {}
    for column, each in zip(columns, node.values, strict=True):
        value = session.binder().bind(each)
        if not value.constant:
            raise wrong_type("a partition's value has to be a constant", each.at)
        type_ = type_of(parse_type(column.type))
        value = casts.implicit(value, type_, each.at, f"the partition's {column.name}")
        label[column.key] = f"CAST({session.fold(value, each.at).sql} AS {type_.duckdb})"
    return label


def there(catalog: AccountCatalog, session: Session, known: Stored, label: Label) -> bool:
    """Whether the partition exists."""
    return catalog.store(session).has_partition(known, _texts(label.values()))


def _texts(values: Any) -> str:
    return f"[{', '.join(f'CAST({value} AS VARCHAR)' for value in values)}]"


def demanded(catalog: AccountCatalog, session: Session, known: Stored, node: tree.PartitionLabel) -> Label:
    """The label of a partition that has to exist."""
    label = label_of(session, known, node)
    if not there(catalog, session, known, label):
        raise unknown(
            f"the table {known} has no such partition",
            node.at,
            "Make it with ALTER TABLE … ADD PARTITION.",
            UNKNOWN_OBJECT,
        )
    return label


def routed(
    catalog: AccountCatalog, session: Session, known: Stored, node: tree.Insert, values: dict[str, str]
) -> str:
    """The condition that INSERT has for rows without a PARTITION clause; `values` is their SQL by the columns' names.

    With MOVE TO there is no condition: rows for which there is no partition get the values of the one that is named.
    """
    columns = columns_of(known)
    if node.violation is None and columns:
        hint = "Write PARTITION (…), or ON INTEGRITY VIOLATION IGNORE."
        raise wrong_type(f"{known} is partitioned: INSERT has to say into which partition", node.at, hint)
    texts = _texts(values[column.name] for column in columns)
    fits = f"{texts} IN (SELECT label FROM usql.partitions WHERE number = {known.number})"
    if not isinstance(node.violation, tree.PartitionLabel):
        return fits if columns else "true"
    label = demanded(catalog, session, known, node.violation)
    for column in columns:
        values[column.name] = (
            f"CASE WHEN coalesce({fits}, false) THEN {values[column.name]} ELSE {label[column.key]} END"
        )
    return "true"


def fact(session: Session, name: str, arguments: Sequence[tree.Argument], at: tree.Span) -> Value:
    """`PARTITION.EXISTS(table, value, …)`, a constant."""
    if name != "EXISTS":
        raise unknown(f"PARTITION has no member {name}", at, "There is EXISTS.")
    if session.catalog is None:
        raise unsupported("PARTITION.EXISTS needs a catalog, and there is none", at)
    table = chained(arguments[0].value) if arguments else ()
    if not table:
        raise wrong_type("PARTITION.EXISTS has a table's name and a partition's values", at)
    label = tree.PartitionLabel(tuple(each.value for each in arguments[1:]), at=at)
    found = session.catalog.has_partition(tree.ObjectName(table, at=at), label, session)
    return Value(str(found).lower(), BOOL, constant=True)


def delete(session: Session, known: Stored, label: Label) -> None:
    """Delete the rows of a partition."""
    tests = " AND ".join(f"{key} IS NOT DISTINCT FROM {value}" for key, value in label.items())
    session.connection.execute(f"DELETE FROM {known.rows} WHERE {tests}")


def _add(catalog: AccountCatalog, session: Session, node: tree.AddPartitions) -> None:
    known = catalog.found(session, node.table, "TABLE")
    for each in node.partitions:
        label = label_of(session, known, each)
        if not there(catalog, session, known, label):
            catalog.store(session).add_partition(known, _texts(label.values()))
        elif not node.if_not_exists:
            raise unknown(
                f"the table {known} has this partition already", each.at, "Write IF NOT EXISTS.", KNOWN_OBJECT
            )


def _drop(catalog: AccountCatalog, session: Session, node: tree.DropPartitions) -> None:
    known = catalog.found(session, node.table, "TABLE")
    for each in node.partitions:
        label = label_of(session, known, each)
        if there(catalog, session, known, label):
            delete(session, known, label)
            catalog.store(session).drop_partition(known, _texts(label.values()))
        elif not node.if_exists:
            raise unknown(
                f"the table {known} has no such partition", each.at, "Write IF EXISTS.", UNKNOWN_OBJECT
            )


def truncate(
    catalog: AccountCatalog, session: Session, known: Stored, labels: Sequence[tree.PartitionLabel]
) -> None:
    """`TRUNCATE TABLE … PARTITION (…)`."""
    for each in labels:
        delete(session, known, demanded(catalog, session, known, each))


HANDLERS: dict[type[tree.Statement], Callable[[AccountCatalog, Session, Any], None]] = {
    tree.AddPartitions: _add,
    tree.DropPartitions: _drop,
}
