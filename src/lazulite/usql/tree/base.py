"""What all nodes of a U-SQL tree share: where they stand in the text, and how to walk them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A piece of the script's text: `text[start:end]`; `line` and `column` of its beginning count from 1."""

    line: int
    column: int
    start: int
    end: int


NOWHERE = Span(0, 0, 0, 0)
"""Where a node stands that was not read from a text."""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a script. Two nodes are equal if they say the same, wherever they stand."""

    at: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """A scalar expression: C#, and what U-SQL adds to it."""


@dataclass(frozen=True, slots=True)
class Query(Node):
    """An expression whose value is a rowset: a query, a table, a call of a table-valued function, a join …"""


@dataclass(frozen=True, slots=True)
class Statement(Node):
    """What stands before a semicolon."""


def children(node: Node) -> Iterator[Node]:
    """Give the nodes directly below `node`, in the order of its fields (which is that of the text, mostly)."""
    for name in _field_names(type(node)):
        yield from _nodes(getattr(node, name))


def walk(node: Node) -> Iterator[Node]:
    """Give `node` and all nodes below it, each before those below it; as deep as it may be, no recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(children(current))))


_fields_of: dict[type[Node], tuple[str, ...]] = {}


def _field_names(kind: type[Node]) -> tuple[str, ...]:
    known = _fields_of.get(kind)
    if known is None:
        known = _fields_of[kind] = tuple(found.name for found in fields(kind) if found.name != "at")
    return known


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
