"""Metrics of runs, and nodes as last seen."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.assets import Node
from lazulite.model.run import Metric
from lazulite.records import (
    metrics,
    nodes,
)
from lazulite.records.transactions.base import Base


class Measurements(Base):
    """Metrics of runs, and nodes as last seen."""

    def add_metrics(self, run_id: str, metrics_: Sequence[Metric], sequence: int | None = None) -> None:
        """Append metric records. With `sequence`, the number of the first, those the run has already are skipped;
        each try of a step needs numbers of its own."""
        with self._database.write() as connection:
            metrics.add(connection, run_id, metrics_, sequence)

    def forget_metrics(self, root_id: str, numbers: range) -> None:
        """Remove the metric records with these numbers from the run `root_id` and all runs below it: what a try of a
        step logged that is tried again."""
        with self._database.write() as connection:
            metrics.forget(connection, root_id, numbers)

    def metrics(self, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
        """Metric records in the order they were logged (of a reused run without any: those it reuses)."""
        with self._database.read() as connection:
            return metrics.of_run(connection, run_id, name)

    def latest_metrics(self, ws_id: str, run_ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """By top-level run, the newest number of each metric, of the run or of one below it."""
        with self._database.read() as connection:
            return metrics.latest(connection, ws_id, run_ids)

    def replace_nodes(self, ws_id: str, compute: str, nodes_: Sequence[Node]) -> None:
        """Let these be all the nodes of that compute target."""
        with self._database.write() as connection:
            nodes.replace(connection, ws_id, compute, nodes_)

    def nodes(self, ws_id: str, compute: str) -> tuple[Node, ...]:
        """The nodes of a compute target as last reported."""
        with self._database.read() as connection:
            return nodes.of_compute(connection, ws_id, compute)

    def all_nodes(self) -> tuple[Node, ...]:
        """The nodes of all compute targets of all workspaces."""
        with self._database.read() as connection:
            return nodes.everywhere(connection)
