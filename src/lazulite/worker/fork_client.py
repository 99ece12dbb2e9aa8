"""One warm interpreter, seen from the worker: its process, what it says of itself, and scripts forked from it.

The program is `fork_server`; the words that the two exchange are there.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lazulite.worker.bounds import Bounds
from lazulite.worker.script_process import ScriptProcess, Usage, usage

_PROGRAM = str(Path(__file__).with_name("fork_server.py"))
_FORMAT = 2  # of marshal: what every version of Python understands
_START_SECONDS = 60.0  # modules that are loaded beforehand may take their time
_END_SECONDS = 5.0


class Unfit(Exception):
    """A script cannot, or should not, be forked; the text says why."""


@dataclass(frozen=True)
class Order:
    """A script to fork: in which folder, by which path, with which arguments and additional environment variables.

    `path` is the folder that stands first in `sys.path`.
    """

    folder: str
    argv: Sequence[str]
    file: str
    path: str
    variables: Mapping[str, str]
    bounds: Bounds


class WarmInterpreter:
    """One interpreter process that forks for each script; one script at a time."""

    def __init__(self, interpreter: str, variables: Mapping[str, str], modules: Sequence[str]) -> None:
        """Start it.

        Raises:
            Unfit: it cannot be started, or is not safe to fork.
        """
        self.modules = tuple(modules)
        self._ours, theirs = socket.socketpair()
        self._printed, printing = os.pipe()
        try:
            self._process = subprocess.Popen(
                [interpreter, _PROGRAM, str(theirs.fileno()), *modules],
                stdin=subprocess.DEVNULL,
                stdout=printing,
                stderr=printing,
                cwd="/",
                env=variables,
                pass_fds=[theirs.fileno()],
            )
        except (OSError, ValueError) as error:
            self._ours.close()
            os.close(self._printed)
            raise Unfit(f"{interpreter} could not be started beforehand: {error}") from error
        finally:
            theirs.close()
            os.close(printing)
        try:
            self._ours.settimeout(_START_SECONDS)
            self._greet(interpreter)
            self._ours.settimeout(None)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_current(self) -> bool:
        """Whether nothing was installed since it started, and it still lives."""
        return self._process.poll() is None and self._stamps == self._read_stamps()

    def hides(self, folder: str) -> str | None:
        """A module that lies beside a script in `folder` and that a loaded one would hide; None if there is none."""
        if not self._loaded:
            return None
        beside = {name.partition(".")[0] for name in os.listdir(folder)}
        return next(iter(sorted(beside & self._loaded)), None)

    def start(self, order: Order) -> ScriptProcess:
        """Fork for a script.

        Raises:
            OSError: the system refuses to fork, or the interpreter is gone.
        """
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        try:
            self._send(order, out_end, err_end)
            pid = self._started()
        except BaseException:
            os.close(out)
            os.close(err)
            raise
        finally:
            os.close(out_end)
            os.close(err_end)
        return ScriptProcess(
            pid, out, err, self._ours.fileno(), lambda: self._collect(pid), owns_ending=False
        )

    def close(self) -> None:
        """End it."""
        self._ours.close()
        os.close(self._printed)
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)

    def _greet(self, interpreter: str) -> None:
        try:
            said = self._answer()
        except (OSError, ValueError, EOFError) as error:
            words = self._words()
            raise Unfit(f"{interpreter} cannot be kept warm: {words or error}") from error
        self._path = [str(place) for place in said["path"]]
        self._stamps = self._read_stamps(interpreter)
        self._interpreter = interpreter
        self._loaded = frozenset(said["loaded"])
        words = self._words()
        if words:
            raise Unfit(f"{interpreter} prints something whenever it starts: {words}")
        if said["failed"]:
            raise Unfit(f"{interpreter} has no {', '.join(said['failed'])} to load beforehand")
        if said["threads"] != 1 and not self.modules:
            raise Unfit(f"{interpreter} starts threads of its own, which a fork would not have")

    def _read_stamps(self, interpreter: str | None = None) -> tuple[tuple[int, int], ...]:
        """What changes when a package is installed or the interpreter replaced."""
        return tuple(_stamp(place) for place in (interpreter or self._interpreter, *self._path))

    def _words(self) -> str:
        waiting = select.poll()
        waiting.register(self._printed, select.POLLIN)
        if not waiting.poll(0):
            return ""
        return os.read(self._printed, 1 << 12).decode(errors="replace").strip()

    def _send(self, order: Order, *pipes: int) -> None:
        data = marshal.dumps(
            {
                "folder": order.folder,
                "argv": list(order.argv),
                "file": order.file,
                "path": order.path,
                "variables": dict(order.variables),
                "cpus": list(order.bounds.cpus),
                "memory": order.bounds.memory,
            },
            _FORMAT,
        )
        message = len(data).to_bytes(4, "big") + data
        sent = socket.send_fds(self._ours, [message], pipes)
        self._ours.sendall(message[sent:])

    def _answer(self) -> Any:
        length = int.from_bytes(self._read(4), "big")
        return marshal.loads(self._read(length))  # noqa: S302 - written by our own program

    def _started(self) -> int:
        pid, number = self._answer()
        if not pid:
            raise OSError(number, os.strerror(number))
        return int(pid)

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._ours.recv(count - len(data))
            if not part:
                raise ConnectionResetError(f"the warm interpreter {self._process.pid} ended")
            data += part
        return data

    def _collect(self, pid: int) -> Usage:
        try:
            status, seconds, peak = self._answer()
        except OSError:  # it was killed; its child is ours now
            return _collect_orphan(pid)
        return usage(status, seconds, peak)


def _collect_orphan(pid: int) -> Usage:
    """End and reap a script whose interpreter died: its group is unharmed, but who forked it cannot tell its end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, 9)
    try:
        _, status, used = os.wait4(pid, 0)
    except ChildProcessError:  # nobody may ask for it (not on Linux, where it becomes our child)
        return Usage(-9, 0.0, 0)
    return usage(status, used.ru_utime + used.ru_stime, used.ru_maxrss)


def _stamp(place: str) -> tuple[int, int]:
    try:
        found = os.stat(place)
    except OSError:
        return (0, 0)
    return (found.st_ino, found.st_mtime_ns)


def is_possible() -> bool:
    """Whether this system forks safely: elsewhere its own libraries may hold threads and locks."""
    return sys.platform == "linux"
