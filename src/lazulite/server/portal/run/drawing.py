"""A pipeline as boxes and lines with their places: what the graph of a run page is made of, whatever the run's state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lazulite.model.plan import Plan, StepOutput
from lazulite.server.portal.run.folding import Group, folded
from lazulite.server.portal.run.layout import Point, arranged

WIDTH, HEIGHT = 216, 64
_ACROSS, _DOWN = 248, 132


@dataclass(frozen=True)
class Box:
    """A group of steps and its upper left corner."""

    group: Group
    x: float
    y: float

    @property
    def id(self) -> str:
        return self.group.id


@dataclass(frozen=True)
class Line:
    """What goes from one box to another: data, by (producing node, output), or only the order.

    `path` is SVG's; `at` is where its label stands.
    """

    source: str
    target: str
    path: str
    at: Point
    outputs: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines within a width and a height."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def drawing(plan: Plan, opened: Collection[str] = ()) -> Drawing:
    """Return the drawing of a plan; `opened` as in `folding.folded`."""
    groups = folded(plan, opened)
    number = {node: index for index, group in enumerate(groups) for node in group.members}
    carried = _carried(plan, number)
    placed = arranged(len(groups), list(carried), _ACROSS, _DOWN)
    boxes = tuple(
        Box(group, round(x - WIDTH / 2, 1), round(y - HEIGHT / 2, 1))
        for group, (x, y) in ((group, placed.places[index]) for index, group in enumerate(groups))
    )
    lines = []
    for (source, target), outputs in carried.items():
        (x0, y0), (x1, y1) = placed.places[source], placed.places[target]
        points = [(x0, y0 + HEIGHT / 2), *placed.bends.get((source, target), ()), (x1, y1 - HEIGHT / 2)]
        middle = points[len(points) // 2] if len(points) > 2 else ((x0 + x1) / 2, (y0 + y1) / 2)  # noqa: PLR2004
        lines.append(Line(groups[source].id, groups[target].id, _path(points), middle, tuple(outputs)))
    return Drawing(boxes, tuple(lines), round(placed.width, 1), round(placed.height, 1))


def _carried(plan: Plan, number: dict[str, int]) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """By pair of boxes, the outputs that go from one to the other; none where only the order is said."""
    carried: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for step in plan.steps:
        target = number[step.node]
        for given in step.inputs:
            if isinstance(given.source, StepOutput) and number[given.source.node] != target:
                outputs = carried.setdefault((number[given.source.node], target), [])
                if (given.source.node, given.source.output) not in outputs:
                    outputs.append((given.source.node, given.source.output))
        for other in step.after:
            if number[other] != target:
                carried.setdefault((number[other], target), [])
    return carried


def _path(points: Sequence[Point]) -> str:
    """A smooth line that leaves and reaches each point from above."""
    (x, y), *others = points
    drawn = f"M{x:.1f} {y:.1f}"
    for x1, y1 in others:
        middle = (y + y1) / 2
        drawn += f"C{x:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}"
        x, y = x1, y1
    return drawn
