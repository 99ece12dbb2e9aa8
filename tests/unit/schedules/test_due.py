"""What is due at a moment: fired, missed, made up for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from lazulite.engine.scheduling.due import GRACE, Due, due
from lazulite.engine.scheduling.recurrence import next_after
from lazulite.model.schedule import Recurrence

MADE = datetime(2026, 1, 14, 10, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
HOURLY = Recurrence("Hour")


def test_before_its_time_nothing_is_due() -> None:
    assert due(HOURLY, MADE, MADE + HOUR, MADE, catch_up=True) == Due(next_at=MADE + HOUR)


def test_a_time_that_has_just_come_fires() -> None:
    for late in (timedelta(), timedelta(seconds=1), GRACE):
        found = due(HOURLY, MADE, MADE + HOUR, MADE + HOUR + late, catch_up=False)
        assert found == Due(MADE + HOUR, next_at=MADE + 2 * HOUR)


def test_a_time_that_passed_long_ago_is_missed() -> None:
    found = due(HOURLY, MADE, MADE + HOUR, MADE + 1.5 * HOUR, catch_up=False)
    assert found == Due(None, 1, MADE + HOUR, MADE + HOUR, MADE + 2 * HOUR)


def test_one_run_makes_up_for_all_if_that_is_wanted() -> None:
    found = due(HOURLY, MADE, MADE + HOUR, MADE + 4.5 * HOUR, catch_up=True)
    assert found == Due(MADE + 4 * HOUR, 3, MADE + HOUR, MADE + 3 * HOUR, MADE + 5 * HOUR)


def test_the_last_of_many_fires_if_it_has_just_come() -> None:
    found = due(HOURLY, MADE, MADE + HOUR, MADE + 3 * HOUR, catch_up=False)
    assert found == Due(MADE + 3 * HOUR, 2, MADE + HOUR, MADE + 2 * HOUR, MADE + 4 * HOUR)


@settings(deadline=None)
@given(
    st.integers(1, 90), st.lists(st.timedeltas(timedelta(), timedelta(hours=9)), min_size=1), st.booleans()
)
def test_whenever_an_engine_looks_each_time_is_met_or_missed_once(
    minutes: int, pauses: list[timedelta], catch_up: bool
) -> None:
    recurrence, now = Recurrence("Minute", minutes), MADE
    next_at = next_after(recurrence, MADE, MADE)
    met = missed = 0
    for pause in pauses:
        now += pause
        assert next_at is not None
        found = due(recurrence, MADE, next_at, now, catch_up=catch_up)
        met += found.fires is not None
        missed += found.missed
        next_at = found.next_at
        assert next_at is not None
        assert next_at > now
    assert met + missed == (now - MADE) // timedelta(minutes=minutes)
