"""One compute target: its nodes, and the jobs that wait for one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from lazulite.compute.base import NodesChanged, Report
from lazulite.compute.processes import jobs, nodefile
from lazulite.compute.processes.ahead import Ahead
from lazulite.compute.processes.flight import Flight
from lazulite.compute.processes.link import Link
from lazulite.compute.processes.loop import Loop
from lazulite.compute.processes.news import NodeNews
from lazulite.compute.processes.protocol import CancelJob, Hello, JobGone, Leave, StageReached
from lazulite.compute.processes.schedule import Bounds, Seen, decide
from lazulite.compute.processes.staff import Staff
from lazulite.model.assets import ComputeTarget, NodeState
from lazulite.model.job import Job
from lazulite.model.run import RunError
from lazulite.worker import failure

#: How often jobs that go on without a node are looked at, in seconds.
_STRAY_SECONDS = 0.25
#: How long a canceled job may take for its logs and ./outputs after its script was ended, in seconds.
_HANGING_SECONDS = 60.0


class Cluster:
    """The nodes of one target of one workspace. Everything happens on the loop's thread."""

    def __init__(
        self,
        loop: Loop,
        home: Path,
        workspace: str,
        name: str,
        report: Callable[[Report], None],
        slot: Callable[[], int],
    ) -> None:
        self._loop = loop
        self._workspace = workspace
        self._name = name
        self._report = report
        # Until the engine says what the target is, no node is one too many.
        self._bounds = Bounds(0, sys.maxsize, 0.0)
        self._is_defined = self._is_removed = self._is_released = False
        self._staff = Staff(
            loop, home, workspace, name, slot, hear=self._hear, closed=self._closed, silent=self._silent
        )
        self.links = self._staff.links
        self._flight = Flight(report, self._staff.at)
        self._ahead = Ahead(loop, self.links, self._flight.waiting, self._use)
        self._news = NodeNews(loop, workspace, name, report)

    # --- what the engine wants ---

    def define(self, target: ComputeTarget) -> None:
        """Take the target's definition."""
        self._is_defined, self._is_removed = True, False
        self._bounds = Bounds(target.min_nodes, target.max_nodes, target.idle_seconds_before_scaledown)
        self._settle_soon()

    def remove(self) -> None:
        """The target was deleted: no job starts any more, nodes end with their jobs."""
        self._is_defined = self._is_removed = True
        self._bounds = Bounds(0, 0, 0.0)
        self._settle()

    def launch(self, job: Job) -> None:
        """Run the job when a node is free, or watch it, or say how it ended."""
        if self._flight.has(job.id):
            return
        try:
            self._take(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be forgotten
            self._report(jobs.failed(job, failure.of_exception(error, job.folder)))
        self._settle_soon()

    def cancel(self, job_id: str) -> bool:
        """End the job; False if it is not here."""
        if not self._flight.cancel(job_id):
            return False
        for link in self.links.values():
            if job_id in (link.job, link.next and link.next.id):
                link.send(CancelJob(job_id))
        patience = self._flight.patience(job_id)
        if patience is not None:
            self._loop.after(patience + _HANGING_SECONDS, partial(self._flight.force, job_id))
        self._settle_soon()
        return True

    def release(self, *, stop_nodes: bool) -> None:
        """The engine ends: let go of all nodes."""
        self._is_released = True
        if not stop_nodes and self.links:
            self._news.catch_up(self.links.values())
        for link in self.links.values():
            if stop_nodes:
                link.send(Leave())
                link.become(NodeState.LEAVING, link.job, link.run_id)
            link.close()
        if stop_nodes:
            busy = tuple(link.seen() for link in self.links.values() if link.job)
            self._report(NodesChanged(self._workspace, self._name, busy))
        self.links.clear()

    def adopt(self, folder: Path, node: nodefile.NodeFile) -> None:
        """Connect to a node of an earlier engine. One that cannot be reached is ended."""
        if self._staff.adopt(folder, node) and not self._is_defined:
            self._bounds = Bounds(0, sys.maxsize, node.idle_seconds)

    def _take(self, job: Job) -> None:
        is_new = jobs.is_new(job)
        done = None if is_new else jobs.ended(job)
        if done is not None:
            self._flight.end(job, done)
            return
        is_started = not is_new and jobs.was_started(job)
        if self._is_removed and not is_started:
            self._flight.fail(job, self._deleted())
            return
        if is_started:
            self._flight.stray(job)
            self._watch_strays()
        else:
            self._flight.wait(job)
        if any(link.job == job.id for link in self.links.values()):  # it runs it, or is about to
            self._flight.found_on_node(job.id)

    # --- what nodes say ---

    def _hear(self, link: Link, message: Hello | StageReached | JobGone) -> None:
        if isinstance(message, StageReached):
            self._flight.stage(message.job, message.stage, message.at)
            return
        if isinstance(message, JobGone):
            self._job_gone(link, message)
        elif link.greeted:
            self._answered(link, message)
        else:
            self._greeted(link, message)
        self._settle_soon()

    def _job_gone(self, link: Link, message: JobGone) -> None:
        if message.returned:
            if link.returned(message.job):
                self._flight.returned(message.job)
        elif message.refused:
            link.returned(message.job)
            link.ask()  # it may run one that an earlier engine gave it
            self._staff.dismiss(link)
            self._flight.refused(message.job, message.reason)
        else:
            if link.job == message.job:
                self._ahead.over(link)
                link.go_on()
                self._serve()  # the next job starts while we look at what became of this one
            self._flight.process_gone(message.job, message.reason, link.is_at, elsewhere=message.elsewhere)
        self._watch_strays()

    def _answered(self, link: Link, message: Hello) -> None:
        doubted, link.asked, link.doubted = link.doubted, False, None
        if message.job is not None and link.job is None:
            self._runs(link, message.job, message.run_id)
        if doubted is not None and doubted != message.job:
            self._flight.left(doubted)

    def _runs(self, link: Link, job: str, run_id: str | None) -> None:
        """A node says that it runs a job that we did not give it."""
        link.become(NodeState.RUNNING, job, run_id)
        if self._flight.found_on_node(job):
            link.send(CancelJob(job))

    def _greeted(self, link: Link, message: Hello) -> None:
        link.greeted = True
        if link.job not in (None, message.job):  # it ended before we were heard
            self._flight.process_gone(link.job, "its node has left it, without a result", link.is_at)
        if message.job is not None:
            self._runs(link, message.job, message.run_id)
        else:
            link.become(NodeState.LEAVING if message.leaving else NodeState.IDLE)
        link.leaving = message.leaving
        self._staff.came(link)

    def _silent(self, link: Link) -> None:
        job = self._flight.taken_by(link)
        if job is not None:  # busy with it, and no worse than one that is silent after it greeted
            self._runs(link, job.id, job.run_id)
            self._settle_soon()
        else:
            link.give_up()

    def _closed(self, link: Link) -> None:
        if link.job is not None:
            reason = f"the node {link.node.id} is gone ({link.how_it_ended()})"
            self._flight.node_gone(link.job, reason)
            if link.next is not None:
                self._flight.next_gone(link.next.id, reason)
            self._watch_strays()
        elif not link.greeted and not link.adopted and self._staff.failed_again(link):
            self._cannot_start(link.node.interpreter, link.how_it_ended(), link.last_words())
        self._settle_soon()

    def _cannot_start(self, interpreter: str, how: str, words: str = "") -> None:
        job = next((job for job in self._flight.waiting.values() if job.interpreter == interpreter), None)
        if job is not None:
            text = (
                f"No node of compute target '{self._name}' could be started with {interpreter}: {how}. "
                "It must be a Python interpreter that can import lazulite."
            )
            self._flight.fail(job, RunError("ComputeUnavailable", text, words))

    # --- what follows ---

    def _settle_soon(self) -> None:
        """Settle once for all that happens in this turn of the loop."""
        self._loop.once_in(0.0, self._settle)

    def _settle(self) -> None:
        """Use, start and stop nodes as the schedule says, and report nodes that changed."""
        if self._is_released:
            return
        self._serve()
        if self._is_defined or self.links or self._news.has_nodes:
            self._news.look(self.links.values(), self._settle)

    def _serve(self) -> None:
        if not self._staff.are_known():
            return
        self._flight.drop_canceled()
        if self._is_removed:
            for job in list(self._flight.waiting.values()):
                self._flight.fail(job, self._deleted())
        self._follow_schedule()

    def _follow_schedule(self) -> None:
        now = time.monotonic()
        nodes = [
            Seen(link.node.id, link.node.interpreter, link.state, link.clock) for link in self.links.values()
        ]
        looked_at: list[Job] = []
        allowed = self._allowed()
        decision = decide(nodes, self._wanted(looked_at), allowed, now, sys.executable)
        for position, node in decision.use:
            self._use(self.links[node], looked_at[position])
        for node in decision.stop:
            self._staff.dismiss(self.links[node])
        for interpreter in decision.start:
            self._start(interpreter)
        self._ahead.look(allowed.max_nodes)
        if decision.again is not None:
            self._loop.once_in(decision.again + 0.01, self._settle)

    def _wanted(self, looked_at: list[Job]) -> Iterator[str]:
        """The interpreters of the jobs that wait; of thousands the schedule looks at a few."""
        for job in self._flight.waiting.values():
            looked_at.append(job)
            yield job.interpreter

    def _allowed(self) -> Bounds:
        """The target's bounds, less what strays take up, and without spare nodes where they do not start."""
        bounds = self._bounds
        least = bounds.min_nodes
        pause = self._staff.pause_left() if least else 0.0
        if pause:
            least = 0
            self._loop.once_in(pause, self._settle)
        return Bounds(least, max(0, bounds.max_nodes - len(self._flight.apart)), bounds.idle_seconds)

    def _use(self, link: Link, job: Job) -> None:
        try:
            jobs.make_folder(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be forgotten
            self._flight.fail(job, failure.of_exception(error, job.folder))
            self._settle_soon()
            return
        self._flight.place(job)
        link.give(job)

    def _start(self, interpreter: str) -> None:
        try:
            self._staff.start(interpreter, self._bounds.idle_seconds)
        except (OSError, ValueError) as error:
            self._settle_soon()  # for the jobs behind the one that fails now
            self._cannot_start(interpreter, f"{getattr(error, 'strerror', None) or error}")

    def _watch_strays(self) -> None:
        if self._flight.strays:
            self._loop.once_in(_STRAY_SECONDS, self._look_at_strays)

    def _look_at_strays(self) -> None:
        self._flight.look()
        self._watch_strays()
        self._settle_soon()

    def _deleted(self) -> RunError:
        return RunError("ComputeUnavailable", f"The compute target '{self._name}' was deleted.")
