"""How expressions are read: what binds tighter, what a literal is, where a bracket quotes and where it indexes."""

from decimal import Decimal

import pytest

from lazulite.usql import tree as t
from lazulite.usql.errors import UsqlSyntaxError
from lazulite.usql.parser import parse_expression
from lazulite.usql.tree import LiteralKind as K


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b * c", "a + (b * c)"),
        ("a - b - c", "(a - b) - c"),
        ("a ?? b ?? c", "a ?? (b ?? c)"),
        ("a ? b : c ? d : e", "a ? b : (c ? d : e)"),
        ("a || b && c", "a || (b && c)"),
        ("a OR b AND NOT c == d", "a OR (b AND (NOT (c == d)))"),
        ("NOT a == b AND c", "(NOT (a == b)) AND c"),
        ("a == b > c", "a == (b > c)"),
        ("a BETWEEN 1 AND 2 AND b", "(a BETWEEN 1 AND 2) AND b"),
        ("a IN (1) == b", "(a IN (1)) == b"),
        ("a + 1 IS NULL", "(a + 1) IS NULL"),
        ("-a.b", "-(a.b)"),
        ("(int) a + b", "((int) a) + b"),
        ("(int) -a", "(int) (-a)"),
        ("a & b | c ^ d", "(a & b) | (c ^ d)"),
        ("a << 1 + 2", "a << (1 + 2)"),
        ("a ?? b == c", "a ?? (b == c)"),
        ("x => x + 1", "x => (x + 1)"),
        ("x is int ? 1 : 2", "(x is int) ? 1 : 2"),
        ("(x as int?) ?? 0", "((x as int?)) ?? 0"),
    ],
)
def test_what_binds_tighter(text: str, grouped: str):
    assert parse_expression(text) == parse_expression(grouped)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("2147483647", K.INT, 2147483647),
        ("2147483648", K.UINT, 2147483648),
        ("4294967296", K.LONG, 4294967296),
        ("9223372036854775808", K.ULONG, 9223372036854775808),
        ("1u", K.UINT, 1),
        ("1L", K.LONG, 1),
        ("1ul", K.ULONG, 1),
        ("0xFF", K.INT, 255),
        (".5", K.DOUBLE, 0.5),
        ("1e3", K.DOUBLE, 1000.0),
        ("1f", K.FLOAT, 1.0),
        ("1.50m", K.DECIMAL, Decimal("1.50")),
        ("null", K.NULL, None),
        ("true", K.BOOL, True),
        ("'\\u0041'", K.CHAR, "A"),
        ("'\"'", K.CHAR, '"'),
        (r'"a\tb\\\"\x41\U0001F642"', K.STRING, 'a\tb\\"A🙂'),
        (r'"\ud83d\ude42"', K.STRING, "🙂"),
        ('@"c:\\x""y\nz"', K.STRING, 'c:\\x"y\nz'),
    ],
)
def test_a_literal_has_the_type_and_value_of_csharp(text: str, kind: K, value: object):
    found = parse_expression(text)

    assert isinstance(found, t.Literal)
    assert (found.kind, found.value) == (kind, value)


def test_the_least_int_is_an_int():
    assert parse_expression("-2147483648") == t.Unary("-", t.Literal(K.INT, 2147483648))


@pytest.mark.parametrize(
    "text", ["18446744073709551616", "1e999", "4e38f", "1e30m", "'ab'", "''", r'"\q"', '"open', '@"open']
)
def test_what_no_type_can_hold_is_refused(text: str):
    with pytest.raises(UsqlSyntaxError):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("[x y]", t.Name("x y", quoted=True)),
        ("x[0]", t.Index(t.Name("x"), (t.Argument(t.Literal(K.INT, 0)),))),
        ("x[[y]]", t.Index(t.Name("x"), (t.Argument(t.Name("y", quoted=True)),))),
        ("t.[x]", t.Member(t.Name("t"), "x", quoted=True)),
        ("[x]]y]", t.Name("x]y", quoted=True)),
        ("a ? [b] : c", t.Conditional(t.Name("a"), t.Name("b", quoted=True), t.Name("c"))),
        ("a?[0]", t.Index(t.Name("a"), (t.Argument(t.Literal(K.INT, 0)),), conditional=True)),
        ("a > [b]", t.Binary(">", t.Name("a"), t.Name("b", quoted=True))),
        ("(int) [b]", t.Cast(t.Type("int"), t.Name("b", quoted=True))),
        ("f(a < b, c > (d))", t.Call(t.Name("f"), (t.Argument(t.Call(t.Name("a", arguments=(t.Type("b"), t.Type("c"))), (t.Argument(t.Name("d")),))),))),
        ("(a) - b", t.Binary("-", t.Name("a"), t.Name("b"))),
        ("(a) b", t.Cast(t.Type("a"), t.Name("b"))),
        ("@p.x", t.Member(t.Variable("p"), "x")),
        ("pkg.@x", t.Variable("x", package="pkg")),
        ("default(int?)", t.DefaultValue(t.Type("int", nullable=True))),
        ("COUNT(*)", t.SqlCall("COUNT", star=True)),
        ("Count(x)", t.Call(t.Name("Count"), (t.Argument(t.Name("x")),))),
        ("AGG<My.Median>(x)", t.SqlCall("AGG", (t.Name("x"),), types=(t.Type("My.Median"),))),
        ("MAP_AGG<string, int?>(k, v)", t.SqlCall("MAP_AGG", (t.Name("k"), t.Name("v")), types=(t.Type("string"), t.Type("int", nullable=True)))),
        ("a == NULL", t.Binary("==", t.Name("a"), t.Literal(K.NULL, None))),
        ("(DateTime) NULL", t.Cast(t.Type("DateTime"), t.Literal(K.NULL, None))),
        ('$"a{b,5:N2}{{"', t.Interpolated(("a", t.Hole(t.Name("b"), t.Literal(K.INT, 5), "N2"), "{"))),
    ],
)  # fmt: skip
def test_what_is_told_apart(text: str, tree: t.Expression):
    assert parse_expression(text) == tree


def test_a_node_knows_its_place():
    text = "a +\n  bb.Trim()"
    found = parse_expression(text)

    assert isinstance(found, t.Binary)
    assert found.right.at == t.Span(2, 3, 6, 15)
    assert text[found.right.at.start : found.right.at.end] == "bb.Trim()"


def test_walking_meets_all_nodes_in_order():
    names = [node.text for node in t.walk(parse_expression("a + f(b, c[d]) * e")) if isinstance(node, t.Name)]

    assert names == ["a", "f", "b", "c", "d", "e"]
