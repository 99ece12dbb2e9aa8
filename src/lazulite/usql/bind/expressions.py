"""Every scalar expression of the tree → SQL, C# type, nullable.

`Binder.bind` goes by the node's class; what .NET's members do is in the tables of `bind.members`, what U-SQL's own
functions do in `bind.aggregates` and `bind.windows`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lazulite.usql import tree, types
from lazulite.usql.bind import casts, operators
from lazulite.usql.bind.scope import Scope, missing
from lazulite.usql.bind.value import Value, unsupported, wrong_type
from lazulite.usql.types import BOOL, Type

if TYPE_CHECKING:
    from lazulite.usql.user.registry import Registry


@dataclass(frozen=True)
class Binder:
    """Binds expressions in a scope.

    Args:
        scope: the columns and lambda parameters that can be named.
        variables: the script's `@names` that are scalars.
        registry: the user's Python functions by their C# names.
        joins: whether this is the condition of a join, where `==` never holds for null.
        grouped: whether aggregates may stand here.
        now: the script's moment, in ticks: `DateTime.Now` is the same all through a script.
        usings: the namespaces and aliases of USING.
        decimal_keys: the SQL of the decimals in GROUP BY.
        facts: what gives `FILE.EXISTS(path)` and its kin, by the word before the dot.
    """

    scope: Scope
    variables: Mapping[str, Value] = field(default_factory=dict)
    registry: Registry | None = None
    joins: bool = False
    grouped: bool = True
    now: int = 0
    usings: Mapping[str, str] = field(default_factory=dict)
    decimal_keys: frozenset[str] = frozenset()
    facts: Mapping[str, Callable[[str, Sequence[tree.Argument], tree.Span], Value]] = field(
        default_factory=dict
    )

    def column(self, value: Value) -> Value:
        """A column's value where it stands: a decimal that rows are grouped by is one of its group's, outside of
        aggregates (those that are equal may have several scales)."""
        if self.grouped and value.sql in self.decimal_keys:
            return replace(value, sql=f"any_value({value.sql})")
        return value

    def bind(self, node: tree.Expression) -> Value:
        """The bound expression; raises `Wrong` with the place of what does not bind."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise unsupported(f"{type(node).__name__} cannot stand in an expression here", node.at)
        return handler(self, node)

    def boolean(self, node: tree.Expression) -> Value:
        """An expression that has to be a bool: a WHERE, a HAVING, the test of `?:`."""
        value = self.bind(node)
        if value.type != BOOL:
            raise wrong_type(f"a bool is wanted, this is {value.type}", node.at, _boolean_hint(value.type))
        return value

    def within(self, parameters: dict[str, Value]) -> Binder:
        """The binder inside a lambda."""
        return replace(self, scope=self.scope.with_locals(parameters))

    def inside_join(self, node: tree.Expression) -> Value:
        """A join's condition."""
        return replace(self, joins=True).boolean(node)

    def plain(self) -> Binder:
        """The same binder away from a join's top level."""
        return replace(self, joins=False) if self.joins else self


def _boolean_hint(type_: Type) -> str:
    return "Write x == true for a bool? x." if type_.name == "bool" else ""


def type_of(node: tree.Type) -> Type:
    """The type that is written; raises `Wrong` where a column cannot have it."""
    name = node.name.removeprefix("System.").removeprefix("Microsoft.Analytics.Types.Sql.")
    if name in {"SQL.ARRAY", "SqlArray"} and len(node.arguments) == 1:
        return types.array_of(type_of(node.arguments[0]))
    if name in {"SQL.MAP", "SqlMap"} and len(node.arguments) == 2:
        return types.map_of(type_of(node.arguments[0]), type_of(node.arguments[1]))
    try:
        if node.ranks == (1,):
            return types.BYTES if types.of(name).name == "byte" else types.array_of(types.of(name))
        if not node.arguments and not node.ranks:
            found = types.of(name)
            return found.or_null if node.nullable else found
    except KeyError:
        pass
    raise unsupported(
        f"{node.name} is no type of a column here",
        node.at,
        "There are C#'s simple types, string, DateTime, Guid, byte[], SQL.ARRAY and SQL.MAP.",
    )


# --- leaves ----------------------------------------------------------------------------------------------------------


def _name(binder: Binder, node: tree.Name) -> Value:
    found = binder.scope.find(node.text, node.at)
    if found is None:
        raise missing(node.text, binder.scope.names(), node.at)
    return binder.column(found)


def _variable(binder: Binder, node: tree.Variable) -> Value:
    found = binder.variables.get(node.text)
    if found is None or node.system:
        raise missing(
            ("@@" if node.system else "@") + node.text, [f"@{each}" for each in binder.variables], node.at
        )
    return found


# --- operators -------------------------------------------------------------------------------------------------------


def _binary(binder: Binder, node: tree.Binary) -> Value:
    first, links = tree.left_spine(node)
    inner = binder if node.operator in {"AND", "&&"} else binder.plain()
    value = inner.bind(first)
    for link in links:
        right = (inner if link.operator in {"AND", "&&"} else binder.plain()).bind(link.right)
        if link.operator == "==" and binder.joins:
            value = operators.joined(value, right, link.at)
        else:
            value = operators.binary(_unordered(binder, link), value, right, link.at)
    return value


def _unordered(binder: Binder, link: tree.Binary) -> str:
    """The operator; AND for a join's `&&` before a comparison that cannot fail, so that the keys are seen and hashed."""
    if link.operator != "&&" or not binder.joins or not isinstance(link.right, tree.Binary):
        return link.operator
    sides = (link.right.left, link.right.right)
    return "AND" if link.right.operator == "==" and all(_is_column(binder, one) for one in sides) else "&&"


def _is_column(binder: Binder, node: tree.Expression) -> bool:
    if isinstance(node, tree.Member):
        return binder.scope.rowset(node.target) is not None
    return isinstance(node, tree.Name)


def _unary(binder: Binder, node: tree.Unary) -> Value:
    if node.operator in {"++", "--"}:
        raise unsupported(f"{node.operator} changes a value, which an expression of a query cannot", node.at)
    return operators.unary(node.operator, binder.plain().bind(node.operand), node.at)


def _conditional(binder: Binder, node: tree.Conditional) -> Value:
    branches: list[tuple[Value, Value]] = []
    rest: tree.Expression = node
    while isinstance(rest, tree.Conditional):
        branches.append((binder.boolean(rest.test), binder.bind(rest.then)))
        rest = rest.otherwise
    last = binder.bind(rest)
    return _chosen(branches, last, node)


def _chosen(branches: list[tuple[Value, Value]], last: Value, node: tree.Expression) -> Value:
    type_ = one_type([*(value for _, value in branches), last], node, "the branches")
    whens = " ".join(
        f"WHEN {test.sql} THEN {casts.implicit(value, type_, node.at).sql}" for test, value in branches
    )
    constant = last.constant and all(test.constant and value.constant for test, value in branches)
    return Value(
        f"CASE {whens} ELSE {casts.implicit(last, type_, node.at).sql} END", type_, constant=constant
    )


def one_type(values: list[Value], node: tree.Node, what: str) -> Type:
    """The type to which all of the values convert; raises `Wrong` where there is none."""
    type_ = values[0].type
    for value in values[1:]:
        met = types.common(type_, value.type)
        if met is None and value.number is not None and type_.is_integer:
            met = type_
        if met is None:
            raise wrong_type(
                f"{what} have the types {type_} and {value.type}, and neither converts to the other",
                node.at,
                "Cast one of them.",
            )
        type_ = met
    return type_


def _case(binder: Binder, node: tree.Case) -> Value:
    operand = None if node.operand is None else binder.bind(node.operand)
    branches = []
    for when in node.whens:
        test = (
            binder.boolean(when.test)
            if operand is None
            else operators.equal(operand, binder.bind(when.test), when.at)
        )
        branches.append((test, binder.bind(when.then)))
    last = Value("NULL", types.NULL, constant=True) if node.otherwise is None else binder.bind(node.otherwise)
    return _chosen(branches, last, node)


# --- types in expressions --------------------------------------------------------------------------------------------


def _cast(binder: Binder, node: tree.Cast) -> Value:
    return casts.cast(binder.bind(node.value), type_of(node.type), node.at)


def _as(binder: Binder, node: tree.As) -> Value:
    target, value = type_of(node.type), binder.bind(node.value)
    if not target.nullable:
        raise wrong_type(f"`as {target}` needs a type that can be null", node.at, f"Write as {target}?.")
    if value.type.not_null == target.not_null or value.type.name == "null":
        return casts.implicit(value, target, node.at)
    return Value(f"CAST(NULL AS {target.duckdb})", target)


def _is(binder: Binder, node: tree.Is) -> Value:
    value, target = binder.bind(node.value), type_of(node.type)
    same = value.type.name == target.name
    return Value(f"({value.sql} IS NOT NULL)" if same else "false", BOOL)


def default_of(type_: Type) -> Value:
    """`default(type)`."""
    if type_.nullable:
        return Value(f"CAST(NULL AS {type_.duckdb})", type_, constant=True)
    zero = {"bool": "false", "decimal": "'0'", "Guid": "'00000000-0000-0000-0000-000000000000'"}.get(
        type_.name, "0"
    )
    return Value(f"CAST({zero} AS {type_.duckdb})", type_, constant=True)


def _default(binder: Binder, node: tree.DefaultValue) -> Value:
    return default_of(type_of(node.type))


def _checked(binder: Binder, node: tree.Checked) -> Value:
    if node.on:
        raise unsupported("checked(…) is not supported: integers wrap here", node.at)
    return binder.bind(node.value)


def _elsewhere(module: str, function: str) -> Callable[[Binder, Any], Value]:
    # These modules bind their arguments with this one.
    def handler(binder: Binder, node: Any) -> Value:
        import importlib

        found: Callable[[Binder, Any], Value] = getattr(
            importlib.import_module(f"lazulite.usql.bind.{module}"), function
        )
        return found(binder, node)

    return handler


_HANDLERS: dict[type, Callable[[Binder, Any], Value]] = {
    tree.Literal: _elsewhere("literals", "of"),
    tree.Name: _name,
    tree.Variable: _variable,
    tree.Binary: _binary,
    tree.Unary: _unary,
    tree.Conditional: _conditional,
    tree.Case: _case,
    tree.In: _elsewhere("predicates", "in_"),
    tree.Between: _elsewhere("predicates", "between"),
    tree.Like: _elsewhere("predicates", "like"),
    tree.IsNull: _elsewhere("predicates", "is_null"),
    tree.Cast: _cast,
    tree.As: _as,
    tree.Is: _is,
    tree.DefaultValue: _default,
    tree.Checked: _checked,
    tree.Interpolated: _elsewhere("members.formats", "interpolated"),
    tree.Member: _elsewhere("calls", "member"),
    tree.Call: _elsewhere("calls", "call"),
    tree.Index: _elsewhere("calls", "index"),
    tree.NewObject: _elsewhere("creation", "new_object"),
    tree.NewArray: _elsewhere("creation", "new_array"),
    tree.Linq: _elsewhere("linq", "linq"),
    tree.SqlCall: _elsewhere("aggregates", "sql_call"),
}
