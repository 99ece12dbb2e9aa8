"""From the texts of a row to the columns' types, in SQL, the same for both readers.

A reader gives a VARCHAR for each column, NULL for null. What does not convert fails the query with `BAD`; then
`problem` finds the first bad value of a batch, which the strict reader brings with row and byte.
"""

from __future__ import annotations

from lazulite.usql import failures
from lazulite.usql.extract.parameters import Column, TextFormat
from lazulite.usql.failures import UsqlRuntimeError
from lazulite.usql.parsing import parsed, parses
from lazulite.usql.text import literal
from lazulite.usql.types import Type

BAD = "usql: a value does not convert"


def check(columns: list[Column]) -> None:
    """Raise `UsqlRuntimeError` if a column has a type that no text can be."""
    for column in columns:
        if not parses(column.type):
            raise UsqlRuntimeError(f"column {column.name}: the built-in extractors read no {column.type}")


def converted(column: Column, text: str, format_: TextFormat) -> str:
    """SQL of the column's value from the VARCHAR expression `text`."""
    if column.type.name == "string":
        return text
    value = value_of(column.type, text, format_)
    if not column.type.nullable:
        return f"coalesce({value}, error({literal(BAD)}))"
    if format_.silent:
        return value
    return f"CASE WHEN {text} IS NOT NULL THEN coalesce({value}, error({literal(BAD)})) END"


def value_of(type_: Type, text: str, format_: TextFormat) -> str:
    """SQL of the value that `text` spells, NULL where it spells none; a char is a number unless charFormat says string."""
    if type_.name == "char" and not format_.char_as_text:
        return parsed(Type("ushort"), text)
    return parsed(type_, text)


def is_bad(column: Column, text: str, format_: TextFormat) -> str:
    """SQL that is true where `converted` fails."""
    if column.type.name == "string":
        return "false"
    value = value_of(column.type, text, format_)
    if not column.type.nullable:
        return f"({value}) IS NULL"
    return "false" if format_.silent else f"({text} IS NOT NULL AND ({value}) IS NULL)"


def reason(column: Column, text: str | None) -> tuple[str, str]:
    """Microsoft's name for a bad value, and a sentence."""
    if text is None:
        return (
            failures.CONVERSION_NULL,
            f"column {column.name} is null, but {column.type} cannot be null; use {column.type}?",
        )
    return failures.CONVERSION_INVALID, f"column {column.name}: {text[:100]!r} is no {column.type}"
