"""Outputs on datastores elsewhere: written in the job's folder, sent when the script has succeeded.

A datastore that does not answer is tried again for minutes. If that does not help, the job fails, and its files stay in
its folder until the folders of the run are tidied away.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lazulite.model.amounts import counted, size
from lazulite.model.errors import LazuliteError, NotFound, StorageError, rebuilt
from lazulite.model.job import Job, JobInput, JobOutput
from lazulite.storage.retrying import retried
from lazulite.storage.store import Store
from lazulite.storage.versions import Version, content_version
from lazulite.worker.own_files import files_of
from lazulite.worker.rates import Rates

Say = Callable[[str], None]


def clear(job: Job, item: JobOutput, store: Store, say: Say) -> None:
    """Remove what an earlier try of the step sent: only below this run's own folder, others may be others' data."""
    if job.attempt > 1 and job.run_id in PurePosixPath(item.path).parts:
        with suppress(NotFound):
            retried(lambda: store.remove(item.path), say)
            say(f"Output {item.name!r}: what an earlier try sent to {item.path!r} is removed.")


def send(item: JobInput | JobOutput, store: Store, source: Path, say: Say, *, overwrite: bool) -> bool:
    """Send a file, or all files of a folder, to an item's path; return whether none was there already and kept.

    Raises:
        StorageError: not all of it could be sent; the message says where it still is.
    """
    pairs = [(file, f"{item.path}/{name}".strip("/") if name else item.path) for file, name in _files(source)]
    rates = Rates(f"{item.name!r}", say)
    try:
        result = retried(lambda: store.upload(pairs, overwrite, rates.show), say)
    except StorageError as error:
        raise _lost(error, item, source) from error
    bytes_sent = sum(file.stat().st_size for file, _ in pairs)
    skipped = f", {counted(result.skipped, 'file')} there already" if result.skipped else ""
    say(
        f"{item.name!r}: {counted(len(pairs), 'file')}, {size(bytes_sent)}, sent from {source} to {store.title}, "
        f"path {item.path!r}{skipped}."
    )
    return not result.skipped


def sent_version(item: JobOutput, store: Store, source: Path, cache: Path, say: Say) -> Version:
    """Return what stands on the datastore for an output that was sent from `source`, with none kept that was there."""
    there = retried(lambda: store.watched(item.path, recursive=True), say) or {}
    sent = {f"{item.path}/{name}".strip("/") if name else item.path for _, name in _files(source)}
    if there.keys() != sent:  # a path that was chosen by hand, where other files are too
        return version_there(item, store, cache, say)
    return replace(content_version(source), stat=retried(lambda: store.stat_version(item.path), say))


def version_there(item: JobOutput, store: Store, cache: Path, say: Say) -> Version:
    """Return what stands on the datastore for an output that holds more than what was sent."""
    return retried(lambda: store.version(item.path, cache), say)


def _lost(error: StorageError, item: JobInput | JobOutput, source: Path) -> LazuliteError:
    """The same error, with where the files are."""
    place = (
        f"{item.name!r} is not complete on datastore {item.datastore!r}. What the script wrote is in {source} until the "
        "folders of this run are tidied away; copy it from there, or let the step run again."
    )
    return rebuilt(error.code, f"{error.message}\n{place}", error.details)


def _files(source: Path) -> list[tuple[Path, str]]:
    return files_of(source, follow_links=True)
