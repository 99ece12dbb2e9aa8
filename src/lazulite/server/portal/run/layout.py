"""Where the steps of a pipeline stand when it is drawn: in layers from top to bottom, with few crossings.

The positions come from a library (`docs/decisions/0011-…`); where no build of it exists, from `layers`. Both give the same
thing: a place for every node, and for a long edge the points by which it passes the layers between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lazulite.server.portal.run import layers

Point = tuple[float, float]
Edge = tuple[int, int]
#: What the library calls 1: the distance of two neighbours.
_UNIT = 72.0


@dataclass(frozen=True)
class Layout:
    """Centres of nodes by index, and of each edge the points it passes between its ends."""

    places: dict[int, Point] = field(default_factory=dict)
    bends: dict[Edge, tuple[Point, ...]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


def arranged(count: int, edges: Sequence[Edge], across: float, down: float, widest: float = 2000.0) -> Layout:
    """Return the layout of a graph without cycles.

    Args:
        count: How many nodes; they are called 0 … count-1.
        edges: From, to; each pair once.
        across: Distance of the centres of neighbours in a layer.
        down: Distance of the centres of neighbouring layers.
        widest: Parts without a connection stand beside each other up to this width, then below.
    """
    parts = [_part(nodes, own, across, down) for nodes, own in _parts(count, edges)]
    places: dict[int, Point] = {}
    bends: dict[Edge, tuple[Point, ...]] = {}
    x = y = row = width = 0.0
    for part in parts:
        if x and x + part.width > widest:
            x, y, row = 0.0, y + row, 0.0
        places |= {node: (px + x, py + y) for node, (px, py) in part.places.items()}
        bends |= {edge: tuple((px + x, py + y) for px, py in via) for edge, via in part.bends.items()}
        x, row = x + part.width, max(row, part.height)
        width = max(width, x)
    return Layout(places, bends, width, y + row)


def _parts(count: int, edges: Sequence[Edge]) -> Iterator[tuple[list[int], list[Edge]]]:
    """The connected parts, in the order of their first nodes."""
    beside: dict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        beside[source].append(target)
        beside[target].append(source)
    part_of: dict[int, int] = {}
    for first in range(count):
        if first in part_of:
            continue
        part_of[first] = first
        waiting = [first]
        while waiting:
            for other in beside[waiting.pop()]:
                if other not in part_of:
                    part_of[other] = first
                    waiting.append(other)
    nodes: dict[int, list[int]] = defaultdict(list)
    own: dict[int, list[Edge]] = defaultdict(list)
    for node in range(count):
        nodes[part_of[node]].append(node)
    for edge in edges:
        own[part_of[edge[0]]].append(edge)
    for first, members in nodes.items():
        yield members, own[first]


def _part(nodes: Sequence[int], edges: Sequence[Edge], across: float, down: float) -> Layout:
    """One connected part, its corner at the origin; around it half a distance is left free."""
    if not edges:
        return Layout({nodes[0]: (across / 2, down / 2)}, {}, across, down)
    places, hops = _placed(edges)
    left = min(x for x, _ in places.values())
    top = max(y for _, y in places.values())
    scaled = {
        node: ((x - left) * across / _UNIT + across / 2, (top - y) * down / _UNIT + down / 2)
        for node, (x, y) in places.items()
    }
    known = set(nodes)
    bends = {edge: tuple(scaled[one] for one in via) for edge, via in _routes(hops, known).items() if via}
    return Layout(
        {node: scaled[node] for node in nodes},
        bends,
        max(x for x, _ in scaled.values()) + across / 2,
        max(y for _, y in scaled.values()) + down / 2,
    )


def _placed(edges: Sequence[Edge]) -> tuple[dict[int, Point], Sequence[Edge]]:
    try:
        from fast_sugiyama import from_edges
    except ImportError:
        return layers.placed(edges, _UNIT)
    ((positions, _, _, hops),) = from_edges(edges, dummy_size=0.5)
    return {int(node): place for node, place in positions}, [(int(a), int(b)) for a, b in hops or edges]


def _routes(hops: Sequence[Edge], known: set[int]) -> dict[Edge, list[int]]:
    """The points between the ends of each edge; each such point lies on one edge only."""
    after = {source: target for source, target in hops if source not in known}
    routes: dict[Edge, list[int]] = {}
    for source, first in hops:
        if source in known:
            via: list[int] = []
            target = first
            while target not in known:
                via.append(target)
                target = after[target]
            routes[source, target] = via
    return routes
