"""What is wrong with a script is told with its place, all at once, whatever the text."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.usql.test_corpus import CORPUS

from lazulite.usql.errors import UsqlSyntaxError
from lazulite.usql.grammar.statements import StatementParser
from lazulite.usql.parser import parse, read


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("@a = SELECT x FROM @b", None, "", ""),
        ("@a = SELECT x FRM @b;", (1, 15), "expected ';', found 'FRM'", ""),
        ("@a = SELECT x FROM @b WHERE x = 1;", (1, 31), "'=' does not compare", "Write == to compare."),
        ("@a = SELECT x FROM @b WHERE x <> 1;", (1, 31), "<>", "Write !="),
        ("@a = SELECT x\n  from @b;", (2, 3), "found 'from'", "capitals: FROM"),
        ("select x FROM @b;", (1, 1), "expected a statement", "capitals: SELECT"),
        ("SELECT x FROM @b;", (1, 1), "needs a name", "@rows = SELECT"),
        ("@a = SELECT x AS COUNT FROM @b;", (1, 18), "COUNT is a word of U-SQL", "Write [COUNT]."),
        ("@a = SELECT x FROM @b, @c;", (1, 22), "FROM takes one rowset", "CROSS JOIN"),
        ("OUTPUT @a USING Outputters.Csv();", (1, 11), "expected TO", "OUTPUT @rows TO"),
        ('OUTPUT @a TO "/x";', (1, 18), "expected USING", "Outputters.Csv()"),
        ("DECLARE @x int;", (1, 15), "expected '='", "declared with its value"),
        ("DECLARE @@x int = 1;", (1, 9), "system variable", "@x"),
        ('@a = SELECT "open FROM @b;', (1, 13), 'no closing "', '@"…"'),
        ("/* never", (1, 1), "this comment never ends", "*/"),
        ("UPDATE T SET x = 1;", (1, 8), "expected STATISTICS", "no UPDATE of rows"),
        ("@a = SELECT 'abc' AS x FROM @b;", (1, 13), "3 characters", "a string"),
        ("END;", (1, 1), "END without a beginning", ""),
        ("IF @x THEN @a = @b;", (1, 20), "expected END", ""),
        ("CREATE ASSEMBLY a FROM 0x4D5;", None, "", ""),
        ("CREATE ASSEMBLY a FROM 0x4DUL;", (1, 24), "bytes such as 0x4D5A", ""),
        ("CREATE TABL x;", (1, 8), "TABLE", ""),
        ("@a = SELECT x FROM @b WHERE (x == 1;", (1, 36), "expected ')'", ""),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_place_and_what_to_write(text, place, message, hint):
    _, problems = read(text)

    if place is None:
        assert not problems
        return
    first = problems[0]
    assert (first.at.line, first.at.column) == place
    assert message in first.message
    assert hint in first.hint
    assert first.code.startswith("E_CSC_USER_")


def test_the_message_shows_the_line_with_a_caret():
    with pytest.raises(UsqlSyntaxError) as caught:
        parse("@log =\n\tSELECT Region WERE x FROM @b;", name="daily.usql")

    assert caught.value.message == (
        "daily.usql: line 2, column 16: E_CSC_USER_SYNTAXERROR: expected ';', found 'WERE'\n"
        "  2 |  SELECT Region WERE x FROM @b;\n"
        "    |                ^^^^\n"
        "A statement ends with a semicolon."
    )


def test_several_statements_have_several_errors():
    script, problems = read("@a = SELECT FROM @x;\n@b = SELECT 1 AS n FROM @y;\nOUTPUT @b;\nDROP;\n@c = @b;")

    assert [problem.at.line for problem in problems] == [1, 3, 4]
    assert len(script.statements) == 2


def test_errors_inside_of_a_body_leave_the_rest_readable():
    _, problems = read("CREATE PROCEDURE P() AS BEGIN @a = SELECT FROM @x; OUTPUT @b; END; @c = SELECT;")

    assert len(problems) == 3


@pytest.mark.parametrize(
    "text",
    [
        "@a = SELECT " + "(" * 10_000,
        "@a = SELECT " + "-" * 10_000 + "x FROM @b;",
        "@a = SELECT " + "f(" * 5000 + ")" * 5000 + " FROM @b;",
        "@a = SELECT " + "x => " * 5000 + "1 FROM @b;",
        "@a = SELECT " + "NOT " * 5000 + "x FROM @b;",
        "@a = SELECT " + "(int)" * 5000 + "x FROM @b;",
        "@a = SELECT " + "a<" * 3000 + " FROM @b;",
        "@a = " + "(SELECT * FROM " * 2000 + ";",
        "IF x THEN " * 5000,
        "DECLARE @x " + "List<" * 20000 + ";",
        "DECLARE @x int = x => " + "{ if (a) " * 5000 + ";",
        "DECLARE @x int = " + '$"{' * 5000 + ";",
        "DECLARE @x int = new[] " + "{" * 5000 + ";",
        "DECLARE @x int = " + " + ".join("x" * 20_000) + ";",
        "CASE " * 3000,
        "[" * 5000,
        "#CS " * 20_000,
    ],
    ids=lambda text: text[:24],
)
def test_what_is_nested_without_end_is_an_error_and_no_crash(text: str):
    _, problems = read(text)

    assert problems


def test_a_chain_may_be_long():
    script = parse(
        "DECLARE @x int = " + " + ".join("x" * 4000) + ";\n@a = " + " UNION ALL ".join(["@r"] * 1000) + ";"
    )

    assert len(script.statements) == 2


class Counting(StatementParser):
    """Counts how often the parser goes on to another token, forward or back."""

    steps = 0

    def advance(self):
        self.steps += 1
        return super().advance()

    def jump(self, index):
        self.steps += 1
        super().jump(index)

    def past_type(self, index, depth=0):
        self.steps += 1
        return super().past_type(index, depth)


@pytest.mark.parametrize(
    "piece",
    [*CORPUS[::6], "f(a < b, c) + ", "(a) ", "a ? (b) : ", "x.y<z>", "{[", "(a, b ", "SELECT ("],
    ids=str,
)
def test_reading_takes_time_in_proportion_to_the_text(piece: Path | str):
    whole = piece.read_text(encoding="utf-8").rstrip() + ";\n" if isinstance(piece, Path) else piece
    steps = []
    for times in (5, 10):
        parser = Counting(("" if isinstance(piece, Path) else "@a = SELECT ") + whole * times, [])
        parser.script()
        steps.append(parser.steps)

    assert steps[1] <= 2.2 * steps[0] + 100


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(CORPUS))
def test_a_broken_script_is_read_or_its_errors_have_places(choice: random.Random, path: Path):
    text = path.read_text(encoding="utf-8")
    for _ in range(choice.randint(1, 4)):
        at = choice.randint(0, len(text))
        piece = choice.choice(
            [
                "",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                '"',
                "'",
                ";",
                "@",
                '$"{',
                "<",
                "END",
                " AS ",
                "/*",
                "\0",
                "=>",
                "?",
            ]
        )
        text = text[:at] + piece + text[at + choice.randint(0, 12) :]

    _, problems = read(text)

    for problem in problems:
        assert 0 <= problem.at.start <= problem.at.end <= len(text)
        assert problem.at.line >= 1
        assert problem.message


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("@[]{}()<>?:;,.\"'\\/*#$=+-!&|aA1 \n\u00e4"), max_size=60))
def test_any_text_is_read_or_its_errors_have_places(text: str):
    script, problems = read(text)

    assert script.at.end == len(text)
    assert all(problem.excerpt for problem in problems)
