"""From news about a step to what is recorded, and to what the machine says should be done."""

from __future__ import annotations

from lazulite.compute.base import JobEnded, JobLost, JobStage
from lazulite.engine import rows
from lazulite.engine.active import ActiveRun
from lazulite.engine.dispatch import Dispatch
from lazulite.engine.machine import Command, Launch
from lazulite.engine.news import Decided, StepNews
from lazulite.model.run import RunError, RunStatus
from lazulite.records.records import Records


class Intake:
    """Takes news into the run they are about; nothing is recorded or done yet."""

    def __init__(self, records: Records, dispatch: Dispatch) -> None:
        self._records = records
        self._dispatch = dispatch

    def take(self, news: StepNews, active: ActiveRun, node: str) -> None:
        """Add to the run's changes and commands what follows from the news about its step `node`."""
        if isinstance(news, Decided):
            commands = self._take_decision(news, active)
        elif isinstance(news, JobStage):
            commands = self._take_stage(news, active, node)
        elif isinstance(news, JobEnded):
            commands = self._take_end(news, active, node)
        else:
            commands = self._take_loss(news, active, node)
        active.take(commands)

    def _take_decision(self, news: Decided, active: ActiveRun) -> list[Command]:
        if active.machine.statuses[news.node].is_terminal:
            return []
        subject = active.step_runs[news.node].id
        if news.found is None:
            active.changes.append(rows.status(subject, RunStatus.FAILED, news.error))
            return active.machine.ended(news.node, RunStatus.FAILED)
        if not active.machine.is_deciding(news.node):
            return []  # the answer to a question that was asked before the run was put aside
        decision, source = news.found.decision, news.found.source
        active.changes.append(rows.decision(subject, decision))
        if source is not None:
            active.keep_outputs(news.node, source.outputs)
            active.changes.append(rows.reused(subject, source))
        elif active.steps[news.node].allow_reuse:
            active.keys[news.node] = decision.key
        return active.machine.decided(news.node, reused=source is not None)

    def _take_stage(self, news: JobStage, active: ActiveRun, node: str) -> list[Command]:
        if news.stage is RunStatus.RUNNING:
            self._dispatch.outboxes.watch(news.job_id)
        active.changes.append(rows.status(active.step_runs[node].id, news.stage, at=news.at))
        return []

    def _take_end(self, news: JobEnded, active: ActiveRun, node: str) -> list[Command]:
        self._dispatch.ended(news.job_id)
        status = RunStatus(news.outcome.status.value)
        if status is RunStatus.COMPLETED:
            active.keep_outputs(node, news.outcome.outputs)
        subject = active.step_runs[node].id
        active.changes.append(rows.ended(subject, news.outcome, self._key(active, node)))
        return active.machine.ended(node, status)

    def _key(self, active: ActiveRun, node: str) -> str | None:
        """The reuse key decided for a step, read again if an engine before us decided it."""
        if node not in active.keys and active.steps[node].allow_reuse:
            decision = self._records.decision(active.workspace.id, active.step_runs[node].id)
            active.keys[node] = decision.key if decision else ""
        return active.keys.get(node) or None

    def _take_loss(self, news: JobLost, active: ActiveRun, node: str) -> list[Command]:
        subject = active.step_runs[node].id
        active.changes.append(rows.lost(subject, news.job_id, active.machine.attempts[node], news.reason))
        commands = active.machine.lost(node)
        if any(isinstance(command, Launch) for command in commands):
            self._dispatch.lost(news.job_id)
        else:
            self._dispatch.ended(news.job_id)
        if active.machine.statuses[node] is RunStatus.CANCELED:
            active.changes.append(rows.status(subject, RunStatus.CANCELED))
        elif not commands:
            error = RunError(
                "NodeLost", f"The step's process was lost every time it was tried: {news.reason}"
            )
            active.changes.append(rows.status(subject, RunStatus.FAILED, error))
            commands = active.machine.ended(node, RunStatus.FAILED)
        return commands
