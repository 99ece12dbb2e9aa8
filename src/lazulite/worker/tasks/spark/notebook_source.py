"""From a notebook's file to its cells: Databricks' source format (`.py`, `.sql`), and Jupyter's `.ipynb`.

# Databricks notebook source
# MAGIC %sql
# MAGIC SELECT 1

# COMMAND ----------

# DBTITLE 1,A cell's title
print("another cell")
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lazulite.model.errors import InvalidRequest

#: Endings of a notebook's file, in the order in which they are tried; a workspace shows none.
ENDINGS = ("", ".py", ".ipynb", ".sql")
#: Magics, by what they do here. Others are refused.
LANGUAGES = ("python", "sql", "md", "sh", "run", "pip", "fs")
_SEPARATOR = re.compile(r"^\s*(?:#|--|//) COMMAND -{4,}\s*$")
_TITLE = re.compile(r"^(?:#|--) DBTITLE \d+,(.*)$")
_MAGIC = re.compile(r"^(?:#|--) ?MAGIC ?(.*)$")
_WORD = re.compile(r"^%{1,2}([\w-]+)[ \t]*(.*)$")


@dataclass(frozen=True)
class Cell:
    """One cell: its number from 1, language, text without the magic, and the first line of that text in the file.

    `arguments` is what stands behind the magic on its line. Of an .ipynb `line` is 1: lines count from the cell's beginning.
    """

    number: int
    language: str
    text: str
    line: int
    arguments: str = ""
    title: str = ""

    @property
    def where(self) -> str:
        return f"cell {self.number}" + (f" ({self.title})" if self.title else "")


def read_notebook(file: Path) -> list[Cell]:
    """Return the cells of a notebook that are not empty.

    Raises:
        InvalidRequest: it is no notebook, or in a language that does not run here.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The notebook {file.name!r} is not UTF-8 text: {error}.") from None
    if file.suffix == ".ipynb" or text.lstrip().startswith("{"):
        return list(_of_jupyter(file.name, text))
    if text.startswith("// Databricks notebook source") or file.suffix in (".scala", ".r", ".R"):
        raise InvalidRequest(
            f"The notebook {file.name!r} is not in Python or SQL. Spark on this machine runs these two; run it on a "
            "Databricks workspace (attach it with its host and a token)."
        )
    default = "sql" if text.startswith("-- Databricks notebook source") or file.suffix == ".sql" else "python"
    return list(_of_source(text, default))


def _of_source(text: str, default: str) -> Iterator[Cell]:
    number = 0
    block: list[tuple[int, str]] = []
    lines = text.split("\n")  # only these end a line of Python: texts may hold others of Unicode's
    for at, line in [*enumerate(lines, 1), (len(lines) + 1, "# COMMAND ----------")]:
        if not _SEPARATOR.match(line):
            block.append((at, line))
            continue
        cell = _cell(block, number + 1, default)
        if cell is not None:
            number += 1
            yield cell
        block = []


def _cell(block: list[tuple[int, str]], number: int, default: str) -> Cell | None:
    title = ""
    while block:
        found = _TITLE.match(block[0][1])
        title = found[1].strip() if found else title
        if not (
            found or not block[0][1].strip() or block[0][1].strip().endswith("Databricks notebook source")
        ):
            break
        block = block[1:]
    if not any(line.strip() for _, line in block):
        return None
    at = block[0][0]
    if any(_MAGIC.match(line) for _, line in block):
        text = "\n".join(found[1] if (found := _MAGIC.match(line)) else line for _, line in block)
    else:
        text = "\n".join(line for _, line in block)
    return _by_language(number, text.rstrip(), at, default, title)


def _by_language(number: int, text: str, line: int, default: str, title: str = "") -> Cell:
    first, _, rest = text.partition("\n")
    if first.startswith("!"):
        return Cell(number, "sh", text[1:], line, "", title)
    found = _WORD.match(first)
    if not found or (found[1] not in LANGUAGES and _is_line_magic(found[1])):
        return Cell(number, default, text, line, "", title)
    language, arguments = found[1], found[2].strip()
    if language in ("run", "pip", "fs"):
        return Cell(number, language, text, line, arguments, title)
    if language in ("sql", "sh", "md") and arguments and not arguments.startswith("-"):
        return Cell(number, language, f"{arguments}\n{rest}" if rest else arguments, line, "", title)
    return Cell(number, language, rest, line + 1, arguments, title)


def _is_line_magic(word: str) -> bool:
    return word in ("matplotlib", "config", "load_ext", "autoreload", "time", "timeit", "reload_ext")


def _of_jupyter(name: str, text: str) -> Iterator[Cell]:
    try:
        document = json.loads(text)
        cells = document["cells"]
    except (ValueError, KeyError, TypeError):
        raise InvalidRequest(
            f"{name!r} is no notebook: expected Jupyter's JSON (format 4) with a list of cells."
        ) from None
    default = _jupyter_language(name, document.get("metadata", {}))
    number = 0
    for cell in cells:
        source = cell.get("source", "")
        body = ("".join(source) if isinstance(source, list) else str(source)).strip("\n")
        if not body.strip() or cell.get("cell_type") == "raw":
            continue
        number += 1
        if cell.get("cell_type") == "markdown":
            yield Cell(number, "md", body, 1)
        else:
            yield _by_language(number, body, 1, default)


def _jupyter_language(name: str, metadata: dict[str, object]) -> str:
    kept = metadata.get("application/vnd.databricks.v1+notebook") or metadata.get("language_info") or {}
    language = (
        str(kept.get("language") or kept.get("name") or "python") if isinstance(kept, dict) else "python"
    )
    language = {"ipython": "python", "python3": "python", "pyspark": "python"}.get(language, language).lower()
    if language not in ("python", "sql"):
        raise InvalidRequest(
            f"The notebook {name!r} is in {language}. Spark on this machine runs Python and SQL; run it on a Databricks "
            "workspace (attach it with its host and a token)."
        )
    return language
