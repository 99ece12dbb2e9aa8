"""All targets of one home: takes what the engine wants to the right one, and finds what an earlier engine left."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from lazulite.compute.base import Report
from lazulite.compute.processes import nodefile
from lazulite.compute.processes.cluster import Cluster
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import ComputeTarget, Node
from lazulite.model.job import Job
from lazulite.worker import identity

#: How often nodes that an earlier engine was just starting are looked for, and how long they may take, in seconds.
_ADOPT_SECONDS, _START_SECONDS = 0.5, 60.0


class Fleet:
    """Everything happens on the loop's thread."""

    def __init__(self, loop: Loop, home: Path, report: Callable[[Report], None]) -> None:
        self._loop = loop
        self._home = home
        self._report = report
        self._clusters: dict[tuple[str, str], Cluster] = {}

    def adopt(self) -> None:
        """Find the nodes of earlier engines."""
        known = {node for cluster in self._clusters.values() for node in cluster.links}
        is_one_starting = False
        for folder, node in nodefile.all_of(self._home):
            if node.id in known:
                continue
            if node.process is None and time.time() - node.created < _START_SECONDS:
                is_one_starting = True
            elif node.process is None or not identity.is_alive(node.process):
                nodefile.remove(folder, node)
            else:
                self._cluster(node.workspace, node.compute).adopt(folder, node)
        if is_one_starting:
            self._loop.after(_ADOPT_SECONDS, self.adopt)

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Run the job, or watch it, or say how it ended."""
        cluster = self._cluster(job.workspace.id, target.name)
        cluster.define(target)
        cluster.launch(job)

    def cancel(self, job_id: str) -> None:
        """End the job, wherever it is."""
        any(cluster.cancel(job_id) for cluster in self._clusters.values())

    def resize(self, workspace: str, target: ComputeTarget) -> None:
        """Take a target's definition."""
        self._cluster(workspace, target.name).define(target)

    def remove(self, workspace: str, compute: str) -> None:
        """A target was deleted."""
        cluster = self._clusters.get((workspace, compute))
        if cluster is not None:
            cluster.remove()

    def nodes(self) -> tuple[Node, ...]:
        """All nodes as they are now."""
        return tuple(link.seen() for cluster in self._clusters.values() for link in cluster.links.values())

    def release(self, *, stop_nodes: bool) -> None:
        """The engine ends."""
        for cluster in self._clusters.values():
            cluster.release(stop_nodes=stop_nodes)

    def _cluster(self, workspace: str, name: str) -> Cluster:
        key = (workspace, name)
        if key not in self._clusters:
            self._clusters[key] = Cluster(self._loop, self._home, workspace, name, self._report, self._slot)
        return self._clusters[key]

    def _slot(self) -> int:
        """The smallest number that no node of this machine has: spreads nodes over CPUs."""
        taken = {link.node.slot for cluster in self._clusters.values() for link in cluster.links.values()}
        return next(number for number in count() if number not in taken)
