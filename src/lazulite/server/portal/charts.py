"""Charts, laid out on the server: numbers become the coordinates of an SVG picture, which needs no script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 8.0, 8.0, 18.0
_TICKS = 4


@dataclass(frozen=True)
class Point:
    """A number with what it says when one looks closer, and where it leads."""

    x: float
    y: float
    label: str = ""
    href: str = ""
    tone: str = "live"


@dataclass(frozen=True)
class Tick:
    """A mark at an axis: its place in the picture and its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A picture of one series: points placed in it, the line through them, and the marks of its axes."""

    name: str
    points: tuple[Point, ...]
    path: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = HEIGHT - _BOTTOM

    @property
    def words(self) -> str:
        """What the picture shows, for those who do not see it."""
        return f"{self.name}: {len(self.points)} values, the last one {self.points[-1].label}"


def chart(name: str, points: Sequence[Point]) -> Chart:
    """Return the picture of `points`, which are in the order of their x, at least one."""
    low_x, high_x = _span([point.x for point in points])
    y_marks = ticks(*_span([point.y for point in points]))
    low_y, high_y = y_marks[0], y_marks[-1]

    def across(value: float) -> float:
        return round(_LEFT + (value - low_x) / (high_x - low_x) * (WIDTH - _LEFT - _RIGHT), 1)

    def down(value: float) -> float:
        part = (value - low_y) / (high_y - low_y)
        return round(HEIGHT - _BOTTOM - part * (HEIGHT - _TOP - _BOTTOM), 1)

    placed = tuple(Point(across(p.x), down(p.y), p.label, p.href, p.tone) for p in points)
    path = " ".join(f"{'M' if not place else 'L'}{p.x} {p.y}" for place, p in enumerate(placed))
    return Chart(
        name,
        placed,
        path,
        tuple(Tick(across(x), f"{x:g}") for x in _whole(low_x, high_x, [p.x for p in points])),
        tuple(Tick(down(y), f"{y:.4g}") for y in y_marks if low_y <= y <= high_y),
    )


def ticks(low: float, high: float) -> list[float]:
    """Round numbers that cover the way from `low` to `high`."""
    rough = (high - low) / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough * 0.999)
    first = math.floor(low / step)
    count = math.ceil(high / step) - first
    return [round((first + place) * step, 12) for place in range(count + 1)]


def _span(values: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest, apart from each other even where they are not."""
    low, high = min(values), max(values)
    if high - low <= abs(high) * 1e-9:
        margin = abs(high) * 0.1 or 1.0
        return low - margin, high + margin
    return low, high


def _whole(low: float, high: float, values: Sequence[float]) -> list[float]:
    """Whole numbers at the lower axis, where runs are counted."""
    if len(set(values)) == 1:
        return [values[0]]
    return [mark for mark in ticks(low, high) if low <= mark <= high and float(mark).is_integer()]
