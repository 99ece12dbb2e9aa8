"""Running programs and measuring them: wall time, and the processor time of a program with all it waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

#: Not passed on: they would change how fast Python starts, or which system Lazulite works on.
_NOT_PASSED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH", "PYTHONHASHSEED", "VIRTUAL_ENV")
_TAIL = 800


@dataclass(frozen=True)
class Ended:
    """How a program ended: seconds of wall and processor time (user + system, children included), and its last words."""

    wall: float
    cpu: float
    code: int
    timed_out: bool
    tail: str

    @property
    def failure(self) -> str:
        """What went wrong, in a line; empty if nothing did."""
        if self.timed_out or self.code == 0:
            return ""
        return f"exit code {self.code}: {' '.join(self.tail.split())[-200:]}"


def environment(**added: str) -> dict[str, str]:
    """Return this process's environment without what would disturb a measurement, and with `added`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_PASSED and not name.startswith(("LAZULITE_", "AZUREML_", "AML_"))
    }
    return {**kept, **added}


def run(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], limit: float, log: Path | None = None
) -> Ended:
    """Run a program to its end, or end it with all its processes after `limit` seconds.

    Args:
        command: Program and arguments.
        folder: Where it runs.
        variables: Its whole environment.
        limit: Seconds.
        log: The file that takes its output; without it `program.log` in the folder.
    """
    log = log or folder / "program.log"
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        expired = threading.Event()
        timer = threading.Timer(limit, _end, (process.pid, expired))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _end(process.pid, expired)
            os.wait4(process.pid, 0)
            raise
        finally:
            wall = time.perf_counter() - started
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    tail = log.read_bytes()[-_TAIL:].decode(errors="replace")
    return Ended(wall, usage.ru_utime + usage.ru_stime, process.returncode, expired.is_set(), tail)


def _end(pid: int, expired: threading.Event) -> None:
    expired.set()
    try:
        found = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in reversed(found):
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
