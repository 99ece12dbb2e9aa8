"""A row as one VARCHAR, its end included: what stands in the file, put together by DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.usql.extract.parameters import Column
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.formatting import has_text, round_trip, written
from lazulite.usql.output.parameters import OutputFormat
from lazulite.usql.text import literal


def row(columns: Sequence[Column], format_: OutputFormat) -> str:
    """SQL of a row's text from its columns `c0`, `c1` ….

    Raises `UsqlRuntimeError` for a column whose type the built-in outputters do not write.
    """
    cells = [cell(column, f"c{number}", format_) for number, column in enumerate(columns)]
    return f" || {literal(format_.delimiter)} || ".join(cells) + f" || {literal(format_.row_delimiter)}"


def header(columns: Sequence[Column], format_: OutputFormat) -> str:
    """The header's text; names are written as strings are."""
    return format_.delimiter.join(_quoted(column.name, format_) for column in columns) + format_.row_delimiter


def cell(column: Column, value: str, format_: OutputFormat) -> str:
    """SQL of one field's text, never NULL."""
    null = literal(format_.null_escape or "")
    return f"coalesce({_text(column, value, format_)}, {null})"


def _text(column: Column, value: str, format_: OutputFormat) -> str:
    kind = column.type.name
    if kind == "string":
        return _protected(value, format_)
    if kind == "char":
        return (
            _protected(f"usql_char_text({value})", format_)
            if format_.char_as_text
            else f"CAST({value} AS VARCHAR)"
        )
    if kind == "DateTime":
        return (
            round_trip(value)
            if format_.date_format in "Oo"
            else f"usql_datetime_format({value}, {literal(format_.date_format)})"
        )
    if kind == "byte[]":
        return f"hex({value})"
    if not has_text(column.type):
        raise UsqlRuntimeError(
            f"column {column.name} is a {column.type}, which the built-in outputters do not write; make it a string, "
            'say with string.Join(";", …)'
        )
    return written(column.type, value)


def _protected(value: str, format_: OutputFormat) -> str:
    for character in _escaped(format_):
        value = f"replace({value}, {literal(character)}, {literal((format_.escape or '') + character)})"
    if format_.quoting:
        value = f"""('"' || replace({value}, '"', '""') || '"')"""
    return value


def _escaped(format_: OutputFormat) -> str:
    """The characters that the escape character goes before; itself first."""
    return "" if format_.escape is None else format_.escape + format_.delimiter + format_.row_delimiter


def _quoted(text: str, format_: OutputFormat) -> str:
    for character in _escaped(format_):
        text = text.replace(character, (format_.escape or "") + character)
    return '"' + text.replace('"', '""') + '"' if format_.quoting else text
