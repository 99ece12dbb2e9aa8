"""Statements and scripts as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql.printing.definitions import DEFINITIONS, labels
from lazulite.usql.printing.expressions import expression, listed
from lazulite.usql.printing.queries import order_by, query, rowset
from lazulite.usql.printing.words import column, dotted, name, type_text, variable
from lazulite.usql.tree import (
    Assign,
    Declare,
    DeployResource,
    ExportAssembly,
    ExportVariable,
    Expression,
    If,
    ImportPackage,
    InlineCode,
    Insert,
    Node,
    ObjectName,
    Output,
    PartitionLabel,
    ProcedureCall,
    Query,
    Raise,
    ReferenceAssembly,
    Return,
    Script,
    SetOption,
    Statement,
    Truncate,
    Type,
    Use,
    Using,
)


def text_of(node: Node) -> str:
    """Write a script, statement, query, expression or type."""
    if isinstance(node, Script):
        return block(node.statements)
    if isinstance(node, Statement):
        return statement(node)
    if isinstance(node, Query):
        return query(node)
    if isinstance(node, Expression):
        return expression(node)
    if isinstance(node, Type):
        return type_text(node)
    if isinstance(node, ObjectName):
        return dotted(node)
    raise TypeError(f"{type(node).__name__} is a part of something and has no text of its own.")


def block(statements: tuple[Statement, ...]) -> str:
    return "".join(statement(one) + ";\n" for one in statements)


def statement(node: Statement) -> str:
    """Write a statement without its semicolon."""
    writer = DEFINITIONS.get(type(node)) or _WRITERS[type(node)]
    return writer(node)


def _declare(node: Declare) -> str:
    words = "DECLARE" + (" EXTERNAL" if node.external else "") + (" CONST" if node.const else "")
    kind = f" {type_text(node.type)}" if node.type else ""
    return f"{words} {variable(node.name)}{kind} = {expression(node.value)}"


def _output(node: Output) -> str:
    order = order_by(node.order_by, node.fetch)
    clustered = (
        f" CLUSTERED BY {', '.join(column(one) for one in node.clustered_by)}" if node.clustered_by else ""
    )
    expiration = f" EXPIRATION {expression(node.expiration)}" if node.expiration is not None else ""
    head = f"OUTPUT {rowset(node.rows)} TO {expression(node.path)}"
    return f"{head}{order}{clustered}{expiration} USING {expression(node.outputter)}"


def _if(node: If) -> str:
    parts = []
    for number, branch in enumerate(node.branches):
        parts.append(f"{'ELSEIF' if number else 'IF'} {expression(branch.test)} THEN\n{block(branch.body)}")
    otherwise = f"ELSE\n{block(node.otherwise)}" if node.otherwise else ""
    return "".join(parts) + otherwise + "END"


def _insert(node: Insert) -> str:
    parts = [f"INSERT INTO {dotted(node.table)}"]
    if node.columns:
        parts.append(f"({', '.join(column(one) for one in node.columns)})")
    if node.partition:
        parts.append(labels((node.partition,)))
    if isinstance(node.violation, PartitionLabel):
        parts.append(f"ON INTEGRITY VIOLATION MOVE TO {labels((node.violation,))}")
    elif node.violation:
        parts.append("ON INTEGRITY VIOLATION IGNORE")
    return " ".join([*parts, query(node.query)])


def _import(node: ImportPackage) -> str:
    alias = f" AS {name(node.alias)}" if node.alias is not None else ""
    return f"IMPORT PACKAGE {dotted(node.name)}({listed(node.arguments)}){alias}"


def _export_variable(node: ExportVariable) -> str:
    kind = f" {type_text(node.type)}" if node.type else ""
    return f"EXPORT {variable(node.name)}{kind}" + (
        f" = {expression(node.value)}" if node.value is not None else ""
    )


def _using(node: Using) -> str:
    return f"USING {name(node.alias) + ' = ' if node.alias is not None else ''}{type_text(node.target)}"


def _after(value: Expression | None) -> str:
    return f" {expression(value)}" if value is not None else ""


def _truncate(node: Truncate) -> str:
    return f"TRUNCATE TABLE {dotted(node.table)}" + (f" {labels(node.partitions)}" if node.partitions else "")


_WRITERS: dict[type[Statement], Callable[[Any], str]] = {
    Assign: lambda node: f"{', '.join(variable(one) for one in node.targets)} = {query(node.query)}",
    Declare: _declare,
    DeployResource: lambda node: f"DEPLOY RESOURCE {listed(node.paths)}",
    ExportAssembly: lambda node: f"EXPORT {'SYSTEM ' if node.system else ''}ASSEMBLY {dotted(node.name)}",
    ExportVariable: _export_variable,
    If: _if,
    ImportPackage: _import,
    InlineCode: lambda node: f"#CS{node.text}#ENDCS",
    Insert: _insert,
    Output: _output,
    ProcedureCall: lambda node: f"{dotted(node.name)}({listed(node.arguments)})",
    Raise: lambda node: f"RAISE {'WARNING' if node.warning else 'ERROR'}" + _after(node.message),
    ReferenceAssembly: lambda node: (
        f"REFERENCE {'SYSTEM ' if node.system else ''}ASSEMBLY {dotted(node.name)}"
    ),
    Return: lambda node: "RETURN" + (f" {query(node.query)}" if node.query is not None else ""),
    SetOption: lambda node: f"SET @@{node.name} = {expression(node.value)}",
    Truncate: _truncate,
    Use: lambda node: f"USE {node.kind} {dotted(node.name)}",
    Using: _using,
}
