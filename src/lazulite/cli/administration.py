"""What the commands about users, tokens and roles share: the system they work on, and passwords that nobody sees."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lazulite.cli.failures import Usage
from lazulite.cli.place import connected

if TYPE_CHECKING:
    from lazulite.model.access import Principal
    from lazulite.model.assets import Workspace
    from lazulite.server.administration import Access

Command = TypeVar("Command", bound=Callable[..., Any])


def access() -> Access:
    """Return who may do what on the system that commands here work on.

    Raises:
        Usage: it is a server.
    """
    from lazulite.api.connect import default_location
    from lazulite.server.administration import access_of

    _, location = connected()
    where = location or default_location()
    if "://" in where:
        raise Usage(
            f"{where} is a server. Users and roles are changed on its own machine, as the user it runs as: "
            "lazulite --home DIR …"
        )
    return access_of(where)


def stdin_option(command: Command) -> Command:
    """Give a command the option `--password-stdin`."""
    return click.option(
        "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input."
    )(command)


def new_password(name: str, from_stdin: bool) -> tuple[str, bool]:
    """Return a new password for `name`, and whether it was made here and has to be shown.

    At a terminal it is asked for twice; nothing typed, and nobody to ask, means a random one.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        given = click.prompt(
            f"Password for {name} (nothing: a random one)",
            default="",
            show_default=False,
            hide_input=True,
            confirmation_prompt=True,
        )
        if given:
            return given, False
    import secrets

    return secrets.token_urlsafe(15), True


def names(principals: Sequence[Principal]) -> dict[str, str]:
    """Names of principals by their ids."""
    return {one.id: one.name for one in principals}


def places(workspaces: Sequence[Workspace]) -> dict[str, str]:
    """Names of workspaces by their ids, as `--workspace` takes them."""
    from lazulite.cli.place import label

    return {one.id: label(one, list(workspaces)) for one in workspaces}
