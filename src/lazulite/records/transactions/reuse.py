"""What was done before, and why a step ran or did not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import OutputRecord
from lazulite.records import (
    reuse,
)
from lazulite.records.reuse import Candidate, Earlier
from lazulite.records.transactions.base import Base


class Reuse(Base):
    """What was done before, and why a step ran or did not."""

    def reuse_candidates(
        self, ws_id: str, keys: Collection[str], besides: str | None = None, limit: int = 5
    ) -> dict[str, tuple[Candidate, ...]]:
        """By key, the newest runs recorded under it with their outputs, newest first; none of the steps of the
        pipeline run `besides`."""
        with self._database.read() as connection:
            return reuse.candidates(connection, ws_id, keys, besides, limit)

    def decision(self, ws_id: str, run_id: str) -> ReuseDecision | None:
        """The reuse decision of a run; None as long as there is none."""
        with self._database.read() as connection:
            return reuse.decision(connection, ws_id, run_id)

    def components(self, run_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """By run, the components of the key that was decided on; runs without a decision are missing."""
        with self._database.read() as connection:
            return reuse.components(connection, run_ids)

    def earlier_runs(
        self, ws_id: str, step_names: Collection[str], limit: int = 5
    ) -> dict[str, tuple[Earlier, ...]]:
        """By step name, the newest steps that completed and were not reused, with their keys' components."""
        with self._database.read() as connection:
            return reuse.earlier_runs(connection, ws_id, step_names, limit)

    def outputs(self, ws_id: str, run_id: str) -> tuple[OutputRecord, ...]:
        """The recorded outputs of a run (of a reused run without any: those it reuses)."""
        with self._database.read() as connection:
            return reuse.outputs_of(connection, ws_id, run_id)

    def outputs_of_steps(self, run_id: str) -> dict[str, tuple[OutputRecord, ...]]:
        """By step run, the recorded outputs of all steps of a pipeline run that have any."""
        with self._database.read() as connection:
            return reuse.outputs_of_steps(connection, run_id)
