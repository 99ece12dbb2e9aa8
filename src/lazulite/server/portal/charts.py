"""Charts, laid out on the server: numbers become the coordinates of an SVG picture, which needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lazulite.server.portal.scale import Scale, Tick

WIDTH, HEIGHT = 320.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 8.0, 8.0, 18.0


@dataclass(frozen=True)
class Point:
    """A number with what it says when one looks closer, and where it leads."""

    x: float
    y: float
    label: str = ""
    href: str = ""
    tone: str = "live"


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
    """Return the picture of `points`, which are in the order of their x, at least one; their numbers are finite."""
    across = Scale.over([point.x for point in points], _LEFT, WIDTH - _RIGHT, tight=True)
    down = Scale.over([point.y for point in points], HEIGHT - _BOTTOM, _TOP)
    placed = tuple(Point(round(across(p.x), 1), round(down(p.y), 1), p.label, p.href, p.tone) for p in points)
    path = " ".join(f"{'L' if place else 'M'}{p.x} {p.y}" for place, p in enumerate(placed))
    return Chart(name, placed, path, across.whole_ticks, down.ticks)
