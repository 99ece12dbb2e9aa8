"""`python -m lazulite.engine HOME`: the engine's process. Started on demand; stops itself when there is nothing to do."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from datetime import datetime, timezone

from lazulite import __version__
from lazulite.engine import process
from lazulite.engine.driver import Driver
from lazulite.engine.layout import Home
from lazulite.records.database import open_records

#: Seconds without work after which the engine stops; the next call starts it again.
IDLE_SECONDS = float(os.environ.get("LAZULITE_ENGINE_IDLE_SECONDS", "900"))


def log(text: str) -> None:
    """Write one entry to the engine's log (its standard error)."""
    print(
        f"{datetime.now(timezone.utc).isoformat(timespec='milliseconds')} {text}", file=sys.stderr, flush=True
    )


def main(location: str) -> int:
    """Serve the home at `location` until idle or stopped; 0 also if another engine serves it already."""
    home = process.home_of(location)
    while True:
        with process.lease(home) as free:
            if not free:
                return 0
            stopped = _serve(home)
        # Work may have come between the decision to stop and giving the lease back.
        if stopped or not open_records(home.root).active_pipeline_runs():
            return 0


def _serve(home: Home) -> bool:
    """Work until idle (False) or told to stop (True)."""
    about = {"pid": os.getpid(), "version": __version__, "started_at": datetime.now(timezone.utc).isoformat()}
    home.about.write_text(json.dumps(about))
    records = open_records(home.root)
    driver = Driver(home, records, log, IDLE_SECONDS)
    stopped = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        stopped.set()
        driver.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    _listen(home, driver)
    log(f"engine {__version__} started, process {os.getpid()}")
    try:
        driver.run()
    finally:
        records.close()
        log("engine stopped")
    return stopped.is_set()


def _listen(home: Home, driver: Driver) -> None:
    """Turn bytes on the named pipe into wake-ups, on a thread."""
    if not home.wake.exists():
        os.mkfifo(home.wake, 0o600)
    pipe = os.open(home.wake, os.O_RDWR)  # open for writing too, so that it never reads end-of-file

    def listen() -> None:
        while os.read(pipe, 4096):
            driver.wake()
            time.sleep(0.002)  # a burst of submitters is one wake-up

    threading.Thread(target=listen, daemon=True, name="wake").start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
