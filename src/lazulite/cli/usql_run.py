"""`lazulite usql run`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import click

from lazulite.cli.display import json_option, show_json
from lazulite.cli.paths import existing_file, existing_folder
from lazulite.model.errors import InvalidRequest


@click.command()
@click.argument("script", type=click.Path(path_type=Path))
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder that is the store: /a.csv of the script is a.csv there. Default: this folder.",
)
@click.option(
    "--set",
    "declared",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value for DECLARE EXTERNAL @NAME. Repeatable.",
)
@click.option(
    "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="What @@NAME@@ stands for. Repeatable."
)
@click.option("--threads", type=click.IntRange(1), help="The degree of parallelism. Default: all cores.")
@click.option(
    "--memory",
    metavar="SIZE",
    help="The most memory, such as 4GB; what does not fit goes to a temporary folder.",
)
@json_option
def run(
    script: Path,
    root: Path,
    declared: tuple[str, ...],
    parameters: tuple[str, ...],
    threads: int | None,
    memory: str | None,
    as_json: bool,
) -> None:
    """Run the U-SQL of SCRIPT on files below a folder.

    Its outputs appear all together when it has succeeded; if it fails, nothing is changed. usql_udos.py beside the
    script holds the Python that stands for its C#.
    """
    from lazulite.usql.catalog import account, uses_catalog
    from lazulite.usql.parser import parse
    from lazulite.usql.run import run_script
    from lazulite.usql.substitute import substitute

    file, folder = existing_file(script), existing_folder(root)
    text = substitute(file.read_text(encoding="utf-8-sig"), _pairs(parameters), name=file.name)
    with ExitStack() as stack:
        known = stack.enter_context(account(folder)) if uses_catalog(parse(text, name=file.name)) else None
        result = run_script(
            text,
            folder,
            name=file.name,
            threads=threads,
            memory_limit=memory,
            variables=_pairs(declared),
            udos=file.parent,
            catalog=None if known is None else known.catalog,
            database=None if known is None else known.database,
            tell=None if as_json else click.echo,
        )
    if as_json:
        show_json(
            {"log": [dataclasses.asdict(entry) for entry in result.log], "warnings": list(result.warnings)}
        )
        return
    for warning in result.warnings:
        click.echo(warning, err=True)


def _pairs(given: Iterable[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name:
            raise InvalidRequest(f"{each!r} is not NAME=VALUE")
        found[name.strip("@")] = value
    return found
