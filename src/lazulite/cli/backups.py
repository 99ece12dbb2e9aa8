"""`lazulite backup` and `lazulite restore`: everything in one file, and back."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from lazulite.cli.display import iso, json_option, show_json
from lazulite.cli.place import connected
from lazulite.model.amounts import counted, size

if TYPE_CHECKING:
    from lazulite.model.backup import Backup

_SHOWN_EVERY = 0.2
_SKIPPED_SHOWN = 5


@click.command(short_help="Write everything to one file, while everything runs.")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option(
    "--with-sealing-key",
    is_flag=True,
    help="Put the key in that opens the credentials. Whoever has the file has them then.",
)
@json_option
def backup(file: str, with_sealing_key: bool, as_json: bool) -> None:
    """Write a backup to FILE (compressed, if it ends in .gz), while runs, engine and server go on.

    It holds all facts, code and data of the home folder, and of a database elsewhere. It does not hold jobs in flight
    (they run again after a restore), built environments (they are built again), folders outside of the home that were
    registered as datastores, the options in server.yaml, and the home's own secrets. Users, and digests of their
    passwords and tokens, are in it: keep the file where only you can read it. Credentials of datastores, compute targets
    and the key vault are in it sealed; without the home's sealing-key file they cannot be opened after a restore.
    """
    with _Progress() as progress:
        made = connected()[0].backup(file, progress, with_sealing_key=with_sealing_key)
    if as_json:
        show_json(document(made))
        return
    click.echo(f"{made.file}: {counted(made.files, 'file')}, {size(made.bytes)}.")
    for one in made.skipped[:_SKIPPED_SHOWN]:
        click.echo(f"Not in it: {one}", err=True)
    if len(made.skipped) > _SKIPPED_SHOWN:
        click.echo(f"… and {len(made.skipped) - _SKIPPED_SHOWN} more", err=True)
    if made.locked:
        click.echo(
            f"Sealed in it: the credentials of {', '.join(made.locked)}. Keep the home's sealing-key file apart from it, or "
            "use --with-sealing-key.",
            err=True,
        )


@click.command(short_help="Put a backup into an empty home folder.")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--home", type=click.Path(file_okay=False), help="The folder.  [default: as of every command]")
@json_option
def restore(file: str, home: str | None, as_json: bool) -> None:
    """Put the backup FILE into a home folder that is empty, with LAZULITE_DATABASE_URL into that database.

    Everything is checked first: if one byte is not what it was, nothing is restored.
    """
    if home is not None:
        os.environ["LAZULITE_HOME"] = os.path.abspath(os.path.expanduser(home))  # noqa: PTH100, PTH111
        os.environ.pop("LAZULITE_URL", None)
        from lazulite.api.connect import connect

        service = connect(os.environ["LAZULITE_HOME"])
    else:
        service = connected()[0]
    with _Progress() as progress:
        restored = service.restore(file, progress)
    if as_json:
        show_json(document(restored))
        return
    click.echo(
        f"Restored {counted(restored.files, 'file')}, {size(restored.bytes)}, of {iso(restored.created_at)}."
    )
    if restored.locked:
        click.echo(
            f"The credentials of {', '.join(restored.locked)} cannot be opened: they are sealed with the sealing-key of the "
            "other home. Copy that file into this home, or give the credentials again.",
            err=True,
        )


def document(made: Backup) -> dict[str, Any]:
    """A backup as data, for `--json`."""
    return {
        "file": made.file,
        "version": made.version,
        "created": iso(made.created_at),
        "files": made.files,
        "bytes": made.bytes,
        "skipped": list(made.skipped),
        "locked": list(made.locked),
    }


class _Progress:
    """One line on a terminal, rewritten as files come; nothing elsewhere."""

    def __init__(self) -> None:
        self._last = 0.0
        self._is_shown = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int, int], None]:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown and self._last:
            click.echo("\r\x1b[K", nl=False, err=True)

    def __call__(self, files: int, done: int) -> None:
        if self._is_shown and time.monotonic() - self._last > _SHOWN_EVERY:
            self._last = time.monotonic()
            click.echo(f"\r\x1b[K{counted(files, 'file')}, {size(done)} …", nl=False, err=True)
