"""Which steps of a large pipeline are drawn as one box: many that stand side by side, and long chains.

Steps side by side have the same steps before and after them, as a sweep of 50 trainings has. A chain is a row of steps of
which each has one before it and one after it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from lazulite.model.plan import Plan

#: Up to so many steps every one is drawn.
SMALL = 30
#: From so many on they become one box.
_MANY = 6


@dataclass(frozen=True)
class Group:
    """Steps that are drawn as one box, by node id; a step alone is a group of one. Its id is its first step's node."""

    members: tuple[str, ...]
    kind: str = "step"  # step, side (by side), chain

    @property
    def id(self) -> str:
        return self.members[0]


def folded(plan: Plan, opened: Collection[str] = ()) -> list[Group]:
    """Return the boxes of a plan, in the order of their first steps.

    Args:
        plan: The pipeline.
        opened: Ids of groups to draw step by step; "all" for every one.
    """
    order = [step.node for step in plan.steps]
    if len(order) <= SMALL or "all" in opened:
        return [Group((node,)) for node in order]
    before = {step.node: step.depends_on for step in plan.steps}
    after = _after(before)
    groups = [*_side_by_side(order, before, after), *_chains(order, before, after)]
    groups = [group for group in groups if group.id not in opened]
    taken = {node for group in groups for node in group.members}
    groups += [Group((node,)) for node in order if node not in taken]
    place = {node: number for number, node in enumerate(order)}
    return sorted(groups, key=lambda group: place[group.id])


def title(names: Iterable[str]) -> str:
    """Return what a group is called: `50 × train`, from names that begin alike, or that of its first step."""
    listed = list(names)
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*listed, strict=False))
    stem = re.sub(r"[\W_\d]+$", "", "".join(letters[0] for letters in alike))
    return f"{len(listed)} × {stem}" if stem else f"{listed[0]} and {len(listed) - 1} more"


def _after(before: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {node: set() for node in before}
    for node, others in before.items():
        for other in others:
            found[other].add(node)
    return {node: frozenset(others) for node, others in found.items()}


def _side_by_side(
    order: list[str], before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]
) -> list[Group]:
    alike: dict[tuple[frozenset[str], frozenset[str]], list[str]] = defaultdict(list)
    for node in order:
        if before[node] or after[node]:  # steps that nothing connects have nothing in common
            alike[before[node], after[node]].append(node)
    return [Group(tuple(nodes), "side") for nodes in alike.values() if len(nodes) >= _MANY]


def _chains(
    order: list[str], before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]
) -> list[Group]:
    inner = {node for node in order if len(before[node]) == 1 and len(after[node]) == 1}
    chains: list[Group] = []
    for first in order:
        if first not in inner or next(iter(before[first])) in inner:
            continue
        chain = [first]
        while (following := next(iter(after[chain[-1]]))) in inner:
            chain.append(following)
        if len(chain) >= _MANY:
            chains.append(Group(tuple(chain), "chain"))
    return chains
