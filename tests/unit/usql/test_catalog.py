"""An account's catalog: what scripts define in it, the next ones find."""

from pathlib import Path

import pytest

from lazulite.usql.catalog import account, uses_catalog
from lazulite.usql.errors import UsqlError, UsqlNotSupported
from lazulite.usql.failures import ExtractError
from lazulite.usql.parser import parse
from lazulite.usql.run import Result, run_script

SHOP = """
CREATE DATABASE IF NOT EXISTS Shop;
USE DATABASE Shop;
CREATE SCHEMA sales;
CREATE TABLE T (Id int, id string, n int?, INDEX i CLUSTERED (Id) DISTRIBUTED BY HASH (Id));
INSERT INTO T SELECT * FROM (VALUES (1, "a", (int?) null), (2, "b", 3)) AS v(a, b, c);
INSERT INTO T (Id, id) VALUES (3, "c");
CREATE VIEW Big AS SELECT Id, id FROM T WHERE Id > 1;
CREATE FUNCTION From(@least int = 2, @more TABLE(X int, Y string) = DEFAULT)
RETURNS @r TABLE(X int, Y string) AS
BEGIN
    @found = SELECT Id AS X, id AS Y FROM dbo.T WHERE Id >= @least;
    @r = SELECT * FROM @found UNION ALL SELECT * FROM @more;
END;
CREATE FUNCTION Both() RETURNS @low TABLE(Id int), @high TABLE(Id int) AS
BEGIN
    @low = SELECT Id FROM T WHERE Id < 2;
    @high = SELECT Id FROM T WHERE Id >= 2;
    RETURN;
END;
CREATE PROCEDURE Add(@n int, @name string = "p") AS
BEGIN
    INSERT INTO T (Id, id) VALUES (@n, @name);
END;
CREATE TYPE Pair AS TABLE (X int, Y string);
CREATE TABLE sales.Copy (INDEX i CLUSTERED (Id) DISTRIBUTED BY HASH (Id)) AS SELECT Id FROM T;
"""


def run(root: Path, text: str) -> Result:
    with account(root) as opened:
        return run_script(text, root, catalog=opened.catalog, database=opened.database)


def rows(root: Path, query: str) -> list[str]:
    run(
        root,
        f'USE Shop; @r = SELECT * FROM {query} AS r; OUTPUT @r TO "/r.csv" ORDER BY 1 == 1, Id USING Outputters.Csv();',
    )
    return (root / "r.csv").read_text().split()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    run(tmp_path, SHOP)
    return tmp_path


def test_what_one_script_defines_the_next_one_finds(shop: Path):
    assert rows(shop, "T") == ['1,"a",', '2,"b",3', '3,"c",']
    assert rows(shop, "Shop.dbo.Big") == ['2,"b"', '3,"c"']
    assert rows(shop, "sales.Copy") == ["1", "2", "3"]
    assert rows(shop, "(SELECT X AS Id, Y FROM From(3, DEFAULT) AS f)") == ['3,"c"']


def test_functions_take_rowsets_and_give_several(shop: Path):
    run(
        shop,
        'USE Shop; @more = SELECT * FROM (VALUES (9, "z")) AS v(X, Y); @f = From(3, @more); @a, @b = Both();'
        'OUTPUT @f TO "/f.csv" ORDER BY X USING Outputters.Csv();'
        'OUTPUT @a TO "/a.csv" USING Outputters.Csv(); OUTPUT @b TO "/b.csv" ORDER BY Id USING Outputters.Csv();',
    )

    assert (shop / "f.csv").read_text().split() == ['3,"c"', '9,"z"']
    assert (shop / "a.csv").read_text().split() == ["1"]
    assert (shop / "b.csv").read_text().split() == ["2", "3"]


def test_procedures_change_tables_and_tables_change_shape(shop: Path):
    result = run(
        shop,
        'USE Shop; Add(7, DEFAULT); Add(8, "q"); ALTER TABLE T ADD COLUMN z int; ALTER TABLE T DROP COLUMN n;',
    )

    assert [entry.statement for entry in result.log][:2] == ["USE Shop", "INSERT T"]
    assert rows(shop, "T")[-2:] == ['7,"p",0', '8,"q",0']
    run(shop, "USE Shop; TRUNCATE TABLE T; DROP TABLE sales.Copy;")
    assert rows(shop, "T") == []


def test_a_script_that_fails_changes_nothing(shop: Path):
    with pytest.raises(UsqlError):
        run(shop, 'USE Shop; INSERT INTO T (Id, id) VALUES (5, "e"); DROP VIEW Big; DROP TABLE Nowhere;')

    assert rows(shop, "T")[-1] == '3,"c",'
    assert rows(shop, "Big") == ['2,"b"', '3,"c"']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('OUTPUT dbo.T TO "/x" USING Outputters.Csv();', "there is no table or view master.dbo.T"),
        ("CREATE DATABASE Shop;", "the database Shop exists already"),
        ("USE Nowhere;", "There are: Shop, master."),
        ("USE Shop; CREATE TABLE T (a int);", "Shop.dbo.T exists already"),
        ("USE Shop; INSERT INTO T (Id, Nix) VALUES (1, 2);", "has no column Nix"),
        ("USE Shop; INSERT INTO T (Id) SELECT n FROM T;", "does not convert"),
        ("USE Shop; DROP VIEW T;", "there is no view T"),
        ("USE Shop; Add();", "the parameter @n has no default"),
        ("USE Shop; @a = Both();", "gives 2 rowsets"),
        ('USE Shop; DROP TABLE T; OUTPUT Big TO "/x" USING Outputters.Csv();', "line 1 of Shop.dbo.Big: there is no"),
        ("CREATE TABLE t..x (a int);", "there is no schema t.dbo"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_by_name_and_line(shop: Path, text: str, message: str):
    with pytest.raises(UsqlError, match="line 1") as caught:
        run(shop, text)

    assert message in caught.value.message


def test_other_servers_are_refused(tmp_path: Path):
    with pytest.raises(UsqlNotSupported, match="DataTransferStep"):
        run(tmp_path, 'CREATE DATA SOURCE d FROM SQLSERVER WITH (PROVIDER_STRING = "x");')


def test_packages_give_their_variables(tmp_path: Path):
    run(
        tmp_path,
        'CREATE PACKAGE P(@n int = 1) AS BEGIN DECLARE @x string = "v"; EXPORT @x; EXPORT @y int = @n + 1; END;',
    )
    run(tmp_path, 'IMPORT PACKAGE P(4); @r = SELECT * FROM (VALUES (@x, @y)) AS v(a, b); OUTPUT @r TO "/r.csv" USING Outputters.Csv();')  # fmt: skip

    assert (tmp_path / "r.csv").read_text().strip() == '"v",5'


def test_which_scripts_need_a_catalog():
    assert uses_catalog(parse("@a = SELECT * FROM dbo.T AS t;"))
    assert uses_catalog(parse("USE x;"))
    assert not uses_catalog(parse('@a = SELECT 1 AS n FROM @b; OUTPUT @a TO "/x" USING Outputters.Csv();'))


def test_functions_and_procedures_of_a_script_alone(tmp_path: Path):
    script = """
DECLARE FUNCTION @twice(@n int) RETURNS @r TABLE(x int) AS BEGIN @r = VALUES (@n), (@n * 2); END;
DECLARE PROCEDURE @write(@path string) AS BEGIN OUTPUT @twice(4) TO @path USING Outputters.Csv(); END;
DECLARE VIEW @v AS SELECT x + 1 AS y FROM @twice(1) AS t;
@write("/a.csv");
OUTPUT @v TO "/b.csv" ORDER BY y USING Outputters.Csv();
RAISE WARNING "watch out";
"""
    result = run(tmp_path, script)

    assert (tmp_path / "a.csv").read_text().split() == ["4", "8"]
    assert (tmp_path / "b.csv").read_text().split() == ["2", "3"]
    assert result.warnings == ("line 7: watch out",)


PARTITIONED = """
CREATE TABLE P (id int, day DateTime, n int?, INDEX i CLUSTERED (id) PARTITIONED BY (day) DISTRIBUTED BY HASH (id));
DECLARE @one DateTime = new DateTime(2014, 9, 14);
DECLARE @two DateTime = DateTime.Parse("2014-09-15");
ALTER TABLE P ADD PARTITION (@one), PARTITION (@two);
INSERT INTO P (id, day) ON INTEGRITY VIOLATION IGNORE VALUES (1, @one), (2, @one.AddDays(7)), (3, @two);
INSERT INTO P PARTITION (@two) VALUES (4, 40);
"""
READ_P = (
    '@r = SELECT id, day.Day AS d, n FROM P AS p; OUTPUT @r TO "/p.csv" ORDER BY id USING Outputters.Csv();'
)


def test_rows_go_into_the_partitions_that_exist_and_leave_with_them(tmp_path: Path):
    run(tmp_path, PARTITIONED)
    for change, expected in (
        ("", ["1,14,", "3,15,", "4,15,40"]),
        ('TRUNCATE TABLE P PARTITION (DateTime.Parse("2014-09-15"));', ["1,14,"]),
        ('ALTER TABLE P DROP PARTITION (DateTime.Parse("2014-09-14"));', []),
    ):
        run(tmp_path, change)
        run(tmp_path, READ_P)
        assert (tmp_path / "p.csv").read_text().split() == expected


def test_rows_without_a_partition_are_moved_into_the_one_that_is_named(tmp_path: Path):
    run(
        tmp_path,
        PARTITIONED
        + """INSERT INTO P (id, day) ON INTEGRITY VIOLATION MOVE TO PARTITION (@two)
             VALUES (5, @one), (6, @one.AddDays(7)), (7, @two);""",
    )
    run(tmp_path, READ_P)
    assert (tmp_path / "p.csv").read_text().split() == [
        "1,14,",
        "3,15,",
        "4,15,40",
        "5,14,",
        "6,15,",
        "7,15,",
    ]


def test_a_script_can_ask_whether_a_partition_exists(tmp_path: Path):
    asks = """
        DECLARE @three = DateTime.Parse("2014-09-16");
        IF (!PARTITION.EXISTS(master.dbo.P, @three)) THEN
            ALTER TABLE P ADD PARTITION (@three);
            INSERT INTO P PARTITION (@three) VALUES (9, 90);
        END;"""
    run(tmp_path, PARTITIONED)
    run(tmp_path, asks)
    run(tmp_path, asks)
    run(tmp_path, READ_P)
    assert (tmp_path / "p.csv").read_text().split() == ["1,14,", "3,15,", "4,15,40", "9,16,90"]
    question = "IF PARTITION.EXISTS(P, 1) THEN RAISE ERROR; END;"
    assert uses_catalog(parse(question))
    with pytest.raises(UsqlNotSupported, match="needs a catalog"):
        run_script(question, tmp_path)


def test_what_does_not_go_with_the_partitions_is_told(tmp_path: Path):
    run(tmp_path, PARTITIONED + "CREATE TABLE Q (a int);")
    for text, message in (
        ("INSERT INTO P (id) VALUES (1);", "say into which partition"),
        ('INSERT INTO P PARTITION (DateTime.Parse("2020-01-01")) VALUES (1, 2);', "has no such partition"),
        ('INSERT INTO P (day) PARTITION (DateTime.Parse("2014-09-14")) VALUES (DateTime.MinValue);', "by its PARTITION"),
        ('TRUNCATE TABLE P PARTITION (DateTime.Parse("2020-01-01"));', "has no such partition"),
        ('ALTER TABLE P ADD PARTITION (DateTime.Parse("2014-09-14"));', "has this partition already"),
        ('ALTER TABLE P DROP PARTITION (DateTime.Parse("2020-01-01"));', "has no such partition"),
        ("INSERT INTO P PARTITION (1) VALUES (1, 2);", "does not convert"),
        ("ALTER TABLE Q ADD PARTITION (1);", "is not PARTITIONED BY"),
        ("INSERT INTO P (id) ON INTEGRITY VIOLATION MOVE TO PARTITION (DateTime.MinValue) VALUES (1);", "has no such partition"),
        ("INSERT INTO Q ON INTEGRITY VIOLATION MOVE TO PARTITION (1) VALUES (1);", "is not PARTITIONED BY"),
        ("IF PARTITION.EXISTS(P) THEN RAISE ERROR; END;", "has 1 values, 0 are given"),
        ("IF PARTITION.EXISTS() THEN RAISE ERROR; END;", "has a table's name"),
        ("IF PARTITION.COUNT(P) THEN RAISE ERROR; END;", "no member COUNT"),
        ("IF PARTITION.EXISTS(dbo.Nowhere, 1) THEN RAISE ERROR; END;", "there is no table"),
        ('OUTPUT usql.objects TO "/o.csv" USING Outputters.Csv();', "ADLA's own catalog"),
    ):  # fmt: skip
        with pytest.raises(UsqlError) as caught:
            run(tmp_path, text)
        assert message in caught.value.message


@pytest.mark.parametrize(
    "statement", ["INSERT INTO t SELECT Id FROM @rows;", 'OUTPUT @rows TO "/o.csv" USING Outputters.Csv();']
)
def test_what_is_wrong_with_an_input_is_told_in_a_script_that_uses_the_catalog(
    tmp_path: Path, statement: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("1\n" * 3)
    (tmp_path / "in" / "b.csv").write_text("2\n2\nx\n")
    script = f"""CREATE TABLE t(Id int, INDEX i CLUSTERED(Id) DISTRIBUTED BY HASH(Id));
@rows = EXTRACT Id int FROM "/in/{{*}}.csv" USING Extractors.Csv();
{statement}
"""
    with pytest.raises(ExtractError, match=r"b\.csv, row 3"):
        run(tmp_path, script)
    with pytest.raises(UsqlError, match="t"):
        run(tmp_path, '@r = SELECT Id FROM t; OUTPUT @r TO "/o.csv" USING Outputters.Csv();')
    assert not (tmp_path / "o.csv").exists()


def test_what_does_not_fit_in_memory_is_spilled(tmp_path: Path):
    script = """
        @ten = SELECT * FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS t(n);
        @thousand = SELECT a.n + b.n * 10 + c.n * 100 AS n FROM @ten AS a CROSS JOIN @ten AS b CROSS JOIN @ten AS c;
        @many = SELECT a.n + b.n * 1000 AS n, "a text that is long enough to need memory " + (a.n + b.n * 1000) AS text
            FROM @thousand AS a CROSS JOIN @thousand AS b WHERE b.n < 300;
        CREATE TABLE Big (INDEX i CLUSTERED (n) DISTRIBUTED BY HASH (n)) AS SELECT n, text FROM @many;
        @last = SELECT n, text, ROW_NUMBER() OVER (ORDER BY text DESC) AS place FROM Big AS b;
        @r = SELECT COUNT(*) AS rows, MAX(place) AS most, MIN(n) AS least FROM @last;
        OUTPUT @r TO "/r.csv" USING Outputters.Csv();"""
    with account(tmp_path) as opened:
        run_script(
            script, tmp_path, threads=1, memory_limit="40MB", catalog=opened.catalog, database=opened.database
        )
    assert (tmp_path / "r.csv").read_text().split() == ["300000,300000,0"]
