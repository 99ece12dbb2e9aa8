"""Waiting for a run's events, and looking after the engine meanwhile."""

from __future__ import annotations

import time

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.model.errors import ServiceUnavailable
from lazulite.model.events import Event
from lazulite.records.records import Records

_POLL_SECONDS = 0.02
#: While somebody waits for news of an active run, the engine is looked after this often, in seconds.
_CARE_SECONDS = 2.0
#: How often in a row a dead engine is started again before the caller is told.
_REVIVALS = 3


def wait_for_events(
    home: Home, records: Records, workspace: str, run_id: str, after: int, wait_seconds: float
) -> tuple[Event, ...]:
    """Return the events of a run after `after`; if there are none, wait for one up to `wait_seconds`.

    Raises:
        ServiceUnavailable: the run is active, and the engine dies again and again.
    """
    deadline = time.monotonic() + wait_seconds
    cared = time.monotonic()
    while True:
        events = records.events(run_id, after)
        now = time.monotonic()
        if events or now >= deadline:
            return events
        if now - cared > _CARE_SECONDS:
            _care_for_engine(home, records, workspace, run_id)
            cared = now
        time.sleep(min(_POLL_SECONDS, max(0.0, deadline - now)))


def _care_for_engine(home: Home, records: Records, workspace: str, run_id: str) -> None:
    """Start a dead engine again; if it dies again and again, say why."""
    if records.run(workspace, run_id).status.is_terminal or process.is_alive(home):
        return
    for _ in range(_REVIVALS):
        process.ensure(home)
        deadline = time.monotonic() + _CARE_SECONDS
        while time.monotonic() < deadline:
            if process.about(home) is not None or records.run(workspace, run_id).status.is_terminal:
                return
            time.sleep(_POLL_SECONDS)
    raise ServiceUnavailable(
        f"The engine does not stay alive. The end of its log ({home.log}):\n{process.last_words(home)}"
    )
