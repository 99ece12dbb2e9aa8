"""`lazulite runs delete`, `lazulite experiments delete`, `lazulite retention …`: what goes, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import Column, json_option, show_json, show_table
from lazulite.cli.place import Place, place, workspace_option
from lazulite.cli.run_choice import complete_run
from lazulite.model.amounts import counted, size

if TYPE_CHECKING:
    from lazulite.model.deletion import Deletion, RetentionRule

Command = TypeVar("Command", bound=Callable[..., Any])
_RULE_COLUMNS = (
    Column("EXPERIMENT"),
    Column("STATUS"),
    Column("OLDER THAN", right=True, whole=True),
    Column("BUT THE NEWEST", right=True, whole=True),
    Column("BUT WITH TAG"),
)


def dry_run_option(command: Command) -> Command:
    """Give a command the option `--dry-run`."""
    return click.option("--dry-run", is_flag=True, help="Only say what would go.")(command)


@click.command("delete")
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run)
@workspace_option
@dry_run_option
@yes_option
@json_option
def delete_runs(
    run_ids: tuple[str, ...], workspace: str | None, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Delete runs with their steps, metrics, logs, outputs, and code that nothing else uses.

    What a run that stays has reused is kept until nothing needs it. There is no way back.
    """
    from lazulite.cli.failures import Usage
    from lazulite.cli.run_choice import choose

    chosen = [choose(run_id, workspace) for run_id in run_ids]
    here = chosen[0].place
    if any(one.place.id != here.id for one in chosen):
        raise Usage("These runs are of several workspaces. Delete those of one workspace at a time.")
    ids = tuple(one.run.id for one in chosen)
    if not dry_run:
        confirm(f"{_words(here.service.delete_runs(here.id, ids, dry_run=True))}\nDelete?", yes)
    _tell(here.service.delete_runs(here.id, ids, dry_run=dry_run), as_json)


@click.group()
def experiments() -> None:
    """Experiments: delete."""


@experiments.command("delete")
@click.argument("name")
@workspace_option
@dry_run_option
@yes_option
@json_option
def delete_experiment(name: str, workspace: str | None, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Delete an experiment with all its runs, as `lazulite runs delete` does. There is no way back."""
    here = place(workspace)
    if not dry_run:
        forecast = here.service.delete_experiment(here.id, name, dry_run=True)
        confirm(f"{_words(forecast)}\nDelete experiment '{name}'?", yes)
    _tell(here.service.delete_experiment(here.id, name, dry_run=dry_run), as_json)


@click.group()
def retention() -> None:
    """Rules by which old runs are deleted by themselves: show, set, apply."""


@retention.command("show")
@workspace_option
@json_option
def show_rules(workspace: str | None, as_json: bool) -> None:
    """Show the rules of a workspace. Of each run the first one decides that speaks of it."""
    from lazulite.model.codec import to_data

    here = place(workspace)
    rules = _rules(here)
    if as_json:
        show_json([to_data(rule) for rule in rules])
        return
    rows = [
        (
            rule.experiment or "all",
            ", ".join(status.value for status in rule.statuses) or "any",
            f"{rule.days:g} days",
            str(rule.keep_last or ""),
            ", ".join(rule.keep_tags),
        )
        for rule in rules
    ]
    show_table(
        _RULE_COLUMNS, rows, f"Workspace '{here.record.name}' has no rules: no run is deleted by itself."
    )


@retention.command("set")
@workspace_option
@click.option("--days", type=click.FloatRange(min=0), help="Runs that ended longer ago are deleted.")
@click.option("--experiment", "-e", metavar="NAME", help="Only of this experiment.  [default: of all]")
@click.option(
    "--keep-last", type=click.IntRange(min=0), default=0, help="But for the newest N of each experiment."
)
@click.option("--keep-tag", "keep_tags", metavar="TAG", multiple=True, help="But for those with this tag.")
@click.option(
    "--status", "statuses", metavar="STATUS", multiple=True, help="Only with this status.  [default: any]"
)
@click.option("--rules", metavar="JSON", help="All rules at once, as `show --json` gives them.")
@click.option("--none", "clear", is_flag=True, help="Have no rules.")
def set_rules(
    workspace: str | None,
    days: float | None,
    experiment: str | None,
    keep_last: int,
    keep_tags: tuple[str, ...],
    statuses: tuple[str, ...],
    rules: str | None,
    clear: bool,
) -> None:
    """Set the rule of an experiment, or the one for all experiments, in place of the one it had.

    Rules of an experiment come before the one for all. `lazulite retention apply --dry-run` says what they mean.
    """
    from lazulite.cli.failures import Usage
    from lazulite.model.deletion import RETENTION_SETTING

    if [days is not None, rules is not None, clear].count(True) != 1:
        raise Usage("Say --days N for one rule, --rules JSON for all of them, or --none.")
    here = place(workspace)
    new = rules
    if days is not None:
        rule = {
            "days": days,
            "experiment": experiment,
            "keep_last": keep_last,
            "keep_tags": list(keep_tags),
            "statuses": list(statuses),
        }
        new = json.dumps(_with(here, rule))
    here.workspace()._replace(settings={**here.record.settings, RETENTION_SETTING: "" if clear else str(new)})
    click.echo(
        f"{counted(len(_rules(place(workspace))), 'rule')}. An engine applies them once an hour while it rests."
    )


@retention.command("apply")
@workspace_option
@dry_run_option
@json_option
def apply_rules(workspace: str | None, dry_run: bool, as_json: bool) -> None:
    """Delete now what the rules let go."""
    here = place(workspace)
    _tell(here.service.apply_retention(here.id, dry_run=dry_run), as_json)


def _rules(here: Place) -> tuple[RetentionRule, ...]:
    from lazulite.model.codec import loads
    from lazulite.model.deletion import RETENTION_SETTING, RetentionRules

    text = here.record.settings.get(RETENTION_SETTING) or "[]"
    return loads(RetentionRules, f'{{"rules": {text}}}').rules


def _with(here: Place, rule: dict[str, Any]) -> list[Any]:
    """The rules with this one in place of that of its experiment; the one for all comes last."""
    from lazulite.model.codec import to_data

    others = [to_data(one) for one in _rules(here) if one.experiment != rule["experiment"]]
    return sorted([*others, rule], key=lambda one: one["experiment"] is None)


def _tell(deletion: Deletion, as_json: bool) -> None:
    from lazulite.model.codec import to_data

    if as_json:
        show_json(to_data(deletion))
    else:
        click.echo(_words(deletion))


def _words(deletion: Deletion) -> str:
    kinds = ", ".join(f"{size(count)} of {kind}" for kind, count in sorted(deletion.by_kind.items()))
    freed = f"{size(deletion.bytes)} in {counted(deletion.files, 'file')}{f' ({kinds})' if kinds else ''}"
    runs = counted(len(deletion.run_ids), "run")
    head = (
        f"Would delete {runs} and free {freed}." if deletion.is_dry_run else f"Deleted {runs}; {freed} freed."
    )
    return "\n".join([head, *(f"kept, in part: {one.run_id}: {one.reason}" for one in deletion.kept)])
