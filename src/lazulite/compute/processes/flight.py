"""The jobs of one target between their launch and their end: each is in one place, and ends exactly once.

waiting   for a node, in the order of launch
placed    given to a node
stray     a process has it, and no node has said to us that it is this one's; looked at until it ends

A process that took a job may be a node, which lives on when the job is over. So a living process says nothing about
the job: a result does, or the process's death, or the node itself.
"""

from __future__ import annotations

import signal
from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import datetime
from itertools import takewhile

from lazulite.compute.base import JobEnded, JobLost, JobStage, Report
from lazulite.compute.processes import jobs
from lazulite.compute.processes.link import Link
from lazulite.compute.processes.protocol import CancelJob
from lazulite.model.job import Job
from lazulite.model.run import RunError, RunStatus
from lazulite.worker.identity import ProcessIdentity
from lazulite.worker.stages import grace

#: How often a job is given to a node that does not start it, before it is lost.
_TRIES = 3


class Flight:
    """The jobs in flight.

    Args:
        report: Takes what happens to them.
        node_at: Finds the node whose process this is, if we talk to it.
    """

    def __init__(
        self, report: Callable[[Report], None], node_at: Callable[[ProcessIdentity], Link | None]
    ) -> None:
        self.waiting: OrderedDict[str, Job] = OrderedDict()
        self.placed: dict[str, Job] = {}
        self.strays: dict[str, Job] = {}
        #: Strays whose process is no node that we talk to: they take up the room of one.
        self.apart: set[str] = set()
        self._report = report
        self._node_at = node_at
        self._canceled: dict[str, None] = {}  # in the order of the requests
        self._tries: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}  # in the order of launch
        self._last = 0
        self._stages: dict[str, RunStatus] = {}
        self._unsure: set[str] = set()

    def has(self, job_id: str) -> bool:
        """Whether the job is in flight."""
        return job_id in self.placed or job_id in self.strays or job_id in self.waiting

    def wait(self, job: Job) -> None:
        """The job waits, behind all others."""
        self._last += 1
        self._numbers[job.id] = self._last
        self.waiting[job.id] = job

    def place(self, job: Job) -> None:
        """The job is given to a node."""
        del self.waiting[job.id]
        self.placed[job.id] = job
        self._tries[job.id] += 1

    def stray(self, job: Job) -> None:
        """A process has the job that is not the node it was given to, or that node is gone."""
        self.waiting.pop(job.id, None)
        self.placed.pop(job.id, None)
        self.strays[job.id] = job
        if job.id in self._canceled:
            self._ask_to_end(job)
        self.look_at(job)

    def found_on_node(self, job_id: str) -> bool:
        """A node says that it runs the job; True if it was asked to cancel meanwhile."""
        self.apart.discard(job_id)
        job = self.strays.pop(job_id, None) or self.waiting.pop(job_id, None)
        if job is not None:
            self.placed[job_id] = job
            self._say_stage(job, jobs.stage_of(job))
        return job_id in self._canceled

    def cancel(self, job_id: str) -> bool:
        """Remember that the job is to end; False if it is not here. What follows depends on where it is."""
        if not self.has(job_id):
            return False
        self._canceled[job_id] = None
        if job_id in self.strays:
            self._ask_to_end(self.strays[job_id])
        return True

    def force(self, job_id: str) -> None:
        """Kill the job's process if it was asked to end and is still there. Its end is noticed as any other."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is not None and job_id in self._canceled:
            node = self._node_of(job)
            if node is None or not node.greeted or node.job == job_id:  # else it was asked about the job
                jobs.send_signal(job, signal.SIGKILL)

    def patience(self, job_id: str) -> float | None:
        """Seconds that the script of a job that runs has to end, once it is asked to; None if none runs."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        return None if job is None else grace(job)

    def drop_canceled(self) -> None:
        """End the jobs that were canceled while they waited."""
        for job in [self.waiting[job_id] for job_id in self._canceled if job_id in self.waiting]:
            self.end(job, jobs.canceled(job))

    def fail(self, job: Job, error: RunError) -> None:
        """The job cannot be started."""
        self.end(job, jobs.failed(job, error))

    def refused(self, job_id: str, reason: str) -> None:
        """A node did not take the job: it waits again, until it was tried often enough."""
        job = self.placed.pop(job_id, None)
        if job is None:
            return
        if jobs.was_started(job):  # the node took it already, on the order of an earlier engine
            self.stray(job)
        elif self._tries[job_id] >= _TRIES:
            self.end(job, JobLost(job_id, f"{_TRIES} nodes did not start the job: {reason}"))
        else:
            self._wait_again(job)

    def returned(self, job_id: str) -> None:
        """A node gives the job back that it was given for later: it waits again, as if it had not been given."""
        job = self.placed.pop(job_id, None)
        if job is not None:
            self._tries[job_id] -= 1
            self._wait_again(job)

    def process_gone(
        self, job_id: str, reason: str, is_at: Callable[[ProcessIdentity], bool], *, elsewhere: bool = False
    ) -> None:
        """A node, whose process `is_at` knows, says that it has nothing to do with the job any more.

        `elsewhere`: because another process had taken it, which may be writing that down only now.
        """
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is None:
            return
        done = jobs.ended(job)
        if done is not None:
            self.end(job, done)
            return
        process = jobs.process_of(job)
        if elsewhere if process is None else not is_at(process):
            self.stray(job)
        else:
            self.end(job, jobs.gone(job, reason))

    def node_gone(self, job_id: str, reason: str) -> None:
        """The node of the job is gone."""
        job = self.placed.get(job_id)
        if job is None:
            return
        if jobs.process_of(job) is not None:  # a process of its own, or the node's, about to die
            self.stray(job)
        elif jobs.was_started(job):
            self.end(job, jobs.gone(job, f"{reason}, and the job's process is gone"))
        else:
            self.refused(job_id, reason)

    def next_gone(self, job_id: str, reason: str) -> None:
        """The node is gone to which the job was given for later. It may have begun it at the very end."""
        job = self.placed.get(job_id)
        if job is not None and jobs.was_started(job):
            self.node_gone(job_id, reason)
        else:
            self.returned(job_id)

    def taken_by(self, node: Link) -> Job | None:
        """The stray that the node's process took."""
        return next((job for job in self.strays.values() if self._node_of(job) is node), None)

    def left(self, job_id: str) -> None:
        """The node that had taken a stray before it was asked has answered that it does not run it."""
        job = self.strays.get(job_id)
        if job is not None:
            self.end(job, jobs.gone(job, "its node has left it, without a result"))

    def look(self) -> None:
        """Look at all strays."""
        for job in list(self.strays.values()):
            self.look_at(job)

    def look_at(self, job: Job) -> None:
        """Say how far the stray is, or how it ended."""
        process = jobs.process_of(job)  # before the result, which it may write right before its death
        done = jobs.ended(job)
        if done is not None:
            self.end(job, done)
        elif process is None and job.id not in self._unsure and jobs.is_being_taken(job):
            self._unsure.add(
                job.id
            )  # until the next look: whose it is, is written right after the file is made
        elif process is None:
            self.end(job, jobs.gone(job, "the job's process is gone, and it left no result"))
        else:
            self._say_stage(job, jobs.stage_of(job))
            node = self._node_at(process)
            if node is None:
                self.apart.add(job.id)
            else:
                self.apart.discard(job.id)
                node.ask(job.id)

    def stage(self, job_id: str, stage: RunStatus, at: datetime | None = None) -> None:
        """A node says that the job reached a stage."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is not None:
            self._say_stage(job, stage, at)

    def end(self, job: Job, how: JobEnded | JobLost) -> None:
        """The job is over: report it, and forget it. One that was to be canceled and is lost was canceled."""
        self.waiting.pop(job.id, None)
        self.placed.pop(job.id, None)
        self.strays.pop(job.id, None)
        self.apart.discard(job.id)
        self._unsure.discard(job.id)
        self._stages.pop(job.id, None)
        self._tries.pop(job.id, None)
        self._numbers.pop(job.id, None)
        if isinstance(how, JobLost) and job.id in self._canceled:
            how = jobs.canceled(job)
        self._canceled.pop(job.id, None)
        self._report(how)

    def _wait_again(self, job: Job) -> None:
        """The job waits, before all that were launched later."""
        number = self._numbers.setdefault(job.id, 0)
        before = list(takewhile(lambda other: self._numbers[other] < number, self.waiting))
        self.waiting[job.id] = job
        for one in (job.id, *reversed(before)):
            self.waiting.move_to_end(one, last=False)

    def _ask_to_end(self, job: Job) -> None:
        node = self._node_of(job)
        if node is None:
            jobs.send_signal(job, signal.SIGTERM)
        else:
            node.send(CancelJob(job.id))

    def _node_of(self, job: Job) -> Link | None:
        process = jobs.process_of(job)
        return None if process is None else self._node_at(process)

    def _say_stage(self, job: Job, stage: RunStatus | None, at: datetime | None = None) -> None:
        if stage is not None and self._stages.get(job.id) is not stage:
            self._stages[job.id] = stage
            self._report(JobStage(job.id, stage, at))
