"""The job log of a script: each statement's rows, bytes and time, printed as they come and kept with the run.

logs/usql/script.usql   the script that ran: every `@@name@@` is replaced
logs/usql/job.json      the log, as JSON: line, statement, rows, bytes, seconds
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazulite.usql.session import Logged

#: Below the working directory: `./logs` becomes part of the run's artifacts.
_FOLDER = Path("logs", "usql")
_OUTPUT = "OUTPUT "


class JobLog:
    """The log of one script.

    Args:
        text: The script that runs.
    """

    def __init__(self, text: str) -> None:
        self._entries: list[Logged] = []
        _FOLDER.mkdir(parents=True, exist_ok=True)
        (_FOLDER / "script.usql").write_text(text, encoding="utf-8")

    def tell(self, entry: Logged) -> None:
        """Add a statement that has been carried out."""
        self._entries.append(entry)
        print(entry, flush=True)

    def keep(self) -> None:
        """Write the log among the run's files."""
        text = json.dumps([asdict(entry) for entry in self._entries], ensure_ascii=False, indent=1)
        (_FOLDER / "job.json").write_text(text, encoding="utf-8")


def metrics(log: tuple[Logged, ...], output_of: Callable[[str], str]) -> dict[str, float]:
    """Return rows and bytes that were written, of all outputs and of each."""
    found: Counter[str] = Counter({"rows": 0, "bytes": 0})
    for entry in log:
        if not entry.statement.startswith(_OUTPUT):
            continue
        name = output_of(entry.statement.removeprefix(_OUTPUT))
        for unit, count in (("rows", entry.rows or 0), ("bytes", entry.bytes or 0)):
            found[unit] += count
            found[f"{name} {unit}"] += count
    return {name: float(count) for name, count in found.items()}
