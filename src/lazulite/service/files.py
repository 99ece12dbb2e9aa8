"""The operations on the files of datastores: what browsers and clients on other machines use in place of the folder."""

from __future__ import annotations

from typing import BinaryIO

from lazulite.engine.places import Places
from lazulite.model.files import FileCopy, FileInfo, FolderEntry
from lazulite.service.base import Base
from lazulite.storage import browsing
from lazulite.storage.store import Store


class Files(Base):
    """Listing, reading, writing and deleting files of a workspace's datastores."""

    def list_files(
        self, workspace: str, datastore: str, prefix: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FileInfo, ...]:
        return self._files(workspace, datastore).list_files(prefix, limit, after)

    def list_folder(
        self, workspace: str, datastore: str, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        return self._files(workspace, datastore).list_folder(path, limit, after)

    def look_at(self, workspace: str, datastore: str, path: str) -> FolderEntry | None:
        return self._files(workspace, datastore).look_at(path)

    def open_file(
        self, workspace: str, datastore: str, path: str, offset: int = 0, length: int | None = None
    ) -> BinaryIO:
        return self._files(workspace, datastore).open_file(path, offset, length)

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

    def _files(self, workspace: str, datastore: str) -> Store:
        return Places(self._home, self._records, workspace, is_hurried=True).store(datastore)
