"""Amounts in words: durations, sizes, counts. The command line and the portal say them alike."""

from __future__ import annotations

#: Below this many seconds, tenths tell.
_TENTHS_BELOW = 9.95
_STEP = 1000
_UNITS = (("B", 0), ("KB", 1), ("MB", 1), ("GB", 2), ("TB", 2))


def duration(seconds: float) -> str:
    """A duration: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 03 min`, `4 d 01 h`."""
    if seconds < _TENTHS_BELOW:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours:02d} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def size(count: int) -> str:
    """A number of bytes: `512 B`, `1.5 MB` (units of 1000)."""
    value = float(count)
    for unit, digits in _UNITS:
        if round(value, digits) < _STEP or unit == _UNITS[-1][0]:
            return f"{value:.{digits}f} {unit}"
        value /= _STEP
    raise AssertionError("the last unit takes everything")


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
