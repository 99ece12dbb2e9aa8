"""Which runs a query finds, and in which order."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from sqlalchemy import text
from tests.unit.records.samples import add_pipeline, at, metric, run, status

from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.model.run import Run, RunKind, RunPatch, RunQuery, RunStatus, StepCounts
from lazulite.records import counting
from lazulite.records.records import Records


def found(records: Records, ws: str, **fields: Any) -> list[str]:
    """The display names of the runs that match, in their order."""
    return [str(one.display_name) for one in records.runs(ws, RunQuery(**fields))]


def add(records: Records, ws: str, title: str, minutes: float = 0, **fields: Any) -> Run:
    return records.add_run(run(ws, display_name=title, created_at=at(minutes), **fields))


def test_text_is_found_in_names_and_tags_whatever_its_case(records: Records, ws: str) -> None:
    one = add(records, ws, "Nightly training")
    add(records, ws, "b", tags={"Owner": "zoe"})
    add(records, ws, "c", description="for the 100% run")
    assert found(records, ws, text="NIGHTLY") == ["Nightly training"]
    assert found(records, ws, text="zoe") == ["b"]
    assert found(records, ws, text="owner") == ["b"]
    assert found(records, ws, text=one.id[5:20]) == ["Nightly training"]
    assert found(records, ws, text="100%") == ["c"]
    assert found(records, ws, text="1_0") == [], (
        "a letter that means any letter to the database does not here"
    )


def test_runs_are_found_by_who_and_when(records: Records, ws: str) -> None:
    add(records, ws, "a", 0, submitted_by="ada")
    add(records, ws, "b", 10, submitted_by="bob")
    assert found(records, ws, submitted_by="ada") == ["a"]
    assert found(records, ws, created_after=at(10)) == ["b"]
    assert found(records, ws, created_before=at(10)) == ["a"]


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        ({"rate": "0.5"}, True),
        ({"rate": "0.50"}, True),
        ({"rate": "0.55"}, False),
        ({"rows": "10"}, True),
        ({"rows": "1"}, False),
        ({"deep": "True"}, True),
        ({"deep": "false"}, False),
        ({"name": "a, b"}, True),
        ({"none": "None"}, True),
        ({"name": 'say "no"'}, False),
        ({"rate": "0.5", "rows": "11"}, False),
    ],
)
def test_runs_are_found_by_parameters(
    records: Records, ws: str, wanted: dict[str, str], matches: bool
) -> None:
    values = {"rate": 0.5, "rows": 10, "deep": True, "name": "a, b", "none": None}
    add(records, ws, "a", properties={"azureml.parameters": json.dumps(values)})
    assert found(records, ws, parameters=wanted) == (["a"] if matches else [])


def test_runs_are_found_by_the_newest_number_of_a_metric_of_theirs_or_below(
    records: Records, ws: str
) -> None:
    _, (step,) = add_pipeline(records, ws, "train", display_name="p")
    records.add_metrics(step.id, [metric("loss", 5.0), metric("loss", 0.5), metric("word", "0.9")])
    plain = add(records, ws, "plain", 1)
    records.add_metrics(plain.id, [metric("loss", 3)])

    def by(condition: str, name: str = "loss") -> list[str]:
        return found(records, ws, top_level=True, metrics={name: condition})

    assert by("< 1") == ["p"]
    assert by(">= 3") == ["plain"]
    assert by("= 0.5") == by("0.5") == ["p"]
    assert by("!= 0.5") == ["plain"]
    assert by("") == ["plain", "p"]
    assert by("> 0", "word") == by("> 0", "other") == []
    with pytest.raises(InvalidRequest, match="cannot be understood"):
        by("about 3")


def test_a_failure_is_resolved_by_a_later_run_or_by_a_person(records: Records, ws: str) -> None:
    def unresolved() -> list[str]:
        return found(records, ws, unresolved=True, top_level=True)

    failed: dict[str, Any] = {"status": RunStatus.FAILED, "name": "train"}
    first = add(records, ws, "first", 0, **failed)
    add(records, ws, "again", 1, **failed)
    add(records, ws, "other", 2, status=RunStatus.COMPLETED, name="another pipeline")
    assert unresolved() == ["again", "first"]
    records.patch_run(ws, first.id, RunPatch(set_tags={"handled": "ada"}))
    assert unresolved() == ["again"]
    add(records, ws, "repaired", 3, status=RunStatus.RUNNING, name="train")
    assert unresolved() == []


def test_pages_neither_repeat_nor_skip_while_runs_come(records: Records, ws: str) -> None:
    for number in range(7):
        add(records, ws, str(number), minutes=number // 3)  # several at the same moment
    first = records.runs(ws, RunQuery(limit=3))
    add(records, ws, "new", 100)
    second = records.runs(ws, RunQuery(limit=3, after=first[-1].id))
    third = records.runs(ws, RunQuery(limit=3, after=second[-1].id))
    names = [one.display_name for one in (*first, *second, *third)]
    assert names == ["6", "5", "4", "3", "2", "1", "0"]
    upwards = [one.display_name for one in records.runs(ws, RunQuery(ascending=True, after=second[-1].id))]
    assert upwards == ["2", "3", "4", "5", "6", "new"]
    with pytest.raises(NotFound):
        records.runs(ws, RunQuery(after="no-such-run"))


def test_runs_are_ordered_by_what_one_asks_for(records: Records, ws: str) -> None:
    add(records, ws, "b", 0, ended_at=at(9), experiment="Z", status=RunStatus.COMPLETED)
    add(records, ws, "A", 1, ended_at=at(2), experiment="y", status=RunStatus.FAILED)
    add(records, ws, "c", 2, experiment="x", status=RunStatus.RUNNING)  # not ended: until now
    assert found(records, ws, order="duration") == ["c", "b", "A"]
    assert found(records, ws, order="ended", ascending=True) == ["A", "b", "c"]
    assert found(records, ws, order="name", ascending=True) == ["A", "b", "c"]
    assert found(records, ws, order="experiment", ascending=True) == ["c", "A", "b"]
    assert found(records, ws, order="status", ascending=True) == ["b", "A", "c"]
    (longest,) = records.runs(ws, RunQuery(order="duration", limit=1))
    assert found(records, ws, order="duration", after=longest.id) == ["b", "A"]
    with pytest.raises(InvalidRequest, match="created, ended, duration"):
        records.runs(ws, RunQuery(order="colour"))


def test_runs_are_counted_by_status(records: Records, ws: str, other: str) -> None:
    add(records, ws, "a", status=RunStatus.FAILED)
    add(records, ws, "b", status=RunStatus.FAILED, tags={"x": "1"})
    add(records, ws, "c")
    add(records, other, "elsewhere")
    assert records.count_runs(ws, RunQuery(limit=1)) == {"Failed": 2, "Running": 1}
    assert records.count_runs(ws, RunQuery(tags={"x": None})) == {"Failed": 1}


def test_steps_are_counted_by_status_with_those_reused(records: Records, ws: str, other: str) -> None:
    pipeline, (one, two, _) = add_pipeline(records, ws, "a", "b", "c")
    records.record(
        pipeline.id,
        [
            status(one, RunStatus.COMPLETED, reused_run_id="earlier"),
            status(two, RunStatus.FAILED),
        ],
    )
    expected = StepCounts(3, 1, {"Completed": 1, "Failed": 1, "NotStarted": 1})
    assert records.count_steps(ws, [pipeline.id, "no-such-run"]) == {pipeline.id: expected}
    assert records.count_steps(other, [pipeline.id]) == {}
    assert records.count_steps(ws, []) == {}


@pytest.mark.skipif("LAZULITE_TEST_DATABASE" in os.environ, reason="how SQLite goes about it")
def test_counting_the_steps_of_few_runs_does_not_look_at_all_steps(records: Records, ws: str) -> None:
    wanted = counting.counted_steps(ws, ["one", "two"]).compile(compile_kwargs={"literal_binds": True})
    with records._database.read() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {wanted}")).all()
    assert "runs_of_parent" in plan[0].detail


def test_the_newest_numbers_of_runs_and_of_those_below(records: Records, ws: str, other: str) -> None:
    pipeline, (step,) = add_pipeline(records, ws, "train")
    records.add_metrics(step.id, [metric("loss", 2.0), metric("loss", 1.0), metric("bad", float("nan"))])
    records.add_metrics(pipeline.id, [metric("rows", 7), metric("flag", value=True), metric("word", "x")])
    again, (taken,) = add_pipeline(records, ws, "train")
    records.record(again.id, [status(taken, RunStatus.COMPLETED, reused_run_id=step.id)])
    assert records.latest_metrics(ws, [pipeline.id, again.id]) == {
        pipeline.id: {"loss": 1.0, "rows": 7},
        again.id: {"loss": 1.0},
    }
    assert records.latest_metrics(other, [pipeline.id]) == {}


def test_steps_are_found_by_their_own_metrics_only(records: Records, ws: str) -> None:
    _, (one, two) = add_pipeline(records, ws, "one", "two")
    records.add_metrics(one.id, [metric("loss", 1.0)])
    records.add_metrics(two.id, [metric("loss", 2.0)])
    steps = records.runs(ws, RunQuery(kind=RunKind.STEP, metrics={"loss": "> 1"}))
    assert [step.name for step in steps] == ["two"]
