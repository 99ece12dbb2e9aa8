"""`lazulite tokens`: personal tokens of this system's users."""

from __future__ import annotations

import click

from lazulite.cli.administration import access, names
from lazulite.cli.display import NONE, Column, iso, json_option, moment, show_json, show_table

_COLUMNS = (
    Column("TOKEN", whole=True),
    Column("USER"),
    Column("LABEL"),
    Column("MADE", whole=True),
    Column("ENDS", whole=True),
    Column("LAST USED", whole=True),
)


@click.group()
def tokens() -> None:
    """Personal tokens of users and programs: create, list, revoke."""


@tokens.command()
@click.argument("name")
@click.option("--label", default="made on the command line", show_default=True, help="What it is for.")
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=90.0,
    show_default=True,
    help="How long it lasts; 0: for ever.",
)
@json_option
def create(name: str, label: str, days: float, as_json: bool) -> None:
    """Make a token for NAME; its text is shown once."""
    made, text = access().create_token(name, label, days or None)
    if as_json:
        show_json({"id": made.id, "token": text, "ends": iso(made.expires_at)})
        return
    click.echo(text)
    click.echo(f"It ends {moment(made.expires_at) if days else 'never'}, and is shown only now.", err=True)


@tokens.command("list")
@click.argument("name", required=False)
@json_option
def list_tokens(name: str | None, as_json: bool) -> None:
    """List the tokens of NAME, or of everybody; never their texts."""
    system = access()
    found, called = system.tokens(name), names(system.principals())
    if as_json:
        show_json(
            [
                {
                    "id": one.id,
                    "user": called.get(one.principal),
                    "label": one.label,
                    "created": iso(one.created_at),
                    "ends": iso(one.expires_at),
                    "last_used": iso(one.last_used_at),
                }
                for one in found
            ]
        )
        return
    rows = [
        (
            one.id,
            called.get(one.principal, NONE),
            one.label,
            moment(one.created_at),
            moment(one.expires_at),
            moment(one.last_used_at),
        )
        for one in found
    ]
    show_table(_COLUMNS, rows, "There are no tokens.")


@tokens.command()
@click.argument("token")
def revoke(token: str) -> None:
    """End the token with the id TOKEN, and the sessions that it opened."""
    access().revoke_token(token)
    click.echo(f"Token {token} is revoked.")
