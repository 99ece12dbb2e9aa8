"""The nodes of one target as processes: started, adopted from an earlier engine, told to leave, given up.

What they work on is the cluster's matter.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lazulite import __version__
from lazulite.compute.processes import nodefile
from lazulite.compute.processes.link import Hear, Link
from lazulite.compute.processes.loop import Loop
from lazulite.compute.processes.protocol import Leave
from lazulite.model.assets import NodeState
from lazulite.worker.identity import ProcessIdentity

#: How long a node may take until it greets, in seconds: a new one loads its modules, one of an earlier engine just answers.
_START_SECONDS, _ANSWER_SECONDS = 60.0, 10.0
#: Nodes that end before they greet: how many in a row a job survives, and how long none is then started without need.
_FAILED_STARTS, _PAUSE_SECONDS = 2, 30.0


class Staff:
    """The nodes there are, by their ids in `links`.

    Args:
        loop: On whose thread everything happens.
        home: The home folder.
        workspace, compute: Whose nodes they are.
        slot: Gives each new node its number among the nodes of this machine.
        hear: Called with a node and what it says.
        closed: Called with a node that is gone.
        silent: Called with a node that did not greet in time.
    """

    def __init__(
        self,
        loop: Loop,
        home: Path,
        workspace: str,
        compute: str,
        slot: Callable[[], int],
        hear: Hear,
        closed: Callable[[Link], None],
        silent: Callable[[Link], None],
    ) -> None:
        self.links: dict[str, Link] = {}
        self._loop = loop
        self._home = home
        self._workspace = workspace
        self._compute = compute
        self._slot = slot
        self._hear = hear
        self._gone = closed
        self._silent = silent
        self._failed: Counter[str] = Counter()
        self._paused_until = 0.0

    def start(self, interpreter: str, idle_seconds: float) -> None:
        """Start a node.

        Raises:
            OSError, ValueError: the interpreter cannot be started.
        """
        node = nodefile.NodeFile(
            f"{re.sub(r'[^A-Za-z0-9_-]', '_', self._compute)[:32]}-{secrets.token_hex(4)}",
            self._workspace,
            self._compute,
            interpreter,
            self._slot(),
            idle_seconds,
            __version__,
        )
        link = self._link(nodefile.folder_of(self._home, node.id), node)
        try:
            link.start()
        except (OSError, ValueError):
            nodefile.remove(link.folder, node)
            self._pause(interpreter)
            raise
        self._expect(link, _START_SECONDS)

    def adopt(self, folder: Path, node: nodefile.NodeFile) -> bool:
        """Connect to a node of an earlier engine. False: it cannot be reached, and is ended."""
        link = self._link(folder, node)
        try:
            link.connect()
        except OSError:
            nodefile.kill(node)
            nodefile.remove(folder, node)
            return False
        self._expect(link, _ANSWER_SECONDS)
        return True

    def came(self, link: Link) -> None:
        """A node has greeted. What it has loaded must be what is installed now, or it is told to leave."""
        self._failed.pop(link.node.interpreter, None)
        if link.node.version != __version__ and not link.leaving:
            self.dismiss(link)

    def failed_again(self, link: Link) -> bool:
        """A node ended before it greeted; True if that keeps happening, so that the job that wanted it must fail."""
        self._pause(link.node.interpreter)
        self._failed[link.node.interpreter] += 1
        return self._failed[link.node.interpreter] >= _FAILED_STARTS

    def pause_left(self) -> float:
        """Seconds for which no node is to be started that no job asked for."""
        return max(0.0, self._paused_until - time.monotonic())

    def dismiss(self, link: Link) -> None:
        """Tell a node to leave when its job is over; an idle one is ended if it does not."""
        link.leaving = True
        link.send(Leave())
        if link.job is None:
            link.become(NodeState.LEAVING)
            self._loop.after(_ANSWER_SECONDS, partial(self._end_idle, link))

    def are_known(self) -> bool:
        """Whether every node of an earlier engine has said what it runs, or is known to run something."""
        return not any(link.adopted and not link.greeted and not link.job for link in self.links.values())

    def at(self, process: ProcessIdentity) -> Link | None:
        """The node whose process this is."""
        return next((link for link in self.links.values() if link.is_at(process)), None)

    def _link(self, folder: Path, node: nodefile.NodeFile) -> Link:
        return Link(self._loop, folder, node, self._hear, self._closed)

    def _expect(self, link: Link, seconds: float) -> None:
        self.links[link.node.id] = link
        self._loop.after(seconds, partial(self._late, link))

    def _late(self, link: Link) -> None:
        if not link.greeted and self._is_here(link):
            self._silent(link)

    def _end_idle(self, link: Link) -> None:
        if link.job is None and self._is_here(link):
            link.give_up()

    def _is_here(self, link: Link) -> bool:
        return self.links.get(link.node.id) is link

    def _closed(self, link: Link) -> None:
        self.links.pop(link.node.id, None)
        self._gone(link)
        nodefile.remove(link.folder, link.node)

    def _pause(self, interpreter: str) -> None:
        if interpreter == sys.executable:  # with which nodes are started that no job asked for
            self._paused_until = time.monotonic() + _PAUSE_SECONDS
