"""Secrets that a command needs: from a variable of the environment or typed unseen, and never from the command line
itself, which other users of the machine can read and the shell's history keeps."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from lazulite.cli.failures import Usage

Command = TypeVar("Command", bound=Callable[..., Any])


def secret_option(command: Command) -> Command:
    """Give a command the option `--secret-env`."""
    return click.option(
        "--secret-env",
        "variable",
        metavar="VARIABLE",
        help="The environment variable that holds the secret.  [default: it is asked for]",
    )(command)


def given_secret(what: str, variable: str | None) -> str:
    """Return a secret: from `variable`, else as somebody types it.

    Args:
        what: What is asked for, such as "Account key".
        variable: The environment variable that was named, or None.

    Raises:
        Usage: the variable is not set, or nobody is there to type.
    """
    if variable is not None:
        found = os.environ.get(variable)
        if not found:
            raise Usage(f"The environment variable {variable} is not set. Expected it to hold: {what}.")
        return found
    if not sys.stdin.isatty():
        raise Usage(
            f"Nobody is there to type: {what}. Say --secret-env VARIABLE, the environment variable that holds it."
        )
    typed: str = click.prompt(what, hide_input=True)
    return typed
