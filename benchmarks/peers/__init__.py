"""The tools that Lazulite is measured beside, each by its own idiom for "one Python script per step"."""

from __future__ import annotations

from benchmarks.peers import bare, build_tools, dagster, dvc, luigi, metaflow, prefect, snakemake
from benchmarks.peers.peer import Layout, Peer

#: In the order of the tables; the first three are the baselines.
ALL: tuple[Peer, ...] = (
    bare.SEQUENCE,
    bare.XARGS,
    build_tools.MAKE,
    build_tools.NINJA,
    luigi.PEER,
    snakemake.PEER,
    prefect.PEER,
    dvc.PEER,
    metaflow.PEER,
    dagster.PEER,
)
#: The ones that call themselves orchestrators: "ahead of every orchestrator" is about these.
ORCHESTRATORS = ("luigi", "snakemake", "prefect", "dvc", "metaflow", "dagster")

__all__ = ["ALL", "ORCHESTRATORS", "Layout", "Peer"]
