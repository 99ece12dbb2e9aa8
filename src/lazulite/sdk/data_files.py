"""The files of a datastore, as the SDK uses them: in a folder of this machine, or through a service on another one.

A folder on this machine is used directly, because copying is what it spends its time on. The files of all others the
service moves: it has the credentials, and knows what of a run's files is still on its way (`storage.spool`). Where the
service is on this machine, too, whole folders go to a datastore elsewhere and back without it (`elsewhere_files`).
`open_files` knows which; nothing else in the SDK does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from lazulite.model.assets import AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.model.files import FileInfo, FolderEntry

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.storage.transfer import TransferProgress, TransferResult


class DataFiles(Protocol):
    """The files of one datastore. Paths use `/` and are relative to its root; none leads out of it (`PathEscapes`)."""

    @property
    def title(self) -> str:
        """How messages call it."""

    def look_at(self, path: str) -> FolderEntry | None:
        """What is at a path: a file, a folder, or None for nothing."""

    def list(self, prefix: str = "") -> tuple[FileInfo, ...]:
        """The files whose path begins with the text `prefix`, sorted by path."""

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        """Open a file for reading, from `offset` on; `NotFound` if there is none."""

    def put(self, path: str, source: Path | BinaryIO, overwrite: bool = False) -> FileInfo:
        """Write one file, whole or not at all; `Conflict` if it is there and not `overwrite`."""

    def remove(self, path: str) -> None:
        """Delete a file, or a folder with everything in it."""

    def copy_out(self, path: str, target: Path) -> None:
        """Write a file's bytes to `target` on this machine; `NotFound` if there is no such file."""

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        """Copy files of this machine to the paths given with them; see `storage.transfer.upload`."""

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        """Copy files to a folder of this machine; see `storage.transfer.download`."""

    def address(self, path: str) -> str:
        """A URL of the file or folder: of this machine, or of the server's page for it."""

    def shown(self, path: str) -> str:
        """Where people find it: a path of this machine, or a URL."""

    def on_compute(self, path: str) -> str:
        """Where jobs find it: a path of the machine that they run on."""


def open_files(service: Service, workspace: str, record: Datastore) -> DataFiles:
    """Return the files of a datastore.

    Args:
        service: Where the datastore is.
        workspace: The workspace's id.
        record: The datastore's document, as the service gave it out.

    Raises:
        InvalidRequest: it has no files (a database), or a library that it needs is not installed.
    """
    if not service.is_local:
        from lazulite.sdk.service_files import ServiceFiles

        return ServiceFiles(service, workspace, record)
    if record.type != "folder":
        from lazulite.sdk.elsewhere_files import ElsewhereFiles

        return ElsewhereFiles(service, workspace, record)
    from lazulite.sdk.local_files import LocalFiles
    from lazulite.storage.datastores import open_folder

    return LocalFiles(open_folder(record))


def files_on(service: Service, workspace: str, datastore: str) -> DataFiles:
    """As `open_files`, of a datastore by name (`NotFound` if there is none)."""
    asset = service.get_asset(workspace, AssetKind.DATASTORE, datastore)
    return open_files(service, workspace, from_data(Datastore, asset.document))
