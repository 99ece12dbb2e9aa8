from __future__ import annotations

from typing import Any

from tests.unit.portal_run.sample import at, event, pipeline_run, plan, status, step, step_run

from lazulite.model.events import EventKind
from lazulite.model.run import RunStatus
from lazulite.server.portal.run.timeline import Span, medians, timeline


def story(node: str, ready: float, start: float, end: float) -> list[Any]:
    return [
        event(node, ready, EventKind.DECIDED, verdict="run"),
        event(node, ready, EventKind.LAUNCHED, attempt=1),
        status(node, start, RunStatus.PREPARING),
        status(node, start + 1, RunStatus.RUNNING),
        status(node, end - 1, RunStatus.FINALIZING),
        status(node, end, RunStatus.COMPLETED),
    ]


def test_the_parts_of_a_steps_time() -> None:
    found = timeline(
        pipeline_run(ended_at=at(20)),
        plan(step("a")),
        [step_run("a", 2, 12)],
        story("a", 0, 2, 12),
        at(99),
        {},
    )
    assert found.rows[0].spans == (
        Span("queued", at(0), at(2)),
        Span("preparing", at(2), at(3)),
        Span("running", at(3), at(11)),
        Span("finalizing", at(11), at(12)),
    )
    assert found.seconds == 20
    assert found.share(at(5)) == 0.25


def test_a_lost_try_is_seen_and_the_next_one_follows() -> None:
    events = [
        *story("a", 0, 1, 0)[:4],
        event("a", 5, EventKind.LOST, attempt=1, reason="node gone"),
        event("a", 6, EventKind.LAUNCHED, attempt=2),
        status("a", 7, RunStatus.RUNNING),
    ]
    row = timeline(pipeline_run(), plan(step("a")), [step_run("a", 1)], events, at(10), {}).rows[0]
    assert [(span.phase, span.attempt, span.lost) for span in row.spans] == [
        ("queued", 1, False),
        ("preparing", 1, False),
        ("running", 1, True),
        ("queued", 2, False),
        ("running", 2, False),
    ]
    assert row.spans[-1].end == at(10), "a step that runs is drawn until now"


def test_a_reused_step_takes_no_time() -> None:
    events = [
        event("a", 0, EventKind.DECIDED, verdict="reused"),
        status("a", 0, RunStatus.COMPLETED),
    ]
    reused = step_run("a", None, 0, reused_run_id="earlier")
    assert timeline(pipeline_run(), plan(step("a")), [reused], events, at(1), {}).rows[0].spans == ()


def test_the_critical_path_goes_back_from_the_last_step_by_what_it_waited_for() -> None:
    steps = plan(step("slow"), step("quick"), step("join", "slow", "quick"), step("side", "quick"))
    runs = [step_run("slow", 0, 9), step_run("quick", 0, 2), step_run("join", 9, 12), step_run("side", 2, 4)]
    rows = timeline(pipeline_run(ended_at=at(12)), steps, runs, [], at(12), {"join": 2.5}).rows
    assert {row.run.node for row in rows if row.is_critical} == {"slow", "join"}
    assert [row.median for row in rows] == [None, None, 2.5, None]


def test_medians_count_work_that_was_done() -> None:
    past = [
        step_run("a", 0, 1),
        step_run("a", 0, 3),
        step_run("a", 0, 100),
        step_run("a", None, 0, reused_run_id="x"),
        step_run("a", 0, 50, status=RunStatus.FAILED),
        step_run("b", 0, 1, status=RunStatus.FAILED),
    ]
    assert medians(past) == {"a": 3.0}


def test_ticks_are_round_times() -> None:
    def ticks(seconds: float) -> list[str]:
        return [
            tick.text
            for tick in timeline(pipeline_run(ended_at=at(seconds)), plan(), [], [], at(0), {}).ticks
        ]

    assert ticks(9) == ["0 s", "2 s", "4 s", "6 s", "8 s"]
    assert ticks(1.2) == ["0 s", "0.5 s", "1 s"]
    assert ticks(200) == ["0 s", "1:00", "2:00", "3:00"]
    assert ticks(40000)[:2] == ["0 s", "4:00:00"]
    assert 1 <= len(ticks(400 * 86400)) <= 7
