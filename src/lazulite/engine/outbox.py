"""Taking in what running scripts say: metrics, tags, cancellations.

A job appends lines to its outbox file. Each line gets a number made of its job and its place, under which the records
take it once however often it is read; so nothing has to be remembered across a crash of the engine. Of many jobs in
flight only those are read whose scripts run: the others have nothing to say, and most scripts do not either.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lazulite.model.codec import loads
from lazulite.model.errors import Corrupt, LazuliteError, ServiceUnavailable, StorageError
from lazulite.model.job import Job
from lazulite.model.outbox import CancelAsked, MetricLogged, OutboxLine, RunPatched
from lazulite.model.run import Metric
from lazulite.records.records import Records

#: Lines one job may write; the bits above hold a hash of the job, so that steps logging to one parent do not collide.
_LINE_BITS, _JOB_BITS = 24, 39
#: Bytes taken in at once, so that a script that logs much does not fill the engine's memory.
_PIECE = 4 << 20


#: Trouble of the records that passes.
_PASSING = (ServiceUnavailable, StorageError)


@dataclass
class _Outbox:
    job: str
    pipeline_run: str
    workspace: str
    path: str
    offset: int = 0
    line: int = 0


@dataclass(frozen=True)
class _Taken:
    """What one reading found: whether something asked to cancel, and whether there may be more lines already."""

    canceled: bool = False
    more: bool = False


class Outboxes:
    """The outboxes of all jobs in flight."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._expected: dict[str, _Outbox] = {}
        self._watched: set[str] = set()

    def expect(self, job: Job) -> None:
        """Be ready to read the job's outbox, from its beginning."""
        path = f"{job.folder}/outbox.jsonl"
        self._expected[job.id] = _Outbox(job.id, job.pipeline_run_id, job.workspace.id, path)

    def watch(self, job_id: str) -> None:
        """Start reading: the script of a job that is expected runs."""
        if job_id in self._expected:
            self._watched.add(job_id)

    def pump(self) -> bool:
        """Take in some of the new lines. True if one of them asked to cancel something."""
        asked = False
        for job_id in self._watched:
            with contextlib.suppress(*_PASSING):  # the lines are still there the next time
                asked = self._read(self._expected[job_id]).canceled or asked
        return asked

    def finish(self, job_id: str) -> None:
        """The job ended: take in its last lines.

        Raises:
            ServiceUnavailable, StorageError: the records cannot be written now; the lines are still there.
        """
        outbox = self._expected.get(job_id)
        if outbox is not None:
            while self._read(outbox).more:
                pass
            self.unwatch(job_id)

    def forget(self, job_id: str) -> None:
        """The job is lost and will be tried again: forget the metrics it logged, to its run and to others."""
        outbox = self._expected.get(job_id)
        if outbox is not None:
            self.unwatch(job_id)
            self._records.forget_metrics(outbox.pipeline_run, _numbers(job_id))

    def unwatch(self, job_id: str) -> None:
        """Stop reading; whoever watches the job again begins at its beginning."""
        self._expected.pop(job_id, None)
        self._watched.discard(job_id)

    def _read(self, outbox: _Outbox) -> _Taken:
        """Take in the next piece. A torn last line is read when it is whole; one too long for a piece is skipped."""
        try:
            with open(outbox.path, "rb") as file:  # noqa: PTH123 - for each job, most of which have none
                file.seek(outbox.offset)
                text = file.read(_PIECE)
        except OSError:  # not there yet; or the script put something else in its place, which is its own loss
            return _Taken()
        whole, newline, _ = text.rpartition(b"\n")
        if not newline:
            if len(text) == _PIECE:
                outbox.offset += len(text)  # the rest of it will be no record either
            return _Taken(more=len(text) == _PIECE)
        lines = whole.split(b"\n")
        canceled = self._take(outbox, outbox.line, lines)
        outbox.offset += len(whole) + 1
        outbox.line += len(lines)
        return _Taken(canceled, more=len(text) == _PIECE)

    def _take(self, outbox: _Outbox, first: int, lines: list[bytes]) -> bool:
        numbers = _numbers(outbox.job)
        workspace = outbox.workspace
        canceled = False
        metrics: dict[str, list[tuple[int, Metric]]] = {}
        for number, line in enumerate(lines, start=numbers.start + first):
            said = _parsed(line)
            if isinstance(said, MetricLogged) and number in numbers:
                metrics.setdefault(said.run_id, []).append((number, said.metric))
            elif isinstance(said, RunPatched):
                _done(self._records.patch_run, workspace, said.run_id, said.patch)
            elif isinstance(said, CancelAsked):
                canceled = _done(self._records.request_cancel, workspace, said.run_id) or canceled
        for run_id, numbered in metrics.items():
            if _done(
                self._records.run, workspace, run_id
            ):  # a job can write to runs of its own workspace only
                self._add_metrics(run_id, numbered)
        return canceled

    def _add_metrics(self, run_id: str, numbered: list[tuple[int, Metric]]) -> None:
        for consecutive in _stretches(numbered):
            metrics = [metric for _, metric in consecutive]
            if not _done(self._records.add_metrics, run_id, metrics, consecutive[0][0]):
                for number, metric in consecutive:  # one of them cannot be recorded: the others can
                    _done(self._records.add_metrics, run_id, [metric], number)


def _done(action: Callable[..., object], *arguments: object) -> bool:
    """Do it, unless it cannot be done: a script's bad line must not stop its run, nor hide the other lines.

    Raises:
        ServiceUnavailable, StorageError: it could be done another time.
    """
    try:
        action(*arguments)
    except _PASSING:
        raise
    except LazuliteError:
        return False
    return True


def _numbers(job_id: str) -> range:
    """The numbers of a job's lines."""
    digest = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:8], "big")
    first = digest >> (64 - _JOB_BITS) << _LINE_BITS
    return range(first, first + (1 << _LINE_BITS))


def _stretches(numbered: list[tuple[int, Metric]]) -> Iterator[list[tuple[int, Metric]]]:
    """Cut at gaps in the numbers."""
    start = 0
    for index in range(1, len(numbered) + 1):
        if index == len(numbered) or numbered[index][0] != numbered[index - 1][0] + 1:
            yield numbered[start:index]
            start = index


def _parsed(line: bytes) -> MetricLogged | RunPatched | CancelAsked | None:
    try:
        return loads(OutboxLine, line)  # type: ignore[arg-type]
    except (Corrupt, RecursionError):
        return None
