"""Many files into a datastore or out of one: in parallel, whole or not at all, every failure by name.

Nothing is copied before all targets were found to be inside the datastore. A file that fails does not keep the others
from being copied; a full disk does, because every further file would fail too. Ctrl-C stops between two pieces and
leaves no temporary file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from lazulite.model.errors import InvalidRequest, StorageError
from lazulite.storage import failures
from lazulite.storage.copying import Task, TransferResult, copy_all
from lazulite.storage.folders import FolderStore
from lazulite.storage.meter import TransferProgress
from lazulite.storage.paths import relative

__all__ = ["TransferProgress", "TransferResult", "download", "upload"]


def upload(
    store: FolderStore,
    pairs: Sequence[tuple[Path, str]],
    overwrite: bool = False,
    progress: Callable[[TransferProgress], None] | None = None,
) -> TransferResult:
    """Copy files of this machine into a datastore; modification times are kept.

    Args:
        store: The datastore's folder.
        pairs: For each file where it is and its path on the datastore.
        overwrite: Replace files that are there; without it they are skipped.
        progress: Called now and then, and once at the end, never from two threads at once.

    Raises:
        PathEscapes: a path would leave the datastore. Nothing was copied.
        InvalidRequest: two files have one path. Nothing was copied.
        StorageFull: the disk is full; what is complete stays.
        TransferFailed: files that were not copied, each with its reason; the others were.
        StorageError: the datastore's folder is gone or cannot be written. Nothing was copied.
    """
    store.require()
    wanted = distinct(pairs)
    folders = {head: store.resolve(head) for head in {path.rpartition("/")[0] for path in wanted}}
    failed: dict[str, str] = {}
    tasks = []
    for path, source in wanted.items():
        head, _, name = path.rpartition("/")
        status = regular(source, str(source), failed)
        if status:
            tasks.append(Task(str(source), str(source), f"{folders[head]}/{name}", status))
    if tasks:
        _require_writable(store)
    return copy_all(tasks, store.root, store.title, overwrite, progress, failed)


def download(
    store: FolderStore,
    prefix: str | None,
    target: Path,
    overwrite: bool = False,
    strip_prefix: bool = False,
    progress: Callable[[TransferProgress], None] | None = None,
) -> TransferResult:
    """Copy the files whose path begins with `prefix` to a folder of this machine; modification times are kept.

    Args:
        store: The datastore's folder.
        prefix: Text that the paths begin with ("" or None: all); with a slash at its end, a folder.
        target: The folder to copy to; created if it is not there.
        overwrite: Replace files that are there; without it they are skipped.
        strip_prefix: False keeps the whole path on the datastore below `target`, as v1 did. True takes `prefix` as
            the name of a file or folder and leaves its parent folders (of a folder: the folder, too) away.
        progress: As for `upload`.

    Raises:
        PathEscapes: `prefix` would leave the datastore.
        StorageFull: the disk under `target` is full; what is complete stays.
        TransferFailed: files that were not copied, each with its reason; the others were.
        StorageError: the datastore's folder is gone, or `target` cannot be created.
    """
    store.require()
    start, cut = selection(prefix or "", store.is_directory, strip=strip_prefix)
    listing = store.listing(start)
    failed = dict.fromkeys(listing.refused, "a symbolic link that leads out of the datastore, or nowhere")
    make_target(target)
    tasks = []
    for info in listing.files:
        source = f"{store.root}/{info.path}"
        status = regular(Path(source), info.path, failed)
        if status:
            tasks.append(Task(info.path, source, f"{target}/{info.path[cut:]}", status))
    return copy_all(tasks, target, f"folder {target}", overwrite, progress, failed)


def distinct(pairs: Iterable[tuple[Path, str]]) -> dict[str, Path]:
    """Return the files by their path on the datastore.

    Raises:
        PathEscapes: a path would leave the datastore.
        InvalidRequest: two files have one path, or a path is the root.
    """
    wanted: dict[str, Path] = {}
    for source, path in pairs:
        inner = relative(path, what="target path")
        if not inner:
            raise InvalidRequest(
                f"The target path {path!r} of {source} is the root. Expected the path of a file."
            )
        if wanted.setdefault(inner, source) != source:
            raise InvalidRequest(
                f"{wanted[inner]} and {source} would both become {inner!r}. Upload one of them."
            )
    return wanted


def regular(source: Path, name: str, failed: dict[str, str]) -> os.stat_result | None:
    """Return the status of a file, or None and a reason in `failed`: opening a pipe would wait for ever."""
    try:
        status = os.stat(source)  # noqa: PTH116 - one per file, counts
    except OSError as error:
        failed[name] = failures.reason(error)
        return None
    except ValueError:
        failed[name] = "the name holds a NUL character"
        return None
    if stat.S_ISREG(status.st_mode):
        return status
    failed[name] = (
        "a folder, where a file was expected" if stat.S_ISDIR(status.st_mode) else "not a regular file"
    )
    return None


def _require_writable(store: FolderStore) -> None:
    if not os.access(store.root, os.W_OK | os.X_OK):
        raise StorageError(
            f"Nothing was uploaded: the folder {store.root} of {store.title} is not writable for this user.",
            folder=str(store.root),
        )


def make_target(target: Path) -> None:
    """Create the folder that is downloaded to.

    Raises:
        StorageError: it cannot be created.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failures.unwritable(target, f"The folder {target} could not be created", error) from error


def selection(prefix: str, is_folder: Callable[[str], bool], *, strip: bool) -> tuple[str, int]:
    """Return the prefix to list, and how many characters of each path are left away; see `download`."""
    if not strip:
        return prefix, 0
    inner = relative(prefix.lstrip("/\\"), what="prefix")
    if inner and is_folder(inner):
        return inner + "/", len(inner) + 1
    return inner, inner.rfind("/") + 1
