"""Inputs on datastores elsewhere: fetched once for all jobs of this machine, then shown to each in its own folder.

An input that is mounted is a tree of hard links to the held copies, which cannot be written; one that is downloaded is
a copy of its own. See `storage.content_cache`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from lazulite.model.amounts import counted, size
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.files import FileInfo
from lazulite.model.job import Job, JobInput
from lazulite.storage import files
from lazulite.storage.content_cache import ContentCache, limit_given
from lazulite.storage.paths import relative
from lazulite.storage.retrying import retried
from lazulite.storage.store import Store
from lazulite.worker.folder import JobFolder
from lazulite.worker.inputs import where
from lazulite.worker.rates import Rates

Say = Callable[[str], None]


def bring(job: Job, item: JobInput, store: Store, folder: JobFolder, chosen: Path | None, say: Say) -> Path:
    """Bring an input to the job; return where the script finds it.

    Args:
        job: The job.
        item: The input, of mode mount or download.
        store: Its datastore.
        folder: The job's folder.
        chosen: Where it shall be, if the user said so.
        say: Takes lines for the log.

    Raises:
        StorageFull: the disk has no room.
        StorageError: the datastore cannot be read.
    """
    found, is_directory = _found(store, item.path, say)
    name = relative(item.path).rpartition("/")[2]
    target = chosen or folder.inputs / item.name / ("" if is_directory else name)
    if not found and is_directory:
        target.mkdir(parents=True, exist_ok=True)
        say(f"Input {item.name!r}: {where(item)} is an empty folder, at {target}.")
        return target
    if not found:
        say(
            f"Input {item.name!r}: {where(item)} does not exist; the script receives the path {target} as it is."
        )
        return target
    if (
        chosen is not None
        and not is_directory
        and (target.is_dir() or (item.path_on_compute or "").endswith("/"))
    ):
        target /= name
    is_own = item.mode == "download"
    placing = _Placing(target, relative(item.path), own=is_own, overwrite=item.overwrite or not is_own)
    try:
        fetched = _fetch(job, item, store, found, placing, say)
    except (Conflict, NotFound):
        say(f"Input {item.name!r}: files were replaced while they were fetched; it is begun anew, once.")
        found, is_directory = _found(store, item.path, say)
        fetched = _fetch(job, item, store, found, placing, say)
    amount = f"{counted(len(found), 'file')}, {size(sum(info.size for info in found))}"
    kept = (
        f" {counted(placing.kept, 'file')} there already and kept (overwrite is False)."
        if placing.kept
        else ""
    )
    say(
        f"Input {item.name!r}: {where(item)}: {amount} ({fetched} fetched, the others held), at {target}.{kept}"
    )
    return target


class _Placing:
    """Puts held files to where the script looks for them."""

    def __init__(self, target: Path, path: str, *, own: bool, overwrite: bool) -> None:
        self.kept = 0
        self._target = target
        self._path = path
        self._own = own
        self._overwrite = overwrite

    def __call__(self, info: FileInfo, place: str) -> None:
        """Show the file whose bytes are at `place`.

        Raises:
            PathEscapes: its name leads out of there.
            OSError: it cannot be written.
        """
        inner = relative(info.path[len(self._path) :].lstrip("/"))  # a server's names are not to be trusted
        target = str(self._target / inner) if inner else str(self._target)
        if os.path.lexists(target):
            if not self._overwrite:
                self.kept += 1
                return
            os.unlink(target)  # noqa: PTH108 - there may be thousands
        os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120
        if not self._own:
            try:
                os.link(place, target)
            except OSError as error:
                if error.errno not in (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.EOPNOTSUPP):
                    raise
            else:
                return
        files.copy(place, target, size=info.size, mtime_ns=info.mtime_ns)


def _fetch(
    job: Job, item: JobInput, store: Store, found: Sequence[FileInfo], placing: _Placing, say: Say
) -> int:
    """Bring the files; return how many were not held."""
    cache = ContentCache(Path(job.cache), limit_given())
    return cache.bring(store, found, placing, Rates(f"Input {item.name!r}", say).show)


def _found(store: Store, path: str, say: Say) -> tuple[tuple[FileInfo, ...], bool]:
    """The files at a path, and whether it is a folder."""
    inner = relative(path)
    if inner:
        first = retried(lambda: store.list_files(inner, limit=1), say)
        if first and first[0].path == inner:
            return first, False
    found = retried(lambda: store.list_files(f"{inner}/" if inner else ""), say)
    if found:
        return found, True
    entry = retried(lambda: store.look_at(inner), say) if inner else None
    return (), not inner or (entry is not None and entry.is_directory)
