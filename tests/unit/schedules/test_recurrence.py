"""When a recurrence comes round: by examples, and against a slow clock that looks at every minute."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.engine.scheduling.recurrence import FREQUENCIES, WEEK_DAYS, check, next_after, times
from lazulite.engine.scheduling.zones import zone
from lazulite.model.errors import InvalidRequest
from lazulite.model.schedule import Recurrence

MADE = datetime(2026, 1, 14, 10, 7, 42, tzinfo=timezone.utc)  # a Wednesday
NEW_YORK = ZoneInfo("America/New_York")
#: With summer time, without, half an hour of it, off by a quarter of an hour, and one that skipped a day.
ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Istanbul",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Turkey Standard Time",
)


def told(recurrence: Recurrence, count: int, after: datetime = MADE, made: datetime = MADE) -> list[str]:
    """The next times, as the recurrence's own clock shows them."""
    place = zone(recurrence.time_zone)
    return [
        f"{moment.astimezone(place):%a %Y-%m-%d %H:%M}"
        for moment in islice(times(recurrence, made, after), count)
    ]


def test_without_a_start_time_nothing_comes_at_once() -> None:
    assert told(Recurrence("Minute", 15), 2) == ["Wed 2026-01-14 10:22", "Wed 2026-01-14 10:37"]
    assert told(Recurrence("Hour", 2), 1) == ["Wed 2026-01-14 12:07"]
    assert told(Recurrence("Day"), 1) == ["Thu 2026-01-15 10:07"]
    assert told(Recurrence("Week"), 1) == ["Wed 2026-01-21 10:07"]
    assert told(Recurrence("Month"), 1) == ["Sat 2026-02-14 10:07"]
    assert told(Recurrence("Day", hours=(22,), minutes=(30,)), 1) == ["Wed 2026-01-14 22:30"]


def test_a_start_time_is_the_first_time() -> None:
    assert told(Recurrence("Hour", 3, "2026-02-01T08:00"), 2) == [
        "Sun 2026-02-01 08:00",
        "Sun 2026-02-01 11:00",
    ]
    past = Recurrence("Day", 2, "2026-01-01T09:30:00")
    assert told(past, 2) == ["Thu 2026-01-15 09:30", "Sat 2026-01-17 09:30"]
    matching = Recurrence("Week", 1, "2026-02-04T12:00", hours=(9,), week_days=("Wednesday", "Friday"))
    assert told(matching, 2) == ["Fri 2026-02-06 09:00", "Wed 2026-02-11 09:00"]


def test_hours_and_minutes() -> None:
    assert told(Recurrence("Day", hours=(22, 6)), 3) == [
        "Wed 2026-01-14 22:00",
        "Thu 2026-01-15 06:00",
        "Thu 2026-01-15 22:00",
    ]
    assert told(Recurrence("Day", minutes=(45, 15)), 3) == [
        "Wed 2026-01-14 10:15",
        "Wed 2026-01-14 10:45",
        "Wed 2026-01-14 11:15",
    ]


def test_every_second_week_has_all_its_days() -> None:
    recurrence = Recurrence("Week", 2, hours=(1,), week_days=("Sunday", "Tuesday"))
    assert told(recurrence, 3) == ["Sun 2026-01-18 01:00", "Tue 2026-01-27 01:00", "Sun 2026-02-01 01:00"]


def test_a_month_without_that_day_has_its_last() -> None:
    assert told(Recurrence("Month", 1, "2027-12-31T00:00"), 4) == [
        "Fri 2027-12-31 00:00",
        "Mon 2028-01-31 00:00",
        "Tue 2028-02-29 00:00",
        "Fri 2028-03-31 00:00",
    ]


def test_a_time_that_the_clocks_skip_comes_once() -> None:
    nightly = Recurrence("Day", hours=(2, 3), minutes=(30,), time_zone="Eastern Standard Time")
    before = datetime(2026, 3, 8, tzinfo=NEW_YORK)
    assert told(nightly, 3, before) == [
        "Sun 2026-03-08 03:30",
        "Mon 2026-03-09 02:30",
        "Mon 2026-03-09 03:30",
    ]


def test_a_time_that_the_clocks_show_twice_comes_once() -> None:
    nightly = Recurrence("Day", hours=(1,), minutes=(30,), time_zone="America/New_York")
    first, second = islice(times(nightly, MADE, datetime(2026, 11, 1, tzinfo=NEW_YORK)), 2)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=timezone.utc)
    assert second == datetime(2026, 11, 2, 6, 30, tzinfo=timezone.utc)


def test_hours_as_lengths_go_on_whatever_the_clocks_do() -> None:
    found = list(islice(times(Recurrence("Hour", time_zone="America/New_York"), MADE, MADE), 24 * 365))
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_a_recurrence_ends_with_the_calendar() -> None:
    assert next_after(Recurrence("Month", 12), MADE, datetime(9999, 6, 1, tzinfo=timezone.utc)) is None
    assert next_after(Recurrence("Hour"), MADE, datetime(9999, 12, 31, 23, 30, tzinfo=timezone.utc)) is None


@pytest.mark.parametrize(
    "name", ["Turkey Standard Time", "Kamchatka Standard Time", "Mid-Atlantic Standard Time", "UTC-11"]
)
def test_windows_names_are_understood(name: str) -> None:
    check(Recurrence("Day", time_zone=name))


@pytest.mark.parametrize("name", ["", "America", "/etc/passwd", "Turkiye", "a\0b", "Europe/Istambul"])
def test_other_names_are_refused_with_what_is_near(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(Recurrence("Day", time_zone=name))
    assert name != "Europe/Istambul" or "'Europe/Istanbul'" in refused.value.message


moments = st.datetimes(
    datetime.fromisoformat("2007-01-01"),
    datetime.fromisoformat("2037-01-01"),
    timezones=st.just(timezone.utc),
)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(FREQUENCIES))
    on_the_wall = frequency in ("Day", "Week")
    some = st.lists(st.integers(0, 23), max_size=3).map(tuple)
    start = draw(st.none() | moments)
    return Recurrence(
        frequency,
        draw(st.integers(1, 5) | st.integers(1, 2000)),
        None if start is None else start.replace(tzinfo=None).isoformat(),
        draw(st.sampled_from(ZONES)),
        hours=draw(some) if on_the_wall else (),
        minutes=draw(st.lists(st.integers(0, 59), max_size=3).map(tuple)) if on_the_wall else (),
        week_days=draw(st.lists(st.sampled_from(WEEK_DAYS), max_size=3).map(tuple))
        if frequency == "Week"
        else (),
    )


@settings(deadline=None)
@given(recurrences(), moments, moments)
def test_times_go_up_and_each_is_what_the_next_question_gives(
    recurrence: Recurrence, made: datetime, after: datetime
) -> None:
    check(recurrence)
    found = list(islice(times(recurrence, made, after), 6))
    assert found == sorted(set(found))
    assert all(moment > max(after, made) or recurrence.start_time for moment in found)
    asked = after
    for moment in found:
        assert next_after(recurrence, made, asked) == moment
        asked = moment


@settings(deadline=None)
@given(recurrences(), moments, st.timedeltas(timedelta(), timedelta(days=400)))
def test_after_a_gap_the_times_are_those_of_one_who_asked_all_along(
    recurrence: Recurrence, made: datetime, gap: timedelta
) -> None:
    walked = next_after(recurrence, made, made)
    for _ in range(300):
        if walked is None or walked > made + gap:
            break
        walked = next_after(recurrence, made, walked)
    else:
        return  # a gap of very many times takes long to walk
    assert next_after(recurrence, made, made + gap) == walked


@settings(deadline=None)
@given(
    recurrences(),
    st.sampled_from([date(2026, 3, 6), date(2026, 10, 30), date(2011, 12, 28), date(2026, 4, 3)]),
)
def test_the_clock_on_the_wall_shows_what_was_said(recurrence: Recurrence, first: date) -> None:
    """Over a week in which clocks are set, compared with every minute of it."""
    if recurrence.frequency in ("Minute", "Hour"):
        return
    place = zone(recurrence.time_zone)
    begin = datetime.combine(first, time(), timezone.utc)
    end = begin + timedelta(days=7)
    made = begin - timedelta(days=900, minutes=123)
    found = [one for one in islice(times(recurrence, made, begin), 500) if one < end]
    if (
        recurrence.start_time is not None
        and datetime.fromisoformat(recurrence.start_time).replace(tzinfo=place) > begin
    ):
        return
    shown = slowly(recurrence, made, begin, end)
    # What the clocks never show is not in `shown`: it comes at the moment when it would have been shown.
    skipped = [one for one in found if one not in shown and not is_said(recurrence, made, one)]
    assert [one for one in found if one not in skipped] == shown
    for one in skipped:
        assert (
            one.astimezone(place).utcoffset()
            != (one - timedelta(days=1, hours=1)).astimezone(place).utcoffset()
        )


def is_said(recurrence: Recurrence, made: datetime, moment: datetime) -> bool:
    """Whether the wall clock at the moment shows what the recurrence says, for the first time."""
    local = moment.astimezone(zone(recurrence.time_zone))
    start = recurrence.start_time
    place = zone(recurrence.time_zone)
    anchor = (
        datetime.fromisoformat(start)
        if start
        else made.astimezone(place).replace(tzinfo=None, second=0, microsecond=0)
    )
    if local.fold:
        return False
    if recurrence.hours or recurrence.minutes:
        hours, minutes = recurrence.hours or range(24), recurrence.minutes or (0,)
        if local.hour not in hours or local.minute not in minutes or local.second or local.microsecond:
            return False
    elif local.time() != anchor.time():
        return False
    days = (local.date() - anchor.date()).days
    if recurrence.frequency == "Day":
        return days % recurrence.interval == 0
    if recurrence.frequency == "Week":
        weeks = (days + anchor.weekday()) // 7
        names = recurrence.week_days or (WEEK_DAYS[anchor.weekday()],)
        return weeks % recurrence.interval == 0 and WEEK_DAYS[local.weekday()] in names
    months = (local.year - anchor.year) * 12 + local.month - anchor.month
    is_last = (local.date() + timedelta(days=1)).day == 1
    return months % recurrence.interval == 0 and (
        local.day == anchor.day or (is_last and local.day < anchor.day)
    )


def slowly(recurrence: Recurrence, made: datetime, begin: datetime, end: datetime) -> list[datetime]:
    """Every moment in (begin, end) at which the wall clock shows it, found by looking at each minute."""
    start = recurrence.start_time
    seconds = timedelta()
    if start and not (recurrence.hours or recurrence.minutes):
        anchor = datetime.fromisoformat(start)
        seconds = timedelta(seconds=anchor.second, microseconds=anchor.microsecond)
    count = int((end - begin) / timedelta(minutes=1))
    every = (begin + seconds + timedelta(minutes=number) for number in range(count))
    return [one for one in every if one > begin and is_said(recurrence, made, one)]
