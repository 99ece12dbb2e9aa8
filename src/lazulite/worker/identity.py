"""Which process is meant: a pid alone may belong to another process later, or after a reboot.

On Linux the kernel's own start counter and the id of the boot are used, because start times that are computed from
the clock change when the clock is set; elsewhere psutil's start time.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
#: Positions in /proc/<pid>/stat behind the program's name, which may itself hold spaces and brackets.
_STATE, _START = 0, 19


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, ever: `born` differs between all processes that have or had the same pid."""

    pid: int
    born: str


def current() -> ProcessIdentity:
    """Return the identity of the calling process."""
    return _of_running(os.getpid())


@cache
def _of_running(pid: int) -> ProcessIdentity:
    found = identity_of(pid)
    if found is None:  # pragma: no cover - a process that runs exists
        raise ProcessLookupError(pid)
    return found


def identity_of(pid: int) -> ProcessIdentity | None:
    """Return the identity of the process that has this pid now; None if there is none, or only its zombie."""
    boot = _boot_id()
    born = _born_linux(pid, boot) if boot else _born_elsewhere(pid)
    return ProcessIdentity(pid, born) if born else None


def is_alive(identity: ProcessIdentity) -> bool:
    """Return whether exactly this process still runs."""
    return identity_of(identity.pid) == identity


def is_of_this_boot(identity: ProcessIdentity) -> bool:
    """Return whether the process ran since the machine was started last, so that its pid means something."""
    boot = _boot_id()
    if boot:
        return identity.born.startswith(f"{boot}:")
    import psutil

    try:
        return float(identity.born) >= psutil.boot_time()
    except ValueError:
        return False


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def _born_linux(pid: int, boot: str) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[_STATE] in "ZX" else f"{boot}:{fields[_START]}"


def _born_elsewhere(pid: int) -> str | None:
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return repr(process.create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:  # a process of another user: not one of ours
        return "denied"
