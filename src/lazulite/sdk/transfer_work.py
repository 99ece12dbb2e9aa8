"""Moving many files at a time: every failure kept by name, what all would meet ends it, what broke is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lazulite.model.errors import LazuliteError, ServiceUnavailable, StorageFull, TransferFailed
from lazulite.storage import failures
from lazulite.storage.copying import TransferResult
from lazulite.storage.meter import Meter, TransferProgress

_THREADS = 8
#: Seconds before a file is tried again after its connection broke.
_PAUSES = (0.2, 1.0, 3.0)


class Stopped(Exception):
    """Another file met what every file would meet."""


@dataclass
class Work:
    """What the threads of one transfer share."""

    meter: Meter
    failed: dict[str, str]
    skipped: list[str] = field(default_factory=list)
    fatal: list[BaseException] = field(default_factory=list)

    def tick(self, name: str, count: int) -> None:
        """Count bytes that were moved; a negative number takes back those of a try that failed."""
        if self.fatal and count > 0:
            raise Stopped
        self.meter.piece(name, count)


def again(attempt: Callable[[], bool]) -> bool:
    """Do something, and again if the connection broke."""
    for pause in _PAUSES:
        try:
            return attempt()
        except ServiceUnavailable:
            time.sleep(pause)
    return attempt()


def work_on(
    sizes: Iterable[int],
    count: int,
    progress: Callable[[TransferProgress], None] | None,
    failed: dict[str, str],
) -> Work:
    """Return the work on `count` files of these sizes; `failed` are those known before, by name with the reason."""
    return Work(Meter(count, sum(sizes), progress), failed)


def run(
    work: Work,
    paths: Iterable[str],
    move: Callable[[str], None],
    names: Mapping[str, str],
    folder: Path | None = None,
) -> None:
    """Move every file, several at a time; what all would meet ends it.

    Args:
        work: What is shared.
        paths: The files.
        move: Moves one of them.
        names: How messages call each.
        folder: The folder of this machine that is written to, if one is.

    Raises:
        StorageFull, ServiceUnavailable: what all would meet. What is complete stays.
    """
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="lazulite-transfer") as pool:
        moving = [pool.submit(_attempt, work, move, path, names[path], folder) for path in paths]
        try:
            for one in moving:
                one.result()
        except BaseException as error:
            work.fatal.append(error)
            raise
    work.meter.finish()
    if work.fatal:
        raise work.fatal[0]


def _attempt(work: Work, move: Callable[[str], None], path: str, name: str, folder: Path | None) -> None:
    if work.fatal:
        return
    try:
        move(path)
    except Stopped:
        return
    except (StorageFull, ServiceUnavailable) as error:
        work.fatal.append(error)
    except LazuliteError as error:
        work.failed[name] = error.message
    except OSError as error:
        if folder is not None and failures.is_full(error):
            work.fatal.append(failures.full(folder, f"{path} could not be copied to it"))
        else:
            work.failed[name] = failures.reason(error)
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
        work.fatal.append(error)


def result(work: Work, count: int, title: str) -> TransferResult:
    """Return what was done.

    Raises:
        TransferFailed: files were not copied, each with its reason.
    """
    if work.failed:
        raise TransferFailed(
            f"{len(work.failed)} of {max(count, len(work.failed))} files were not copied to {title}:",
            work.failed,
        )
    skipped = tuple(sorted(work.skipped))
    return TransferResult(work.meter.files - len(skipped), len(skipped), work.meter.bytes, skipped)
