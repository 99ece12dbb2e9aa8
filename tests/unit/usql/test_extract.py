"""Text files as rowsets: the rules, the errors, and that both readers give the same."""

import contextlib
import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.usql import failures
from lazulite.usql.extract import filesets, proof
from lazulite.usql.extract.filesets import Found
from lazulite.usql.extract.parameters import Column, TextFormat, text_format
from lazulite.usql.extract.read import Rowset
from lazulite.usql.failures import ExtractError, UsqlRuntimeError
from lazulite.usql.run import run_script
from lazulite.usql.types import of


@pytest.fixture
def read(connection, tmp_path):
    """The rows of a file with these bytes; columns as "name:type …"; both readers, which have to agree."""

    def rows(data: bytes, columns="a:string b:string", name="in.csv", kind="Csv", **given):
        file = tmp_path / name
        file.write_bytes(data)
        return _both(connection, file, _columns(columns), text_format(kind, given), tmp_path)

    return rows


def _columns(text: str) -> list[Column]:
    return [Column(name, of(type_)) for name, type_ in (each.split(":") for each in text.split())]


def _read(
    connection: Any, file: Path, columns: list[Column], format_: TextFormat, tmp_path: Path, strictly: bool
) -> Any:
    scratch = tmp_path / f"scratch{strictly}"
    scratch.mkdir(exist_ok=True)
    rowset = Rowset(connection, columns, [Found(file, {})], format_, scratch, strictly=strictly)
    try:
        return connection.execute(rowset.sql()).fetchall()
    except ExtractError as wrong:
        return wrong
    except Exception:
        try:
            rowset.diagnose()
        except ExtractError as wrong:
            return wrong
        raise


def _both(connection: Any, file: Path, columns: list[Column], format_: TextFormat, tmp_path: Path) -> Any:
    quick, strict = (
        _read(connection, file, columns, format_, tmp_path, strictly) for strictly in (False, True)
    )
    if isinstance(strict, ExtractError):
        assert isinstance(quick, ExtractError)
        assert quick.message == strict.message
        raise strict
    assert quick == strict
    return strict


# --- rows and fields -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", [b"1,2\n3,4\n", b"1,2\r\n3,4", b"1,2\r3,4\r", b"1,2\n3,4\r\n", b"\xef\xbb\xbf1,2\n3,4\n"]
)
def test_cr_lf_and_crlf_end_rows_and_the_mark_before_the_first_is_passed_over(read, data):
    assert read(data) == [("1", "2"), ("3", "4")]


def test_quotes_protect_delimiters_and_doubled_quotes_are_one(read):
    assert read(b'"a,b","c""d"\r\n"",x\r\n') == [("a,b", 'c"d'), ("", "x")]


def test_a_newline_ends_the_row_inside_quotes_too(read):
    with pytest.raises(ExtractError, match="ends inside quotes") as raised:
        read(b'1,2\n"a\nb",2\n')
    assert raised.value.details["name"] == failures.UNEXPECTED_ROW_DELIMITER
    assert (raised.value.details["row"], raised.value.details["offset"]) == (2, 4)


def test_text_after_a_closing_quote_is_refused(read):
    with pytest.raises(ExtractError, match="'x' follows the closing quote of column 1"):
        read(b'"a"x,b\n')


def test_without_quoting_a_quote_is_a_character(read):
    assert read(b'"a,b"\n', quoting=False) == [('"a', 'b"')]


def test_the_escape_character_protects_itself_delimiters_and_row_ends(read):
    assert read(b"a\\,b,c\\\\d\n", escapeCharacter="\\") == [("a,b", "c\\d")]
    assert read(b"a\\\r\nb,c\n1,2\n", escapeCharacter="\\") == [("a\r\nb", "c"), ("1", "2")]
    assert read(b"a\\xb,c\n", escapeCharacter="\\") == [("axb", "c")]


def test_an_own_row_delimiter_makes_newlines_characters(read):
    assert read(b"a,b\n;c,d;", rowDelimiter=";") == [("a", "b\n"), ("c", "d")]


def test_skipped_rows_may_be_anything(read):
    assert read(b"one,two,three\n1,2\n", skipFirstNRows=1) == [("1", "2")]
    assert read(b"1,2\n", skipFirstNRows=5) == []


def test_a_wrong_number_of_columns_is_an_error_with_its_place(read):
    with pytest.raises(ExtractError) as raised:
        read(b"1,2\n3,4,5\n")
    assert raised.value.details["name"] == failures.UNEXPECTED_NUMBER_COLUMNS
    assert (raised.value.details["row"], raised.value.details["offset"]) == (2, 4)
    with pytest.raises(ExtractError, match="1 columns where 2"):
        read(b"1,2\n\n3,4\n")


def test_silent_leaves_out_wrong_rows_and_nulls_bad_values_only_where_null_can_be(read):
    assert read(b"1,2\n3\nx,5\n", "a:int? b:int", silent=True) == [(1, 2), (None, 5)]
    with pytest.raises(ExtractError, match="'x' is no int"):
        read(b"1,x\n", "a:int? b:int", silent=True)


# --- nulls and values ------------------------------------------------------------------------------------------------


def test_an_empty_field_is_an_empty_string_or_null(read):
    assert read(b",\n", "a:string b:int?") == [("", None)]
    with pytest.raises(ExtractError) as raised:
        read(b"x,\n", "a:string b:int")
    assert raised.value.details["name"] == failures.CONVERSION_NULL
    with pytest.raises(ExtractError, match="'' is no int"):
        read(b'x,""\n', "a:string b:int?")


def test_the_null_escape_is_compared_with_the_text_as_it_stands(read):
    assert read(b'\\N,\\N\n"\\N",5\n', "a:string b:int?", nullEscape="\\N") == [(None, None), ("\\N", 5)]
    assert read(b"\\N,\n", "a:string b:int?", nullEscape="\\N") == [(None, None)]
    assert read(b",5\n", "a:string b:int", nullEscape="\\N") == [("", 5)]


@pytest.mark.parametrize(("text", "value"), [("12", 12), (" 12 ", 12), ("+5", 5), ("-7", -7), ("007", 7)])
def test_integers_are_read_as_net_parses_them(read, text, value):
    assert read(f"{text},x\n".encode(), "a:int b:string") == [(value, "x")]


@pytest.mark.parametrize("text", ["12.5", "1e3", "1_000", "1 2", "2147483648", "0x10", "x"])
def test_what_is_no_integer_is_an_error_with_its_place(read, text):
    with pytest.raises(ExtractError) as raised:
        read(f"1,x\n{text},y\n".encode(), "a:int b:string")
    assert raised.value.details["name"] == failures.CONVERSION_INVALID
    assert (raised.value.details["row"], raised.value.details["column"]) == (2, "a")


def test_values_of_every_type(read):
    data = b'1.5,"1,234.50",true,1979-05-27T07:32:00.1234567,2/15/2012 11:53:16 AM,65,01234567-89AB-CDEF-0123-456789abcdef\n'
    columns = "d:double m:decimal b:bool t:DateTime u:DateTime c:char g:Guid"
    [row] = read(data, columns)
    assert row[:3] == (1.5, "1234.50", True)
    assert row[3] == 624322351201234567
    assert row[4] == 634649035960000000
    assert (row[5], str(row[6])) == (65, "01234567-89ab-cdef-0123-456789abcdef")


def test_a_char_as_text(read):
    assert read(b"A,x\n", "a:char b:string", charFormat="string") == [(65, "x")]


# --- encodings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "python"),
    [
        ("Unicode", "utf-16-le"),
        ("BigEndianUnicode", "utf-16-be"),
        ("Windows-1252", "cp1252"),
        ("UTF32", "utf-32-le"),
    ],
)
def test_other_encodings(read, name, python):
    assert read("é,ü\r\n".encode(python), encoding=name) == [("é", "ü")]


def test_a_mark_in_another_encoding_is_passed_over(read):
    assert read("é,ü\n".encode("utf-16"), encoding="Unicode") == [("é", "ü")]


@pytest.mark.parametrize("silent", [False, True])
def test_bytes_that_are_not_of_the_encoding_fail_even_silently(read, silent):
    with pytest.raises(ExtractError) as raised:
        read(b"a,b\n\xff,c\n", silent=silent)
    assert raised.value.details["name"] == failures.ENCODING_ERROR
    with pytest.raises(ExtractError):
        read(b"a,\xe9\n", encoding="ASCII", silent=silent)


def test_gzip_is_known_by_the_name(read):
    assert read(gzip.compress(b"1,2\n"), name="in.csv.gz") == [("1", "2")]
    with pytest.raises(ExtractError, match="not a complete gzip"):
        read(gzip.compress(b"1,2\n" * 1000)[:-10], name="in.csv.gz")


def test_unknown_parameters_encodings_and_extractors_are_named():
    with pytest.raises(UsqlRuntimeError, match="no parameter 'delimiter'"):
        text_format("Csv", {"delimiter": ";"})
    with pytest.raises(UsqlRuntimeError, match="encoding 'EBCDIC'"):
        text_format("Csv", {"encoding": "EBCDIC"})
    with pytest.raises(UsqlRuntimeError, match="Json is not built in"):
        text_format("Json", {})
    with pytest.raises(UsqlRuntimeError, match="delimiter is one character"):
        text_format("Text", {"delimiter": "||"})


# --- both readers ----------------------------------------------------------------------------------------------------

_FIELDS = st.text(st.sampled_from('ab1,"\\ \té€;\u2028'), max_size=5)
_QUOTED = _FIELDS.map(lambda text: '"' + text.replace('"', '""') + '"')
_PLAIN = st.text(st.sampled_from("ab12 é."), max_size=5)
_TYPES = ["string", "string", "int?", "double?"]


@st.composite
def _files(draw):
    """A file that mostly is well-formed, and the types of its columns."""
    width = draw(st.integers(1, 3))
    field = draw(st.sampled_from([_PLAIN, st.one_of(_PLAIN, _QUOTED), st.one_of(_PLAIN, _QUOTED, _FIELDS)]))
    end = draw(
        st.sampled_from([st.just("\n"), st.just("\r\n"), st.sampled_from(["\n", "\r", "\r\n", "\n\n"])])
    )
    widths = st.just(width) if draw(st.booleans()) else st.integers(1, 4)
    text = ""
    for _ in range(draw(st.integers(0, 6))):
        size = draw(widths)
        text += ",".join(draw(st.lists(field, min_size=size, max_size=size))) + draw(end)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    types = draw(st.lists(st.sampled_from(_TYPES), min_size=width, max_size=width))
    bom = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"]))
    return bom + text.encode(), types


@settings(max_examples=120, deadline=None)
@given(
    _files(),
    st.builds(
        TextFormat,
        quoting=st.booleans(),
        escape=st.sampled_from([None, None, "\\"]),
        null_escape=st.sampled_from([None, None, "a", ""]),
        skip_rows=st.sampled_from([0, 0, 1, 2]),
        silent=st.sampled_from([False, False, True]),
    ),
)
def test_both_readers_give_the_same(connection, tmp_path_factory, generated, format_):
    data, types = generated
    folder = _folder(tmp_path_factory)
    (folder / "in.csv").write_bytes(data)
    columns = [Column(f"c{number}", of(type_)) for number, type_ in enumerate(types)]
    with contextlib.suppress(ExtractError):
        _both(connection, folder / "in.csv", columns, format_, folder)


_folders: list[Path] = []


def _folder(factory) -> Path:
    if not _folders:
        _folders.append(factory.mktemp("files"))
    return _folders[0]


@pytest.mark.parametrize(
    ("data", "quote"),
    [
        (b"a,b\nc,d\n", ""),
        (b'"a,b",c\r\n"d""e",f\r\n', '"'),
        (b'"a\nb",c\n', None),
        (b'a"b,c\n', None),
        (b'"a"b,c\n', None),
        (b"a,b\n\nc,d\n", None),
        (b"a,b\r\nc,d\n", None),
        (b"a,b\rc,d\r", None),
        (b"a\0,b\n", None),
        (b"a,\nb,c\n", ""),
        (b"a,b,\nc,d\n", None),
        (b"a,b\nc,d,", None),
        (b'"a",\n"b",c\n', None),
        (b"", None),
    ],
)
def test_the_vectorised_reader_is_taken_where_it_is_proven(tmp_path, data, quote):
    (tmp_path / "in.csv").write_bytes(data)
    assert proof.quotes_of(tmp_path / "in.csv", TextFormat(), 2) == quote


# --- file sets -------------------------------------------------------------------------------------------------------


def _touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1,2\n")


def test_a_file_set_gives_the_columns_of_its_names(connection, tmp_path):
    _touch(
        tmp_path,
        "logs/2015/03/a_7.csv",
        "logs/2015/13/a_7.csv",
        "logs/2016/04/b_8.csv",
        "logs/2016/04/deep/c_9.csv",
    )
    pattern = "logs/{date:yyyy}/{date:MM}/{host}_{n}.csv"
    found = filesets.files_of(tmp_path, pattern)
    assert [dict(each.values) for each in found] == [
        {"date": "2015-03-01T00:00:00.0000000", "host": "a", "n": "7"},
        {"date": "2016-04-01T00:00:00.0000000", "host": "b", "n": "8"},
    ]
    assert filesets.columns_of(pattern) == ["date", "host", "n"]
    columns = _columns("x:int n:int y:int host:string date:DateTime")
    rows = connection.execute(Rowset(connection, columns, found, TextFormat(), tmp_path).sql()).fetchall()
    assert rows == [(1, 7, 2, "a", 635607648000000000), (1, 8, 2, "b", 635950656000000000)]


def test_a_column_that_stands_twice_says_the_same(tmp_path):
    _touch(tmp_path, "a/a.csv", "a/b.csv", "2015/15.csv", "2015/16.csv")
    assert [each.file.name for each in filesets.files_of(tmp_path, "{x}/{x}.csv")] == ["a.csv"]
    assert [each.file.name for each in filesets.files_of(tmp_path, "{d:yyyy}/{d:yy}.csv")] == ["15.csv"]


def test_a_star_is_any_name_and_no_file_gives_no_rows(connection, tmp_path):
    _touch(tmp_path, "in/a.csv", "in/b.csv", "in/c.txt")
    assert len(filesets.files_of(tmp_path, "in/{*}.csv")) == 2
    rowset = Rowset(
        connection,
        _columns("a:int b:DateTime"),
        filesets.files_of(tmp_path, "out/{*}"),
        TextFormat(),
        tmp_path,
    )
    assert connection.execute(rowset.sql()).fetchall() == []


def test_a_virtual_column_that_does_not_convert_names_the_file(connection, tmp_path):
    _touch(tmp_path, "in/x.csv")
    found = filesets.files_of(tmp_path, "in/{n}.csv")
    with pytest.raises(UsqlRuntimeError, match="'x' in its name is no int for column n"):
        Rowset(connection, _columns("a:int b:int n:int"), found, TextFormat(), tmp_path).sql()


def test_what_is_known_of_a_file_stands_beside_its_rows_and_in_expressions(tmp_path):
    (tmp_path / "in").mkdir()
    for name, text in (("a", "1\n2\n"), ("b", "3\n")):
        (tmp_path / "in" / f"{name}.csv").write_text(text)
    os.utime(tmp_path / "in" / "b.csv", (1420167845, 1420167845))
    script = """@a = EXTRACT uri = FILE.URI(), n int, name string, size = FILE.LENGTH(), changed = FILE.MODIFIED()
            FROM "/in/{name}.csv" USING Extractors.Csv();
        @r = SELECT uri, n, name, size, n == 3 ? changed : (DateTime?) null AS t FROM @a;
        IF FILE.EXISTS("/in/a.csv") && !FILE.EXISTS("/in/c.csv") && FILE.LENGTH("/in/a.csv") == 4 THEN
            OUTPUT @r TO "/out.csv" ORDER BY n USING Outputters.Csv();
        END;"""
    run_script(script, tmp_path, threads=1)
    assert (tmp_path / "out.csv").read_text().split() == [
        '"/in/a.csv",1,"a",4,',
        '"/in/a.csv",2,"a",4,',
        '"/in/b.csv",3,"b",2,2015-01-02T03:04:05.0000000',
    ]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('FILE.EXISTS("/none") AND FILE.LENGTH("/none") > 0', "no"),
        ('!FILE.EXISTS("/none") || FILE.LENGTH("/none") > 0', "yes"),
        ('FILE.EXISTS("/none") && FILE.LENGTH("/none") > 0 OR 1 == 1 AND (2 == 3 || 3 == 3)', "yes"),
        ('FILE.EXISTS("/some") AND FILE.LENGTH("/some") > 2 AND 1 == 1', "no"),
    ],
)
def test_a_test_asks_for_the_length_only_of_a_file_that_is_there(tmp_path, test, expected):
    (tmp_path / "some").write_text("1\n")
    script = f"""@a = VALUES ("no");
        IF {test} THEN @a = VALUES ("yes"); END;
        OUTPUT @a TO "/out.csv" USING Outputters.Csv(quoting: false);"""
    run_script(script, tmp_path, threads=1)
    assert (tmp_path / "out.csv").read_text().strip() == expected
