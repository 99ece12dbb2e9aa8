"""Definitions of the catalog's objects as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql.printing.expressions import expression, listed, orderings
from lazulite.usql.printing.queries import column_list, query
from lazulite.usql.printing.words import column, dotted, name, type_text, variable
from lazulite.usql.tree import (
    AddColumns,
    AddPartitions,
    CreateAssembly,
    CreateCredential,
    CreateDatabase,
    CreateDataSource,
    CreateExternalTable,
    CreateFunction,
    CreateIndex,
    CreatePackage,
    CreateProcedure,
    CreateSchema,
    CreateStatistics,
    CreateTable,
    CreateType,
    CreateView,
    Distribution,
    Drop,
    DropColumns,
    DropPartitions,
    Expression,
    Option,
    Parameter,
    PartitionLabel,
    Placement,
    Rebuild,
    Result,
    Statement,
    UpdateStatistics,
)


def _head(kind: str, node: Any) -> str:
    word = "ALTER" if getattr(node, "alter", False) else "CREATE"
    if node.name.parts[0].startswith("@"):
        word = "DECLARE"
    return f"{word} {kind} {_unless(node)}{dotted(node.name)}"


def _unless(node: Any) -> str:
    return "IF NOT EXISTS " if node.if_not_exists else ""


def labels(found: tuple[PartitionLabel, ...]) -> str:
    return ", ".join(f"PARTITION ({listed(one.values)})" for one in found)


def _placement(node: Placement) -> str:
    parts = []
    if node.index is not None:
        order = f" ({orderings(node.order_by)})" if node.order_by else ""
        parts.append(f"INDEX {name(node.index)} CLUSTERED{order}")
    return " ".join([*parts, *_layout(node)])


def _layout(node: Placement) -> list[str]:
    parts = []
    if node.partitioned_by:
        parts.append(f"PARTITIONED BY ({', '.join(column(one) for one in node.partitioned_by)})")
    if node.distribution:
        parts.append(_distribution(node.distribution))
    return parts


def _distribution(node: Distribution) -> str:
    columns = f" ({orderings(node.columns)})" if node.columns else ""
    into = f" INTO {expression(node.buckets, 15)}" if node.buckets is not None else ""
    return f"DISTRIBUTED BY {node.kind}{columns}{into}"


def _create_table(node: CreateTable) -> str:
    inside = [column_list(node.columns)] if node.columns else []
    placed = _placement(node.placement)
    inside += [placed] if placed else []
    body = f" ({', '.join(inside)})" if inside else ""
    return _head("TABLE", node) + body + (f" AS {query(node.query)}" if node.query is not None else "")


def _create_external_table(node: CreateExternalTable) -> str:
    where = f"FROM {dotted(node.source)} LOCATION {expression(node.location)}"
    return f"{_head('EXTERNAL TABLE', node)} ({column_list(node.columns)}) {where}"


def _rebuild(node: Rebuild) -> str:
    partial = "PARTIAL " if node.partial else ""
    which = f" {labels(node.partitions)}" if node.partitions else ""
    return f"ALTER TABLE {dotted(node.table)} {partial}REBUILD{which}"


def _create_index(node: CreateIndex) -> str:
    place = node.placement
    rest = "".join(f" {part}" for part in _layout(place))
    order = orderings(place.order_by)
    return f"CREATE CLUSTERED INDEX {name(place.index or '')} ON {dotted(node.table)} ({order}){rest}"


def _create_statistics(node: CreateStatistics) -> str:
    columns = ", ".join(column(one) for one in node.columns)
    head = f"CREATE STATISTICS {_unless(node)}{name(node.name)}"
    return f"{head} ON {dotted(node.table)} ({columns}) WITH FULLSCAN"


def _update_statistics(node: UpdateStatistics) -> str:
    known = "IF EXISTS " if node.if_exists else ""
    state = "ON" if node.incremental else "OFF"
    return f"UPDATE STATISTICS {known}{name(node.name)} ON {dotted(node.table)} WITH INCREMENTAL = {state}"


def _create_view(node: CreateView) -> str:
    columns = f" ({', '.join(column(one) for one in node.columns)})" if node.columns else ""
    return f"{_head('VIEW', node)}{columns} AS {query(node.query)}"


def _parameters(found: tuple[Parameter, ...]) -> str:
    return "(" + ", ".join(_parameter(one) for one in found) + ")"


def _parameter(node: Parameter) -> str:
    default = " = DEFAULT" if node.is_default else ""
    if node.default is not None:
        default = f" = {listed((node.default,))}"
    return f"{variable(node.name)} {type_text(node.type)}{default}"


def _result(node: Result) -> str:
    return variable(node.name) + (f" {type_text(node.type)}" if node.type is not None else "")


def _body(statements: tuple[Statement, ...]) -> str:
    from lazulite.usql.printing.statements import block

    return f" AS\nBEGIN\n{block(statements)}END"


def _create_function(node: CreateFunction) -> str:
    results = ", ".join(_result(one) for one in node.results)
    return f"{_head('FUNCTION', node)}{_parameters(node.parameters)} RETURNS {results}{_body(node.body)}"


def _create_routine(node: CreateProcedure | CreatePackage) -> str:
    kind = "PROCEDURE" if isinstance(node, CreateProcedure) else "PACKAGE"
    return f"{_head(kind, node)}{_parameters(node.parameters)}{_body(node.body)}"


def _values(found: tuple[Expression, ...]) -> str:
    return listed(found)


def _options(found: tuple[Option, ...]) -> str:
    parts = [
        f"{one.name} = " + (f"({_values(one.values)})" if len(one.values) != 1 else _values(one.values))
        for one in found
    ]
    return "(" + ", ".join(parts) + ")"


def _create_assembly(node: CreateAssembly) -> str:
    options = f" WITH {_options(node.options)}" if node.options else ""
    return f"{_head('ASSEMBLY', node)} FROM {expression(node.content)}{options}"


def _create_data_source(node: CreateDataSource) -> str:
    kind = f" FROM {node.kind}" if node.kind else ""
    return f"{_head('DATA SOURCE', node)}{kind} WITH {_options(node.options)}"


def _drop(node: Drop) -> str:
    known = "IF EXISTS " if node.if_exists else ""
    on = f" ON {dotted(node.on)}" if node.on is not None else ""
    return f"DROP {node.kind} {known}{dotted(node.name)}{on}"


def _add_partitions(node: AddPartitions) -> str:
    return f"ALTER TABLE {dotted(node.table)} ADD {_unless(node)}{labels(node.partitions)}"


def _drop_partitions(node: DropPartitions) -> str:
    known = "IF EXISTS " if node.if_exists else ""
    return f"ALTER TABLE {dotted(node.table)} DROP {known}{labels(node.partitions)}"


def _drop_columns(node: DropColumns) -> str:
    return f"ALTER TABLE {dotted(node.table)} DROP COLUMN {', '.join(column(one) for one in node.columns)}"


DEFINITIONS: dict[type[Statement], Callable[[Any], str]] = {
    AddColumns: lambda node: f"ALTER TABLE {dotted(node.table)} ADD COLUMN {column_list(node.columns)}",
    AddPartitions: _add_partitions,
    CreateAssembly: _create_assembly,
    CreateCredential: lambda node: f"{_head('CREDENTIAL', node)} WITH {_options(node.options)}",
    CreateDataSource: _create_data_source,
    CreateDatabase: lambda node: _head("DATABASE", node),
    CreateExternalTable: _create_external_table,
    CreateFunction: _create_function,
    CreateIndex: _create_index,
    CreatePackage: _create_routine,
    CreateProcedure: _create_routine,
    CreateSchema: lambda node: _head("SCHEMA", node),
    CreateStatistics: _create_statistics,
    CreateTable: _create_table,
    CreateType: lambda node: f"{_head('TYPE', node)} AS {type_text(node.row)}",
    CreateView: _create_view,
    Drop: _drop,
    DropColumns: _drop_columns,
    DropPartitions: _drop_partitions,
    Rebuild: _rebuild,
    UpdateStatistics: _update_statistics,
}
