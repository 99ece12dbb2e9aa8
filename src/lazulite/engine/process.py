"""The engine's process: whether one lives, starting one, ringing it, stopping it.

One engine serves one home folder. Its lease is a lock on `engine.lock`, which the operating system takes back the
moment the process dies, however it dies; so "is there an engine?" is never answered wrongly by a stale file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from lazulite import __version__
from lazulite.engine.layout import Home
from lazulite.model.errors import ServiceUnavailable, StorageError
from lazulite.model.outbox import ENV_DATABASE, SECRET_VARIABLES

_STOP_SECONDS = 15.0
#: A home folder inside a project is neither part of a step's snapshot nor of the project's repository.
#: What who starts an engine is known by. An engine needs none of it, and its jobs must not find it.
_NOT_FOR_ENGINES = tuple(name for name in SECRET_VARIABLES if name != ENV_DATABASE)
_IGNORE_FILES = (".amlignore", ".gitignore")


@dataclass(frozen=True)
class About:
    """What an engine says of itself in `engine.json`."""

    pid: int
    version: str
    started_at: datetime


@contextlib.contextmanager
def lease(home: Home) -> Iterator[bool]:
    """Hold the home's lock inside the block if it is free; yields whether it was.

    Whoever asks `is_alive` shares the lock for an instant. That keeps it from us, but does not make it an engine's:
    an engine's lock cannot be shared. So a lock that can is tried again, and one that cannot is given up at once.
    """
    descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not (free := locked(descriptor, fcntl.LOCK_EX)) and locked(descriptor, fcntl.LOCK_SH):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            time.sleep(random.uniform(0.0, 0.002))  # noqa: S311 - so that two who start do not keep step
        yield free
    finally:
        os.close(descriptor)


def locked(descriptor: int, kind: int) -> bool:
    """Lock an open file, without waiting (`fcntl.LOCK_EX` or `LOCK_SH`); whether it could be."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True


def is_alive(home: Home) -> bool:
    """Whether an engine lives on this home."""
    try:
        descriptor = os.open(home.lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who ask at once do not take each other for an engine.
        return not locked(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def about(home: Home) -> About | None:
    """What the living engine says of itself; None if there is none (or it is just starting)."""
    if not is_alive(home):
        return None
    try:
        data = json.loads(home.about.read_text())
        return About(int(data["pid"]), str(data["version"]), datetime.fromisoformat(data["started_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def announce(home: Home, pid: int) -> None:
    """Write down which process holds the lease, for `about`. Called by the engine, before anything slow."""
    said = {"pid": pid, "version": __version__, "started_at": datetime.now(timezone.utc).isoformat()}
    new = home.about.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(said))
    new.replace(home.about)


def ensure(home: Home) -> None:
    """See to it that an engine of this version lives, and that it looks at the records now.

    Raises:
        ServiceUnavailable: the process could not be started.
    """
    ensure_alive(home)
    ring(home)


def ensure_alive(home: Home) -> None:
    """See to it that an engine of this version lives, without disturbing it: there is no news yet.

    Raises:
        ServiceUnavailable: the process could not be started.
    """
    living = about(home)
    if living is not None and living.version != __version__:
        stop(home)  # nothing is lost: the new engine takes over what runs
    if not is_alive(home):
        if not home.root.is_dir():
            raise ServiceUnavailable(
                f"The home folder {home.root} is gone, and the engine with it (is its disk mounted?). "
                "Its runs cannot go on."
            )
        _spawn(home)


def ring(home: Home) -> None:
    """Tell the engine, if one lives, that there is news in the records."""
    with contextlib.suppress(OSError):  # no reader: the engine looks at the records when it starts
        descriptor = os.open(home.wake, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(descriptor, b"!")
        finally:
            os.close(descriptor)


def stop(home: Home, seconds: float = _STOP_SECONDS) -> bool:
    """Ask the engine to stop and wait for it; True if one lived. Jobs in flight go on.

    Raises:
        ServiceUnavailable: it did not stop in time.
    """
    living = about(home)
    if living is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(living.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while is_alive(home):
        if time.monotonic() > deadline:
            raise ServiceUnavailable(f"The engine (process {living.pid}) did not stop within {seconds:g} s.")
        time.sleep(0.02)
    return True


def last_words(home: Home, lines: int = 20) -> str:
    """The end of the engine's log."""
    try:
        return "\n".join(home.log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def prepare(home: Home) -> None:
    """Create the home folder for its owner only.

    Raises:
        StorageError: it cannot be created or written.
    """
    try:
        home.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home.root / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        for name in _IGNORE_FILES:
            if not (home.root / name).exists():
                (home.root / name).write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The home folder {home.root} cannot be used ({error.strerror}). "
            "Set LAZULITE_HOME to a folder that you may write to."
        ) from error


def environment() -> dict[str, str]:
    """The variables that a process of the system is started with: without those of a job around the starter, which
    must not reach other jobs through it."""
    found = {name: value for name, value in os.environ.items() if not name.startswith(("AZUREML_", "AML_"))}
    for name in ("LAZULITE_OUTBOX", "LAZULITE_ARTIFACTS", "LAZULITE_JOB", "PYTHONSTARTUP"):
        found.pop(name, None)
    return found


def _spawn(home: Home) -> None:
    try:
        with home.log.open("ab") as log:
            os.fchmod(log.fileno(), 0o600)
            # It detaches itself, so that it is nobody's child; we wait only until an engine holds the lease.
            subprocess.run(
                [sys.executable, "-m", "lazulite.engine", "--detach", str(home.root)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home.root,
                env={
                    name: value
                    for name, value in environment().items()
                    if not name.startswith(_NOT_FOR_ENGINES)
                },
                start_new_session=True,
                check=True,
            )
    except (OSError, subprocess.CalledProcessError) as error:
        words = last_words(home, 5)
        raise ServiceUnavailable(
            f"The engine could not be started with {sys.executable} ({error}). {words}"
        ) from error


def home_of(location: str) -> Home:
    """The home at a location, as an absolute path without symbolic links."""
    return Home(Path(location).expanduser().resolve())
