"""When a recurrence comes round: pure arithmetic on calendars and clocks.

Everything is counted from the *anchor*: the start time, else the minute in which the schedule was made. So the answer
to "when next?" depends on nothing but the recurrence, that anchor, and the moment of asking: whoever asks after a gap
finds the same moments as one who asked all along.

- `Minute` and `Hour` are lengths of time: every so many minutes after the anchor, whatever the clocks on the wall do.
- `Day`, `Week` and `Month` are times on the wall. A time that the clocks skip is the moment at which they would have
  shown it; a time that they show twice is the first of the two. Either way it comes once.
- `hours` without `minutes` are full hours; `minutes` without `hours` are those minutes of every hour; without both it is
  the anchor's time of day.
- `Week` without `week_days` is the anchor's day of the week. Weeks begin on Monday: with an interval of two, all days of
  the anchor's week belong together.
- `Month` is the anchor's day of the month, or the last day of a month that has no such day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

from lazulite.engine.scheduling.zones import zone
from lazulite.model.errors import InvalidRequest
from lazulite.model.schedule import Recurrence

FREQUENCIES = ("Minute", "Hour", "Day", "Week", "Month")
WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: The longest interval: what is longer is a slip, and its arithmetic would leave the calendar.
MOST = 10_000

_LENGTHS = {"Minute": timedelta(minutes=1), "Hour": timedelta(hours=1)}
_DAY = timedelta(days=1)
#: Clocks were never set by more than a day at once: so many days on either side of a moment can hold its neighbours.
_AROUND = 2
_DECEMBER = 12
#: Of start times.
_YEARS = (1970, 9000)


def check(recurrence: Recurrence) -> None:
    """Make sure that the recurrence can be followed.

    Raises:
        InvalidRequest: a field is out of range, does not go with the frequency, or names no time zone.
    """
    zone(recurrence.time_zone)
    if recurrence.frequency not in FREQUENCIES:
        raise InvalidRequest(
            f"The frequency is {recurrence.frequency!r}. Expected one of {', '.join(FREQUENCIES)}."
        )
    if isinstance(recurrence.interval, bool) or not 1 <= recurrence.interval <= MOST:
        raise InvalidRequest(
            f"The interval is {recurrence.interval!r}. Expected a whole number from 1 to {MOST:,}."
        )
    _check_range("hours", recurrence.hours, 23)
    _check_range("minutes", recurrence.minutes, 59)
    for day in recurrence.week_days:
        if day not in WEEK_DAYS:
            raise InvalidRequest(f"{day!r} is no day of the week. Expected {', '.join(WEEK_DAYS)}.")
    if (recurrence.hours or recurrence.minutes) and recurrence.frequency not in ("Day", "Week"):
        raise InvalidRequest(f"hours and minutes go with Day and Week, not with {recurrence.frequency}.")
    if recurrence.week_days and recurrence.frequency != "Week":
        raise InvalidRequest(f"week_days go with Week, not with {recurrence.frequency}.")
    if recurrence.start_time is not None:
        _start(recurrence.start_time)


def next_after(recurrence: Recurrence, made: datetime, moment: datetime) -> datetime | None:
    """Return the first time the recurrence comes round after `moment` (None: beyond the calendar's end).

    Args:
        made: When the schedule was made; counts where there is no start time.
        moment: From when to look. With a start time later than that, the search begins there, itself included.
    """
    return next(times(recurrence, made, moment), None)


def times(recurrence: Recurrence, made: datetime, after: datetime) -> Iterator[datetime]:
    """Yield, in order, all times the recurrence comes round after `after`, in UTC."""
    place = zone(recurrence.time_zone)
    after = after.astimezone(timezone.utc)
    if recurrence.start_time is not None:
        anchor = _start(recurrence.start_time).replace(tzinfo=place)
        after = max(after, anchor.astimezone(timezone.utc) - timedelta.resolution)
    else:
        anchor = made.astimezone(place).replace(second=0, microsecond=0)
        after = max(after, made.astimezone(timezone.utc))
    try:
        if recurrence.frequency in _LENGTHS:
            yield from _by_length(_LENGTHS[recurrence.frequency] * recurrence.interval, anchor, after)
        else:
            yield from _by_calendar(recurrence, anchor, after)
    except OverflowError:  # year 10000
        return


def _by_length(step: timedelta, anchor: datetime, after: datetime) -> Iterator[datetime]:
    origin = anchor.astimezone(timezone.utc)
    count = (after - origin) // step + 1
    while True:
        yield origin + count * step
        count += 1


def _by_calendar(recurrence: Recurrence, anchor: datetime, after: datetime) -> Iterator[datetime]:
    """Days are walked through in order, but where clocks are set back or forth the moments of neighbouring days may
    change places or fall together: so each is held until no later day can come before it."""
    held: set[datetime] = set()
    told = after
    for day in _days(recurrence, anchor.date(), after.astimezone(anchor.tzinfo).date() - _AROUND * _DAY):
        safe = datetime.combine(day, time(), anchor.tzinfo).astimezone(timezone.utc) - _AROUND * _DAY
        for moment in sorted(one for one in held if one <= safe):
            held.discard(moment)
            told = moment
            yield moment
        held |= {moment for moment in _of_day(recurrence, anchor, day) if moment > told}


def _of_day(recurrence: Recurrence, anchor: datetime, day: date) -> Iterator[datetime]:
    for at in _times_of_day(recurrence, anchor):
        # fold=0 is the first of two; of none it counts as if the clocks had not been set yet.
        yield datetime.combine(day, at, anchor.tzinfo).astimezone(timezone.utc)


def _times_of_day(recurrence: Recurrence, anchor: datetime) -> Iterator[time]:
    if not recurrence.hours and not recurrence.minutes:
        yield anchor.time().replace(fold=0)
        return
    for hour in recurrence.hours or range(24):
        for minute in recurrence.minutes or (0,):
            yield time(hour, minute)


def _days(recurrence: Recurrence, first: date, start: date) -> Iterator[date]:
    """The days of the recurrence from `start` (or somewhat before) on, in order."""
    if recurrence.frequency == "Day":
        day = first + _rounded(start - first, recurrence.interval * _DAY)
        while True:
            yield day
            day += recurrence.interval * _DAY
    elif recurrence.frequency == "Week":
        yield from _days_of_weeks(recurrence, first, start)
    else:
        yield from _days_of_months(recurrence.interval, first, start)


def _days_of_weeks(recurrence: Recurrence, first: date, start: date) -> Iterator[date]:
    numbers = sorted({WEEK_DAYS.index(day) for day in recurrence.week_days} or {first.weekday()})
    monday = first - first.weekday() * _DAY
    step = 7 * recurrence.interval * _DAY
    week = monday + _rounded(start - monday, step)
    while True:
        for number in numbers:
            yield week + number * _DAY
        week += step


def _days_of_months(interval: int, first: date, start: date) -> Iterator[date]:
    origin = first.year * 12 + first.month - 1
    month = origin + (start.year * 12 + start.month - 1 - origin) // interval * interval
    while True:
        year, index = divmod(month, 12)
        if year > date.max.year:
            raise OverflowError
        yield date(year, index + 1, min(first.day, _last_day(year, index + 1)))
        month += interval


def _last_day(year: int, month: int) -> int:
    if month == _DECEMBER:
        return 31
    return (date(year, month + 1, 1) - _DAY).day


def _rounded(distance: timedelta, step: timedelta) -> timedelta:
    """The distance, down to a whole number of steps."""
    return distance // step * step


def _check_range(what: str, values: tuple[int, ...], most: int) -> None:
    for value in values:
        if isinstance(value, bool) or not 0 <= value <= most:
            raise InvalidRequest(f"{what} has {value!r}. Expected whole numbers from 0 to {most}.")


def _start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(
            f"The start time is {text!r}. Expected a date and time such as '2026-01-31T09:30:00'."
        ) from error
    if not _YEARS[0] <= start.year <= _YEARS[1]:
        raise InvalidRequest(f"The start time {text!r} is not in the years {_YEARS[0]} to {_YEARS[1]}.")
    if start.tzinfo is not None:
        raise InvalidRequest(
            f"The start time {text!r} has a time zone of its own. Leave it out: time_zone says which clock is meant."
        )
    return start
