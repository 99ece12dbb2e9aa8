"""`lazulite runs`: list, show, logs, explain, wait, cancel, rerun, delete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from lazulite.cli import exit_codes
from lazulite.cli.display import Column, duration, elapsed, json_option, moment, show_json, show_table
from lazulite.cli.documents import run_document
from lazulite.cli.lazy import LazyGroup
from lazulite.cli.place import place, workspace_option
from lazulite.cli.run_choice import SHORT, choose, run_argument

if TYPE_CHECKING:
    from lazulite.model.run import RunStatus

_MEMBERS = {
    "list": "runs:list_runs",
    "show": "run_page:show",
    "logs": "run_logs:logs",
    "explain": "explanation:explain",
    "wait": "runs:wait",
    "cancel": "runs:cancel",
    "rerun": "rerun:rerun",
    "delete": "deletions:delete_runs",
}
_COLUMNS = (
    Column("RUN", whole=True),
    Column("EXPERIMENT"),
    Column("NO", right=True, whole=True),
    Column("STATUS", whole=True),
    Column("SUBMITTED", whole=True),
    Column("DURATION", right=True, whole=True),
)
_ACTIVE = "active"
#: `model.run.RUN_ORDERS`, which is not loaded to say what there is to choose.
_ORDERS = ("created", "ended", "duration", "name", "experiment", "status")


@click.group(cls=LazyGroup, members=_MEMBERS)
def runs() -> None:
    """Runs: list, show, follow, explain, cancel, run again, delete."""


@click.command("list")
@workspace_option
@click.option("--experiment", "-e", metavar="NAME", help="Only runs of this experiment.")
@click.option(
    "--status", "-s", metavar="STATUS", help='Only runs with this status; "active": all that have not ended.'
)
@click.option(
    "--text", "-t", metavar="TEXT", help="Only runs with this in their id, names, description or tags."
)
@click.option("--tag", metavar="NAME[=VALUE]", multiple=True, help="Only runs with this tag; repeatable.")
@click.option(
    "--parameter", metavar="NAME=VALUE", multiple=True, help="Only runs with this value; repeatable."
)
@click.option(
    "--metric",
    metavar="CONDITION",
    multiple=True,
    help='Only runs whose last value of a metric, theirs or a step\'s, is such: "accuracy >= 0.9"; repeatable.',
)
@click.option("--by", metavar="NAME", help="Only runs that this user started.")
@click.option(
    "--attention", is_flag=True, help="Only failed runs that were not run again since, nor marked as handled."
)
@click.option(
    "--order",
    type=click.Choice(_ORDERS),
    default="created",
    show_default=True,
    help="The newest, longest, last in the alphabet first.",
)
@click.option("--ascending", is_flag=True, help="The other way round.")
@click.option(
    "--limit", "-n", type=click.IntRange(min=0), default=20, show_default=True, help="So many; 0: all."
)
@json_option
def list_runs(
    workspace: str | None,
    experiment: str | None,
    status: str | None,
    text: str | None,
    tag: tuple[str, ...],
    parameter: tuple[str, ...],
    metric: tuple[str, ...],
    by: str | None,
    attention: bool,
    order: str,
    ascending: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List runs, newest first.

    Steps are not listed: see them with `lazulite runs show RUN`.
    """
    from lazulite.model.run import RunQuery

    statuses = _statuses(status)
    here = place(workspace)
    query = RunQuery(
        experiment=experiment,
        top_level=True,
        statuses=statuses,
        text=text,
        tags=dict(_pair(one) for one in tag),
        parameters={name: value or "" for name, value in map(_pair, parameter)},
        metrics=dict(_condition(one) for one in metric),
        submitted_by=by,
        unresolved=attention,
        order=order,
        ascending=ascending,
        limit=limit or None,
    )
    found = here.service.list_runs(here.id, query)
    if as_json:
        show_json([run_document(run, here.record.name) for run in found])
        return
    rows = [
        (
            run.id[:SHORT],
            run.experiment,
            str(run.number),
            run.status.value,
            moment(run.created_at),
            duration(elapsed(run.started_at, run.ended_at)),
        )
        for run in found
    ]
    such = " such" if query != RunQuery(top_level=True, limit=limit or None) else ""
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no{such} runs.")


@click.command()
@run_argument
@workspace_option
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up after so long (exit code 1)."
)
@json_option
def wait(run_id: str, workspace: str | None, timeout: float | None, as_json: bool) -> None:
    """Wait, silently, until a run has ended.

    The exit code is 0 if it completed and 1 if it failed or was canceled. `lazulite runs logs -f` shows what happens
    meanwhile.
    """
    from lazulite.cli.run_watch import exit_code, watch

    chosen = choose(run_id, workspace)
    run = watch(chosen, None, timeout)
    if as_json:
        show_json(run_document(run, chosen.place.record.name))
    elif run.status.is_terminal:
        click.echo(f"Run {run.id} has ended: {run.status.value}.")
    else:
        click.echo(f"error: run {run.id} has not ended after {timeout:g} s: {run.status.value}.", err=True)
    raise click.exceptions.Exit(exit_code(run))


@click.command()
@run_argument
@workspace_option
@json_option
def cancel(run_id: str, workspace: str | None, as_json: bool) -> None:
    """Ask for the cancellation of a run, or of one step.

    Returns at once; `lazulite runs wait RUN` waits until it has ended. A run that has ended stays as it is (exit
    code 1).
    """
    chosen = choose(run_id, workspace)
    run = chosen.run
    if run.status.is_terminal:
        click.echo(f"error: run {run.id} has ended already: {run.status.value}.", err=True)
        raise click.exceptions.Exit(exit_codes.FAILED)
    chosen.place.service.cancel_run(chosen.place.id, run.id)
    if as_json:
        show_json(run_document(chosen.fresh(), chosen.place.record.name))
    else:
        click.echo(f"Asked for the cancellation of run {run.id}.")


def _pair(text: str) -> tuple[str, str | None]:
    """`name=value`, or a name alone."""
    name, equals, value = text.partition("=")
    return name.strip(), value.strip() if equals else None


def _condition(text: str) -> tuple[str, str]:
    """`accuracy >= 0.9`, or the name of a metric that there is."""
    name = re.split("[<>=!]", text, maxsplit=1)[0]
    return name.strip(), text[len(name) :].strip()


def _statuses(word: str | None) -> tuple[RunStatus, ...]:
    """The statuses that a word means: one in either of v1's vocabularies, or "active"."""
    from lazulite.model.run import RunStatus

    if word is None:
        return ()
    if word.lower() == _ACTIVE:
        return tuple(status for status in RunStatus if not status.is_terminal)
    for status in RunStatus:
        if word.lower() == status.value.lower() or (
            status.is_terminal and word.lower() == status.graph_word.lower()
        ):
            return (status,)
    names = ", ".join(status.value for status in RunStatus)
    raise click.BadParameter(f"'{word}' is no status. Expected {_ACTIVE}, {names}.", param_hint="--status")
