"""Cells that do not run here, told before the first one runs: with the cell, the line and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark.notebook_source import LANGUAGES, Cell
from lazulite.worker.tasks.spark.python_code import parsed

ENV_SHELL = "LAZULITE_SPARK_SHELL"
_WAY_OUT = "Run the notebook on a Databricks workspace (attach it with its host and a token), or write the cell in Python or SQL."


def refuse_unsupported(notebook: str, cells: Sequence[Cell], *, shell: bool) -> None:
    """Check every cell.

    Raises:
        InvalidRequest: one is in a language that does not run here, or is not Python at all.
    """
    problems = [
        f"{notebook}, {cell.where}, line {line}: {why}"
        for cell in cells
        for line, why in _problems(cell, shell=shell)
    ]
    if problems:
        more = f"\n… and {len(problems) - 10} more" if len(problems) > 10 else ""  # noqa: PLR2004
        raise InvalidRequest("\n".join(problems[:10]) + more)


def _problems(cell: Cell, *, shell: bool) -> list[tuple[int, str]]:
    if cell.language not in LANGUAGES:
        return [(cell.line - 1, f"%{cell.language} does not run on this machine. {_WAY_OUT}")]
    if cell.language == "sh" and not shell:
        return [
            (
                cell.line,
                (
                    f"%sh runs programs on this machine, and is switched off. Allow it with {ENV_SHELL}=1 in the "
                    "step's spark_env_variables, or where the engine is started."
                ),
            )
        ]
    if cell.language == "python":
        try:
            parsed(cell.text, f"cell {cell.number}")
        except InvalidRequest as error:
            return [(cell.line + int(error.details["line"]) - 1, error.message)]
        except SyntaxError as error:
            return [(cell.line + (error.lineno or 1) - 1, f"SyntaxError: {error.msg}")]
    return []
