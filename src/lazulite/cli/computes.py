"""`lazulite computes`: list, show, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.display import Column, duration, iso, json_option, moment, show_facts, show_json, show_table
from lazulite.cli.engine import NODES, node_document, node_row
from lazulite.cli.place import Place, place, workspace_option

if TYPE_CHECKING:
    from lazulite.model.assets import ComputeTarget, Node

_COLUMNS = (
    Column("COMPUTE"),
    Column("TYPE", whole=True),
    Column("SIZE"),
    Column("NODES", right=True, whole=True),
    Column("MIN", right=True, whole=True),
    Column("MAX", right=True, whole=True),
    Column("STATE", whole=True),
)


@click.group()
def computes() -> None:
    """Compute targets: list, show, delete.

    They are created in code: ComputeTarget.create(workspace, name, AmlCompute.provisioning_configuration(...)).
    """


@computes.command("list")
@workspace_option
@json_option
def list_computes(workspace: str | None, as_json: bool) -> None:
    """List the compute targets of a workspace."""
    here = place(workspace)
    found = [(record, _nodes(here, record.name)) for record in _records(here)]
    if as_json:
        show_json([_document(record, nodes) for record, nodes in found])
        return
    rows = [
        (
            record.name,
            record.type,
            record.vm_size or "-",
            str(len(nodes)),
            str(record.min_nodes),
            str(record.max_nodes),
            record.provisioning_state,
        )
        for record, nodes in found
    ]
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no compute targets.")


@computes.command()
@click.argument("name")
@workspace_option
@json_option
def show(name: str, workspace: str | None, as_json: bool) -> None:
    """Show a compute target and its worker nodes."""
    here = place(workspace)
    record = _record(here, name)
    nodes = _nodes(here, name)
    if as_json:
        show_json(_document(record, nodes))
        return
    show_facts(
        [
            ("Compute", record.name),
            ("Type", record.type),
            ("Description", record.description),
            ("Size", record.vm_size),
            ("Priority", record.vm_priority if record.vm_size else None),
            ("Nodes", f"{len(nodes)} now, {record.min_nodes} to {record.max_nodes}"),
            ("Idle nodes end", f"after {duration(record.idle_seconds_before_scaledown)}"),
            ("State", record.provisioning_state),
            ("Created", moment(record.created_at, seconds=True) if record.created_at else None),
            ("Tags", ", ".join(f"{key}={value}" for key, value in record.tags.items())),
        ]
    )
    if nodes:
        click.echo()
        show_table(NODES, map(node_row, nodes), "")


@computes.command()
@click.argument("name")
@workspace_option
@yes_option
def delete(name: str, workspace: str | None, yes: bool) -> None:
    """Delete a compute target."""
    from lazulite.model.assets import AssetKind

    here = place(workspace)
    _record(here, name)
    confirm(f"Delete compute target '{name}' of workspace '{here.record.name}'?", yes)
    here.service.delete_asset(here.id, AssetKind.COMPUTE, name)
    click.echo(f"Compute target '{name}' is deleted.")


def _records(here: Place) -> list[ComputeTarget]:
    from lazulite.model.assets import AssetKind, ComputeTarget
    from lazulite.model.codec import from_data

    return [
        from_data(ComputeTarget, one.document) for one in here.service.list_assets(here.id, AssetKind.COMPUTE)
    ]


def _record(here: Place, name: str) -> ComputeTarget:
    from lazulite.model.assets import AssetKind, ComputeTarget
    from lazulite.model.codec import from_data

    return from_data(ComputeTarget, here.service.get_asset(here.id, AssetKind.COMPUTE, name).document)


def _nodes(here: Place, name: str) -> tuple[Node, ...]:
    return here.service.get_nodes(here.id, name)


def _document(record: ComputeTarget, nodes: tuple[Node, ...]) -> dict[str, Any]:
    return {
        "name": record.name,
        "type": record.type,
        "vm_size": record.vm_size or None,
        "vm_priority": record.vm_priority,
        "min_nodes": record.min_nodes,
        "max_nodes": record.max_nodes,
        "idle_seconds_before_scaledown": record.idle_seconds_before_scaledown,
        "provisioning_state": record.provisioning_state,
        "description": record.description,
        "created": iso(record.created_at),
        "tags": dict(record.tags),
        "nodes": [node_document(node) for node in nodes],
    }
