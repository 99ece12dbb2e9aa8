"""`lazulite secrets`: the key vault of a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import Column, json_option, show_json, show_table
from lazulite.cli.given_secrets import given_secret, secret_option
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.sdk.keyvault import Keyvault


@click.group()
def secrets() -> None:
    """Secrets of a workspace's key vault: list, set, get, delete."""


@secrets.command("list")
@workspace_option
@json_option
def list_secrets(workspace: str | None, as_json: bool) -> None:
    """List the names of the secrets: those that are kept, and those of LAZULITE_SECRET_… variables."""
    found = _vault(workspace).list_secrets()
    if as_json:
        show_json(found)
        return
    show_table(
        (Column("SECRET"),),
        [(one["name"],) for one in found],
        "There are no secrets. Keep one: lazulite secrets set NAME",
    )


@secrets.command("set")
@click.argument("name")
@secret_option
@workspace_option
def set_secret(name: str, variable: str | None, workspace: str | None) -> None:
    """Keep a secret, sealed; one of the same name is replaced."""
    vault = _vault(workspace)
    vault.set_secret(name, given_secret(f"Value of '{name}'", variable))
    click.echo(f"The secret '{name.lower()}' is kept.")


@secrets.command("get")
@click.argument("name")
@workspace_option
def get_secret(name: str, workspace: str | None) -> None:
    """Print a secret. On a server that takes the role Contributor and stands in the log of changes."""
    click.echo(_vault(workspace).get_secret(name))


@secrets.command("delete")
@click.argument("name")
@workspace_option
@yes_option
def delete_secret(name: str, workspace: str | None, yes: bool) -> None:
    """Delete a secret."""
    vault = _vault(workspace)
    confirm(f"Delete the secret '{name}'?", yes)
    vault.delete_secret(name)
    click.echo(f"The secret '{name}' is deleted.")


def _vault(workspace: str | None) -> Keyvault:
    return place(workspace).workspace().get_default_keyvault()
