"""The files of a job's folder, which are the truth about it.

job.json       the `Job`, written by the compute backend before anything else
started        the identity of the job's process; written once, so that a job never runs twice
stage          the stage the job is in
work/          the staged snapshot, the script's working directory
inputs/        copies of inputs that are downloaded
outputs/       what the script writes for outputs that are uploaded
outbox.jsonl   what the script logged
worker.log     what the job's process itself printed: empty unless the worker has a bug
result.json    the `Outcome`; written last
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lazulite.model import codec
from lazulite.model.job import Job, Outcome
from lazulite.model.run import RunStatus
from lazulite.worker.identity import ProcessIdentity


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
        self._stage = path / "stage"
        self._result = path / "result.json"

    def write_job(self, job: Job) -> None:
        """Create the folder, private to its owner, and write the job into it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self._job, codec.dumps(job))  # after a power cut it is written again

    def job(self) -> Job:
        """Return the job this folder belongs to.

        Raises:
            OSError: there is no `job.json`.
            Corrupt: it is not a job.
        """
        return codec.loads(Job, self._job.read_bytes())

    def claim(self, process: ProcessIdentity) -> bool:
        """Record that `process` runs the job. False: another process did so before, and this one must not."""
        written = self._started.with_name(f"started.{secrets.token_hex(4)}")
        _write(written, codec.dumps(process), durable=True)
        try:
            os.link(written, self._started)
            _sync_folder(self.path)  # or the next engine would start the job again over what it left
        except FileExistsError:
            return False
        finally:
            written.unlink()
        return True

    def started(self) -> ProcessIdentity | None:
        """Return the process that runs or ran the job; None if it never started."""
        text = _read(self._started)
        return None if text is None else codec.loads(ProcessIdentity, text)

    def write_stage(self, stage: RunStatus) -> None:
        _write(self._stage, stage.value)

    def stage(self) -> RunStatus | None:
        """Return the stage the job was in last; None if it never started (or a power cut took the word)."""
        text = _read(self._stage)
        try:
            return None if text is None else RunStatus(text.decode())
        except ValueError:
            return None

    def write_result(self, outcome: Outcome) -> None:
        """Write the outcome, so that it survives the machine: it is never there in part."""
        _write(self._result, codec.dumps(outcome), durable=True)

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


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(path: Path, text: str, *, durable: bool = False) -> None:
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


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
