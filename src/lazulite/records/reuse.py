"""What reuse is decided on: candidates by key, recorded decisions, recorded outputs."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, select

from lazulite.model.codec import loads
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import OutputRecord, Run, RunKind, RunStatus
from lazulite.records import run_rows
from lazulite.records.tables import decisions, outputs, reuse_index, runs

_OUTPUT_COLUMNS = [outputs.c[field.name] for field in fields(OutputRecord)]


def candidates(connection: Connection, ws_id: str, key: str, limit: int = 5) -> tuple[Run, ...]:
    """Return the runs of the workspace recorded under `key`, newest first."""
    query = select(runs).join(reuse_index, reuse_index.c.run_id == runs.c.id)
    query = query.where(reuse_index.c.workspace == ws_id, reuse_index.c.key == key)
    query = query.order_by(runs.c.created_at.desc(), runs.c.position.desc()).limit(limit)
    return run_rows.read_runs(connection, connection.execute(query).all())


def decision(connection: Connection, ws_id: str, run_id: str) -> ReuseDecision | None:
    """Return the decision recorded for a run; None if there is none yet."""
    run_rows.require(connection, ws_id, run_id)
    text = connection.execute(select(decisions.c.document).where(decisions.c.run_id == run_id)).scalar()
    return None if text is None else loads(ReuseDecision, text)


def recent_decisions(
    connection: Connection, ws_id: str, step_name: str, limit: int = 20
) -> tuple[tuple[Run, ReuseDecision], ...]:
    """Return the step runs of that name that completed and were not reused, each with its decision, newest first."""
    query = (
        select(runs, decisions.c.document)
        .join(decisions, decisions.c.run_id == runs.c.id)
        .where(
            runs.c.workspace == ws_id,
            runs.c.name == step_name,
            runs.c.kind == RunKind.STEP.value,
            runs.c.status == RunStatus.COMPLETED.value,
            runs.c.reused_run_id.is_(None),
        )
        .order_by(runs.c.created_at.desc(), runs.c.position.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    found = run_rows.read_runs(connection, rows)
    return tuple((run, loads(ReuseDecision, row.document)) for run, row in zip(found, rows, strict=True))


def outputs_of(connection: Connection, ws_id: str, run_id: str) -> tuple[OutputRecord, ...]:
    """Return the recorded outputs of a run in their order; of a reused run without any, those it reuses."""
    run_rows.require(connection, ws_id, run_id)
    found = _outputs(connection, run_id)
    if found:
        return found
    reused = connection.execute(select(runs.c.reused_run_id).where(runs.c.id == run_id)).scalar()
    return () if reused is None else _outputs(connection, reused)


def outputs_of_steps(connection: Connection, run_id: str) -> dict[str, tuple[OutputRecord, ...]]:
    """Return, by step run, the recorded outputs of the steps of a pipeline run."""
    query = select(outputs.c.run_id, *_OUTPUT_COLUMNS).join(runs, runs.c.id == outputs.c.run_id)
    query = query.where(runs.c.parent_id == run_id).order_by(outputs.c.run_id, outputs.c.position)
    found: dict[str, tuple[OutputRecord, ...]] = {}
    for row in connection.execute(query):
        found[row.run_id] = (*found.get(row.run_id, ()), OutputRecord(*row[1:]))
    return found


def _outputs(connection: Connection, run_id: str) -> tuple[OutputRecord, ...]:
    query = select(*_OUTPUT_COLUMNS).where(outputs.c.run_id == run_id).order_by(outputs.c.position)
    rows: list[Any] = list(connection.execute(query).mappings())
    return tuple(OutputRecord(**row) for row in rows)
