"""One compute target: its nodes and the jobs that wait for one."""

from __future__ import annotations

import secrets
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from lazulite.compute.base import JobStage, NodesChanged, Report
from lazulite.compute.processes import jobs, nodefile
from lazulite.compute.processes.link import Link
from lazulite.compute.processes.loop import Loop
from lazulite.compute.processes.protocol import CancelJob, Hello, JobGone, Leave, RunJob, StageReached
from lazulite.compute.processes.schedule import Bounds, Seen, decide
from lazulite.model.assets import ComputeTarget, NodeState
from lazulite.model.job import Job
from lazulite.model.run import RunError


class Cluster:
    """The nodes of one target of one workspace. Everything happens on the loop's thread."""

    def __init__(
        self,
        loop: Loop,
        home: Path,
        workspace: str,
        name: str,
        report: Callable[[Report], None],
        watch: Callable[[Job], None],
        slot: Callable[[], int],
    ) -> None:
        self._loop = loop
        self._home = home
        self._workspace = workspace
        self._name = name
        self._report = report
        self._watch = watch  # takes over a job that goes on without its node
        self._slot = slot
        self._bounds = Bounds(0, 1, 300.0)
        self._waiting: deque[Job] = deque()
        self._running: dict[str, Job] = {}
        self.links: dict[str, Link] = {}
        self._settled = True
        self._timer = False

    # --- what the engine wants ---

    def define(self, target: ComputeTarget) -> None:
        """Take the target's definition."""
        idle = target.idle_seconds_before_scaledown
        self._bounds = Bounds(target.min_nodes, target.max_nodes, idle)
        self.settle()

    def remove(self) -> None:
        """The target was deleted: no job starts any more, nodes end with their jobs."""
        self._bounds = Bounds(0, 0, 0.0)
        while self._waiting:
            job = self._waiting.popleft()
            error = RunError("ComputeUnavailable", f"The compute target '{self._name}' was deleted.")
            self._report(jobs.failed(job, error))
        self.settle()

    def queue(self, job: Job) -> None:
        """Run the job when a node is free."""
        self._waiting.append(job)
        self.settle()

    def expect(self, job: Job) -> bool:
        """A node runs the job already; True if it is one of ours."""
        for link in self.links.values():
            if link.job == job.id:
                self._running[job.id] = job
                return True
        return False

    def cancel(self, job_id: str) -> bool:
        """End the job; False if it is not here."""
        for job in self._waiting:
            if job.id == job_id:
                self._waiting.remove(job)
                self._report(jobs.canceled(job))
                return True
        for link in self.links.values():
            if link.job == job_id:
                link.send(CancelJob(job_id))
                return True
        return False

    def release(self, *, stop_nodes: bool) -> None:
        """The engine ends: let go of all nodes."""
        for link in self.links.values():
            if stop_nodes:
                link.send(Leave())
            link.close()
        if stop_nodes:
            self._report(NodesChanged(self._workspace, self._name, ()))

    def adopt(self, folder: Path, node: nodefile.NodeFile) -> bool:
        """Connect to a node of an earlier engine; False if it does not answer."""
        link = Link(self._loop, folder, node, self._hear, self._closed)
        try:
            link.connect()
        except OSError:
            return False
        self.links[node.id] = link
        return True

    # --- what nodes say ---

    def _hear(self, link: Link, message: Hello | StageReached | JobGone) -> None:
        if isinstance(message, Hello):
            link.greeted = True
            state = NodeState.IDLE if message.job is None else NodeState.RUNNING
            link.become(state, message.job, message.run_id)
        elif isinstance(message, StageReached):
            if message.job in self._running:
                self._report(JobStage(message.job, message.stage))
            return
        else:
            self._job_gone(link, message)
        self.settle(changed=True)

    def _job_gone(self, link: Link, message: JobGone) -> None:
        job = self._running.pop(message.job, None)
        was_refused = link.job == message.job and job is not None and not jobs.was_started(job)
        # A node that refused is about to leave; one whose job ended is free.
        link.become(NodeState.LEAVING if was_refused else NodeState.IDLE)
        if job is None:
            return
        if was_refused:
            self._waiting.appendleft(job)
        elif jobs.process_of(job) is not None:
            self._watch(job)
        else:
            self._report(jobs.gone(job, message.reason))

    def _closed(self, link: Link) -> None:
        self.links.pop(link.node.id, None)
        job = self._running.pop(link.job or "", None)
        if job is not None:
            self._without_node(job)
        elif not link.greeted and link.node.process is None:  # one we started, not one that was just leaving
            self._never_came(link)
        nodefile.remove(link.folder, link.node)
        self.settle(changed=True)

    def _without_node(self, job: Job) -> None:
        if jobs.process_of(job) is not None:
            self._watch(job)
        elif jobs.was_started(job):
            self._report(jobs.gone(job, "the node and the job's process are gone"))
        else:
            self._waiting.appendleft(job)

    def _never_came(self, link: Link) -> None:
        """A node that ended before it was ready would end again: the job that wanted it fails, and says why."""
        job = next((job for job in self._waiting if job.interpreter == link.node.interpreter), None)
        if job is not None:
            self._waiting.remove(job)
            message = f"No node could be started with {link.node.interpreter}. Its last words:"
            self._report(jobs.failed(job, RunError("ComputeUnavailable", f"{message}\n{link.last_words()}")))

    # --- what follows ---

    def settle(self, *, changed: bool = False) -> None:
        """Use, start and stop nodes as the schedule says, and report if anything changed."""
        if any(not link.greeted and link.node.process is not None for link in self.links.values()):
            return  # adopted nodes first say what they run
        now = time.monotonic()
        seen = [
            Seen(link.node.id, link.node.interpreter, link.state, link.clock) for link in self.links.values()
        ]
        waiting = list(self._waiting)
        decision = decide(seen, [job.interpreter for job in waiting], self._bounds, now, sys.executable)
        for position, node in decision.use:
            self._use(self.links[node], waiting[position])
        for node in decision.stop:
            self.links[node].send(Leave())
            self.links[node].become(NodeState.LEAVING)
        for interpreter in decision.start:
            self._start(interpreter)
        if decision.again is not None and not self._timer:
            self._timer = True
            self._loop.after(decision.again + 0.01, self._again)
        if changed or decision.use or decision.stop or decision.start:
            nodes = tuple(link.seen() for link in self.links.values())
            self._report(NodesChanged(self._workspace, self._name, nodes))

    def _again(self) -> None:
        self._timer = False
        self.settle()

    def _use(self, link: Link, job: Job) -> None:
        self._waiting.remove(job)
        self._running[job.id] = job
        link.become(NodeState.RUNNING, job.id, job.run_id)
        link.send(RunJob(job.id, job.run_id, job.folder))

    def _start(self, interpreter: str) -> None:
        identity = f"{self._name}-{secrets.token_hex(4)}"
        node = nodefile.NodeFile(
            identity, self._workspace, self._name, interpreter, self._slot(), self._bounds.idle_seconds
        )
        link = Link(self._loop, nodefile.folder_of(self._home, identity), node, self._hear, self._closed)
        try:
            link.start()
        except OSError as error:
            nodefile.remove(link.folder, node)
            reason = f"No node could be started with {interpreter}: {error.strerror}."
            for job in [job for job in self._waiting if job.interpreter == interpreter]:
                self._waiting.remove(job)
                self._report(jobs.failed(job, RunError("ComputeUnavailable", reason)))
            return
        self.links[identity] = link
