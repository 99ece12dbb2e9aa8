"""`lazulite snapshot list DIR`: what a step with this source folder would take along, and what not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, counted, json_option, show_json, show_table, size
from lazulite.cli.paths import existing_folder

if TYPE_CHECKING:
    from lazulite.sdk.snapshot_preview import SnapshotPreview

_FILES = (Column("SIZE", right=True, whole=True), Column("FILE"))
_IGNORED = (Column("IGNORED"), Column("BY"))


@click.group()
def snapshot() -> None:
    """Snapshots: the files of a step's source folder."""


@snapshot.command("list")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--limit", "-n", type=click.IntRange(min=0), default=0, help="Only so many, the largest; 0: all."
)
@json_option
def list_files(folder: Path, limit: int, as_json: bool) -> None:
    """List the files that a step with source folder DIR would take, the largest first, and what is ignored.

    Put patterns into a file .amlignore in the folder to ignore more; it has the syntax of .gitignore.
    """
    from lazulite.sdk.snapshot_preview import preview

    found = preview(existing_folder(folder))
    if as_json:
        show_json(_document(folder, found))
        return
    files = found.largest_first()
    shown = files[: limit or None]
    show_table(
        _FILES,
        [(size(file.size), file.path) for file in shown],
        f"A snapshot of '{folder}' would be empty.",
    )
    if len(shown) < len(files):
        click.echo(f"… and {counted(len(files) - len(shown), 'smaller file')}")
    if files:
        click.echo(f"\n{counted(len(files), 'file')}, {size(found.snapshot.size)} in all")
    if found.ignored:
        click.echo()
        show_table(_IGNORED, found.ignored.items(), "")


def _document(folder: Path, found: SnapshotPreview) -> dict[str, Any]:
    files = found.largest_first()
    return {
        "folder": str(folder.resolve()),
        "id": found.snapshot.id,
        "count": len(files),
        "bytes": found.snapshot.size,
        "files": [{"path": file.path, "bytes": file.size, "digest": file.digest} for file in files],
        "ignored": [{"path": path, "by": source} for path, source in found.ignored.items()],
        "ignore_file": found.ignore_file,
    }
