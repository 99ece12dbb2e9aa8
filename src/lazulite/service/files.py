"""The operations on the files of datastores: what browsers and clients on other machines use in place of the folder."""

from __future__ import annotations

from typing import BinaryIO

from lazulite.engine.places import Places
from lazulite.model.files import FileCopy, FileInfo, FolderEntry
from lazulite.service.base import Base
from lazulite.storage import browsing
from lazulite.storage.datastores import open_store
from lazulite.storage.folders import FolderStore


class Files(Base):
    """Listing, reading, writing and deleting files of a workspace's datastores."""

    def list_files(
        self, workspace: str, datastore: str, prefix: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FileInfo, ...]:
        return browsing.list_files(self._files(workspace, datastore), prefix, limit, after)

    def list_folder(
        self, workspace: str, datastore: str, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        return browsing.list_folder(self._files(workspace, datastore), path, limit, after)

    def look_at(self, workspace: str, datastore: str, path: str) -> FolderEntry | None:
        return browsing.look_at(self._files(workspace, datastore), path)

    def open_file(
        self, workspace: str, datastore: str, path: str, offset: int = 0, length: int | None = None
    ) -> BinaryIO:
        return browsing.open_file(self._files(workspace, datastore), path, offset, length)

    def put_file(
        self,
        workspace: str,
        datastore: str,
        path: str,
        source: BinaryIO,
        overwrite: bool = False,
        mtime_ns: int | None = None,
    ) -> FileInfo:
        return self._files(workspace, datastore).put(path, source, overwrite, mtime_ns)

    def copy_files(self, workspace: str, datastore: str, copy: FileCopy) -> int:
        source = self._files(workspace, datastore)
        return browsing.copy(
            source, copy.path, self._files(workspace, copy.to_datastore), copy.to_path, copy.overwrite
        )

    def remove_file(self, workspace: str, datastore: str, path: str) -> None:
        store = self._files(workspace, datastore)
        store.require()
        store.remove(path)

    def _files(self, workspace: str, datastore: str) -> FolderStore:
        return open_store(Places(self._home, self._records, workspace).datastore(datastore))
