"""`lazulite explain RUN`: for each step, in words, why it ran or which earlier run it reuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lazulite.cli.display import json_option, printable, show_json
from lazulite.cli.documents import decision_document
from lazulite.cli.place import workspace_option
from lazulite.cli.run_choice import Chosen, choose, run_argument

if TYPE_CHECKING:
    from lazulite.model.run import Run
    from lazulite.sdk.reuse_explanation import ReuseExplanation


@click.command()
@run_argument
@workspace_option
@json_option
def explain(run_id: str, workspace: str | None, as_json: bool) -> None:
    """Tell why each step of a run ran, or which run it reuses.

    For a step that ran: what differed from the nearest earlier run of that step. RUN may also be a step run.
    """
    from lazulite.model.errors import InvalidRequest
    from lazulite.model.run import RunKind

    chosen = choose(run_id, workspace)
    if chosen.run.kind is RunKind.INTERACTIVE:
        raise InvalidRequest(
            f"Run {chosen.run.id} is driven by a script of its own: it has no steps to explain."
        )
    steps = chosen.steps() if chosen.run.kind is RunKind.PIPELINE else [chosen.run]
    if as_json:
        show_json([_document(chosen, step) for step in steps])
        return
    for step in steps:
        click.echo(printable(_explained(chosen, step)))


def _document(chosen: Chosen, step: Run) -> dict[str, object]:
    explanation = _explained(chosen, step)
    return {
        "step": step.name,
        "run_id": step.id,
        "status": step.status.value,
        **decision_document(explanation.decision),
        "text": str(explanation),
    }


def _explained(chosen: Chosen, step: Run) -> ReuseExplanation:
    from lazulite.sdk.reuse_explanation import explained

    return explained(chosen.place.service, chosen.place.id, step)
