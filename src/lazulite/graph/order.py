"""The order in which steps can run, or the cycle that makes one impossible."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence


def topological(predecessors: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the keys so that each stands behind all it waits for; otherwise in the order of the mapping.

    Keys that are on a cycle, or wait for one, are left out: compare lengths.
    """
    position = {key: index for index, key in enumerate(predecessors)}
    keys = list(predecessors)
    waiting = {key: len(set(before)) for key, before in predecessors.items()}
    successors: dict[str, list[str]] = {key: [] for key in keys}
    for key, before in predecessors.items():
        for earlier in set(before):
            successors[earlier].append(key)
    ready = [position[key] for key in keys if not waiting[key]]
    heapq.heapify(ready)
    ordered: list[str] = []
    while ready:
        key = keys[heapq.heappop(ready)]
        ordered.append(key)
        for later in successors[key]:
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, position[later])
    return ordered


def cycle(predecessors: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the keys of one cycle in the order in which they would have to run, or [] if there is none.

    The first key is the one that stands first in the mapping; it is not repeated at the end.
    """
    done = set(topological(predecessors))
    stuck = {
        key: [k for k in before if k not in done] for key, before in predecessors.items() if key not in done
    }
    if not stuck:
        return []
    # Whatever is stuck waits for something stuck: walking backwards must come to a place seen before.
    path: list[str] = []
    seen: dict[str, int] = {}
    key = next(iter(stuck))
    while key not in seen:
        seen[key] = len(path)
        path.append(key)
        key = stuck[key][0]
    found = path[seen[key] :][::-1]
    first = min(found, key=list(predecessors).index)
    start = found.index(first)
    return found[start:] + found[:start]
