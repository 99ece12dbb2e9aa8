"""Waiting for a run's events, and looking after the engine meanwhile.

Who waits shares the machine's cores with the steps it waits for. So it asks the database only whether anything changed,
which costs some microseconds, and less often the longer nothing does: news is late by a small part of the time it
took to come, and never by more than can be felt.
"""

from __future__ import annotations

import time

from lazulite.engine import process
from lazulite.engine.layout import Home
from lazulite.model.errors import ServiceUnavailable
from lazulite.model.events import Event
from lazulite.records.records import Records

#: How soon to look again: at first, at most, and between the two as a part of the time since the last news.
_SHORTEST, _LONGEST, _PART = 0.004, 0.05, 0.05
#: How soon to look whether an engine that was started lives, in seconds.
_POLL_SECONDS = 0.02
#: While somebody waits for news of an active run, the engine is looked after this often, in seconds.
_CARE_SECONDS = 2.0
#: How often in a row a dead engine is started again before the caller is told.
_REVIVALS = 3


def wait_for_events(
    home: Home,
    records: Records,
    workspace: str,
    run_id: str,
    after: int,
    wait_seconds: float,
    about: str | None = None,
) -> tuple[Event, ...]:
    """Return the events of a run after `after`; if there are none, wait for one up to `wait_seconds`.

    With `about`, only events about that run or step run count.

    Raises:
        ServiceUnavailable: the run is active, and the engine dies again and again.
    """
    began = cared = time.monotonic()
    deadline = began + wait_seconds
    seen: int | None = None
    while True:
        version = (
            records.data_version()
        )  # before the events, so that what comes between is seen the next time
        if version != seen:
            newest = records.last_event(run_id) if about else after
            events = records.events(run_id, after, about)
            if events:
                return events
            after = max(after, newest)  # what is about others is not looked through again
            seen = version
        now = time.monotonic()
        if now >= deadline:
            return ()
        if now - cared > _CARE_SECONDS:
            _care_for_engine(home, records, workspace, run_id)
            cared = now
        time.sleep(min(_LONGEST, max(_SHORTEST, (now - began) * _PART), deadline - now))


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
