"""Counting what is asked of a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The statements that were executed, in order, whatever the number of rows."""

    def beginning_with(self, words: str) -> list[str]:
        """Those that begin with `words`, regardless of how they are written."""
        return [said for said in self if " ".join(said.split()).upper().startswith(words.upper())]


@contextmanager
def statements() -> Iterator[Statements]:
    """Collect the statements of all databases of this process inside the block."""
    said = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
