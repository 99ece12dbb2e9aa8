"""What a run takes over from the run that it resumes.

A step is found again by its name, and of several with one name by its place among them: so the code of a step may
change, and steps may be added, between the two runs. A step that completed is taken over whatever its key says, but
for two things that no wish can change: its outputs must still stand, and what it took from other steps must be what
these steps wrote in this run too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lazulite.model.errors import NotFound
from lazulite.model.plan import Plan, Step, StepOutput
from lazulite.model.run import OutputRecord, Run, RunStatus, Submission
from lazulite.records.records import Records
from lazulite.records.reuse import Candidate

#: A step's name, and its place among the steps of that name.
Label = tuple[str, int]
#: By node and name, the outputs of steps that have ended.
Produced = Mapping[tuple[str, str], OutputRecord]


@dataclass(frozen=True)
class Taken:
    """What a step takes over, and the components of the key that its namesake in the resumed run had."""

    source: Candidate
    components: Mapping[str, Any]


class Resumed:
    """The steps of an ended pipeline run, as those of another plan find them."""

    def __init__(self, records: Records, workspace: str, run_id: str, plan: Plan) -> None:
        self._records = records
        earlier = _labels(records.submission(workspace, run_id).plan)
        outputs = records.outputs_of_steps(run_id)
        self._label_of = _labels(plan)
        self._completed: dict[Label, Candidate] = {}
        self._step_runs: dict[Label, str] = {}
        for step_run in records.steps_of(run_id):
            label = earlier.get(step_run.node or "")
            if label is not None and step_run.status is RunStatus.COMPLETED:
                self._completed[label] = _source(step_run, outputs.get(step_run.id, ()))
                self._step_runs[label] = step_run.id

    def taken_over(self, steps: Iterable[Step], produced: Produced) -> dict[str, Taken]:
        """By node, what steps may take over, if its outputs still stand. All that these take data from have ended."""
        sources = {step.node: self._source(step, produced) for step in steps}
        found = {node: source for node, source in sources.items() if source is not None}
        step_runs = {node: self._step_runs[self._label_of[node]] for node in found}
        components = self._records.components(step_runs.values())
        return {node: Taken(source, components.get(step_runs[node], {})) for node, source in found.items()}

    def _source(self, step: Step, produced: Produced) -> Candidate | None:
        found = self._completed.get(self._label_of[step.node])
        if found is None or not {output.name for output in step.outputs} <= {
            one.name for one in found.outputs
        }:
            return None
        taken = [item.source for item in step.inputs if isinstance(item.source, StepOutput)]
        return found if all(self._is_same(source, produced) for source in taken) else None

    def _is_same(self, source: StepOutput, produced: Produced) -> bool:
        """Whether a step wrote the same data to an output in both runs."""
        earlier = self._completed.get(self._label_of[source.node])
        here = produced[source.node, source.output].content
        return earlier is not None and any(
            output.name == source.output and output.content == here for output in earlier.outputs
        )


def resumed_by(records: Records, workspace: str, submission: Submission) -> Resumed | None:
    """What a submission resumes; None if nothing, or if that was deleted meanwhile."""
    if submission.resumes is None:
        return None
    try:
        return Resumed(records, workspace, submission.resumes, submission.plan)
    except NotFound:
        return None


def _labels(plan: Plan) -> dict[str, Label]:
    seen: Counter[str] = Counter()
    found: dict[str, Label] = {}
    for step in plan.steps:
        found[step.node] = (step.name, seen[step.name])
        seen[step.name] += 1
    return found


def _source(step_run: Run, outputs: tuple[OutputRecord, ...]) -> Candidate:
    """The run that did the work: of a step that was reused itself, the one it reused."""
    if step_run.reused_run_id is None:
        return Candidate(step_run.id, step_run.name, step_run.node, step_run.root_id, outputs)
    node = step_run.properties.get("azureml.reusednodeid")
    root = step_run.properties.get("azureml.reusedpipelinerunid", step_run.root_id)
    return Candidate(step_run.reused_run_id, step_run.name, node, root, outputs)
