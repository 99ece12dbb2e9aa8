"""Taking in what running scripts say: metrics, tags, cancellations.

A job appends lines to its outbox file. Each line gets a number made of its job and its place, under which the records
take it once however often it is read; so nothing has to be remembered across a crash of the engine.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from lazulite.engine.active import ActiveRun
from lazulite.engine.layout import Home
from lazulite.model.codec import loads
from lazulite.model.errors import LazuliteError
from lazulite.model.job import Job
from lazulite.model.outbox import CancelAsked, MetricLogged, OutboxLine, RunPatched
from lazulite.model.run import Metric
from lazulite.records.records import Records

#: Lines one job may write; the bits above hold a hash of the job, so that steps logging to one parent do not collide.
_LINE_BITS = 24


@dataclass
class _Watched:
    job: Job
    path: Path
    offset: int = 0
    line: int = 0


class Outboxes:
    """The outboxes of all jobs in flight."""

    def __init__(self, home: Home, records: Records) -> None:
        self._home = home
        self._records = records
        self._watched: dict[str, _Watched] = {}

    def watch(self, job: Job) -> None:
        """Start reading the job's outbox, from its beginning."""
        self._watched[job.id] = _Watched(job, Path(job.folder) / "outbox.jsonl")

    def pump(self) -> bool:
        """Take in new lines. True if one of them asked to cancel something."""
        asked = [self._read(watched) for watched in list(self._watched.values())]
        return any(asked)

    def finish(self, job_id: str) -> None:
        """The job ended: take in its last lines."""
        watched = self._watched.pop(job_id, None)
        if watched is not None:
            self._read(watched)

    def clear(self, active: ActiveRun) -> None:
        """The run ended and is recorded: its jobs' folders are not needed any more."""
        for step_run in active.step_runs.values():
            for folder in self._home.workspace(active.workspace.id).glob(f"jobs/{step_run.id}-*"):
                shutil.rmtree(folder, ignore_errors=True)

    def _read(self, watched: _Watched) -> bool:
        try:
            with watched.path.open("rb") as file:
                file.seek(watched.offset)
                text = file.read()
        except FileNotFoundError:
            return False
        complete = text.rpartition(b"\n")[0]  # a torn last line is read when it is whole
        if not complete:
            return False
        first, watched.offset = watched.line, watched.offset + len(complete) + 1
        lines = complete.split(b"\n")
        watched.line += len(lines)
        return self._take(watched.job, first, lines)

    def _take(self, job: Job, first: int, lines: list[bytes]) -> bool:
        base = int.from_bytes(hashlib.sha256(job.id.encode()).digest()[:4], "big") << _LINE_BITS
        canceled = False
        metrics: dict[str, list[tuple[int, Metric]]] = {}
        for number, line in enumerate(lines, start=first):
            try:
                said = _parse(line)
                if isinstance(said, MetricLogged):
                    metrics.setdefault(said.run_id, []).append((base + number, said.metric))
                elif isinstance(said, RunPatched):
                    self._records.patch_run(job.workspace.id, said.run_id, said.patch)
                else:
                    self._records.request_cancel(job.workspace.id, said.run_id)
                    canceled = True
            except LazuliteError:
                continue  # a script's bad line must not stop its run
        for run_id, numbered in metrics.items():
            self._add_metrics(job.workspace.id, run_id, numbered)
        return canceled

    def _add_metrics(self, workspace: str, run_id: str, numbered: list[tuple[int, Metric]]) -> None:
        try:
            self._records.run(workspace, run_id)  # a job can write to runs of its own workspace only
        except LazuliteError:
            return
        start = 0
        for index in range(1, len(numbered) + 1):
            if index == len(numbered) or numbered[index][0] != numbered[index - 1][0] + 1:
                self._records.add_metrics(
                    run_id, [metric for _, metric in numbered[start:index]], numbered[start][0]
                )
                start = index


def _parse(line: bytes) -> MetricLogged | RunPatched | CancelAsked:
    return loads(OutboxLine, line)  # type: ignore[arg-type]
