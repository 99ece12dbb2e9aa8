"""A plain layered layout, for machines on which the library for it has no build.

Each node stands one layer below the lowest of those before it; the order within a layer follows the mean position of the
neighbours, swept down and up a few times. Long edges get a point in every layer they pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

Point = tuple[float, float]
Edge = tuple[int, int]
_SWEEPS = 8


def placed(edges: Sequence[Edge], unit: float) -> tuple[dict[int, Point], list[Edge]]:
    """Return a place for every node, and for every point on a long edge, and the edges from layer to layer.

    The first layer has the largest `y`. Points get numbers above all nodes.
    """
    depth = _depths(edges)
    hops = _split(edges, depth)
    rows: dict[int, list[int]] = defaultdict(list)
    for node, layer in depth.items():
        rows[layer].append(node)
    _order(rows, hops)
    widest = max(map(len, rows.values()))
    bottom = max(rows)
    places = {
        node: (((widest - len(row)) / 2 + position) * unit, (bottom - layer) * unit)
        for layer, row in rows.items()
        for position, node in enumerate(row)
    }
    return places, hops


def _depths(edges: Sequence[Edge]) -> dict[int, int]:
    after: dict[int, list[int]] = defaultdict(list)
    missing: dict[int, int] = {}
    for source, target in edges:
        after[source].append(target)
        missing.setdefault(source, 0)
        missing[target] = missing.get(target, 0) + 1
    depth = dict.fromkeys(sorted(node for node, count in missing.items() if not count), 0)
    waiting = list(depth)
    for node in waiting:
        for other in after[node]:
            depth[other] = max(depth.get(other, 0), depth[node] + 1)
            missing[other] -= 1
            if not missing[other]:
                waiting.append(other)
    return depth


def _split(edges: Sequence[Edge], depth: dict[int, int]) -> list[Edge]:
    """Put a point into every layer that an edge passes; `depth` learns of them."""
    number = max(depth) + 1
    hops: list[Edge] = []
    for source, target in edges:
        before = source
        for layer in range(depth[source] + 1, depth[target]):
            depth[number] = layer
            hops.append((before, number))
            before, number = number, number + 1
        hops.append((before, target))
    return hops


def _order(rows: Mapping[int, list[int]], hops: Sequence[Edge]) -> None:
    above: dict[int, list[int]] = defaultdict(list)
    below: dict[int, list[int]] = defaultdict(list)
    for source, target in hops:
        below[source].append(target)
        above[target].append(source)
    layers = sorted(rows)
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        for layer in layers[1:] if is_down else reversed(layers[:-1]):
            beside = rows[layer - 1] if is_down else rows[layer + 1]
            where = {node: position for position, node in enumerate(beside)}
            own = {node: float(position) for position, node in enumerate(rows[layer])}
            for node in own:
                near = [where[one] for one in (above if is_down else below)[node]]
                if near:
                    own[node] = sum(near) / len(near)
            rows[layer].sort(key=own.__getitem__)
