"""`lazulite runs rerun`: run a pipeline run again, or go on where it failed."""

from __future__ import annotations

import click

from lazulite.cli.display import json_option, show_json
from lazulite.cli.documents import run_document
from lazulite.cli.given_values import pairs, param_option
from lazulite.cli.place import workspace_option
from lazulite.cli.run_choice import choose, run_argument


@click.command()
@run_argument
@workspace_option
@param_option
@click.option("--resume", is_flag=True, help="Take over every step that completed.")
@click.option(
    "--from",
    "from_step",
    metavar="STEP",
    help="Run this step (its name, or node id) and all after it, and take over the others.",
)
@click.option("--no-reuse", is_flag=True, help="Run every step, whatever could be reused.")
@click.option("--experiment", "-e", metavar="NAME", help="Another experiment.  [default: the run's own]")
@json_option
def rerun(
    run_id: str,
    workspace: str | None,
    params: tuple[str, ...],
    resume: bool,
    from_step: str | None,
    no_reuse: bool,
    experiment: str | None,
    as_json: bool,
) -> None:
    """Run a pipeline run again: the same plan, code, values and tags, but for what the options say.

    Returns at once. `lazulite explain RUN` says of each step of the new run whether it was taken over and why.
    """
    from lazulite.model.run import Rerun

    chosen = choose(run_id, workspace)
    here = chosen.place
    how = Rerun(
        pairs(params, "--param"),
        resume=resume,
        regenerate_outputs=no_reuse,
        from_node=from_step,
        experiment=experiment,
    )
    run = here.service.rerun(here.id, chosen.run.id, how)
    if as_json:
        show_json(run_document(run, here.record.name))
    else:
        verb = "goes on where" if resume or from_step else "runs again what"
        click.echo(
            f"Started run {run.id}; it {verb} run {chosen.run.id} {'left off' if resume or from_step else 'ran'}."
        )
