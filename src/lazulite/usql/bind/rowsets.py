"""Rowsets: columns with names and types, and the SQL that gives them as `c0`, `c1` …"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from lazulite.usql import tree
from lazulite.usql.bind.expressions import Binder, type_of
from lazulite.usql.bind.scope import Scope, missing
from lazulite.usql.bind.value import Value, unsupported, wrong_type
from lazulite.usql.extract.parameters import Column


@dataclass(frozen=True)
class Rowset:
    """What a query is bound to.

    Args:
        sql: a SELECT whose columns are `c0`, `c1` … in the order of `columns`.
        columns: their names and types in the script.
    """

    sql: str
    columns: tuple[Column, ...]


class Places(Protocol):
    """Where rowsets come from that are not queries: files, the catalog, the user's code."""

    def extract(self, node: tree.Extract, binder: Binder) -> Rowset:
        """The rowset of an EXTRACT."""

    def table(self, node: tree.TableReference, binder: Binder) -> Rowset:
        """The rows of a table or view."""

    def function(self, node: tree.FunctionCall, binder: Binder) -> Rowset:
        """What a table-valued function gives."""

    def user(self, node: tree.Query, inputs: Sequence[Rowset], binder: Binder) -> Rowset:
        """What a user's processor, reducer, combiner or applier makes of rowsets."""


@dataclass(frozen=True)
class Names:
    """What a query can name: the script's rowsets and scalars, and everything behind `places`."""

    rowsets: Mapping[str, Rowset]
    binder: Binder
    places: Places
    counter: list[int] = field(default_factory=lambda: [0])

    def fresh(self) -> str:
        """A name for SQL that nothing else has."""
        self.counter[0] += 1
        return f"t{self.counter[0]}"

    def seeing(self, scope: Scope, *, grouped: bool = False) -> Binder:
        return replace(self.binder, scope=scope, grouped=grouped)

    def rowset(self, node: tree.RowsetVariable) -> Rowset:
        found = self.rowsets.get(node.name)
        if found is None:
            raise missing(f"@{node.name}", [f"@{each}" for each in self.rowsets], node.at)
        return found


def declared(columns: Sequence[tree.Column]) -> tuple[Column, ...]:
    """The columns of EXTRACT, PRODUCE …: all have types, and no two the same name."""
    found = []
    for column in columns:
        if column.type is None:
            raise wrong_type(f"the column {column.name} needs a type", column.at)
        found.append(Column(column.name, type_of(column.type)))
    distinct(found, columns[0] if columns else tree.Column(""))
    return tuple(found)


def distinct(columns: Sequence[Column], node: tree.Node) -> None:
    """Raise if two columns have the same name; names that differ in case are two."""
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise wrong_type(
                f"two columns have the name {column.name}", node.at, "Give one of them another with AS."
            )
        seen.add(column.name)


def name_of(item: tree.Item) -> str:
    """A column's name: that after AS, or the last member of the expression (trap 30)."""
    if item.name is not None:
        return item.name
    if isinstance(item.value, tree.Name):
        return item.value.text
    if isinstance(item.value, tree.Member):
        return item.value.name
    raise wrong_type("the column needs a name", item.at, "Write … AS name.")


def listed(values: Sequence[Value]) -> str:
    """The items of a SELECT."""
    return ", ".join(
        f"{f'CAST({value.sql} AS {value.type.duckdb})' if value.type.name == 'null' or value.constant else value.sql} AS c{number}"
        for number, value in enumerate(values)
    )


def check_column_type(value: Value, node: tree.Node) -> None:
    """Raise for a value that no column can hold."""
    if value.type.name == "null":
        raise wrong_type("a column of null has no type", node.at, "Cast it: (int?) null, (string) null.")
    if value.type.name in {"Match", "Group"}:
        raise unsupported(f"a column cannot hold a {value.type}", node.at, "Take its Value.")
