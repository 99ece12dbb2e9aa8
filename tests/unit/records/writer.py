"""What other processes do in the tests: `python writer.py <location> <workspace> <name>` writes until it is killed."""

from __future__ import annotations

import sys

from tests.unit.records.samples import add_pipeline, metric, status

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.run import RunStatus
from lazulite.records.database import open_records


def write(location: str, ws: str, name: str, rounds: int) -> list[int]:
    """Do `rounds` rounds of every kind of write; return the numbers of the runs added."""
    records = open_records(location)
    numbers = []
    for place in range(rounds):
        pipeline, steps = add_pipeline(records, ws, "a", "b")
        numbers.append(pipeline.number)
        records.record(pipeline.id, [status(step, RunStatus.RUNNING) for step in (pipeline, *steps)])
        records.add_metrics(steps[0].id, [metric(name, place)], 0)
        records.put_asset(ws, Asset(AssetKind.MODEL, "shared", {"by": name}))
        records.record(pipeline.id, [status(step, RunStatus.COMPLETED) for step in (*steps, pipeline)])
        print(pipeline.id, flush=True)
    records.close()
    return numbers


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], "killed", sys.maxsize)
