"""A Jupyter notebook as plain text: its cells, and what they printed. It is read as data; nothing of it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def notebook_text(content: str) -> str | None:
    """Return the cells of a notebook as text; None if it is none that can be read."""
    try:
        cells = json.loads(content)["cells"]
        return "\n\n".join(part for cell in cells for part in _parts(cell))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


def _parts(cell: dict[str, Any]) -> Iterator[str]:
    source = _joined(cell["source"])
    if cell["cell_type"] != "code":
        yield source
        return
    yield f"In [{cell.get('execution_count') or ' '}]:\n{source}"
    for output in cell.get("outputs", ()):
        shown = _shown(output)
        if shown:
            yield _COLOURS.sub("", shown).rstrip("\n")


def _shown(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return _joined(output["text"])
    if output["output_type"] == "error":
        return "\n".join(output["traceback"])
    data = output.get("data", {})
    return _joined(data["text/plain"]) if "text/plain" in data else f"({', '.join(data) or 'nothing'})"


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
