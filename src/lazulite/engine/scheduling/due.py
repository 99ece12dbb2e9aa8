"""What a recurrence's clock asks for: pure. Whether to fire now, what was missed, and when to look again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from lazulite.engine.scheduling.recurrence import next_after, times
from lazulite.model.schedule import Recurrence

#: A time that passed so lately counts as met: engines are replaced, and machines are busy.
GRACE = timedelta(minutes=5)
#: Of times that passed, so many are counted.
COUNTED = 100_000


@dataclass(frozen=True)
class Due:
    """What is to be done at one moment. `fires` is the time that is met now, `missed` how many were not, from `first`
    to `last`. With `fires` None and something missed, nothing fires."""

    fires: datetime | None = None
    missed: int = 0
    first: datetime | None = None
    last: datetime | None = None
    next_at: datetime | None = None


def due(recurrence: Recurrence, made: datetime, next_at: datetime, now: datetime, *, catch_up: bool) -> Due:
    """Say what is due.

    Args:
        made: When the schedule was made.
        next_at: The time that was to be met next.
        now: The present moment.
        catch_up: Whether one run makes up for all that were missed.
    """
    if now < next_at:
        return Due(next_at=next_at)
    passed: list[datetime] = [next_at]
    for moment in islice(times(recurrence, made, next_at), COUNTED - 1):
        if moment > now:
            break
        passed.append(moment)
    coming = next_after(recurrence, made, now)
    if catch_up or now - passed[-1] <= GRACE:
        return _due(passed[-1], passed[:-1], coming)
    return _due(None, passed, coming)


def _due(fires: datetime | None, missed: Sequence[datetime], coming: datetime | None) -> Due:
    if not missed:
        return Due(fires, next_at=coming)
    return Due(fires, len(missed), missed[0], missed[-1], coming)
