"""The executed notebook, kept as `.ipynb` while it runs and as `.html` when it is over, whether it failed or not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lazulite.worker.tasks.pages import write_page
from lazulite.worker.tasks.spark.notebook import Done
from lazulite.worker.tasks.spark.notebook_source import Cell


class SavedNotebook:
    """The files of one notebook.

    Args:
        folder: Where they are put.
        name: Their name without an ending.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.ipynb"
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, done: Sequence[Done], cells: Sequence[Cell]) -> None:
        """Write what there is now; cells that have not run have no outputs."""
        outputs = {one.cell.number: one.outputs for one in done}
        document = {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python"},
            },
            "cells": [_document(cell, outputs.get(cell.number)) for cell in cells],
        }
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
        new.replace(self._file)

    def write_page(self) -> None:
        """Write the page that people read."""
        write_page(self._file)


def _document(cell: Cell, outputs: list[dict[str, Any]] | None) -> dict[str, Any]:
    text = (
        cell.text
        if cell.language in ("python", "md", "run", "pip", "fs")
        else f"%{cell.language}\n{cell.text}"
    )
    metadata = {"title": cell.title} if cell.title else {}
    if cell.language == "md":
        return {"cell_type": "markdown", "id": f"cell-{cell.number}", "metadata": metadata, "source": text}
    return {
        "cell_type": "code",
        "id": f"cell-{cell.number}",
        "metadata": metadata,
        "source": text,
        "execution_count": None if outputs is None else cell.number,
        "outputs": outputs or [],
    }
