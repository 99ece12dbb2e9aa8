"""The arguments of extractors, outputters and user operators, as Python values by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.usql import tree
from lazulite.usql.bind.calls import dotted
from lazulite.usql.bind.value import unsupported, wrong_type
from lazulite.usql.user.values import to_python

if TYPE_CHECKING:
    from lazulite.usql.session import Session

# In the order in which they may be given without a name.
EXTRACTOR = (
    "delimiter",
    "encoding",
    "escapeCharacter",
    "nullEscape",
    "quoting",
    "rowDelimiter",
    "silent",
    "skipFirstNRows",
    "charFormat",
)
OUTPUTTER = (
    "delimiter",
    "dateTimeFormat",
    "encoding",
    "escapeCharacter",
    "nullEscape",
    "quoting",
    "rowDelimiter",
    "charFormat",
    "outputHeader",
)


def built_in(node: tree.Expression, family: str) -> str | None:
    """`Csv` of `Extractors.Csv(…)`; None for anything else."""
    target = node.target if isinstance(node, tree.Call) else node
    name = dotted(target) or ""
    head, _, kind = name.rpartition(".")
    return kind if head.rpartition(".")[2] == family else None


def user_name(node: tree.Expression) -> str:
    """The C# name of `new My.Extractor(…)` or `My.Factory.Create(…)`."""
    if isinstance(node, tree.NewObject):
        return node.type.name
    if isinstance(node, tree.Call):
        return dotted(node.target) or "this"
    return dotted(node) or "this"


def given(session: Session, node: tree.Expression, order: tuple[str, ...] = ()) -> dict[str, Any]:
    """The arguments by name; those without a name by `order`, else `arg0`, `arg1` …"""
    found: dict[str, Any] = {}
    arguments = node.arguments if isinstance(node, (tree.Call, tree.NewObject)) else ()
    for position, argument in enumerate(arguments):
        name = argument.name or (order[position] if position < len(order) else f"arg{position}")
        if name in found:
            raise wrong_type(f"{name} is given twice", argument.at)
        found[name] = _value(session, argument.value)
    return found


def _value(session: Session, node: tree.Expression) -> Any:
    encoding = _encoding(session, node)
    if encoding is not None:
        return encoding
    value = session.binder().bind(node)
    if value.type.name == "null":
        return None
    return to_python(session.python(value, node.at, "an argument here"), value.type)


def _encoding(session: Session, node: tree.Expression) -> str | None:
    target = node.target if isinstance(node, tree.Call) else node
    name = (dotted(target) or "").removeprefix("System.Text.")
    if name == "Encoding.GetEncoding" and isinstance(node, tree.Call) and len(node.arguments) == 1:
        return str(_value(session, node.arguments[0].value))
    if name.startswith("Encoding."):
        if isinstance(node, tree.Call):
            raise unsupported(
                f"{name} is not supported", node.at, "Write Encoding.UTF8 or Encoding.GetEncoding(…)."
            )
        return name
    return None
