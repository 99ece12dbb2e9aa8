"""Where U-SQL differs from what DuckDB or Python do by themselves: a test for each, numbered as in the list of traps.

Most are one expression; each fails if the handling is left away, because it then gives the value in the comment.
"""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.unit.usql.scripts import computed, rows_of

from lazulite.model.errors import PathEscapes
from lazulite.usql.catalog import account
from lazulite.usql.errors import UsqlError
from lazulite.usql.extract.parameters import text_format
from lazulite.usql.failures import ExtractError, UsqlRuntimeError
from lazulite.usql.run import run_script

ONE_ROW = {"columns": "n, s, t", "values": '(int?) null, (string) null, "text"'}

EXPRESSIONS = [
    (1, "n != 8000", "True"),  # null
    (1, "n == null", "True"),  # null
    (2, "n < 5", "False"),  # null
    (2, "!(n < 5)", "True"),  # null
    (3, 't + s + "!"', '"text!"'),  # null
    (3, "t + 5", '"text5"'),  # an error
    (5, "7 / 2", "3"),  # 3.5
    (5, "-7 / 2", "-3"),  # -4
    (6, "(int) 3.5", "3"),  # 4
    (6, "(int) -2.7", "-2"),  # -3
    (7, 'int.Parse(" 12 ")', "12"),
    (8, "(byte) 200 + (byte) 100", "300"),  # overflow
    (8, "int.MaxValue + (n ?? 1)", "-2147483648"),  # overflow
    (8, "long.MaxValue + (n ?? 1)", "-9223372036854775808"),  # overflow
    (13, "s != null && s.Length > 0", "False"),  # NullReferenceException
    (13, "s == null || s.Length > 0", "True"),
    (15, "t as string", '"text"'),
    (21, "2.0 / 3", "0.666666666666667"),  # 0.6666666666666666
    (21, "(float) 2 / 3", "0.6666667"),  # 0.666666687
    (22, "new DateTime(9999, 12, 31, 23, 59, 59).AddTicks(9999999)", "9999-12-31T23:59:59.9999999"),
    (22, "new DateTime(1, 1, 1).AddTicks(1)", "0001-01-01T00:00:00.0000001"),
    (23, "1.10m + 2m", "3.10"),  # 3.1
    (23, "1m / 3m", "0.3333333333333333333333333333"),
    (23, "79228162514264337593543950334m + 1m", "79228162514264337593543950335"),
    (23, "0.1m * 0.1m * 0.1m", "0.001"),
    (23, "1.0m == 1.00m && 9m < 10m", "True"),  # False, as texts
    (24, '"a😀b".Length', "4"),  # 3
    (24, '"a😀b".IndexOf("b")', "3"),  # 2
    (24, '"a😀b".Substring(3)', '"b"'),  # ""
    (24, '"a😀b".Substring(3, 1)', '"b"'),  # ""
    (24, '"a😀b"[3] == \'b\'', "True"),  # out of range
    (25, '"co\u00adop".StartsWith("coop")', "True"),  # False by bytes
    (25, '"e\u0301t\u00e9".IndexOf("t\u00ade\u0301")', "2"),  # -1 by bytes
    (25, '"te\u0301te\u0301".LastIndexOf("t\u00e9")', "3"),  # -1 by bytes
    (25, '"te\u0301".IndexOf("e")', "-1"),  # 1 by bytes
    (25, '"t\u00e9a".IndexOf("e\u0301\u00ad")', "1"),  # -1 by bytes
    (25, '"te\u0301".IndexOf(\'e\')', "1"),  # a char has no culture
    (25, '"te\u0301".IndexOf("e", StringComparison.Ordinal)', "1"),
    (25, 'string.Compare("a", "B") < 0', "True"),  # False by bytes
    (25, '"a".CompareTo("B") < 0', "True"),  # False by bytes
    (27, 't LIKE "[s-u]ex_"', "True"),  # no sets in SQL
    (27, 't LIKE "[^a-f]%"', "True"),
    (27, '"100%" LIKE "100!%" ESCAPE \'!\'', "True"),
    (27, '"TEXT" LIKE t', "False"),
    (27, 't LIKE "TEXT"', "False"),
    (29, 'new SQL.MAP<string, int>{{"a", 1}}["b"]', "0"),  # null
    (29, "new SQL.ARRAY<int>{5, 6}[0]", "5"),  # null
    (34, 'DateTime.Parse("3/4/2015 1:02:03 PM").ToUniversalTime()', "2015-03-04T13:02:03.0000000"),
    (34, 'DateTime.Parse("2015-03-04T13:00:00+02:00")', "2015-03-04T11:00:00.0000000"),
    (34, "new DateTime(2015, 3, 4, 13, 2, 3, DateTimeKind.Local).ToUniversalTime()", "2015-03-04T13:02:03.0000000"),
    (34, "new DateTime(2015, 3, 4, 13, 2, 3).ToLocalTime()", "2015-03-04T13:02:03.0000000"),
    (34, "new DateTime(2015, 3, 4, 13, 2, 3).ToString()", '"3/4/2015 1:02:03 PM"'),
]  # fmt: skip


def test_expressions(tmp_path):
    items = ", ".join(f"{expression} AS x{number}" for number, (_, expression, _) in enumerate(EXPRESSIONS))
    source = f"FROM (VALUES ({ONE_ROW['values']})) AS v({ONE_ROW['columns']})"
    script = f"""@r = SELECT {items} {source};
        OUTPUT @r TO "/out.csv" USING Outputters.Text(delimiter: '\\u0001');"""
    run_script(script, tmp_path, threads=1)
    found = (tmp_path / "out.csv").read_bytes().decode().removesuffix("\r\n").split("\x01")
    pairs = zip(EXPRESSIONS, found, strict=True)
    wrong = [(number, expression, value) for (number, expression, wanted), value in pairs if value != wanted]
    assert not wrong, wrong


FAILURES = [
    (5, "1 / (n ?? 0)", "E_RUNTIME_USER_DIVIDEBYZERO"),
    (7, 'int.Parse((n ?? 12) + ".5")', "FormatException"),
    (7, 'int.Parse((n ?? 1) + "e3")', "FormatException"),
    (7, 'int.Parse((n ?? 1) + "_000")', "FormatException"),
    (22, "new DateTime(9999, 12, 31).AddDays((n ?? 0) + 1)", "years 1 to 9999"),
    (24, "t.Substring(3, 5)", "ArgumentOutOfRange"),
    (24, "t.Substring(5)", "ArgumentOutOfRange"),
    (26, "s.ToUpper()", "NullReferenceException"),
    (29, "new SQL.ARRAY<int>{5, 6}[n ?? 2]", "IndexOutOfRange"),
]


@pytest.mark.parametrize(("number", "expression", "message"), FAILURES)
def test_what_throws_fails(tmp_path, number, expression, message):
    with pytest.raises(UsqlRuntimeError, match="line 1") as raised:
        computed(tmp_path, expression, **ONE_ROW)
    assert message in raised.value.message


def _rows(root: Path, query: str, **given: Any) -> list[str]:
    return rows_of(root, f'@r = {query}; OUTPUT @r TO "/out.csv" USING Outputters.Csv();', **given)


def test_4_join_keys_that_are_null_match_nothing(tmp_path):
    script = "SELECT a.x FROM (VALUES ((int?) null), ((int?) 1)) AS a(x) JOIN (VALUES ((int?) null), ((int?) 1)) AS b(x) ON a.x == b.x"
    assert _rows(tmp_path, script) == ["1"]
    sides = [f"(VALUES (1, (int?) null), (2, (int?) 1)) AS {name}(k, x)" for name in "ab"]
    script = f"SELECT a.x FROM {sides[0]} JOIN {sides[1]} ON a.k == b.k && a.x == b.x"
    assert _rows(tmp_path, script) == ["1"]


def test_9_sums_and_averages_of_integers_are_longs(tmp_path):
    source = "FROM (VALUES (1), (2), (4)) AS t(x)"
    assert _rows(tmp_path, f"SELECT AVG(x) AS a, SUM(x) AS s {source}") == ["2,7"]
    assert _rows(tmp_path, "SELECT AVG(x) AS a FROM (VALUES (-3), (-4)) AS t(x)") == ["-3"]
    assert _rows(tmp_path, f"SELECT SUM(x) is long AS a, SUM(x) ?? 0L AS b {source}") == ["True,7"]
    floats = "FROM (VALUES ((float) 0.1)) AS t(x)"
    assert _rows(tmp_path, f"SELECT SUM(x) AS s, AVG(x) AS a {floats}") == [
        ",".join(["0.100000001490116"] * 2)
    ]
    run_script(
        f'@r = SELECT SUM(x) AS s {source}; OUTPUT @r TO "/out.parquet" USING Outputters.Parquet();',
        tmp_path,
        threads=1,
    )
    kinds = duckdb.connect().execute(f"SELECT typeof(s) FROM '{tmp_path}/out.parquet'")
    assert kinds.fetchall() == [("BIGINT",)]
    refused = f'@r = SELECT (int) 1 + AVG(x) AS a {source}; @q = SELECT a AS b FROM @r WHERE a > 2147483647; OUTPUT @q TO "/o.csv" USING Outputters.Csv();'
    run_script(refused, tmp_path, threads=1)
    with pytest.raises(UsqlError, match="long"):
        run_script(f"@r = SELECT new DateTime(AVG(x), 1, 1) AS a {source};", tmp_path, threads=1)


def test_10_aggregates_of_no_rows(tmp_path):
    source = "FROM (VALUES (1)) AS t(x) WHERE x > 5"
    assert _rows(tmp_path, f"SELECT COUNT(*) AS n, SUM(x) AS s, MAX(x) AS m {source}") == ["0,,"]
    assert _rows(tmp_path, f"SELECT AVG(x) AS a, SUM((decimal) x) AS s {source}") == [","]
    assert _rows(tmp_path, f"SELECT x, COUNT(*) AS n {source} GROUP BY x") == []


@pytest.mark.parametrize(("direction", "expected"), [("ASC", ["1", "2", ""]), ("DESC", ["2", "1", ""])])
def test_11_nulls_stand_last_in_both_directions(tmp_path, direction, expected):
    script = f'@r = SELECT * FROM (VALUES ((int?) null), ((int?) 2), ((int?) 1)) AS t(x); OUTPUT @r TO "/out.csv" ORDER BY x {direction} USING Outputters.Csv();'
    assert rows_of(tmp_path, script) == expected


def test_12_a_querys_order_demands_a_fetch_of_1_to_10000(tmp_path):
    source = "SELECT * FROM (VALUES (1)) AS t(x) ORDER BY x"
    for fetch, message in (
        ("", "needs FETCH"),
        ("FETCH 0 ROWS", "1 to 10000"),
        ("FETCH 10001 ROWS", "1 to 10000"),
    ):
        with pytest.raises(UsqlError, match=message):
            _rows(tmp_path, f"{source} {fetch}")
    assert _rows(tmp_path, f"{source} FETCH 1 ROWS") == ["1"]


def test_14_names_are_case_sensitive(tmp_path):
    assert _rows(tmp_path, "SELECT Id + ID AS id FROM (VALUES (1, 2)) AS t(Id, ID) WHERE Id == 1") == ["3"]
    joined = "SELECT t.ID, T.ID AS other FROM (VALUES (1, 2)) AS t(Id, ID) CROSS JOIN (VALUES (3)) AS T(ID)"
    assert _rows(tmp_path, joined) == ["2,3"]
    script = '@R = SELECT 2 AS x FROM @r; OUTPUT @R TO "/out.csv" USING Outputters.Csv(); OUTPUT @r TO "/in.csv" USING Outputters.Csv();'
    assert rows_of(tmp_path, f"@r = SELECT 1 AS x FROM (VALUES (1)) AS t(n); {script}", "in.csv") == ["1"]
    with pytest.raises(UsqlError, match="Is Id meant"):
        _rows(tmp_path, "SELECT id FROM (VALUES (1)) AS t(Id)")


def test_15_a_small_as_gives_no_name(tmp_path):
    with pytest.raises(UsqlError, match="y is no type"):
        _rows(tmp_path, "SELECT x as y FROM (VALUES (1)) AS t(x)")


@pytest.mark.parametrize("parameters", ["", "silent: true"])  # two readers
@pytest.mark.parametrize(
    ("setting", "expected"),
    [("", ["False"]), ('SET @@InternalDebug = "EmptyStringAsNullWhenQuoting:on";', ["True"])],
)
def test_16_an_empty_field_is_an_empty_string_unless_a_setting_says_null(
    tmp_path, setting, expected, parameters
):
    (tmp_path / "in.csv").write_text("1,\n")
    script = f"""{setting} @a = EXTRACT n int, s string FROM "/in.csv" USING Extractors.Csv({parameters});
        @r = SELECT s == null AS x FROM @a; OUTPUT @r TO "/out.csv" USING Outputters.Csv();"""
    assert rows_of(tmp_path, script) == expected


def _extracted(
    root: Path, data: bytes, columns: str = "a string, b string", parameters: str = "", name: str = "in.csv"
) -> list[str]:
    (root / name).write_bytes(data)
    return _rows(root, f'EXTRACT {columns} FROM "/{name}" USING Extractors.Csv({parameters})')


def test_17_a_row_ends_at_a_newline_even_inside_quotes(tmp_path):
    with pytest.raises(ExtractError, match="row 1"):
        _extracted(tmp_path, b'"a\nb",c\n')
    assert _extracted(tmp_path, b"1,2\r3,4\r\n5,6\n") == ['"1","2"', '"3","4"', '"5","6"']


def test_18_silent_drops_rows_and_nulls_values_but_not_encoding_errors(tmp_path):
    assert _extracted(tmp_path, b"1,2\n3\nx,4\n", "a int?, b int", "silent: true") == ["1,2", ",4"]
    with pytest.raises(ExtractError, match="no int"):
        _extracted(tmp_path, b"1,x\n", "a int?, b int", "silent: true")
    for encoding in ("UTF8", "ASCII"):
        with pytest.raises(ExtractError, match="ENCODING_ERROR"):
            _extracted(tmp_path, b"\xff,2\n", parameters=f"silent: true, encoding: Encoding.{encoding}")


def test_19_a_byte_order_mark_is_passed_over_and_none_is_written(tmp_path):
    for encoding, parameters in (
        ("utf-8-sig", ""),
        ("utf-8-sig", "silent: true"),
        ("utf-16", "encoding: Encoding.Unicode"),
    ):
        assert _extracted(tmp_path, "1,2\n".encode(encoding), "a int, b int", parameters) == ["1,2"]
        assert (tmp_path / "out.csv").read_bytes() == b"1,2\r\n"
    run_script(
        '@r = SELECT * FROM (VALUES (1)) AS t(x); OUTPUT @r TO "/out.csv" USING Outputters.Csv(encoding: Encoding.Unicode);',
        tmp_path,
        threads=1,
    )
    assert (tmp_path / "out.csv").read_bytes() == "1\r\n".encode("utf-16-le")


def test_20_how_values_are_written(tmp_path):
    values = "\"x\", (string) null, true, 'A', new DateTime(2015, 1, 2, 3, 4, 5).AddTicks(1234567)"
    source = f"SELECT * FROM (VALUES ({values})) AS t(a, b, c, d, e)"
    _rows(tmp_path, source)
    assert (tmp_path / "out.csv").read_bytes() == b'"x",,True,65,2015-01-02T03:04:05.1234567\r\n'


def test_25_least_and_greatest_strings_go_by_bytes(tmp_path):
    assert _rows(
        tmp_path, 'SELECT MIN(s) AS a, MAX(s) AS b FROM (VALUES ("a"), ("B"), ("é"), ("z")) AS t(s)'
    ) == ['"B","é"']


def test_28_an_outer_union_fills_gaps_with_defaults(tmp_path):
    script = """SELECT * FROM (VALUES (1, 2)) AS t(a, b) OUTER UNION ALL BY NAME ON (*)
        SELECT * FROM (VALUES ("x", (int?) 5)) AS u(c, d)"""
    assert sorted(_rows(tmp_path, script)) == ['0,0,"x",5', "1,2,,"]


def test_30_a_column_is_named_by_the_last_member_or_needs_a_name(tmp_path):
    script = '@r = SELECT t.s, s.Length FROM (VALUES ("ab")) AS t(s); OUTPUT @r TO "/out.csv" USING Outputters.Csv(outputHeader: true);'
    assert rows_of(tmp_path, script) == ['"s","Length"', '"ab",2']
    with pytest.raises(UsqlError, match="needs a name"):
        _rows(tmp_path, "SELECT x + 1 FROM (VALUES (1)) AS t(x)")


def test_31_paths_are_uris_below_the_root(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a b.csv").write_text("1\n")
    for path in (
        "/in/a%20b.csv",
        "in/a b.csv",
        "adl://acc.azuredatalakestore.net/in/a%20b.csv",
        "wasb://box@acc/in/a b.csv",
    ):
        assert _rows(tmp_path, f'EXTRACT n int FROM "{path}" USING Extractors.Csv()') == ["1"]
    for path in ("/../x.csv", "/in/../../x.csv", "/in/%2e%2e/%2e%2e/x.csv"):
        with pytest.raises(PathEscapes):
            _rows(tmp_path, f'EXTRACT n int FROM "{path}" USING Extractors.Csv()')
    run_script(
        '@r = SELECT * FROM (VALUES (1)) AS t(x); OUTPUT @r TO "/parts/{*}.csv" USING Outputters.Csv();',
        tmp_path,
        threads=1,
    )
    assert [path.name for path in (tmp_path / "parts").iterdir()] == ["0.csv"]


def test_32_declare_external_yields_to_what_is_given(tmp_path):
    script = 'DECLARE EXTERNAL @x string = "default"; @r = SELECT @x AS x FROM (VALUES (1)) AS t(n); OUTPUT @r TO "/out.csv" USING Outputters.Csv();'
    assert rows_of(tmp_path, script) == ['"default"']
    assert rows_of(tmp_path, script, variables={"x": "given"}) == ['"given"']
    assert rows_of(tmp_path, f'DECLARE @x = "earlier"; {script}') == ['"earlier"']
    with pytest.raises(UsqlError, match="declared already"):
        rows_of(tmp_path, f'DECLARE @x = "a"; {script.replace("EXTERNAL", "")}')


def test_33_a_table_can_be_read_in_the_script_that_creates_it_which_is_told(tmp_path):
    create = (
        "CREATE TABLE t (n int, INDEX i CLUSTERED (n) DISTRIBUTED BY HASH (n));\nINSERT INTO t VALUES (1);\n"
    )
    read = (
        '@r = SELECT n FROM t; @q = SELECT n + 1 AS n FROM t; OUTPUT @q TO "/out.csv" USING Outputters.Csv();'
    )

    def warnings(folder: str, script: str) -> tuple[str, ...]:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        with account(root) as opened:
            return run_script(script, root, catalog=opened.catalog, database=opened.database).warnings

    [warning] = warnings("together", create + read)
    assert warning.startswith("line 3: the table master.dbo.t is read by the script that creates it")
    assert (tmp_path / "together" / "out.csv").read_text().split() == ["2"]
    assert warnings("apart", create) == warnings("apart", read) == ()


def test_34_now_is_utc_wherever_the_machine_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "EAST-9")
    time.tzset()
    try:
        written = dt.datetime.fromisoformat(computed(tmp_path, "DateTime.Now")[:26])
    finally:
        monkeypatch.undo()
        time.tzset()
    age = dt.datetime.now(tz=dt.timezone.utc) - written.replace(tzinfo=dt.timezone.utc)
    assert abs(age) < dt.timedelta(hours=1)


def test_35_an_escaped_row_end_ends_no_row(tmp_path):
    data = b"a\\\r\nb,c\r\n1,2\r\n"
    (tmp_path / "in.csv").write_bytes(data)
    script = """@a = EXTRACT a string, b string FROM "/in.csv" USING Extractors.Csv(escapeCharacter: '\\\\');
        @r = SELECT a.Length AS n, b FROM @a; OUTPUT @r TO "/out.csv" USING Outputters.Csv();"""
    assert rows_of(tmp_path, script) == ['4,"c"', '1,"2"']
    assert text_format("Csv", {"escapeCharacter": "\\"}).escape == "\\"
