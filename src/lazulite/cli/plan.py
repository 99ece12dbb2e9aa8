"""`lazulite plan SCRIPT`: run a script that submits a pipeline, but let it submit nothing: show what would run, and why."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from lazulite.cli import exit_codes
from lazulite.cli.display import json_option
from lazulite.cli.paths import existing_file


@click.command(
    short_help="Show what a script would run if it submitted its pipeline now.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@json_option
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def plan(script: Path, arguments: tuple[str, ...], as_json: bool) -> None:
    """Show what SCRIPT would run if it submitted its pipeline now, and why; ARGUMENTS are given to the script.

    The script runs as usual up to its first submission, where it ends. What it does before that it really does:
    create a workspace, upload data.
    """
    from lazulite.sdk.plan_only import ENV_PLAN_FILE, ENV_PLAN_ONLY

    existing_file(script)
    with tempfile.TemporaryDirectory(prefix="lazulite-plan-") as folder:
        file = Path(folder) / "plan.json"
        ended = subprocess.run(
            [sys.executable, str(script), *arguments],
            env={**os.environ, ENV_PLAN_ONLY: "1", ENV_PLAN_FILE: str(file)},
            stdout=sys.stderr.fileno() if as_json else None,
            check=False,
        )
        text = file.read_text(encoding="utf-8") if file.exists() else None
    if text is None:
        if ended.returncode == 0:
            click.echo(
                f"error: {script} ended without submitting a pipeline, so there is nothing to plan.", err=True
            )
        raise click.exceptions.Exit(exit_codes.FAILED)
    if as_json:
        click.echo(text)
