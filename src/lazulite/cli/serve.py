"""`lazulite serve`: one server for a team."""

from __future__ import annotations

from pathlib import Path

import click

from lazulite.api.connect import default_location
from lazulite.cli.failures import Usage


@click.command(short_help="Serve a team from this home folder, until stopped.")
@click.option("--host", metavar="ADDRESS", help="Where to listen.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port.  [default: 8430]")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration file.  [default: server.yaml in the home folder, if it exists]",
)
def serve(host: str | None, port: int | None, config: Path | None) -> None:
    """Serve portal, REST and the SDK of other machines from this home folder, until stopped.

    Options stand in server.yaml, in LAZULITE_SERVE_… variables, and here; the later wins. SIGTERM and Ctrl-C stop the
    server when it has answered what it was asked; runs go on. SIGHUP replaces it without an interruption.
    """
    location = default_location()
    if "://" in location:
        raise Usage(
            f"{location} is a server already. Say which folder is to be served: lazulite --home DIR serve."
        )
    from lazulite.server.opening import serve as begin

    begin(location, config, click.echo, host=host, port=port)
