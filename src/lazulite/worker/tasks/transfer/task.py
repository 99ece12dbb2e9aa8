"""What goes where: the transfer task itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO, cast

from lazulite.model.amounts import counted, duration, size
from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.metrics import log_metrics
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.transfer import columns, text
from lazulite.worker.tasks.transfer.ends import End, Rowset, ends
from lazulite.worker.tasks.transfer.files import copy_files
from lazulite.worker.tasks.transfer.kinds import DIRECTORY, FILE, Spot, destination_kind, source_kind
from lazulite.worker.tasks.transfer.progress import Pace, counting, say
from lazulite.worker.tasks.transfer.tables import append, selected


def run(order: TaskOrder) -> None:
    """Copy the step's source to its destination.

    Raises:
        LazuliteError: it cannot be done; nothing half done is visible.
    """
    pace = Pace()
    source, destination = ends(order)
    say(f"From {source} to {destination}.")
    numbers = _moved(source, destination, pace)
    _tell(numbers, pace.seconds)
    log_metrics(order, {**numbers, "seconds": round(pace.seconds, 3)})


def _moved(source: End, destination: End, pace: Pace) -> Mapping[str, int]:
    if isinstance(source, Rowset):
        if isinstance(destination, Rowset):
            return _rows_to_table(source, destination, pace)
        return _rows_to_file(source, destination, pace)
    source.store.require()
    if isinstance(destination, Rowset):
        return _file_to_table(source, destination, pace)
    return _files(source, destination, pace)


def _files(source: Spot, destination: Spot, pace: Pace) -> Mapping[str, int]:
    kind = source_kind(source)
    target_kind = destination_kind(destination, kind)
    say(f"A {kind} to a {target_kind}.")
    copied = copy_files(source, destination, kind, target_kind, pace.files)
    return {"files": copied.files, "bytes": copied.bytes}


def _rows_to_file(source: Rowset, destination: Spot, pace: Pace) -> Mapping[str, int]:
    destination.store.require()
    if destination_kind(destination, FILE) == DIRECTORY:
        inner = f"{destination.path}/{source.name}.csv".lstrip("/")
        destination = replace(destination, path=inner)
        say(f"The file is {destination}.")
    with selected(source.database, source.asked) as found:
        rows = counting(found, pace)
        if columns.is_parquet(destination.path):
            written = columns.write(rows.rows, destination)
        else:
            pulled = text.Pulled(text.encoded(rows.rows))
            destination.store.put(destination.path, cast("BinaryIO", pulled), overwrite=True)
            written = pulled.bytes
    return {"files": 1, "rows": rows.count, "bytes": written}


def _file_to_table(source: Spot, destination: Rowset, pace: Pace) -> Mapping[str, int]:
    if source_kind(source) == DIRECTORY:
        raise InvalidRequest(
            f"The source, {source}, is a directory. Rows are read from one file: give its path."
        )
    length = source.store.list_files(source.path, limit=1)[0].size
    table = str(destination.asked["table"])
    if columns.is_parquet(source.path):
        with columns.opened(source) as rows:
            count = append(destination.database, table, rows, pace.rows)
    else:
        with source.store.open_file(source.path) as opened:
            rows = text.decoded(opened, f"{source}")
            count = append(destination.database, table, rows, pace.rows)
    return {"files": 1, "rows": count, "bytes": length}


def _rows_to_table(source: Rowset, destination: Rowset, pace: Pace) -> Mapping[str, int]:
    with selected(source.database, source.asked) as rows:
        return {"rows": append(destination.database, str(destination.asked["table"]), rows, pace.rows)}


def _tell(numbers: Mapping[str, int], seconds: float) -> None:
    words = [counted(numbers[name], name[:-1]) for name in ("files", "rows") if name in numbers]
    rate = (
        f"{numbers['rows'] / seconds:,.0f} rows"
        if "rows" in numbers
        else size(int(numbers["bytes"] / seconds))
    )
    if "bytes" in numbers:
        words.append(size(numbers["bytes"]))
    say(f"Copied {', '.join(words)} in {duration(seconds)} ({rate}/s).")
