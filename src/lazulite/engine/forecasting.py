"""What would happen to each step of a run if it were submitted now."""

from __future__ import annotations

from lazulite.engine.resuming import Resumed
from lazulite.engine.reuse import Reuse
from lazulite.model.plan import Step, StepOutput
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import OutputRecord, Submission


def forecast(reuse: Reuse, submission: Submission) -> dict[str, ReuseDecision]:
    """Return the decision on each step, in plan order.

    Raises:
        LazuliteError: a step's data cannot be looked at.
    """
    resumed = reuse.resumed_by(submission)
    produced: dict[tuple[str, str], OutputRecord] = {}
    decisions: dict[str, ReuseDecision] = {}
    together: dict[str, Step] = {}
    for step in submission.plan.steps:
        if not together.keys().isdisjoint(step.depends_on):
            _forecast(reuse, submission, resumed, together, produced, decisions)
        sources = [item.source for item in step.inputs if isinstance(item.source, StepOutput)]
        if all((source.node, source.output) in produced for source in sources):
            together[step.node] = step
    _forecast(reuse, submission, resumed, together, produced, decisions)
    # The others take data from steps that will run, and these may write anything.
    unknown = ReuseDecision("unknown", "upstream-runs")
    return {step.node: decisions.get(step.node, unknown) for step in submission.plan.steps}


def _forecast(
    reuse: Reuse,
    submission: Submission,
    resumed: Resumed | None,
    together: dict[str, Step],
    produced: dict[tuple[str, str], OutputRecord],
    decisions: dict[str, ReuseDecision],
) -> None:
    """Decide for steps that do not wait for each other, and forget them."""
    for node, answer in reuse.decide(submission, list(together.values()), produced, resumed=resumed).items():
        if isinstance(answer, Exception):
            raise answer
        decisions[node] = answer.decision
        produced.update({(node, output.name): output for output in answer.outputs})
    together.clear()
