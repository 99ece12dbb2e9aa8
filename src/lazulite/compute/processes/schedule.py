"""Which nodes of a target to use, start and stop: a pure function of what there is and what waits.

Jobs are served in the order of their launch. A job needs a node with its interpreter; where the target has as many
nodes as it may, an idle one with another interpreter makes room. No more nodes work than the target may have, so that
a target that was made smaller shrinks although jobs wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lazulite.model.assets import NodeState

_LIVE = frozenset({NodeState.PREPARING, NodeState.IDLE, NodeState.RUNNING})


@dataclass(frozen=True)
class Seen:
    """A node as the schedule sees it; `since` in seconds of the same clock as `now`."""

    id: str
    interpreter: str
    state: NodeState
    since: float


@dataclass(frozen=True)
class Bounds:
    """What the target's definition allows."""

    min_nodes: int
    max_nodes: int
    idle_seconds: float


@dataclass
class Decision:
    """What to do now, and (`again`, seconds from now) when to decide again if nothing happens before."""

    use: list[tuple[int, str]] = field(default_factory=list)  # position in the queue, node
    start: list[str] = field(default_factory=list)  # interpreters
    stop: list[str] = field(default_factory=list)  # nodes
    again: float | None = None


def decide(
    nodes: Sequence[Seen], waiting: Iterable[str], bounds: Bounds, now: float, interpreter: str
) -> Decision:
    """Return what to do.

    Args:
        nodes: All nodes there are, unusable ones left out.
        waiting: The interpreter of each waiting job, in the order of launch. No more are looked at than nodes are free.
        bounds: Of the target.
        now: The clock.
        interpreter: For nodes that no job asked for.
    """
    decision = Decision()
    idle = {node.id: node for node in nodes if node.state is NodeState.IDLE}
    preparing = [node.interpreter for node in nodes if node.state is NodeState.PREPARING]
    leaving = sum(node.state is NodeState.LEAVING for node in nodes)
    free = bounds.max_nodes - sum(node.state is NodeState.RUNNING for node in nodes)
    count = len(nodes)
    # Each job that waits is given a node, or one that is on its way, or one that makes room for it.
    for position, wanted in enumerate(islice(waiting, max(0, free))):
        fitting = next((node.id for node in idle.values() if node.interpreter == wanted), None)
        if fitting is not None:
            del idle[fitting]
            decision.use.append((position, fitting))
        elif wanted in preparing:
            preparing.remove(wanted)
        elif count < bounds.max_nodes:
            count += 1
            decision.start.append(wanted)
        elif leaving:
            leaving -= 1
        elif idle:
            longest = min(idle.values(), key=lambda node: node.since)
            del idle[longest.id]
            decision.stop.append(longest.id)
    live = sum(node.state in _LIVE for node in nodes) + len(decision.start) - len(decision.stop)
    live = _scale_down(decision, idle, bounds, now, live)
    wanted_at_least = min(bounds.min_nodes, bounds.max_nodes)
    while live < wanted_at_least and count < bounds.max_nodes:
        decision.start.append(interpreter)
        live, count = live + 1, count + 1
    return decision


def _scale_down(decision: Decision, idle: dict[str, Seen], bounds: Bounds, now: float, live: int) -> int:
    for node in sorted(idle.values(), key=lambda node: node.since):
        if live <= min(bounds.min_nodes, bounds.max_nodes):
            break
        left = node.since + bounds.idle_seconds - now
        if live > bounds.max_nodes or left <= 0:
            decision.stop.append(node.id)
            live -= 1
        else:
            decision.again = left if decision.again is None else min(decision.again, left)
    return live
