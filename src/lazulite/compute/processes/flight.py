"""The jobs of one target between their launch and their end: each is in one place, and ends exactly once.

waiting   for a node, in the order of launch
placed    given to a node
stray     its process goes on without its node, or its node has not said so yet; looked at until it ends
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime

from lazulite.compute.base import JobEnded, JobLost, JobStage, Report
from lazulite.compute.processes import jobs
from lazulite.model.job import Job
from lazulite.model.run import RunError, RunStatus
from lazulite.worker.stages import grace

#: How often a job is given to a node that does not start it, before it is lost.
_TRIES = 3


class Flight:
    """The jobs in flight. `report` takes what happens to them."""

    def __init__(self, report: Callable[[Report], None]) -> None:
        self.waiting: deque[Job] = deque()
        self.placed: dict[str, Job] = {}
        self.strays: dict[str, Job] = {}
        self._report = report
        self._canceled: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._stages: dict[str, RunStatus] = {}

    def has(self, job_id: str) -> bool:
        """Whether the job is in flight."""
        return job_id in self.placed or job_id in self.strays or self._waiting(job_id) is not None

    def wait(self, job: Job) -> None:
        """The job waits, behind all others."""
        self.waiting.append(job)

    def place(self, job: Job) -> None:
        """The job is given to a node."""
        self.waiting.remove(job)
        self.placed[job.id] = job
        self._tries[job.id] += 1

    def stray(self, job: Job) -> None:
        """The job's process goes on without a node."""
        self.placed.pop(job.id, None)
        self.strays[job.id] = job
        if job.id in self._canceled:
            jobs.ask_to_end(job)
        self.look_at(job)

    def found_on_node(self, job_id: str) -> bool:
        """A node says that it runs the job; True if it was asked to cancel meanwhile."""
        job = self.strays.pop(job_id, None) or self._waiting(job_id)
        if job is not None:
            if job in self.waiting:
                self.waiting.remove(job)
            self.placed[job_id] = job
            self._say_stage(job, jobs.stage_of(job))
        return job_id in self._canceled

    def cancel(self, job_id: str) -> bool:
        """Remember that the job is to end; False if it is not here. What follows depends on where it is."""
        if not self.has(job_id):
            return False
        self._canceled.add(job_id)
        if job_id in self.strays:
            jobs.ask_to_end(self.strays[job_id])
        return True

    def force(self, job_id: str) -> None:
        """Kill the job's process if it was asked to end and is still there. Its end is noticed as any other."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is not None and job_id in self._canceled:
            jobs.kill(job)

    def patience(self, job_id: str) -> float | None:
        """Seconds that the script of a job that runs has to end, once it is asked to; None if none runs."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        return None if job is None else grace(job)

    def drop_canceled(self) -> None:
        """End the jobs that were canceled while they waited."""
        for job in [job for job in self.waiting if job.id in self._canceled]:
            self.end(job, jobs.canceled(job))

    def fail(self, job: Job, error: RunError) -> None:
        """The job cannot be started."""
        self.end(job, jobs.failed(job, error))

    def refused(self, job_id: str, reason: str) -> None:
        """A node did not start the job: it waits again, before all others, until it was tried often enough."""
        job = self.placed.pop(job_id, None)
        if job is None:
            return
        if self._tries[job_id] >= _TRIES:
            self.end(job, JobLost(job_id, f"{_TRIES} nodes did not start the job: {reason}"))
        else:
            self.waiting.appendleft(job)

    def process_gone(self, job_id: str, reason: str) -> None:
        """A node says that the job's process is gone."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is None:
            return
        if jobs.process_of(job) is not None:  # another process had the job already
            self.stray(job)
        else:
            self.end(job, jobs.gone(job, reason))

    def node_gone(self, job_id: str, reason: str) -> None:
        """The node of the job is gone."""
        job = self.placed.get(job_id)
        if job is None:
            return
        if jobs.process_of(job) is not None:
            self.stray(job)
        elif jobs.was_started(job):
            self.end(job, jobs.gone(job, f"{reason}, and the job's process is gone"))
        else:
            self.refused(job_id, reason)

    def look(self) -> None:
        """Look at all strays."""
        for job in list(self.strays.values()):
            self.look_at(job)

    def look_at(self, job: Job) -> None:
        """Say how far the stray is, or how it ended."""
        if jobs.process_of(job) is None:
            self.end(job, jobs.gone(job, "the job's process is gone, and it left no result"))
        else:
            self._say_stage(job, jobs.stage_of(job))

    def stage(self, job_id: str, stage: RunStatus, at: datetime | None = None) -> None:
        """A node says that the job reached a stage."""
        job = self.placed.get(job_id) or self.strays.get(job_id)
        if job is not None:
            self._say_stage(job, stage, at)

    def end(self, job: Job, how: JobEnded | JobLost) -> None:
        """The job is over: report it, and forget it. One that was to be canceled and is lost was canceled."""
        if job in self.waiting:
            self.waiting.remove(job)
        self.placed.pop(job.id, None)
        self.strays.pop(job.id, None)
        self._stages.pop(job.id, None)
        self._tries.pop(job.id, None)
        if isinstance(how, JobLost) and job.id in self._canceled:
            how = jobs.canceled(job)
        self._canceled.discard(job.id)
        self._report(how)

    def _waiting(self, job_id: str) -> Job | None:
        return next((job for job in self.waiting if job.id == job_id), None)

    def _say_stage(self, job: Job, stage: RunStatus | None, at: datetime | None = None) -> None:
        if stage is not None and self._stages.get(job.id) is not stage:
            self._stages[job.id] = stage
            self._report(JobStage(job.id, stage, at))
