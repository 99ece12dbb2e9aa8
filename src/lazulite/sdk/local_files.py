"""The files of a datastore, used directly: a folder of this machine, or a store that this machine reaches by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.files import FileInfo, FolderEntry
from lazulite.storage.paths import relative
from lazulite.storage.store import Store

if TYPE_CHECKING:
    from lazulite.storage.transfer import TransferProgress, TransferResult


class LocalFiles:
    """`DataFiles` on a store; see `Store` for what it takes."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def title(self) -> str:
        """How messages call it."""
        return self.store.title

    def look_at(self, path: str) -> FolderEntry | None:
        return self.store.look_at(path)

    def list(self, prefix: str = "") -> tuple[FileInfo, ...]:
        return self.store.list_files(prefix)

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        return self.store.open_file(path, offset)

    def put(self, path: str, source: Path | BinaryIO, overwrite: bool = False) -> FileInfo:
        return self.store.put(path, source, overwrite)

    def remove(self, path: str) -> None:
        self.store.remove(path)

    def copy_out(self, path: str, target: Path) -> None:
        self.store.fetch_file(path, target)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return self.store.upload(pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return self.store.download(prefix, target, overwrite, strip_prefix, progress)

    def address(self, path: str) -> str:
        return self.store.uri(path)

    def shown(self, path: str) -> str:
        address = self.store.uri(path)  # refuses what leads out of it
        return address if self.store.root is None else str(self.store.root / relative(path))

    def on_compute(self, path: str) -> str:
        return self.shown(path)
