"""Queries of every kind: what they give."""

import shutil

import pytest
from tests.unit.usql.conftest import SEARCH_LOG
from tests.unit.usql.scripts import rows_of

from lazulite.usql.bind.expressions import Binder
from lazulite.usql.bind.scope import Scope, Source
from lazulite.usql.errors import UsqlError
from lazulite.usql.extract.parameters import Column
from lazulite.usql.failures import ExtractError
from lazulite.usql.parser import parse_expression
from lazulite.usql.run import run_script
from lazulite.usql.session import Logged
from lazulite.usql.types import INT, STRING

PEOPLE = """@p = SELECT * FROM (VALUES (1, "Ann", (int?) 10), (2, "Bob", (int?) null), (3, "Cid", (int?) 30), (3, "Dee", (int?) 30)) AS t(Id, Name, Pay);
@q = SELECT * FROM (VALUES (1, "x"), (3, "y"), (9, "z")) AS t(Id, Tag);
DECLARE @some = new SQL.ARRAY<int>{1, 3}; @n = SELECT * FROM (VALUES ((int?) 10, 1), ((int?) null, 2)) AS t(Pay, Mark);
"""


QUERIES = [
    ("SELECT Id, Name FROM @p WHERE Pay != 10", "Name", ["2,Bob", "3,Cid", "3,Dee"]),
    ("SELECT DISTINCT Id FROM @p", "Id", ["1", "2", "3"]),
    ("SELECT p.Name, q.Tag FROM @p AS p JOIN @q AS q ON p.Id == q.Id", "Name", ["Ann,x", "Cid,y", "Dee,y"]),
    ("SELECT p.Name, q.Tag, q.Id == null AS Lone FROM @p AS p LEFT OUTER JOIN @q AS q ON p.Id == q.Id WHERE p.Id == 2", "", ["Bob,,True"]),
    ("SELECT p.Name, q.Tag FROM @p AS p RIGHT JOIN @q AS q ON p.Id == q.Id WHERE q.Id == 9", "", [",z"]),
    ("SELECT p.Name, q.Tag FROM @p AS p FULL OUTER JOIN @q AS q ON p.Id == q.Id", "Name, Tag", ["Ann,x", "Bob,", "Cid,y", "Dee,y", ",z"]),
    ("SELECT p.Name, q.Tag FROM @p AS p CROSS JOIN @q AS q WHERE p.Id == 1 AND q.Id != 1", "Tag", ["Ann,y", "Ann,z"]),
    ("SELECT p.Name FROM @p AS p SEMIJOIN @q AS q ON p.Id == q.Id", "Name", ["Ann", "Cid", "Dee"]),
    ("SELECT p.Name FROM @p AS p ANTISEMIJOIN @q AS q ON p.Id == q.Id", "Name", ["Bob"]),
    ("SELECT p.Name, n.Mark FROM @p AS p JOIN @n AS n ON p.Pay == n.Pay", "", ["Ann,1"]),
    ("SELECT Id, COUNT(*) AS N, SUM(Pay) AS S, AVG(Pay) AS A, MIN(Name) AS Lo, MAX(Name) AS Hi FROM @p GROUP BY Id", "Id", ["1,1,10,10,Ann,Ann", "2,1,,,Bob,Bob", "3,2,60,30,Cid,Dee"]),
    ("SELECT Id * 2 AS Twice, COUNT(Pay) AS N FROM @p GROUP BY Id * 2 HAVING COUNT(*) > 1", "", ["6,2"]),
    ("SELECT COUNT(*) AS N, SUM(Pay) AS S, COUNT(DISTINCT Pay) AS D FROM @p WHERE Id > 100", "", ["0,,0"]),
    ("SELECT Id, COUNT(*) AS N FROM @p WHERE Id > 100 GROUP BY Id", "", []),
    ("SELECT AVG(x) AS A, AVG(d) AS B, VARP(x) AS V, STDEVP(x) AS S FROM (VALUES (1, 1.0), (2, 2.0), (4, 4.0)) AS t(x, d)", "", ["2,2.33333333333333,1.55555555555556,1.24721912892465"]),
    ('SELECT Id, string.Join(";", ARRAY_AGG(Name)) AS Names FROM @p WHERE Id == 1 GROUP BY Id', "", ["1,Ann"]),
    ('SELECT MAP_AGG(Name, (int?) Id)["Bob"] AS B, ANY_VALUE(5) AS F FROM @p', "", ["2,5"]),
    ("SELECT Name, ROW_NUMBER() OVER (PARTITION BY Id ORDER BY Name DESC) AS R, SUM(Pay) OVER (ORDER BY Name ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS S FROM @p", "Name", ["Ann,1,10", "Bob,1,10", "Cid,2,30", "Dee,1,60"]),
    ("SELECT Name, RANK() OVER (ORDER BY Pay) AS R, DENSE_RANK() OVER (ORDER BY Pay DESC) AS D, LAG(Name, 1) OVER (ORDER BY Name) AS L, LEAD(Name) OVER (ORDER BY Name) AS N FROM @p", "Name", ["Ann,1,2,,Bob", "Bob,4,3,Ann,Cid", "Cid,2,1,Bob,Dee", "Dee,2,1,Cid,"]),
    ("SELECT DISTINCT Id, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY Pay) OVER (PARTITION BY Id) AS P, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY Pay) OVER () AS C FROM @p", "Id", ["1,10,30", "2,,30", "3,30,30"]),
    ("SELECT * FROM @p ORDER BY Pay DESC, Name FETCH 2 ROWS", "Name", ["3,Cid,30", "3,Dee,30"]),
    ("SELECT Name FROM @p ORDER BY Id, Name OFFSET 1 ROWS FETCH 2 ROWS", "Name", ["Bob", "Cid"]),
    ("SELECT Id FROM @p UNION SELECT Id FROM @q", "Id", ["1", "2", "3", "9"]),
    ("SELECT Id FROM @p UNION ALL SELECT Id FROM @q", "Id", ["1", "1", "2", "3", "3", "3", "9"]),
    ("SELECT Id FROM @p EXCEPT SELECT Id FROM @q", "Id", ["2"]),
    ("SELECT Id FROM @p INTERSECT ALL SELECT Id FROM @q", "Id", ["1", "3"]),
    ("SELECT Tag, Id FROM @q UNION ALL BY NAME SELECT Id, Name AS Tag FROM @p WHERE Id == 1", "Id, Tag", ["Ann,1", "x,1", "y,3", "z,9"]),
    ("SELECT Id, Tag FROM @q OUTER UNION ALL BY NAME ON (*) SELECT Mark, Pay FROM @n", "Id, Mark", ["0,,1,10", "0,,2,", "1,x,0,", "3,y,0,", "9,z,0,"]),
    ("SELECT Id, Tag FROM @q OUTER UNION BY NAME ON (Id) SELECT Id, Mark FROM (VALUES (1, 5), (1, 5)) AS t(Id, Mark)", "Mark, Id", ["1,x,0", "3,y,0", "9,z,0", "1,,5", "1,,5"]),
    ("SELECT Tag, Id FROM @q UNION ALL BY NAME ON (Id) WITH DISJOINT (Id) SELECT Id, Name FROM @p WHERE Id == 2", "Id", ["1", "2", "3", "9"]),
    ("SELECT Tag, Id FROM @q EXCEPT BY NAME ON (Id, *) SELECT Id, Tag FROM @q WHERE Id == 1", "Id", ["y,3", "z,9"]),
    ("SELECT @p.Name, @q.Tag FROM @p JOIN @q ON @p.Id == @q.Id WHERE @p.Name.Length == 3 AND @q.Id == 1", "", ["Ann,x"]),
    ("SELECT @p.Id, COUNT() AS N FROM @p JOIN @p AS again ON @p.Id == again.Id GROUP BY @p.Id HAVING @p.Id > 1", "Id", ["2,1", "3,4"]),
    ("SELECT @p.Name, e.v FROM @p CROSS APPLY EXPLODE(Enumerable.Range(@p.Id, 2)) AS e(v) WHERE @p.Id == 2", "v", ["Bob,2", "Bob,3"]),
    ("SELECT q.*, SUM(p.Pay) AS S FROM @p AS p JOIN @q AS q ON p.Id == q.Id GROUP BY q.Id, q.Tag", "Id", ["1,x,10", "3,y,60"]),
    ('SELECT @q.*, "k" AS K FROM @q WHERE Id IN @some AND Id NOT IN (3)', "Id", ["1,x,k"]),
    ("SELECT @q. *, RANK() OVER (ORDER BY @q.Id DESC) AS R FROM @q WHERE Id NOT IN @some", "", ["9,z,1"]),
    ("SELECT Name FROM @p WHERE Pay == NULL OR (string) NULL != null", "", ["Bob"]),
    ("SELECT p.Name, v.n FROM @p AS p CROSS APPLY VALUES (p.Name.Length), (p.Id * 10) AS v(n) WHERE p.Id == 1", "n", ["Ann,3", "Ann,10"]),
    ('SELECT string.Join(",", MAP_AGG<string, long?>(Name, Pay)) AS M, string.Join(",", ARRAY_AGG<double>(Id)) AS A FROM @p WHERE Id < 3', "", ["[Ann, 10],[Bob, ],1,2"]),
    ("SELECT p.Name, e.v FROM @p AS p CROSS APPLY EXPLODE(new SQL.ARRAY<int>{p.Id, p.Id + 1}) AS e(v) WHERE p.Id == 1", "v", ["Ann,1", "Ann,2"]),
    ("SELECT w.k, w.v FROM @p AS p CROSS APPLY EXPLODE(new SQL.MAP<string, int>{{p.Name, p.Id}}) AS w(k, v) WHERE p.Id < 3", "k", ["Ann,1", "Bob,2"]),
    ("SELECT p.Name, e.v FROM @p AS p OUTER APPLY EXPLODE(\"\".Split(new char[]{','}, StringSplitOptions.RemoveEmptyEntries)) AS e(v) WHERE p.Id == 1", "", ["Ann,"]),
    ('SELECT Id, One, Three FROM (SELECT Id, Name FROM @p) AS s PIVOT (COUNT(Name) FOR Name IN ("Ann" AS One, "Dee" AS Three)) AS pv', "Id", ["1,1,0", "2,0,0", "3,0,1"]),
    ("SELECT Id, Kind, Amount FROM (SELECT Id, Pay AS A, (int?) Id AS B FROM @p WHERE Id < 3) AS s UNPIVOT (Amount FOR Kind IN (A, B)) AS u", "Id, Kind", ["1,A,10", "1,B,1", "2,B,2"]),
    ("SELECT COUNT(*) AS N FROM (SELECT * FROM @p SAMPLE ANY (2)) AS s", "", ["2"]),
    ("SELECT id, ID FROM (VALUES (1, 2)) AS t(id, ID)", "", ["1,2"]),
    ('VALUES (1, "a"), (2, "b")', "Column_0", ["1,a", "2,b"]),
    ("SELECT m, COUNT(*) AS N FROM (VALUES (1.0m), (1.00m), (2m)) AS t(m) GROUP BY m HAVING COUNT(*) == 2", "", ["1.0,2"]),
]  # fmt: skip


def test_queries_give_what_they_should(tmp_path):
    wrong = []
    parts = [PEOPLE]
    for number, (query, order, _) in enumerate(QUERIES):
        ordered = f"ORDER BY {order}" if order else ""
        parts.append(
            f'@r{number} = {query}; OUTPUT @r{number} TO "/{number}.csv" {ordered} USING Outputters.Csv(quoting: false);'
        )
    run_script("\n".join(parts), tmp_path, threads=1)
    for number, (query, _, expected) in enumerate(QUERIES):
        found = (tmp_path / f"{number}.csv").read_bytes().decode().split("\r\n")[:-1]
        if found != expected:
            wrong.append((query, expected, found))
    assert not wrong, "\n".join(map(str, wrong))


REFUSED = [
    ("SELECT * FROM @p ORDER BY Name", "needs FETCH or OFFSET"),
    ("SELECT * FROM @p ORDER BY Name FETCH 10001 ROWS", "1 to 10000"),
    ("SELECT name FROM @p", "Is Name meant? Names are case-sensitive."),
    ("SELECT Id + 1 FROM @p", "the column needs a name"),
    ("SELECT Id, Name AS Id FROM @p", "two columns have the name Id"),
    ("SELECT Name, COUNT(*) AS N FROM @p GROUP BY Id", "the column Name is neither in GROUP BY"),
    ("SELECT Id FROM @p WHERE COUNT(*) > 1", "cannot stand here"),
    ("SELECT Id FROM @p AS p JOIN @q AS q ON p.Id == q.Id", "more than one rowset"),
    ("SELECT Id FROM @p UNION SELECT Id, Tag FROM @q", "UNION of 1 and 2 columns"),
    ("SELECT Id FROM @p UNION SELECT Tag FROM @q", "is int on one side and string on the other"),
    ("SELECT Id, Tag AS Name FROM @q UNION BY NAME ON (Id) SELECT Id, Name FROM @p", "the column Name is on both sides"),
    ("SELECT Id FROM @p OUTER UNION BY NAME ON (Name) SELECT Id FROM @q", "there is no column Name on one side"),
    ("SELECT p.*, COUNT() AS N FROM @p AS p GROUP BY p.Id", "the column Name is neither in GROUP BY"),
    ("SELECT @q.Id FROM @q AS q", "@q"),
    ("SELECT @q.Pay FROM @q", "there is no column Pay in @q"),
    ("SELECT r.Id FROM @p AS q", "If r is meant as a rowset's alias: there is q."),
    ("SELECT MAP_AGG<string>(Name, Id).Count AS n FROM @p", "MAP_AGG has 2 types"),
    ("SELECT * FROM @nothing", "@nothing"),
    ("SELECT * FROM master.dbo.T", "there is no catalog"),
    ('EXTRACT a int FROM "/none.csv" USING Extractors.Csv()', "there is no input file /none.csv"),
    ('EXTRACT a int FROM "/none.csv" USING new My.Reader()', "there is no input file"),
    ("PROCESS @p PRODUCE a int USING new My.Thing()", '@register_processor("My.Thing")'),
    ("SELECT ROW_NUMBER() AS r FROM @p", "needs OVER"),
    ("SELECT * FROM @p SAMPLE UNIVERSE (0.5)", "Write ON and the columns of a group"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "message"), REFUSED)
def test_what_usql_refuses_is_refused_with_its_place(tmp_path, query, message):
    with pytest.raises(UsqlError, match="line 4, column") as raised:
        run_script(
            f'{PEOPLE}@r = {query}; OUTPUT @r TO "/out.csv" USING Outputters.Csv();', tmp_path, threads=1
        )
    assert message in raised.value.message
    assert list(tmp_path.iterdir()) == []


def test_the_labs_outputs_have_their_published_sizes(tmp_path):
    shutil.copy(SEARCH_LOG, tmp_path)
    script = """
        @log = EXTRACT UserId int, Start DateTime, Region string, Query string, Duration int?, Urls string, ClickedUrls string
               FROM "/SearchLog.tsv" USING Extractors.Tsv();
        OUTPUT @log TO "/out/copy.csv" USING Outputters.Csv();
        @sums = SELECT Region, SUM(Duration) AS TotalDuration FROM @log GROUP BY Region;
        OUTPUT @sums TO "/out/sums.csv" ORDER BY TotalDuration DESC USING Outputters.Csv();
        @top = SELECT Region, SUM(Duration) AS TotalDuration FROM @log GROUP BY Region ORDER BY TotalDuration DESC FETCH 5 ROWS;
        OUTPUT @top TO "/out/top.csv" ORDER BY TotalDuration DESC USING Outputters.Csv();"""
    told: list[Logged] = []
    result = run_script(script, tmp_path, tell=told.append)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "out").iterdir()}
    assert sizes == {"copy.csv": 3500, "sums.csv": 90, "top.csv": 66}
    assert [(entry.statement, entry.rows, entry.bytes) for entry in result.log] == [
        ("@log", None, 3158),
        ("OUTPUT /out/copy.csv", 23, 3500),
        ("@sums", None, None),
        ("OUTPUT /out/sums.csv", 7, 90),
        ("@top", None, None),
        ("OUTPUT /out/top.csv", 5, 66),
    ]
    assert told == list(result.log)


def test_a_bad_value_found_in_the_middle_of_a_query_is_named_with_its_row(tmp_path):
    (tmp_path / "in.csv").write_text("1,a\n2,b\nx,c\n")
    script = """@a = EXTRACT n int, s string FROM "/in.csv" USING Extractors.Csv();
        @b = SELECT s, n + 1 AS m FROM @a WHERE n > 0;
        OUTPUT @b TO "/out.csv" USING Outputters.Csv();"""
    with pytest.raises(ExtractError, match="row 3, byte 8: column n: 'x' is no int"):
        run_script(script, tmp_path, threads=1)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_that_duckdb_refuses_is_read_strictly(tmp_path):
    (tmp_path / "in.csv").write_text(f"1,{'a' * 3_000_000}\n2,b\n")
    script = """@a = EXTRACT n int, s string FROM "/in.csv" USING Extractors.Csv();
        @b = SELECT n, s.Length AS l FROM @a; OUTPUT @b TO "/out.csv" ORDER BY n USING Outputters.Csv();"""
    assert rows_of(tmp_path, script) == ["1,3000000", "2,1"]


EQUAL = "(VALUES (1.0m, 1), (1.00m, 2), (2m, 3)) AS t(x, n)"
ONE, SAME = (f"SELECT x FROM (VALUES ({text})) AS t(x)" for text in ("1.0m", "1.00m"))


EQUALITIES = [
    (f"SELECT DISTINCT x FROM {EQUAL}", ["1", "2"]),
    (f"SELECT DISTINCT x FROM {EQUAL} ORDER BY x DESC FETCH 1 ROWS", ["2"]),
    (f"{ONE} UNION {SAME}", ["1"]),
    (f"{ONE} UNION ALL {SAME}", ["1", "1"]),
    (f"{ONE} EXCEPT {SAME}", []),
    (f"{ONE} INTERSECT {SAME}", ["1"]),
    (f"({ONE} UNION ALL {SAME}) EXCEPT ALL {SAME}", ["1"]),
    (f"({ONE} UNION ALL {SAME}) INTERSECT ALL {SAME}", ["1"]),
    (f"({ONE} UNION ALL {SAME}) INTERSECT {SAME}", ["1"]),
    (f"SELECT SUM(DISTINCT x) AS x FROM {EQUAL}", ["3"]),
    (f"SELECT AVG(DISTINCT x) * 2m AS x FROM {EQUAL}", ["3"]),
    (f"SELECT ARRAY_AGG(DISTINCT x).Sum() AS x FROM {EQUAL}", ["3"]),
    (f"SELECT COUNT(DISTINCT x) AS x FROM {EQUAL}", ["2"]),
    (f"SELECT x FROM (SELECT x, n FROM {EQUAL}) AS p PIVOT (SUM(n) FOR n IN (1 AS a, 2 AS b)) AS q", ["1", "2"]),
    ("SELECT new SQL.MAP<decimal, decimal>{{1.0m, 5m}}[1.00m] AS x FROM (VALUES (0)) AS t(z)", ["5"]),
    ("SELECT new SQL.ARRAY<decimal>{10m, 9m}.Min() AS x FROM (VALUES (0)) AS t(z)", ["9"]),
    ("SELECT new SQL.ARRAY<decimal>{1.0m, 1.00m}.Distinct().Sum() AS x FROM (VALUES (0)) AS t(z)", ["1"]),
    ("SELECT new SQL.ARRAY<decimal>{1.0m, 2m}.Except(new SQL.ARRAY<decimal>{1.00m}).Sum() AS x FROM (VALUES (0)) AS t(z)", ["2"]),
    ("SELECT new SQL.ARRAY<decimal>{1.0m}.Contains(1.00m) ? 1m : 0m AS x FROM (VALUES (0)) AS t(z)", ["1"]),
]  # fmt: skip


def test_decimals_that_are_equal_are_the_same_whatever_their_zeros(tmp_path):
    script = "".join(
        f"""@a{number} = {query}; @r{number} = SELECT (double) (decimal?) x AS x FROM @a{number};
        OUTPUT @r{number} TO "/{number}.csv" ORDER BY x USING Outputters.Csv();"""
        for number, (query, _) in enumerate(EQUALITIES)
    )
    run_script(script, tmp_path, threads=1)
    found = [
        (query, (tmp_path / f"{number}.csv").read_text().split())
        for number, (query, _) in enumerate(EQUALITIES)
    ]
    assert found == EQUALITIES


def test_members_of_a_column_that_is_named_with_its_rowset(tmp_path):
    script = """@r = SELECT a.x, (b.y == null ? 0 : b.y.Value) AS y, b.d.HasValue AS known, a.s.Length.ToString("D2") AS size
            FROM (VALUES (1, "abc")) AS a(x, s) LEFT JOIN (VALUES (2, 3, DateTime.MinValue)) AS b(x, y, d) ON a.x == b.x;
        OUTPUT @r TO "/out.csv" USING Outputters.Csv();"""
    assert rows_of(tmp_path, script) == ['1,0,False,"03"']


@pytest.mark.parametrize(
    ("condition", "ordered"),
    [
        ("p.i == q.i && p.s == q.s && q.i == p.i", False),
        ("p.i == q.i && p.s.Length == 1", True),
        ("p.i == q.i && 1 / p.i == 1", True),
    ],
)
def test_keys_of_a_join_are_seen_through_an_operator_that_keeps_the_order(condition, ordered):
    columns = (Column("i", INT), Column("s", STRING))
    scope = Scope(tuple(Source(alias, alias, columns) for alias in "pq"))
    assert ("CASE WHEN" in Binder(scope).inside_join(parse_expression(condition)).sql) is ordered


def test_the_time_after_which_an_output_goes_is_read_and_has_no_effect(tmp_path):
    script = '@a = VALUES (1);\nOUTPUT @a TO "/a.csv" EXPIRATION "30d" USING Outputters.Csv();'
    assert run_script(script, tmp_path).warnings == ("line 2: EXPIRATION has no effect here: the file stays",)
    assert (tmp_path / "a.csv").is_file()
