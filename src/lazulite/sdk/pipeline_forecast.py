"""What submitting a pipeline would do, told before it is done: per step, whether it runs, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lazulite.graph.explain import explanation

if TYPE_CHECKING:
    from lazulite.model.plan import Plan
    from lazulite.model.reuse import ReuseDecision
    from lazulite.model.snapshot import Snapshot

_WORDS = {"run": "runs", "reused": "reused", "unknown": "depends"}


@dataclass(frozen=True)
class PlannedStep:
    """One step of a forecast.

    `verdict` is run, reused, or unknown: a step before it will run, and may write what it wrote before. `why` holds
    the reason and what differs from the nearest earlier run, one sentence each.
    """

    node: str
    name: str
    verdict: str
    why: tuple[str, ...]
    decision: ReuseDecision


class PipelineForecast:
    """What `submit` would do now. Print it, or iterate over its steps."""

    def __init__(self, steps: tuple[PlannedStep, ...]) -> None:
        self.steps = steps

    def __iter__(self) -> Iterator[PlannedStep]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        if not self.steps:
            return "The pipeline has no steps."
        width = max(len("step"), *(len(step.name) for step in self.steps))
        lines = [f"{'step':<{width}}  would    why"]
        for step in self.steps:
            first, *others = step.why
            lines.append(f"{step.name:<{width}}  {_WORDS[step.verdict]:<7}  {first}")
            lines.extend(f"{'':<{width}}           {other}" for other in others)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def forecast_of(
    plan: Plan, decisions: Mapping[str, ReuseDecision], snapshot_of: Callable[[str], Snapshot | None]
) -> PipelineForecast:
    """Return the forecast that the decisions by node id make."""
    steps = []
    for step in plan.steps:
        decision = decisions[step.node]
        head, *differences = explanation(decision, snapshot_of)
        reason = head.partition(": ")[2] or head
        if decision.verdict == "reused":
            reason = f"run {decision.candidate}: {reason}"
        steps.append(PlannedStep(step.node, step.name, decision.verdict, (reason, *differences), decision))
    return PipelineForecast(tuple(steps))
