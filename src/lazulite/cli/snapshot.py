"""`lazulite snapshot`: what a step with this source folder would take along (`list`), what one holds (`show`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import Column, json_option, moment, show_facts, show_json, show_table
from lazulite.cli.paths import existing_folder
from lazulite.cli.place import place, workspace_option
from lazulite.model.amounts import counted, size

if TYPE_CHECKING:
    from lazulite.model.run import Run
    from lazulite.model.snapshot import Snapshot
    from lazulite.sdk.snapshot_preview import SnapshotPreview

_FILES = (Column("SIZE", right=True, whole=True), Column("FILE"))
#: Under these names a run keeps the state of the git repository around its source folder.
_GIT = "azureml.git."
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


@snapshot.command()
@click.argument("snapshot_id", metavar="SNAPSHOT")
@workspace_option
@json_option
def show(snapshot_id: str, workspace: str | None, as_json: bool) -> None:
    """Show what a stored snapshot holds, which git commits it was taken from, and which runs used it.

    SNAPSHOT is the id that a step run carries as its property ContentSnapshotId.
    """
    from lazulite.model.run import RunKind, RunQuery

    here = place(workspace)
    stored = here.service.get_snapshot(here.id, snapshot_id)
    query = RunQuery(kind=RunKind.STEP, properties={"ContentSnapshotId": snapshot_id})
    runs = here.service.list_runs(here.id, query)[::-1]
    if as_json:
        show_json(_stored_document(stored, runs))
        return
    facts = [("Snapshot", stored.id), ("Files", f"{len(stored.files)}, {size(stored.size)}")]
    if runs:
        facts.append(("First used", f"{moment(runs[0].created_at)} by step run {runs[0].id}"))
    facts += [("Git", ", ".join(f"{name} {value}" for name, value in git.items())) for git in _git(runs)]
    show_facts(facts)
    click.echo()
    show_table(_FILES, [(size(file.size), file.path) for file in stored.files], "It holds no files.")


def _git(runs: Sequence[Run]) -> list[dict[str, str]]:
    """The git provenances of the runs that used a snapshot, each once, the earliest first."""
    found: list[dict[str, str]] = []
    for run in runs:
        git = {
            name.removeprefix(_GIT): value
            for name, value in sorted(run.properties.items())
            if name.startswith(_GIT)
        }
        if git and git not in found:
            found.append(git)
    return found


def _stored_document(stored: Snapshot, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "id": stored.id,
        "count": len(stored.files),
        "bytes": stored.size,
        "files": [{"path": file.path, "bytes": file.size, "digest": file.digest} for file in stored.files],
        "git": _git(runs),
        "runs": [run.id for run in runs],
    }


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
