"""Kept JVMs: finding one that fits, starting it, lending it to a step, ending all of a home.

A *holder* (`holder.py`) is a detached process that owns one JVM with its SparkContext. It is lent to one step at a time, so
that a step's jobs, its cores and Spark's pages are its own; steps that run at once have a JVM each.

    <home>/spark/<key>-<n>/    one holder: what it is started with (order.json), who it is and where it listens
                               (holder.json, for its owner's eyes only), what Spark said (spark.log), its files

This module needs no Spark: stopping, and sparing holders from what tidies up after jobs, ask it too.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lazulite.model.errors import ComputeUnavailable, EnvironmentFailed
from lazulite.worker.identity import ProcessIdentity, is_alive
from lazulite.worker.tasks.spark.needs import Needs

ENV_IDLE = "LAZULITE_SPARK_IDLE_SECONDS"
IDLE_SECONDS = 600.0
_MOST = 16  # holders of one key at once
_START_SECONDS = 300.0
_STOP_SECONDS = 10.0
_ABOUT, _ORDER, LOG = "holder.json", "order.json", "spark.log"
_PROGRAM = "lazulite.worker.tasks.spark.holder"
#: Variables of the step's own process: they must not reach the next step's.
_OF_A_JOB = ("AZUREML_", "AML_", "LAZULITE_", "PYSPARK_", "SPARK_")
#: Variables without which there may be no JVM, whoever sets them.
_OF_THE_MACHINE = ("PATH", "JAVA_HOME")

Say = Callable[[str], None]


@dataclass(frozen=True)
class About:
    """What a holder says of itself. `port` 0: it is starting; `is_lent`: a step has it."""

    pid: int
    born: str
    port: int = 0
    token: str = ""
    jvm: int = 0
    ui: str = ""
    is_lent: bool = False

    @property
    def lives(self) -> bool:
        return is_alive(ProcessIdentity(self.pid, self.born))


@dataclass
class Loan:
    """A JVM that is ours until `close`, or until this process ends.

    `port` and `secret` open its gateway for this loan alone; `ui` is the address of Spark's pages.
    """

    port: int
    secret: str
    ui: str
    jvm: int
    was_warm: bool
    log: Path
    connection: socket.socket

    def close(self) -> None:
        """Give it back; the holder ends the jobs that still run."""
        self.connection.close()


def borrow(home: Path, needs: Needs, idle_seconds: float, say: Say, private: Collection[str] = ()) -> Loan:
    """Return a JVM that fits, started if none is free.

    Args:
        home: The home folder.
        needs: What it must be started with.
        idle_seconds: How long it is kept when we are done; 0: not at all.
        say: Takes what is done, in words.
        private: Environment variables of the step, which those that get the JVM after it must not find.

    Raises:
        EnvironmentFailed: Spark does not start; the message has its last words.
        ComputeUnavailable: too many are busy.
    """
    for number in range(_MOST):
        folder = folder_of(home) / f"{needs.key}-{number}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder / "lock") as free:
            if not free:
                continue  # somebody starts one there
            about = read_about(folder)
            if about is None or not about.lives:
                about = _start(folder, needs, idle_seconds, say, private)
                return _ask(folder, about, idle_seconds, warm=False) or _not_free(folder)
            loan = _ask(folder, about, idle_seconds, warm=True) if about.port else None
            if loan is not None:
                return loan
    raise ComputeUnavailable(
        f"{_MOST} steps with these Spark settings run already. Try again when one is over."
    )


def folder_of(home: Path) -> Path:
    """Return where the holders of a home have their folders."""
    return home / "spark"


def read_about(folder: Path) -> About | None:
    """Return what a holder says of itself; None if there is none."""
    try:
        return About(**json.loads((folder / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_about(folder: Path, about: About) -> None:
    """Write it down for borrowers, readable by the owner only."""
    _write_private(folder / _ABOUT, json.dumps(asdict(about)))


def read_order(folder: Path) -> dict[str, Any]:
    """Return what a holder is to be started with: `conf`, `variables`, `idle_seconds`."""
    found: dict[str, Any] = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
    return found


def living(home: Path) -> list[About]:
    """Return the holders of a home that live."""
    try:
        folders = list(folder_of(home).iterdir())
    except OSError:
        return []
    return [about for about in map(read_about, folders) if about is not None and about.lives]


def stop_all(home: Path) -> int:
    """End the holders of a home, and wait for those that no step has; the others end with their step.

    Return how many there were.
    """
    found = living(home)
    for about in found:
        _signal(about, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    free = [about for about in found if about.port and not about.is_lent]
    while any(about.lives for about in free) and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(found)


def _signal(about: About, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(about.pid, number)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[bool]:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _start(folder: Path, needs: Needs, idle_seconds: float, say: Say, private: Collection[str]) -> About:
    say(f"Spark starts on {needs.master}, which takes a while the first time.")
    for part in ("tmp", "warehouse"):
        (folder / part).mkdir(mode=0o700, exist_ok=True)
    order = {
        "conf": needs.all_conf(folder),
        "variables": dict(needs.variables),
        "idle_seconds": idle_seconds,
    }
    _write_private(folder / _ORDER, json.dumps(order))
    ready, ready_end = os.pipe()
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        subprocess.run(  # it detaches itself
            [sys.executable, "-m", _PROGRAM, str(folder), str(ready_end)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=environment(needs, private),
            pass_fds=(ready_end,),
            start_new_session=True,
            check=True,
        )
        os.close(ready_end)
        ready_end = -1
        said = _wait(ready)
    finally:
        for descriptor in (ready, ready_end, log):
            if descriptor >= 0:
                os.close(descriptor)
    about = read_about(folder)
    if not said or about is None or not about.port:
        raise EnvironmentFailed(_why(folder))
    return about


def _wait(ready: int) -> bytes:
    """Wait until the holder says that it is ready, or ends."""
    waiting = select.poll()
    waiting.register(ready, select.POLLIN)
    return os.read(ready, 16) if waiting.poll(_START_SECONDS * 1000) else b""


def environment(needs: Needs, private: Collection[str]) -> dict[str, str]:
    """Return the variables of a JVM that serves several steps: those of the machine, and of its needs."""
    left_out = set(private) - {*_OF_THE_MACHINE}
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OF_A_JOB) and name not in left_out
    }
    kept = {name: os.environ[name] for name in ("SPARK_HOME",) if name in os.environ}
    return {**inherited, **kept, **needs.variables, "SPARK_LOCAL_IP": "127.0.0.1"}


def _why(folder: Path) -> str:
    try:
        lines = (folder / LOG).read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    text = "\n".join(lines)
    if "JAVA_HOME is not set" in text or "java: not found" in text or "java: No such file" in text:
        return (
            "Spark needs Java 17 or newer, and there is none (`java -version`). Install it, or set JAVA_HOME."
        )
    if "unresolved dependencies" in text or "UNRESOLVED DEPENDENCIES" in text:
        wanted = [line.strip(" :\t") for line in lines if "not found" in line]
        return (
            f"Maven libraries could not be fetched: {'; '.join(dict.fromkeys(wanted)) or 'see the log'}. "
            "Is the name right, and can this machine reach the repository? A jar that is here already can be given as "
            "a JarLibrary."
        )
    told = [line for line in lines if line.strip() and not line.startswith("\tat ")]
    return "Spark did not start. Its last words:\n" + "\n".join(told[-15:])


def _ask(folder: Path, about: About, idle_seconds: float, *, warm: bool) -> Loan | None:
    """Ask a holder for its JVM; None if it is lent already, or just ended."""
    try:
        connection = socket.create_connection(("127.0.0.1", about.port), timeout=60)
    except OSError:
        return None
    try:
        request = {"token": about.token, "idle_seconds": idle_seconds}
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as stream:
            answer = json.loads(stream.readline() or b"{}")
    except (OSError, ValueError):
        answer = {}
    if "port" not in answer:
        connection.close()
        return None
    connection.settimeout(None)
    return Loan(int(answer["port"]), answer["secret"], about.ui, about.jvm, warm, folder / LOG, connection)


def _not_free(folder: Path) -> Loan:
    raise EnvironmentFailed(_why(folder))


def _write_private(file: Path, text: str) -> None:
    new = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    new.replace(file)
