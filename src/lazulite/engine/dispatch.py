"""Carrying out the machine's commands, after they are recorded: decide, launch, cancel, forget."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lazulite.compute.base import Compute, Report
from lazulite.engine import job_folders
from lazulite.engine.active import ActiveRun
from lazulite.engine.backends import Backends
from lazulite.engine.jobs import job_id, make_job
from lazulite.engine.layout import Home
from lazulite.engine.outbox import Outboxes
from lazulite.engine.places import Places
from lazulite.engine.reuse import Found, Reuse
from lazulite.model.assets import AssetKind, ComputeTarget
from lazulite.model.codec import from_data
from lazulite.model.errors import LazuliteError
from lazulite.model.plan import Step
from lazulite.model.run import RunError
from lazulite.records.records import Records

#: Reuse decisions made at the same time: they may read large inputs, and SQLite has one writer anyway.
_DECIDERS = 2
#: Decisions made in one go, over one view of the datastores.
_TOGETHER = 20


@dataclass(frozen=True)
class Decided:
    """News: a reuse decision is made (`found`), or the step cannot go on (`error`)."""

    run_id: str
    node: str
    found: Found | None
    error: RunError | None = None


@dataclass(frozen=True)
class Flight:
    """A job that was launched: whose it is, and the backend that has it, whatever becomes of its compute target."""

    run_id: str
    node: str
    backend: Compute


class Dispatch:
    """Backends, deciders and the jobs in flight. `say` takes news; it may be called from any thread."""

    def __init__(
        self,
        home: Home,
        records: Records,
        log: Callable[[str], None],
        say: Callable[[Report | Decided], None],
    ) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._say = say
        self._deciders = ThreadPoolExecutor(_DECIDERS, thread_name_prefix="reuse")
        self._remover = ThreadPoolExecutor(1, thread_name_prefix="remove")
        self._remover.submit(job_folders.sweep, home, records)
        self.backends = Backends(home, records, log, say)
        self.outboxes = Outboxes(records)
        self.jobs: dict[str, Flight] = {}

    def close(self) -> None:
        """The engine ends. Jobs in flight go on without us."""
        self._deciders.shutdown(wait=False, cancel_futures=True)
        self._remover.shutdown(wait=False, cancel_futures=True)  # the next engine sweeps
        self.backends.close(stop_nodes=True)

    def ended(self, identity: str) -> None:
        """A job is over: take its last words in, and forget it."""
        self.outboxes.finish(identity)
        self.jobs.pop(identity, None)

    def lost(self, identity: str) -> None:
        """A job is over without an end, and its step is tried again: what it logged will be logged anew."""
        self.outboxes.forget(identity)
        self.jobs.pop(identity, None)

    def clear(self, active: ActiveRun) -> None:
        """A run ended and is recorded: its jobs' folders are not needed any more."""
        tries = active.machine.attempts
        folders = [
            self._home.job(active.workspace.id, job_id(step_run.id, attempt))
            for node, step_run in active.step_runs.items()
            for attempt in range(1, tries[node] + 1)
        ]
        self._remover.submit(job_folders.remove, folders)

    def put_aside(self, run_id: str) -> None:
        """Know nothing of the run's jobs any more; they go on, and are launched again when the run is taken up."""
        for identity in [identity for identity, job in self.jobs.items() if job.run_id == run_id]:
            del self.jobs[identity]
            self.outboxes.unwatch(identity)

    def decide(self, active: ActiveRun, nodes: Sequence[str]) -> None:
        """Find out whether steps reuse earlier runs; for each `Decided` follows."""
        for start in range(0, len(nodes), _TOGETHER):
            self._deciders.submit(self._decide, active, nodes[start : start + _TOGETHER])

    def launch(self, active: ActiveRun, node: str, attempt: int) -> None:
        """Run a try of the step, or watch it if it runs already."""
        identity = job_id(active.step_runs[node].id, attempt)
        try:
            target = self._target(active, active.steps[node])
            job = make_job(
                self._home,
                active.workspace,
                active.submission,
                active.steps[node],
                active.step_runs[node],
                attempt,
                target,
                Places(self._home, self._records, active.workspace.id),
                active.produced,
            )
            backend = self.backends.of(target)
            self.jobs[identity] = Flight(active.run.id, node, backend)
            self.outboxes.watch(job)
            backend.launch(job, target)
        except Exception as error:  # noqa: BLE001 - a step that cannot be started must fail, not the engine
            self.ended(identity)
            self._say(
                Decided(active.run.id, node, None, self._failure("The step could not be started", error))
            )

    def cancel(self, active: ActiveRun, node: str) -> None:
        """End the step's job, if it has one."""
        identity = job_id(active.step_runs[node].id, active.machine.attempts[node])
        if identity in self.jobs:
            self.jobs[identity].backend.cancel(identity)

    def _decide(self, active: ActiveRun, nodes: Sequence[str]) -> None:
        reuse = Reuse(self._home, self._records, active.workspace.id)
        for node in nodes:
            self._decide_one(reuse, active, node)

    def _decide_one(self, reuse: Reuse, active: ActiveRun, node: str) -> None:
        try:
            found = reuse.decide(active.submission, active.steps[node], active.produced, active.run.id)
        except Exception as error:  # noqa: BLE001 - the step fails with the reason, the engine lives
            self._say(
                Decided(active.run.id, node, None, self._failure("The inputs could not be read", error))
            )
        else:
            self._say(Decided(active.run.id, node, found))

    def _failure(self, what: str, error: Exception) -> RunError:
        if isinstance(error, LazuliteError):
            return RunError(error.code, error.message)
        self._log(traceback.format_exc())
        return RunError("EngineError", f"{what}: {error}", traceback.format_exc())

    def _target(self, active: ActiveRun, step: Step) -> ComputeTarget:
        asset = self._records.asset(active.workspace.id, AssetKind.COMPUTE, step.compute)
        return from_data(ComputeTarget, asset.document)
