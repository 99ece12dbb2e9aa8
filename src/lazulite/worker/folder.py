"""The files of a job's folder, which are the truth about it.

job.json       the `Job`, where it is run by a program of its own
state          a line each: the process that runs the job (made once, so that a job never runs twice), the stages it
               reached, and last the `Outcome`
work/          the staged snapshot, the script's working directory
inputs/        copies of inputs that are downloaded
outputs/       what the script writes for outputs that are uploaded
outbox.jsonl   what the script logged
worker.log     what the job's process itself printed: empty unless the worker has a bug
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from lazulite.model import codec
from lazulite.model.job import Job, Outcome
from lazulite.model.run import RunStatus
from lazulite.worker.identity import ProcessIdentity

_RESULT = b"{"  # how the line of an outcome begins, and none of a stage
_DURABLE_SECONDS = 1.0
_SMALL_FILES, _SMALL_BYTES = 30, 1 << 18


class JobFolder:
    """Names, reads and writes the files of one job's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = f"{path}/state"
        self._open: int | None = None

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def inputs(self) -> Path:
        return self.path / "inputs"

    @property
    def outputs(self) -> Path:
        return self.path / "outputs"

    @property
    def outbox(self) -> Path:
        return self.path / "outbox.jsonl"

    @property
    def log(self) -> Path:
        return self.path / "worker.log"

    def make(self) -> None:
        """Create the folder, private to its owner."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write_job(self, job: Job) -> None:
        """Create the folder, private to its owner, and write the job into it, for who is told of it afterwards."""
        self.make()
        descriptor = os.open(
            self.path / "job.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(codec.dumps(job))

    def job(self) -> Job:
        """Return the job this folder belongs to.

        Raises:
            OSError: there is no `job.json`.
            Corrupt: it is not a job.
        """
        return codec.loads(Job, (self.path / "job.json").read_bytes())

    def claim(self, process: ProcessIdentity) -> bool:
        """Record that `process` runs the job, and keep the file open until `close`.

        False: another process did so before, and this one must not.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            self._open = os.open(self._state, flags, 0o600)
        except FileExistsError:
            return False
        except FileNotFoundError:
            self.make()
            return self.claim(process)
        self._append(codec.dumps(process))
        return True

    def close(self) -> None:
        """Close the file that `claim` opened."""
        if self._open is not None:
            os.close(self._open)
            self._open = None

    def started(self) -> ProcessIdentity | None:
        """Return the process that runs or ran the job; None if it never started."""
        text = _read(self._state)
        if text is None:
            return None
        line, newline, _ = text.partition(b"\n")
        # Cut short, it is of a process that died over it, or is about to write it.
        return codec.loads(ProcessIdentity, line) if newline else ProcessIdentity(0, "")

    def write_stage(self, stage: RunStatus) -> None:
        """Add the stage that the job is in now."""
        self._append(stage.value)

    def stage(self) -> RunStatus | None:
        """Return the stage the job was in last; None if it never started (or a power cut took the word)."""
        told = [line for line in self._lines() if not line.startswith(_RESULT)]
        try:
            return RunStatus(told[-1].decode()) if told else None
        except ValueError:
            return None

    def write_result(self, outcome: Outcome) -> None:
        """Write the outcome: it counts once its line is whole.

        One that took a while to get is made to survive the machine; another one is sooner made again than that.

        Raises:
            OSError: it cannot be written, or the script removed the job's folder.
        """
        if self._open is not None and not os.fstat(self._open).st_nlink:
            raise FileNotFoundError(
                errno.ENOENT, "The job's folder was removed while the job ran", self._state
            )
        took = (outcome.ended_at - outcome.started_at).total_seconds()
        self._append(codec.dumps(outcome), durable=took >= _DURABLE_SECONDS)

    def has_result(self) -> bool:
        """Return whether the job has ended."""
        return any(line.startswith(_RESULT) for line in self._lines()[-1:])

    def result(self) -> Outcome | None:
        """Return the outcome; None while the job has not ended.

        Raises:
            Corrupt: the line is not an outcome.
        """
        last = self._lines()[-1:]
        return codec.loads(Outcome, last[0]) if last and last[0].startswith(_RESULT) else None

    def _lines(self) -> list[bytes]:
        """The whole lines after the first."""
        return (_read(self._state) or b"").split(b"\n")[1:-1]

    def _append(self, line: str, *, durable: bool = False) -> None:
        descriptor = self._open
        if descriptor is None:
            descriptor = os.open(self._state, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            _write_line(descriptor, f"{line}\n".encode())
            if durable:
                os.fsync(descriptor)
        finally:
            if descriptor != self._open:
                os.close(descriptor)


def _write_line(descriptor: int, data: bytes) -> None:
    written = 0
    try:
        while written < len(data):
            written += os.write(descriptor, data[written:])
    except OSError:  # the disk is full: the next line shall not be taken for the rest of this one
        os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise


def is_small(path: Path) -> bool:
    """Return whether a folder holds only a few small files; not if it cannot be looked through."""
    try:
        return _is_small(str(path))
    except OSError:
        return False


def _is_small(folder: str) -> bool:
    files = size = 0
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    size += entry.stat(follow_symlinks=False).st_size
                files += 1
                if files > _SMALL_FILES or size > _SMALL_BYTES:
                    return False
    return True


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


def _read(path: str) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        return file.readall()
