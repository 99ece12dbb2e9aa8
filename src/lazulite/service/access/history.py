"""The log of changes that were asked for over the network."""

from __future__ import annotations

from datetime import timedelta

from lazulite.model.access import AuditEntry
from lazulite.service.access.base import AccessBase, now


class History(AccessBase):
    """Adding to the log, reading and trimming it."""

    def record(self, entry: AuditEntry) -> None:
        """Add to the log of changes."""
        self._records.add_audit(entry)

    def audit(
        self,
        workspace: str | None = None,
        principal: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """Entries of the log of changes, newest first; `before` is the sequence of the last one seen."""
        return self._records.audit(workspace, principal, before, limit)

    def forget_audit(self, days: float) -> int:
        """Remove entries that are older than so many days; returns how many."""
        return self._records.forget_audit(now() - timedelta(days=days))
