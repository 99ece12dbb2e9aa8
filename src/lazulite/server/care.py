"""A team's server sees to it that an engine lives while there is work for one: runs, and schedules that wait for their
time."""

from __future__ import annotations

import threading

from lazulite.api.service import Service
from lazulite.model.errors import LazuliteError

#: How often it is looked, in seconds.
EVERY_SECONDS = 15.0


def begin(service: Service) -> threading.Event:
    """Look now and again, on a thread, until the returned event is set."""
    ended = threading.Event()

    def work() -> None:
        while True:
            look(service)
            if ended.wait(EVERY_SECONDS):
                return

    threading.Thread(target=work, daemon=True, name="care").start()
    return ended


def look(service: Service) -> None:
    """Start an engine if there is work and none lives."""
    try:
        status = service.engine_status()
        if not status.running and (status.active_runs or status.active_schedules):
            service.start_engine()
    except LazuliteError as error:  # the database may be away for a while
        print(f"the engine could not be looked after: {error.message}", flush=True)
