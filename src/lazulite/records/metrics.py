"""Metrics: what runs logged, in the order it was logged."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from lazulite.model.codec import dumps
from lazulite.model.run import Metric
from lazulite.records import run_rows
from lazulite.records.insertion import insert_new
from lazulite.records.labels import chunks
from lazulite.records.tables import metrics, runs


def add(connection: Connection, run_id: str, new: Sequence[Metric], sequence: int | None = None) -> None:
    """Append metric records.

    Args:
        sequence: The number of the first record; the others follow. Numbers that the run has already are skipped,
            so that the same outbox may be read twice. None: records without numbers, always appended.

    Raises:
        NotFound: there is no such run.
    """
    run_rows.lock(connection, run_id)
    insert_new(
        connection,
        metrics,
        [
            {
                "run_id": run_id,
                "sequence": None if sequence is None else sequence + place,
                "name": metric.name,
                "kind": metric.kind,
                "value": dumps(metric.value),
                "at": metric.at,
                "step": metric.step,
                "description": metric.description,
            }
            for place, metric in enumerate(new)
        ],
    )


def forget(connection: Connection, root_id: str, numbers: range) -> None:
    """Remove the records with these numbers from every run below (and with) the run `root_id`."""
    family = select(runs.c.id).where(runs.c.root_id == root_id)
    connection.execute(
        delete(metrics).where(
            metrics.c.run_id.in_(family),
            metrics.c.sequence >= numbers.start,
            metrics.c.sequence < numbers.stop,
        )
    )


def of_run(connection: Connection, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
    """Return the metric records of a run in order; of a reused run without any, those of the run it reuses."""
    found = _metrics(connection, run_id, name)
    if found:
        return found
    reused = connection.execute(select(runs.c.reused_run_id).where(runs.c.id == run_id)).scalar()
    return () if reused is None else _metrics(connection, reused, name)


def latest(connection: Connection, ws_id: str, run_ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return run → metric → its newest number, of the run or of one below it (of a reused run: of the one it reuses)."""
    found: dict[str, dict[str, float]] = {}
    logged_by = func.coalesce(runs.c.reused_run_id, runs.c.id)
    newest = (
        select(runs.c.root_id, func.max(metrics.c.position).label("position"))
        .join(metrics, metrics.c.run_id == logged_by)
        .where(runs.c.workspace == ws_id, metrics.c.kind == "scalar")
        .group_by(runs.c.root_id, metrics.c.name)
    )
    for chunk in chunks(run_ids):
        chosen = newest.where(runs.c.root_id.in_(chunk)).subquery()
        query = select(chosen.c.root_id, metrics.c.name, metrics.c.value)
        query = query.join(metrics, metrics.c.position == chosen.c.position).order_by(metrics.c.name)
        for root_id, name, text in connection.execute(query):
            value = json.loads(text)
            if isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value):
                found.setdefault(root_id, {})[name] = value
    return found


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def _metrics(connection: Connection, run_id: str, name: str | None) -> tuple[Metric, ...]:
    query = select(metrics).where(metrics.c.run_id == run_id).order_by(metrics.c.position)
    if name is not None:
        query = query.where(metrics.c.name == name)
    return tuple(
        Metric(row.name, row.kind, json.loads(row.value), row.at, row.step, row.description)
        for row in connection.execute(query)
    )
