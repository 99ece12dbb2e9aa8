"""`lazulite portal`: the pages in the browser."""

from __future__ import annotations

import os
import sys

import click

from lazulite.cli.display import json_option, show_json
from lazulite.cli.place import connected, place, workspace_option
from lazulite.cli.run_choice import choose, complete_run
from lazulite.model.errors import LazuliteError, ServiceUnavailable


@click.command(short_help="Open the portal in the browser, or print its link.")
@click.argument("run", required=False, metavar="[RUN]", shell_complete=complete_run)
@workspace_option
@click.option("--print", "only_print", is_flag=True, help="Print the link, and open nothing.")
@json_option
def portal(run: str | None, workspace: str | None, only_print: bool, as_json: bool) -> None:
    """Open the portal: the page of RUN, or of the workspace, or the list of workspaces.

    Its server starts when the page is asked for, and stops by itself when nobody looks any more.
    """
    url = _url(run, workspace)
    if as_json:
        show_json({"url": url})
        return
    click.echo(url)
    if not only_print and sys.stdout.isatty() and _has_browser():
        click.launch(url)


def _url(run: str | None, workspace: str | None) -> str:
    from lazulite.sdk import portal as links

    service, _ = connected()
    if not service.address():
        raise ServiceUnavailable(
            "The portal is switched off by LAZULITE_SERVER=off. Unset it, and ask again."
        )
    if run is not None:
        chosen = choose(run, workspace)
        return links.run_url(service, chosen.run)
    try:
        return links.workspace_url(service, place(workspace).id)
    except LazuliteError:
        if workspace is not None:
            raise
    return links.home_url(service)


def _has_browser() -> bool:
    """Whether there is a screen for one; a text browser would take the terminal."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
