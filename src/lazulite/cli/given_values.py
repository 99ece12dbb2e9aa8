"""Values on the command line: `--param NAME=VALUE`, `--tag NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from lazulite.model.plan import Parameter

Command = TypeVar("Command", bound=Callable[..., Any])


def param_option(command: Command) -> Command:
    """Give a command the option `--param`, as `params`."""
    return click.option(
        "--param",
        "-p",
        "params",
        metavar="NAME=VALUE",
        multiple=True,
        help="The value of a parameter; may be given several times. A data path is DATASTORE/PATH.",
    )(command)


def tag_option(command: Command) -> Command:
    """Give a command the option `--tag`, as `tags`."""
    return click.option(
        "--tag",
        "tags",
        metavar="NAME=VALUE",
        multiple=True,
        help="A tag of the run; may be given several times.",
    )(command)


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Return the values by name; the last one of a name counts.

    Raises:
        click.BadParameter: one is not NAME=VALUE.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise click.BadParameter(f"'{text}' is not NAME=VALUE.", param_hint=option)
        found[name] = value
    return found


def declared(values: dict[str, str], parameters: Iterable[Parameter]) -> dict[str, str]:
    """Return the values if the pipeline has all these parameters.

    A program may send names that a pipeline does not have; who types one has mistyped it.

    Raises:
        Usage: it does not have one.
    """
    from lazulite.cli.failures import Usage
    from lazulite.graph.labels import listed, nearest

    known = sorted(parameter.name for parameter in parameters)
    for name in values:
        if name not in known:
            raise Usage(
                f"The pipeline has no parameter '{name}'.{nearest(name, known)} It has: {listed(known)}."
            )
    return values
