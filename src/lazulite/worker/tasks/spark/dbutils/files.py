"""`dbutils.fs`: files by the addresses that Spark knows them by, on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.tasks.spark.addresses import Addresses


class FileInfo(NamedTuple):
    """One entry of a folder; folders have a name that ends in `/` and size 0. `modificationTime`: milliseconds."""

    path: str
    name: str
    size: int
    modificationTime: int  # noqa: N815 - Databricks' name

    def isDir(self) -> bool:  # noqa: N802
        return self.name.endswith("/")

    def isFile(self) -> bool:  # noqa: N802
        return not self.isDir()


class MountInfo(NamedTuple):
    """One mount."""

    mountPoint: str  # noqa: N815
    source: str
    encryptionType: str = ""  # noqa: N815


class Files:
    """Files of this machine under Databricks' addresses.

    Args:
        addresses: Where they lead.
        on_mount: Called when a mount was made or undone.
    """

    def __init__(self, addresses: Addresses, on_mount: Callable[[], None]) -> None:
        self._addresses = addresses
        self._on_mount = on_mount

    def ls(self, path: str) -> list[FileInfo]:
        """List a folder, or a single file.

        Raises:
            NotFound: nothing is there.
        """
        place = self._there(path)
        shown = self._shown(path)
        if place.is_file():
            return [_info(place, shown.rstrip("/"))]
        hidden = ".crc"
        return [
            _info(entry, f"{shown.rstrip('/')}/{entry.name}")
            for entry in sorted(place.iterdir())
            if not (entry.name.startswith(".") and entry.name.endswith(hidden))
        ]

    def cp(self, source: str, target: str, recurse: bool = False) -> bool:
        """Copy a file, or with `recurse` a folder."""
        start, end = self._there(source), self._addresses.path_of(target)
        if start.is_dir():
            if not recurse:
                raise InvalidRequest(f"{source} is a folder. Use recurse=True to copy it.")
            if end.is_relative_to(start):
                raise InvalidRequest(f"{target} is {source} or lies in it. Copy it to another folder.")
            shutil.copytree(start, end, dirs_exist_ok=True)
            return True
        end = end / start.name if end.is_dir() or target.endswith("/") else end
        end.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(start, end)
        return True

    def mv(self, source: str, target: str, recurse: bool = False) -> bool:
        """Move a file, or with `recurse` a folder."""
        self.cp(source, target, recurse)
        return self.rm(source, recurse)

    def rm(self, path: str, recurse: bool = False) -> bool:
        """Delete a file, or with `recurse` a folder; False if nothing is there."""
        place = self._addresses.path_of(path)
        if place.is_file() or place.is_symlink():
            place.unlink()
            return True
        if not place.is_dir():
            return False
        if place in (self._addresses.dbfs, *self._addresses.roots.values(), *self._addresses.local):
            raise InvalidRequest(f"{path} is the root of a store, which is not deleted as a whole.")
        if not recurse and any(place.iterdir()):
            raise InvalidRequest(f"The folder {path} is not empty. Use recurse=True to delete it.")
        shutil.rmtree(place)
        return True

    def put(self, path: str, contents: str, overwrite: bool = False) -> bool:
        """Write a text file, in UTF-8."""
        place = self._addresses.path_of(path)
        if place.exists() and not overwrite:
            raise InvalidRequest(f"{path} exists already. Use overwrite=True to replace it.")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(contents, encoding="utf-8")
        print(f"Wrote {len(contents.encode())} bytes.")
        return True

    def head(self, path: str, maxBytes: int = 65536) -> str:  # noqa: N803
        """Return the beginning of a file as text."""
        with self._there(path).open("rb") as stream:
            return stream.read(maxBytes).decode("utf-8", errors="replace")

    def mkdirs(self, path: str) -> bool:
        """Make a folder with all those above it."""
        self._addresses.path_of(path).mkdir(parents=True, exist_ok=True)
        return True

    def mount(
        self,
        source: str,
        mountPoint: str = "",  # noqa: N803
        encryptionType: str = "",  # noqa: N803
        owner: str | None = None,
        extraConfigs: Mapping[str, Any] | None = None,  # noqa: N803
        mount_point: str = "",
        encryption_type: str = "",
        extra_configs: Mapping[str, Any] | None = None,
    ) -> bool:
        """Show what `source` stands for at a path such as /mnt/data, for this step. Keys are not needed, and not used."""
        self._addresses.mount(source, mount_point or mountPoint)
        self._on_mount()
        return True

    def unmount(self, mountPoint: str = "", mount_point: str = "") -> bool:  # noqa: N803
        """Undo `mount`."""
        self._addresses.unmount(mount_point or mountPoint)
        self._on_mount()
        print(f"{mount_point or mountPoint} has been unmounted.")
        return True

    def mounts(self) -> list[MountInfo]:
        """Return the mounts of this step."""
        return [MountInfo(point, source) for point, source in self._addresses.sources.items()]

    def refreshMounts(self) -> bool:  # noqa: N802
        """Nothing: there is one machine."""
        return True

    def _there(self, path: str) -> Path:
        place = self._addresses.path_of(path)
        if not place.exists():
            raise NotFound(
                f"java.io.FileNotFoundException: {path} does not exist (on this machine: {place})."
            )
        return place

    def _shown(self, path: str) -> str:
        if "://" in path or path.startswith(("file:", "dbfs:")):
            return path
        return f"file:{path}" if self._addresses.is_local(path) else f"dbfs:/{path.lstrip('/')}"


def _info(place: Path, path: str) -> FileInfo:
    found = place.stat()
    folder = place.is_dir()
    return FileInfo(
        f"{path}/" if folder else path,
        f"{place.name}/" if folder else place.name,
        0 if folder else found.st_size,
        found.st_mtime_ns // 1_000_000,
    )
