"""Counting: how many runs match, and how far pipeline runs are, without reading the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

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
    for chunk in chunks(run_ids):
        for parent, status, count, reused in connection.execute(counted_steps(ws_id, chunk)):
            statuses, before = found.get(parent, ({}, 0))
            found[parent] = ({**statuses, status: count}, before + reused)
    return {
        run_id: StepCounts(sum(statuses.values()), reused, statuses)
        for run_id, (statuses, reused) in found.items()
    }


def counted_steps(ws_id: str, run_ids: Sequence[str]) -> Select[Any]:
    """The rows (run, status, how many steps, how many of them reused)."""
    query = select(runs.c.parent_id, runs.c.status, func.count(), func.count(runs.c.reused_run_id))
    # Added to nothing, the kind is no key of an index: SQLite would take all steps there are, to find those of a few runs.
    query = query.where(runs.c.workspace == ws_id, runs.c.kind.concat("") == RunKind.STEP.value)
    return query.where(runs.c.parent_id.in_(run_ids)).group_by(runs.c.parent_id, runs.c.status)
