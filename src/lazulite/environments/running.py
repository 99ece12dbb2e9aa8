"""Runs the installer: its lines go to the log as they come, and its last words are kept for the error."""

from __future__ import annotations

import collections
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lazulite.environments.masking import masked
from lazulite.environments.probe import child_environment

Log = Callable[[str], None]
_LAST_LINES = 60


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit status (negative: the signal) and its last lines, credentials masked."""

    status: int
    words: str


def run(
    argv: Sequence[str],
    log: Log,
    folder: Path,
    held: tuple[int, ...] = (),
    more: Mapping[str, str] | None = None,
) -> Ended:
    """Run a program to its end in `folder`, with stdout and stderr as one stream of lines to `log`.

    Args:
        held: File descriptors the program inherits. A lock among them stays locked until the program has ended, even
            if this process is killed before.
        more: Environment variables besides our own.
    """
    log("$ " + masked(shlex.join(argv)))
    try:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env={**child_environment(), **(more or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=held,
        )
    except OSError as error:
        return Ended(127, f"{argv[0]} cannot be started: {error}")
    last: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
    with process:
        for line in process.stdout or ():
            text = masked(line.rstrip())
            last.append(text)
            log(text)
    return Ended(process.returncode, "\n".join(last).strip("\n"))


def find_uv(interpreter: str) -> str | None:
    """Return the uv program: on PATH, beside the interpreter, beside our own, or in the installed package; or None.

    `LAZULITE_UV` names another one; set to the empty text it means: use none.
    """
    chosen = os.environ.get("LAZULITE_UV")
    if chosen is not None:
        return chosen or None
    on_path = shutil.which("uv")
    if on_path:
        return on_path
    import sys

    for python in (interpreter, sys.executable):
        beside = Path(python).parent / "uv"
        if os.access(beside, os.X_OK):
            return str(beside)
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        return None
