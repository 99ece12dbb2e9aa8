"""When each step of a run waited, was prepared, ran and was finalized; which steps the whole waited for.

All of it is read from the run's events: nothing else knows when a step became ready.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from lazulite.model.events import Event, EventKind
from lazulite.model.plan import Plan
from lazulite.model.run import Run, RunStatus

#: The parts of a step's time, in their order.
PHASES = ("queued", "preparing", "running", "finalizing")
_PHASE_OF = {
    RunStatus.QUEUED.value: "queued",
    RunStatus.PREPARING.value: "preparing",
    RunStatus.RUNNING.value: "running",
    RunStatus.FINALIZING.value: "finalizing",
    RunStatus.CANCEL_REQUESTED.value: "finalizing",
}
_ENDS = frozenset(status.value for status in RunStatus if status.is_terminal)
#: A median of so many earlier runs.
_PAST = 20


@dataclass(frozen=True)
class Span:
    """One part of a step's time; `lost` if its machine was lost at the end and the step was tried again."""

    phase: str
    start: datetime
    end: datetime
    attempt: int = 1
    lost: bool = False

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class Row:
    """One step's line: its spans, whether the whole run waited for it, and the median of its earlier runs in seconds."""

    run: Run
    spans: tuple[Span, ...]
    is_critical: bool = False
    median: float | None = None

    def seconds(self, phase: str) -> float:
        return sum(span.seconds for span in self.spans if span.phase == phase)


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis: where (0 … 1) and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Timeline:
    """The rows of a run between two moments."""

    start: datetime
    end: datetime
    rows: tuple[Row, ...]

    @property
    def seconds(self) -> float:
        return max((self.end - self.start).total_seconds(), 1e-3)

    def share(self, moment: datetime) -> float:
        """Where a moment lies, from 0 to 1."""
        return min(1.0, max(0.0, (moment - self.start).total_seconds() / self.seconds))

    @property
    def ticks(self) -> list[Tick]:
        distance = _round_step(self.seconds / 5)
        count = int(self.seconds / distance)
        return [Tick(n * distance / self.seconds, _clock(n * distance)) for n in range(count + 1)]


def timeline(
    run: Run,
    plan: Plan,
    steps: Sequence[Run],
    events: Iterable[Event],
    now: datetime,
    medians: Mapping[str, float],
) -> Timeline:
    """Return the timeline of a pipeline run.

    Args:
        run: The pipeline run.
        plan: Its plan.
        steps: Its step runs, in the order of the rows.
        events: All its events.
        now: Until when an unfinished step is drawn.
        medians: Seconds by step name, from `medians`.
    """
    by_subject: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_subject[event.subject].append(event)
    spans = {step.id: _spans(by_subject[step.id], now) for step in steps}
    critical = _critical_path(plan, steps)
    rows = tuple(Row(step, spans[step.id], step.id in critical, medians.get(step.name)) for step in steps)
    end = run.ended_at or now
    return Timeline(run.created_at, max(end, run.created_at + timedelta(milliseconds=1)), rows)


def medians(past: Iterable[Run]) -> dict[str, float]:
    """Return by step name the median of seconds that its latest completed runs took; reused ones did no work."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for step in past:
        is_work = step.status is RunStatus.COMPLETED and step.reused_run_id is None
        if is_work and step.started_at and step.ended_at and len(seconds[step.name]) < _PAST:
            seconds[step.name].append((step.ended_at - step.started_at).total_seconds())
    return {name: median(known) for name, known in seconds.items() if known}


def _spans(events: Sequence[Event], now: datetime) -> tuple[Span, ...]:
    spans: list[Span] = []
    phase, since, attempt = "", now, 1

    def close(at: datetime, *, lost: bool = False) -> None:
        if phase:
            spans.append(Span(phase, since, max(at, since), attempt, lost))

    for event in events:
        following = _following(event)
        if following is None:
            continue
        if event.kind is EventKind.LAUNCHED and phase == "queued":
            attempt = int(event.data.get("attempt", 1))
            continue  # it waits for a machine as it waited for the decision
        close(event.at, lost=event.kind is EventKind.LOST)
        phase, since = following, event.at
        attempt = int(event.data.get("attempt", attempt))
    close(now)
    return tuple(spans)


def _following(event: Event) -> str | None:
    """The phase that begins with an event; "" if the step has ended, None if nothing changes."""
    if event.kind is EventKind.DECIDED:
        return "queued" if event.data.get("verdict") != "reused" else None
    if event.kind in (EventKind.LAUNCHED, EventKind.LOST):
        return "queued"
    if event.kind is EventKind.STATUS:
        status = str(event.data.get("status"))
        return "" if status in _ENDS else _PHASE_OF.get(status)
    return None


def _critical_path(plan: Plan, steps: Sequence[Run]) -> frozenset[str]:
    """Ids of the steps that the end of the run waited for, one before the other."""
    by_node = {step.node: step for step in steps}
    worked = [step for step in steps if step.started_at]
    if not worked:
        return frozenset()
    before = {step.node: step.depends_on for step in plan.steps}
    path: set[str] = set()
    here: Run | None = max(worked, key=_ended)
    while here is not None:
        path.add(here.id)
        candidates = [by_node[node] for node in before.get(here.node or "", ()) if node in by_node]
        candidates = [step for step in candidates if step.started_at and step.id not in path]
        here = max(candidates, key=_ended) if candidates else None
    return frozenset(path)


def _ended(step: Run) -> tuple[bool, float]:
    """What has not ended comes last."""
    return (step.ended_at is None, step.ended_at.timestamp() if step.ended_at else 0.0)


def _round_step(seconds: float) -> float:
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400):
        if seconds <= step:
            return float(step) if seconds > 0.5 else _decimal_step(seconds)  # noqa: PLR2004
    return math.ceil(seconds / 86400) * 86400.0


def _decimal_step(seconds: float) -> float:
    power = 10.0 ** math.floor(math.log10(seconds))
    return next((factor * power for factor in (1, 2, 5) if seconds <= factor * power), 10 * power)


def _clock(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
