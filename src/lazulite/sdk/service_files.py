"""The files of a datastore on another machine: its service moves the bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from lazulite.model.files import FileInfo, FolderEntry
from lazulite.sdk import service_transfer

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.assets import Datastore
    from lazulite.storage.transfer import TransferProgress, TransferResult

#: How many files one question asks for.
_PAGE = 5000


class ServiceFiles:
    """`DataFiles` of a datastore that is reached by its service alone.

    Args:
        service: Where the datastore is.
        workspace: The workspace's id.
        record: The datastore's document.
    """

    def __init__(self, service: Service, workspace: str, record: Datastore) -> None:
        self.service = service
        self.workspace = workspace
        self.name = record.name
        self._folder = record.folder

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"datastore '{self.name}'"

    def look_at(self, path: str) -> FolderEntry | None:
        return self.service.look_at(self.workspace, self.name, path)

    def list(self, prefix: str = "") -> tuple[FileInfo, ...]:
        found: list[FileInfo] = []
        while True:
            after = found[-1].path if found else ""
            page = self.service.list_files(self.workspace, self.name, prefix, _PAGE, after)
            found += page
            if len(page) < _PAGE:
                return tuple(found)

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        return self.service.open_file(self.workspace, self.name, path, offset)

    def put(self, path: str, source: Path | BinaryIO, overwrite: bool = False) -> FileInfo:
        if not isinstance(source, Path):
            return self.service.put_file(self.workspace, self.name, path, source, overwrite)
        with source.open("rb") as stream:
            return self.service.put_file(self.workspace, self.name, path, stream, overwrite)

    def remove(self, path: str) -> None:
        self.service.remove_file(self.workspace, self.name, path)

    def copy_out(self, path: str, target: Path) -> None:
        with self.open(path) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return service_transfer.upload(self, pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return service_transfer.download(self, prefix, target, overwrite, strip_prefix, progress)

    def address(self, path: str) -> str:
        place = quote(f"workspaces/{self.workspace}/datastores/{self.name}/{path}".rstrip("/"))
        return f"{self.service.address()}/{place}"

    def shown(self, path: str) -> str:
        return self.address(path)

    def on_compute(self, path: str) -> str:
        return f"{self._folder}/{path}"
