"""`lazulite usql`: check, run."""

from __future__ import annotations

from pathlib import Path

import click

from lazulite.cli import exit_codes
from lazulite.cli.display import json_option, show_json
from lazulite.cli.paths import existing_file
from lazulite.cli.usql_run import run


@click.group()
def usql() -> None:
    """U-SQL scripts: check them, run them."""


@usql.command()
@click.argument("script", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def check(context: click.Context, script: Path, as_json: bool) -> None:
    """Read SCRIPT and tell what is wrong with it, with line, column and what to write; exit code 1 if anything is.

    Nothing is run, and no data are looked at. `@@name@@`, which a step of a pipeline replaces, may stand for
    anything here.
    """
    from lazulite.usql.parser import read
    from lazulite.usql.substitute import names_in, substitute

    text = existing_file(script).read_text(encoding="utf-8-sig")
    parsed, problems = read(substitute(text, dict.fromkeys(names_in(text), "0")))
    if as_json:
        show_json(
            {
                "script": str(script),
                "statements": len(parsed.statements),
                "parameters": list(names_in(text)),
                "problems": [
                    {
                        "code": problem.code,
                        "message": problem.message,
                        "line": problem.at.line,
                        "column": problem.at.column,
                        "hint": problem.hint,
                    }
                    for problem in problems
                ],
            }
        )
    elif problems:
        click.echo("\n\n".join(f"{script}: {problem}" for problem in problems))
        click.echo(f"\n{len(problems)} errors." if len(problems) > 1 else "\n1 error.")
    else:
        click.echo(f"{script}: {len(parsed.statements)} statements, no errors.")
    if problems:
        context.exit(exit_codes.FAILED)


usql.add_command(run)
