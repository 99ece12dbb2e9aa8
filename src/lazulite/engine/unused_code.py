"""Code that nothing refers to any more: found by looking at everything that does, and deleted.

A snapshot is used by the runs made from it, and by the plans of published pipelines and drafts; a plan by these. A blob
is used by a snapshot that is. What came lately stays whatever refers to it, because code is sent before the run that
needs it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from lazulite.engine.layout import Home
from lazulite.engine.sending_code import default_store, forget_marks
from lazulite.engine.submitting import plans
from lazulite.model.assets import AssetKind
from lazulite.model.errors import Corrupt, LazuliteError, NotFound
from lazulite.records.records import Records
from lazulite.storage import snapshot_copies, snapshots
from lazulite.storage.blobs import FRESH_SECONDS, BlobStore
from lazulite.storage.weighing import Weight

#: Kinds whose documents name a plan.
_WITH_PLANS = (AssetKind.PUBLISHED_PIPELINE, AssetKind.PIPELINE_DRAFT)


def weigh(home: Home, records: Records, workspace: str, besides: Collection[str] = ()) -> Weight:
    """Return how much code of a workspace nothing would refer to if the runs `besides` were gone."""
    return _sum(_unused(home, records, workspace, besides))


def discard(home: Home, records: Records, workspace: str, besides: Collection[str] = ()) -> Weight:
    """Delete the code of a workspace that nothing refers to, runs that go (`besides`) left out; return how much it was."""
    freed = _sum(_discarded(_unused(home, records, workspace, besides)))
    with suppress(LazuliteError):  # it does not answer, or is gone: the next time
        _discard_copies(home, records, workspace, besides)
    return freed


def _discard_copies(home: Home, records: Records, workspace: str, besides: Collection[str]) -> None:
    """Delete what nothing refers to from the datastore to which code is copied, if it is elsewhere."""
    store = default_store(home, records, workspace)
    if store.root is not None:
        return
    before = (time.time() - FRESH_SECONDS) * 1e9
    old = [info for info in store.list_files(snapshot_copies.FOLDER + "/") if info.mtime_ns < before]
    if not old:
        return
    used = _used(records, workspace, BlobStore(home.blobs(workspace)), besides)
    gone = {info.path.rpartition("/")[2] for info in old} - used
    forget_marks(home, workspace, gone)
    snapshot_copies.remove(sorted(gone), store)


def _sum(sizes: Iterable[tuple[str, int]]) -> Weight:
    total = Weight()
    for _, size in sizes:
        total += Weight(1, size)
    return total


def _discarded(unused: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for path, size in unused:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - there are thousands
            yield path, size


def _unused(
    home: Home, records: Records, workspace: str, besides: Collection[str]
) -> Iterator[tuple[str, int]]:
    """Path and size of every blob that is old enough and not used."""
    blobs = BlobStore(home.blobs(workspace))
    before = time.time() - FRESH_SECONDS
    old = [one for one in blobs.stored() if one.changed_at < before]
    if not old:
        return
    used = _used(records, workspace, blobs, besides)
    yield from ((one.path, one.size) for one in old if one.digest not in used)


def _used(records: Records, workspace: str, blobs: BlobStore, besides: Collection[str]) -> set[str]:
    used: set[str] = set()
    wanted = set(records.snapshots_in_use(workspace, besides))
    for kind in _WITH_PLANS:
        for asset in records.assets(workspace, kind, archived=True):
            graph = str(asset.document.get("graph", ""))
            used.add(graph)
            with suppress(NotFound):
                wanted |= {step.snapshot for step in plans.load(graph, blobs).steps}
    for snapshot in wanted:
        used.add(snapshot)
        with suppress(NotFound, Corrupt):
            used |= {file.digest for file in snapshots.load(snapshot, blobs).files}
    return used
