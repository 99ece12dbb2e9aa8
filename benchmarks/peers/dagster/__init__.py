"""Dagster: see `jobs.py`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import Layout, Peer


def _write(layout: Layout) -> None:
    layout.take(Path(__file__).with_name("jobs.py"))
    (layout.folder / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")


PEER = Peer(
    key="dagster",
    title="Dagster",
    idiom="an `@op` per step that runs the script by `subprocess`; `multiprocess_executor` with `max_concurrent: 2`",
    write=_write,
    command=lambda layout: [layout.program("dagster"), "job", "execute", "-f", "jobs.py", "-j", "pipeline"],
    requirement="dagster",
    program="dagster",
    caches=False,
    variables=lambda folder: {"DAGSTER_HOME": str(folder), "DAGSTER_DISABLE_TELEMETRY": "yes"},
)
