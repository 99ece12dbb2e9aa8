"""Luigi: see `pipeline.py`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import PARALLEL, Peer

PEER = Peer(
    key="luigi",
    title="Luigi",
    idiom="an `ExternalProgramTask` per step, which is Luigi's own task for running a program; `--workers 2 --local-scheduler`",
    write=lambda layout: layout.take(Path(__file__).with_name("pipeline.py")),
    command=lambda layout: [
        *(layout.program("luigi"), "--module", "pipeline", "All"),
        *("--workers", str(PARALLEL), "--local-scheduler", "--log-level", "WARNING"),
    ],
    requirement="luigi",
    program="luigi",
    variables=lambda folder: {"PYTHONPATH": str(folder)},
)
