"""Those who run a graph: the peers, and Lazulite in its ways. Each runs it new (`cold`), then unchanged (`cached`)."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.graphs import OUTPUTS, Graph
from benchmarks.installing import Installed
from benchmarks.ours.home import Home, PipelineTimes, Wrong, home
from benchmarks.peers import Layout, Peer
from benchmarks.peers.peer import STEP_SCRIPT


class Unmeasured(Exception):
    """There is no figure; the text is the reason, for the table."""


@dataclass(frozen=True)
class Timing:
    """Seconds that running a graph took, and the processor time of all that took part; Lazulite's own details."""

    wall: float
    cpu: float | None = None
    details: PipelineTimes | None = None


class Contender(Protocol):
    """Somebody who runs graphs."""

    title: str
    caches: bool

    def cold(self, graph: Graph) -> Timing:
        """Run it where nothing of it was ever run. Raises `Unmeasured`."""
        ...

    def cached(self) -> Timing:
        """Run what `cold` ran last once more, unchanged. Raises `Unmeasured`."""
        ...


class Tool:
    """A peer: a new folder for each cold run."""

    def __init__(self, bench: Bench, peer: Peer, installed: Installed) -> None:
        self.title, self.caches = peer.title, peer.caches
        self._bench, self._peer, self._installed = bench, peer, installed
        self._layout: Layout | None = None
        self._written: dict[str, int] = {}

    def cold(self, graph: Graph) -> Timing:
        layout = self.lay_out(graph)
        if self._peer.prepare is not None:
            self.call(layout, self._peer.prepare(layout))
        timing = self._timed(layout)
        self._written = _written(layout)
        return timing

    def cached(self) -> Timing:
        if self._layout is None:
            raise Unmeasured("it was not run before")
        timing = self._timed(self._layout)
        again = _written(self._layout)
        rerun = sum(again[name] != at for name, at in self._written.items())
        if rerun:
            raise Unmeasured(f"it ran {rerun} of {len(self._written)} steps again")
        return timing

    def lay_out(self, graph: Graph) -> Layout:
        """Make a new work folder for a graph."""
        folder = self._bench.new_folder(self._peer.key)
        (folder / OUTPUTS).mkdir()
        shutil.copy(STEP_SCRIPT, folder)
        graph.write(folder / "graph.json")
        self._layout = Layout(folder, graph, sys.executable, self._installed.programs)
        self._peer.write(self._layout)
        return self._layout

    def call(self, layout: Layout, command: list[str]) -> programs.Ended:
        """Run a program in the work folder.

        Raises:
            Unmeasured: it failed, or was not done in time.
        """
        own = layout.folder / ".home"  # what tools write for "the user" goes here
        own.mkdir(exist_ok=True)
        path = [str(layout.programs)] if layout.programs else []
        variables = programs.environment(
            HOME=str(own),
            STEP_PYTHON=layout.python,
            PATH=os.pathsep.join([*path, os.environ.get("PATH", os.defpath)]),
            **self._peer.variables(layout.folder),
        )
        ended = programs.run(command, layout.folder, variables, self._bench.limit)
        if ended.timed_out:
            raise Unmeasured(f"> {self._bench.limit:g} s")
        if ended.failure:
            raise Unmeasured(ended.failure)
        return ended

    def _timed(self, layout: Layout) -> Timing:
        ended = self.call(layout, self._peer.command(layout))
        written, expected = len(_written(layout)), len(layout.graph.steps)
        if written < expected:
            raise Unmeasured(f"it ended well, but wrote {written} of {expected} outputs")
        return Timing(ended.wall, ended.cpu)


def _written(layout: Layout) -> dict[str, int]:
    """When each output was written, in nanoseconds."""
    return {
        entry.name: entry.stat().st_mtime_ns
        for entry in os.scandir(layout.folder / OUTPUTS)
        if entry.name.endswith(".txt")
    }


class Warm:
    """Lazulite with an engine and nodes that are up, in one of its two modes ("warm", "fresh")."""

    caches = True

    def __init__(self, bench: Bench, place: Home, mode: str, title: str) -> None:
        self.title = title
        self._bench, self._home, self._mode = bench, place, mode
        self._graph: Graph | None = None

    def cold(self, graph: Graph) -> Timing:
        self._graph = graph
        return self._timed(graph, cached=False)

    def cached(self) -> Timing:
        if self._graph is None:
            raise Unmeasured("it was not run before")
        return self._timed(self._graph, cached=True)

    def _timed(self, graph: Graph, *, cached: bool) -> Timing:
        try:
            times = self._home.run(graph, self._mode, self._bench.limit, cached=cached)
        except Wrong as error:
            raise Unmeasured(str(error)) from error
        if times.ended.timed_out:
            raise Unmeasured(f"> {self._bench.limit:g} s")
        server = times.server.own + times.server.children if times.server else 0.0
        return Timing(times.ended.wall, times.ended.cpu + server, times)


class Cold:
    """Lazulite where there is nothing: no home, no workspace, no engine, no node."""

    caches = False

    def __init__(self, bench: Bench, title: str) -> None:
        self.title = title
        self._bench = bench

    def cold(self, graph: Graph) -> Timing:
        folder: Path = self._bench.new_folder("cold") / "home"
        with home(folder) as place:
            timing = Warm(self._bench, place, "warm", self.title).cold(graph)
        return Timing(timing.wall)

    def cached(self) -> Timing:
        raise Unmeasured("its home is new each time")
