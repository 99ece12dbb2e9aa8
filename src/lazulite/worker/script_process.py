"""A script's process, however it was started: its pipes, how its end is noticed, and what it used."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

#: Bytes in the unit in which the system tells the peak of memory.
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Usage:
    """How a process ended: exit code (negative: the signal), seconds of CPU, bytes of memory at its peak."""

    code: int
    cpu_seconds: float
    peak_memory: int


@dataclass(frozen=True)
class ScriptProcess:
    """A process that runs in a group of its own, whose number is its pid.

    `stdout` and `stderr` are descriptors of the pipes' reading ends; `ending` one that is readable when the process has
    ended. Then `collect` tells how, once.
    """

    pid: int
    stdout: int
    stderr: int
    ending: int
    collect: Callable[[], Usage]
    owns_ending: bool = True

    def close(self) -> None:
        """Close the descriptors."""
        for descriptor in (self.stdout, self.stderr, *((self.ending,) if self.owns_ending else ())):
            os.close(descriptor)


def usage(status: int, cpu_seconds: float, peak: int) -> Usage:
    """Return how a process ended, from what `wait4` says."""
    return Usage(os.waitstatus_to_exitcode(status), cpu_seconds, peak * _PEAK_UNIT)


def of_child(process: subprocess.Popen[bytes], stdout: int, stderr: int) -> ScriptProcess:
    """Return a child of ours that was started with these pipes."""

    def collect() -> Usage:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # or it would be waited for once more
        return usage(status, used.ru_utime + used.ru_stime, used.ru_maxrss)

    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # kernels before 5.3
            return ScriptProcess(process.pid, stdout, stderr, os.pidfd_open(process.pid), collect)
    return _watched(process, stdout, stderr, collect)


def _watched(
    process: subprocess.Popen[bytes], stdout: int, stderr: int, collect: Callable[[], Usage]
) -> ScriptProcess:
    """Where a process cannot be waited for by a descriptor, a thread waits."""
    reader, writer = os.pipe()
    found: list[Usage] = []

    def wait() -> None:
        found.append(collect())
        os.close(writer)

    thread = threading.Thread(target=wait, name="script", daemon=True)
    thread.start()

    def collected() -> Usage:
        thread.join()
        return found[0]

    return ScriptProcess(process.pid, stdout, stderr, reader, collected)
