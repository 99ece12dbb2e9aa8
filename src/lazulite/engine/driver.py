"""The loop: takes news in, asks the machine, records, and only then acts.

News come through one queue, from compute backends (their threads), from the threads that make reuse decisions, and
from the named pipe that submitters write to. Whatever lies in the queue is handled as one batch: per run one
transaction with everything that happened, then the commands that follow. If the process dies between the two, the
next engine finds the recorded statuses and says `Launch` again, which backends take as "watch what you have".
"""

from __future__ import annotations

import queue
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Union

from lazulite.compute.base import JobEnded, JobLost, JobStage, NodesChanged, Report
from lazulite.engine.active import ActiveRun
from lazulite.engine.backends import Backends
from lazulite.engine.jobs import job_id, make_job
from lazulite.engine.layout import Home
from lazulite.engine.machine import CancelJob, Command, Decide, Finish, Launch, Settle
from lazulite.engine.outbox import Outboxes
from lazulite.engine.reuse import Found, Reuse
from lazulite.model.assets import AssetKind, ComputeTarget, Datastore
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import LazuliteError
from lazulite.model.events import Event, EventKind
from lazulite.model.job import Outcome, OutcomeStatus
from lazulite.model.plan import Step
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Run, RunError, RunStatus
from lazulite.records.changes import Change
from lazulite.records.records import Records

#: How often what scripts log is taken in while jobs run, in seconds.
OUTBOX_SECONDS = 0.25
#: How often the records are looked at although nobody rang, in seconds.
SAFETY_SECONDS = 5.0


@dataclass(frozen=True)
class Woken:
    """Somebody wrote something into the records that the engine should look at."""


@dataclass(frozen=True)
class Decided:
    """A reuse decision is made, or could not be."""

    run_id: str
    node: str
    found: Found | None
    error: RunError | None = None


News = Union[Report, Woken, Decided]


class Driver:
    """Moves all active runs of one home forward until it has been idle for `idle_seconds`."""

    def __init__(self, home: Home, records: Records, log: Callable[[str], None], idle_seconds: float) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._idle_seconds = idle_seconds
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._runs: dict[str, ActiveRun] = {}
        self._jobs: dict[str, tuple[str, str]] = {}
        self._backends = Backends(home, records, self._news.put)
        self._outboxes = Outboxes(home, records)
        self._deciders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reuse")
        self._stopping = False

    def wake(self) -> None:
        """There is news in the records (from any thread)."""
        self._news.put(Woken())

    def stop(self) -> None:
        """End the loop after the current batch (from any thread or signal handler)."""
        self._stopping = True
        self._news.put(Woken())

    def run(self) -> None:
        """Work until idle or stopped. Jobs in flight go on without us."""
        self._look()
        idle_since = time.monotonic()
        looked = outboxes = 0.0
        while not self._stopping:
            batch = self._take(OUTBOX_SECONDS if self._jobs else SAFETY_SECONDS)
            now = time.monotonic()
            if any(isinstance(news, Woken) for news in batch) or now - looked > SAFETY_SECONDS:
                self._look()
                looked = now
            self._handle([news for news in batch if not isinstance(news, Woken)])
            if now - outboxes > OUTBOX_SECONDS and self._outboxes.pump():
                self._look()
            outboxes = now if now - outboxes > OUTBOX_SECONDS else outboxes
            if self._runs or batch:
                idle_since = now
            elif now - idle_since > self._idle_seconds:
                break
        self._deciders.shutdown(wait=False, cancel_futures=True)
        self._backends.close(stop_nodes=True)

    # --- news ---

    def _take(self, timeout: float) -> list[News]:
        batch: list[News] = []
        try:
            batch.append(self._news.get(timeout=min(timeout, max(self._idle_seconds, 0.05))))
            while len(batch) < 1000:  # noqa: PLR2004 - bounds one transaction, not the work
                batch.append(self._news.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _look(self) -> None:
        """Find runs we do not know yet and cancellations, and bring the nodes in line with their definitions."""
        self._backends.reconcile()
        for run in self._records.active_pipeline_runs():
            if run.id in self._runs:
                self._take_cancellations(self._runs[run.id])
            else:
                self._adopt(run)

    def _adopt(self, run: Run) -> None:
        try:
            active = self._load(run)
        except Exception:  # noqa: BLE001 - one unreadable run must not stop the others
            error = RunError("Corrupt", "The run could not be read from the records.", traceback.format_exc())
            self._log(error.details)
            self._record(run.id, [_status(run.id, RunStatus.FAILED, error)])
            return
        self._runs[run.id] = active
        if run.status is RunStatus.NOT_STARTED:
            self._record(run.id, [_status(run.id, RunStatus.RUNNING)])
        self._obey(active, active.machine.start(), [])

    def _load(self, run: Run) -> ActiveRun:
        workspace = self._records.workspace(run.workspace)
        submission = self._records.submission(run.workspace, run.id)
        active = ActiveRun(
            run, workspace, submission, self._records.steps_of(run.id), self._records.events(run.id)
        )
        for node, step_run in active.step_runs.items():
            if step_run.status is RunStatus.COMPLETED:
                active.keep_outputs(node, self._records.outputs(run.workspace, step_run.id))
        return active

    def _take_cancellations(self, active: ActiveRun) -> None:
        for event in self._records.events(active.run.id, active.seen):
            active.seen = event.sequence
            if event.kind is EventKind.CANCEL_REQUESTED:
                node = active.node_of.get(event.subject)
                self._obey(active, active.machine.cancel(node), [])

    def _handle(self, batch: Iterable[News]) -> None:
        """Gather per run what happened, then record and obey once for each."""
        changes: dict[str, list[Change]] = defaultdict(list)
        commands: dict[str, list[Command]] = defaultdict(list)
        for news in batch:
            if isinstance(news, NodesChanged):
                self._records.replace_nodes(news.workspace, news.compute, news.nodes)
            elif isinstance(news, Decided):
                self._take_decision(news, changes[news.run_id], commands[news.run_id])
            elif not isinstance(news, Woken) and news.job_id in self._jobs:
                run_id, node = self._jobs[news.job_id]
                self._take_report(news, self._runs[run_id], node, changes[run_id], commands[run_id])
        for run_id, happened in changes.items():
            if run_id in self._runs:
                self._obey(self._runs[run_id], commands[run_id], happened)

    def _take_decision(self, news: Decided, changes: list[Change], commands: list[Command]) -> None:
        active = self._runs.get(news.run_id)
        if active is None or active.machine.statuses[news.node].is_terminal:
            return
        subject = active.step_runs[news.node].id
        if news.found is None:
            changes.append(_status(subject, RunStatus.FAILED, news.error))
            commands += active.machine.ended(news.node, RunStatus.FAILED)
            return
        reused = news.found.decision.verdict == "reused"
        changes.append(_decision(subject, news.found.decision))
        if reused:
            active.keep_outputs(news.node, news.found.outputs)
            changes.append(self._reused(active, subject, news.found))
        commands += active.machine.decided(news.node, reused=reused)

    def _reused(self, active: ActiveRun, subject: str, found: Found) -> Change:
        source = self._records.run(active.workspace.id, str(found.decision.candidate))
        properties = {
            "azureml.isreused": "true",
            "azureml.reusedrunid": source.id,
            "azureml.reusednodeid": source.node or "",
            "azureml.reusedpipeline": source.root_id,
            "azureml.reusedpipelinerunid": source.root_id,
        }
        return Change(
            subject,
            EventKind.STATUS,
            {"status": RunStatus.COMPLETED.value, "reused_run_id": source.id},
            status=RunStatus.COMPLETED,
            properties=properties,
            reused_run_id=source.id,
            outputs=found.outputs,
        )

    def _take_report(
        self,
        news: JobStage | JobEnded | JobLost,
        active: ActiveRun,
        node: str,
        changes: list[Change],
        commands: list[Command],
    ) -> None:
        subject = active.step_runs[node].id
        if isinstance(news, JobStage):
            if not active.machine.statuses[node].is_terminal:
                changes.append(_status(subject, news.stage))
        elif isinstance(news, JobEnded):
            self._outboxes.finish(news.job_id)
            del self._jobs[news.job_id]
            changes.append(self._ended(active, node, news.outcome))
            commands += active.machine.ended(node, RunStatus(news.outcome.status.value))
        else:
            self._take_loss(news, active, node, changes, commands)

    def _ended(self, active: ActiveRun, node: str, outcome: Outcome) -> Change:
        status = RunStatus(outcome.status.value)
        step_run, step = active.step_runs[node], active.steps[node]
        completed = outcome.status is OutcomeStatus.COMPLETED
        if completed:
            active.keep_outputs(node, outcome.outputs)
        decision = self._records.decision(active.workspace.id, step_run.id)
        return Change(
            step_run.id,
            EventKind.STATUS,
            {"status": status.value, "error": to_data(outcome.error), "exit_code": outcome.exit_code},
            status=status,
            error=outcome.error,
            properties={f"lazulite.{name}": value for name, value in outcome.facts.items()},
            outputs=outcome.outputs if completed else None,
            reusable_key=decision.key if decision and completed and step.allow_reuse else None,
        )

    def _take_loss(
        self, news: JobLost, active: ActiveRun, node: str, changes: list[Change], commands: list[Command]
    ) -> None:
        subject = active.step_runs[node].id
        self._outboxes.finish(news.job_id)
        del self._jobs[news.job_id]
        follow = active.machine.lost(node)
        changes.append(
            Change(
                subject,
                EventKind.LOST,
                {"job": news.job_id, "attempt": active.machine.attempts[node], "reason": news.reason},
            )
        )
        if not follow and not active.machine.statuses[node].is_terminal:
            error = RunError(
                "NodeLost", f"The step's process was lost every time it was tried: {news.reason}"
            )
            changes.append(_status(subject, RunStatus.FAILED, error))
            follow = active.machine.ended(node, RunStatus.FAILED)
        elif active.machine.statuses[node] is RunStatus.CANCELED:
            changes.append(_status(subject, RunStatus.CANCELED))
        commands += follow

    # --- commands ---

    def _obey(self, active: ActiveRun, commands: list[Command], changes: list[Change]) -> None:
        """Record what happened together with what the commands say about the record, then carry them out."""
        launches: list[Launch] = []
        for command in commands:
            if isinstance(command, Settle):
                changes.append(_status(active.step_runs[command.node].id, command.status))
            elif isinstance(command, Launch):
                launches.append(command)
                changes += self._launching(active, command)
            elif isinstance(command, Finish):
                changes.append(
                    _status(active.run.id, command.status, self._first_error(active, command, changes))
                )
        self._record(active.run.id, changes)
        for command in commands:
            if isinstance(command, Decide):
                self._deciders.submit(self._decide, active, command.node)
            elif isinstance(command, CancelJob):
                self._cancel_job(active, command.node)
            elif isinstance(command, Finish):
                self._forget(active)
        for launch in launches:
            self._launch(active, launch)

    def _record(self, run_id: str, changes: list[Change]) -> tuple[Event, ...]:
        return self._records.record(run_id, changes) if changes else ()

    def _launching(self, active: ActiveRun, command: Launch) -> list[Change]:
        """The rows to write before a new try. A try that was recorded before is only watched."""
        step_run, identity = (
            active.step_runs[command.node],
            job_id(active.step_runs[command.node].id, command.attempt),
        )
        if step_run.job == identity:
            return []
        return [
            Change(
                step_run.id,
                EventKind.LAUNCHED,
                {"job": identity, "attempt": command.attempt},
                status=RunStatus.QUEUED,
                job=identity,
                attempt=command.attempt,
            )
        ]

    def _launch(self, active: ActiveRun, command: Launch) -> None:
        step, step_run = active.steps[command.node], active.step_runs[command.node]
        try:
            target = self._target(active, step)
            job = make_job(
                self._home,
                active.workspace,
                active.submission,
                step,
                step_run,
                command.attempt,
                target,
                self._datastores(active),
                active.produced,
            )
            self._jobs[job.id] = (active.run.id, command.node)
            self._outboxes.watch(job)
            self._backends.of(target).launch(job, target)
        except LazuliteError as error:
            self._fail(active, command.node, RunError(error.code, error.message))
        except Exception as error:  # noqa: BLE001 - a step that cannot be started must fail, not the engine
            self._log(traceback.format_exc())
            self._fail(active, command.node, RunError("EngineError", str(error), traceback.format_exc()))

    def _fail(self, active: ActiveRun, node: str, error: RunError) -> None:
        self._jobs.pop(job_id(active.step_runs[node].id, active.machine.attempts[node]), None)
        self._news.put(Decided(active.run.id, node, None, error))

    def _decide(self, active: ActiveRun, node: str) -> None:
        """Make a reuse decision; on a thread, because it may read large inputs."""
        try:
            reuse = Reuse(self._home, self._records, active.workspace.id)
            found = reuse.decide(active.submission, active.steps[node], active.produced)
            self._news.put(Decided(active.run.id, node, found))
        except LazuliteError as error:
            self._news.put(Decided(active.run.id, node, None, RunError(error.code, error.message)))
        except Exception as error:  # noqa: BLE001 - the step fails with the reason, the engine lives
            self._log(traceback.format_exc())
            failure = RunError(
                "EngineError", f"The inputs could not be read: {error}", traceback.format_exc()
            )
            self._news.put(Decided(active.run.id, node, None, failure))

    def _cancel_job(self, active: ActiveRun, node: str) -> None:
        identity = job_id(active.step_runs[node].id, active.machine.attempts[node])
        if identity in self._jobs:
            self._backends.of(self._target(active, active.steps[node])).cancel(identity)

    def _forget(self, active: ActiveRun) -> None:
        self._runs.pop(active.run.id, None)
        self._outboxes.clear(active)

    def _first_error(self, active: ActiveRun, finish: Finish, changes: list[Change]) -> RunError | None:
        """The pipeline run's error: that of the step that failed first, with its name."""
        if finish.status is not RunStatus.FAILED:
            return None
        names = {step_run.id: step_run.name for step_run in active.step_runs.values()}
        failed = [(change.subject, change.error) for change in changes if change.status is RunStatus.FAILED]
        failed = [
            (run.id, run.error)
            for run in self._records.steps_of(active.run.id)
            if run.status is RunStatus.FAILED
        ] + failed
        for subject, error in failed:
            if subject in names and error is not None:
                return RunError(error.code, f"Step '{names[subject]}' failed: {error.message}", error.details)
        return RunError("StepFailed", "A step failed.")

    def _target(self, active: ActiveRun, step: Step) -> ComputeTarget:
        asset = self._records.asset(active.workspace.id, AssetKind.COMPUTE, step.compute)
        return from_data(ComputeTarget, asset.document)

    def _datastores(self, active: ActiveRun) -> dict[str, Datastore]:
        assets = self._records.assets(active.workspace.id, AssetKind.DATASTORE)
        return {asset.name: from_data(Datastore, asset.document) for asset in assets}


def _status(subject: str, status: RunStatus, error: RunError | None = None) -> Change:
    data = {"status": status.value} | ({"error": to_data(error)} if error else {})
    return Change(subject, EventKind.STATUS, data, status=status, error=error)


def _decision(subject: str, decision: ReuseDecision) -> Change:
    data = {"verdict": decision.verdict, "reason": decision.reason, "candidate": decision.candidate}
    return Change(subject, EventKind.DECIDED, data, decision=decision)
