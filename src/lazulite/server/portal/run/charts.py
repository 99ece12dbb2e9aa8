"""Charts as numbers ready to be drawn: lines, bars and matrices, scaled into a fixed picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lazulite.server.portal.scale import Scale, Tick

Point = tuple[float, float]
#: The picture's coordinates: the drawing lies within these edges, axes' words around it.
WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 548, 12, 228
#: A line of more points is thinned: a screen has no more columns.
_MOST_POINTS = 500


@dataclass(frozen=True)
class Curve:
    """One line of a chart: its name, the text of an SVG polyline, a lone point if it has no length, and its last value."""

    name: str
    points: str
    dot: Point | None
    last: float
    values: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """A chart of lines, or of bars (x, y, width, height)."""

    title: str
    across: str
    curves: tuple[Curve, ...]
    ticks_x: tuple[Tick, ...]
    ticks_y: tuple[Tick, ...]
    bars: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def words(self) -> str:
        """What it shows, for those who do not see it."""
        ends = ", ".join(f"{curve.name} ends at {curve.last:.6g}" for curve in self.curves[:8])
        return f"{self.title} over {self.across}" + (f": {ends}" if ends else "")


def lines(title: str, across: str, series: Iterable[tuple[str, Sequence[Point]]]) -> Chart | None:
    """Return a chart of lines. Points that are not finite are left out; None if nothing is left."""
    kept = [
        (name, [p for p in points if math.isfinite(p[0]) and math.isfinite(p[1])]) for name, points in series
    ]
    kept = [(name, points) for name, points in kept if points]
    if not kept:
        return None
    xs = [x for _, points in kept for x, _ in points]
    ys = [y for _, points in kept for _, y in points]
    scale_x, scale_y = Scale.over(xs, LEFT, RIGHT, tight=True), Scale.over(ys, BOTTOM, TOP)
    curves = []
    for name, points in kept:
        drawn = [(scale_x(x), scale_y(y)) for x, y in _thinned(points)]
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        dot = drawn[0] if len(set(drawn)) == 1 else None
        curves.append(Curve(name, text, dot, points[-1][1], tuple(_thinned(points, 60))))
    return Chart(title, across, tuple(curves), scale_x.ticks, scale_y.ticks)


def bars(title: str, across: str, edges: Sequence[float], counts: Sequence[float]) -> Chart | None:
    """Return a histogram; None if the numbers do not fit together."""
    numbers = [*edges, *counts]
    if not counts or len(edges) != len(counts) + 1 or not all(map(math.isfinite, numbers)):
        return None
    scale_x = Scale.over(edges, LEFT, RIGHT, tight=True)
    scale_y = Scale.over([0, *counts], BOTTOM, TOP)
    drawn = tuple(
        (
            round(scale_x(start), 1),
            round(scale_y(max(count, 0)), 1),
            round(max(1.0, scale_x(end) - scale_x(start) - 1), 1),
            round(abs(scale_y(count) - scale_y(0)), 1),
        )
        for start, end, count in zip(edges, edges[1:], counts, strict=False)
    )
    return Chart(title, across, (), scale_x.ticks, scale_y.ticks, drawn)


def _thinned(points: Sequence[Point], most: int = _MOST_POINTS) -> list[Point]:
    """The points, or of too many the lowest and the highest of each stretch, so that no peak is lost."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(len(points) / (most / 2))
    kept: list[Point] = []
    for start in range(0, len(points), size):
        stretch = points[start : start + size]
        ends = {stretch.index(f(stretch, key=lambda p: p[1])) for f in (min, max)}
        kept += [stretch[n] for n in sorted(ends)]
    return [*kept, points[-1]]
