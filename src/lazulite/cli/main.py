"""`lazulite`: the entry point, its global options, and the table of commands."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from lazulite import __version__
from lazulite.cli import exit_codes
from lazulite.cli.failures import report
from lazulite.cli.lazy import LazyGroup

PROGRAM = "lazulite"
COMPLETE_VARIABLE = "_LAZULITE_COMPLETE"

COMMANDS = {
    "status": "engine:status",
    "stop": "engine:stop",
    "portal": "portal:portal",
    "serve": "serve:serve",
    "backup": "backups:backup",
    "restore": "backups:restore",
    "runs": "runs:runs",
    "explain": "explanation:explain",
    "plan": "plan:plan",
    "pipelines": "pipelines:pipelines",
    "endpoints": "endpoints:endpoints",
    "workspaces": "workspaces:workspaces",
    "datastores": "datastores:datastores",
    "secrets": "secrets:secrets",
    "computes": "computes:computes",
    "schedules": "schedules:schedules",
    "experiments": "deletions:experiments",
    "retention": "deletions:retention",
    "snapshot": "snapshot:snapshot",
    "login": "login:login",
    "logout": "login:logout",
    "users": "users:users",
    "service-principals": "users:service_principals",
    "tokens": "tokens:tokens",
    "roles": "roles:roles",
    "audit": "audit:audit",
    "usql": "usql:usql",
    "demo": "demo_command:demo",
    "completion": "completion:completion",
}


@click.group(
    PROGRAM,
    cls=LazyGroup,
    members=COMMANDS,
    epilog=exit_codes.HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=click.Path(file_okay=False),
    help="Work on the system in this folder (else: service_url of config.json, LAZULITE_URL, LAZULITE_HOME, "
    "or the user's data folder).",
)
@click.version_option(__version__, prog_name=PROGRAM)
def cli(home: str | None) -> None:
    """Azure ML pipelines on machines you own.

    RUN is a run's id, a beginning of one that fits only one run, or the word "last" for the newest run of the
    workspace. Every command that shows something takes --json.
    """
    if home is not None:
        # The SDK and scripts started from here must work on the same system.
        os.environ["LAZULITE_HOME"] = os.path.abspath(os.path.expanduser(home))  # noqa: PTH100, PTH111
        os.environ.pop("LAZULITE_URL", None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code.

    Args:
        arguments: What follows the program's name; what the shell gave without it.
    """
    instruction = os.environ.get(COMPLETE_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, PROGRAM, COMPLETE_VARIABLE, instruction)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a dash is no reason to fail
    try:
        code = _invoke(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        click.echo("", err=True)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        # Python flushes once more at the end, into the same broken pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, the user gets one line
        return report(error)
    return code


def _invoke(arguments: list[str]) -> int:
    try:
        with cli.make_context(PROGRAM, arguments) as context:
            cli.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return exit_codes.OK
