"""The work of a transfer: a list of files, copied by as many threads as help, with every failure kept by name."""

from __future__ import annotations

import itertools
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model.errors import StorageFull, TransferFailed
from lazulite.storage import failures, files
from lazulite.storage.meter import Meter, TransferProgress
from lazulite.storage.parallel import wait_until

_THREADS = 8
#: So many files are copied first by one thread, to see whether the disk makes it wait: with small files on a fast
#: disk several threads are slower than one, on a network disk many times faster.
_SAMPLE = 24
#: The part of the time spent waiting from which on threads help.
_WAITING = 0.75
_BYTES_PER_THREAD = 64 << 20


@dataclass(frozen=True)
class TransferResult:
    """What a transfer did: numbers of files copied and skipped, bytes copied, and which files were skipped because
    the target existed."""

    copied: int
    skipped: int
    bytes: int
    skipped_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One file to copy."""

    name: str  # how messages call the file
    source: str
    target: str
    status: os.stat_result


@dataclass
class _State:
    """What the threads of one transfer share. Appending to and popping from its containers is atomic."""

    tasks: deque[Task]
    folder: Path  # the root that is written to
    overwrite: bool
    meter: Meter
    failed: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    full: StorageFull | None = None
    broken: BaseException | None = None  # what the listener raised
    stop: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
    begun: int = 0  # threads that copy or have copied
    ended: int = 0


def copy_all(
    tasks: list[Task],
    folder: Path,
    title: str,
    overwrite: bool,
    progress: Callable[[TransferProgress], None] | None,
    failed: dict[str, str],
) -> TransferResult:
    """Copy every file, and only then raise what went wrong with some.

    Args:
        tasks: The files.
        folder: The root that is written to.
        title: How messages call it.
        overwrite: Replace files that are there.
        progress: Told how far it is.
        failed: Files that cannot be copied, known before; more are added.

    Raises:
        StorageFull: the disk under `folder` is full.
        TransferFailed: there are failed files.
    """
    total = sum(task.status.st_size for task in tasks)
    meter = Meter(len(tasks), total, progress)
    state = _State(deque(tasks), folder, overwrite, meter, failed)
    _make_folders(state)
    if total < _BYTES_PER_THREAD and not _waits(state):
        _work(state)
    else:
        _in_threads(state, min(_THREADS, len(state.tasks)))
    meter.finish()
    if state.full:
        raise state.full
    if failed:
        raise TransferFailed(
            f"{len(failed)} of {len(tasks) + _unread(failed, tasks)} files were not copied to {title}:",
            failed,
        )
    skipped = tuple(sorted(state.skipped))
    return TransferResult(meter.files - len(skipped), len(skipped), meter.bytes, skipped)


def _unread(failed: dict[str, str], tasks: list[Task]) -> int:
    return len(failed.keys() - {task.name for task in tasks})


def _make_folders(state: _State) -> None:
    """Create the folders of all targets once, before the files."""
    parents = {os.path.dirname(task.target) for task in state.tasks}  # noqa: PTH120
    broken = {parent: why for parent in sorted(parents) if (why := _make_folder(parent, state))}
    if broken:
        tasks = tuple(state.tasks)
        state.tasks = deque(task for task in tasks if os.path.dirname(task.target) not in broken)  # noqa: PTH120
        for task in tasks:
            why = broken.get(os.path.dirname(task.target))  # noqa: PTH120
            if why:
                state.failed[task.name] = why


def _make_folder(parent: str, state: _State) -> str | None:
    try:
        os.makedirs(parent, exist_ok=True)  # noqa: PTH103
    except OSError as error:
        if failures.is_full(error):
            raise failures.full(state.folder, "no folder could be created") from error
        return f"its folder {parent} could not be created, {failures.reason(error)}"
    return None


def _in_threads(state: _State, count: int) -> None:
    threads = [threading.Thread(target=_work_aside, args=(state,), daemon=True) for _ in range(count)]
    # Not by `join`: up to Python 3.12 a signal's exception in it marks a thread as ended that still works.
    try:
        for thread in threads:
            thread.start()
        with state.changed:
            wait_until(lambda: state.ended == count, state.changed)
    except BaseException:
        state.stop.set()
        with state.changed:
            wait_until(lambda: state.ended == state.begun, state.changed)
        raise
    if state.broken:
        raise state.broken


def _work_aside(state: _State) -> None:
    with state.changed:
        state.begun += 1
    try:
        _work(state)
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
        state.broken = error
        state.stop.set()
    finally:
        with state.changed:
            state.ended += 1
            state.changed.notify_all()


def _waits(state: _State) -> bool:
    """Copy the first files; tell whether that was mostly waiting rather than work of this machine."""
    began, worked = time.monotonic(), time.thread_time()
    _work(state, _SAMPLE)
    elapsed = time.monotonic() - began
    return elapsed - (time.thread_time() - worked) > _WAITING * elapsed


def _work(state: _State, limit: int | None = None) -> None:
    for _ in itertools.count() if limit is None else range(limit):
        if state.stop.is_set():
            return
        try:
            task = state.tasks.popleft()
        except IndexError:
            return
        try:
            _copy(task, state)
        except files.Interrupted:
            return
        except OSError as error:
            if failures.is_full(error):
                state.full = failures.full(state.folder, f"{task.name} could not be copied to it")
                state.stop.set()
                return
            state.failed[task.name] = failures.reason(error)


def _copy(task: Task, state: _State) -> None:
    if os.path.lexists(task.target):
        if os.path.isdir(task.target):  # noqa: PTH112
            state.failed[task.name] = f"a folder is at {task.target}"
            return
        if not state.overwrite:
            state.skipped.append(task.name)
            state.meter.done(task.name, task.status.st_size, copied=False)
            return
    pieces = 0

    def tick(count: int) -> None:
        nonlocal pieces
        pieces += count
        if state.stop.is_set():
            raise files.Interrupted
        state.meter.piece(task.name, count)

    # As `cp` does: a program stays one, the rest of the permissions is the reader's own choice.
    mode = 0o777 if task.status.st_mode & stat.S_IXUSR else 0o666
    size = files.copy(
        task.source,
        task.target,
        size=task.status.st_size,
        mode=mode,
        mtime_ns=task.status.st_mtime_ns,
        tick=tick,
    )
    state.meter.done(task.name, size - pieces)
