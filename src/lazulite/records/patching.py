"""What the owner of a run may change: names, tags, new properties, and the status of an interactive run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, update

from lazulite.model.codec import dumps
from lazulite.model.errors import Conflict
from lazulite.model.run import Run, RunKind, RunPatch, RunStatus
from lazulite.records import labels, run_rows
from lazulite.records.columns import now
from lazulite.records.tables import runs

_STARTED = frozenset({RunStatus.PREPARING, RunStatus.RUNNING})


def patch(connection: Connection, ws_id: str, run_id: str, wanted: RunPatch) -> Run:
    """Apply all of the patch, or raise and change nothing.

    Raises:
        Conflict: a property has another value already; the status is not the owner's to set, or the run has ended.
    """
    run = run_rows.get(connection, ws_id, run_id, locked=True)
    _check_properties(run, wanted.add_properties)
    values: dict[str, Any] = {
        name: value
        for name, value in (("display_name", wanted.display_name), ("description", wanted.description))
        if value is not None
    }
    values.update(_status(run, wanted))
    if values:
        connection.execute(update(runs).where(runs.c.id == run_id).values(**values))
    if wanted.remove_tags:
        labels.remove(connection, run_id, labels.TAG, wanted.remove_tags)
    labels.put(
        connection,
        [
            *labels.rows_of(run_id, labels.TAG, wanted.set_tags),
            *labels.rows_of(run_id, labels.PROPERTY, wanted.add_properties),
        ],
    )
    return run_rows.get(connection, ws_id, run_id)


def _check_properties(run: Run, added: Mapping[str, str]) -> None:
    for name, value in added.items():
        if run.properties.get(name, value) != value:
            raise Conflict(
                f"The run {run.id!r} has the property {name!r} already, with the value {run.properties[name]!r}; "
                f"properties cannot be changed (asked for: {value!r}). Use a tag for what changes.",
                kind="property",
                name=name,
            )


def _status(run: Run, wanted: RunPatch) -> dict[str, Any]:
    if wanted.status is None and wanted.error is None:
        return {}
    if run.kind is not RunKind.INTERACTIVE:
        raise Conflict(
            f"The run {run.id!r} is a {run.kind.value}: its status follows from what it does and cannot be set. "
            "Cancel it to end it early.",
            kind="run",
            name=run.id,
        )
    if run.status.is_terminal:
        if wanted.status in (None, run.status) and wanted.error in (None, run.error):
            return {}  # said twice
        raise Conflict(
            f"The run {run.id!r} has ended as {run.status.value}; an ended run stays as it is. Start a new run.",
            kind="run",
            name=run.id,
        )
    values: dict[str, Any] = {} if wanted.error is None else {"error": dumps(wanted.error)}
    if wanted.status is not None:
        values["status"] = wanted.status.value
        if wanted.status in _STARTED and run.started_at is None:
            values["started_at"] = now()
        if wanted.status.is_terminal:
            values["ended_at"] = now()
    return values
