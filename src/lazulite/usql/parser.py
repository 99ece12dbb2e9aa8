"""Reads U-SQL: a script's text becomes its tree, or all that is wrong with it is told.

>>> from lazulite.usql.parser import parse
>>> script = parse('@x = SELECT * FROM (VALUES (1)) AS t(a); OUTPUT @x TO "/x.csv" USING Outputters.Csv();')
>>> [type(statement).__name__ for statement in script.statements]
['Assign', 'Output']
"""

from __future__ import annotations

from lazulite.usql.errors import Problem, UsqlSyntaxError
from lazulite.usql.grammar.cursor import Unreadable
from lazulite.usql.grammar.statements import MOST_PROBLEMS, StatementParser
from lazulite.usql.grammar.tokens import Kind
from lazulite.usql.tree import Expression, Query, Script, Type


def parse(text: str, *, name: str = "") -> Script:
    """Read a script.

    Args:
        text: the script; `@@name@@` of Azure ML is to be replaced before (see `substitute`).
        name: what the script is called in messages.

    Raises:
        UsqlSyntaxError: with every problem found, up to 20.
    """
    script, problems = read(text)
    if problems:
        raise UsqlSyntaxError(problems, script=name)
    return script


def read(text: str) -> tuple[Script, tuple[Problem, ...]]:
    """Read a script as far as it can be read.

    Returns:
        the statements that could be read, and what is wrong with the others, in the order of the text.
    """
    problems: list[Problem] = []
    parser = StatementParser(text, problems)
    script = parser.script()
    ordered = sorted(problems, key=lambda one: (one.at.start, one.at.end))
    return script, tuple(ordered[:MOST_PROBLEMS])


def parse_expression(text: str) -> Expression:
    """Read a scalar expression that stands alone.

    Raises:
        UsqlSyntaxError: it is none.
    """
    problems: list[Problem] = []
    parser = StatementParser(text, problems)
    found = None
    try:
        found = parser.expression()
        _nothing_left(parser)
    except Unreadable as wrong:
        problems.append(wrong.problem)
    if found is None or problems:
        raise UsqlSyntaxError(problems)
    return found


def parse_query(text: str) -> Query:
    """Read a query that stands alone, such as a view's.

    Raises:
        UsqlSyntaxError: it is none.
    """
    problems: list[Problem] = []
    parser = StatementParser(text, problems)
    found = None
    try:
        found = parser.query()
        parser.take_mark(";")
        _nothing_left(parser)
    except Unreadable as wrong:
        problems.append(wrong.problem)
    if found is None or problems:
        raise UsqlSyntaxError(problems)
    return found


def parse_type(text: str) -> Type:
    """Read a type that stands alone, such as `SQL.MAP<string, int?>`.

    Raises:
        UsqlSyntaxError: it is none.
    """
    problems: list[Problem] = []
    parser = StatementParser(text, problems)
    found = None
    try:
        found = parser.type()
        _nothing_left(parser)
    except Unreadable as wrong:
        problems.append(wrong.problem)
    if found is None or problems:
        raise UsqlSyntaxError(problems)
    return found


def _nothing_left(parser: StatementParser) -> None:
    if parser.token.kind is not Kind.END:
        parser.expected("the end")
