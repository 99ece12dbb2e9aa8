"""`lazulite audit`: who changed what over the network, and what was refused."""

from __future__ import annotations

import click

from lazulite.cli.administration import access, places
from lazulite.cli.display import NONE, Column, iso, json_option, moment, show_json, show_table
from lazulite.cli.place import connected

_COLUMNS = (
    Column("AT", whole=True),
    Column("WHO"),
    Column("WHAT"),
    Column("WORKSPACE"),
    Column("TARGET"),
    Column("OUTCOME", whole=True),
    Column("FROM", whole=True),
)


@click.command()
@click.option("--workspace", "-w", metavar="NAME", help="Only what was about it.")
@click.option("--user", metavar="NAME", help="Only what this user or program asked for.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
)
@json_option
def audit(workspace: str | None, user: str | None, limit: int, as_json: bool) -> None:
    """Show the log of changes that were asked for over the network, newest first; refused ones too."""
    system = access()
    wanted = None if workspace is None else system.workspace_id(workspace)
    found = system.audit(wanted, user, None, limit)
    if as_json:
        show_json(
            [
                {
                    "sequence": one.sequence,
                    "at": iso(one.at),
                    "who": one.principal,
                    "what": one.operation,
                    "workspace": one.workspace or None,
                    "target": one.target or None,
                    "outcome": one.outcome,
                    "address": one.address,
                }
                for one in found
            ]
        )
        return
    here = places(connected()[0].list_workspaces())
    rows = [
        (
            moment(one.at, seconds=True),
            one.principal or NONE,
            one.operation,
            here.get(one.workspace, one.workspace) or NONE,
            one.target or NONE,
            one.outcome,
            one.address,
        )
        for one in found
    ]
    show_table(_COLUMNS, rows, "Nothing was changed over the network yet.")
