"""The published libraries of U-SQL operators, in Python, under their C# names.

    Extension.Python.Reducer                                    a Python program in the script, on a data frame
    Microsoft.Analytics.Samples.Formats.Json.JsonExtractor      a document's objects, or those at a path
    …Json.MultiLevelJsonExtractor, JsonOutputter               (JsonFunctions.JsonTuple stands in dotnet.jsons)
    …Xml.XmlExtractor, XmlDomExtractor                          elements of a name, or at a path
    …Avro.AvroExtractor                                         the records of a file
    …Text.HeaderExtractor and the like                          a file whose first row names the columns

A name is found by its last part, as scripts shorten them with USING.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, cast

from lazulite.model.errors import InvalidRequest
from lazulite.usql.dotnet.jsons import text_of

Rows = Iterable[Mapping[str, Any]]


def find(kind: str, name: str) -> Callable[..., Any] | None:
    """The port of a library's operator; None if there is none."""
    if kind == "reducer" and name in {"Extension.Python.Reducer", "Python.Reducer"}:
        return python_reducer
    return _PORTS.get((kind, name.rpartition(".")[2]))


# --- JSON ------------------------------------------------------------------------------------------------------------


def _objects(document: Any, path: str) -> Iterator[Any]:
    """What a simple path selects: `$.a.b[*].c`, `a.b`, `$..name` is not one."""
    found = [document]
    for part in path.removeprefix("$").replace("[*]", ".*").replace("[", ".").replace("]", "").split("."):
        if not part:
            continue
        following: list[Any] = []
        for each in found:
            if part == "*":
                following += (
                    list(each.values())
                    if isinstance(each, dict)
                    else list(each)
                    if isinstance(each, list)
                    else []
                )
            elif isinstance(each, dict) and part in each:
                following.append(each[part])
            elif isinstance(each, list) and part.isdigit() and int(part) < len(each):
                following.append(each[int(part)])
        found = following
    for each in found:
        yield from each if isinstance(each, list) else [each]


def json_extractor(
    stream: IO[bytes], columns: Sequence[str], rowpath: str | None = None, arg0: str | None = None
) -> Rows:
    """A row for each object of the document, or for each that the row path selects."""
    document = json.loads(stream.read().decode("utf-8-sig"))
    for each in _objects(document, rowpath or arg0 or ""):
        if isinstance(each, dict):
            yield _row(each, columns)


def multi_level_json_extractor(
    stream: IO[bytes],
    columns: Sequence[str],
    rowpath: str | None = None,
    bypassWarning: bool = False,
    **paths: str,
) -> Rows:
    """As JsonExtractor; the paths given after the first two say where each column stands in a row's object."""
    names = [value for key, value in paths.items() if key not in {"arg0", "arg1"}]
    document = json.loads(stream.read().decode("utf-8-sig"))
    for each in _objects(document, rowpath or paths.get("arg0") or ""):
        places = dict(zip(columns, names or columns, strict=False))
        yield _row(
            {column: next(iter(_objects(each, place)), None) for column, place in places.items()}, columns
        )


def _row(found: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    # What is missing or null has the column's default, as with the library.
    return {column: text_of(found[column]) for column in columns if found.get(column) is not None}


def json_outputter(rows: Rows, stream: IO[bytes], columns: Sequence[str]) -> None:
    """One array of objects."""
    stream.write(b"[")
    for number, row in enumerate(rows):
        stream.write(
            (b"," if number else b"")
            + json.dumps(dict(row), default=str, ensure_ascii=False, separators=(",", ":")).encode()
        )
    stream.write(b"]")


# --- XML -------------------------------------------------------------------------------------------------------------


def xml_extractor(
    stream: IO[bytes], columns: Sequence[str], rowPath: str | None = None, arg0: str | None = None
) -> Rows:
    """A row for each element of that name: its attributes and its children's texts, by the columns' names."""
    from xml.etree import ElementTree as ET  # the expat of Python 3.10 and later bounds what entities become

    wanted = (rowPath or arg0 or "").strip("/").rpartition("/")[2]
    for _, element in ET.iterparse(stream, events=("end",)):  # noqa: S314
        if element.tag.rpartition("}")[2] != wanted:
            continue
        values = {**element.attrib, **{child.tag.rpartition("}")[2]: child.text or "" for child in element}}
        yield {column: values.get(column) for column in columns}
        element.clear()


# --- Avro, headers, Python -------------------------------------------------------------------------------------------


def avro_extractor(stream: IO[bytes], columns: Sequence[str], **_schema: Any) -> Rows:
    """The records of an Avro file; the schema given is passed over, the file has its own."""
    try:
        import fastavro
    except ImportError:
        raise InvalidRequest("reading Avro needs fastavro: pip install fastavro") from None
    for record in cast("Iterable[dict[str, Any]]", fastavro.reader(stream)):
        yield {column: record.get(column) for column in columns}


def header_extractor(
    stream: IO[bytes], columns: Sequence[str], delimiter: str = ",", arg0: str | None = None, **_more: Any
) -> Rows:
    """A file whose first row names its columns, which may stand in any order."""
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
    for row in csv.DictReader(text, delimiter=delimiter or arg0 or ","):
        yield {column: row.get(column) for column in columns}


def python_reducer(
    rows: Sequence[Mapping[str, Any]], pyScript: str = "", arg0: str = "", **_more: Any
) -> Rows:
    """Run the program of the script: `usqlml_main(df)` gets a group's rows as a data frame, and gives one."""
    try:
        import pandas as pd
    except ImportError:
        raise InvalidRequest("Extension.Python.Reducer needs pandas: pip install pandas") from None
    names: dict[str, Any] = {}
    exec(compile(pyScript or arg0, "<pyScript>", "exec"), names)  # noqa: S102 - the user's own program, as a step's script is
    made = names["usqlml_main"](pd.DataFrame([dict(row) for row in rows]))
    missing = made.astype(object).where(made.notna(), None)
    return [dict(row) for row in missing.to_dict("records")]


_PORTS: dict[tuple[str, str], Callable[..., Any]] = {
    ("extractor", "JsonExtractor"): json_extractor,
    ("extractor", "MultiLevelJsonExtractor"): multi_level_json_extractor,
    ("extractor", "XmlExtractor"): xml_extractor,
    ("extractor", "XmlDomExtractor"): xml_extractor,
    ("extractor", "AvroExtractor"): avro_extractor,
    ("extractor", "HeaderExtractor"): header_extractor,
    ("extractor", "CsvHeaderExtractor"): header_extractor,
    ("outputter", "JsonOutputter"): json_outputter,
}

DEFAULTING = (json_extractor, multi_level_json_extractor)
"""What leaves out of a row what is missing, for its column's default."""
