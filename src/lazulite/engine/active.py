"""One pipeline run while the engine works on it: its machine, and what the machine's node ids stand for.

It also holds what happened and is not recorded yet, and what the machine wants done, which waits until then.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from lazulite.engine import rows
from lazulite.engine.jobs import job_id
from lazulite.engine.layout import Home
from lazulite.engine.machine import CancelJob, Command, Decide, Finish, Launch, Machine, Settle
from lazulite.engine.places import Places
from lazulite.engine.resuming import Resumed, resumed_by
from lazulite.engine.story import Story
from lazulite.model.assets import Workspace
from lazulite.model.errors import LazuliteError
from lazulite.model.plan import Step
from lazulite.model.run import OutputRecord, Run, RunStatus, Submission
from lazulite.records.changes import Change
from lazulite.records.records import Records
from lazulite.records.run_rows import StepState


class ActiveRun:
    """What the engine holds in memory for a run. All of it can be read again from the records."""

    def __init__(
        self,
        run: Run,
        workspace: Workspace,
        submission: Submission,
        step_runs: Sequence[StepState],
        story: Story,
        resumed: Resumed | None = None,
    ) -> None:
        self.run = run
        self.workspace = workspace
        self.submission = submission
        self.steps: dict[str, Step] = {step.node: step for step in submission.plan.steps}
        self.step_runs: dict[str, StepState] = {step_run.node: step_run for step_run in step_runs}
        self.node_of: dict[str, str] = {step_run.id: node for node, step_run in self.step_runs.items()}
        self.produced: dict[tuple[str, str], OutputRecord] = {}
        self.story = story
        #: Whether its artifacts go to a datastore elsewhere, by way of a spool.
        self.is_spooled = story.is_spooled
        self.resumed = resumed
        #: Of each step that will run, the key under which its outputs may be reused later.
        self.keys: dict[str, str] = {}
        #: Runs of which the machine knows that they are to end: this one, or steps of it.
        self.asked = {one.id for one in step_runs if one.status is RunStatus.CANCEL_REQUESTED}
        if run.status is RunStatus.CANCEL_REQUESTED:
            self.asked.add(run.id)
        self.machine = Machine(
            submission.plan,
            {node: _resumable(step_run) for node, step_run in self.step_runs.items()},
            {node: step_run.attempt for node, step_run in self.step_runs.items()},
            continue_on_failure=submission.continue_on_step_failure,
            canceled=run.id in self.asked,
            canceled_nodes=[self.node_of[subject] for subject in self.asked if subject in self.node_of],
        )
        #: What happened and is not recorded yet, and since when (`time.monotonic`).
        self.changes: list[Change] = []
        self.since = 0.0
        #: What is to be done as soon as that is recorded.
        self.commands: list[Launch | CancelJob | Finish] = []
        #: Steps whose reuse is to be decided, and how many were.
        self.undecided: deque[str] = deque()
        self.decided = 0
        self._repeated = {
            name for name, count in Counter(step.name for step in submission.plan.steps).items() if count > 1
        }

    def take(self, commands: Iterable[Command]) -> None:
        """Put down what the machine wants: what it says about the record, and what is to be done after that."""
        for command in commands:
            if isinstance(command, Decide):
                self.undecided.append(command.node)
            elif isinstance(command, Settle):
                self.changes.append(rows.status(self.step_runs[command.node].id, command.status))
            else:
                if isinstance(command, Launch):
                    self._take_launch(command)
                self.commands.append(command)

    def _take_launch(self, command: Launch) -> None:
        subject = self.step_runs[command.node]
        identity = job_id(subject.id, command.attempt)
        if subject.job != identity:  # else an engine before us recorded it
            self.changes.append(rows.launched(subject.id, identity, command.attempt))

    def next_to_decide(self, most: int) -> list[str]:
        """Take up to `most` of the steps to decide."""
        nodes = [self.undecided.popleft() for _ in range(min(most, len(self.undecided)))]
        return [
            node for node in nodes if self.machine.is_deciding(node)
        ]  # the others were canceled meanwhile

    def is_told_apart(self, nodes: Iterable[str]) -> bool:
        """Whether no other step of the plan has the name of one of these."""
        return all(self.steps[node].name not in self._repeated for node in nodes)

    def keep_outputs(self, node: str, outputs: Iterable[OutputRecord]) -> None:
        """Remember what a completed step wrote, for the steps after it."""
        self.produced.update({(node, output.name): output for output in outputs})


def load(home: Home, records: Records, run: Run) -> ActiveRun:
    """Take a run up from the records, whether new or left by an engine before."""
    workspace = records.workspace(run.workspace)
    submission = records.submission(run.workspace, run.id)
    steps = records.states_of_steps(run.id)
    resumed = resumed_by(records, run.workspace, submission)
    active = ActiveRun(run, workspace, submission, steps, _story(home, records, run, steps), resumed)
    for step_run_id, outputs in records.outputs_of_steps(run.id).items():
        active.keep_outputs(active.node_of[step_run_id], outputs)
    return active


def _story(home: Home, records: Records, run: Run, steps: Sequence[StepState]) -> Story:
    names = {run.id: "pipeline", **{step.id: f"step {step.name}" for step in steps}}
    places = Places(home, records, run.workspace)
    try:
        return Story(
            places.artifacts(run.artifact_datastore, run.artifact_path),
            names,
            is_spooled=not places.is_folder(run.artifact_datastore),
        )
    except LazuliteError:  # the datastore was unregistered: steps that need it will say so
        return Story(None, names)


def _resumable(step_run: StepState) -> RunStatus:
    """A step that was asked to cancel before it was ever launched is, for the machine, not started."""
    if step_run.status is RunStatus.CANCEL_REQUESTED and step_run.job is None:
        return RunStatus.NOT_STARTED
    return step_run.status
