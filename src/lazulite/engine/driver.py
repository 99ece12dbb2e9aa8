"""The loop: takes news in, asks the machine, records, and only then acts.

News come through one queue: from compute backends (their threads), from the threads that make reuse decisions, and from
the named pipe that submitters write to. Whatever lies in the queue is handled as one batch: per run one transaction
with everything that happened, then the commands that follow. If the process dies between the two, the next engine
finds the recorded statuses and says `Launch` again, which backends take as "watch what you have".

The same road leads out of trouble with a single run: it is forgotten, and taken up again from its records at the next
look, while all others go on.
"""

from __future__ import annotations

import queue
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Union

from lazulite.compute.base import JobEnded, JobLost, JobStage, NodesChanged, Report
from lazulite.engine import rows
from lazulite.engine.active import ActiveRun, load
from lazulite.engine.dispatch import Decided, Dispatch
from lazulite.engine.jobs import job_id
from lazulite.engine.layout import Home
from lazulite.engine.machine import CancelJob, Command, Decide, Finish, Launch, Settle
from lazulite.model.errors import LazuliteError, ServiceUnavailable, StorageError
from lazulite.model.events import EventKind
from lazulite.model.run import Run, RunError, RunStatus
from lazulite.records.changes import Change
from lazulite.records.records import Records

#: How often what scripts log is taken in while jobs run, in seconds.
OUTBOX_SECONDS = 0.25
#: How often the records are looked at although nobody rang, in seconds.
SAFETY_SECONDS = 5.0
#: News handled in one transaction; bounds its size, not the work.
BATCH = 1000


@dataclass(frozen=True)
class Woken:
    """News: somebody wrote something into the records that the engine should look at."""


News = Union[Report, Decided, Woken]


class Driver:
    """Moves all active runs of one home forward until it has been idle for `idle_seconds`."""

    def __init__(self, home: Home, records: Records, log: Callable[[str], None], idle_seconds: float) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._idle_seconds = idle_seconds
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._dispatch = Dispatch(home, records, log, self._news.put)
        self._runs: dict[str, ActiveRun] = {}
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
        busy = looked = pumped = time.monotonic()
        while not self._stopping:
            batch = self._next_batch(OUTBOX_SECONDS if self._dispatch.jobs else SAFETY_SECONDS)
            now = time.monotonic()
            if any(isinstance(news, Woken) for news in batch) or now - looked > SAFETY_SECONDS:
                self._look()
                looked = now
            self._handle(news for news in batch if not isinstance(news, Woken))
            if now - pumped > OUTBOX_SECONDS:
                pumped = now
                if self._dispatch.outboxes.pump():
                    self._look()
            if self._runs or batch:
                busy = now
            elif now - busy > self._idle_seconds:
                break
        self._dispatch.close()

    # --- taking in ---

    def _next_batch(self, timeout: float) -> list[News]:
        batch: list[News] = []
        try:
            batch.append(self._news.get(timeout=min(timeout, max(self._idle_seconds, 0.05))))
            while len(batch) < BATCH:
                batch.append(self._news.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _look(self) -> None:
        """Find runs we do not know yet and cancellations, and bring the nodes in line with their definitions."""
        self._dispatch.backends.reconcile()
        for run in self._records.active_pipeline_runs():
            with self._apart(run.id):
                if run.id in self._runs:
                    self._take_cancellations(self._runs[run.id])
                else:
                    self._adopt(run)

    @contextmanager
    def _apart(self, run_id: str) -> Iterator[None]:
        """One run's trouble inside the block (its rows are gone, the disk is full) is no other run's."""
        try:
            yield
        except Exception:  # noqa: BLE001 - whatever it is, the others go on
            self._log(f"run {run_id} is put aside and taken up again later:\n{traceback.format_exc()}")
            self._runs.pop(run_id, None)
            self._dispatch.put_aside(run_id)

    def _adopt(self, run: Run) -> None:
        try:
            active = load(self._home, self._records, run)
        except (ServiceUnavailable, StorageError):
            raise  # the database is busy or its disk full: that passes
        except Exception:  # noqa: BLE001 - what was recorded cannot be understood, and never will be
            error = RunError("Corrupt", "The run could not be read from the records.", traceback.format_exc())
            self._log(error.details)
            steps = [step for step in self._records.steps_of(run.id) if not step.status.is_terminal]
            changes = [rows.status(step.id, RunStatus.CANCELED) for step in steps]
            self._records.record(run.id, [*changes, rows.status(run.id, RunStatus.FAILED, error)])
            return
        self._runs[run.id] = active
        changes = [rows.status(run.id, RunStatus.RUNNING)] if run.status is RunStatus.NOT_STARTED else []
        self._obey(active, active.machine.start(), changes)

    def _take_cancellations(self, active: ActiveRun) -> None:
        for event in self._records.events(active.run.id, active.seen):
            active.seen = event.sequence
            if event.kind is EventKind.CANCEL_REQUESTED:
                self._obey(active, active.machine.cancel(active.node_of.get(event.subject)), [])

    def _handle(self, batch: Iterable[News]) -> None:
        """Gather per run what happened, then record and obey once for each."""
        changes: dict[str, list[Change]] = defaultdict(list)
        commands: dict[str, list[Command]] = defaultdict(list)
        for news in batch:
            if isinstance(news, NodesChanged):
                self._keep_nodes(news)
            elif not isinstance(news, Woken):
                run_id, node = self._about(news)
                if run_id in self._runs:
                    with self._apart(run_id):
                        commands[run_id] += self._take(news, self._runs[run_id], node, changes[run_id])
        for run_id, happened in changes.items():
            if run_id in self._runs:
                with self._apart(run_id):
                    self._obey(self._runs[run_id], commands[run_id], happened)

    def _keep_nodes(self, news: NodesChanged) -> None:
        try:
            self._records.replace_nodes(news.workspace, news.compute, news.nodes)
        except LazuliteError as error:  # the workspace may just have been deleted
            self._log(f"the nodes of {news.compute} could not be recorded: {error.message}")

    def _about(self, news: Decided | JobStage | JobEnded | JobLost) -> tuple[str, str]:
        """The run and the node that news are about; empty if it is a job that nobody waits for any more."""
        if isinstance(news, Decided):
            return news.run_id, news.node
        job = self._dispatch.jobs.get(news.job_id)
        return (job.run_id, job.node) if job else ("", "")

    def _take(
        self,
        news: Decided | JobStage | JobEnded | JobLost,
        active: ActiveRun,
        node: str,
        changes: list[Change],
    ) -> list[Command]:
        if isinstance(news, Decided):
            return self._take_decision(news, active, changes)
        return self._take_report(news, active, node, changes)

    def _take_decision(self, news: Decided, active: ActiveRun, changes: list[Change]) -> list[Command]:
        if active.machine.statuses[news.node].is_terminal:
            return []
        subject = active.step_runs[news.node].id
        if news.found is None:
            changes.append(rows.status(subject, RunStatus.FAILED, news.error))
            return active.machine.ended(news.node, RunStatus.FAILED)
        if not active.machine.is_deciding(news.node):
            return []  # the answer to a question that was asked before the run was put aside
        decision, source = news.found.decision, news.found.source
        changes.append(rows.decision(subject, decision))
        if source is not None:
            active.keep_outputs(news.node, news.found.outputs)
            changes.append(rows.reused(subject, source, news.found.outputs))
        elif active.steps[news.node].allow_reuse:
            active.keys[news.node] = decision.key
        return active.machine.decided(news.node, reused=source is not None)

    def _take_report(
        self, news: JobStage | JobEnded | JobLost, active: ActiveRun, node: str, changes: list[Change]
    ) -> list[Command]:
        subject = active.step_runs[node].id
        if isinstance(news, JobStage):
            changes.append(rows.status(subject, news.stage, at=news.at))
            return []
        if isinstance(news, JobLost):
            return self._take_loss(news, active, node, changes)
        self._dispatch.ended(news.job_id)
        status = RunStatus(news.outcome.status.value)
        if status is RunStatus.COMPLETED:
            active.keep_outputs(node, news.outcome.outputs)
        changes.append(rows.ended(subject, news.outcome, self._key(active, node)))
        return active.machine.ended(node, status)

    def _key(self, active: ActiveRun, node: str) -> str | None:
        """The reuse key decided for a step, read again if an engine before us decided it."""
        if node not in active.keys and active.steps[node].allow_reuse:
            decision = self._records.decision(active.workspace.id, active.step_runs[node].id)
            active.keys[node] = decision.key if decision else ""
        return active.keys.get(node) or None

    def _take_loss(self, news: JobLost, active: ActiveRun, node: str, changes: list[Change]) -> list[Command]:
        subject = active.step_runs[node].id
        changes.append(rows.lost(subject, news.job_id, active.machine.attempts[node], news.reason))
        commands = active.machine.lost(node)
        if any(isinstance(command, Launch) for command in commands):
            self._dispatch.lost(news.job_id)
        else:
            self._dispatch.ended(news.job_id)
        if active.machine.statuses[node] is RunStatus.CANCELED:
            changes.append(rows.status(subject, RunStatus.CANCELED))
        elif not commands:
            error = RunError(
                "NodeLost", f"The step's process was lost every time it was tried: {news.reason}"
            )
            changes.append(rows.status(subject, RunStatus.FAILED, error))
            commands = active.machine.ended(node, RunStatus.FAILED)
        return commands

    # --- acting ---

    def _obey(self, active: ActiveRun, commands: list[Command], changes: list[Change]) -> None:
        """Record what happened together with what the commands say about the record, then carry them out."""
        for command in commands:
            if isinstance(command, Settle):
                changes.append(rows.status(active.step_runs[command.node].id, command.status))
            elif isinstance(command, Launch):
                subject = active.step_runs[command.node]
                identity = job_id(subject.id, command.attempt)
                if subject.job != identity:  # else an engine before us recorded it
                    changes.append(rows.launched(subject.id, identity, command.attempt))
            elif isinstance(command, Finish):
                changes.append(self._finishing(active, command, changes))
        if changes:
            self._records.record(active.run.id, changes)
            active.story.tell(changes)
        self._dispatch.decide(active, [command.node for command in commands if isinstance(command, Decide)])
        for command in commands:
            self._carry_out(active, command)

    def _carry_out(self, active: ActiveRun, command: Command) -> None:
        if isinstance(command, Launch):
            self._dispatch.launch(active, command.node, command.attempt)
        elif isinstance(command, CancelJob):
            self._dispatch.cancel(active, command.node)
        elif isinstance(command, Finish):
            del self._runs[active.run.id]
            self._dispatch.clear(active)

    def _finishing(self, active: ActiveRun, finish: Finish, changes: list[Change]) -> Change:
        if finish.status is not RunStatus.FAILED:
            return rows.status(active.run.id, finish.status)
        names = {step_run.id: step_run.name for step_run in active.step_runs.values()}
        recorded = [run for run in self._records.steps_of(active.run.id) if run.status is RunStatus.FAILED]
        recorded.sort(key=lambda run: run.ended_at or run.created_at)
        failed = [(run.name, run.error) for run in recorded]
        failed += [
            (names[change.subject], change.error) for change in changes if change.status is RunStatus.FAILED
        ]
        return rows.status(active.run.id, RunStatus.FAILED, rows.first_error(failed))
