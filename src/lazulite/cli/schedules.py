"""`lazulite schedules`: list, show, checks, enable, disable, run, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import (
    NONE,
    Column,
    iso,
    json_option,
    moment,
    show_facts,
    show_json,
    show_table,
)
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.model.schedule import ScheduleCheck
    from lazulite.sdk.schedules.schedule import Schedule

_COLUMNS = (
    Column("SCHEDULE"),
    Column("ID", whole=True),
    Column("STATUS", whole=True),
    Column("RUNS BY"),
    Column("NEXT", whole=True),
    Column("LAST", whole=True),
)
_CHECK_COLUMNS = (
    Column("AT", whole=True),
    Column("CAME OF IT", whole=True),
    Column("WHY"),
    Column("RUNS", whole=True),
)


@click.group()
def schedules() -> None:
    """Schedules of published pipelines: list, show, checks, enable, disable, run, delete.

    SCHEDULE is an id, a beginning of one that fits only one, or a name that only one has.
    """


@schedules.command("list")
@workspace_option
@json_option
def list_schedules(workspace: str | None, as_json: bool) -> None:
    """List the schedules of a workspace, the newest first."""
    from lazulite.sdk.schedules.schedule import Schedule

    here = place(workspace)
    found = Schedule.list(here.workspace(), active_only=False)
    if as_json:
        show_json([_document(one) for one in found])
        return
    show_table(_COLUMNS, map(_row, found), f"Workspace '{here.record.name}' has no schedules.")


@schedules.command()
@click.argument("schedule")
@workspace_option
@json_option
def show(schedule: str, workspace: str | None, as_json: bool) -> None:
    """Show a schedule: when it runs, what it starts, and what came of its last look."""
    found = _found(schedule, workspace)
    checks = found.checks(1)
    if as_json:
        show_json({**_document(found), "last_check": _check_document(checks[0]) if checks else None})
        return
    state = found.state()
    shown = [
        ("Schedule", found.name),
        ("Id", found.id),
        ("Status", found.status),
        ("Runs by", _timing(found)),
        ("Next look", moment(state.next_at, seconds=True)),
        ("Fired last", moment(state.last_fired_at, seconds=True)),
        ("Pipeline", found.pipeline_id),
        ("Endpoint", found.pipeline_endpoint_id),
        ("Experiment", found.experiment_name),
        ("Parameters", ", ".join(f"{name}={value}" for name, value in found.pipeline_parameters.items())),
        ("Description", found.description),
        ("Last look", f"{checks[0].verdict.value}: {checks[0].reason}" if checks else None),
    ]
    show_facts(shown)


@schedules.command()
@click.argument("schedule")
@workspace_option
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many at most.")
@json_option
def checks(schedule: str, workspace: str | None, limit: int, as_json: bool) -> None:
    """List the looks at a schedule, the newest first: what came of each, and why."""
    found = _found(schedule, workspace)
    looks = found.checks(limit)
    if as_json:
        show_json([_check_document(one) for one in looks])
        return
    rows = [
        (moment(one.at, seconds=True), one.verdict.value, one.reason, " ".join(one.run_ids) or NONE)
        for one in looks
    ]
    show_table(_CHECK_COLUMNS, rows, f"Schedule '{found.name}' was not looked at yet.")


@schedules.command()
@click.argument("schedule")
@workspace_option
def enable(schedule: str, workspace: str | None) -> None:
    """Let a schedule run (again). Times that passed meanwhile are not made up for."""
    found = _found(schedule, workspace)
    found.enable()
    click.echo(
        f"Schedule '{found.name}' is enabled. It looks next at {moment(found.next_run, seconds=True)}."
    )


@schedules.command()
@click.argument("schedule")
@workspace_option
def disable(schedule: str, workspace: str | None) -> None:
    """Let a schedule rest until it is enabled."""
    found = _found(schedule, workspace)
    found.disable()
    click.echo(f"Schedule '{found.name}' is disabled.")


@schedules.command()
@click.argument("schedule")
@workspace_option
@json_option
def run(schedule: str, workspace: str | None, as_json: bool) -> None:
    """Start a schedule's pipeline now. The schedule's own times stay as they are."""
    found = _found(schedule, workspace)
    started = found.run_now()
    if as_json:
        show_json({"run_id": started.id, "schedule_id": found.id})
    else:
        click.echo(f"Started run {started.id}. `lazulite runs show {started.id}` shows it.")


@schedules.command()
@click.argument("schedule")
@workspace_option
@yes_option
def delete(schedule: str, workspace: str | None, yes: bool) -> None:
    """Delete a schedule and the history of its looks. The runs it started stay."""
    found = _found(schedule, workspace)
    confirm(f"Delete schedule '{found.name}' ({found.id})?", yes)
    found.delete()
    click.echo(f"Deleted schedule '{found.name}'.")


def _found(named: str, workspace: str | None) -> Schedule:
    """The one schedule that is meant."""
    from lazulite.cli.failures import Usage
    from lazulite.model.errors import NotFound
    from lazulite.sdk.schedules.schedule import Schedule

    here = place(workspace)
    known = Schedule.list(here.workspace(), active_only=False)
    found = [one for one in known if one.id == named] or [
        one for one in known if one.name == named or one.id.startswith(named)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found)
        raise Usage(f"Which schedule '{named}'? There are {ids}. Say one of these.")
    raise NotFound(
        f"Workspace '{here.record.name}' has no schedule '{named}'. `lazulite schedules list` shows those it has."
    )


def _row(schedule: Schedule) -> tuple[str, ...]:
    state = schedule.state()
    return (
        schedule.name,
        schedule.id,
        schedule.status,
        _timing(schedule),
        moment(state.next_at),
        moment(state.last_fired_at),
    )


def _timing(schedule: Schedule) -> str:
    from lazulite.model.schedule import in_words

    return in_words(schedule._record)  # noqa: SLF001 - the SDK's own seam


def _document(schedule: Schedule) -> dict[str, Any]:
    from lazulite.model.codec import to_data

    state = schedule.state()
    record: dict[str, Any] = to_data(schedule._record)  # noqa: SLF001 - the SDK's own seam
    return {**record, "next_at": iso(state.next_at), "last_fired_at": iso(state.last_fired_at)}


def _check_document(check: ScheduleCheck) -> dict[str, Any]:
    from lazulite.model.codec import to_data

    return dict(to_data(check))
