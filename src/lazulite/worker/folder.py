"""The files of a job's folder, which are the truth about it.

job.json       the `Job`, written by the compute backend before anything else
started        the process that runs the job, written once, so that a job never runs twice; then a line for each stage
work/          the staged snapshot, the script's working directory
inputs/        copies of inputs that are downloaded
outputs/       what the script writes for outputs that are uploaded
outbox.jsonl   what the script logged
worker.log     what the job's process itself printed: empty unless the worker has a bug
result.json    the `Outcome`; written last
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from lazulite.model import codec
from lazulite.model.job import Job, Outcome
from lazulite.model.run import RunStatus
from lazulite.worker.identity import ProcessIdentity

_DURABLE_SECONDS = 1.0


class JobFolder:
    """Names, reads and writes the files of one job's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.work = path / "work"
        self.inputs = path / "inputs"
        self.outputs = path / "outputs"
        self.outbox = path / "outbox.jsonl"
        self.log = path / "worker.log"
        self._job = path / "job.json"
        self._started = path / "started"
        self._result = path / "result.json"

    def write_job(self, job: Job) -> None:
        """Create the folder, private to its owner, and write the job into it, for who is told of it afterwards."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._job, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(codec.dumps(job))

    def job(self) -> Job:
        """Return the job this folder belongs to.

        Raises:
            OSError: there is no `job.json`.
            Corrupt: it is not a job.
        """
        return codec.loads(Job, self._job.read_bytes())

    def claim(self, process: ProcessIdentity) -> bool:
        """Record that `process` runs the job. False: another process did so before, and this one must not."""
        try:
            descriptor = os.open(self._started, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            return False
        try:
            os.write(descriptor, f"{codec.dumps(process)}\n".encode())
        finally:
            os.close(descriptor)
        return True

    def started(self) -> ProcessIdentity | None:
        """Return the process that runs or ran the job; None if it never started."""
        text = _read(self._started)
        if text is None:
            return None
        line, newline, _ = text.partition(b"\n")
        # Cut short, it is of a process that died over it, or is about to write it.
        return codec.loads(ProcessIdentity, line) if newline else ProcessIdentity(0, "")

    def write_stage(self, stage: RunStatus) -> None:
        """Add the stage that the job is in now."""
        descriptor = os.open(self._started, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            os.write(descriptor, f"{stage.value}\n".encode())
        finally:
            os.close(descriptor)

    def stage(self) -> RunStatus | None:
        """Return the stage the job was in last; None if it never started (or a power cut took the word)."""
        lines = (_read(self._started) or b"").splitlines()
        try:
            return RunStatus(lines[-1].decode()) if len(lines) > 1 else None
        except ValueError:
            return None

    def write_result(self, outcome: Outcome) -> None:
        """Write the outcome: it is never there in part.

        One that took a while to get is made to survive the machine; another one is sooner made again than that.
        """
        took = (outcome.ended_at - outcome.started_at).total_seconds()
        _write(self._result, codec.dumps(outcome), durable=took >= _DURABLE_SECONDS)

    def has_result(self) -> bool:
        """Return whether the job has ended."""
        return self._result.exists()

    def result(self) -> Outcome | None:
        """Return the outcome; None while the job has not ended.

        Raises:
            Corrupt: the file is not an outcome.
        """
        text = _read(self._result)
        return None if text is None else codec.loads(Outcome, text)


def remove_tree(path: str) -> None:
    """Remove a folder and what is in it, links not followed; what cannot be removed stays."""
    try:
        with os.scandir(path) as entries:
            found = list(entries)
    except FileNotFoundError:
        return
    except OSError:  # it is a file, or may not be read: what can be done about that is done there
        shutil.rmtree(path, ignore_errors=True)
        return
    for entry in found:
        with contextlib.suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                os.unlink(entry.path)
    with contextlib.suppress(OSError):
        os.rmdir(path)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, text: str, *, durable: bool) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
