"""Counting: how many runs match, and how far pipeline runs are, without reading the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from lazulite.model.run import RunKind, RunQuery, StepCounts
from lazulite.records import run_search
from lazulite.records.labels import chunks
from lazulite.records.tables import runs


def by_status(connection: Connection, ws_id: str, query: RunQuery) -> dict[str, int]:
    """Return status → how many runs match."""
    counted = select(runs.c.status, func.count()).where(*run_search.conditions(ws_id, query))
    return {str(row[0]): int(row[1]) for row in connection.execute(counted.group_by(runs.c.status))}


def steps(connection: Connection, ws_id: str, run_ids: Sequence[str]) -> dict[str, StepCounts]:
    """Return pipeline run → its steps by status."""
    found: dict[str, tuple[dict[str, int], int]] = {}
    query = select(runs.c.parent_id, runs.c.status, func.count(), func.count(runs.c.reused_run_id))
    query = query.where(runs.c.workspace == ws_id, runs.c.kind == RunKind.STEP.value)
    query = query.group_by(runs.c.parent_id, runs.c.status)
    for chunk in chunks(run_ids):
        for parent, status, count, reused in connection.execute(query.where(runs.c.parent_id.in_(chunk))):
            statuses, before = found.get(parent, ({}, 0))
            found[parent] = ({**statuses, status: count}, before + reused)
    return {
        run_id: StepCounts(sum(statuses.values()), reused, statuses)
        for run_id, (statuses, reused) in found.items()
    }
