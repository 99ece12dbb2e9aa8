"""`lazulite snapshot list DIR`: what a step with this source folder would take along, and what not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, counted, json_option, printable, show_json, show_table, size
from lazulite.cli.paths import existing_folder

if TYPE_CHECKING:
    from lazulite.storage.snapshots import Scan

_COLUMNS = (Column("SIZE", right=True, whole=True), Column("FILE"))


@click.group()
def snapshot() -> None:
    """Snapshots: the files of a step's source folder."""


@snapshot.command("list")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--limit", "-n", type=click.IntRange(min=0), default=0, help="Only the largest so many; 0: all."
)
@json_option
def list_files(folder: Path, limit: int, as_json: bool) -> None:
    """List the files that a step with source folder DIR would take, the largest first, and what is ignored.

    Put patterns into a file .amlignore in the folder to ignore more; it has the syntax of .gitignore.
    """
    found = _scan(existing_folder(folder))
    if as_json:
        show_json(_document(folder, found))
        return
    files = found.largest(limit or len(found.snapshot.files))
    show_table(
        _COLUMNS,
        [(size(file.size), file.path) for file in files],
        f"A snapshot of '{folder}' would be empty.",
    )
    left_out = len(found.snapshot.files) - len(files)
    if left_out:
        click.echo(f"… and {counted(left_out, 'more file')}")
    click.echo(f"\n{counted(len(found.snapshot.files), 'file')}, {size(found.snapshot.size)} in all")
    _show_ignored(found)


def _show_ignored(found: Scan) -> None:
    source = found.ignore_file or "the built-in rules"
    if found.ignored:
        click.echo(f"\nIgnored by {source}:")
        for path in found.ignored:
            click.echo(f"  {printable(path)}")
    else:
        click.echo(f"Nothing is ignored by {source}.")


def _document(folder: Path, found: Scan) -> dict[str, Any]:
    files = found.largest(len(found.snapshot.files))
    return {
        "folder": str(folder.resolve()),
        "id": found.snapshot.id,
        "count": len(files),
        "bytes": found.snapshot.size,
        "files": [{"path": file.path, "bytes": file.size, "digest": file.digest} for file in files],
        "ignored": list(found.ignored),
        "ignore_file": found.ignore_file,
    }


def _scan(folder: Path) -> Scan:
    from lazulite.storage.snapshots import scan

    return scan(folder)
