"""`lazulite datastores`: list, upload, download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, json_option, show_json, show_table
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.model.assets import Datastore

_COLUMNS = (Column("DATASTORE"), Column("TYPE", whole=True), Column("DEFAULT", whole=True), Column("FOLDER"))


@click.group()
def datastores() -> None:
    """Datastores: list, upload, download."""


@datastores.command("list")
@workspace_option
@json_option
def list_datastores(workspace: str | None, as_json: bool) -> None:
    """List the datastores of a workspace and where their data are."""
    from lazulite.model.assets import AssetKind, Datastore
    from lazulite.model.codec import from_data

    here = place(workspace)
    found = [
        from_data(Datastore, one.document) for one in here.service.list_assets(here.id, AssetKind.DATASTORE)
    ]
    default = here.record.default_datastore
    if as_json:
        show_json([_document(record, default) for record in found])
        return
    rows = [(one.name, one.face, "default" if one.name == default else "", one.folder) for one in found]
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no datastores.")


def _document(record: Datastore, default: str) -> dict[str, Any]:
    return {
        "name": record.name,
        "type": record.face,
        "is_default": record.name == default,
        "folder": record.folder,
        "container_name": record.container_name or None,
    }
