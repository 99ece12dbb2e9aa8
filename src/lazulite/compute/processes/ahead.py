"""Giving nodes their next job before they are done with the present one.

A node that has to wait for our answer between two jobs of a few milliseconds is idle for a good part of its time. So
where jobs are short, each node holds one more than it runs. That must cost nobody anything: a job is given ahead only if
no node could begin it now, and it is taken back when one can, or when the job before it turns out not to be short.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping

from lazulite.compute.processes.link import Link
from lazulite.compute.processes.loop import Loop
from lazulite.model.assets import NodeState
from lazulite.model.job import Job

#: How long a short job takes on its node, in seconds, and how many in a row were short before the next is taken to be.
_SHORT_SECONDS, _IN_A_ROW = 0.1, 4


class Ahead:
    """What the nodes of one target are given ahead.

    Args:
        loop: On whose thread everything happens.
        links: The nodes.
        waiting: The jobs that wait, the next one first.
        give: Gives a job to a node.
    """

    def __init__(
        self,
        loop: Loop,
        links: Mapping[str, Link],
        waiting: Mapping[str, Job],
        give: Callable[[Link, Job], None],
    ) -> None:
        self._loop = loop
        self._links = links
        self._waiting = waiting
        self._give = give
        self._short_in_a_row = 0

    def over(self, link: Link) -> None:
        """The job that the node runs is over."""
        is_short = time.monotonic() - link.clock < _SHORT_SECONDS
        self._short_in_a_row = self._short_in_a_row + 1 if is_short else 0

    def look(self, most: int) -> None:
        """Give what can be given, and take back what could begin earlier elsewhere; `most` nodes may work."""
        running = [link for link in self._links.values() if link.state is NodeState.RUNNING]
        if len(running) > most:
            for link in running:
                link.recall()
        elif self._waiting:
            if len(self._links) >= most and self._short_in_a_row >= _IN_A_ROW:
                self._hand_out(running)
        else:
            self._use_idle(running)
        self._take_back_late()

    def _hand_out(self, running: list[Link]) -> None:
        if any(link.state in (NodeState.IDLE, NodeState.PREPARING) for link in self._links.values()):
            return  # made room for, or coming, for the very job
        since = time.monotonic() - _SHORT_SECONDS
        for link in sorted(running, key=lambda link: link.clock):
            if link.next is None and link.greeted and not link.leaving and link.clock > since:
                job = next(iter(self._waiting.values()), None)
                if job is not None and job.interpreter == link.node.interpreter:
                    self._give(link, job)

    def _use_idle(self, running: list[Link]) -> None:
        """Take back a job for each idle node, the one first that would begin last."""
        holding = [link for link in running if link.next is not None]
        if not holding:
            return
        idle = Counter(link.node.interpreter for link in self._links.values() if link.state is NodeState.IDLE)
        idle.subtract(link.node.interpreter for link in holding if link.recalled)
        for link in sorted(holding, key=lambda link: link.clock, reverse=True):
            if idle[link.node.interpreter] > 0 and not link.recalled:
                idle[link.node.interpreter] -= 1
                link.recall()

    def _take_back_late(self) -> None:
        """Take back what waits behind a job that is not short, now and when there may be more of it."""
        now = time.monotonic()
        holding = [link for link in self._links.values() if link.next is not None and not link.recalled]
        for link in holding:
            if link.clock + _SHORT_SECONDS <= now:
                link.recall()
        due = [link.clock + _SHORT_SECONDS for link in holding if not link.recalled]
        if due:
            self._loop.once_in(min(due) - now, self._take_back_late)
