"""Prefect: see `flow.py`. Its server is the temporary one that it starts itself where none is configured."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import Peer

PEER = Peer(
    key="prefect",
    title="Prefect",
    idiom="a flow that submits a `@task` per step to a `ThreadPoolTaskRunner(max_workers=2)`; the task runs the script by "
    "`subprocess`; cached by `cache_policy=INPUTS`",
    write=lambda layout: layout.take(Path(__file__).with_name("flow.py")),
    command=lambda layout: [layout.program("python"), "flow.py"],
    # Its database is made once on a machine, not by each run.
    prepare=lambda layout: [layout.program("prefect"), "server", "database", "upgrade", "--yes"],
    requirement="prefect",
    # Prefect 3.8 takes every FastAPI below 1.0, and cannot be imported with 0.165.
    also=("fastapi<0.142",),
    program="prefect",
    variables=lambda folder: {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    },
)
