"""Snakemake: see `Snakefile`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.peer import PARALLEL, Peer

PEER = Peer(
    key="snakemake",
    title="Snakemake",
    idiom="one rule with a wildcard and a `shell:` directive; `snakemake -j2`",
    write=lambda layout: layout.take(Path(__file__).with_name("Snakefile")),
    command=lambda layout: [layout.program("snakemake"), "-j", str(PARALLEL), "--quiet", "all"],
    requirement="snakemake",
    program="snakemake",
)
