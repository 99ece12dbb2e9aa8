"""Carrying out the machine's commands, after they are recorded: launch, cancel, forget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lazulite.compute.base import Compute, Report
from lazulite.engine.active import ActiveRun
from lazulite.engine.backends import Backends
from lazulite.engine.deciding import Deciding
from lazulite.engine.definitions import Definitions
from lazulite.engine.job_folders import JobFolders
from lazulite.engine.jobs import job_id, make_job
from lazulite.engine.layout import Home
from lazulite.engine.machine import Launch
from lazulite.engine.news import Decided
from lazulite.engine.outbox import Outboxes
from lazulite.engine.run_tokens import RunTokens
from lazulite.records.records import Records


@dataclass(frozen=True)
class Flight:
    """A job that was launched: whose it is, and the backend that has it, whatever becomes of its compute target."""

    run_id: str
    node: str
    backend: Compute


class Dispatch:
    """Backends and the jobs in flight. `say` takes news; it may be called from any thread."""

    def __init__(
        self,
        home: Home,
        records: Records,
        log: Callable[[str], None],
        say: Callable[[Report | Decided], None],
    ) -> None:
        self._home = home
        self._records = records
        self._say = say
        self.deciding = Deciding(home, records, log, say)
        self.folders = JobFolders(home, records)
        self.backends = Backends(home, records, log, say)
        self.outboxes = Outboxes(records)
        self._tokens = RunTokens(home)
        self.jobs: dict[str, Flight] = {}
        self._definitions: dict[str, Definitions] = {}

    def close(self) -> None:
        """The engine ends. Jobs in flight go on without us."""
        self.deciding.close()
        self.folders.close(finish=False)
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
        self.folders.leave(
            self._home.job(active.workspace.id, job_id(step_run.id, attempt))
            for node, step_run in active.step_runs.items()
            for attempt in range(1, tries[node] + 1)
        )

    def put_aside(self, run_id: str) -> None:
        """Know nothing of the run's jobs any more; they go on, and are launched again when the run is taken up."""
        for identity in [identity for identity, job in self.jobs.items() if job.run_id == run_id]:
            del self.jobs[identity]
            self.outboxes.unwatch(identity)

    def launch(self, active: ActiveRun, commands: Iterable[Launch]) -> None:
        """Run tries of steps, or watch those that run already."""
        workspace = active.workspace.id
        if workspace not in self._definitions:
            self._definitions[workspace] = Definitions(self._home, self._records, workspace)
        definitions = self._definitions[workspace]
        definitions.refresh()  # once for all of them; what changes meanwhile, the next call sees
        for command in commands:
            self._launch(active, command.node, command.attempt, definitions)

    def _launch(
        self,
        active: ActiveRun,
        node: str,
        attempt: int,
        definitions: Definitions,
    ) -> None:
        step, run = active.steps[node], active.step_runs[node]
        identity = job_id(run.id, attempt)
        try:
            target = definitions.target(step.compute)
            job = make_job(
                self._home,
                active.workspace,
                active.submission,
                step,
                run,
                attempt,
                target,
                definitions.places,
                active.produced,
                self._tokens.token(active.workspace.id, run.id, run.root_id),
            )
            backend = self.backends.of(target)
            self.jobs[identity] = Flight(active.run.id, node, backend)
            self.outboxes.expect(job)
            if (
                run.job == identity
            ):  # an engine before us launched it: its script may have said something already
                self.outboxes.watch(identity)
            backend.launch(job, target)
        except Exception as error:  # noqa: BLE001 - a step that cannot be started must fail, not the engine
            self.ended(identity)
            why = self.deciding.failure("The step could not be started", error)
            self._say(Decided(active.run.id, node, None, why))

    def cancel(self, active: ActiveRun, node: str) -> None:
        """End the step's job, if it has one."""
        identity = job_id(active.step_runs[node].id, active.machine.attempts[node])
        if identity in self.jobs:
            self.jobs[identity].backend.cancel(identity)
