"""What a step with a given source folder would take along, found without a workspace: for `lazulite snapshot list`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.sdk.exceptions import v1_errors

if TYPE_CHECKING:
    from lazulite.model.snapshot import Snapshot, SnapshotFile


@dataclass(frozen=True)
class SnapshotPreview:
    """What would be taken and what not.

    Args:
        snapshot: The files, as a step would take them.
        ignored: What would be left out (folders with a slash at their end), and by which ignore file.
        ignore_file: The ignore file of the folder itself; None if it has none.
    """

    snapshot: Snapshot
    ignored: Mapping[str, str]
    ignore_file: str | None

    def largest_first(self) -> list[SnapshotFile]:
        """Return the files, those with the most bytes first."""
        return sorted(self.snapshot.files, key=lambda file: (-file.size, file.path))


def preview(folder: Path) -> SnapshotPreview:
    """Look through a source folder.

    Raises:
        UserErrorException: the folder does not exist, or holds something that cannot be taken; the message says what.
    """
    from lazulite.storage.snapshots import scan

    with v1_errors():
        found = scan(folder)
    return SnapshotPreview(
        found.snapshot, {path: found.ignored_by[path] for path in found.ignored}, found.ignore_file
    )
