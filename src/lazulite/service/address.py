"""Where the system answers over HTTP: `ensure` makes sure that something does, without anything started by hand.

What listens first is the *door* (`lazulite/server/door.py`): a process that does nothing but hold a socket, and starts
the server when somebody comes. Here the socket is made, on the port of last time if that is free, so that yesterday's
links open; whoever connects from then on waits for the door at most. So the caller need not: starting costs it the time
to start a process, and asking again that of reading a small file.

As with the engine, the lease is a lock on a file. The process that makes the socket takes it and hands both on.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import lazulite
from lazulite import __version__
from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.model.errors import Conflict, ServiceUnavailable

#: `off`: no server is started on demand, and links open the files of a run.
ENV_SERVER = "LAZULITE_SERVER"
_OFF = frozenset({"off", "no", "0", "false"})
_HOST = "127.0.0.1"
_BACKLOG = 512
DOOR = Path(lazulite.__file__).with_name("server") / "door.py"
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.002


@dataclass(frozen=True)
class Listening:
    """What `server.json` says. `kind` is "door" (started on demand) or "serve" (by somebody); `pid` 0: just starting."""

    url: str
    pid: int = 0
    version: str = __version__
    kind: str = "door"
    started_at: str = ""


def home_at(location: str) -> Home:
    """The home at a location."""
    return process.home_of(location)


def is_off() -> bool:
    """Whether no server is wanted."""
    return os.environ.get(ENV_SERVER, "").strip().lower() in _OFF


def ensure(home: Home) -> str:
    """Return the URL at which the system on `home` answers, seeing to it that something listens; "" if switched off.

    Raises:
        ServiceUnavailable: nothing listens and nothing could be started.
    """
    if is_off():
        return ""
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        with _lock(home) as lock:
            if lock is not None:
                return _open_door(home, lock)
        said = _said(home)
        if said is None or not _is_there(
            said.pid
        ):  # another process is just making the door, or one was just killed
            time.sleep(_POLL_SECONDS)
        elif said.kind == "door" and said.version != __version__:
            stop(home)  # the next server has the same port; what is open there is asked for again
        else:
            return said.url
    raise ServiceUnavailable(
        f"The server of {home.root} does not say where it listens. See {home.server_log}."
    )


def about(home: Home) -> Listening | None:
    """What listens for the home; None if nothing does."""
    try:
        descriptor = os.open(home.server_lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Shared, so that who only asks does not look like who listens.
        return None if process.locked(descriptor, fcntl.LOCK_SH) else _said(home)
    finally:
        os.close(descriptor)


def stop(home: Home, seconds: float = _STOP_SECONDS) -> bool:
    """Stop what listens for the home and wait for it; True if something did.

    What somebody started by `lazulite serve` is left alone: whoever started it stops it.

    Raises:
        ServiceUnavailable: it did not stop in time.
    """
    deadline = time.monotonic() + seconds
    asked = 0
    while (living := about(home)) is not None:
        if living.kind != "door":
            return False
        if living.pid and living.pid != asked:
            asked = living.pid
            with contextlib.suppress(ProcessLookupError):  # killed; its server ends with it
                os.kill(asked, signal.SIGTERM)
        if time.monotonic() > deadline:
            raise ServiceUnavailable(
                f"The server of {home.root} (process {asked}) did not stop within {seconds:g} s."
            )
        time.sleep(_POLL_SECONDS)
    return asked > 0


@contextlib.contextmanager
def taken_over(home: Home) -> Iterator[int]:
    """Inside the block the home's lease is ours, as an open file to pass on; a door that had it has stopped.

    Raises:
        Conflict: a server that somebody started has it.
    """
    while True:
        stop(home)
        with _lock(home) as lock:
            if lock is not None:
                yield lock
                return
        living = about(home)
        if living is not None and living.kind != "door":
            raise Conflict(
                f"{home.root} is served already: at {living.url}, by process {living.pid}. To let it take up another "
                f"configuration or version without an interruption: kill -HUP {living.pid}."
            )


def announce(home: Home, listening: Listening) -> None:
    """Write down what listens, for `about` and `ensure`. It has the lock."""
    new = home.server_about.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    started = listening.started_at or datetime.now(timezone.utc).isoformat()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(replace(listening, started_at=started))))
    new.replace(home.server_about)


@contextlib.contextmanager
def _lock(home: Home) -> Iterator[int | None]:
    """The home's lock, as an open file, if nobody has it."""
    try:
        descriptor = os.open(home.server_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ServiceUnavailable(
            f"The home folder {home.root} cannot be used for a server ({error.strerror})."
        ) from error
    try:
        while not (free := process.locked(descriptor, fcntl.LOCK_EX)) and process.locked(
            descriptor, fcntl.LOCK_SH
        ):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # somebody asked at this moment
            time.sleep(random.uniform(0.0, _POLL_SECONDS))  # noqa: S311 - so that two who start do not keep step
        yield descriptor if free else None
    finally:
        os.close(descriptor)


def _is_there(pid: int) -> bool:
    """Whether the process lives; 0 is one that has not said its number yet."""
    if not pid:
        return True
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True


def _said(home: Home) -> Listening | None:
    try:
        data = json.loads(home.server_about.read_text(encoding="utf-8"))
        return Listening(
            str(data["url"]),
            int(data["pid"]),
            str(data["version"]),
            str(data["kind"]),
            str(data["started_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _open_door(home: Home, lock: int) -> str:
    last = _said(home)
    home.server_about.unlink(missing_ok=True)  # whoever comes now waits for the new one
    try:
        with _listener(_port(last)) as listener:
            url = f"http://{_HOST}:{listener.getsockname()[1]}"
            announce(home, Listening(url))
            _start(home, lock, listener.fileno())
    except OSError as error:
        if last is not None:
            announce(home, last)  # its port is to be tried again
        raise ServiceUnavailable(f"No server can be started for {home.root} ({error}).") from error
    return url


def _port(last: Listening | None) -> int:
    given = last.url.rpartition(":")[2] if last else ""
    return int(given) if given.isdecimal() else 0


def _listener(port: int) -> socket.socket:
    """A listening socket on that port of this machine, or on any if it is not free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except (OSError, OverflowError):
            listener.bind((_HOST, 0))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _start(home: Home, lock: int, listener: int) -> None:
    with home.server_log.open("ab") as log:
        os.fchmod(log.fileno(), 0o600)
        starting = subprocess.Popen(
            # Without site-packages and what they run at the start: it is up in 10 ms and takes 8 MB.
            [sys.executable, "-I", "-S", str(DOOR), str(home.root), str(lock), str(listener), "door"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home.root,
            env=process.environment(),
            pass_fds=(lock, listener),
            start_new_session=True,
        )
    # It goes into the background at once, as nobody's child, and what was started here ends; but nobody waits for that.
    starting.returncode = 0  # of no interest, even if this program ends before it
    threading.Thread(target=os.waitpid, args=(starting.pid, 0), daemon=True, name="door").start()
