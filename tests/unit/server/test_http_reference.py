"""The tables of docs/reference/http-api.md are those of the code.

`make reference` writes them anew.
"""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path

import pytest

from lazulite.api.operations import OPERATIONS
from lazulite.model import errors
from lazulite.server.errors import status_of
from lazulite.server.v1.routes import ROUTES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "http-api.md"


def first_sentence(text: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s|:\n", inspect.cleandoc(text).replace("|", "/"), maxsplit=1)[0]
    return " ".join(sentence.split()).rstrip(".:")


def operations() -> str:
    lines = ["| | Path | Role | What it does |", "|---|---|---|---|"]
    for one in OPERATIONS:
        role = "any" if one.role is None else one.role.value + (" everywhere" if one.system else "")
        lines.append(f"| {one.method} | `{one.path}` | {role} | {first_sentence(one.words)} |")
    return "\n".join(lines)


def v1() -> str:
    lines = ["| | Path | What it does |", "|---|---|---|"]
    for one in ROUTES:
        words = first_sentence(one.answer.__doc__ or "")
        lines.append(f"| {', '.join(one.methods)} | `{one.path}` | {words} |")
    return "\n".join(lines)


def error_codes() -> str:
    kinds: list[type[errors.LazuliteError]] = [errors.LazuliteError]
    for kind in kinds:  # which grows meanwhile
        kinds += kind.__subclasses__()
    ours = {kind.code: status_of(kind) for kind in kinds if kind.__module__ == errors.__name__}
    lines = ["| Status | Codes |", "|---|---|"]
    for status in sorted(set(ours.values())):
        names = ", ".join(f"`{code}`" for code in sorted(ours) if ours[code] == status)
        lines.append(f"| {status} | {names} |")
    return "\n".join(lines)


TABLES = {"operations": operations, "v1": v1, "errors": error_codes}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_that_of_the_code(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    wanted = pattern.sub(lambda match: f"{match[1]}\n{TABLES[name]()}\n\n{match[2]}", text)
    if os.environ.get("LAZULITE_WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
        return
    assert text == wanted, f"the table of {name} is out of date: make reference"
