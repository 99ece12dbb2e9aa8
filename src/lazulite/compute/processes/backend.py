"""`ProcessCompute`: the `Compute` protocol on processes of this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lazulite.compute.base import Report
from lazulite.compute.processes.fleet import Fleet
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import ComputeTarget, Node
from lazulite.model.job import Job

_ANSWER_SECONDS = 10.0


class ProcessCompute:
    """Runs jobs on node processes of this machine. See `compute.base` for what holds.

    Args:
        home: The home folder; nodes leave `nodes/<id>/` in it.
        report: Takes what happens, called from one thread of the backend.
    """

    def __init__(self, home: Path, report: Callable[[Report], None]) -> None:
        self._loop = Loop("processes")
        self._fleet = Fleet(self._loop, home.absolute(), report)
        self._loop.start()
        self._loop.call(self._fleet.adopt)

    def launch(self, job: Job, target: ComputeTarget) -> None:
        """Run the job on a node of the target, now or when one is free."""
        self._loop.call(partial(self._fleet.launch, job, target))

    def cancel(self, job_id: str) -> None:
        """End the job: asked politely, then by force."""
        self._loop.call(partial(self._fleet.cancel, job_id))

    def resize(self, workspace: str, target: ComputeTarget) -> None:
        """Bring the nodes in line with the target's definition."""
        self._loop.call(partial(self._fleet.resize, workspace, target))

    def remove(self, workspace: str, compute: str) -> None:
        """The target was deleted: its nodes stop as their jobs end."""
        self._loop.call(partial(self._fleet.remove, workspace, compute))

    def nodes(self) -> tuple[Node, ...]:
        """All nodes of all targets."""
        answer: list[tuple[Node, ...]] = []
        done = threading.Event()

        def ask() -> None:
            answer.append(self._fleet.nodes())
            done.set()

        if self._loop.call(ask):
            done.wait(_ANSWER_SECONDS)
        return answer[0] if answer else ()

    def close(self, *, stop_nodes: bool) -> None:
        """The engine ends. With `stop_nodes` nodes end as soon as they are idle; jobs in flight go on."""
        self._loop.call(partial(self._fleet.release, stop_nodes=stop_nodes))
        self._loop.stop()
