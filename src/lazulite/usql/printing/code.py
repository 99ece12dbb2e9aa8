"""C# as text: `new`, lambdas and their statements, LINQ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lazulite.usql.printing import expressions
from lazulite.usql.printing.words import name, type_text
from lazulite.usql.tree import (
    Assigned,
    Block,
    Catch,
    CodeIf,
    CodeStatement,
    Element,
    Evaluate,
    Expression,
    For,
    ForEach,
    FromClause,
    GroupClause,
    Initialiser,
    JoinClause,
    Jump,
    Lambda,
    LambdaParameter,
    LetClause,
    Linq,
    LinqClause,
    Local,
    NewAnonymous,
    NewArray,
    NewObject,
    OrderByClause,
    Section,
    SelectClause,
    Switch,
    Throw,
    Try,
    Type,
    UsingBlock,
    WhereClause,
    While,
)
from lazulite.usql.tree.code import Return


def _value(node: Expression) -> str:
    return expressions.expression(node)


def new_object(node: NewObject) -> str:
    start = f"new {type_text(node.type)}"
    call = f"({expressions.arguments(node.arguments)})" if node.arguments or node.initialiser is None else ""
    return start + call + (f" {_initialiser(node.initialiser)}" if node.initialiser is not None else "")


def new_array(node: NewArray) -> str:
    kind, ranks = "", ""
    if node.type is not None:
        kind = " " + type_text(Type(node.type.name, node.type.arguments, node.type.nullable))
        ranks = "".join("[" + "," * (rank - 1) + "]" for rank in node.type.ranks)
    inside = expressions.listed(node.sizes) if node.sizes else "," * (node.rank - 1)
    rest = f" {_initialiser(node.initialiser)}" if node.initialiser is not None else ""
    return f"new{kind}[{inside}]{ranks}{rest}"


def new_anonymous(node: NewAnonymous) -> str:
    members = [
        (f"{name(member.name)} = " if member.name is not None else "") + expressions.listed((member.value,))
        for member in node.members
    ]
    return "new { " + ", ".join(members) + " }"


def _initialiser(node: Initialiser) -> str:
    return "{ " + ", ".join(_member(member) for member in node.members) + " }"


def _member(member: Assigned | Element) -> str:
    if isinstance(member, Assigned):
        target = name(member.name) if member.name is not None else f"[{expressions.listed(member.index)}]"
        return f"{target} = {_initial(member.value)}"
    if len(member.values) == 1 and isinstance(member.values[0], Expression):
        return _initial(member.values[0])
    return "{ " + ", ".join(_initial(value) for value in member.values) + " }"


def _initial(value: Expression | Initialiser) -> str:
    return _initialiser(value) if isinstance(value, Initialiser) else expressions.listed((value,))


def lambda_text(node: Lambda) -> str:
    parameters = ", ".join(_parameter(one) for one in node.parameters)
    bare = len(node.parameters) == 1 and node.parameters[0].type is None and not node.parameters[0].direction
    body = block(node.body) if isinstance(node.body, Block) else expressions.listed((node.body,))
    return f"{parameters if bare else '(' + parameters + ')'} => {body}"


def _parameter(node: LambdaParameter) -> str:
    parts = [node.direction, type_text(node.type) if node.type else "", name(node.name)]
    return " ".join(part for part in parts if part)


def linq_text(node: Linq) -> str:
    return " ".join(_clause(one) for one in node.clauses)


def _clause(node: LinqClause) -> str:
    if isinstance(node, FromClause):
        return f"from {_typed(node.type, node.name)} in {_tight(node.source)}"
    if isinstance(node, LetClause):
        return f"let {name(node.name)} = {_tight(node.value)}"
    if isinstance(node, WhereClause):
        return f"where {_tight(node.test)}"
    if isinstance(node, OrderByClause):
        return f"orderby {expressions.orderings(node.orderings, ('', ' descending'))}"
    if isinstance(node, JoinClause):
        ends = f"on {_tight(node.left)} equals {_tight(node.right)}"
        return f"join {_typed(node.type, node.name)} in {_tight(node.source)} {ends}{_into(node.into)}"
    if isinstance(node, GroupClause):
        return f"group {_tight(node.value)} by {_tight(node.key)}{_into(node.into)}"
    assert isinstance(node, SelectClause)  # noqa: S101
    return f"select {_tight(node.value)}{_into(node.into)}"


def _tight(node: Expression) -> str:
    # A query or lambda in a clause would take the clauses that follow.
    return expressions.expression(node, 1)


def _typed(kind: Type | None, text: str) -> str:
    return (type_text(kind) + " " if kind else "") + name(text)


def _into(text: str | None) -> str:
    return f" into {name(text)}" if text is not None else ""


def block(node: Block) -> str:
    return "{ " + "".join(statement(one) + " " for one in node.statements) + "}"


def statement(node: CodeStatement) -> str:
    return _WRITERS[type(node)](node)


def _local(node: Local) -> str:
    parts = [name(one.name) + (f" = {_value(one.value)}" if one.value else "") for one in node.declarators]
    return f"{type_text(node.type) if node.type else 'var'} {', '.join(parts)}"


def _if(node: CodeIf) -> str:
    if node.otherwise is None:
        return f"if ({_value(node.test)}) {statement(node.then)}"
    # Braces keep an `else` with its `if`.
    inner = "{ " + statement(node.then) + " }" if _takes_else(node.then) else statement(node.then)
    return f"if ({_value(node.test)}) {inner} else {statement(node.otherwise)}"


def _takes_else(node: CodeStatement) -> bool:
    """Tell whether an `else` behind a statement would be taken for one of an `if` in it."""
    if isinstance(node, CodeIf):
        return node.otherwise is None or _takes_else(node.otherwise)
    if isinstance(node, (For, ForEach, UsingBlock, While)):
        return not (isinstance(node, While) and node.after) and _takes_else(node.body)
    return False


def _while(node: While) -> str:
    if node.after:
        return f"do {statement(node.body)} while ({_value(node.test)});"
    return f"while ({_value(node.test)}) {statement(node.body)}"


def _for(node: For) -> str:
    first = ", ".join(_local(one) if isinstance(one, Local) else statement(one)[:-1] for one in node.first)
    test = _value(node.test) if node.test else ""
    return f"for ({first}; {test}; {expressions.listed(node.steps)}) {statement(node.body)}"


def _for_each(node: ForEach) -> str:
    head = f"{type_text(node.type) if node.type else 'var'} {name(node.name)} in {_value(node.source)}"
    return f"foreach ({head}) {statement(node.body)}"


def _switch(node: Switch) -> str:
    return f"switch ({_value(node.value)}) {{ {' '.join(_section(one) for one in node.sections)} }}"


def _section(node: Section) -> str:
    labels = " ".join(f"case {_value(label)}:" if label is not None else "default:" for label in node.labels)
    return labels + "".join(" " + statement(one) for one in node.body)


def _try(node: Try) -> str:
    catches = "".join(f" {_catch(one)}" for one in node.catches)
    return f"try {block(node.body)}{catches}" + (
        f" finally {block(node.after)}" if node.after is not None else ""
    )


def _catch(node: Catch) -> str:
    head = f" ({type_text(node.type)}{' ' + name(node.name) if node.name else ''})" if node.type else ""
    return f"catch{head} {block(node.body)}"


def _using(node: UsingBlock) -> str:
    resource = _local(node.resource) if isinstance(node.resource, Local) else _value(node.resource)
    return f"using ({resource}) {statement(node.body)}"


def _after(word: str, value: Expression | None) -> str:
    return f"{word} {_value(value)};" if value is not None else f"{word};"


_WRITERS: dict[type[CodeStatement], Callable[[Any], str]] = {
    Block: block,
    CodeIf: _if,
    Evaluate: lambda node: _value(node.value) + ";",
    For: _for,
    ForEach: _for_each,
    Jump: lambda node: node.word + ";",
    Local: lambda node: _local(node) + ";",
    Return: lambda node: _after("return", node.value),
    Switch: _switch,
    Throw: lambda node: _after("throw", node.value),
    Try: _try,
    UsingBlock: _using,
    While: _while,
}
