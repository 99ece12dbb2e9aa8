"""A run with all that its page is about: what was submitted, and its steps in the plan's order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from lazulite.api.service import Service
from lazulite.model.plan import Plan, Step
from lazulite.model.run import OutputRecord, Run, RunKind, RunQuery, Submission
from lazulite.model.values import ParameterValue
from lazulite.server.portal.routing import Visit

#: Outputs of steps that have ended never change; so many are remembered.
_REMEMBERED = 5000
_outputs: OrderedDict[str, tuple[OutputRecord, ...]] = OrderedDict()


@dataclass(frozen=True)
class RunRecord:
    """A run, its submission (of a pipeline run) and its step runs."""

    service: Service
    run: Run
    submission: Submission | None = None
    steps: tuple[Run, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.submission.plan if self.submission else Plan(())

    @property
    def values(self) -> dict[str, ParameterValue]:
        """The parameters' values, defaults included."""
        given = self.submission.parameters if self.submission else {}
        return {one.name: given.get(one.name, one.default) for one in self.plan.parameters}

    def found(self, wanted: str) -> Run | None:
        """The step run of that id, node or name."""
        return next((step for step in self.steps if wanted in (step.id, step.node, step.name)), None)

    def of_node(self, node: str) -> Run | None:
        """The step run of a node of the plan."""
        return next((step for step in self.steps if step.node == node), None)

    def planned(self, step: Run) -> Step | None:
        """What the plan says of a step run."""
        return next((one for one in self.plan.steps if one.node == step.node), None)

    def outputs(self, step: Run) -> tuple[OutputRecord, ...]:
        """The recorded outputs of a step that completed."""
        if step.kind is not RunKind.STEP or not step.status.is_terminal:
            return ()
        known = _outputs.get(step.id)
        if known is None:
            known = self.service.get_outputs(step.workspace, step.id)
            _outputs[step.id] = known
            while len(_outputs) > _REMEMBERED:
                _outputs.popitem(last=False)
        return known


def loaded(visit: Visit, run: Run) -> RunRecord:
    """Return the record of a run that is no step run."""
    if run.kind is not RunKind.PIPELINE:
        return RunRecord(visit.service, run)
    submission = visit.service.get_submission(run.workspace, run.id)
    steps = visit.service.list_runs(run.workspace, RunQuery(parent_id=run.id, kind=RunKind.STEP))
    return RunRecord(visit.service, run, submission, tuple(in_order(submission.plan, steps)))


def in_order(plan: Plan, steps: Iterable[Run]) -> list[Run]:
    """Return step runs in the order of their plan."""
    places = {step.node: place for place, step in enumerate(plan.steps)}
    return sorted(steps, key=lambda step: places.get(step.node or "", len(places)))
