"""The same work on many things at once, by threads that nobody has to wait for when it is to end."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
_THREADS = 8
#: A signal that comes in the moment before a wait begins is noticed only when that wait ends: so none is long.
_SECONDS_BETWEEN_LOOKS = 0.1


def wait_until(holds: Callable[[], bool], changed: threading.Condition) -> None:
    """Wait, with the condition held, until what it tells of holds; a signal is noticed at once or nearly so."""
    while not changed.wait_for(holds, _SECONDS_BETWEEN_LOOKS):
        pass


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
        _join(workers)
    except BaseException:
        waiting.clear()
        raise
    if errors:
        raise errors[0]


def _join(workers: Iterable[threading.Thread]) -> None:
    for worker in workers:
        while worker.is_alive():
            worker.join(_SECONDS_BETWEEN_LOOKS)
