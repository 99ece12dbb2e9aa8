"""Trees of U-SQL grown at random, as the parser would make them."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from lazulite.usql import tree as t
from lazulite.usql.tree import LiteralKind as K

_T = TypeVar("_T")

BARE = ("a", "b", "col", "Region", "x1", "_y", "Größe", "value", "index")
NAMES = (*BARE, "a b", "SELECT", "COUNT", "1st", "new", "is")
TYPES = ("int", "string", "DateTime", "decimal", "SQL.ARRAY", "My.Own.Type")
OPERATORS = (
    "*",
    "/",
    "%",
    "+",
    "-",
    "<<",
    ">>",
    "<",
    ">",
    "<=",
    ">=",
    "==",
    "!=",
    "&",
    "^",
    "|",
    "&&",
    "||",
    "??",
    "AND",
    "OR",
)
SIGNS = ("-", "+", "!", "~", "NOT")
JOINS: tuple[t.JoinKind, ...] = (
    "INNER",
    "LEFT",
    "RIGHT",
    "FULL",
    "SEMI",
    "LEFT SEMI",
    "ANTI SEMI",
    "RIGHT ANTI SEMI",
)
CHARACTERS = "ab \"'\\\n\t\0{}[]@$äß\u20ac\U0001f642\ud800"


class Grower:
    """Grows trees.

    Args:
        seed: of what is random.
        size: how deep a tree may get.
    """

    def __init__(self, seed: int, size: int = 4) -> None:
        self.random = random.Random(seed)
        self.room = size

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def maybe(self, grow: Callable[[], _T]) -> _T | None:
        return grow() if self.random.random() < 0.4 else None

    def some(self, grow: Callable[[], _T], least: int = 1, most: int = 3) -> tuple[_T, ...]:
        return tuple(grow() for _ in range(self.random.randint(least, most)))

    def flag(self) -> bool:
        return self.random.random() < 0.3

    def name(self) -> str:
        return self.pick(*NAMES)

    def bare(self) -> str:
        return self.pick(*BARE)

    def names(self) -> tuple[str, ...]:
        return self.some(self.name)

    def text(self) -> str:
        return "".join(self.random.choice(CHARACTERS) for _ in range(self.random.randint(0, 4)))

    def type(self, depth: int = 2) -> t.Type:
        if depth and self.flag():
            return t.Type(
                self.pick("SQL.MAP", "Func"), self.some(lambda: self.type(depth - 1), 1, 2), self.flag()
            )
        return t.Type(self.pick(*TYPES), (), self.flag(), self.pick((), (), (1,), (2, 1)))

    # Expressions.
    def literal(self) -> t.Literal:
        kind = self.pick(*K)
        values: dict[K, Callable[[], Any]] = {
            K.BOOL: self.flag,
            K.INT: lambda: self.random.randrange(2**31),
            K.UINT: lambda: self.random.randrange(2**31 + 1, 2**32),
            K.LONG: lambda: self.random.randrange(2**32, 2**63),
            K.ULONG: lambda: self.random.randrange(2**63 + 1, 2**64),
            K.FLOAT: lambda: self.random.random() * 10 ** self.random.randint(-30, 30),
            K.DOUBLE: lambda: self.random.random() * 10 ** self.random.randint(-300, 300),
            K.DECIMAL: lambda: Decimal(self.random.randrange(10**9)).scaleb(-self.random.randint(0, 5)),
            K.CHAR: lambda: self.pick(*(one for one in CHARACTERS if one <= "\uffff")),
            K.STRING: self.text,
        }
        return t.Literal(kind, values[kind]()) if kind in values else t.Literal(K.NULL, None)

    def expression(self) -> t.Expression:
        if self.room <= 0 or self.random.random() < 0.2:
            return self.simple()
        self.room -= 1
        found = self.pick(
            self.operation, self.operation, self.postfix, self.postfix, self.call, self.creation, self.test
        )()
        self.room += 1
        return found

    def simple(self) -> t.Expression:
        name = self.name()
        return self.pick(
            self.literal(),
            t.Name(self.bare()),
            t.Name(name, quoted=True),
            t.Variable(self.bare(), self.flag()),
            t.Variable(self.bare(), package="pkg"),
            t.DefaultValue(self.type()),
            t.TypeOf(self.type(), self.flag()),
        )

    def operation(self) -> t.Expression:
        e = self.expression
        choice = self.random.randrange(6)
        if choice == 0:
            return t.Unary(self.pick(*SIGNS), self._operand())
        if choice == 1:
            return t.Cast(self.type(), e())
        if choice == 2:
            return t.Conditional(e(), e(), e())
        if choice == 3:
            return self.pick(t.As, t.Is)(e(), self.type())
        return t.Binary(self.pick(*OPERATORS), e(), e())

    def _operand(self) -> t.Expression:
        found = self.expression()
        # `-2147483648` is an int: the parser says so, and a tree with a uint there is never read.
        edge = isinstance(found, t.Literal) and found.value in {2**31, 2**63}
        return t.Name("a") if edge else found

    def test(self) -> t.Expression:
        e = self.expression
        return self.pick(
            lambda: t.In(e(), self.some(e), self.flag()),
            lambda: t.Between(e(), e(), e(), self.flag()),
            lambda: t.Like(e(), e(), self.maybe(e), self.flag()),
            lambda: t.IsNull(e(), self.flag()),
            lambda: t.Case(self.maybe(e), self.some(lambda: t.When(e(), e())), self.maybe(e)),
            lambda: t.Checked(e(), self.flag()),
            lambda: t.Interpolated(self._parts()),
        )()

    def _parts(self) -> tuple[str | t.Hole, ...]:
        parts: list[str | t.Hole] = []
        for _ in range(self.random.randint(0, 3)):
            text = self.text()
            if text and (not parts or isinstance(parts[-1], t.Hole)):
                parts.append(text)
            parts.append(
                t.Hole(self.expression(), self.maybe(lambda: t.Literal(K.INT, 5)), self.maybe(lambda: "N2"))
            )
        return tuple(parts)

    def arguments(self, least: int = 0) -> tuple[t.Argument, ...]:
        return self.some(
            lambda: t.Argument(self.expression(), self.maybe(self.bare), self.pick("", "", "ref", "out")),
            least,
        )

    def postfix(self) -> t.Expression:
        target = self.pick(t.Name(self.bare()), t.Name("SQL"), self.expression())
        choice = self.random.randrange(4)
        if choice == 0 or target == t.Name("SQL"):
            return t.Member(target, self.pick("Length", "EXISTS", "Where", *BARE), conditional=False)
        if choice == 1:
            return t.Member(target, self.name(), conditional=self.flag(), quoted=True)
        if choice == 2:
            return t.Index(target, self.arguments(1), self.flag())
        method = t.Member(target, self.bare(), self.some(self.type, 0, 2), self.flag())
        return t.Call(method, self.arguments())

    def call(self) -> t.Expression:
        e = self.expression
        if self.flag():
            return t.SqlCall("COUNT", star=True, over=self.maybe(self.window))
        function = self.pick("SUM", "ARRAY_AGG", "ROW_NUMBER", "LAG")
        kinds: tuple[t.Type, ...] = ()
        if self.flag():
            function, kinds = self.pick(("AGG", (self.type(),)), ("MAP_AGG", (self.type(), self.type())))
        arguments = self.some(e, 0)
        distinct = bool(arguments) and self.flag()
        within = self.maybe(self.orderings) or ()
        return t.SqlCall(function, arguments, distinct, False, kinds, within, self.maybe(self.window))

    def orderings(self) -> tuple[t.Ordering, ...]:
        return self.some(lambda: t.Ordering(self.expression(), self.flag()), 1, 2)

    def window(self) -> t.Window:
        return t.Window(
            self.some(self.expression, 0, 2), self.maybe(self.orderings) or (), self.maybe(self._frame)
        )

    def _frame(self) -> t.Frame:
        return t.Frame(self.pick("ROWS", "RANGE"), self._bound(), self.maybe(self._bound))

    def _bound(self) -> t.Bound:
        if self.flag():
            return t.Bound("CURRENT")
        return t.Bound(self.pick("PRECEDING", "FOLLOWING"), self.maybe(lambda: t.Literal(K.INT, 2)))

    def creation(self) -> t.Expression:
        plain = t.Type(self.pick(*TYPES))
        return self.pick(
            lambda: t.NewObject(plain, self.arguments(), self.maybe(self.initialiser)),
            lambda: t.NewArray(plain, *self._sizes()),
            lambda: t.NewArray(self.maybe(lambda: plain), initialiser=self.initialiser()),
            lambda: t.NewAnonymous(
                self.some(lambda: t.AnonymousMember(self.expression(), self.maybe(self.bare)))
            ),
            self.function,
            self.linq,
        )()

    def _sizes(self) -> tuple[tuple[t.Expression, ...], int]:
        sizes = self.some(self.expression, 1, 2)
        return sizes, len(sizes)

    def initialiser(self) -> t.Initialiser:
        e = self.expression
        return t.Initialiser(
            self.pick(
                lambda: self.some(lambda: t.Element((e(),)), 0),
                lambda: self.some(lambda: t.Element((e(), e()))),
                lambda: self.some(lambda: t.Assigned(e(), self.bare())),
                lambda: self.some(lambda: t.Assigned(e(), None, (e(),))),
            )()
        )

    def function(self) -> t.Lambda:
        parameters = self.some(lambda: t.LambdaParameter(self.bare(), self.maybe(self.type)), 0)
        return t.Lambda(parameters, self.pick(self.expression, self.block)())

    def block(self) -> t.Block:
        return t.Block(self.some(self.code, 0))

    def code(self) -> t.CodeStatement:
        e = self.expression
        leaves: list[Callable[[], t.CodeStatement]] = [
            lambda: t.Local(
                self.maybe(self.type), self.some(lambda: t.Declarator(self.bare(), self.maybe(e)))
            ),
            lambda: t.Evaluate(t.Binary(self.pick("=", "+="), t.Member(t.Name("a"), "b"), e())),
            lambda: t.code.Return(self.maybe(e)),
            lambda: t.Throw(self.maybe(e)),
            lambda: t.Jump(self.pick("break", "continue")),
        ]
        if self.room <= 0:
            return self.pick(*leaves)()
        self.room -= 1
        branches: list[Callable[[], t.CodeStatement]] = [
            lambda: t.CodeIf(e(), self.block(), self.maybe(self.code)),
            lambda: t.While(e(), self.block(), self.flag()),
            lambda: t.ForEach(self.maybe(self.type), self.bare(), e(), self.block()),
            lambda: t.For((), self.maybe(e), self.some(e, 0, 2), self.block()),
            lambda: t.Try(
                self.block(),
                self.some(lambda: t.Catch(t.Type("Exception"), self.maybe(self.bare), self.block())),
            ),
            lambda: t.Switch(e(), self.some(lambda: t.Section((e(), None), (t.Jump("break"),)))),
            lambda: t.UsingBlock(e(), self.block()),
        ]
        found = self.pick(*leaves, *branches)()
        self.room += 1
        return found

    def linq(self) -> t.Linq:
        e = self.expression
        middle: list[Callable[[], t.LinqClause]] = [
            lambda: t.FromClause(self.variable(), e(), self.maybe(self.type)),
            lambda: t.LetClause(self.variable(), e()),
            lambda: t.WhereClause(e()),
            lambda: t.OrderByClause(self.orderings()),
            lambda: t.JoinClause(self.variable(), e(), e(), e(), self.maybe(self.variable)),
            lambda: t.SelectClause(e(), self.variable()),
        ]
        clauses = self.some(self.pick(*middle), 0)
        last: t.LinqClause = self.pick(lambda: t.SelectClause(e()), lambda: t.GroupClause(e(), e()))()
        return t.Linq((t.FromClause(self.variable(), e()), *clauses, last))

    def variable(self) -> str:
        return self.pick("x1", "_y", "item")  # the words of LINQ are names elsewhere

    # Queries.
    def column(self) -> t.Column:
        return t.Column(self.name(), self.type())

    def loose_column(self) -> t.Column:
        return t.Column(self.name(), self.maybe(self.type))

    def object_name(self) -> t.ObjectName:
        return t.ObjectName(self.some(self.name))

    def table(self) -> t.Query:
        return self.pick(
            t.RowsetVariable(self.bare()),
            t.TableReference(self.object_name()),
            t.FunctionCall(self.object_name(), self.some(self.expression, 0, 2)),
        )

    def query(self) -> t.Query:
        if self.room <= 0 or self.random.random() < 0.1:
            return self.table()
        self.room -= 1
        found = self.pick(self.select, self.select, self.set_operation, self.ordered, self.operator)()
        self.room += 1
        return found

    def item(self) -> t.Item | t.Star:
        if self.flag():
            return t.Star(self.pick(None, "@rows", self.name()))
        return t.Item(self.expression(), self.maybe(self.name))

    def select(self) -> t.Select:
        e = self.expression
        return t.Select(
            self.some(self.item),
            self.source(),
            self.flag(),
            self.maybe(e),
            self.maybe(lambda: self.some(e)) or (),
            self.maybe(e),
        )

    def source(self) -> t.Query:
        found: t.Query = self.pick(self.aliased, self.query)()
        for _ in range(self.random.randint(0, 2)):
            found = self.joined(found)
        return found

    def aliased(self) -> t.Aliased:
        return t.Aliased(self.query(), self.name(), self.some(self.loose_column, 0))

    def joined(self, left: t.Query) -> t.Query:
        e = self.expression
        return self.pick(
            lambda: t.Join(self.pick(*JOINS), left, self.aliased(), e()),
            lambda: t.Join("CROSS", left, self.aliased()),
            lambda: t.Join("INNER", left, self.aliased(), e(), t.Hint("PAIR HASH")),
            lambda: t.Apply(left, t.Explode(e(), self.name(), self.some(self.loose_column, 0)), self.flag()),
            lambda: t.Apply(left, t.Applier(e(), self.name(), self.some(self.column), *self.clauses())),
            lambda: t.Pivot(
                left, (t.Item(e()),), t.Name("a"), (t.PivotValue(e(), self.name()),), self.maybe(self.name)
            ),
            lambda: t.Unpivot(
                left, self.name(), self.name(), (t.Item(t.Name("b")),), self.flag(), self.maybe(self.name)
            ),
        )()

    def clauses(self) -> tuple[tuple[str, ...] | t.Star | None, tuple[str, ...] | t.Star | None]:
        return self.pick((None, None), (t.Star(), self.names()), (self.names(), None), (None, t.Star()))

    def set_operation(self) -> t.SetOperation:
        by_name = self.flag()
        on = self.names() if by_name else ()
        return t.SetOperation(
            self.pick("UNION", "OUTER UNION", "EXCEPT", "INTERSECT"),
            self.query(),
            self.query(),
            self.flag(),
            by_name,
            on,
            by_name and self.flag(),
        )

    def ordered(self) -> t.Query:
        number = t.Literal(K.INT, 5)
        return self.pick(
            lambda: t.Ordered(self.query(), self.orderings(), t.Fetch(self.maybe(lambda: number), number)),
            lambda: t.Ordered(self.query(), self.orderings()),
            lambda: t.Sample(self.query(), "ANY", (number,)),
            lambda: t.Sample(
                self.query(), self.pick("UNIVERSE", "DISTINCT"), (number,), self.names(), self.name()
            ),
            lambda: t.Hinted(self.query(), (t.Hint("ROWCOUNT = 5"),)),
        )()

    def operator(self) -> t.Query:
        e = self.expression
        return self.pick(
            lambda: t.Values(self.some(lambda: self.some(e))),
            lambda: t.Extract(self.some(self.column), self.some(e), e()),
            lambda: t.Process(self.query(), self.some(self.loose_column), e(), *self.clauses()),
            lambda: t.Reduce(
                self.query(), self.some(self.name, 0), self.some(self.loose_column), e(),
                self.maybe(self.orderings) or (), *self.clauses(),
            ),
            lambda: t.Combine(self.aliased(), self.query(), self.maybe(e), self.some(self.column), e(), *self.clauses()),
            lambda: t.External(self.object_name(), self.pick("EXECUTE", "LOCATION"), e()),
        )()  # fmt: skip

    # Statements.
    def statement(self) -> t.Statement:
        e, name = self.expression, self.object_name
        leaves: list[Callable[[], t.Statement]] = [
            lambda: t.Assign(self.some(self.bare), self.query()),
            lambda: t.Declare(self.bare(), self.maybe(self.type), e(), self.flag()),
            lambda: t.SetOption(self.bare(), e()),
            lambda: t.Output(
                self.query(),
                e(),
                e(),
                self.maybe(self.orderings) or (),
                None,
                self.some(self.name, 0),
                self.maybe(e),
            ),
            lambda: t.Use(name(), self.pick("DATABASE", "SCHEMA")),
            lambda: t.Insert(name(), self.select(), self.some(self.name, 0), self.maybe(self._label)),
            lambda: t.Insert(name(), self.select(), (), None, self.pick("IGNORE", self._label())),
            lambda: t.Truncate(name(), self.some(self._label, 0)),
            lambda: t.ProcedureCall(name(), self.some(e, 0)),
            lambda: t.ReferenceAssembly(name(), self.flag()),
            lambda: t.DeployResource(self.some(e)),
            lambda: t.Using(t.Type(self.pick(*TYPES)), self.maybe(self.bare)),
            lambda: t.ImportPackage(name(), self.some(e, 0), self.maybe(self.name)),
            lambda: t.ExportVariable(self.bare(), self.type(), e()),
            lambda: t.Raise(e()),
            lambda: t.InlineCode(" int x; "),
            self.definition,
            self.definition,
        ]
        if self.room <= 0:
            return self.pick(*leaves)()
        self.room -= 1
        found = self.pick(
            *leaves,
            lambda: t.If(
                self.some(lambda: t.Branch(e(), self.some(self.statement, 0)), 1, 2),
                self.some(self.statement, 0),
            ),
            lambda: t.CreateProcedure(
                name(), self.some(self._parameter, 0), self.some(self.statement, 0), self.flag()
            ),
            lambda: t.CreatePackage(
                name(), self.some(self._parameter, 0), self.some(self.statement, 0), self.flag()
            ),
            lambda: t.CreateFunction(
                name(),
                self.some(self._parameter, 0),
                self.some(self._result),
                self.some(self.statement, 0),
                alter=self.flag(),
            ),
        )()
        self.room += 1
        return found

    def _label(self) -> t.PartitionLabel:
        return t.PartitionLabel(self.some(self.expression))

    def _row(self) -> t.RowType:
        return t.RowType(self.some(self.column))

    def _parameter(self) -> t.Parameter:
        kind = self.pick(self.type, self._row)()
        return t.Parameter(
            self.bare(), kind, *self.pick((None, True), (None, False), (self.expression(), False))
        )

    def _result(self) -> t.Result:
        return t.Result(self.bare(), self.pick(None, self.type(), self._row()))

    def definition(self) -> t.Statement:
        e, name = self.expression, self.object_name
        return self.pick(
            lambda: t.CreateDatabase(name(), self.flag()),
            lambda: t.CreateSchema(name(), self.flag()),
            lambda: t.CreateTable(name(), self.some(self.column), self._placement(), None, self.flag()),
            lambda: t.CreateTable(name(), (), self._placement(), self.query(), self.flag()),
            lambda: t.CreateView(name(), self.query(), self.some(self.name, 0), alter=self.flag()),
            lambda: t.CreateType(name(), self._row(), self.flag()),
            lambda: t.CreateAssembly(name(), t.Literal(K.BYTES, b"MZ\0\x01"), alter=self.flag()),
            lambda: t.CreateDataSource(name(), "SQLSERVER", (t.Option("PROVIDER_STRING", (e(),)),)),
            lambda: t.CreateCredential(name(), (t.Option("USER_NAME", (e(), e())),)),
            lambda: t.CreateStatistics(self.name(), name(), self.names(), self.flag()),
            lambda: t.UpdateStatistics(self.name(), name(), self.flag(), self.flag()),
            lambda: t.AddColumns(name(), self.some(self.column)),
            lambda: t.DropColumns(name(), self.names()),
            lambda: t.AddPartitions(name(), self.some(self._label), self.flag()),
            lambda: t.DropPartitions(name(), self.some(self._label), self.flag()),
            lambda: t.Rebuild(name(), self.some(self._label, 0), self.flag()),
            lambda: t.Drop(self.pick("TABLE", "DATA SOURCE", "VIEW"), name(), self.flag()),
        )()

    def _placement(self) -> t.Placement:
        kind = self.pick("HASH", "RANGE", "DIRECT HASH", "ROUND ROBIN")
        distribution = t.Distribution(
            kind, self.maybe(self.orderings) or (), self.maybe(lambda: t.Literal(K.INT, 4))
        )
        return t.Placement(
            self.name(), self.orderings(), self.some(self.name, 0), self.maybe(lambda: distribution)
        )

    def script(self) -> t.Script:
        return t.Script(self.some(self.statement))
