"""Plans kept by content: of published pipelines and drafts, beside the code that they name."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path

from lazulite.model.codec import dumps, loads
from lazulite.model.errors import Corrupt, NotFound
from lazulite.model.plan import Plan
from lazulite.storage.blobs import BlobStore

#: Plans kept in memory: what is published is started again and again, and a plan of 500 steps takes 25 ms to read.
_KEPT = 8


def keep(plan: Plan, blobs: BlobStore) -> str:
    """Keep a plan; return its digest, which is v1's graph id.

    Raises:
        StorageFull, StorageError: the blobs cannot be written.
    """
    text = dumps(plan).encode()
    digest = hashlib.sha256(text).hexdigest()
    if blobs.missing((digest,)):
        blobs.put(digest, io.BytesIO(text))
    return digest


def load(graph: str, blobs: BlobStore) -> Plan:
    """Return a plan that was kept.

    Raises:
        InvalidRequest: `graph` is no digest.
        NotFound: no plan was kept under it.
    """
    return _load(blobs.folder, graph)


@lru_cache(_KEPT)
def _load(folder: Path, graph: str) -> Plan:
    try:
        with BlobStore(folder).open(graph) as file:
            return loads(Plan, file.read())
    except (NotFound, Corrupt) as error:  # other things are kept by content too
        raise NotFound(f"There is no graph {graph!r}.", kind="graph", name=graph) from error
