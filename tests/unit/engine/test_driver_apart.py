"""What goes wrong with one run, workspace or compute target stays there: the engine and all other runs go on."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.unit.engine.engine_bench import Bench, step

from lazulite.compute.base import NodesChanged
from lazulite.engine import driver
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Workspace
from lazulite.model.codec import dumps, to_data
from lazulite.model.errors import StorageFull
from lazulite.model.job import Job, OutcomeStatus
from lazulite.model.outbox import MetricLogged, OutboxLine
from lazulite.model.run import Metric, RunStatus


def write(job: Job, *lines: OutboxLine | str) -> None:
    """Append to a job's outbox as a script does."""
    path = Path(job.folder, "outbox.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [line if isinstance(line, str) else dumps(line) for line in lines]
    with path.open("ab") as file:
        file.writelines((text + "\n").encode(errors="backslashreplace") for text in texts)


def metric(job: Job, name: str, **options: object) -> MetricLogged:
    values: dict[str, object] = {"value": 1, "at": datetime.now(timezone.utc), **options}
    return MetricLogged(job.run_id, Metric(name, "scalar", **values))  # type: ignore[arg-type]


def test_a_run_whose_rows_vanish_is_dropped(bench: Bench) -> None:
    gone = bench.service.create_workspace(Workspace("", "gone", "sub", "group")).id
    with bench.engine() as compute:
        bench.submit(step("vanishing", bench.snapshot), ws=gone)
        run = bench.submit(step("staying", bench.snapshot))
        jobs = [compute.job("vanishing"), compute.job("staying")]
        bench.records.remove_workspace(gone, even_if_active=True)
        for job in jobs:
            compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED


def test_nodes_of_a_deleted_workspace_are_no_trouble(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        job = compute.job("a")
        compute.report(NodesChanged("no such workspace", "cpu", ()))
        compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED


def test_a_job_can_be_canceled_after_its_compute_target_was_deleted(bench: Bench) -> None:
    cpu = ComputeTarget("cpu", type="AmlCompute", max_nodes=1)
    bench.records.put_asset(bench.ws, Asset(AssetKind.COMPUTE, "cpu", to_data(cpu)), True)
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot, compute="cpu"))
        job = compute.job("a")
        bench.records.remove_asset(bench.ws, AssetKind.COMPUTE, "cpu")
        bench.records.request_cancel(bench.ws, run.id)
        bench.wake()
        assert bench.ended(run).status is RunStatus.CANCELED
        assert compute.canceled == [job.id]
        assert (bench.ws, "cpu") in compute.removed


def test_a_compute_target_without_a_backend_fails_its_own_steps_only(bench: Bench) -> None:
    broken = ComputeTarget("odd", type="AmlCompute", min_nodes=1, max_nodes=1, backend="broken")
    bench.records.put_asset(bench.ws, Asset(AssetKind.COMPUTE, "odd", to_data(broken)), True)
    with bench.engine() as compute:
        fails = bench.submit(step("a", bench.snapshot, compute="odd"))
        run = bench.submit(step("b", bench.snapshot))
        compute.end(compute.job("b"))
        assert bench.ended(run).status is RunStatus.COMPLETED
        error = bench.ended(fails).error
        assert error is not None
        assert "no such backend" in error.message


@pytest.mark.parametrize(
    "bad",
    [
        {"step": 2**70},
        {"at": "2024-01-01T00:00:00"},
        {"name": "\ud800", "value": "\udfff"},
        {"value": float("nan")},
    ],
)
def test_a_bad_metric_stops_neither_the_run_nor_the_other_metrics(
    bench: Bench, bad: dict[str, object]
) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        job = compute.job("a")
        line = json.loads(dumps(metric(job, "bad")))
        line["metric"].update(bad)
        write(
            job, metric(job, "before"), json.dumps(line), "[" * 100_000, "nonsense", "", metric(job, "after")
        )
        compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED
    names = [found.name for found in bench.records.metrics(job.run_id)]
    assert names[0] == "before"
    assert names[-1] == "after"


def test_an_outbox_that_is_no_file_is_no_trouble(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        job = compute.job("a")
        Path(job.folder, "outbox.jsonl").mkdir(parents=True)
        compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED


def test_what_a_lost_try_logged_is_not_there_twice(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        first = compute.job("a", 1)
        write(first, metric(first, "loss"), MetricLogged(run.id, metric(first, "shared").metric))
        compute.start(first)
        compute.wait_for(lambda: len(bench.records.metrics(first.run_id)) == 1)
        compute.lose(first)
        second = compute.job("a", 2)
        write(second, metric(second, "loss"), MetricLogged(run.id, metric(second, "shared").metric))
        compute.end(second)
        assert bench.ended(run).status is RunStatus.COMPLETED
    assert [found.name for found in bench.records.metrics(first.run_id)] == ["loss"]
    assert [found.name for found in bench.records.metrics(run.id)] == ["shared"]


def test_the_last_lost_try_keeps_what_it_logged(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        for attempt in (1, 2, 3):
            job = compute.job("a", attempt)
            write(job, metric(job, f"of try {attempt}"))
            compute.lose(job)
        ended = bench.ended(run)
    assert ended.error is not None
    assert "lost every time" in ended.error.message
    assert [found.name for found in bench.records.metrics(job.run_id)] == ["of try 3"]


def test_metrics_are_there_once_when_a_second_engine_reads_the_outbox_again(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        job = compute.job("a")
        write(job, metric(job, "one"))
        compute.start(job)
        compute.wait_for(lambda: len(bench.records.metrics(job.run_id)) == 1)
    write(job, metric(job, "two"))
    with bench.engine() as compute:
        compute.wait_for(lambda: len(compute.launched) == 2)  # the same job, to be watched
        compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED
    assert [found.name for found in bench.records.metrics(job.run_id)] == ["one", "two"]


def test_the_run_fails_with_the_error_of_the_step_that_failed_first(bench: Bench) -> None:
    with bench.engine() as compute:
        run = bench.submit(
            step("a", bench.snapshot), step("b", bench.snapshot), continue_on_step_failure=True
        )
        a, b = compute.job("a"), compute.job("b")
        compute.end(b, OutcomeStatus.FAILED, error="b was first")
        compute.wait_for(lambda: bench.steps(run)["b"].status.is_terminal)
        compute.end(a, OutcomeStatus.FAILED, error="a was second")
        error = bench.ended(run).error
    assert error is not None
    assert error.message == "Step 'b' failed: b was first"


def test_a_full_disk_is_waited_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "SAFETY_SECONDS", 0.1)
    with bench.engine() as compute:
        run = bench.submit(step("a", bench.snapshot))
        job = compute.job("a")
        record = bench.records.record
        full = [True]

        def refusing(*arguments: object) -> object:
            if full:
                raise StorageFull("no space")
            return record(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(bench.records, "record", refusing)
        compute.end(job)
        compute.wait_for(lambda: len(compute.launched) > 1)  # taken up again, to be watched
        full.clear()
        compute.end(job)
        assert bench.ended(run).status is RunStatus.COMPLETED


def test_folders_of_jobs_go_when_the_engine_rests_also_after_a_crash(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lazulite.engine.driver.REST_SECONDS", 0.05)
    monkeypatch.setattr("lazulite.engine.driver.SAFETY_SECONDS", 0.1)
    with bench.engine() as compute:
        run, other = bench.submit(step("a", bench.snapshot)), bench.submit(step("b", bench.snapshot))
        folders = [Path(compute.job(name).folder) for name in ("a", "b")]
        for folder in folders:
            (folder / "work").mkdir(parents=True)
        compute.end(compute.job("a"))
        bench.ended(run)
        assert all(folder.exists() for folder in folders)  # the other run goes on
        compute.end(compute.job("b"))
        bench.ended(other)
        compute.wait_for(lambda: not any(folder.exists() for folder in folders))
    left = [folders[0], folders[0].with_name("nobody-1")]  # as an engine leaves them that dies at this moment
    for folder in left:
        folder.mkdir()
    with bench.engine() as compute:
        compute.wait_for(lambda: not any(folder.exists() for folder in left))
