"""`lazulite datastores`: list, show, register, unregister, set-default, upload, download."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.confirmation import confirm, yes_option
from lazulite.cli.datastore_registration import NOT_SHOWN, document, register
from lazulite.cli.display import Column, json_option, show_facts, show_json, show_table
from lazulite.cli.paths import existing
from lazulite.cli.place import place, workspace_option

if TYPE_CHECKING:
    from lazulite.sdk.datastores.files import FileDatastore
    from lazulite.storage.transfer import TransferResult

_OVERWRITE = "Replace files that are there; without it they are left as they are."
_COLUMNS = (Column("DATASTORE"), Column("TYPE", whole=True), Column("DEFAULT", whole=True), Column("WHERE"))


@click.group()
def datastores() -> None:
    """Datastores: list, show, register, unregister, set-default, upload, download."""


datastores.add_command(register)


@datastores.command("list")
@workspace_option
@json_option
def list_datastores(workspace: str | None, as_json: bool) -> None:
    """List the datastores of a workspace and where their data are."""
    from lazulite.model.assets import AssetKind, Datastore
    from lazulite.model.codec import from_data
    from lazulite.model.places import place_of

    here = place(workspace)
    found = [
        from_data(Datastore, one.document) for one in here.service.list_assets(here.id, AssetKind.DATASTORE)
    ]
    default = here.record.default_datastore
    if as_json:
        show_json([document(record, default) for record in found])
        return
    rows = [(one.name, one.face, "default" if one.name == default else "", place_of(one)) for one in found]
    show_table(_COLUMNS, rows, f"Workspace '{here.record.name}' has no datastores.")


@datastores.command()
@click.argument("name")
@click.option("--check", is_flag=True, help="Try whether it can be reached; exit code 1 if not.")
@workspace_option
@json_option
def show(name: str, check: bool, workspace: str | None, as_json: bool) -> None:
    """Show a datastore: where it is and how it is reached, never its credentials."""
    from lazulite.model.assets import AssetKind, Datastore
    from lazulite.model.codec import from_data
    from lazulite.model.places import auth_of, place_of

    here = place(workspace)
    asset = here.service.get_asset(here.id, AssetKind.DATASTORE, name)
    if check:
        here.service.check_datastore(here.id, asset)
    record = from_data(Datastore, asset.document)
    if as_json:
        show_json(document(record, here.record.default_datastore))
        return
    show_facts(
        [
            ("Datastore", record.name),
            ("Type", f"{record.face} ({record.type})"),
            ("Where", place_of(record)),
            ("Account", record.account_name if record.type != "folder" else None),
            ("Container", record.container_name if record.type != "folder" else None),
            ("Reached by", auth_of(record)),
            *((key, value) for key, value in sorted(record.options.items()) if key not in NOT_SHOWN),
            ("Default", "yes" if record.name == here.record.default_datastore else None),
            ("Checked", "it can be reached" if check else None),
        ]
    )


@datastores.command()
@click.argument("name")
@workspace_option
@yes_option
def unregister(name: str, workspace: str | None, yes: bool) -> None:
    """Remove a datastore from the workspace, with its credentials. Its files or tables stay."""
    store = _datastore(workspace, name)
    confirm(f"Unregister datastore '{name}'? Its files or tables stay.", yes)
    store.unregister()
    click.echo(f"Datastore '{name}' is unregistered.")


@datastores.command("set-default")
@click.argument("name")
@workspace_option
def set_default(name: str, workspace: str | None) -> None:
    """Make a datastore the workspace's default: where outputs go."""
    _datastore(workspace, name).set_as_default()
    click.echo(f"Datastore '{name}' is the default.")


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
