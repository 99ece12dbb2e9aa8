"""The files of a datastore elsewhere whose records are on this machine: many files go there and back directly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.assets import Datastore
from lazulite.sdk.service_files import ServiceFiles
from lazulite.storage.spool import RUNS
from lazulite.storage.store import Store

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.storage.transfer import TransferProgress, TransferResult


class ElsewhereFiles(ServiceFiles):
    """As `ServiceFiles`, which knows what of a run's files is still on its way; all other files by their store itself,
    in pieces and in parallel."""

    def __init__(self, service: Service, workspace: str, record: Datastore) -> None:
        super().__init__(service, workspace, record)
        self._record = record

    @cached_property
    def _store(self) -> Store:
        from lazulite.storage.datastores import open_store

        return open_store(self._record, self.service.credentials)

    def upload(
        self,
        pairs: Sequence[tuple[Path, str]],
        overwrite: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        if any(_may_be_of_a_run(path) for _, path in pairs):
            return super().upload(pairs, overwrite, progress)
        return self._store.upload(pairs, overwrite, progress)

    def download(
        self,
        prefix: str | None,
        target: Path,
        overwrite: bool = False,
        strip_prefix: bool = False,
        progress: Callable[[TransferProgress], None] | None = None,
    ) -> TransferResult:
        if _may_be_of_a_run(prefix or ""):
            return super().download(prefix, target, overwrite, strip_prefix, progress)
        return self._store.download(prefix, target, overwrite, strip_prefix, progress)


def _may_be_of_a_run(path: str) -> bool:
    """Whether a path, or one that begins with it, may be among the files of runs."""
    text = path.replace("\\", "/").lstrip("./")
    return text.startswith(RUNS) or RUNS.startswith(text)
