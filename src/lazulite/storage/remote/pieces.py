"""Files in pieces: read once, in order, and handed to several threads, so that memory stays bounded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, TypeVar

from lazulite.storage.parallel import wait_until
from lazulite.storage.remote.retrying import Patience

T = TypeVar("T")

#: A file up to this size travels in one request, which a store takes whole or not at all.
SMALL = 4 << 20
#: Larger ones travel in pieces of this size, or larger ones if that would be too many.
PIECE = 4 << 20
#: So many pieces are in memory at once.
PIECES_AT_ONCE = 8


def piece_size(size: int, most: int) -> int:
    """The size of the pieces of a file of `size` bytes, of which a store takes `most`."""
    return max(PIECE, -(-size // most))


def read_pieces(stream: BinaryIO, size: int, first: bytes = b"") -> Iterator[bytes]:
    """Yield `first` and what the stream gives after it in pieces of `size` bytes."""
    parts, have = ([first], len(first)) if first else ([], 0)
    while True:
        while have < size and (data := stream.read(size - have)):
            parts.append(data)
            have += len(data)
        if not have:
            return
        piece = parts[0] if len(parts) == 1 else b"".join(parts)
        parts, have = [], 0
        yield piece
        del piece


def read_up_to(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield what the stream gives, at most `size` bytes."""
    while size and (data := stream.read(size)):
        yield data
        size -= len(data)


def ranges(size: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each piece of a file of `size` bytes."""
    return ((start, min(start + PIECE, size)) for start in range(0, size, PIECE))


def in_threads(items: Iterable[T], work: Callable[[T], None], threads: int, patience: Patience) -> None:
    """Call `work` for each item, in up to `threads` threads; the items are drawn one at a time.

    The first exception, of `work` or of drawing, ends it and is raised when all threads have ended.
    """
    source = iter(items)
    drawing, changed = threading.Lock(), threading.Condition()
    broken: list[BaseException] = []
    begun = ended = 0

    def draw_and_work() -> None:
        try:
            while not broken:
                patience.check()
                with drawing:
                    item = next(source)
                work(item)
                del item  # not kept while waiting for the next: it may be large
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            broken.append(error)

    def serve() -> None:
        nonlocal begun, ended
        with changed:
            begun += 1
        draw_and_work()
        with changed:
            ended += 1
            changed.notify_all()

    # Not by `join`: up to Python 3.12 a signal's exception in it marks a thread as ended that still works.
    try:
        for _ in range(threads):
            threading.Thread(target=serve, daemon=True).start()
        with changed:
            wait_until(lambda: ended == threads, changed)
    except BaseException:
        patience.stop.set()
        with changed:
            wait_until(lambda: ended == begun, changed)
        raise
    if broken:
        raise broken[0]
