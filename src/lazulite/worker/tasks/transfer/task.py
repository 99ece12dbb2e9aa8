"""What goes where: the transfer task itself."""

from __future__ import annotations

from collections.abc import Mapping

from lazulite.model.amounts import counted, duration, size
from lazulite.worker.tasks.metrics import log_metrics
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.transfer.ends import ends
from lazulite.worker.tasks.transfer.files import copy_files
from lazulite.worker.tasks.transfer.kinds import Spot, destination_kind, source_kind
from lazulite.worker.tasks.transfer.progress import Pace, say


def run(order: TaskOrder) -> None:
    """Copy the step's source to its destination.

    Raises:
        LazuliteError: it cannot be done; nothing half done is visible.
    """
    pace = Pace()
    source, destination = ends(order)
    say(f"From {source} to {destination}.")
    numbers = _files(source, destination, pace)
    _tell(numbers, pace.seconds)
    log_metrics(order, {**numbers, "seconds": round(pace.seconds, 3)})


def _files(source: Spot, destination: Spot, pace: Pace) -> Mapping[str, int]:
    source.store.require()
    kind = source_kind(source)
    target_kind = destination_kind(destination, kind)
    say(f"A {kind} to a {target_kind}.")
    copied = copy_files(source, destination, kind, target_kind, pace.files)
    return {"files": copied.files, "bytes": copied.bytes}


def _tell(numbers: Mapping[str, int], seconds: float) -> None:
    words = [counted(numbers[name], name[:-1]) for name in ("files", "rows") if name in numbers]
    words.append(size(numbers["bytes"]))
    say(f"Copied {', '.join(words)} in {duration(seconds)} ({size(int(numbers['bytes'] / seconds))}/s).")
