"""Ending processes: a script's group, what it left behind, and the session of a job whose process died.

Everything a script starts stays, unless it takes trouble, in the script's process group, and always (on Linux) below
the job's process, which adopts orphans. Both are looked at, so that a daemonised helper does not outlive its step.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from lazulite.worker.identity import ProcessIdentity, identity_of, is_of_this_boot

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
_STUCK = 10.0  # seconds after SIGKILL: what still is there hangs in the kernel, and nobody can help it


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent ends (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        _libc().prctl(_SUBREAPER, 1, 0, 0, 0)


@cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; return whether anybody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True


def children() -> frozenset[int]:
    """Return the pids of this process's children."""
    if not _has_children():
        return frozenset()
    with contextlib.suppress(OSError):  # Linux, unless it was built without: a fraction of what psutil needs
        return frozenset(
            int(pid)
            for task in os.listdir("/proc/self/task")
            for pid in _read(f"/proc/self/task/{task}/children").split()
        )
    import psutil

    return frozenset(child.pid for child in psutil.Process().children())


def _read(place: str) -> bytes:
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        parts = [os.read(descriptor, 1 << 16)]
        while parts[-1]:
            parts.append(os.read(descriptor, 1 << 16))
        return b"".join(parts)
    finally:
        os.close(descriptor)


class Leftovers:
    """What a script may leave behind: its process group, and children of ours that were not there before it.

    `kept` names those that are meant to stay; it is asked only where there are any.
    """

    def __init__(self, before: frozenset[int], kept: Callable[[], frozenset[int]] = frozenset[int]) -> None:
        self._before = before
        self._kept = kept

    def end(self, group: int, grace: float, meanwhile: Callable[[float], object]) -> int:
        """End them: asked politely, after `grace` seconds by force. Return how many there were, at least.

        `meanwhile(seconds)` is called while waiting, to go on reading what they print.
        """
        deadline = time.monotonic() + grace
        asked: set[int] = set()
        while True:
            found = self._find(group)
            late = time.monotonic() - deadline
            if not found or late > _STUCK:
                return len(asked)
            force = late >= 0
            for target in found - (frozenset() if force else frozenset(asked)):
                _kill(target, signal.SIGKILL if force else signal.SIGTERM)
            asked |= found
            meanwhile(0.02)

    def _find(self, group: int) -> frozenset[int]:
        """Return what is left: pids, and `-group` for the group."""
        _reap_group(group)
        found = {-group} if signal_group(group, 0) else set()
        new = {pid for pid in children() - self._before if not _reaped(pid) and _group_of(pid) != group}
        return frozenset(found | (new - self._kept() if new else new))


def end_children(spared: frozenset[int] = frozenset()) -> None:
    """Kill and reap every child of this process but the spared: what a job that is over left behind."""
    deadline = time.monotonic() + _STUCK
    while (found := [pid for pid in children() - spared if not _reaped(pid)]) and time.monotonic() < deadline:
        for pid in found:
            _kill(pid, signal.SIGKILL)
        time.sleep(0.005)  # killed ones leave us their own children


def end_session(leader: ProcessIdentity) -> int:
    """Kill what is left of the session of a job's process that died; return how many processes were killed.

    A pid is not given to a new process while a session of that number exists, so a living process with the leader's
    pid means that the session is gone.
    """
    now = identity_of(leader.pid)
    if (now is not None and now != leader) or not is_of_this_boot(leader):
        return 0
    import psutil

    killed = 0
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if pid not in (leader.pid, os.getpid()) and os.getsid(pid) == leader.pid:
                os.kill(pid, signal.SIGKILL)
                killed += 1
    return killed


def _kill(target: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(target, number)


def _has_children() -> bool:
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _reap_group(group: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-group, os.WNOHANG)[0]:
            pass


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return -1
