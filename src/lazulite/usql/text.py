"""SQL text: names and values written so that DuckDB reads them back as they were."""

from __future__ import annotations


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A VARCHAR literal; a NUL cannot stand in SQL text and is put together from its code."""
    if "\0" in value:
        return "concat(" + ", chr(0), ".join(literal(part) for part in value.split("\0")) + ")"
    return "'" + value.replace("'", "''") + "'"
