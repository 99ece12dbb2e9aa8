"""The loop: takes news in, asks the machine, records, and only then acts.

News come through one queue: from compute backends (their threads), from the threads that read inputs, and from the
named pipe that submitters write to. Whatever lies in the queue is handled as one batch: per run one transaction with
everything that happened, then the commands that follow. What nobody waits for (a stage, the end of a step that frees
no other) is kept for an instant, so that many such facts are one transaction. If the process dies before it recorded
something, or between recording and acting, the next engine finds the recorded statuses and says `Launch` again, which
backends take as "watch what you have".

The same road leads out of trouble with a single run: it is forgotten, and taken up again from its records at the next
look, while all others go on.
"""

from __future__ import annotations

import queue
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from lazulite.compute.base import NodesChanged
from lazulite.engine import rows
from lazulite.engine.active import ActiveRun, load
from lazulite.engine.dispatch import Dispatch
from lazulite.engine.housekeeping import Housekeeping
from lazulite.engine.intake import Intake
from lazulite.engine.layout import Home
from lazulite.engine.machine import CancelJob, Finish, Launch
from lazulite.engine.news import Decided, News, StepNews, Woken
from lazulite.engine.resting import give_back
from lazulite.engine.scheduling.schedules import Schedules
from lazulite.engine.sending import Sending
from lazulite.model.errors import LazuliteError, ServiceUnavailable, StorageError
from lazulite.model.run import Run, RunError, RunStatus
from lazulite.records.changes import Change
from lazulite.records.records import Records

#: How often what scripts log is taken in while jobs run, in seconds.
OUTBOX_SECONDS = 0.25
#: How often the records are looked at although nobody rang, in seconds.
SAFETY_SECONDS = 5.0
#: How long an engine is without work before it gives back the memory that the work took, in seconds.
REST_SECONDS = 10.0
#: How long what nobody waits for may stay unrecorded, in seconds.
KEEP_SECONDS = 0.05
#: With so many steps under way, and none that waits for another, news are left to gather as long as that.
MANY_OPEN = 50
#: News handled in one transaction; bounds its size, not the work.
BATCH = 1000
#: Reuse decisions made in one go: few at first, so that the first steps start early, then as many as were made before.
FEW, MANY = 16, 256


class Driver:
    """Moves all active runs of one home forward, and starts what is scheduled, until there is neither and it has been
    idle for `idle_seconds`."""

    def __init__(self, home: Home, records: Records, log: Callable[[str], None], idle_seconds: float) -> None:
        self._home = home
        self._records = records
        self._log = log
        self._idle_seconds = idle_seconds
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._dispatch = Dispatch(home, records, log, self._news.put)
        self._intake = Intake(records, self._dispatch)
        self._schedules = Schedules(home, records, log, self.wake)
        self._housekeeping = Housekeeping(home, records, log)
        self._runs: dict[str, ActiveRun] = {}
        self._sending = Sending(home, records, log, self._runs.__contains__)
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
        self._sending.take_up()
        self._look()
        busy = looked = pumped = time.monotonic()
        rests = False
        while not self._stopping:
            self._proceed()
            batch = self._next_batch()
            now = time.monotonic()
            if any(isinstance(news, Woken) for news in batch) or now - looked > SAFETY_SECONDS:
                self._look()
                looked = now
            self._handle(batch)
            if self._schedules.look():
                self._look()
            if now - pumped > OUTBOX_SECONDS:
                pumped = now
                if self._dispatch.outboxes.pump():
                    self._look()
            if self._runs or batch:
                busy, rests = now, False
            elif now - busy > self._idle_seconds and not (
                self._schedules.is_needed or self._sending.is_needed
            ):
                break
            elif not rests and now - busy > REST_SECONDS:
                rests = True
                self._dispatch.folders.tidy()
                give_back(self._records)
            elif rests:
                self._housekeeping.tidy()
        self._record_all()
        self._sending.close()
        self._housekeeping.close()
        self._dispatch.close()

    # --- taking in ---

    def _next_batch(self) -> list[News]:
        batch: list[News] = []
        try:
            batch.append(self._news.get(timeout=self._patience()))
            if self._runs and all(self._is_unhurried(active) for active in self._runs.values()):
                time.sleep(KEEP_SECONDS)
            while len(batch) < BATCH:
                batch.append(self._news.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _patience(self) -> float:
        """How long to wait for news, in seconds."""
        if any(active.undecided for active in self._runs.values()):
            return 0.0
        unrecorded = [active.since for active in self._runs.values() if active.changes]
        if unrecorded:
            return max(0.0, min(unrecorded) + KEEP_SECONDS - time.monotonic())
        longest = min(
            OUTBOX_SECONDS if self._dispatch.jobs else SAFETY_SECONDS, max(self._idle_seconds, 0.05)
        )
        scheduled = self._schedules.seconds()
        return longest if scheduled is None else min(longest, scheduled)

    @staticmethod
    def _is_unhurried(active: ActiveRun) -> bool:
        """Whether all of the run's steps have started and many go on: the end of one sets no other free."""
        return active.machine.open_steps > MANY_OPEN and not active.machine.has_waiting()

    def _look(self) -> None:
        """Find runs we do not know yet, cancellations and schedules, and bring the nodes in line with their
        definitions."""
        self._dispatch.backends.reconcile()
        self._schedules.refresh()
        for run in self._records.active_pipeline_runs():
            if run.id not in self._runs:
                with self._apart(run.id):
                    self._adopt(run)
        for run_id, subject in self._records.cancel_requests():
            active = self._runs.get(run_id)
            if active is not None and subject not in active.asked:
                with self._apart(run_id):
                    active.asked.add(subject)
                    active.take(active.machine.cancel(active.node_of.get(subject)))

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
            steps = [step for step in self._records.states_of_steps(run.id) if not step.status.is_terminal]
            changes = [rows.status(step.id, RunStatus.CANCELED) for step in steps]
            self._records.record(run.id, [*changes, rows.status(run.id, RunStatus.FAILED, error)])
            return
        self._runs[run.id] = active
        if active.is_spooled:
            self._sending.notice()
        if run.status is RunStatus.NOT_STARTED:
            active.changes.append(rows.status(run.id, RunStatus.RUNNING))
        active.take(active.machine.start())

    def _handle(self, batch: Iterable[News]) -> None:
        """Let each run know what happened to its steps."""
        nodes: dict[tuple[str, str], NodesChanged] = {}
        for news in batch:
            if isinstance(news, NodesChanged):
                nodes[news.workspace, news.compute] = news  # the last one tells it all
            elif not isinstance(news, Woken):
                run_id, node = self._about(news)
                if run_id in self._runs:
                    with self._apart(run_id):
                        self._intake.take(news, self._runs[run_id], node)
        for changed in nodes.values():
            self._keep_nodes(changed)

    def _keep_nodes(self, news: NodesChanged) -> None:
        try:
            self._records.replace_nodes(news.workspace, news.compute, news.nodes)
        except LazuliteError as error:  # the workspace may just have been deleted
            self._log(f"the nodes of {news.compute} could not be recorded: {error.message}")

    def _about(self, news: StepNews) -> tuple[str, str]:
        """The run and the node that news are about; empty if it is a job that nobody waits for any more."""
        if isinstance(news, Decided):
            return news.run_id, news.node
        job = self._dispatch.jobs.get(news.job_id)
        return (job.run_id, job.node) if job else ("", "")

    # --- going on ---

    def _proceed(self) -> None:
        """Decide what is to be decided, record what is due, and act."""
        for active in list(self._runs.values()):
            with self._apart(active.run.id):
                self._decide(active)
                self._record_if_due(active)

    def _decide(self, active: ActiveRun) -> None:
        """Decide for some steps, and for those that these set free, until there is something to do."""
        left = MANY
        while active.undecided and not active.commands and left > 0:
            nodes = active.next_to_decide(min(left, max(FEW, active.decided)))
            if not active.is_told_apart(nodes):
                self._record(active)  # what steps of that name did is part of why others run
            left -= len(nodes)
            active.decided += len(nodes)
            for decided in self._dispatch.deciding.decide(active, nodes):
                self._intake.take(decided, active, decided.node)

    def _record_if_due(self, active: ActiveRun) -> None:
        if active.changes and not active.since:
            active.since = time.monotonic()
        is_due = len(active.changes) >= BATCH or time.monotonic() - active.since >= KEEP_SECONDS
        if active.commands or (active.changes and is_due):
            self._record(active)
            self._act(active)

    def _record(self, active: ActiveRun) -> None:
        for command in active.commands:
            if isinstance(command, Finish):
                active.changes.append(self._finishing(active, command))
        changes, active.changes, active.since = active.changes, [], 0.0
        if changes:
            self._records.record(active.run.id, changes)
            active.story.tell(changes)
            if active.is_spooled:
                self._sending.notice()

    def _record_all(self) -> None:
        for active in list(self._runs.values()):
            with self._apart(active.run.id):
                self._record(active)

    def _act(self, active: ActiveRun) -> None:
        commands, active.commands = active.commands, []
        launches = [command for command in commands if isinstance(command, Launch)]
        if launches:
            self._dispatch.launch(active, launches)
        for command in commands:
            if isinstance(command, CancelJob):
                self._dispatch.cancel(active, command.node)
            elif isinstance(command, Finish):
                del self._runs[active.run.id]
                self._dispatch.clear(active)
                if active.is_spooled:
                    self._sending.notice()

    def _finishing(self, active: ActiveRun, finish: Finish) -> Change:
        if finish.status is not RunStatus.FAILED:
            return rows.status(active.run.id, finish.status)
        names = {step_run.id: step_run.name for step_run in active.step_runs.values()}
        failed = list(self._records.failures_of_steps(active.run.id))
        failed += [
            (names[change.subject], change.error)
            for change in active.changes
            if change.status is RunStatus.FAILED
        ]
        return rows.status(active.run.id, RunStatus.FAILED, rows.first_error(failed))
