"""What a run logged, drawn; of a pipeline run also the last values that its steps logged."""

from __future__ import annotations

from lazulite.model.run import Run, RunStatus
from lazulite.server.portal.run import metrics
from lazulite.server.portal.run.subject import Subject

#: The values of so many steps are shown.
_MOST_STEPS = 60


def shown(subject: Subject) -> dict[str, object]:
    """The content of the tab."""
    run = subject.run
    logged = subject.service.get_metrics(run.workspace, run.id)
    return {
        "metrics": metrics.shown(logged, subject.files.text),
        "step_values": _of_steps(subject) if not subject.is_step else [],
        "is_live": not run.status.is_terminal,
    }


def _of_steps(subject: Subject) -> list[tuple[Run, dict[str, object]]]:
    """The steps that logged single values, with the last of each name."""
    found = []
    for step in subject.record.steps[:_MOST_STEPS]:
        if step.status is RunStatus.NOT_STARTED:
            continue
        logged = subject.service.get_metrics(step.workspace, step.id)
        values = {one.name: one.value for one in logged if one.kind == "scalar"}
        if values:
            found.append((step, values))
    return found
