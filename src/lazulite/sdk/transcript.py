"""What watching a run prints: one line for each thing that happens, in v1's words where v1 had any."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from lazulite.model.events import Event, EventKind
from lazulite.model.reuse import REASONS
from lazulite.model.run import Run, RunStatus
from lazulite.sdk.terminal import is_terminal

if TYPE_CHECKING:
    from datetime import datetime

_COLOURS = {
    RunStatus.COMPLETED: "32",
    RunStatus.FAILED: "31",
    RunStatus.CANCELED: "33",
    RunStatus.BYPASSED: "33",
}
_REUSED = "36"
_SECONDS_PER_MINUTE = 60


class Transcript:
    """Prints the events and log lines of one pipeline run. Lines of steps that run at once never mix within a line.

    Args:
        out: Where to. Colours are used only if it is a terminal and NO_COLOR is not set.
        run: The pipeline run.
        steps: Its steps.
        only: Print what concerns this step run alone.
    """

    def __init__(self, out: TextIO, run: Run, steps: Sequence[Run], only: str | None = None) -> None:
        self._out = out
        self._run = run
        self._only = only
        self._labels = labels(steps)
        self._shown: dict[str, str] = {}
        self._active: set[str] = set()
        self._canceling = False
        wanted = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self._in_colour = wanted and is_terminal(out)

    def say(self, text: str = "", colour: str = "") -> None:
        """Print one line (or several, as they are)."""
        print(
            f"\033[{colour}m{text}\033[0m" if colour and self._in_colour else text, file=self._out, flush=True
        )

    # --- events ---

    def event(self, event: Event) -> None:
        """Print what an event means for people; events that mean nothing to them print nothing."""
        if self._only not in (None, event.subject) or (
            event.subject != self._run.id and event.subject not in self._labels
        ):
            return
        if event.kind is EventKind.STATUS:
            self._status(event)
        elif event.kind is EventKind.SUBMITTED:
            self._state(event.subject, RunStatus.NOT_STARTED.value)
        elif event.kind is EventKind.LAUNCHED:
            self._state(event.subject, RunStatus.QUEUED.value)
        elif event.kind is EventKind.LOST:
            self._active.discard(event.subject)
            reason = event.data.get("reason", "its process is gone")
            self.say(
                f"{self._title(event.subject)}: attempt {event.data.get('attempt', '')} was lost ({reason})"
            )
        elif event.kind is EventKind.CANCEL_REQUESTED:
            self._canceling = True
            self.say(f"{self._title(event.subject)}: cancellation was asked for")

    def _status(self, event: Event) -> None:
        status = RunStatus(event.data["status"])
        if status.is_terminal or status in (RunStatus.NOT_STARTED, RunStatus.QUEUED):
            self._active.discard(event.subject)
        elif event.subject != self._run.id:
            self._active.add(event.subject)
        reused = event.data.get("reused_run_id")
        if reused:
            self.say(
                f"{self._title(event.subject)} REUSED: not run again, {REASONS['same-key']}. Reused run: {reused}",
                _REUSED,
            )
            return
        self._state(
            event.subject, word(status) + self._reason(event.subject, status), _COLOURS.get(status, "")
        )

    def _reason(self, subject: str, status: RunStatus) -> str:
        """Why a step did not run, where nobody asked for that."""
        if status is RunStatus.BYPASSED:
            return " (a step it depends on failed)"
        if status is RunStatus.CANCELED and subject != self._run.id and not self._canceling:
            return " (another step failed)"
        return ""

    def _state(self, subject: str, text: str, colour: str = "") -> None:
        if self._shown.get(subject) != text:
            self._shown[subject] = text
            self.say(f"{self._title(subject)} Status: {text}", colour)

    def _title(self, subject: str) -> str:
        return "PipelineRun" if subject == self._run.id else f"StepRun( {self._labels[subject]} )"

    # --- logs ---

    def log(self, subject: str, lines: Iterable[str]) -> None:
        """Print log lines of a step; with its name before each while several steps run."""
        several = self._only is None and bool(self._active - {subject})
        prefix = f"[{self._labels.get(subject, subject)}] " if several else ""
        for line in lines:
            self.say(prefix + line)

    # --- the end ---

    def failure(self, step: Run, log: str) -> None:
        """Print why a step failed: its script's own words first."""
        error = step.error
        details = error.details.rstrip() if error else ""
        message = error.message if error else "no reason was recorded"
        label = self._labels.get(step.id, step.name)
        self.say()
        if details:
            self.say(details)
            self.say()
        self.say(f"Step '{label}' failed: {message}", _COLOURS[RunStatus.FAILED])
        self.say(f"  Step run: {step.id}")
        if log:
            self.say(f"  Log:      {log}")

    def summary(self, run: Run, steps: Sequence[Run]) -> None:
        """Print one line for each step and one for the whole run."""
        title = "PipelineRun Execution Summary" if self._only is None else "StepRun Execution Summary"
        self.say(f"\n{title}\n{'=' * len(title)}")
        shown = [step for step in steps if self._only in (None, step.id)]
        width = max((len(self._labels[step.id]) for step in shown), default=0)
        for step in shown:
            label = self._labels[step.id].ljust(width)
            if step.reused_run_id:
                self.say(f"  {label}  Reused     from run {step.reused_run_id}", _REUSED)
            else:
                colour = _COLOURS.get(step.status, "") if step.status is not RunStatus.COMPLETED else ""
                self.say(
                    f"  {label}  {word(step.status):<10} {duration(step.started_at, step.ended_at)}".rstrip(),
                    colour,
                )
        if self._only is None:
            took = duration(run.created_at, run.ended_at)
            self.say(
                f"PipelineRun Status: {word(run.status)}{f' after {took}' if took else ''}",
                _COLOURS.get(run.status, ""),
            )


def labels(steps: Sequence[Run]) -> Mapping[str, str]:
    """Return a name for each step run, by its id; steps of one name are told apart by the beginning of their ids."""
    names = [step.name for step in steps]
    return {
        step.id: step.name if names.count(step.name) == 1 else f"{step.name} {step.id[:8]}" for step in steps
    }


def word(status: RunStatus) -> str:
    """The word for a status while watching: v1's, and the finer stages between that v1's engine called Running."""
    return status.graph_word if status.is_terminal else status.value


def duration(start: datetime | None, end: datetime | None) -> str:
    """Return the time between as people say it, "3.2 s" or "2 min 5 s"; empty if one of them is missing."""
    if start is None or end is None:
        return ""
    seconds = max(0.0, (end - start).total_seconds())
    if seconds < _SECONDS_PER_MINUTE:
        return f"{seconds:.1f} s"
    return f"{int(seconds // _SECONDS_PER_MINUTE)} min {int(seconds % _SECONDS_PER_MINUTE)} s"
