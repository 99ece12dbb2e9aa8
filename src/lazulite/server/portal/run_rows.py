"""Runs as rows of a list: what is shown of each, gathered for a whole page in a few calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lazulite.api.service import Service
from lazulite.model.publishing import ENDPOINT_ID, PIPELINE_ID, SCHEDULE_ID
from lazulite.model.run import Run, StepCounts
from lazulite.server.portal import links
from lazulite.server.portal.words import now

#: v1's words for what started a run → ours.
_SOURCES = {"SDK": "SDK", "API": "REST", "Schedule": "Schedule", "Designer": "Portal"}
#: A wait shorter than this part of a run is nothing to speak of.
_LEAST_SHARE = 0.05


@dataclass(frozen=True)
class Trigger:
    """What started a run: a word, and the page of what it was, if it is one of ours."""

    word: str
    href: str = ""


@dataclass(frozen=True)
class RunRow:
    """One row. `seconds` counts from being submitted, `queue_share` is the part of it before anything ran, in percent
    (None: not worth a word)."""

    run: Run
    counts: StepCounts | None
    trigger: Trigger
    seconds: float
    queue_share: int | None

    @property
    def parent_href(self) -> str:
        """The page of the run above, if this is a child."""
        return links.at(self.run.workspace, "runs", self.run.parent_id) if self.run.parent_id else ""


def rows_of(service: Service, workspace: str, runs: Sequence[Run]) -> list[RunRow]:
    """Return the rows of these runs, in their order."""
    counts = service.count_steps(workspace, [run.id for run in runs]) if runs else {}
    return [_row(run, counts.get(run.id)) for run in runs]


def _row(run: Run, counts: StepCounts | None) -> RunRow:
    end = run.ended_at or now()
    whole = max(0.0, (end - run.created_at).total_seconds())
    waited = max(0.0, ((run.started_at or end) - run.created_at).total_seconds())
    share = waited / whole if whole else 0.0
    shown = round(100 * share) if share >= _LEAST_SHARE and whole >= 1 else None
    return RunRow(run, counts, trigger_of(run), whole, shown)


def trigger_of(run: Run) -> Trigger:
    """What started the run."""
    given = run.properties
    if SCHEDULE_ID in given:
        return Trigger("Schedule", links.at(run.workspace, "schedules", given[SCHEDULE_ID]))
    source = given.get("runSource", "")
    if ENDPOINT_ID in given:
        href = links.at(run.workspace, "endpoints", given[ENDPOINT_ID])
        return Trigger(f"Endpoint, {_SOURCES.get(source, source)}", href)
    if PIPELINE_ID in given:
        href = links.at(run.workspace, "pipelines", given[PIPELINE_ID])
        return Trigger(f"Published, {_SOURCES.get(source, source)}", href)
    return Trigger(_SOURCES.get(source, source) or "SDK")
