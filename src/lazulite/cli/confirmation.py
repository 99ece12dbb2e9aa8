"""Asking before something is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from lazulite.cli.failures import Usage

Command = TypeVar("Command", bound=Callable[..., Any])


def yes_option(command: Command) -> Command:
    """Give a command the option `--yes`."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask.")(command)


def confirm(question: str, yes: bool) -> None:
    """Ask, unless `yes`. The answer "no" ends the command.

    Raises:
        Usage: there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise Usage(f"Nobody is there to answer; say --yes if you are sure. {question}")
    click.confirm(question, abort=True)
