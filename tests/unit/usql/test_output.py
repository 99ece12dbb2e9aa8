"""Rowsets as text files: every byte of them, and that they appear together."""

import contextlib
import gzip

import pytest
from tests.unit.usql.conftest import SEARCH_LOG

from lazulite.model.errors import LazuliteError
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column, text_format
from lazulite.usql.extract.read import Rowset
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.output.parameters import output_format
from lazulite.usql.output.together import Outputs
from lazulite.usql.output.write import write
from lazulite.usql.run import run_script
from lazulite.usql.types import array_of, of

# A date and time of the sample, in ticks.
MOMENT = 634649035960000000


@pytest.fixture
def text(connection, tmp_path):
    """What a row of SQL values becomes: values as "name:type=SQL"."""

    def one(*values, kind="Csv", encoding="utf-8", **given):
        columns, items = [], list[str]()
        for value in values:
            declared, _, sql = value.partition("=")
            name, type_ = declared.split(":")
            columns.append(Column(name, of(type_)))
            items.append(f"CAST({sql} AS {of(type_).duckdb}) AS c{len(items)}")
        if encoding != "utf-8":
            given["encoding"] = encoding
        write(connection, f"SELECT {', '.join(items)}", columns, output_format(kind, given), tmp_path / "out")
        return (tmp_path / "out").read_bytes()

    return one


def test_a_copy_of_the_sample_has_its_published_size(connection, tmp_path):
    names = [
        "UserId:int",
        "Start:DateTime",
        "Region:string",
        "Query:string",
        "Duration:int?",
        "Urls:string",
        "ClickedUrls:string",
    ]
    columns = [Column(name, of(type_)) for name, type_ in (each.split(":") for each in names)]
    rowset = Rowset(connection, columns, [Found(SEARCH_LOG, {})], text_format("Tsv", {}), tmp_path)
    written = write(connection, rowset.sql(), columns, output_format("Csv", {}), tmp_path / "out.csv")
    assert (written.rows, written.bytes) == (23, 3500)
    assert (tmp_path / "out.csv").stat().st_size == 3500
    assert (tmp_path / "out.csv").read_bytes().startswith(b'399266,2012-02-15T11:53:16.0000000,"en-us",')


def test_every_string_is_quoted_and_rows_end_in_crlf(text):
    assert (
        text("a:string='x'", "b:string='say \"y\"'", "c:string=''", "d:string=NULL", "e:int=NULL")
        == b'"x","say ""y""","",,\r\n'
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("v:bool=true", "True"),
        ("v:bool?=NULL", ""),
        ("v:char=65", "65"),
        (f"v:DateTime={MOMENT}", "2012-02-15T11:53:16.0000000"),
        (f"v:DateTime={MOMENT + 1}", "2012-02-15T11:53:16.0000001"),
        ("v:DateTime=0", "0001-01-01T00:00:00.0000000"),
        ("v:DateTime=3155378975999999999", "9999-12-31T23:59:59.9999999"),
        ("v:double=2/3.0", "0.666666666666667"),
        ("v:double=0.1", "0.1"),
        ("v:double=1e15", "1E+15"),
        ("v:double=123456789012345", "123456789012345"),
        ("v:double=0.0001", "0.0001"),
        ("v:double=0.00001", "1E-05"),
        ("v:double='-0.0'", "0"),
        ("v:double='nan'", "NaN"),
        ("v:double='inf'", "Infinity"),
        ("v:double='-inf'", "-Infinity"),
        ("v:float=0.1", "0.1"),
        ("v:float=16777216", "1.677722E+07"),
        ("v:decimal='1.10'", "1.10"),
        ("v:Guid='01234567-89AB-CDEF-0123-456789ABCDEF'", "01234567-89ab-cdef-0123-456789abcdef"),
        ("v:byte[]='\\xAB\\x01'", "AB01"),
        ("v:TimeSpan=36610000000", "01:01:01"),
    ],
)
def test_values_are_written_as_net_writes_them(text, value, written):
    assert text(value) == written.encode() + b"\r\n"


def test_parameters_of_the_text_outputter(text):
    assert text("a:int=1", "b:string='x'", kind="Text", delimiter=";", rowDelimiter="\n") == b'1;"x"\n'
    assert text("a:string='a,b'", quoting=False, escapeCharacter="\\") == b"a\\,b\r\n"
    assert text("a:string=chr(13) || chr(10) || '\\'", escapeCharacter="\\") == b'"\\\r\\\n\\\\"\r\n'
    assert text("a:string=NULL", "b:int=NULL", nullEscape="#NULL#") == b"#NULL#,#NULL#\r\n"
    assert text("my name:int=1", "b:string='x'", outputHeader=True) == b'"my name","b"\r\n1,"x"\r\n'
    assert text(f"a:DateTime={MOMENT}", dateTimeFormat="yyyy/MM/dd h:mm tt") == b"2012/02/15 11:53 AM\r\n"
    assert text("a:char=65", charFormat="string") == b'"A"\r\n'
    assert text("a:string='x'", "b:int=1", kind="Tsv") == b'"x"\t1\r\n'


def test_other_encodings_have_no_mark_and_a_question_mark_for_what_they_lack(text):
    assert text("a:string='é'", encoding="Unicode") == '"é"\r\n'.encode("utf-16-le")
    assert text("a:string='é€'", encoding="[ASCII]") == b'"??"\r\n'
    assert text("a:string='é'") == '"é"\r\n'.encode()


def test_gzip_is_the_same_bytes_each_time(connection, tmp_path):
    packed = []
    for name in ("a.csv.gz", "b.csv.gz"):
        write(
            connection,
            "SELECT 1 AS c0",
            [Column("a", of("int"))],
            output_format("Csv", {}),
            tmp_path / name,
            packed=True,
        )
        packed.append((tmp_path / name).read_bytes())
    assert packed[0] == packed[1]
    assert gzip.decompress(packed[0]) == b"1\r\n"


def test_many_rows_come_in_order(connection, tmp_path):
    query = "SELECT i AS c0 FROM range(250000) t(i) ORDER BY i DESC"
    written = write(connection, query, [Column("a", of("long"))], output_format("Csv", {}), tmp_path / "out")
    assert written.rows == 250_000
    assert (tmp_path / "out").read_bytes() == b"".join(
        b"%d\r\n" % number for number in range(249_999, -1, -1)
    )


def test_types_without_text_and_wrong_parameters_are_named(connection, tmp_path):
    with pytest.raises(UsqlRuntimeError, match=r"column a is a SQL.ARRAY<int>"):
        write(
            connection,
            "SELECT [1] AS c0",
            [Column("a", array_of(of("int")))],
            output_format("Csv", {}),
            tmp_path / "out",
        )
    with pytest.raises(UsqlRuntimeError, match="no parameter 'silent'"):
        output_format("Csv", {"silent": True})
    with pytest.raises(UsqlRuntimeError, match="'Q' is no format of a DateTime"):
        output_format("Csv", {"dateTimeFormat": "Q"})


# --- together --------------------------------------------------------------------------------------------------------


def test_outputs_appear_when_they_are_committed_and_replace_what_was_there(tmp_path):
    (tmp_path / "old.csv").write_text("old")
    with Outputs() as outputs:
        outputs.new(tmp_path / "old.csv").write_text("new")
        outputs.new(tmp_path / "deep" / "er" / "x.csv").write_text("x")
        assert (tmp_path / "old.csv").read_text() == "old"
        assert not (tmp_path / "deep" / "er" / "x.csv").exists()
        outputs.commit()
    assert sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    ) == ["deep/er/x.csv", "old.csv"]
    assert (tmp_path / "old.csv").read_text() == "new"


def test_outputs_of_a_script_that_fails_leave_nothing(tmp_path):
    (tmp_path / "old.csv").write_text("old")
    with contextlib.suppress(ValueError), Outputs() as outputs:
        outputs.new(tmp_path / "old.csv").write_text("new")
        outputs.new(tmp_path / "deep" / "er" / "x.csv").write_text("x")
        raise ValueError("the script fails")
    assert [path.name for path in tmp_path.rglob("*")] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "old"


def test_a_rename_that_fails_undoes_those_before_it(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    with Outputs() as outputs:
        outputs.new(tmp_path / "a.csv").write_text("new")
        outputs.new(tmp_path / "b.csv").write_text("new")
        outputs.new(tmp_path / "c.csv")  # nothing is written, so it cannot be renamed
        with pytest.raises(UsqlRuntimeError, match="none of them is changed"):
            outputs.commit()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_two_outputs_of_one_name_are_refused(tmp_path):
    with Outputs() as outputs:
        outputs.new(tmp_path / "a.csv")
        with pytest.raises(UsqlRuntimeError, match="two OUTPUT statements"):
            outputs.new(tmp_path / "a.csv")


DAYS = """@a = SELECT * FROM (VALUES (1, "x", new DateTime(2017, 3, 4)), (2, "y", new DateTime(2018, 3, 4)), (3, "x", new DateTime(2017, 3, 5)),
    (4, (string) null, new DateTime(2017, 3, 4))) AS t(Id, Tag, Day);
"""


def test_columns_in_the_path_of_an_output_make_a_file_of_each_of_their_values(tmp_path):
    script = (
        DAYS
        + 'OUTPUT @a TO "/y={Day:yyyy}/{Day:M}-{Tag}.csv" ORDER BY Id DESC USING Outputters.Csv(outputHeader: true);'
    )
    result = run_script(script, tmp_path, threads=1)
    found = {
        file.relative_to(tmp_path).as_posix(): file.read_text().split() for file in tmp_path.rglob("*.csv")
    }
    assert found == {
        "y=2017/3-x.csv": ['"Id"', "3", "1"],
        "y=2018/3-y.csv": ['"Id"', "2"],
        "y=2017/3-.csv": ['"Id"', "4"],
    }
    assert result.rows == 4


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ('OUTPUT @a TO "/{Nothing}/a.csv" USING Outputters.Csv();', "there is no column Nothing"),
        ('OUTPUT @a TO "/{Tag}/a.csv" USING Outputters.Csv();', "which no file can have"),
        ('OUTPUT @a TO "/{Id}{Tag}{Day:dd}.csv" USING Outputters.Csv();', "nothing is left"),
        ('@b = SELECT ".." AS a, 1 AS b FROM @a; OUTPUT @b TO "/x/{a}/b.csv" USING Outputters.Csv();', "no file can have"),
        ('@b = SELECT new SQL.ARRAY<int>{Id} AS a, 1 AS b FROM @a; OUTPUT @b TO "/{a}.csv" USING Outputters.Csv();', "cannot stand in a path"),
    ],
)  # fmt: skip
def test_paths_that_the_rows_cannot_make_are_told(tmp_path, output, message):
    with pytest.raises(LazuliteError, match=message):
        run_script(DAYS + output, tmp_path, threads=1)
    assert list(tmp_path.iterdir()) == []
