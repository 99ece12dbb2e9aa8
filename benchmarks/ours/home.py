"""A Lazulite home of the benchmark's own: its processes, what they use, and their certain end."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks import processtree, programs
from benchmarks.graphs import Graph
from benchmarks.peers.peer import STEP_SCRIPT
from lazulite.api.connect import connect
from lazulite.api.service import Service
from lazulite.model.run import RunQuery, RunStatus

PROGRAMS = Path(__file__).parent
_END_SECONDS = 10.0
_START_SECONDS = 60.0


class Wrong(Exception):
    """What ran is not what was to be measured: the figure must not be believed."""


@dataclass(frozen=True)
class PipelineTimes:
    """One run of `pipeline.py`. Seconds; `parts` are those that it measured itself; `server` is what the engine, the
    nodes and the programs below them used (None where they did not live before)."""

    ended: programs.Ended
    parts: dict[str, float]
    server: processtree.Cpu | None


class Home:
    """A home folder with an engine that `close` ends, and all processes that served it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = programs.environment(
            LAZULITE_HOME=str(folder), LAZULITE_ENGINE_IDLE_SECONDS="3600"
        )
        self._source = folder.parent / f"{folder.name}-source"
        self._source.mkdir(parents=True)
        shutil.copy(STEP_SCRIPT, self._source)
        self._seed = 0
        self._seen: dict[int, psutil.Process] = {}

    @property
    def service(self) -> Service:
        """The system on this home."""
        return connect(str(self.folder))

    @property
    def engine(self) -> int:
        """The process of the engine."""
        pid = self.service.engine_status().pid
        if pid is None:
            raise Wrong("There is no engine.")
        return pid

    @property
    def nodes(self) -> list[int]:
        """The processes of the nodes."""
        return [node.pid for node in self.service.engine_status().nodes if node.pid is not None]

    @property
    def workspace(self) -> str:
        """The id of the benchmark's workspace."""
        return self.service.list_workspaces("benchmark")[0].id

    def processes(self) -> list[int]:
        """Engine and nodes, where they live; remembered for the end."""
        status = self.service.engine_status() if self.folder.exists() else None
        if status is None or status.pid is None:
            return []
        pids = [status.pid, *(node.pid for node in status.nodes if node.pid is not None)]
        self._seen.update({one.pid: one for one in processtree.with_descendants(pids)})
        return pids

    def call(self, program: str, *arguments: str, limit: float) -> dict[str, Any]:
        """Run a program of this folder on this home; return the JSON that it wrote to the file it was given last.

        Raises:
            Wrong: it failed, or was not done after `limit` seconds.
        """
        answer = self.folder.parent / f"{program}.json"
        command = [sys.executable, str(PROGRAMS / program), *arguments, str(answer)]
        ended = programs.run(command, self.folder.parent, self.environment, limit)
        if ended.timed_out or ended.code:
            raise Wrong(f"{program}: {ended.failure or f'not done after {limit:g} s'}")
        self.processes()
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found

    def start(self) -> None:
        """Make the workspace and the cluster; engine and nodes are up then, and nothing was run."""
        self.call("pipeline.py", limit=_START_SECONDS)

    def run(self, graph: Graph, mode: str, limit: float, *, cached: bool = False) -> PipelineTimes:
        """Run a graph through the SDK, in a program of its own.

        Args:
            graph: The graph.
            mode: "warm" or "fresh".
            limit: Seconds.
            cached: Submit what was submitted last, so that nothing needs to run.

        Raises:
            Wrong: it failed, or did not run (or reuse) every step.
        """
        self._seed += not cached
        files = self.folder.parent
        graph_file, timings = files / f"{graph.name}.json", files / f"{self.folder.name}-timings.json"
        graph.write(graph_file)
        timings.unlink(missing_ok=True)
        command = [sys.executable, str(PROGRAMS / "pipeline.py"), str(graph_file), str(self._source)]
        before = processtree.cpu(pids) if (pids := self.processes()) else None
        ended = programs.run([*command, str(self._seed), mode, str(timings)], files, self.environment, limit)
        server = processtree.spent(before, processtree.cpu(self.processes())) if before is not None else None
        if ended.timed_out:
            return PipelineTimes(ended, {}, server)
        if ended.code:
            raise Wrong(f"Lazulite: {ended.failure}")
        parts = json.loads(timings.read_text(encoding="utf-8"))
        self._check(str(parts.pop("run")), len(graph.steps), cached=cached)
        return PipelineTimes(ended, parts, server)

    def _check(self, run_id: str, steps: int, *, cached: bool) -> None:
        children = self.service.list_runs(self.workspace, RunQuery(parent_id=run_id))
        finished = [run for run in children if run.status is RunStatus.COMPLETED]
        reused = [run for run in finished if run.reused_run_id is not None]
        if len(finished) != steps or len(reused) != (steps if cached else 0):
            raise Wrong(f"Of {steps} steps {len(finished)} finished and {len(reused)} were reused.")

    def close(self) -> None:
        """Stop the engine and end all processes that served this home."""
        try:
            self.processes()
            self.service.stop_server()
            self.service.stop_engine()
        finally:
            alive = [process for process in self._seen.values() if process.is_running()]
            for process in alive:
                _terminate(process)
            for process in psutil.wait_procs(alive, timeout=_END_SECONDS)[1]:
                process.kill()


def _terminate(process: psutil.Process) -> None:
    try:
        process.terminate()
    except psutil.NoSuchProcess:
        return


@contextmanager
def home(folder: Path) -> Iterator[Home]:
    """A home that is gone, with all its processes, after the block, however it ends."""
    made = Home(folder)
    try:
        yield made
    finally:
        made.close()
