"""The timeline of a run page: events and earlier runs, gathered for `timeline`."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from lazulite.api.service import Service
from lazulite.model.events import Event
from lazulite.model.run import Run, RunKind, RunQuery, RunStatus
from lazulite.server.portal.run.record import RunRecord
from lazulite.server.portal.run.timeline import Timeline, medians, timeline
from lazulite.server.portal.words import now

#: So many earlier step runs are looked at for the medians.
_PAST = 1000
_REMEMBERED = 200
_medians: OrderedDict[str, dict[str, float]] = OrderedDict()


def timeline_view(record: RunRecord, events: Sequence[Event]) -> Timeline:
    """Return the timeline of a pipeline run, from all its events."""
    run = record.run
    return timeline(run, record.plan, record.steps, events, now(), past_medians(record.service, run))


def past_medians(service: Service, run: Run) -> dict[str, float]:
    """Return, by step name, how long the steps of earlier runs of the experiment took."""
    known = _medians.get(run.id)
    if known is None:
        query = RunQuery(
            experiment=run.experiment,
            kind=RunKind.STEP,
            statuses=(RunStatus.COMPLETED,),
            created_before=run.created_at,
            limit=_PAST,
        )
        # What was before a run does not change with it.
        known = _medians[run.id] = medians(service.list_runs(run.workspace, query))
        while len(_medians) > _REMEMBERED:
            _medians.popitem(last=False)
    return known
