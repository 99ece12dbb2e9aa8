"""The measurements, by the names that `--only` takes, in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.bench import Bench
from benchmarks.measurements import (
    data,
    large,
    listing,
    memory,
    pipelines,
    rest,
    snapshots,
    starting,
    transfers,
)

ALL: Mapping[str, Callable[[Bench], None]] = {
    "starting": starting.measure,
    "first-line": starting.measure_first_line,
    "chain": pipelines.measure_chain,
    "join": pipelines.measure_join,
    "fan-out": pipelines.measure_fan_out,
    "large": large.measure,
    "memory": memory.measure,
    "snapshot": snapshots.measure,
    "upload": data.measure,
    "transfers": transfers.measure,
    "listing": listing.measure,
    "rest": rest.measure,
}
