"""Random tables and expressions: the engine against a row-by-row interpreter of the same C#."""

import math
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.usql.csharp import COLUMNS, Expression, Row, expressions, rows, written

from lazulite.usql.run import run_script

TYPES = ["int", "int?", "long", "double", "string", "bool"]

#: So many tables and expressions in the whole suite; hundreds where there is an hour for them.
EXAMPLES = 5 * int(os.environ.get("LAZULITE_FUZZ_EXAMPLES", "12"))


def _literal(value: Any, type_: str) -> str:
    if value is None:
        return f"({type_}) null"
    if type_ == "string":
        return '"' + str(value).replace('"', '\\"') + '"'
    if type_ == "bool":
        return "true" if value else "false"
    if type_ == "double":
        special = {math.inf: "double.PositiveInfinity", -math.inf: "double.NegativeInfinity"}
        return str(special.get(value, "double.NaN" if math.isnan(value) else f"({value!r})"))
    return f"({type_}) ({value}L)" if type_ == "long" else f"({type_}) ({value})"


def _expected(expression: Expression, row: Row) -> str:
    value = expression.of(row)
    text = written(value, expression.type)
    return '"' + text.replace('"', '""') + '"' if expression.type == "string" and value is not None else text


def _differences(root: Any, table: list[Row], found: list[Expression]) -> list[Any]:
    values = ", ".join(
        f"({number}, " + ", ".join(_literal(row[name], type_) for name, type_ in COLUMNS.items()) + ")"
        for number, row in enumerate(table)
    )
    items = ", ".join(f"{expression.text} AS x{number}" for number, expression in enumerate(found))
    script = f"""@t = SELECT * FROM (VALUES {values}) AS t(number, {", ".join(COLUMNS)});
        @r = SELECT number, {items} FROM @t;
        OUTPUT @r TO "/out.csv" ORDER BY number USING Outputters.Text(delimiter: '\\u0001');"""
    run_script(script, root, threads=1)
    lines = (root / "out.csv").read_bytes().decode().split("\r\n")[:-1]
    return [
        (expression.text, row, wanted, value)
        for row, line in zip(table, lines, strict=True)
        for expression, value in zip(found, line.split("\x01")[1:], strict=True)
        if (wanted := _expected(expression, row)) != value
    ]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows, st.lists(st.sampled_from(TYPES).flatmap(expressions), min_size=10, max_size=20))
def test_the_engine_gives_what_csharp_gives(tmp_path_factory, table, found):
    assert not _differences(tmp_path_factory.mktemp("run"), table, found)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows, st.lists(st.sampled_from(TYPES).flatmap(expressions), min_size=10, max_size=20))
def test_the_engine_gives_what_csharp_gives_in_many_more_cases(tmp_path_factory, table, found):
    assert not _differences(tmp_path_factory.mktemp("run"), table, found)
