"""v1's recurrences: what they take, what they refuse, and what the system keeps of them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lazulite.engine.scheduling.zones import zone
from lazulite.model.schedule import Recurrence
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence
from lazulite.sdk.schedules.time_zone import TimeZone


def test_what_is_given_is_what_is_kept() -> None:
    start = datetime.fromisoformat("2026-01-31T09:30:00")
    recurrence = ScheduleRecurrence(
        "Week", 2, start, TimeZone.TurkeyStandardTime, [6, 18], [0, 30], ["Monday", "Friday"]
    )
    assert (recurrence.frequency, recurrence.interval, recurrence.start_time) == ("Week", 2, start)
    assert (recurrence.hours, recurrence.minutes) == ([6, 18], [0, 30])
    kept = recurrence._record()
    assert kept == Recurrence(
        "Week",
        2,
        "2026-01-31T09:30:00",
        "Turkey Standard Time",
        (6, 18),
        (0, 30),
        ("Monday", "Friday"),
    )
    assert vars(ScheduleRecurrence._of(kept)) == vars(recurrence)
    assert "TurkeyStandardTime" in repr(recurrence)


def test_the_time_of_day_is_hours_and_minutes() -> None:
    recurrence = ScheduleRecurrence("Day", 1, time_of_day="6:05")
    assert (recurrence.hours, recurrence.minutes) == ([6], [5])


def test_zones_have_many_names() -> None:
    for given in ("Europe/Istanbul", ZoneInfo("Europe/Istanbul")):
        assert ScheduleRecurrence("Day", 1, time_zone=given)._record().time_zone == "Europe/Istanbul"  # type: ignore[arg-type]
    assert ScheduleRecurrence("Day", 1)._record().time_zone == "UTC"
    for one in TimeZone:
        assert zone(one.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequency": "Year"},
        {"frequency": "day"},
        {"interval": 0},
        {"interval": 1.5},
        {"interval": True},
        {"hours": [24]},
        {"minutes": [60]},
        {"minutes": [-1]},
        {"frequency": "Hour", "minutes": [5]},
        {"frequency": "Minute", "hours": [5]},
        {"week_days": ["Monday"]},
        {"frequency": "Week", "week_days": ["Mon"]},
        {"time_of_day": "6:5"},
        {"time_of_day": "24:00"},
        {"time_of_day": "06:00", "hours": [6]},
        {"time_of_day": "06:00", "minutes": [6]},
        {"frequency": "Month", "time_of_day": "06:00"},
        {"start_time": "noon"},
        {"start_time": 5},
        {"start_time": datetime(2026, 1, 1, tzinfo=timezone.utc)},
        {"start_time": "2026-01-01T00:00:00+01:00"},
    ],
)
def test_what_does_not_fit_is_refused_as_v1_refused_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - each has words of its own
        ScheduleRecurrence(**{"frequency": "Day", "interval": 1, **wrong})
    assert isinstance(refused.value, UserErrorException)


def test_what_is_changed_afterwards_is_checked_again() -> None:
    recurrence = ScheduleRecurrence("Day", 1)
    recurrence.interval = -1
    with pytest.raises(ValueError, match="interval"):
        recurrence.validate()
    with pytest.raises(ValueError, match="interval"):
        recurrence._record()
