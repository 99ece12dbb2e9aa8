"""What the token of a run reaches."""

from __future__ import annotations

from lazulite.model.errors import NotFound
from lazulite.service.access.base import AccessBase


class Lineage(AccessBase):
    """Runs and those above them."""

    def lineage(self, workspace: str, run_id: str) -> tuple[str, ...]:
        """The ids of a run and of all runs above it, from below; empty if the workspace does not have it."""
        found: list[str] = []
        wanted: str | None = run_id
        while wanted is not None and wanted not in found:
            try:
                run = self._records.run(workspace, wanted)
            except NotFound:
                break
            found.append(run.id)
            wanted = run.parent_id
        return tuple(found)

    def is_running(self, workspace: str, run_id: str) -> bool:
        """Whether that run is there and has not ended."""
        try:
            return not self._records.run(workspace, run_id).status.is_terminal
        except NotFound:
            return False
