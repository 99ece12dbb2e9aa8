"""How often a schedule runs. v1: `azureml.pipeline.core.schedule.ScheduleRecurrence`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lazulite.graph.labels import nearest
from lazulite.model.schedule import Recurrence
from lazulite.sdk.pipeline_errors import PipelineBuildError
from lazulite.sdk.schedules.time_zone import TimeZone

_FREQUENCIES = ("Minute", "Hour", "Day", "Week", "Month")
_WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class ScheduleRecurrence:
    """How often, and at what times.

    Args:
        frequency: Minute, Hour, Day, Week or Month.
        interval: Every how many of them, from 1.
        start_time: When it begins, a datetime without a time zone or text like "2026-01-31T09:30:00". With a time in the
            past it goes on from there as if it had always run. Without one it begins now, and **the first run is at the
            next time that fits** (v1 ran at once; `schedule.run_now()` does that when it is asked).
        time_zone: Whose clock is meant, a `TimeZone` or (beyond v1) any IANA or Windows name. Without it UTC.
        hours: With Day or Week: the hours, 0 to 23; without `minutes` on the hour.
        minutes: With Day or Week: the minutes, 0 to 59; without `hours` in every hour.
        week_days: With Week: the days, in English and in full.
        time_of_day: With Day or Week, in place of hours and minutes: the time as "hh:mm".

    Raises:
        ValueError: a value is out of range, or does not go with the frequency.

    Example:
        `ScheduleRecurrence("Week", 1, time_zone="Europe/Istanbul", week_days=["Monday"], time_of_day="06:30")`
    """

    def __init__(
        self,
        frequency: str,
        interval: int,
        start_time: datetime | str | None = None,
        time_zone: TimeZone | str | None = None,
        hours: Iterable[int] | int | None = None,
        minutes: Iterable[int] | int | None = None,
        week_days: Iterable[str] | str | None = None,
        time_of_day: str | None = None,
    ) -> None:
        self.frequency = frequency
        self.interval = interval
        self.start_time = start_time
        self.time_zone = time_zone
        self.hours = _listed(hours)
        self.minutes = _listed(minutes)
        self.week_days = _listed(week_days)
        if time_of_day is not None:
            self._take_time_of_day(time_of_day)
        self.validate()

    def validate(self) -> None:
        """Check it.

        Raises:
            ValueError: a value is out of range, or does not go with the frequency.
        """
        if self.frequency not in _FREQUENCIES:
            raise PipelineBuildError(
                f"The frequency is {self.frequency!r}. Expected one of {', '.join(_FREQUENCIES)}."
                f"{nearest(str(self.frequency).capitalize(), _FREQUENCIES)}"
            )
        if type(self.interval) is not int or self.interval < 1:
            raise PipelineBuildError(f"The interval is {self.interval!r}. Expected a whole number from 1.")
        if (self.hours or self.minutes) and self.frequency not in ("Day", "Week"):
            raise PipelineBuildError(f"hours and minutes go with Day and Week, not with {self.frequency}.")
        if self.week_days and self.frequency != "Week":
            raise PipelineBuildError(f"week_days go with Week, not with {self.frequency}.")
        _check_range("hours", self.hours, 23)
        _check_range("minutes", self.minutes, 59)
        for day in self.week_days or ():
            if day not in _WEEK_DAYS:
                raise PipelineBuildError(
                    f"{day!r} is no day of the week. Expected {', '.join(_WEEK_DAYS)}.{nearest(str(day), _WEEK_DAYS)}"
                )
        self._start()

    def _take_time_of_day(self, text: str) -> None:
        if self.frequency not in ("Day", "Week"):
            raise PipelineBuildError(f"time_of_day goes with Day and Week, not with {self.frequency}.")
        if self.hours or self.minutes:
            raise PipelineBuildError("time_of_day says hours and minutes. Give it, or give those.")
        match = _TIME_OF_DAY.fullmatch(str(text))
        if match is None:
            raise PipelineBuildError(f"time_of_day is {text!r}. Expected 'hh:mm', such as '06:30'.")
        self.hours, self.minutes = [int(match[1])], [int(match[2])]

    def _start(self) -> str | None:
        start = self.start_time
        if start is None:
            return None
        try:
            moment = start if isinstance(start, datetime) else datetime.fromisoformat(start)
        except (TypeError, ValueError) as error:
            raise PipelineBuildError(
                f"start_time is {start!r}. Expected a datetime, or text such as '2026-01-31T09:30:00'."
            ) from error
        if moment.tzinfo is not None:
            raise PipelineBuildError(
                f"start_time {start!r} has a time zone of its own. Leave it out: time_zone says which clock is meant."
            )
        return moment.isoformat()

    def _record(self) -> Recurrence:
        """It as the system keeps it."""
        self.validate()  # its attributes may have been changed
        return Recurrence(
            self.frequency,
            self.interval,
            self._start(),
            _name(self.time_zone),
            tuple(self.hours or ()),
            tuple(self.minutes or ()),
            tuple(self.week_days or ()),
        )

    @classmethod
    def _of(cls, record: Recurrence) -> ScheduleRecurrence:
        zone: TimeZone | str = record.time_zone
        if record.time_zone in {one.value for one in TimeZone}:
            zone = TimeZone(record.time_zone)
        return cls(
            record.frequency,
            record.interval,
            None if record.start_time is None else datetime.fromisoformat(record.start_time),
            zone,
            record.hours,
            record.minutes,
            record.week_days,
        )

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if value is not None}
        return f"ScheduleRecurrence({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def _name(time_zone: Any) -> str:
    if time_zone is None:
        return "UTC"
    if isinstance(time_zone, TimeZone):
        return str(time_zone.value)
    return str(getattr(time_zone, "key", time_zone))  # of a zoneinfo.ZoneInfo its key


def _listed(values: Any) -> list[Any] | None:
    """One value, or several, or a text of several with commas, as a list."""
    if isinstance(values, str):
        return [part.strip() for part in values.split(",")]
    if values is None or isinstance(values, int):
        return None if values is None else [values]
    return list(values) or None


def _check_range(what: str, values: list[Any] | None, most: int) -> None:
    for value in values or ():
        if type(value) is not int or not 0 <= value <= most:
            raise PipelineBuildError(f"{what} has {value!r}. Expected whole numbers from 0 to {most}.")
