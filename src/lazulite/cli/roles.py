"""`lazulite roles`: what users and programs may do, in a workspace or everywhere."""

from __future__ import annotations

import click

from lazulite.cli.administration import access, names, places
from lazulite.cli.display import Column, json_option, show_json, show_table
from lazulite.cli.place import connected

_ROLES = ("Reader", "Contributor", "Owner")
_COLUMNS = (Column("WORKSPACE"), Column("NAME"), Column("ROLE", whole=True))
_EVERYWHERE = "*"


@click.group()
def roles() -> None:
    """Roles in workspaces: grant, revoke, list.

    A Reader looks at everything. A Contributor also submits, cancels, publishes and changes data. An Owner also deletes
    the workspace and reads the log of changes.
    """


_workspace = click.option(
    "--workspace",
    "-w",
    metavar="NAME",
    default=_EVERYWHERE,
    help="The workspace: a name, RESOURCE_GROUP/NAME or id.  [default: * (everywhere)]",
)


@roles.command()
@click.argument("name")
@click.argument("role", type=click.Choice(_ROLES, case_sensitive=False))
@_workspace
def grant(name: str, role: str, workspace: str) -> None:
    """Give NAME a role, in place of the one it had there."""
    from lazulite.model.access import Role

    access().grant(name, workspace, Role(role))
    click.echo(f"'{name}' is {role} {_where(workspace)}.")


@roles.command()
@click.argument("name")
@_workspace
def revoke(name: str, workspace: str) -> None:
    """Take the role of NAME away."""
    access().revoke(name, workspace)
    click.echo(f"'{name}' has no role {_where(workspace)} any more.")


@roles.command("list")
@json_option
def list_roles(as_json: bool) -> None:
    """List all roles that were given. Those that an issuer's claims give stand in server.yaml."""
    system = access()
    called, here = names(system.principals()), places(connected()[0].list_workspaces())
    found = [
        (here.get(one.workspace, one.workspace), called.get(one.principal, one.principal), one.role.value)
        for one in system.grants()
    ]
    if as_json:
        show_json([{"workspace": place, "name": name, "role": role} for place, name, role in found])
        return
    show_table(_COLUMNS, found, "No roles were given. Give one: lazulite roles grant NAME ROLE")


def _where(workspace: str) -> str:
    return "everywhere" if workspace == _EVERYWHERE else f"in the workspace '{workspace}'"
