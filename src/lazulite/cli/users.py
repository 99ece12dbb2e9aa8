"""`lazulite users` and `lazulite service-principals`: who can be known to this system's server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.administration import access, new_password, stdin_option
from lazulite.cli.display import Column, iso, json_option, moment, show_json, show_table

if TYPE_CHECKING:
    from lazulite.model.access import Principal

_COLUMNS = (
    Column("NAME"),
    Column("KIND", whole=True),
    Column("ADDED", whole=True),
    Column("STATE", whole=True),
)


@click.group()
def users() -> None:
    """Users of this system's server: add, list, disable, enable, password."""


@users.command()
@click.argument("name")
@stdin_option
@click.option("--no-password", is_flag=True, help="Nobody logs in by that name; it has tokens only.")
@json_option
def add(name: str, from_stdin: bool, no_password: bool, as_json: bool) -> None:
    """Add a user. A role is given with: lazulite roles grant NAME ROLE."""
    text, is_made = (None, False) if no_password else new_password(name, from_stdin)
    access().add_user(name, text)
    _told(f"User '{name}' is added.", name, text if is_made else None, as_json)


@users.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List users, programs, and those whom an issuer vouches for."""
    found = access().principals()
    if as_json:
        show_json([_document(one) for one in found])
        return
    rows = [(one.name, one.kind.value, moment(one.created_at), _state(one)) for one in found]
    show_table(_COLUMNS, rows, "There are no users yet. Add one: lazulite users add NAME")


@users.command()
@click.argument("name")
def disable(name: str) -> None:
    """End everything that NAME, a user or program, can do: at once. Its tokens do not come back."""
    click.echo(f"'{access().disable(name).name}' is disabled; its tokens and sessions are ended.")


@users.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME, a user or program, prove itself again."""
    click.echo(f"'{access().enable(name).name}' is enabled.")


@users.command()
@click.argument("name")
@stdin_option
@json_option
def password(name: str, from_stdin: bool, as_json: bool) -> None:
    """Give a user a new password. Sessions that the old one opened end."""
    system = access()
    system.principal(name)
    text, is_made = new_password(name, from_stdin)
    system.set_password(name, text)
    _told(f"User '{name}' has a new password.", name, text if is_made else None, as_json)


@click.group("service-principals")
def service_principals() -> None:
    """Programs that call this system's server: add, secret."""


@service_principals.command("add")
@click.argument("name")
@json_option
def add_program(name: str, as_json: bool) -> None:
    """Add a program; its id and secret are shown once."""
    added, secret = access().add_service_principal(name)
    _show_program(added.id, secret, as_json)


@service_principals.command()
@click.argument("name")
@json_option
def secret(name: str, as_json: bool) -> None:
    """Make a new secret for a program; the old one ends at once."""
    system = access()
    made = system.new_secret(name)
    _show_program(system.principal(name).id, made, as_json)


def _show_program(identity: str, made: str, as_json: bool) -> None:
    if as_json:
        show_json({"service_principal_id": identity, "service_principal_password": made})
        return
    click.echo(f"service_principal_id        {identity}")
    click.echo(f"service_principal_password  {made}")
    click.echo("The secret is shown only now. Give it a role: lazulite roles grant NAME ROLE")


def _told(sentence: str, name: str, made: str | None, as_json: bool) -> None:
    """Say what was done, and show the password that was made here."""
    if as_json:
        show_json({"name": name, "password": made})
        return
    click.echo(sentence)
    if made is not None:
        click.echo(f"Password: {made}   (shown only now)")


def _state(principal: Principal) -> str:
    return "disabled" if principal.disabled_at else ""


def _document(principal: Principal) -> dict[str, Any]:
    return {
        "id": principal.id,
        "name": principal.name,
        "kind": principal.kind.value,
        "subject": principal.subject,
        "created": iso(principal.created_at),
        "disabled": iso(principal.disabled_at),
    }
