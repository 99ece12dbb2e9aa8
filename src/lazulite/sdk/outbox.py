"""A job's outbox from the script's side: one line appended per call, and nothing waited for.

Every line is one `write` on a descriptor opened for appending, so that lines of several threads and processes never
mix. A write that the disk cut short is closed with a line end before the next record, so that one lost line costs
no other; readers skip lines that are empty or not a record.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Corrupt
from lazulite.model.outbox import OutboxLine
from lazulite.model.run import Metric, Run, RunPatch


class Outbox:
    """The outbox file of the job this process belongs to."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._torn = False

    def append(self, record: OutboxLine) -> None:
        """Append one record.

        Raises:
            OSError: the file cannot be written (callers that only log tell it and go on).
        """
        # A lone surrogate in a user's text is no UTF-8; as an escape it is both UTF-8 and the same JSON text.
        line = (dumps(record) + "\n").encode(errors="backslashreplace")
        data = b"\n" + line if self._torn else line
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            written = os.write(descriptor, data)
            if written < len(data):
                self._torn = True
                raise OSError(errno.ENOSPC, "no space left for the whole record", str(self.path))
            self._torn = False
        finally:
            os.close(descriptor)

    def records(self) -> Iterator[OutboxLine]:
        """Yield the records so far, in order; lines that are no record are skipped."""
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line in text.split(b"\n"):
            if line.strip():
                with contextlib.suppress(Corrupt, UnicodeDecodeError):
                    yield loads(OutboxLine, line)  # type: ignore[arg-type]

    def metrics(self, run_id: str) -> tuple[Metric, ...]:
        """The metrics that were logged for that run."""
        from lazulite.model.outbox import MetricLogged

        return tuple(r.metric for r in self.records() if isinstance(r, MetricLogged) and r.run_id == run_id)

    def patches(self, run_id: str) -> Iterator[RunPatch]:
        """Yield the changes of that run, in order."""
        from lazulite.model.outbox import RunPatched

        return (r.patch for r in self.records() if isinstance(r, RunPatched) and r.run_id == run_id)

    def patched(self, run: Run) -> Run:
        """`run` with the changes that lie in the outbox, whether the engine has read them yet or not."""
        for patch in self.patches(run.id):
            run = _patched(run, patch)
        return run


def _patched(run: Run, patch: RunPatch) -> Run:
    from dataclasses import replace

    tags = {**run.tags, **patch.set_tags}
    return replace(
        run,
        display_name=run.display_name if patch.display_name is None else patch.display_name,
        description=run.description if patch.description is None else patch.description,
        tags={key: value for key, value in tags.items() if key not in patch.remove_tags},
        properties={**patch.add_properties, **run.properties},
    )


def combined(recorded: tuple[Metric, ...], logged: tuple[Metric, ...]) -> tuple[Metric, ...]:
    """Metrics of the records and of the outbox together, each once.

    The outbox of this job is read by the engine a little later; a record is the same if all it says is the same,
    its time to the microsecond included.
    """
    known: dict[str, int] = {}
    for metric in recorded:
        known[dumps(metric)] = known.get(dumps(metric), 0) + 1
    new = []
    for metric in logged:
        key = dumps(metric)
        if known.get(key):
            known[key] -= 1
        else:
            new.append(metric)
    return (*recorded, *new)
