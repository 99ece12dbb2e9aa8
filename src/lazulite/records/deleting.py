"""Deleting runs: what goes, what other runs still need of it, and the marks by which an interrupted deletion goes on.

A run that is deleted is marked first. From then on no list shows it, nothing new refers to it, and, if it *goes*, nobody
reuses its work. Then its bytes are deleted, and its rows last. A step that another run reuses is *kept*: its row, its
outputs, its files and its metrics stay, and so does the row of its pipeline run, until the last run that needs them goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from lazulite.model.errors import Conflict, InvalidRequest
from lazulite.model.run import RunKind
from lazulite.records import labels, run_rows, workspaces
from lazulite.records.columns import now
from lazulite.records.tables import deleted_runs, outputs, reuse_index, runs
from lazulite.records.tables import labels as stored_labels

_SNAPSHOT = "ContentSnapshotId"


@dataclass(frozen=True)
class Doomed:
    """A run that goes, and where its bytes are: `outputs` are datastores and paths."""

    id: str
    kind: RunKind
    parent_id: str | None
    artifact_datastore: str
    artifact_path: str
    outputs: tuple[tuple[str, str], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it is a run of its own, and not a part of one."""
        return self.kind is RunKind.PIPELINE or self.parent_id is None


@dataclass(frozen=True)
class Plan:
    """What deleting some runs means: the runs that go, and of runs that leave the lists but are still needed, the runs
    that need them, by id."""

    going: tuple[str, ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopRun:
    """What rules for old runs look at."""

    id: str
    experiment: str
    status: str
    created_at: datetime
    ended_at: datetime | None


def is_listed() -> ColumnElement[bool]:
    """The condition on a row of `runs` that nobody deleted it."""
    return ~exists().where(deleted_runs.c.run_id == runs.c.id)


def refuse_going(connection: Connection, sources: Collection[str]) -> None:
    """Make sure that runs whose work is taken over do not go, now or until this transaction ends.

    Raises:
        Conflict: one does.
    """
    _hold(connection, sources, shared=True)
    if (
        connection.execute(
            select(deleted_runs.c.run_id).where(deleted_runs.c.is_kept.is_(False)).limit(1)
        ).first()
        is None
    ):
        return
    for chunk in labels.chunks(sorted(sources)):
        query = select(deleted_runs.c.run_id).where(
            deleted_runs.c.run_id.in_(chunk), deleted_runs.c.is_kept.is_(False)
        )
        gone = connection.execute(query).scalar()
        if gone is not None:
            raise Conflict(f"The run {gone!r} is being deleted, and cannot be reused.", kind="run", name=gone)


def plan(connection: Connection, ws_id: str, run_ids: Iterable[str]) -> Plan:
    """Find what deleting these runs means, together with all that was deleted before and is still there.

    Raises:
        NotFound: there is no such run.
        InvalidRequest: one is a part of another run.
        Conflict: one is active.
    """
    asked = tuple(dict.fromkeys(run_ids))
    for run_id in asked:
        _check(connection, ws_id, run_id)
    marked = {
        row.run_id
        for row in connection.execute(select(deleted_runs.c.run_id).where(deleted_runs.c.workspace == ws_id))
    }
    doomed = _with_all_below(connection, ws_id, asked) | marked
    _refuse_active(connection, doomed)
    kept = _needed(connection, ws_id, doomed)
    return Plan(tuple(sorted(doomed - kept.keys())), kept, asked)


def mark(connection: Connection, ws_id: str, run_ids: Iterable[str]) -> Plan:
    """Do the first step of deleting these runs. For the errors see `plan`."""
    workspaces.lock(connection, ws_id)
    found = plan(connection, ws_id, run_ids)
    if _hold(connection, (*found.going, *found.kept)):
        # What took over the work of one of them while we waited for its row is seen only now.
        found = plan(connection, ws_id, run_ids)
    at = now()
    for is_kept, ids in ((False, found.going), (True, tuple(sorted(found.kept)))):
        for chunk in labels.chunks(ids):
            here = deleted_runs.c.run_id.in_(chunk)
            known = set(connection.execute(select(deleted_runs.c.run_id).where(here)).scalars())
            connection.execute(update(deleted_runs).where(here).values(is_kept=is_kept))
            rows = [
                {"run_id": run_id, "workspace": ws_id, "is_kept": is_kept, "at": at}
                for run_id in chunk
                if run_id not in known
            ]
            if rows:
                connection.execute(insert(deleted_runs), rows)
            if not is_kept:
                connection.execute(delete(reuse_index).where(reuse_index.c.run_id.in_(chunk)))
    return found


def _hold(connection: Connection, run_ids: Collection[str], *, shared: bool = False) -> bool:
    """Lock the rows of runs, in one order for all. Whether there was any need to: SQLite's writers take turns anyway."""
    if connection.dialect.name == "sqlite":
        return False
    for chunk in labels.chunks(sorted(run_ids)):
        rows = select(runs.c.id).where(runs.c.id.in_(chunk)).order_by(runs.c.id)
        connection.execute(rows.with_for_update(read=shared)).all()
    return True


def going(connection: Connection, ws_id: str, run_ids: Sequence[str] | None = None) -> tuple[Doomed, ...]:
    """Return what goes: the given runs, or all that are marked and still there."""
    if run_ids is None:
        query = select(deleted_runs.c.run_id).where(
            deleted_runs.c.workspace == ws_id, deleted_runs.c.is_kept.is_(False)
        )
        run_ids = connection.execute(query.order_by(deleted_runs.c.run_id)).scalars().all()
    return tuple(_doomed(connection, run_ids))


def remove(connection: Connection, run_ids: Sequence[str]) -> None:
    """Do the last step: remove the rows of runs that go, with all that hangs below them."""
    for chunk in labels.chunks(run_ids):
        connection.execute(delete(runs).where(runs.c.id.in_(chunk)))


def top_runs(connection: Connection, ws_id: str) -> tuple[TopRun, ...]:
    """Return the runs of a workspace that are no part of another, newest first."""
    columns = (runs.c.id, runs.c.experiment, runs.c.status, runs.c.created_at, runs.c.ended_at)
    query = select(*columns).where(runs.c.workspace == ws_id, runs.c.parent_id.is_(None), is_listed())
    rows = connection.execute(query.order_by(runs.c.created_at.desc(), runs.c.position.desc()))
    return tuple(TopRun(*row) for row in rows)


def tags_of(connection: Connection, run_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the names of the tags of those of the runs that have any."""
    found = labels.of_runs(connection, run_ids)
    return {run_id: frozenset(values) for (run_id, kind), values in found.items() if kind == labels.TAG}


def snapshots(connection: Connection, ws_id: str, besides: Collection[str] = ()) -> frozenset[str]:
    """Return the snapshots that runs of a workspace were made from, `besides` some runs."""
    query = (
        select(stored_labels.c.value, stored_labels.c.run_id)
        .join(runs, runs.c.id == stored_labels.c.run_id)
        .where(
            runs.c.workspace == ws_id,
            stored_labels.c.kind == labels.PROPERTY,
            stored_labels.c.name == _SNAPSHOT,
        )
    )
    left_out = set(besides)
    return frozenset(row.value for row in connection.execute(query) if row.run_id not in left_out)


def _check(connection: Connection, ws_id: str, run_id: str) -> None:
    run = run_rows.get(connection, ws_id, run_id)
    if run.kind is not RunKind.PIPELINE and run.parent_id is not None:
        raise InvalidRequest(
            f"Run {run_id} is a part of run {run.root_id}, and goes with it. Delete that one.", run_id=run_id
        )


def _with_all_below(connection: Connection, ws_id: str, run_ids: Iterable[str]) -> set[str]:
    found = set(run_ids)
    fresh = found
    while fresh:
        below: set[str] = set()
        for chunk in labels.chunks(sorted(fresh)):
            for column in (runs.c.root_id, runs.c.parent_id):
                query = select(runs.c.id).where(runs.c.workspace == ws_id, column.in_(chunk))
                below.update(connection.execute(query).scalars())
        fresh = below - found
        found |= fresh
    return found


def _refuse_active(connection: Connection, doomed: Collection[str]) -> None:
    whole = or_(runs.c.kind == RunKind.PIPELINE.value, runs.c.parent_id.is_(None))
    for chunk in labels.chunks(sorted(doomed)):
        query = select(runs.c.id, runs.c.status).where(
            runs.c.id.in_(chunk), runs.c.status.in_(run_rows.ACTIVE), whole
        )
        active = connection.execute(query.order_by(runs.c.created_at)).first()
        if active is not None:
            raise Conflict(
                f"Run {active.id} has not ended; it is {active.status}. Cancel it or wait, then delete it.",
                kind="run",
                name=active.id,
            )


def _needed(connection: Connection, ws_id: str, doomed: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of the doomed, those that other runs need, each with the runs that do."""
    query = select(runs.c.id, runs.c.reused_run_id).where(
        runs.c.workspace == ws_id, runs.c.reused_run_id.is_not(None)
    )
    source_of = {row.id: row.reused_run_id for row in connection.execute(query)}
    users: dict[str, set[str]] = {}
    for user in source_of.keys() - set(doomed):
        source = source_of[user]
        while source in doomed and user not in users.setdefault(source, set()):
            users[source].add(user)
            source = source_of.get(source)
    roots: dict[str, set[str]] = {}
    for chunk in labels.chunks(sorted(users)):
        for row in connection.execute(select(runs.c.id, runs.c.root_id).where(runs.c.id.in_(chunk))):
            if row.root_id in doomed:
                roots.setdefault(row.root_id, set()).update(users[row.id])
    return {run_id: tuple(sorted(those)) for run_id, those in {**users, **roots}.items()}


def _doomed(connection: Connection, run_ids: Sequence[str]) -> Iterator[Doomed]:
    columns = (runs.c.id, runs.c.kind, runs.c.parent_id, runs.c.artifact_datastore, runs.c.artifact_path)
    for chunk in labels.chunks(run_ids):
        written: dict[str, list[tuple[str, str]]] = {}
        recorded = select(outputs.c.run_id, outputs.c.datastore, outputs.c.path)
        for run_id, datastore, path in connection.execute(recorded.where(outputs.c.run_id.in_(chunk))):
            written.setdefault(run_id, []).append((datastore, path))
        query = select(*columns).where(runs.c.id.in_(chunk)).order_by(runs.c.position)
        for run_id, kind, parent_id, artifact_datastore, artifact_path in connection.execute(query):
            where = tuple(written.get(run_id, ()))
            yield Doomed(run_id, RunKind(kind), parent_id, artifact_datastore, artifact_path, where)
