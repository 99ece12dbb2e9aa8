"""The same work on many things at once, by threads that nobody has to wait for when it is to end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
_THREADS = 8


def each(items: Iterable[T], work: Callable[[T], object], threads: int = _THREADS) -> None:
    """Do `work` on every item; the first error ends it and is raised, when what was begun is done.

    An exception in the calling thread itself (a cancellation) is raised at once: what was begun goes on for as long as
    it takes and is of no use any more, and nothing else is begun.
    """
    waiting = deque(items)
    if len(waiting) == 1:
        work(waiting.pop())
        return
    errors: list[BaseException] = []

    def run() -> None:
        while not errors:
            try:
                item = waiting.popleft()
            except IndexError:
                return
            try:
                work(item)
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                errors.append(error)

    workers = [
        threading.Thread(target=run, daemon=True, name="transfer") for _ in range(min(threads, len(waiting)))
    ]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            worker.join()
    except BaseException:
        waiting.clear()
        raise
    if errors:
        raise errors[0]
