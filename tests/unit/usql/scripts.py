"""Scripts run in a test: what they write, as lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lazulite.usql.run import run_script


def rows_of(root: Path, script: str, out: str = "out.csv", **given: Any) -> list[str]:
    """The lines that a script writes to `out` below `root`."""
    run_script(script, root, threads=1, **given)
    return (root / out).read_bytes().decode("utf-8").split("\r\n")[:-1]


def computed(root: Path, expression: str, columns: str = "", values: str = "", **given: Any) -> str:
    """What an expression gives, as it is written; over one row of `columns` with `values`."""
    source = f"FROM (VALUES ({values})) AS t({columns})" if columns else "FROM (VALUES (0)) AS t(zero)"
    [line] = rows_of(
        root,
        f'@r = SELECT {expression} AS x {source}; OUTPUT @r TO "/out.csv" USING Outputters.Csv();',
        **given,
    )
    return line
