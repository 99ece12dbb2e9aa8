"""Why a step ran or was reused, as text to read and as the decision behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazulite.model.errors import NotFound
from lazulite.sdk.exceptions import v1_errors

if TYPE_CHECKING:
    from typing_extensions import Self

    from lazulite.api.service import Service
    from lazulite.model.reuse import ReuseDecision
    from lazulite.model.run import Run
    from lazulite.model.snapshot import Snapshot


class ReuseExplanation(str):
    """The explanation as text. `decision` holds what it was made of: the components of the key, the nearest earlier
    run and what differs; None as long as nothing was decided, and of a text about several steps."""

    __slots__ = ("decision",)

    decision: ReuseDecision | None

    def __new__(cls, text: str, decision: ReuseDecision | None) -> Self:
        made = super().__new__(cls, text)
        made.decision = decision
        return made

    def __repr__(self) -> str:  # in a notebook the last expression is shown by it
        return str(self)


def explained(service: Service, workspace: str, step: Run) -> ReuseExplanation:
    """Return the explanation of a step run's reuse decision."""
    from lazulite.graph.explain import explanation

    with v1_errors():
        decision = service.get_decision(workspace, step.id)

        def snapshot_of(snapshot_id: str) -> Snapshot | None:
            try:
                return service.get_snapshot(workspace, snapshot_id)
            except NotFound:
                return None

        if decision is None:
            why = "it never started" if step.status.is_terminal else "it has not come to its turn"
            return ReuseExplanation(f"Step '{step.name}': nothing was decided, because {why}.", None)
        head, *rest = explanation(decision, snapshot_of)
    return ReuseExplanation(
        "\n".join([f"Step '{step.name}' {head}", *(f"  - {line}" for line in rest)]), decision
    )
