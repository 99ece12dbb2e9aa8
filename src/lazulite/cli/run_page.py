"""`lazulite runs show`: one run with its error, its steps, and of a step its outputs and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import (
    NONE,
    Column,
    duration,
    elapsed,
    json_option,
    moment,
    printable,
    show_facts,
    show_json,
    show_table,
    styled,
)
from lazulite.cli.documents import output_document, run_document
from lazulite.cli.place import workspace_option
from lazulite.cli.run_choice import SHORT, Chosen, choose, run_argument
from lazulite.model.amounts import counted, size

if TYPE_CHECKING:
    from lazulite.model.run import OutputRecord, Run

_STEPS = (
    Column("STEP"),
    Column("STATUS", whole=True),
    Column("REUSED", whole=True),
    Column("DURATION", right=True, whole=True),
    Column("COMPUTE"),
    Column("STEP RUN", whole=True),
)
_OUTPUTS = (
    Column("OUTPUT"),
    Column("DATASTORE"),
    Column("PATH"),
    Column("FILES", right=True, whole=True),
    Column("SIZE", right=True, whole=True),
)
#: So many characters of a metric are shown; a logged table can have any size.
_LONGEST = 200


@click.command()
@run_argument
@workspace_option
@json_option
def show(run_id: str, workspace: str | None, as_json: bool) -> None:
    """Show a run and its steps, or one step.

    If it failed, the words of the script that failed come first.
    """
    from lazulite.model.run import RunKind

    chosen = choose(run_id, workspace)
    steps = chosen.steps() if chosen.run.kind is RunKind.PIPELINE else []
    outputs = _outputs(chosen)
    metrics = _metrics(chosen) if not steps else {}
    if as_json:
        data = run_document(chosen.run, chosen.place.record.name)
        data["steps"] = [run_document(step, chosen.place.record.name) for step in steps]
        data["outputs"] = [output_document(output) for output in outputs]
        data["metrics"] = metrics
        show_json(data)
        return
    _show_error(chosen.run)
    show_facts(_facts(chosen))
    if steps:
        click.echo()
        show_table(_STEPS, map(_step_row, steps), "")
        _show_other_errors(chosen.run, steps)
    if outputs:
        click.echo()
        show_table(_OUTPUTS, map(_output_row, outputs), "")
    if metrics:
        click.echo()
        show_facts((name, _shortened(value)) for name, value in metrics.items())


def _show_error(run: Run) -> None:
    if run.error is None:
        return
    if run.error.details:
        click.echo(run.error.details.rstrip())
        click.echo()
    click.echo(styled(printable(run.error.message), fg="red", bold=True))
    click.echo()


def _show_other_errors(run: Run, steps: Sequence[Run]) -> None:
    """The run's error is that of the step that failed first; a run that goes on after failures has more."""
    first = run.error.message if run.error else ""
    for step in steps:
        if step.error is not None and not first.endswith(step.error.message):
            click.echo(f"\n{styled(f'{step.name}:', bold=True)} {printable(step.error.message)}")


def _facts(chosen: Chosen) -> list[tuple[str, str | None]]:
    run = chosen.run
    return [
        ("Run", run.id),
        ("Name", run.display_name),
        ("Step", f"{run.name} of run {run.parent_id}" if run.node else None),
        ("Status", run.status.value),
        ("Experiment", f"{run.experiment}, run {run.number}" if run.number else run.experiment),
        ("Workspace", chosen.place.record.name),
        ("Description", run.description),
        ("Submitted", f"{moment(run.created_at, seconds=True)} by {run.submitted_by or 'unknown'}"),
        ("Started", moment(run.started_at, seconds=True) if run.started_at else None),
        ("Ended", moment(run.ended_at, seconds=True) if run.ended_at else None),
        ("Duration", duration(elapsed(run.started_at, run.ended_at)) if run.started_at else None),
        ("Compute", run.target),
        ("Attempts", str(run.attempt) if run.attempt > 1 else None),
        ("Reused from", run.reused_run_id),
        ("Tags", ", ".join(f"{key}={value}" for key, value in run.tags.items())),
        ("Git", _git(run)),
    ]


def _git(run: Run) -> str | None:
    branch, commit, dirty = (
        run.properties.get(f"azureml.git.{key}") for key in ("branch", "commit", "dirty")
    )
    if not commit:
        return None
    return f"{commit} on {branch or 'no branch'}{', with changes' if dirty == 'True' else ''}"


def _step_row(step: Run) -> tuple[str, ...]:
    return (
        step.name,
        step.status.value,
        "reused" if step.reused_run_id else NONE,
        duration(elapsed(step.started_at, step.ended_at)),
        step.target or NONE,
        step.id[:SHORT],
    )


def _output_row(output: OutputRecord) -> tuple[str, ...]:
    return output.name, output.datastore, output.path, counted(output.files, "file"), size(output.bytes)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … (--json shows all)"


def _outputs(chosen: Chosen) -> Sequence[OutputRecord]:
    from lazulite.model.run import RunKind

    if chosen.run.kind is not RunKind.STEP:
        return ()
    return chosen.place.service.get_outputs(chosen.place.id, chosen.run.id)


def _metrics(chosen: Chosen) -> dict[str, Any]:
    """The metrics in the shapes of `run.get_metrics()`."""
    from lazulite.sdk.metrics import fold

    return fold(chosen.place.service.get_metrics(chosen.place.id, chosen.run.id))
