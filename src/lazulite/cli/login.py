"""`lazulite login` and `lazulite logout`: a token for a server, kept for this user."""

from __future__ import annotations

import sys

import click

from lazulite.cli.failures import Usage


@click.command()
@click.argument("url")
@click.option("--name", metavar="NAME", help="Who you are there; asked for without it.")
@click.option("--password-stdin", is_flag=True, help="Read the password of --name from standard input.")
@click.option("--token-stdin", is_flag=True, help="Read a token that you have from standard input.")
def login(url: str, name: str | None, password_stdin: bool, token_stdin: bool) -> None:
    """Become known to the server URL. The token is kept for this user; scripts then need nothing but LAZULITE_URL."""
    from lazulite.sdk import server_login

    if token_stdin:
        who = server_login.by_token(url, sys.stdin.readline().strip())
    elif password_stdin:
        if name is None:
            raise Usage("--password-stdin needs --name NAME.")
        server_login.by_password(url, name, sys.stdin.readline().rstrip("\r\n"))
        who = name
    elif not sys.stdin.isatty():
        raise Usage("Nobody is there to ask. Say --name NAME --password-stdin, or --token-stdin.")
    elif name:
        server_login.by_password(url, name, click.prompt("Password", hide_input=True))
        who = name
    else:
        who = server_login.by_token(url, server_login.ask(url))
    click.echo(f"You are '{who}' at {url}. Work there with: export LAZULITE_URL={url}")


@click.command()
@click.argument("url")
def logout(url: str) -> None:
    """Forget the token for the server URL. To end it there: lazulite tokens revoke, on the server."""
    from lazulite.api import server_tokens

    if server_tokens.forget(url):
        click.echo(f"The token for {url} is forgotten.")
    else:
        click.echo(f"There was no token for {url}.")
