"""C# inside expressions: LINQ queries, and the statements of a lambda's block."""

from __future__ import annotations

from dataclasses import dataclass

from lazulite.usql.tree.base import Expression, Node
from lazulite.usql.tree.calls import Ordering
from lazulite.usql.tree.types import Type


@dataclass(frozen=True, slots=True)
class FromClause(Node):
    """`from [type] name in source`."""

    name: str
    source: Expression
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class LetClause(Node):
    """`let name = value`."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class WhereClause(Node):
    """`where test`."""

    test: Expression


@dataclass(frozen=True, slots=True)
class JoinClause(Node):
    """`join [type] name in source on left equals right [into group]`."""

    name: str
    source: Expression
    left: Expression
    right: Expression
    into: str | None = None
    type: Type | None = None


@dataclass(frozen=True, slots=True)
class OrderByClause(Node):
    """`orderby a, b descending`."""

    orderings: tuple[Ordering, ...]


@dataclass(frozen=True, slots=True)
class SelectClause(Node):
    """`select value [into name]`."""

    value: Expression
    into: str | None = None


@dataclass(frozen=True, slots=True)
class GroupClause(Node):
    """`group value by key [into name]`."""

    value: Expression
    key: Expression
    into: str | None = None


LinqClause = FromClause | LetClause | WhereClause | JoinClause | OrderByClause | SelectClause | GroupClause


@dataclass(frozen=True, slots=True)
class Linq(Expression):
    """A LINQ query in the order written; the last clause is a SelectClause or GroupClause without `into`."""

    clauses: tuple[LinqClause, ...]


@dataclass(frozen=True, slots=True)
class CodeStatement(Node):
    """A C# statement in the block of a lambda."""


@dataclass(frozen=True, slots=True)
class Block(CodeStatement):
    """`{ … }`."""

    statements: tuple[CodeStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Declarator(Node):
    """`name [= value]` of a local variable."""

    name: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Local(CodeStatement):
    """`int a, b = 2;`; type None for `var`."""

    type: Type | None
    declarators: tuple[Declarator, ...]


@dataclass(frozen=True, slots=True)
class Evaluate(CodeStatement):
    """An expression for its effect: a call, an assignment, `i++`."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Return(CodeStatement):
    """`return [value];`."""

    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Throw(CodeStatement):
    """`throw [value];`."""

    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Jump(CodeStatement):
    """`break;` or `continue;`."""

    word: str


@dataclass(frozen=True, slots=True)
class CodeIf(CodeStatement):
    """`if (test) then else otherwise`."""

    test: Expression
    then: CodeStatement
    otherwise: CodeStatement | None = None


@dataclass(frozen=True, slots=True)
class While(CodeStatement):
    """`while (test) body`; `do body while (test);` with `after`."""

    test: Expression
    body: CodeStatement
    after: bool = False


@dataclass(frozen=True, slots=True)
class For(CodeStatement):
    """`for (first; test; steps) body`."""

    first: tuple[CodeStatement, ...]
    test: Expression | None
    steps: tuple[Expression, ...]
    body: CodeStatement


@dataclass(frozen=True, slots=True)
class ForEach(CodeStatement):
    """`foreach (type name in source) body`; type None for `var`."""

    type: Type | None
    name: str
    source: Expression
    body: CodeStatement


@dataclass(frozen=True, slots=True)
class Section(Node):
    """`case a: case b: …` of a switch; None stands for `default:`."""

    labels: tuple[Expression | None, ...]
    body: tuple[CodeStatement, ...]


@dataclass(frozen=True, slots=True)
class Switch(CodeStatement):
    """`switch (value) { … }`."""

    value: Expression
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Catch(Node):
    """`catch (type name) { … }`; both None for a bare `catch`."""

    type: Type | None
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Try(CodeStatement):
    """`try { … } catch … finally { … }`."""

    body: Block
    catches: tuple[Catch, ...] = ()
    after: Block | None = None


@dataclass(frozen=True, slots=True)
class UsingBlock(CodeStatement):
    """`using (resource) body`."""

    resource: Local | Expression
    body: CodeStatement
