"""What reuse is decided on: candidates by key, recorded decisions, recorded outputs.

The questions of a decision are asked for many steps at once: the number of statements is that of chunks, not of steps.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from lazulite.model.codec import loads
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import OutputRecord, RunKind, RunStatus
from lazulite.records import labels, run_rows
from lazulite.records.statements import Statement
from lazulite.records.tables import decisions, outputs, reuse_index, runs

_OUTPUT_COLUMNS = [outputs.c[field.name] for field in fields(OutputRecord)]


def _one_of(column: ColumnElement[str], *, single: bool) -> ColumnElement[bool]:
    """The condition that a column has one of the values `asked` (`single`: the value)."""
    return column == bindparam("asked") if single else column.in_(bindparam("asked", expanding=True))


def _ranked_candidates(*, single: bool) -> Select[Any]:
    newest_first = (runs.c.created_at.desc(), runs.c.position.desc())
    place = func.row_number().over(partition_by=reuse_index.c.key, order_by=newest_first).label("place")
    columns = (runs.c.id, runs.c.name, runs.c.node, runs.c.root_id, runs.c.reused_run_id)
    ranked = (
        select(reuse_index.c.key, *columns, place)
        .join(runs, runs.c.id == reuse_index.c.run_id)
        .where(
            reuse_index.c.workspace == bindparam("ws_id"),
            _one_of(reuse_index.c.key, single=single),
            func.coalesce(runs.c.parent_id, "") != bindparam("besides"),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place <= bindparam("most")).order_by(ranked.c.key, ranked.c.place)


def _ranked_earlier(*, single: bool) -> Select[Any]:
    newest_first = (runs.c.created_at.desc(), runs.c.position.desc())
    place = func.row_number().over(partition_by=runs.c.name, order_by=newest_first).label("place")
    ranked = (
        select(runs.c.id, runs.c.name, place)
        .where(
            runs.c.workspace == bindparam("ws_id"),
            _one_of(runs.c.name, single=single),
            runs.c.kind == RunKind.STEP.value,
            runs.c.status == RunStatus.COMPLETED.value,
            runs.c.reused_run_id.is_(None),
            # Without a decision there is nothing to compare with.
            select(decisions.c.run_id).where(decisions.c.run_id == runs.c.id).exists(),
        )
        .subquery()
    )
    documents = select(ranked.c.id, ranked.c.name, decisions.c.document)
    documents = documents.join(decisions, decisions.c.run_id == ranked.c.id)
    return documents.where(ranked.c.place <= bindparam("most")).order_by(ranked.c.name, ranked.c.place)


# Made once: putting such a statement together takes longer than its answer. In a chain each step is asked for alone,
# and for one value SQLAlchemy's own way through the statement takes longer than all the rest.
_CANDIDATES = _ranked_candidates(single=False)
_CANDIDATES_OF_ONE = Statement(lambda _kind: _ranked_candidates(single=True))
_EARLIER = _ranked_earlier(single=False)
_EARLIER_OF_ONE = Statement(lambda _kind: _ranked_earlier(single=True))
_OUTPUTS = (
    select(outputs.c.run_id, *_OUTPUT_COLUMNS)
    .where(outputs.c.run_id.in_(bindparam("run_ids", expanding=True)))
    .order_by(outputs.c.run_id, outputs.c.position)
)


_DECISIONS = select(decisions.c.run_id, decisions.c.document).where(
    decisions.c.run_id.in_(bindparam("run_ids", expanding=True))
)


@dataclass(frozen=True)
class Candidate:
    """A run recorded under a key: whose work may be taken over, and what it wrote."""

    id: str
    name: str
    node: str | None
    root_id: str
    outputs: tuple[OutputRecord, ...]


@dataclass(frozen=True)
class Earlier:
    """A step run that really ran, and the components of its key."""

    id: str
    components: Mapping[str, Any]


def candidates(
    connection: Connection, ws_id: str, keys: Collection[str], besides: str | None = None, limit: int = 5
) -> dict[str, tuple[Candidate, ...]]:
    """Return, by key, the newest runs of the workspace recorded under it, newest first.

    Args:
        keys: The keys asked for; those without any run are missing in the answer.
        besides: A pipeline run whose own steps are left out.
        limit: How many runs of each key at most.
    """
    found: list[Any] = []
    for chunk in labels.chunks(sorted(keys)):
        given = {"ws_id": ws_id, "besides": besides or "", "most": limit}
        found += _asked(connection, _CANDIDATES, _CANDIDATES_OF_ONE, chunk, given)
    written = _written(connection, {row.id: row.reused_run_id for row in found})
    by_key: dict[str, list[Candidate]] = {}
    for row in found:
        candidate = Candidate(row.id, row.name, row.node, row.root_id, written[row.id])
        by_key.setdefault(row.key, []).append(candidate)
    return {key: tuple(those) for key, those in by_key.items()}


def _asked(
    connection: Connection,
    of_many: Select[Any],
    of_one: Statement,
    asked: Sequence[str],
    given: dict[str, Any],
) -> Sequence[Row[Any]]:
    if len(asked) == 1:
        return of_one.run(connection, [{**given, "asked": asked[0]}]).all()
    return connection.execute(of_many, {**given, "asked": asked}).all()


def _written(connection: Connection, reused: Mapping[str, str | None]) -> dict[str, tuple[OutputRecord, ...]]:
    """The outputs of runs, by id; of one that has none and reuses another (`reused`), those of the other."""
    found = _outputs_of(connection, sorted(reused))
    others = [other for run_id, other in reused.items() if other is not None and run_id not in found]
    taken = _outputs_of(connection, others) if others else {}
    return {run_id: found.get(run_id) or taken.get(other or "", ()) for run_id, other in reused.items()}


def _outputs_of(connection: Connection, run_ids: Sequence[str]) -> dict[str, tuple[OutputRecord, ...]]:
    rows: list[Row[Any]] = []
    for chunk in labels.chunks(run_ids):
        rows += connection.execute(_OUTPUTS, {"run_ids": chunk}).all()
    return _by_run(rows)


def decision(connection: Connection, ws_id: str, run_id: str) -> ReuseDecision | None:
    """Return the decision recorded for a run; None if there is none yet."""
    run_rows.require(connection, ws_id, run_id)
    text = connection.execute(select(decisions.c.document).where(decisions.c.run_id == run_id)).scalar()
    return None if text is None else loads(ReuseDecision, text)


def earlier_runs(
    connection: Connection, ws_id: str, step_names: Collection[str], limit: int = 5
) -> dict[str, tuple[Earlier, ...]]:
    """Return, by step name, the newest step runs that completed and were not reused, newest first.

    Args:
        step_names: The names asked for; those without any such run are missing in the answer.
        limit: How many runs of each name at most.
    """
    found: dict[str, list[Earlier]] = {}
    for chunk in labels.chunks(sorted(step_names)):
        given = {"ws_id": ws_id, "most": limit}
        for row in _asked(connection, _EARLIER, _EARLIER_OF_ONE, chunk, given):
            earlier = Earlier(row.id, json.loads(row.document).get("components", {}))
            found.setdefault(row.name, []).append(earlier)
    return {name: tuple(those) for name, those in found.items()}


def components(connection: Connection, run_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return, by run, the components of the key that was decided on; runs without a decision are missing."""
    found: dict[str, Mapping[str, Any]] = {}
    for chunk in labels.chunks(sorted(run_ids)):
        for row in connection.execute(_DECISIONS, {"run_ids": chunk}):
            found[row.run_id] = json.loads(row.document).get("components", {})
    return found


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
    steps = select(runs.c.id).where(runs.c.parent_id == run_id)
    query = select(outputs.c.run_id, *_OUTPUT_COLUMNS).where(outputs.c.run_id.in_(steps))
    return _by_run(connection.execute(query.order_by(outputs.c.run_id, outputs.c.position)))


def _by_run(rows: Iterable[Row[Any]]) -> dict[str, tuple[OutputRecord, ...]]:
    found: dict[str, list[OutputRecord]] = {}
    for row in rows:
        values: tuple[Any, ...] = tuple(row)
        found.setdefault(values[0], []).append(OutputRecord(*values[1:]))
    return {run_id: tuple(written) for run_id, written in found.items()}


def _outputs(connection: Connection, run_id: str) -> tuple[OutputRecord, ...]:
    return _outputs_of(connection, [run_id]).get(run_id, ())
