"""One pipeline run while the engine works on it: its machine, and what the machine's node ids stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lazulite.engine.layout import Home
from lazulite.engine.machine import Machine
from lazulite.engine.places import Places
from lazulite.engine.story import Story
from lazulite.model.assets import Workspace
from lazulite.model.errors import LazuliteError
from lazulite.model.events import Event, EventKind
from lazulite.model.plan import Step
from lazulite.model.run import OutputRecord, Run, RunStatus, Submission
from lazulite.records.records import Records


class ActiveRun:
    """What the engine holds in memory for a run. All of it can be read again from the records."""

    def __init__(
        self,
        run: Run,
        workspace: Workspace,
        submission: Submission,
        step_runs: Sequence[Run],
        events: Sequence[Event],
        story: Story,
    ) -> None:
        self.run = run
        self.workspace = workspace
        self.submission = submission
        self.steps: dict[str, Step] = {step.node: step for step in submission.plan.steps}
        self.step_runs: dict[str, Run] = {str(step_run.node): step_run for step_run in step_runs}
        self.node_of: dict[str, str] = {step_run.id: node for node, step_run in self.step_runs.items()}
        self.produced: dict[tuple[str, str], OutputRecord] = {}
        self.story = story
        #: Of each step that will run, the key under which its outputs may be reused later.
        self.keys: dict[str, str] = {}
        self.seen = events[-1].sequence if events else 0
        subjects = {event.subject for event in events if event.kind is EventKind.CANCEL_REQUESTED}
        self.machine = Machine(
            submission.plan,
            {node: _resumable(step_run) for node, step_run in self.step_runs.items()},
            {node: step_run.attempt for node, step_run in self.step_runs.items()},
            continue_on_failure=submission.continue_on_step_failure,
            canceled=run.id in subjects,
            canceled_nodes=[self.node_of[subject] for subject in subjects if subject in self.node_of],
        )

    def keep_outputs(self, node: str, outputs: Iterable[OutputRecord]) -> None:
        """Remember what a completed step wrote, for the steps after it."""
        self.produced.update({(node, output.name): output for output in outputs})


def load(home: Home, records: Records, run: Run) -> ActiveRun:
    """Take a run up from the records, whether new or left by an engine before."""
    workspace = records.workspace(run.workspace)
    submission = records.submission(run.workspace, run.id)
    steps = records.steps_of(run.id)
    story = _story(home, records, run, steps)
    active = ActiveRun(run, workspace, submission, steps, records.events(run.id), story)
    for step_run_id, outputs in records.outputs_of_steps(run.id).items():
        active.keep_outputs(active.node_of[step_run_id], outputs)
    return active


def _story(home: Home, records: Records, run: Run, steps: Sequence[Run]) -> Story:
    names = {run.id: "pipeline", **{step.id: f"step {step.name}" for step in steps}}
    places = Places(home, records, run.workspace)
    try:
        return Story(places.path(run.artifact_datastore, run.artifact_path), names)
    except LazuliteError:  # the datastore was unregistered: steps that need it will say so
        return Story(None, names)


def _resumable(step_run: Run) -> RunStatus:
    """A step that was asked to cancel before it was ever launched is, for the machine, not started."""
    if step_run.status is RunStatus.CANCEL_REQUESTED and step_run.job is None:
        return RunStatus.NOT_STARTED
    return step_run.status
