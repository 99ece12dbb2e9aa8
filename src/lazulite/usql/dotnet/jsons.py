"""`JsonFunctions.JsonTuple` of the published library for JSON: a document's values by the paths where they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_Token = tuple[str, Any]
_PART = re.compile(r"""\.\.|\.?([^.\[\]]+)|\[(?:(\d+)|'([^']*)'|"([^"]*)"|(\*))\]""")


def text_of(value: Any) -> str | None:
    """A JSON value as the library gives it as text: objects and arrays as JSON, null as null."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def json_tuple(document: str | None, paths: list[str]) -> list[tuple[str, str | None]]:
    """The pairs of path and text that the paths select; without paths the document's own members.

    Raises `ValueError` for text that is no JSON, and for a path that is not read here.
    """
    root = json.loads(document) if document else {}
    found: dict[str, str | None] = {}
    for path in paths or ["*"]:
        for where, value in _selected(root, path):
            if where in found:
                raise ValueError(f"JsonTuple: two values have the path {where} (ArgumentException)")
            found[where] = text_of(value)
    return list(found.items())


def _selected(root: Any, path: str) -> list[_Token]:
    rest = path.removeprefix("$")
    tokens: list[_Token] = [("", root)]
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise ValueError(f"JsonTuple: the path {path!r} is not supported: names, [n], [*], * and .. are")
        rest = rest[part.end() :]
        if part[0] == "..":
            tokens = [below for token in tokens for below in _below(*token)]
            continue
        name = next((each for each in (part[1], part[3], part[4]) if each is not None), None)
        tokens = [
            child
            for token in tokens
            for child in _chosen(*token, name or part[2] or "*", part[2] is not None)
        ]
    return tokens


def _chosen(where: str, value: Any, name: str, by_place: bool) -> Iterator[_Token]:
    for key, child in _children(where, value):
        wanted = f"{where}[{name}]" if by_place else _joined(where, name)
        if name == "*" or (key == wanted and by_place == isinstance(value, list)):
            yield key, child


def _children(where: str, value: Any) -> Iterator[_Token]:
    if isinstance(value, dict):
        yield from ((_joined(where, name), child) for name, child in value.items())
    elif isinstance(value, list):
        yield from ((f"{where}[{number}]", child) for number, child in enumerate(value))


def _joined(where: str, name: str) -> str:
    if re.search(r"[ .'\[\]()\"/]", name):
        return f"{where}['{name}']"
    return f"{where}.{name}" if where else name


def _below(where: str, value: Any) -> Iterator[_Token]:
    yield where, value
    for child in _children(where, value):
        yield from _below(*child)
