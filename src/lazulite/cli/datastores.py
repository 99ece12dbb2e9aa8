"""`lazulite datastores`: list, upload, download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, json_option, show_json, show_table
from lazulite.cli.paths import existing
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.model.assets import Datastore
    from lazulite.sdk.datastores.files import FileDatastore
    from lazulite.storage.transfer import TransferResult

_OVERWRITE = "Replace files that are there; without it they are left as they are."
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


@datastores.command()
@click.argument("name")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_option
@click.option(
    "--target", metavar="PATH", default="", help="The folder on the datastore.  [default: its root]"
)
@click.option("--overwrite", is_flag=True, help=_OVERWRITE)
@json_option
def upload(
    name: str, sources: tuple[Path, ...], workspace: str | None, target: str, overwrite: bool, as_json: bool
) -> None:
    """Copy files, and the content of folders, to a datastore.

    A file that cannot be copied is an error that names it; the others are copied.
    """
    from lazulite.sdk.upload_files import files_below, files_given, target_folder

    store = _datastore(workspace, name)
    folder = target_folder(target)
    pairs = []
    for source in map(existing, sources):
        pairs += files_below(source, folder) if source.is_dir() else files_given([source], None, folder)
    result = store._copy_in(  # noqa: SLF001 - the SDK's own seam
        pairs, folder, overwrite=overwrite, show_progress=not as_json
    )
    if as_json:
        show_json(_transfer_document(name, folder, result))


@datastores.command()
@click.argument("name")
@click.argument("path", required=False)
@workspace_option
@click.option(
    "--target",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder of this machine.  [default: the current one]",
)
@click.option("--overwrite", is_flag=True, help=_OVERWRITE)
@json_option
def download(
    name: str, path: str | None, workspace: str | None, target: Path, overwrite: bool, as_json: bool
) -> None:
    """Copy the file PATH, or what is in the folder PATH, from a datastore to this machine.

    Without PATH everything is copied. A file that cannot be copied is an error that names it; the others are copied.
    """
    from lazulite.model.errors import NotFound

    store = _datastore(workspace, name)
    inner = (path or "").strip("/")
    if inner and store._store().look_at(inner) is None:  # noqa: SLF001 - the SDK's own seam
        raise NotFound(
            f"Datastore '{name}' has no file or folder '{inner}'. `lazulite datastores list` shows where its files are."
        )
    result = store._copy_out(str(target), inner, overwrite, not as_json, True)  # noqa: SLF001 - the SDK's own seam
    if as_json:
        show_json(_transfer_document(name, str(target.resolve()), result))


def _datastore(workspace: str | None, name: str) -> FileDatastore:
    from lazulite.sdk.datastore import Datastore

    found: FileDatastore = Datastore.get(place(workspace).workspace(), name)
    return found


def _transfer_document(name: str, target: str, result: TransferResult) -> dict[str, Any]:
    return {
        "datastore": name,
        "target": target,
        "copied": result.copied,
        "skipped": result.skipped,
        "bytes": result.bytes,
    }


def _document(record: Datastore, default: str) -> dict[str, Any]:
    return {
        "name": record.name,
        "type": record.face,
        "is_default": record.name == default,
        "folder": record.folder,
        "container_name": record.container_name or None,
    }
