"""From numbers to places in a picture, and the marks beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Scale:
    """From values between `low` and `high` to places between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float
    is_whole: bool = False

    @staticmethod
    def over(values: Sequence[float], start: float, end: float, *, tight: bool = False) -> Scale:
        """The scale on which all values have a place; unless `tight`, with some air around.

        On a tight scale of whole numbers (steps, the order of logging) only whole numbers are marked.
        """
        low, high = min(values), max(values)
        is_whole = tight and all(float(value).is_integer() for value in values)
        if low == high:
            pad = abs(low) / 10 or 1.0
            if not math.isfinite(2 * (abs(low) + pad)):
                return Scale(min(low, 0.0), max(high, 0.0), start, end)
            return Scale(low - pad, high + pad, start, end)
        pad = 0 if tight else (high - low) * 0.05
        if not math.isfinite(high - low + pad):  # the range of all floats
            return Scale(low, high, start, end)
        return Scale(low if low == 0 else low - pad, high + pad, start, end, is_whole)

    def __call__(self, value: float) -> float:
        share = value / (self.high - self.low) - self.low / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """Marks at round values."""
        return tuple(Tick(round(self(value), 1), text) for value, text in self._marks())

    @property
    def whole_ticks(self) -> tuple[Tick, ...]:
        """Those at whole numbers, for an axis along which something is counted."""
        marks = [(value, text) for value, text in self._marks() if float(value).is_integer()]
        return tuple(Tick(round(self(value), 1), text) for value, text in marks)

    def _marks(self) -> list[tuple[float, str]]:
        span = self.high - self.low
        if not math.isfinite(span):
            return []
        power = 10.0 ** math.floor(math.log10(span / 4)) if span / 4 else 0.0
        if power == 0 or not math.isfinite(power):
            return []
        step = next((factor * power for factor in (1, 2, 5, 10) if span / (factor * power) <= 5), 10 * power)  # noqa: PLR2004
        if self.is_whole:  # between the first and the second value there is none
            step = max(1.0, step)
        first = math.ceil(self.low / step)
        count = min(12, math.floor(self.high / step) - first + 1)
        values = [(first + n) * step for n in range(count)]
        return [(value, _short(value, step)) for value in values]


def _short(value: float, step: float) -> str:
    if abs(value) < step / 1000:
        return "0"
    if abs(value) >= 1e6 or step < 1e-4:  # noqa: PLR2004
        return f"{value:.3g}"
    return f"{value:,.{max(0, -math.floor(math.log10(step)))}f}"
