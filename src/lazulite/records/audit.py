"""The log of changes that were asked for over the network: only ever added to, and trimmed at its old end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from lazulite.model.access import AuditEntry
from lazulite.model.codec import dumps, loads
from lazulite.records.tables import audit


def add(connection: Connection, entry: AuditEntry) -> None:
    """Record an entry; its sequence is given here."""
    connection.execute(
        insert(audit).values(
            at=entry.at,
            principal=entry.principal,
            operation=entry.operation,
            workspace=entry.workspace,
            target=entry.target,
            outcome=entry.outcome,
            address=entry.address,
            data=dumps(entry.data),
        )
    )


def find(
    connection: Connection,
    workspace: str | None = None,
    principal: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[AuditEntry, ...]:
    """Return entries, newest first.

    Args:
        workspace: Only those about it; everything without it.
        principal: Only what the one with this name asked for.
        before: Only older ones than the one with this sequence.
        limit: At most so many.
    """
    query = select(audit).order_by(audit.c.sequence.desc()).limit(limit)
    if workspace is not None:
        query = query.where(audit.c.workspace == workspace)
    if principal is not None:
        query = query.where(audit.c.principal == principal)
    if before is not None:
        query = query.where(audit.c.sequence < before)
    return tuple(
        AuditEntry(
            row.sequence,
            row.at,
            row.principal,
            row.operation,
            row.workspace,
            row.target,
            row.outcome,
            row.address,
            loads(dict, row.data),
        )
        for row in connection.execute(query)
    )


def forget_before(connection: Connection, moment: datetime) -> int:
    """Remove what is older; returns how many entries that were."""
    return connection.execute(delete(audit).where(audit.c.at < moment)).rowcount
