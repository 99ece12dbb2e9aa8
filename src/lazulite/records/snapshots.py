"""Snapshots: lists of files by content. Their bytes are in `storage`."""

from __future__ import annotations

from sqlalchemy import Connection, select

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import NotFound
from lazulite.model.snapshot import Snapshot
from lazulite.records import workspaces
from lazulite.records.insertion import insert_new
from lazulite.records.tables import snapshots


def add(connection: Connection, ws_id: str, snapshot: Snapshot) -> None:
    """Record a snapshot; one that is there already has the same content."""
    workspaces.lock(connection, ws_id)
    insert_new(connection, snapshots, [{"workspace": ws_id, "id": snapshot.id, "document": dumps(snapshot)}])


def get(connection: Connection, ws_id: str, snapshot_id: str) -> Snapshot:
    """Return a snapshot of the workspace."""
    here = (snapshots.c.workspace == ws_id, snapshots.c.id == snapshot_id)
    text = connection.execute(select(snapshots.c.document).where(*here)).scalar()
    if text is None:
        where = workspaces.titled(connection, ws_id)
        raise NotFound(
            f"{where} has no snapshot {snapshot_id!r}. Submit the step again to take one.",
            kind="snapshot",
            name=snapshot_id,
        )
    return loads(Snapshot, text)
