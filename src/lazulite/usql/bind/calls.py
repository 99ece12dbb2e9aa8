"""`a.b`, `a.b(c)`, `a[b]`: columns of aliases, members of .NET's types, the user's functions."""

from __future__ import annotations

import difflib
from dataclasses import replace

from lazulite.usql import tree, types
from lazulite.usql.bind import casts, operators
from lazulite.usql.bind.expressions import Binder, default_of
from lazulite.usql.bind.members import Member, Use, collections, formats, numbers, strings, times
from lazulite.usql.bind.value import Value, unknown, unsupported, wrong_type
from lazulite.usql.types import BOOL, INT

_TABLE: dict[tuple[str, str], Member] = {
    **strings.TABLE,
    **formats.TABLE,
    **times.TABLE,
    **numbers.TABLE,
    **collections.TABLE,
    (".DateTime", "Parse"): times.parse(types.DATETIME),
    (".JsonFunctions", "JsonTuple"): collections.json_tuple,
}
_STATIC_TYPES = {key[0][1:] for key in _TABLE if key[0].startswith(".")}
_NAMESPACES = (
    "Microsoft.Analytics.Samples.Formats.Json.",
    "System.Text.RegularExpressions.",
    "System.Text.",
    "System.Collections.Generic.",
    "System.Linq.",
    "System.",
)
# What orders further, and what it is alone.
_FURTHER = {"ThenBy": "OrderBy", "ThenByDescending": "OrderByDescending"}
# Properties take no arguments, methods do; what stands without its parentheses is a mistake that C# reports.
_ENUMERATIONS = (
    "StringSplitOptions",
    "StringComparison",
    "RegexOptions",
    "MidpointRounding",
    "DateTimeKind",
    "CultureInfo",
)


def chained(node: tree.Expression) -> tuple[str, ...]:
    """The names of a chain of them, `System.Math`; none for anything else."""
    parts: list[str] = []
    while isinstance(node, tree.Member) and not node.conditional:
        parts.append(node.name)
        node = node.target
    return (node.text, *reversed(parts)) if isinstance(node, tree.Name) else ()


def dotted(node: tree.Expression) -> str | None:
    """The text of a chain of names; None for anything else."""
    return ".".join(chained(node)) or None


def _static_type(binder: Binder, node: tree.Expression) -> str | None:
    """The type that a chain of names stands for, by C#'s word for it."""
    text = dotted(node)
    if text is None or binder.scope.knows(text.split(".")[0], node.at):
        return None
    text = binder.usings.get(text, text)
    for namespace in _NAMESPACES:
        text = text.removeprefix(namespace)
    try:
        return types.of(text).name
    except KeyError:
        return text if text in _STATIC_TYPES else None


def member(binder: Binder, node: tree.Member) -> Value:
    """`alias.column`, `DateTime.Now`, `text.Length`."""
    source = binder.scope.rowset(node.target)
    if source is not None:
        return binder.column(binder.scope.member(source, node.name, node.at))
    return _used(binder, node, ())


def call(binder: Binder, node: tree.Call) -> Value:
    """`Math.Pow(a, b)`, `text.Substring(1)`, `My.Own.Function(a)`."""
    if not isinstance(node.target, tree.Member):
        name = dotted(node.target) or "this"
        return _user_function(binder, name, node.arguments, node.at)
    if node.target.name in _FURTHER:
        ordered = _ordered_before(node.target.target, node.target, node.arguments)
        if ordered is not None:
            return binder.bind(ordered)
    return _used(binder, node.target, node.arguments)


def _used(binder: Binder, node: tree.Member, arguments: tuple[tree.Argument, ...]) -> Value:
    static = _static_type(binder, node.target)
    if static is not None:
        found = _TABLE.get((f".{static}", node.name))
        if found is None:
            raise _no_member(f".{static}", node)
        return found(Use(binder, None, arguments, f"{static}.{node.name}", node.at))
    if isinstance(node.target, tree.NewObject) and node.target.type.name.endswith("Regex"):
        return _regex(binder, node.target, node, arguments)
    name = dotted(node)
    if (
        name is not None
        and not binder.scope.knows(name.split(".")[0], node.at)
        and not _begins_static(binder, node.target)
    ):
        if any(f"{each}." in f"{name}." for each in _ENUMERATIONS):
            raise unsupported(f"{name} can only be an argument", node.at)
        return _user_function(binder, name, arguments, node.at)
    target = binder.bind(node.target)
    use = Use(binder, target, arguments, node.name, node.at)
    found = _TABLE.get((target.type.name, node.name)) or _ANY.get(node.name)
    if found is None:
        raise _no_member(target.type.name, node)
    value = found(use)
    if node.conditional:
        return _unless_null(target, value)
    if target.constant and not value.constant and not arguments:
        return replace(value, constant=True)
    return value


def _ordered_before(
    chain: tree.Expression, node: tree.Member, arguments: tuple[tree.Argument, ...]
) -> tree.Expression | None:
    """`xs.OrderBy(a).ThenBy(b)` as `xs.OrderBy(b).OrderBy(a)`: what is ordered again keeps its order among equals.

    None if `chain`, which stands before ThenBy, does not end with an order.
    """
    if not isinstance(chain, tree.Call) or not isinstance(chain.target, tree.Member):
        return None
    before = chain.target
    if before.name in _FURTHER:
        inner = _ordered_before(before.target, node, arguments)
    elif before.name in _FURTHER.values():
        inner = tree.Call(tree.Member(before.target, _FURTHER[node.name], at=node.at), arguments, at=node.at)
    else:
        return None
    return None if inner is None else replace(chain, target=replace(before, target=inner))


def _begins_static(binder: Binder, node: tree.Expression) -> bool:
    """Whether a chain of names begins with a static property, such as `DateTime.UtcNow`."""
    while isinstance(node, tree.Member):
        if (f".{_static_type(binder, node.target)}", node.name) in _TABLE:
            return True
        node = node.target
    return False


def _unless_null(target: Value, value: Value) -> Value:
    type_ = value.type.or_null
    return Value(f"CASE WHEN {target.sql} IS NOT NULL THEN {value.sql} END", type_)


def _regex(
    binder: Binder, created: tree.NewObject, node: tree.Member, arguments: tuple[tree.Argument, ...]
) -> Value:
    """`new Regex(pattern, options).IsMatch(text)` is `Regex.IsMatch(text, pattern, options)`."""
    given = (arguments[0], created.arguments[0], *arguments[1:], *created.arguments[1:])
    found = _TABLE.get((".Regex", node.name))
    if found is None:
        raise _no_member(".Regex", node)
    return found(Use(binder, None, given, f"Regex.{node.name}", node.at))


def _no_member(type_: str, node: tree.Member) -> Exception:
    known = [name for each, name in _TABLE if each == type_]
    near = difflib.get_close_matches(node.name, known, 1)
    hint = f"Is {near[0]} meant?" if near else f"There are: {', '.join(sorted(known))}." if known else ""
    return unknown(
        f"{type_.lstrip('.')} has no member {node.name} here", node.at, hint, "E_CSC_USER_INVALIDCSHARP"
    )


def _user_function(binder: Binder, name: str, arguments: tuple[tree.Argument, ...], at: tree.Span) -> Value:
    first, _, rest = name.partition(".")
    if first in binder.facts:
        return binder.facts[first](rest, arguments, at)
    if "." not in name and not arguments:
        raise unknown(f"there is no column {name}", at)
    function = (
        None
        if binder.registry is None
        else binder.registry.function(binder.usings.get(first, first) + name[len(first) :])
    )
    if function is None:
        raise unsupported(
            f"{name} is C# code, which does not run here",
            at,
            f'Write it in Python in usql_udos.py beside the script: register_function("{name}", returns="…") above a def.'
            + ("" if arguments else _aliases(binder, first)),
        )
    values = [binder.bind(each.value) for each in arguments]
    return function.called(values, at)


def _aliases(binder: Binder, name: str) -> str:
    """What to add where `name.column` may have been meant: a mistyped alias reads like a class."""
    known = [source.alias for source in binder.scope.sources if source.alias]
    return f" If {name} is meant as a rowset's alias: there is {', '.join(known)}." if known else ""


def index(binder: Binder, node: tree.Index) -> Value:
    """`array[i]`, `map[key]`, `text[i]`, `match.Groups[i]`."""
    target = binder.bind(node.target)
    use = Use(binder, target, node.arguments, "[…]", node.at)
    if target.type.name == "Match":
        pattern = _pattern(node.target)
        found = strings.group(use, None if pattern is None else binder.bind(pattern))
    else:
        found = collections.index(use)
    return _unless_null(target, found) if node.conditional else found


def _pattern(groups: tree.Expression) -> tree.Expression | None:
    """The pattern in `Regex.Match(text, pattern).Groups` and `new Regex(pattern).Match(text).Groups`."""
    match = groups.target if isinstance(groups, tree.Member) else None
    if not isinstance(match, tree.Call) or not isinstance(match.target, tree.Member):
        return None
    regex = match.target.target
    if isinstance(regex, tree.NewObject):
        return regex.arguments[0].value if regex.arguments else None
    return match.arguments[1].value if len(match.arguments) > 1 else None


# --- what every type has ---------------------------------------------------------------------------------------------


def _has_value(use: Use) -> Value:
    return Value(f"({use.on.sql} IS NOT NULL)", BOOL)


def _value(use: Use) -> Value:
    if use.on.type.is_reference or not use.on.type.nullable:
        raise wrong_type(f"a {use.on.type} has no Value", use.at)
    return casts.cast(use.on, use.on.type.not_null, use.at)


def _or_default(use: Use) -> Value:
    type_ = use.on.type.not_null
    other = casts.implicit(use.value(0), type_, use.at) if use.nodes else default_of(type_)
    return Value(f"coalesce({use.on.sql}, {other.sql})", type_)


def _equals(use: Use) -> Value:
    return operators.equal(use.on, use.value(0), use.at)


def _compare_to(use: Use) -> Value:
    one, other, _ = operators.comparable("CompareTo", use.on, use.value(0), use.at)
    return Value(f"CASE WHEN {one} < {other} THEN -1 WHEN {one} > {other} THEN 1 ELSE 0 END", INT)


_ANY: dict[str, Member] = {
    "HasValue": _has_value,
    "Value": _value,
    "GetValueOrDefault": _or_default,
    "ToString": formats.to_string,
    "Equals": _equals,
    "CompareTo": _compare_to,
}
