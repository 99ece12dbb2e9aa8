"""`python -m lazulite.engine [--detach] HOME`: the engine's process.

Started on demand; stops itself when there is nothing to do. With `--detach` it takes the lease and goes into the
background with it, before it imports anything large: whoever started it waits a few milliseconds, has no child to
look after, and can rely on it that an engine holds the lease now.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite import __version__
from lazulite.engine import process

if TYPE_CHECKING:
    import threading

    from lazulite.engine.driver import Driver
    from lazulite.engine.layout import Home

#: How long a busy thread keeps the others waiting, in seconds. A tenth of Python's own: the threads of an engine mostly
#: pass something on to each other, and each write to the database lets go of the interpreter and wants it back.
_SWITCH_SECONDS = 0.0005
#: How many new objects make Python look for garbage. A run of 10,000 steps is a million that all stay till its end, and
#: hardly anything here is garbage that is not freed at once.
_GARBAGE_EVERY = 50_000
#: Seconds without work after which the engine stops; the next call starts it again.
IDLE_SECONDS = 900.0
_WATCH_SECONDS = 0.5


def main(location: str, *, detach: bool = False) -> int:
    """Serve the home at `location` until idle or stopped; 0 also if another engine serves it already."""
    home = process.home_of(location)
    with process.lease(home) as free:
        if not free:
            return 0
        if detach:
            _detach(home)
        process.announce(home, os.getpid())
        stopped = _serve(home)
    if not stopped and _work_came(home):
        # As a new program, so that no thread of this one goes on listening.
        os.execv(sys.executable, [sys.executable, "-m", "lazulite.engine", str(home.root)])  # noqa: S606 - ourselves
    return 0


def _work_came(home: Home) -> bool:
    """Whether a run was submitted between the decision to stop and giving the lease back."""
    from lazulite.records.database import open_records

    records = open_records(home.root)
    try:
        return bool(records.active_pipeline_runs())
    finally:
        records.close()


def log(text: str) -> None:
    """Write one entry to the engine's log (its standard error)."""
    print(
        f"{datetime.now(timezone.utc).isoformat(timespec='milliseconds')} {text}", file=sys.stderr, flush=True
    )


def _serve(home: Home) -> bool:
    """Work until idle (False), or told to stop or the home is gone (True)."""
    import gc
    import signal
    import threading

    from lazulite.engine.driver import Driver
    from lazulite.records.database import open_records

    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.freeze()  # what is imported stays
    gc.set_threshold(_GARBAGE_EVERY, 20, 20)
    records = open_records(home.root)
    driver = Driver(home, records, log, _idle_seconds())
    stopped = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        stopped.set()
        driver.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    _listen(home, driver)
    _watch(home, driver, stopped)
    log(f"engine {__version__} started, process {os.getpid()}")
    try:
        driver.run()
    finally:
        records.close()
        log("engine stopped")
    return stopped.is_set()


def _idle_seconds() -> float:
    given = os.environ.get("LAZULITE_ENGINE_IDLE_SECONDS", "")
    try:
        return float(given) if given else IDLE_SECONDS
    except ValueError:
        log(f"LAZULITE_ENGINE_IDLE_SECONDS={given!r} is not a number of seconds; {IDLE_SECONDS:g} is used.")
        return IDLE_SECONDS


def _listen(home: Home, driver: Driver) -> None:
    """Turn bytes on the named pipe into wake-ups, on a thread."""
    import threading
    import time

    if not home.wake.exists():
        os.mkfifo(home.wake, 0o600)
    pipe = os.open(home.wake, os.O_RDWR)  # open for writing too, so that it never reads end-of-file

    def listen() -> None:
        while os.read(pipe, 4096):
            driver.wake()
            time.sleep(0.002)  # a burst of submitters is one wake-up

    threading.Thread(target=listen, daemon=True, name="wake").start()


def _watch(home: Home, driver: Driver, stopped: threading.Event) -> None:
    """Stop the engine when its home is removed, or another one is put in its place, on a thread.

    Without it the engine would write the removed folder anew, and run jobs that nobody can see or end.
    """
    import threading

    mine = home.lock.stat()

    def watch() -> None:
        while not stopped.wait(_WATCH_SECONDS):
            try:
                is_there = os.path.samestat(home.lock.stat(), mine)
            except OSError:
                is_there = False
            if not is_there:
                log(f"the home folder {home.root} is gone")
                stopped.set()
                driver.stop()

    threading.Thread(target=watch, daemon=True, name="watch").start()


def _detach(home: Home) -> None:
    """Go on as nobody's child. The process that was started ends here; the lock stays, since both share it."""
    child = os.fork()
    if child:
        process.announce(home, child)
        os._exit(0)
    os.setsid()
    os.umask(0o077)


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[-1])), detach=sys.argv[1:2] == ["--detach"]))
