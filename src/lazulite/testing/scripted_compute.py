"""A compute backend that runs nothing and plays what a test wrote: for the engine, and what is built on it.

    class Theatre(ScriptedCompute):
        script = {"train": [is_lost(), completes()], "test": [waits()]}

Every try of a step has an act: the first try the first, and so on; the last act serves all further tries, and a step
that is not in the script completes. What a backend promises holds here too: an ended job is reported again when it is
launched again, also by the next instance, because its outcome is in the job's folder. `max_nodes` bounds nothing.
"""

from __future__ import annotations

import enum
import io
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import ClassVar

from lazulite.compute.base import JobEnded, JobLost, JobStage, NodesChanged, Report
from lazulite.model.assets import ComputeTarget, Node, NodeState
from lazulite.model.job import Job, JobOutput, Outcome, OutcomeStatus
from lazulite.model.run import OutputRecord, RunError, RunStatus
from lazulite.worker import identity
from lazulite.worker.folder import JobFolder
from lazulite.worker.inputs import any_store_of


class Ending(enum.Enum):
    """How an act ends."""

    COMPLETED = "completed"
    FAILED = "failed"
    LOST = "lost"
    #: It does not, until `ScriptedCompute.end` or `cancel` is called.
    OPEN = "open"


@dataclass(frozen=True)
class Act:
    """What becomes of one try of a step. Made by `completes`, `fails`, `is_lost` and `waits`."""

    ending: Ending
    text: str = ""
    code: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


def completes(**outputs: str) -> Act:
    """The step completes. Each output is a file `text` in a folder, with the text given for it or its own name."""
    return Act(Ending.COMPLETED, outputs=outputs)


def fails(text: str = "as the script says", code: str = "UserError") -> Act:
    """The step fails with that message and code."""
    return Act(Ending.FAILED, text, code)


def is_lost(text: str = "the machine is gone") -> Act:
    """The machine is lost, for that reason."""
    return Act(Ending.LOST, text)


def waits() -> Act:
    """The step runs until the test ends it."""
    return Act(Ending.OPEN)


class ScriptedCompute:
    """The backend. Subclass it and set `script`; `stage`, the class's list of instances, leads the test to them."""

    #: Acts by the name of the step.
    script: ClassVar[Mapping[str, Sequence[Act]]] = {}
    #: Every instance of the subclass, in the order in which engines made them.
    stage: ClassVar[list[ScriptedCompute]] = []

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.stage = []

    def __init__(self, home: Path, report: Callable[[Report], None]) -> None:
        #: Every launch, also repeated ones, and every cancellation of a job that ran.
        self.launched: list[Job] = []
        self.canceled: list[str] = []
        #: Targets as they were defined last, by workspace and name; deleted ones are gone.
        self.targets: dict[tuple[str, str], ComputeTarget] = {}
        self.closed = False
        self._report = report
        self._open: dict[str, Job] = {}
        self._lock = threading.RLock()
        type(self).stage.append(self)

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Play the act of this try, or say again how the job ended."""
        with self._lock:
            self.launched.append(job)
            self.targets[job.workspace.id, target.name] = target
            if job.id in self._open:
                return
            known = JobFolder(Path(job.folder)).result()
            if known is not None:
                self._report(JobEnded(job.id, known))
                return
            JobFolder(Path(job.folder)).make()
            self._open[job.id] = job
            self._nodes_changed(job)
            for stage in (RunStatus.PREPARING, RunStatus.RUNNING):
                self._report(JobStage(job.id, stage))
            self._play(job, self._act(job))

    def end(self, step: str, act: Act) -> None:
        """End the step that waits, as the act says.

        Raises:
            LookupError: no step of that name waits.
        """
        with self._lock:
            job = next((job for job in self._open.values() if job.step_name == step), None)
            if job is None:
                names = sorted(job.step_name for job in self._open.values())
                raise LookupError(f"No step {step!r} waits; these do: {names}.")
            self._play(job, act)

    def cancel(self, job_id: str) -> None:
        """End a job that waits as canceled; of any other nothing happens."""
        with self._lock:
            job = self._open.get(job_id)
            if job is not None:
                self.canceled.append(job_id)
                self._end(job, _outcome(job, OutcomeStatus.CANCELED))

    def resize(self, workspace: str, target: ComputeTarget) -> None:
        """Remember the definition."""
        with self._lock:
            self.targets[workspace, target.name] = target

    def remove(self, workspace: str, compute: str) -> None:
        """Forget the target."""
        with self._lock:
            self.targets.pop((workspace, compute), None)

    def nodes(self) -> tuple[Node, ...]:
        """A node for each job that waits."""
        with self._lock:
            now = datetime.now(timezone.utc)
            return tuple(
                Node(f"node-{job.id}", job.compute, NodeState.RUNNING, now, None, job.id, job.run_id)
                for job in self._open.values()
            )

    def close(self, *, stop_nodes: bool) -> None:
        """The engine ends. Jobs that wait go on waiting: the next instance has them launched again."""
        self.closed = True

    def _act(self, job: Job) -> Act:
        acts = self.script.get(job.step_name) or (completes(),)
        return acts[min(job.attempt, len(acts)) - 1]

    def _play(self, job: Job, act: Act) -> None:
        if act.ending is Ending.LOST:
            del self._open[job.id]
            self._nodes_changed(job)
            self._report(JobLost(job.id, act.text))
        elif act.ending is Ending.FAILED:
            self._end(job, _outcome(job, OutcomeStatus.FAILED, RunError(act.code, act.text)))
        elif act.ending is Ending.COMPLETED:
            written = tuple(_write(job, item, act.outputs.get(item.name, item.name)) for item in job.outputs)
            self._end(job, _outcome(job, OutcomeStatus.COMPLETED, outputs=written))

    def _end(self, job: Job, outcome: Outcome) -> None:
        folder = JobFolder(Path(job.folder))
        folder.claim(identity.current())
        folder.write_result(outcome)
        folder.close()
        del self._open[job.id]
        self._nodes_changed(job)
        self._report(JobEnded(job.id, outcome))

    def _nodes_changed(self, job: Job) -> None:
        nodes = tuple(node for node in self.nodes() if node.compute == job.compute)
        self._report(NodesChanged(job.workspace.id, job.compute, nodes))


def _write(job: Job, output: JobOutput, text: str) -> OutputRecord:
    store = any_store_of(job, output.datastore)
    store.put(f"{output.path}/text", io.BytesIO(text.encode()), overwrite=True)
    version = store.version(output.path)
    return OutputRecord(
        name=output.name,
        datastore=output.datastore,
        path=output.path,
        content=version.content,
        stat=version.stat,
        files=version.files,
        bytes=version.bytes,
        is_directory=True,
    )


def _outcome(
    job: Job,
    status: OutcomeStatus,
    error: RunError | None = None,
    outputs: tuple[OutputRecord, ...] = (),
) -> Outcome:
    now = datetime.now(timezone.utc)
    code = {OutcomeStatus.COMPLETED: 0, OutcomeStatus.FAILED: 1}.get(status)
    return Outcome(job.id, status, now, now, code, error, outputs)
