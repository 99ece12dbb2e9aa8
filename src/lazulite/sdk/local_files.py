"""The files of a datastore in a folder of this machine: the kernel copies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from lazulite.model.errors import NotFound
from lazulite.model.files import FolderEntry
from lazulite.storage import browsing, transfer
from lazulite.storage.folders import FolderStore
from lazulite.storage.transfer import TransferProgress, TransferResult


class LocalFiles(FolderStore):
    """`DataFiles` on a folder; see `FolderStore` for what it takes."""

    def look_at(self, path: str) -> FolderEntry | None:
        return browsing.look_at(self, path)

    def open(self, path: str, offset: int = 0) -> BinaryIO:
        return browsing.open_file(self, path, offset)

    def copy_out(self, path: str, target: Path) -> None:
        source = self.resolve(path)
        if not source.is_file():
            raise NotFound(f"There is no file {path!r} on {self.title}.", path=path)
        shutil.copyfile(source, target)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return transfer.upload(self, pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        return transfer.download(self, prefix, target, overwrite, strip_prefix, progress)

    def address(self, path: str) -> str:
        return self.resolve(path).absolute().as_uri()

    def shown(self, path: str) -> str:
        return str(self.resolve(path))

    def on_compute(self, path: str) -> str:
        return str(self.resolve(path))
