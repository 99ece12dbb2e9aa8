"""A pipeline run's own log: what happened to it, one line each, for people who look into its folder.

The records are the truth; this is a copy in words. That it cannot be written (a full disk, a folder gone) must not
stop a run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from lazulite.model.events import EventKind
from lazulite.model.reuse import REASONS
from lazulite.records.changes import Change

#: Where v1 users look. A pipeline run prints nothing itself, so the other two stay empty.
EXECUTION_LOG = "logs/azureml/executionlogs.txt"
OUTPUT_LOGS = ("logs/azureml/stdoutlogs.txt", "logs/azureml/stderrlogs.txt")


class Story:
    """Appends to the execution log below a run's artifact folder, if there is one.

    Args:
        artifacts: The folder.
        names: What runs are called, by id.
        is_spooled: Whether it only stands for the folder until its files are sent to a datastore elsewhere.
    """

    def __init__(self, artifacts: Path | None, names: Mapping[str, str], *, is_spooled: bool = False) -> None:
        self.is_spooled = is_spooled
        self._path = artifacts / EXECUTION_LOG if artifacts else None
        self._names = names
        if artifacts is None or self._path is None:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for name in OUTPUT_LOGS:
                (artifacts / name).touch()

    def tell(self, changes: Sequence[Change]) -> None:
        """Append a line for each change."""
        if self._path is None:
            return
        at = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines = [
            f"{at} {self._names.get(change.subject, change.subject)}: {_words(change)}\n"
            for change in changes
        ]
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.writelines(lines)


def _words(change: Change) -> str:
    data = change.data
    if change.kind is EventKind.DECIDED:
        reason = REASONS.get(str(data["reason"]), str(data["reason"]))
        source = f" ({data['candidate']})" if data.get("candidate") else ""
        return f"{'is reused' if data['verdict'] == 'reused' else 'will run'}: {reason}{source}"
    if change.kind is EventKind.LAUNCHED:
        return f"try {data['attempt']} handed over as job {data['job']}"
    if change.kind is EventKind.LOST:
        return f"try {data['attempt']} was lost: {data['reason']}"
    return str(data.get("status", change.kind.value)) + (f": {change.error.message}" if change.error else "")
