"""A graph of 10,000 steps, mostly for what it costs when nothing has changed; and the engine's memory after it."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.bench import Bench
from benchmarks.contenders import Tool, Unmeasured, Warm
from benchmarks.graphs import Graph, chain, layers
from benchmarks.measurements import memory, subjects
from benchmarks.measurements.pipelines import Groups
from benchmarks.ours.home import Home, home
from benchmarks.peers import build_tools

_CACHED_TURNS = 3


def measure(bench: Bench) -> None:
    """Run it once, then unchanged a few times. Of the peers only the build tools: the others need many minutes."""
    depth, width = bench.sizes.large
    graph = layers(depth, width)
    title = f"{depth * width:,} steps ({width:,} chains of {depth:,})"
    groups = Groups(bench, "large", title, len(graph.steps), subjects.NINJA, subjects.NINJA)
    with home(bench.new_folder("large") / "home") as place:
        place.run(chain(1), "warm", bench.limit)
        contenders = _contenders(bench, place, graph, groups)
        turns = {one.title: groups.cached_turn(one) for one in contenders}
        bench.rounds(turns, min(bench.repeat, _CACHED_TURNS))
        memory.add_engine(bench, place, f"{memory.AFTER_LARGE} {len(graph.steps):,} steps")


def _contenders(bench: Bench, place: Home, graph: Graph, groups: Groups) -> list[Tool | Warm]:
    """Those for whom nothing is left to do, after they have run the graph once."""
    ready: list[Tool | Warm] = []
    for peer, installed in bench.peers.items():
        tool = Tool(bench, peer, installed)
        if peer is build_tools.MAKE:
            # make looks at times of files only, so it need not run 10,000 scripts to have nothing to do.
            layout = tool.lay_out(graph)
            try:
                tool.call(layout, [*peer.command(layout), "--touch"])
            except Unmeasured as reason:
                groups.cached.note(tool.title, str(reason))
                continue
            groups.cold.note(tool.title, "not run: its outputs were made by `make --touch`")
            ready.append(tool)
        elif peer is build_tools.NINJA and groups.cold_turn(tool, graph):
            ready.append(tool)
    # It is given longer than the peers: without its first run there is nothing to find unchanged.
    patient = replace(bench, limit=bench.limit * 3)
    ours = Warm(patient, place, "warm", subjects.WARM)
    return [*ready, ours] if groups.cold_turn(ours, graph) else ready
