"""Expressions as text, with the parentheses that they need and few more.

Chains are written in loops: they may be longer than Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql.printing.words import constant, escaped, member, name, type_arguments, type_text, variable
from lazulite.usql.tree import (
    Argument,
    As,
    Between,
    Binary,
    Bound,
    Call,
    Case,
    Cast,
    Checked,
    Conditional,
    DefaultValue,
    Expression,
    Frame,
    Hole,
    In,
    Index,
    Interpolated,
    Is,
    IsNull,
    Lambda,
    Like,
    Linq,
    Literal,
    Member,
    Name,
    NewAnonymous,
    NewArray,
    NewObject,
    Ordering,
    RenamedFile,
    SqlCall,
    TypeOf,
    Unary,
    Variable,
    Window,
    left_spine,
)

_WHOLE, _LESS, _CHOICE, _COALESCE, _OR, _AND, _BITS, _EQUAL, _COMPARE, _SHIFT, _UNARY, _PRIMARY = (
    0, 1, 2, 3, 4, 5, 7, 10, 11, 12, 15, 16,
)  # fmt: skip
_BINARY = {
    "??": _COALESCE, "||": _OR, "OR": _OR, "&&": _AND, "AND": _AND, "|": _BITS, "^": _BITS + 1, "&": _BITS + 2,
    "==": _EQUAL, "!=": _EQUAL, ">": _COMPARE, "<=": _COMPARE, ">=": _COMPARE, "<<": _SHIFT, ">>": _SHIFT,
    "+": _SHIFT + 1, "-": _SHIFT + 1, "*": _SHIFT + 2, "/": _SHIFT + 2, "%": _SHIFT + 2,
}  # fmt: skip
_NOT = _AND + 1


def _level(node: Expression) -> int:
    """Tell how tightly a node holds together; what is looser than its place gets parentheses."""
    if isinstance(node, Binary):
        # `f(a < b, c > (d))` would call a generic method: a `<` stands in parentheses wherever it is not alone.
        return _LESS if node.operator == "<" else _BINARY.get(node.operator, _WHOLE)
    if isinstance(node, (Lambda, Linq, As, Is, RenamedFile)):
        return _WHOLE
    if isinstance(node, Conditional):
        return _CHOICE
    if isinstance(node, Unary):
        return _NOT if node.operator == "NOT" else _UNARY
    if isinstance(node, (In, Between, Like, IsNull)):
        return _COMPARE
    return _UNARY if isinstance(node, (Cast, Case)) else _PRIMARY


def expression(node: Expression, tightness: int = _WHOLE) -> str:
    """Write an expression for a place that asks for a tightness."""
    text = _WRITERS[type(node)](node)
    return f"({text})" if _level(node) < tightness else text


def listed(nodes: tuple[Expression, ...]) -> str:
    return ", ".join(_item(node) for node in nodes)


def _item(node: Expression) -> str:
    return f"({expression(node)})" if isinstance(node, Binary) and node.operator == "<" else expression(node)


def _binary(node: Binary) -> str:
    if node.operator not in _BINARY and node.operator != "<":  # an assignment
        return f"{expression(node.left, _UNARY)} {node.operator} {expression(node.right)}"
    if node.operator == "??":
        return _coalesce(node)
    level = _COMPARE if node.operator == "<" else _BINARY[node.operator]
    _, links = left_spine(node)
    # Only links of one strength are written in the loop; a looser one below is an operand in parentheses.
    begin = len(links) - 1
    while begin > 0 and _chained(links[begin - 1], level):
        begin -= 1
    innermost = links[begin]
    rights = (f" {link.operator} {expression(link.right, level + 1)}" for link in links[begin:])
    return expression(innermost.left, level) + "".join(rights)


def _chained(link: Binary, level: int) -> bool:
    return link.operator != "<" and _BINARY.get(link.operator) == level


def _coalesce(node: Binary) -> str:
    parts = []
    found: Expression = node
    while isinstance(found, Binary) and found.operator == "??":
        parts.append(expression(found.left, _OR))
        found = found.right
    parts.append(expression(found, _OR))
    return " ?? ".join(parts)


def _conditional(node: Conditional) -> str:
    parts = []
    found: Expression = node
    while isinstance(found, Conditional):
        parts.append(f"{expression(found.test, _COALESCE)} ? {expression(found.then, _CHOICE)} : ")
        found = found.otherwise
    return "".join(parts) + expression(found, _CHOICE)


def _chain(node: Expression) -> str:
    """Write `a.b(c)[d].e`."""
    parts = []
    found = node
    while isinstance(found, (Member, Call, Index)):
        if isinstance(found, Member):
            part = member(found.name, quoted=found.quoted) + type_arguments(found.arguments)
            parts.append(("?." if found.conditional else ".") + part)
        elif isinstance(found, Call):
            parts.append(f"({arguments(found.arguments)})")
        else:
            parts.append(f"{'?' if found.conditional else ''}[{arguments(found.arguments)}]")
        found = found.target
    start = expression(found, _PRIMARY)
    if isinstance(found, Name) and not found.quoted and parts and parts[-1].startswith("."):
        start = found.text + type_arguments(found.arguments)  # `SQL.x`: before a dot no word is reserved
    return start + "".join(reversed(parts))


def arguments(found: tuple[Argument, ...]) -> str:
    return ", ".join(_argument(one) for one in found)


def _argument(node: Argument) -> str:
    label = f"{node.name}: " if node.name else ""  # any word may stand there, and no brackets
    return f"{label}{node.direction + ' ' if node.direction else ''}{_item(node.value)}"


def _name(node: Name) -> str:
    return name(node.text, quoted=node.quoted) + type_arguments(node.arguments)


def _variable(node: Variable) -> str:
    if node.package is not None:
        return f"{name(node.package)}.{variable(node.text)}"
    return ("@" if node.system else "") + variable(node.text)


def _unary(node: Unary) -> str:
    if node.operator == "NOT":
        return f"NOT {expression(node.operand, _NOT)}"
    if node.postfix:
        return f"{expression(node.operand, _PRIMARY)}{node.operator}"
    signed = isinstance(node.operand, Unary)
    return node.operator + (f"({expression(node.operand)})" if signed else expression(node.operand, _UNARY))


def _cast(node: Cast) -> str:
    # `(T) -x` subtracts, `(T) [1]` is an index
    apart = isinstance(node.value, Unary) or (isinstance(node.value, Name) and node.value.quoted)
    value = f"({expression(node.value)})" if apart else expression(node.value, _UNARY)
    return f"({type_text(node.type)}) {value}"


def _in(node: In) -> str:
    return f"{expression(node.value, _COMPARE)}{_not(node)} IN ({listed(node.choices)})"


def _not(node: In | Like | Between) -> str:
    return " NOT" if node.negated else ""


def _between(node: Between) -> str:
    low, high = expression(node.low, _SHIFT), expression(node.high, _SHIFT)
    return f"{expression(node.value, _COMPARE)}{_not(node)} BETWEEN {low} AND {high}"


def _like(node: Like) -> str:
    escape = f" ESCAPE {expression(node.escape, _SHIFT)}" if node.escape else ""
    return f"{expression(node.value, _COMPARE)}{_not(node)} LIKE {expression(node.pattern, _SHIFT)}{escape}"


def _is_null(node: IsNull) -> str:
    return f"{expression(node.value, _COMPARE)} IS {'NOT ' if node.negated else ''}NULL"


def _case(node: Case) -> str:
    head = f" {expression(node.operand)}" if node.operand else ""
    whens = "".join(f" WHEN {expression(one.test)} THEN {expression(one.then)}" for one in node.whens)
    otherwise = f" ELSE {expression(node.otherwise)}" if node.otherwise else ""
    return f"CASE{head}{whens}{otherwise} END"


def _sql_call(node: SqlCall) -> str:
    kind = f"<{', '.join(map(type_text, node.types))}>" if node.types else ""
    inner = "*" if node.star else ("DISTINCT " if node.distinct else "") + listed(node.arguments)
    within = f" WITHIN GROUP (ORDER BY {orderings(node.within)})" if node.within else ""
    over = f" OVER ({_window(node.over)})" if node.over else ""
    return f"{node.function}{kind}({inner}){within}{over}"


def orderings(found: tuple[Ordering, ...], words: tuple[str, str] = ("", " DESC")) -> str:
    return ", ".join(_item(one.value) + words[one.descending] for one in found)


def _window(node: Window) -> str:
    parts = []
    if node.partition_by:
        parts.append(f"PARTITION BY {listed(node.partition_by)}")
    if node.order_by:
        parts.append(f"ORDER BY {orderings(node.order_by)}")
    if node.frame:
        parts.append(_frame(node.frame))
    return " ".join(parts)


def _frame(node: Frame) -> str:
    if node.end is None:
        return f"{node.unit} {_bound(node.start)}"
    return f"{node.unit} BETWEEN {_bound(node.start)} AND {_bound(node.end)}"


def _bound(node: Bound) -> str:
    if node.kind == "CURRENT":
        return "CURRENT ROW"
    return f"{'UNBOUNDED' if node.rows is None else expression(node.rows, _UNARY)} {node.kind}"


def _interpolated(node: Interpolated) -> str:
    written = []
    for part in node.parts:
        if isinstance(part, Hole):
            alignment = f",{expression(part.alignment)}" if part.alignment else ""
            shape = f":{part.format}" if part.format is not None else ""
            value = expression(part.value)
            # Commas and colons of the expression itself are not those of the hole.
            written.append(f"{{{value if isinstance(part.value, Name) else f'({value})'}{alignment}{shape}}}")
        else:
            written.append(escaped(part, '"').replace("{", "{{").replace("}", "}}"))
    return '$"' + "".join(written) + '"'


def _type_of(node: TypeOf) -> str:
    return f"{'sizeof' if node.size else 'typeof'}({type_text(node.type)})"


def _checked(node: Checked) -> str:
    return f"{'checked' if node.on else 'unchecked'}({expression(node.value)})"


from lazulite.usql.printing.code import (  # noqa: E402 -- a lambda's block holds expressions, and these hold lambdas
    lambda_text,
    linq_text,
    new_anonymous,
    new_array,
    new_object,
)

_WRITERS: dict[type[Expression], Callable[[Any], str]] = {
    As: lambda node: f"{expression(node.value, _COMPARE)} as {type_text(node.type)}",
    Between: _between,
    Binary: _binary,
    Call: _chain,
    Case: _case,
    Cast: _cast,
    Checked: _checked,
    Conditional: _conditional,
    DefaultValue: lambda node: f"default({type_text(node.type)})",
    In: _in,
    Index: _chain,
    Interpolated: _interpolated,
    Is: lambda node: f"{expression(node.value, _COMPARE)} is {type_text(node.type)}",
    IsNull: _is_null,
    Lambda: lambda_text,
    Like: _like,
    Linq: linq_text,
    Literal: constant,
    Member: _chain,
    Name: _name,
    NewAnonymous: new_anonymous,
    NewArray: new_array,
    NewObject: new_object,
    RenamedFile: lambda node: f"{expression(node.path)} AS {expression(node.name)}",
    SqlCall: _sql_call,
    TypeOf: _type_of,
    Unary: _unary,
    Variable: _variable,
}
