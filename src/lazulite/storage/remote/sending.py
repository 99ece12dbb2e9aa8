"""Files of this machine into a store on another one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lazulite.model.errors import Conflict, StorageError
from lazulite.model.files import FileInfo
from lazulite.storage import failures
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import TransferProgress
from lazulite.storage.remote import pieces
from lazulite.storage.remote.crew import Crew, Item, Tick, skip_existing
from lazulite.storage.remote.failures import PiecesLost
from lazulite.storage.remote.retrying import Patience, attempt
from lazulite.storage.transfer import distinct, regular

if TYPE_CHECKING:
    from lazulite.storage.remote.base import RemoteStore

#: A file whose pieces the store loses is sent so many times.
_STARTS = 3


def upload(
    store: RemoteStore,
    pairs: Sequence[tuple[Path, str]],
    patience: Patience,
    progress: Callable[[TransferProgress], None] | None,
    *,
    overwrite: bool,
) -> TransferResult:
    """Copy files of this machine into a store, in parallel; see `storage.transfer.upload`.

    Raises:
        StoreUnusable: the store cannot be used; if that is so from the start, nothing was uploaded.
    """
    wanted = distinct(pairs)
    store.require()
    failed: dict[str, str] = {}
    items = []
    for path, source in wanted.items():
        status = regular(source, str(source), failed)
        if status:
            work = _send(store, source, path, patience, overwrite=overwrite)
            items.append(Item(str(source), status.st_size, work if overwrite else skip_existing(work)))
    return Crew(store.title, None, failed, patience).run(items, progress)


def put(
    store: RemoteStore, path: str, source: Path | BinaryIO, patience: Patience, *, overwrite: bool
) -> FileInfo:
    """Write one file, whole or not at all; see `Store.put`."""
    try:
        if isinstance(source, Path):
            return _put_file(store, path, source, patience, None, overwrite=overwrite)
        return _put(store, path, source, None, patience, None, overwrite=overwrite)
    except Conflict as error:
        raise Conflict(
            f"{path!r} exists on {store.title}. Pass overwrite=True to replace it.", path=path
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path!r} was not written to {store.title}: the source cannot be read, {failures.reason(error)}."
        ) from error


def _send(
    store: RemoteStore, source: Path, path: str, patience: Patience, *, overwrite: bool
) -> Callable[[Tick], None]:
    def work(tick: Tick) -> None:
        store.plain(path)
        # A large file that is there is not sent to learn that.
        large = not overwrite and source.stat().st_size > pieces.SMALL
        if large and attempt(lambda: store.request_file(path), patience):
            raise Conflict(f"{path!r} exists on {store.title}.")
        _put_file(store, path, source, patience, tick, overwrite=overwrite)

    return work


def _put_file(
    store: RemoteStore, path: str, source: Path, patience: Patience, tick: Tick | None, *, overwrite: bool
) -> FileInfo:
    for left in reversed(range(_STARTS)):
        try:
            with source.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                return _put(store, path, stream, size, patience, tick, overwrite=overwrite)
        except PiecesLost:
            if not left:
                raise
    raise AssertionError


def _put(
    store: RemoteStore,
    path: str,
    stream: BinaryIO,
    size: int | None,
    patience: Patience,
    tick: Tick | None,
    *,
    overwrite: bool,
) -> FileInfo:
    first = b"".join(pieces.read_up_to(stream, pieces.SMALL + 1))
    if len(first) <= pieces.SMALL:
        return store.put_whole(path, first, patience, overwrite=overwrite)
    parts = pieces.read_pieces(stream, store.piece_size(size), first)
    return store.put_pieces(path, _ticking(parts, patience, tick), size, patience, overwrite=overwrite)


def _ticking(parts: Iterator[bytes], patience: Patience, tick: Tick | None) -> Iterator[bytes]:
    """The pieces, counted when they are taken."""
    for part in parts:
        patience.check()
        size = len(part)
        yield part
        del part  # not kept while the next is read
        if tick is not None:
            tick(size)
    patience.check()  # what was stopped at its last piece is not to appear all the same
