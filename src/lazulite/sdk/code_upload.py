"""Handing code to a service: the contents that its workspace does not hold yet, then the list of files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.model.snapshot import Snapshot

#: So many files at a time go to a service on another machine, where each waits for its answer.
_AT_ONCE = 8


def send(service: Service, workspace: str, snapshot: Snapshot, sources: Mapping[str, str]) -> str:
    """Store a snapshot and return its id.

    Args:
        service: Where to.
        workspace: The workspace's id.
        snapshot: The list of files.
        sources: For each digest in it a file of this machine with that content.

    Raises:
        LazuliteError: a content was not taken, or a file changed meanwhile.
    """
    # The list of files is a blob, too, under the snapshot's id: of unchanged code one question is all.
    missing = service.missing_blobs(workspace, [snapshot.id, *sources])

    def put(digest: str) -> None:
        with open(sources[digest], "rb") as source:  # noqa: PTH123 - one per file, counts
            service.put_blob(workspace, digest, source)

    wanted = sorted(missing.intersection(sources))
    if service.is_local or len(wanted) <= 1:
        for digest in wanted:
            put(digest)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(_AT_ONCE, len(wanted)), "lazulite-code") as pool:
            for sent in [pool.submit(put, digest) for digest in wanted]:
                sent.result()
    return service.put_snapshot(workspace, snapshot) if missing else snapshot.id
