"""What happens next in a pipeline run, and nothing else: no clock, no disk, no process.

The machine is told what happened (`decided`, `ended`, `lost`, `cancel`) and answers with commands. The driver records
each event before it carries out the commands, so the recorded statuses are all a new machine needs to go on where the
last one died: `Machine(plan, statuses, …).start()`.

One step's life:

    waiting ──Decide──▶ deciding ──reused──▶ completed
                            │
                            └──Launch──▶ active ──ended──▶ completed | failed | canceled
                                           └──lost──▶ Launch again, up to MAX_ATTEMPTS

A failed step stops the run (active steps are canceled, waiting ones too) unless the run continues on failure: then
only what depends on the failed step is bypassed. A canceled step counts as not done for what depends on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Union

from lazulite.model.plan import Plan
from lazulite.model.run import RunStatus

#: A step whose machine was lost is tried this often in all.
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Decide:
    """Find out whether the step reuses an earlier run, then say `decided`."""

    node: str


@dataclass(frozen=True)
class Launch:
    """Run (or, after a restart, watch) try number `attempt` of the step."""

    node: str
    attempt: int


@dataclass(frozen=True)
class CancelJob:
    """End the step's job; `ended` will follow."""

    node: str


@dataclass(frozen=True)
class Settle:
    """The step ends without ever having run."""

    node: str
    status: RunStatus


@dataclass(frozen=True)
class Finish:
    """The whole run ends."""

    status: RunStatus


Command = Union[Decide, Launch, CancelJob, Settle, Finish]


class Machine:
    """One run's state. `statuses` and `attempts` are by node id, as recorded; missing means not started."""

    def __init__(
        self,
        plan: Plan,
        statuses: Mapping[str, RunStatus] | None = None,
        attempts: Mapping[str, int] | None = None,
        *,
        continue_on_failure: bool = False,
        canceled: bool = False,
        canceled_nodes: Iterable[str] = (),
    ) -> None:
        self._order = tuple(step.node for step in plan.steps)
        needed = {step.node: step.depends_on for step in plan.steps}
        self._feeds: dict[str, list[str]] = defaultdict(list)
        for node, needs in needed.items():
            for need in needs:
                self._feeds[need].append(node)
        known = statuses or {}
        self.statuses = {node: known.get(node, RunStatus.NOT_STARTED) for node in self._order}
        self.attempts = {node: (attempts or {}).get(node, 0) for node in self._order}
        self._continue = continue_on_failure
        self._canceled = canceled
        self._canceled_nodes = set(canceled_nodes)
        self._deciding: set[str] = set()
        self._open = sum(not status.is_terminal for status in self.statuses.values())
        self._missing = {
            node: sum(self.statuses[need] is not RunStatus.COMPLETED for need in needs)
            for node, needs in needed.items()
        }
        #: What will never start, because a step it needs ended without completing.
        self._doomed = {
            follower
            for node, status in self.statuses.items()
            if _is_hopeless(status)
            for follower in self._feeds[node]
        }
        self._failed = RunStatus.FAILED in self.statuses.values()
        self._finished = False
        self._started = 0  # so many steps, in plan order, have started

    def is_deciding(self, node: str) -> bool:
        """Whether `Decide` was said for the step, and `decided` is awaited."""
        return node in self._deciding

    @property
    def open_steps(self) -> int:
        """How many steps have not ended."""
        return self._open

    def has_waiting(self) -> bool:
        """Whether a step has not started yet."""
        while (
            self._started < len(self._order)
            and self.statuses[self._order[self._started]] is not RunStatus.NOT_STARTED
        ):
            self._started += 1
        return self._started < len(self._order)

    # --- what happened ---

    def start(self) -> list[Command]:
        """The first commands, of a new run or of one taken over from an engine that died."""
        active = [node for node in self._order if self._is_active(node)]
        commands: list[Command] = [Launch(node, max(1, self.attempts[node])) for node in active]
        if self._canceled or self._stopped_by_failure():
            commands += self._stop()
        else:
            for node in self._order:
                if self._is_doomed(node):
                    commands += [Settle(node, RunStatus.BYPASSED), *self._settle(node, RunStatus.BYPASSED)]
                else:
                    commands += self._decide(node)
            for node in sorted(self._canceled_nodes):
                commands += self._cancel_node(node)
        return commands + self._finish()

    def decided(self, node: str, *, reused: bool) -> list[Command]:
        """The reuse decision for a step is made."""
        if node not in self._deciding:
            return []
        self._deciding.discard(node)
        if reused:
            return self._settle(node, RunStatus.COMPLETED) + self._finish()
        self.statuses[node] = RunStatus.QUEUED
        self.attempts[node] += 1
        return [Launch(node, self.attempts[node])]

    def ended(self, node: str, status: RunStatus) -> list[Command]:
        """A step's job ended with a terminal status."""
        self._deciding.discard(node)
        if self.statuses[node].is_terminal:
            return []
        return self._settle(node, status) + self._finish()

    def lost(self, node: str) -> list[Command]:
        """A step's job vanished without an outcome. No command: the attempts are used up, the driver ends it."""
        if self.statuses[node].is_terminal:
            return []
        if self._canceled or node in self._canceled_nodes or self._stopped_by_failure():
            return self.ended(node, RunStatus.CANCELED)
        if self.attempts[node] >= MAX_ATTEMPTS:
            return []
        self.attempts[node] += 1
        return [Launch(node, self.attempts[node])]

    def cancel(self, node: str | None = None) -> list[Command]:
        """The user asks to cancel the run, or one step of it."""
        if self._finished:
            return []
        if node is None:
            self._canceled = True
            return self._stop() + self._finish()
        self._canceled_nodes.add(node)
        return self._cancel_node(node) + self._finish()

    # --- what follows ---

    def _is_active(self, node: str) -> bool:
        status = self.statuses[node]
        return status is not RunStatus.NOT_STARTED and not status.is_terminal

    def _stopped_by_failure(self) -> bool:
        return self._failed and not self._continue

    def _settle(self, node: str, status: RunStatus) -> list[Command]:
        """Enter a terminal status and go on from it: a loop, because a chain may have 10,000 steps."""
        commands: list[Command] = []
        pending = [(node, status)]
        while pending:
            settled, its_status = pending.pop()
            self.statuses[settled] = its_status
            self._open -= 1
            self._failed = self._failed or its_status is RunStatus.FAILED
            if its_status is RunStatus.COMPLETED:
                for follower in self._feeds[settled]:
                    self._missing[follower] -= 1
            elif its_status is RunStatus.FAILED and not self._continue:
                return commands + self._stop()
            else:
                self._doomed.update(self._feeds[settled])
            for follower in self._feeds[settled]:
                if self._is_doomed(follower):
                    commands.append(Settle(follower, RunStatus.BYPASSED))
                    pending.append((follower, RunStatus.BYPASSED))
                    self.statuses[follower] = RunStatus.BYPASSED
                else:
                    commands += self._decide(follower)
        return commands

    def _is_doomed(self, node: str) -> bool:
        return node in self._doomed and self.statuses[node] is RunStatus.NOT_STARTED

    def _decide(self, node: str) -> list[Command]:
        waiting = self.statuses[node] is RunStatus.NOT_STARTED and node not in self._deciding
        if not waiting or self._missing[node] or self._canceled:
            return []
        self._deciding.add(node)
        return [Decide(node)]

    def _cancel_node(self, node: str) -> list[Command]:
        if self.statuses[node].is_terminal:
            return []
        if self._is_active(node):
            return [CancelJob(node)]
        self._deciding.discard(node)
        return [Settle(node, RunStatus.CANCELED), *self._settle(node, RunStatus.CANCELED)]

    def _stop(self) -> list[Command]:
        """End everything that has not ended."""
        commands: list[Command] = []
        for node in self._order:
            if self._is_active(node):
                commands.append(CancelJob(node))
            elif not self.statuses[node].is_terminal:
                self._deciding.discard(node)
                self.statuses[node] = RunStatus.CANCELED
                self._open -= 1
                commands.append(Settle(node, RunStatus.CANCELED))
        return commands

    def _finish(self) -> list[Command]:
        if self._finished or self._open:
            return []
        self._finished = True
        if self._failed:
            return [Finish(RunStatus.FAILED)]
        if self._canceled or RunStatus.CANCELED in self.statuses.values():
            return [Finish(RunStatus.CANCELED)]
        return [Finish(RunStatus.COMPLETED)]


def _is_hopeless(status: RunStatus) -> bool:
    return status.is_terminal and status is not RunStatus.COMPLETED
