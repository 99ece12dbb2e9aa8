"""Telling the engine how the nodes of a target are: soon, and not for each of a thousand short jobs.

Each report is a transaction of the engine's. Nodes that come, are ready, or go are told at once; which job a node works
on is told at once if nothing was told lately, else a little later, when it may be another job already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from lazulite.compute.base import NodesChanged, Report
from lazulite.compute.processes.link import Link
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import NodeState

#: Seconds between two reports about which node works on which job.
_SECONDS = 0.25
_WORKING = frozenset({NodeState.IDLE, NodeState.RUNNING})

#: Of each node its id, its state and its job.
_Marks = tuple[tuple[str, NodeState, "str | None"], ...]


class NodeNews:
    """The reports about one target's nodes."""

    def __init__(self, loop: Loop, workspace: str, compute: str, report: Callable[[Report], None]) -> None:
        self._loop = loop
        self._workspace = workspace
        self._compute = compute
        self._report = report
        self._told: _Marks | None = None
        self._at = -_SECONDS

    @property
    def has_nodes(self) -> bool:
        """Whether there were nodes in the last report."""
        return bool(self._told)

    def look(self, links: Collection[Link], again: Callable[[], None]) -> None:
        """Report the nodes if they changed and it is time; else have `again` called when it is."""
        marks = _marks(links)
        if marks == self._told:
            return
        left = self._at + _SECONDS - time.monotonic()
        if left > 0 and self._told is not None and _shape(marks) == _shape(self._told):
            self._loop.once_in(left, again)
        else:
            self.tell(links)

    def catch_up(self, links: Collection[Link]) -> None:
        """Report the nodes now, if they changed."""
        if _marks(links) != self._told:
            self.tell(links)

    def tell(self, links: Collection[Link]) -> None:
        """Report these nodes now."""
        self._told = _marks(links)
        self._at = time.monotonic()
        self._report(NodesChanged(self._workspace, self._compute, tuple(link.seen() for link in links)))


def _marks(links: Collection[Link]) -> _Marks:
    return tuple((link.node.id, link.state, link.job) for link in links)


def _shape(marks: _Marks) -> list[tuple[str, NodeState]]:
    """Which nodes there are, and of each whether it comes, works or goes."""
    return [(node, NodeState.IDLE if state in _WORKING else state) for node, state, _ in marks]
