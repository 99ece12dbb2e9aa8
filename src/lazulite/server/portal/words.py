"""How values read on a page: durations, sizes, times, statuses. They become filters and globals of the templates."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from lazulite.model import amounts
from lazulite.model.run import Run, RunStatus

#: Stands for a value that does not exist.
NONE = "–"
_SPANS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_NOW_SECONDS = 5

#: Status → the name of its icon and of its colour; a colour alone says nothing to one reader in twelve.
_LOOKS = {
    RunStatus.COMPLETED: ("done", "good"),
    RunStatus.FAILED: ("failed", "bad"),
    RunStatus.CANCELED: ("canceled", "off"),
    RunStatus.BYPASSED: ("skipped", "off"),
    RunStatus.CANCEL_REQUESTED: ("canceled", "warn"),
    RunStatus.RUNNING: ("running", "live"),
    RunStatus.PREPARING: ("preparing", "live"),
    RunStatus.FINALIZING: ("running", "live"),
    RunStatus.QUEUED: ("queued", "wait"),
    RunStatus.NOT_STARTED: ("waiting", "wait"),
}
_SPELT = {RunStatus.NOT_STARTED: "Not started", RunStatus.CANCEL_REQUESTED: "Canceling"}


def status_icon(status: RunStatus) -> str:
    """The icon of a status (a symbol of icons.svg.html)."""
    return _LOOKS[status][0]


def status_tone(status: RunStatus) -> str:
    """The colour of a status: good, bad, warn, live, wait or off."""
    return _LOOKS[status][1]


def status_word(status: RunStatus) -> str:
    """The word of a status, as people read it."""
    return _SPELT.get(status, status.value)


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(timezone.utc)


def ago(at: datetime) -> str:
    """A moment as it is told: `just now`, `3 min ago`, `in 2 h`."""
    seconds = (now() - at).total_seconds()
    if abs(seconds) < _NOW_SECONDS:
        return "just now"
    size, unit = next((size, unit) for size, unit in _SPANS if abs(seconds) >= size)
    count = round(abs(seconds) // size)
    return f"{count} {unit} ago" if seconds > 0 else f"in {count} {unit}"


def absolute(at: datetime) -> str:
    """A moment with its zone. In a browser with JavaScript it becomes the reader's own zone."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(at: datetime) -> str:
    """A moment for programs."""
    return at.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_of(run: Run) -> float | None:
    """How long a run took (or takes until now), from being submitted; None if it never started and has ended."""
    return max(0.0, ((run.ended_at or now()) - run.created_at).total_seconds())


def duration(seconds: float | timedelta | None) -> str:
    """A duration for people; a dash where there is none."""
    if seconds is None:
        return NONE
    return amounts.duration(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)


def number(value: float) -> str:
    """A measured value, short: six significant digits at most."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def title_of(run: Run) -> str:
    """What a run is called: its display name, else `experiment #3`; of a step run, its step."""
    if run.display_name:
        return run.display_name
    return f"{run.experiment} #{run.number}" if run.number else run.name or run.id[:8]
