from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.records.samples import add_pipeline, at, metric, run, status

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.ids import new_id
from lazulite.model.run import Metric, RunStatus
from lazulite.records.records import Records


def test_metrics_come_back_as_they_went_in(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    logged = [
        Metric("loss", "scalar", 0.25, at(1), step=3, description="d"),
        Metric("table", "table", {"a": [1, 2], "b": [None, "x"]}, at(2)),
        Metric("loss", "scalar", float("inf"), at(3)),
    ]
    records.add_metrics(added.id, logged)
    assert records.metrics(added.id) == tuple(logged)
    assert records.metrics(added.id, "loss") == (logged[0], logged[2])
    assert records.metrics(added.id, "none") == ()


def test_an_outbox_read_twice_counts_once(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    lines = [metric("m", n) for n in range(5)]
    records.add_metrics(added.id, lines[:3], 2**56)
    records.add_metrics(added.id, lines, 2**56)
    records.add_metrics(added.id, lines[4:], 2**56 + 4)
    assert records.metrics(added.id) == tuple(lines)


def test_values_without_a_number_are_always_appended(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    records.add_metrics(added.id, [metric("outside")])
    records.add_metrics(added.id, [metric("outbox")], 0)
    records.add_metrics(added.id, [metric("outside")])
    assert [one.name for one in records.metrics(added.id)] == ["outside", "outbox", "outside"]


def test_a_reused_run_shows_the_metrics_of_the_one_it_reuses(records: Records, ws: str) -> None:
    pipeline, (first, second) = add_pipeline(records, ws, "a", "b")
    records.add_metrics(first.id, [metric("m")])
    records.record(pipeline.id, [status(second, RunStatus.COMPLETED, reused_run_id=first.id)])
    assert records.metrics(second.id) == (metric("m"),)


def test_metrics_need_their_run(records: Records, ws: str) -> None:
    with pytest.raises(NotFound, match="no run 'gone'"):
        records.add_metrics("gone", [metric("m")])
    assert records.metrics("gone") == ()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=8))
def test_any_overlapping_reads_give_every_line_once(
    records: Records, ws: str, reads: list[tuple[int, int]]
) -> None:
    """However an outbox is cut into pieces and read again after crashes, each line is there once, in its place."""
    added = records.add_run(run(ws, id=new_id()))
    lines = [metric("m", n) for n in range(12)]
    read = 0
    for start, length in [*reads, (0, 12)]:
        first = min(start, read)  # a crash may forget how far it was read, but no line is left out
        records.add_metrics(added.id, lines[first : first + length], first)
        read = max(read, min(first + length, 12))
    assert records.metrics(added.id) == tuple(lines)


def test_what_a_lost_try_logged_is_forgotten_in_the_whole_family(records: Records, ws: str) -> None:
    pipeline, (step, other) = add_pipeline(records, ws, "a", "b")
    lost, kept = range(1 << 30, 1 << 31), 1 << 31
    for one in (pipeline, step):
        records.add_metrics(one.id, [metric("lost")], lost.start)
        records.add_metrics(one.id, [metric("kept")], kept)
        records.add_metrics(one.id, [metric("outside")])
    apart, _ = add_pipeline(records, ws)
    records.add_metrics(apart.id, [metric("lost")], lost.start)
    records.forget_metrics(pipeline.id, lost)
    for one in (pipeline, step):
        assert [found.name for found in records.metrics(one.id)] == ["kept", "outside"]
    assert records.metrics(other.id) == ()
    assert len(records.metrics(apart.id)) == 1


def test_half_a_surrogate_pair_is_kept_as_its_escape(records: Records, ws: str) -> None:
    added = records.add_run(run(ws, tags={"who": "\ud800"}))
    records.add_metrics(added.id, [Metric("m\ud800", "scalar", "v\ud800", at(1))])
    (found,) = records.metrics(added.id)
    assert (found.name, found.value) == (
        "m\\ud800",
        "v\ud800",
    )  # a value is JSON, where the escape means the same
    assert records.run(ws, added.id).tags == {"who": "\\ud800"}


def test_a_value_that_no_database_takes_is_an_error_of_ours(records: Records, ws: str) -> None:
    added = records.add_run(run(ws))
    with pytest.raises(InvalidRequest, match="cannot be recorded"):
        records.add_metrics(added.id, [Metric("m", "scalar", 1, at(1), step=2**70)])
    with pytest.raises(InvalidRequest, match="time zone"):
        records.add_metrics(added.id, [Metric("m", "scalar", 1, at(1).replace(tzinfo=None))])
