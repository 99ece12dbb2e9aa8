"""The user's Python in place of C#, and the libraries that are ported."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.usql.scripts import rows_of

from lazulite.usql.errors import UsqlError
from lazulite.usql.failures import ExtractError, UsqlRuntimeError
from lazulite.usql.run import run_script

UDOS = """
import datetime as dt
import io
from lazulite.usql.user import *

@register_function("My.Text.Twice", returns="string")
def twice(text, times):
    return None if text is None else text * times

@register_function("Next", returns="DateTime")
def following(moment):
    return moment + dt.timedelta(days=1)

@register_aggregate("My.Median", returns="double?")
def median(values):
    known = sorted(value for value in values if value is not None)
    return None if not known else float(known[len(known) // 2])

@register_extractor("My.Lines")
def lines(stream, columns, skip=0):
    for number, line in enumerate(io.TextIOWrapper(stream)):
        if number >= skip:
            yield {"n": number, "line": line.rstrip()}

@register_processor("My.Shout")
def shout(row, mark="!"):
    return None if row["line"] == "b" else {"line": row["line"].upper() + mark}

@register_reducer("My.Longest")
def longest(rows):
    yield {"size": max(len(row["name"]) for row in rows), "first": rows[0]["name"]}

@register_combiner("My.Pair")
def pair(left, right):
    yield {"id": left[0]["id"], "n": len(left) * 10 + len(right)}

@register_applier("My.Letters")
def letters(row):
    for letter in row["name"]:
        yield {"letter": letter}

@register_outputter("My.Json")
def put(rows, stream, columns):
    import json
    stream.write(json.dumps([columns, *[list(row.values()) for row in rows]]).encode())
"""

PEOPLE = '@p = SELECT * FROM (VALUES (1, "ann"), (1, "bo"), (2, "cid")) AS t(id, name);'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "usql_udos.py").write_text(UDOS)
    (tmp_path / "in.txt").write_text("a\nb\nc\n")
    return tmp_path


def _run(root: Path, script: str, **given: Any) -> list[str]:
    return rows_of(
        root,
        f'{script} OUTPUT @r TO "/out.csv" ORDER BY x USING Outputters.Csv(quoting: false);',
        udos=root,
        **given,
    )


CASES = [
    (f"{PEOPLE} @r = SELECT My.Text.Twice(name, 2) AS x FROM @p WHERE id == 1;", ["annann", "bobo"]),
    (f"{PEOPLE} @r = SELECT Next(new DateTime(2015, 2, 28)).Day AS x FROM @p WHERE id == 2;", ["1"]),
    (f"{PEOPLE} @r = SELECT id AS x, AGG<My.Median>(name.Length) AS m FROM @p GROUP BY id;", ["1,3", "2,3"]),
    ('@e = EXTRACT n int, line string FROM "/in.txt" USING new My.Lines(skip: 1); @r = SELECT line AS x, n FROM @e;', ["b,1", "c,2"]),
    ('@e = EXTRACT n int, line string FROM "/in.txt" USING new My.Lines(); @r = PROCESS @e PRODUCE x int, line string READONLY n USING new My.Shout(mark: "?");', None),
    ('@e = EXTRACT n int, line string FROM "/in.txt" USING new My.Lines(); @q = PROCESS @e PRODUCE n int, line string READONLY n USING new My.Shout(mark: "?"); @r = SELECT n AS x, line FROM @q;', ["0,A?", "2,C?"]),
    (f"{PEOPLE} @q = REDUCE @p PRESORT name DESC ON id PRODUCE id int, size int, first string READONLY id USING new My.Longest(); @r = SELECT id AS x, size, first FROM @q;", ["1,3,bo", "2,3,cid"]),
    (f"{PEOPLE} @q = COMBINE @p AS l WITH @p AS m ON l.id == m.id PRODUCE id int, n int USING new My.Pair(); @r = SELECT id AS x, n FROM @q;", ["1,22", "2,11"]),
    (f"{PEOPLE} @r = SELECT a.letter AS x, p.id FROM @p AS p CROSS APPLY USING new My.Letters() AS a(letter string) WHERE p.id == 2;", ["c,2", "d,2", "i,2"]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), [case for case in CASES if case[1] is not None])
def test_python_stands_for_csharp_by_its_name(root, script, expected):
    assert _run(root, script) == expected


def test_an_outputter_writes_what_it_wants(root):
    run_script(
        f'{PEOPLE} OUTPUT @p TO "/o.json" ORDER BY name USING new My.Json();', root, udos=root, threads=1
    )
    assert json.loads((root / "o.json").read_text()) == [["id", "name"], [1, "ann"], [1, "bo"], [2, "cid"]]


def test_a_column_that_cannot_be_null_has_to_come(root):
    with pytest.raises(UsqlRuntimeError, match=r"My\.Shout gives no value for the column x"):
        _run(root, CASES[4][0])


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("#CS class A {} #ENDCS", "usql_udos.py"),
        ("@q = PROCESS @p PRODUCE a int USING new No.Such();", 'register_processor("No.Such")'),
        ("@q = REDUCE @p ON id PRODUCE a int USING new No.Such();", 'register_reducer("No.Such")'),
        ("@q = SELECT No.Such(name) AS a FROM @p;", 'register_function("No.Such"'),
        ("@q = SELECT AGG<No.Such>(name) AS a FROM @p;", 'register_aggregate("No.Such"'),
        ('OUTPUT @p TO "/x" USING new No.Such();', 'register_outputter("No.Such")'),
    ],
)
def test_csharp_is_refused_by_name_and_line_with_the_way_out(root, statement, hint):
    with pytest.raises(UsqlError, match="line 2") as raised:
        run_script(f"{PEOPLE}\n{statement}", root, threads=1)
    assert hint in raised.value.message


def test_the_json_library(tmp_path):
    (tmp_path / "in.json").write_text('{"items": [{"id": 1, "tags": ["x"]}, {"id": 2, "ok": true}]}')
    script = """@e = EXTRACT id int, tags string, ok bool? FROM "/in.json" USING new Microsoft.Analytics.Samples.Formats.Json.JsonExtractor("items[*]");
        OUTPUT @e TO "/out.csv" ORDER BY id USING Outputters.Csv();"""
    run_script(f"REFERENCE ASSEMBLY [Newtonsoft.Json]; {script}", tmp_path, threads=1)
    assert (tmp_path / "out.csv").read_text().splitlines() == ['1,"[""x""]",', "2,,True"]
    (tmp_path / "in.json").write_text('{"items": [{"id": "one"}]}')
    with pytest.raises(UsqlRuntimeError, match="'one' for the column id, which is int"):
        run_script(script, tmp_path, threads=1)


@pytest.mark.parametrize(
    ("extractor", "content"),
    [
        ("JsonExtractor", b'{"a": '),
        ("JsonExtractor", b"\xff{}"),
        ("XmlExtractor", b"<a>"),
        ("AvroExtractor", b"no"),
    ],
)
def test_a_file_that_a_port_cannot_read_is_named(tmp_path, extractor, content):
    (tmp_path / "broken.in").write_bytes(content)
    with pytest.raises(ExtractError, match=rf"{extractor} cannot read the file .*broken\.in: \S+"):
        rows_of(
            tmp_path,
            f'@e = EXTRACT a string FROM "/broken.in" USING new {extractor}("a"); OUTPUT @e TO "/o" USING Outputters.Csv();',
        )


def test_extension_python_reducer_runs_the_scripts_program(tmp_path):
    program = (
        "def usqlml_main(df):\\n    df['size'] = df['name'].str.len()\\n    return df[['id', 'size']]\\n"
    )
    script = f"""{PEOPLE} DECLARE @program string = "{program}";
        @q = REDUCE @p ON id PRODUCE id int, size int USING new Extension.Python.Reducer(pyScript: @program);
        OUTPUT @q TO "/out.csv" ORDER BY id, size USING Outputters.Csv();"""
    assert rows_of(tmp_path, script) == ["1,2", "1,3", "2,3"]


def test_xml_and_headers(tmp_path):
    (tmp_path / "in.xml").write_text('<r><e id="1"><n>x</n></e><e id="2"/></r>')
    (tmp_path / "in.csv").write_text("b,a\n1,2\n")
    assert rows_of(
        tmp_path,
        '@e = EXTRACT id string, n string FROM "/in.xml" USING new XmlExtractor("/r/e"); OUTPUT @e TO "/out.csv" ORDER BY id USING Outputters.Csv();',
    ) == ['"1","x"', '"2",']
    assert rows_of(
        tmp_path,
        '@e = EXTRACT a string, b string FROM "/in.csv" USING new HeaderExtractor(); OUTPUT @e TO "/out.csv" USING Outputters.Csv();',
    ) == ['"2","1"']


def test_parquet_keeps_names_and_types(tmp_path):
    script = """@a = SELECT * FROM (VALUES (1, "x", new DateTime(2015, 2, 3), (int?) null)) AS t(Id, s, t, n);
        OUTPUT @a TO "/a.parquet" USING Outputters.Parquet();"""
    run_script(script, tmp_path, threads=1)
    back = '@b = EXTRACT s string, Id long, t DateTime, n int? FROM "/a.parquet" USING Extractors.Parquet(); OUTPUT @b TO "/out.csv" USING Outputters.Csv();'
    assert rows_of(tmp_path, back) == ['"x",1,2015-02-03T00:00:00.0000000,']


def test_json_tuples_are_maps_of_what_paths_select(tmp_path):
    (tmp_path / "c.json").write_text(
        json.dumps(
            [
                {"who": {"id": 1, "in": {"a": [{"n": "2", "s": "S2"}, {"n": 3, "s": None}]}}},
                {"who": {"ok": True}},
            ]
        )
    )
    script = """REFERENCE ASSEMBLY [Newtonsoft.Json]; USING Microsoft.Analytics.Samples.Formats.Json;
        @who = EXTRACT id int, [in] string, ok bool? FROM "/c.json" USING new JsonExtractor("[*].who");
        @list = SELECT id, ok, JsonFunctions.JsonTuple([in], "a")["a"] AS list FROM @who;
        @r = SELECT id, JsonFunctions.JsonTuple(each)["n"] AS n, JsonFunctions.JsonTuple(each)["s"] AS s
            FROM @list CROSS APPLY EXPLODE(JsonFunctions.JsonTuple(list).Values) AS t(each);
        OUTPUT @r TO "/out.csv" ORDER BY n USING Outputters.Csv();
        @all = SELECT id, string.Join(";", JsonFunctions.JsonTuple([in], "$..n", "a[1].s").Select(p => p.Key + "=" + p.Value)) AS p FROM @who;
        OUTPUT @all TO "/all.csv" ORDER BY id DESC USING Outputters.Csv();"""
    run_script(script, tmp_path, threads=1)
    assert (tmp_path / "out.csv").read_text().splitlines() == ['1,"2","S2"', '1,"3",']
    assert (tmp_path / "all.csv").read_text().splitlines() == ['1,"a[0].n=2;a[1].n=3;a[1].s="', '0,""']


def test_the_avro_library(tmp_path):
    fastavro = pytest.importorskip("fastavro")
    fields = [
        {"name": "id", "type": "long"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "x", "type": "double"},
    ]
    schema = {"type": "record", "name": "row", "fields": fields}
    with (tmp_path / "in.avro").open("wb") as file:
        fastavro.writer(file, schema, [{"id": 1, "name": "a", "x": 0.5}, {"id": 2, "name": None, "x": 2.0}])
    script = """@e = EXTRACT id long, name string, x double FROM "/in.avro"
            USING new Microsoft.Analytics.Samples.Formats.ApacheAvro.AvroExtractor(@"{}");
        OUTPUT @e TO "/out.csv" ORDER BY id USING Outputters.Csv();"""
    run_script(script, tmp_path, threads=1)
    assert (tmp_path / "out.csv").read_text().splitlines() == ['1,"a",0.5', "2,,2"]
