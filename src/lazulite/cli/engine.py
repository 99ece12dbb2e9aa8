"""`lazulite status` and `lazulite stop`: the process that moves runs forward, and the server people look at."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from lazulite import __version__
from lazulite.cli.display import Column, iso, json_option, moment, show_facts, show_json, show_table
from lazulite.cli.place import connected
from lazulite.model.amounts import counted
from lazulite.model.errors import Corrupt, StorageError

if TYPE_CHECKING:
    from lazulite.api.service import EngineStatus, Service
    from lazulite.model.assets import Node

NODES = (
    Column("NODE", whole=True),
    Column("COMPUTE"),
    Column("STATE", whole=True),
    Column("SINCE", whole=True),
    Column("PID", right=True, whole=True),
    Column("RUN"),
)
#: How long an engine may take to start.
_STARTING_SECONDS = 10.0
_POLL_SECONDS = 0.02


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show the engine, the server, the home folder and the worker nodes.

    The engine starts when there is something to do and stops by itself when there is nothing, so "not running" is a
    healthy state. The same holds for the server of portal and REST.
    """
    found = connected()[0].engine_status()
    if as_json:
        show_json(document(found))
        return
    state = "running" if found.running else "not running (it starts with the next submission)"
    show_facts(
        [
            ("Engine", state),
            ("Process", str(found.pid) if found.pid else None),
            ("Started", moment(found.started_at, seconds=True) if found.started_at else None),
            ("Version", found.version or __version__),
            ("Portal", _portal(found)),
            ("Home", found.location),
            ("Log", found.log),
            ("Active runs", str(found.active_runs)),
            ("Active schedules", str(found.active_schedules or "")),
            ("Nodes", str(len(found.nodes))),
        ]
    )
    if found.nodes:
        click.echo()
        show_table(NODES, map(node_row, found.nodes), "")


def _portal(found: EngineStatus) -> str:
    if not found.server_url:
        return "not running (it starts when a link is asked for: lazulite portal)"
    return f"{found.server_url} (process {found.server_pid})" if found.server_pid else found.server_url


@click.command(short_help="Stop the engine and the server; active runs go on when it starts again.")
@json_option
def stop(as_json: bool) -> None:
    """Stop the engine and its idle nodes and the server of the portal, and wait until they have stopped.

    Nothing is lost: scripts that are running go on, and the next lazulite call starts an engine that takes up the
    active runs. To end a run, cancel it: lazulite runs cancel RUN.
    """
    service = connected()[0]
    server_stopped = service.stop_server()
    try:
        before = _settled(service)
    except (Corrupt, StorageError):
        service.stop_engine()  # the way out of damaged records begins with it
        raise
    if before.running:
        service.stop_engine()
    if as_json:
        show_json(
            {"stopped": before.running, "active_runs": before.active_runs, "server_stopped": server_stopped}
        )
        return
    if server_stopped:
        click.echo("The server has stopped.")
    if not before.running:
        click.echo("No engine was running.")
    elif before.active_runs:
        click.echo(
            f"The engine has stopped. {counted(before.active_runs, 'active run')} will go on when it starts again, "
            "which any lazulite call or submission does."
        )
    else:
        click.echo("The engine has stopped.")


def _settled(service: Service) -> EngineStatus:
    """The engine's status, when it is not just starting.

    Opening a home that has active runs or schedules and no engine starts one; a stop that came before it would be lost.
    """
    deadline = time.monotonic() + _STARTING_SECONDS
    while True:
        found = service.engine_status()
        starting = found.pid is None and (found.running or found.active_runs or found.active_schedules)
        if not starting or time.monotonic() > deadline:
            return found
        time.sleep(_POLL_SECONDS)


def document(status: EngineStatus) -> dict[str, Any]:
    """The engine's status as data, for `--json`."""
    return {
        "running": status.running,
        "pid": status.pid,
        "version": status.version or __version__,
        "home": status.location,
        "started": iso(status.started_at),
        "active_runs": status.active_runs,
        "active_schedules": status.active_schedules,
        "nodes": [node_document(node) for node in status.nodes],
        "log": status.log,
        "server_url": status.server_url or None,
        "server_pid": status.server_pid,
    }


def node_document(node: Node) -> dict[str, Any]:
    """A worker node as data, for `--json`."""
    return {
        "id": node.id,
        "compute": node.compute,
        "state": node.state.value,
        "since": iso(node.since),
        "pid": node.pid,
        "run_id": node.run_id,
    }


def node_row(node: Node) -> tuple[str, ...]:
    """A worker node as a row of a table."""
    run = (node.run_id or "-")[:8]
    return node.id, node.compute, node.state.value, moment(node.since), str(node.pid or "-"), run
