"""`lazulite runs logs`: what the scripts of a run printed, as it stands or as it grows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from lazulite.cli.display import json_option, show_json, status_text, styled
from lazulite.cli.place import workspace_option
from lazulite.cli.run_choice import Chosen, choose, run_argument

if TYPE_CHECKING:
    from lazulite.model.run import Run
    from lazulite.sdk.artifacts import RunFiles


@click.command()
@run_argument
@workspace_option
@click.option("--step", metavar="NAME", help="Only this step's logs.")
@click.option(
    "--file",
    "file_name",
    metavar="NAME",
    help="Another file of the step, for example azureml-logs/65_job_prep.txt.",
)
@click.option("--follow", "-f", is_flag=True, help="Go on until the run (or the step) has ended.")
@json_option
def logs(
    run_id: str, workspace: str | None, step: str | None, file_name: str | None, follow: bool, as_json: bool
) -> None:
    """Show the logs of a run's steps.

    With -f the exit code is 0 if the run (with --step: the step) completed, and 1 if it failed or was canceled.
    The logs of a reused step are those of the run it reuses.
    """
    if follow and (as_json or file_name):
        raise click.UsageError("-f shows logs as text, and all of them. Leave out --json and --file, or -f.")
    chosen = choose(run_id, workspace)
    subjects = _subjects(chosen, step)
    if follow:
        _follow(chosen, subjects, step)
    elif file_name is not None:
        _show_file(chosen, subjects, file_name)
    elif as_json:
        show_json([_document(chosen, run) for run in subjects])
    else:
        _show(chosen, subjects)


def _subjects(chosen: Chosen, step: str | None) -> list[Run]:
    """The step runs (or the one run without steps) whose logs are meant."""
    from lazulite.model.errors import NotFound
    from lazulite.model.run import RunKind

    if chosen.run.kind is not RunKind.PIPELINE:
        if step not in (None, chosen.run.name):
            raise NotFound(f"Run {chosen.run.id} has no steps: it is not a pipeline run.")
        return [chosen.run]
    steps = chosen.steps()
    found = [run for run in steps if step in (None, run.name, run.id)]
    if not found:
        raise NotFound(
            f"Run {chosen.run.id} has no step '{step}'. It has: {', '.join(run.name for run in steps)}."
        )
    return found


def _follow(chosen: Chosen, subjects: Sequence[Run], step: str | None) -> None:
    from lazulite.cli.failures import Usage
    from lazulite.cli.run_watch import exit_code, watch

    if step is not None:
        if len(subjects) > 1:
            raise Usage(
                f"{len(subjects)} steps are called '{step}'. Say one by its id: "
                f"{', '.join(run.id for run in subjects)}."
            )
        chosen = Chosen(chosen.place, subjects[0])
    raise click.exceptions.Exit(exit_code(watch(chosen, sys.stdout)))


def _show(chosen: Chosen, subjects: Sequence[Run]) -> None:
    from lazulite.sdk.log_tail import LogTail
    from lazulite.sdk.transcript import labels

    names = labels(subjects)
    for number, run in enumerate(subjects):
        if len(subjects) > 1:
            reused = f", reused from run {run.reused_run_id}" if run.reused_run_id else ""
            blank = "\n" if number else ""
            click.echo(
                f"{blank}{styled(f'== {names[run.id]}', bold=True)} ({status_text(run.status.value)}{reused})"
            )
        silent = True
        for line in LogTail(_files(chosen, run)).lines(ended=True):
            click.echo(line)
            silent = False
        if silent:
            click.echo("(no output)", err=len(subjects) == 1)
        if run.error is not None:
            click.echo(f"{run.error.code}: {run.error.message}", err=True)


def _show_file(chosen: Chosen, subjects: Sequence[Run], name: str) -> None:
    from lazulite.model.errors import NotFound
    from lazulite.sdk.artifacts import checked_file_name

    wanted = checked_file_name(name)
    found = [files for files in (_files(chosen, run) for run in subjects) if files.exists(wanted)]
    if not found:
        known = sorted({other for run in subjects for other in _files(chosen, run).names()})
        raise NotFound(f"There is no file '{name}' in this run. There are: {', '.join(known) or 'none yet'}.")
    for files in found:
        with files.open(wanted) as source:
            shutil.copyfileobj(source, sys.stdout.buffer)


def _document(chosen: Chosen, run: Run) -> dict[str, object]:
    from lazulite.sdk.log_tail import LogTail

    text = "".join(f"{line}\n" for line in LogTail(_files(chosen, run)).lines(ended=True))
    return {"run_id": run.id, "step": run.name or None, "status": run.status.value, "text": text}


def _files(chosen: Chosen, run: Run) -> RunFiles:
    from lazulite.sdk.artifacts import files_of

    return files_of(chosen.place.service, chosen.place.id, run)
