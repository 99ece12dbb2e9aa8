"""All targets and jobs of one home: takes launches and cancels, and what an earlier engine left."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from lazulite.compute.base import JobStage, Report
from lazulite.compute.processes import jobs, nodefile
from lazulite.compute.processes.cluster import Cluster
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import ComputeTarget, Node
from lazulite.model.job import Job
from lazulite.model.run import RunStatus
from lazulite.worker import identity
from lazulite.worker.folder import JobFolder

#: How often jobs that go on without a node are looked at, in seconds.
_ORPHAN_SECONDS = 0.5
#: How long a node may take from its start until it is ready; older ones that are not are given up.
_START_SECONDS = 30.0


class Fleet:
    """Everything happens on the loop's thread."""

    def __init__(self, loop: Loop, home: Path, report: Callable[[Report], None]) -> None:
        self._loop = loop
        self._home = home
        self._report = report
        self._clusters: dict[tuple[str, str], Cluster] = {}
        self._orphans: dict[str, Job] = {}
        self._stages: dict[str, RunStatus] = {}
        self._looking = False

    def adopt(self) -> None:
        """Find the nodes of earlier engines."""
        for folder, node in nodefile.all_of(self._home):
            if any(node.id in cluster.links for cluster in self._clusters.values()):
                continue
            if node.process is None and time.time() - node.created < _START_SECONDS:
                self._loop.after(0.5, self.adopt)  # it is just starting
            elif node.process is None or not identity.is_alive(node.process):
                nodefile.remove(folder, node)
            else:
                self._cluster(node.workspace, node.compute).adopt(folder, node)

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Run the job, or watch it, or say how it ended."""
        cluster = self._cluster(job.workspace.id, target.name)
        cluster.define(target)
        done = jobs.ended(job)
        if done is not None:
            self._report(done)
        elif cluster.expect(job):
            self._say_stage(job)
        elif jobs.process_of(job) is not None:
            self.watch(job)
        elif jobs.was_started(job):
            self._report(jobs.gone(job, "the job's process is gone, and it left no result"))
        else:
            JobFolder(Path(job.folder)).write_job(job)
            cluster.queue(job)

    def cancel(self, job_id: str) -> None:
        """End the job, wherever it is."""
        if any(cluster.cancel(job_id) for cluster in self._clusters.values()):
            return
        job = self._orphans.get(job_id)
        process = jobs.process_of(job) if job else None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

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

    def watch(self, job: Job) -> None:
        """The job runs without a node of ours: look at it until it ends."""
        self._orphans[job.id] = job
        self._say_stage(job)
        if not self._looking:
            self._looking = True
            self._loop.after(_ORPHAN_SECONDS, self._look)

    def _look(self) -> None:
        self._looking = False
        for job in list(self._orphans.values()):
            if jobs.process_of(job) is None:
                del self._orphans[job.id]
                self._report(jobs.gone(job, "the job's process is gone, and it left no result"))
            else:
                self._say_stage(job)
        if self._orphans:
            self._looking = True
            self._loop.after(_ORPHAN_SECONDS, self._look)

    def _say_stage(self, job: Job) -> None:
        stage = JobFolder(Path(job.folder)).stage()
        if stage is not None and self._stages.get(job.id) is not stage:
            self._stages[job.id] = stage
            self._report(JobStage(job.id, stage))

    def _cluster(self, workspace: str, name: str) -> Cluster:
        key = (workspace, name)
        if key not in self._clusters:
            self._clusters[key] = Cluster(
                self._loop, self._home, workspace, name, self._report, self.watch, self._slot
            )
        return self._clusters[key]

    def _slot(self) -> int:
        """The smallest number that no node of this machine has: spreads nodes over CPUs."""
        taken = {link.node.slot for cluster in self._clusters.values() for link in cluster.links.values()}
        return next(number for number in count() if number not in taken)
