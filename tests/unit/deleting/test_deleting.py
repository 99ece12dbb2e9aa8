"""Deleting runs: what goes, what stays, and what an interrupted deletion leaves to the next one."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.unit.deleting.deleting_bench import KEY, STORE, DeletingBench

from lazulite.engine import rows
from lazulite.model.assets import AssetKind
from lazulite.model.errors import Conflict, NotFound
from lazulite.model.run import Run, RunStatus
from lazulite.records.records import Records
from lazulite.records.reuse import Candidate
from lazulite.storage.folders import FolderStore


def test_what_is_weighed_is_what_goes(bench: DeletingBench) -> None:
    run, step = bench.ran()
    stays, _ = bench.ran()
    job = Path(bench.home.job(bench.ws, f"{step.id}-1"))
    job.mkdir(parents=True)
    forecast = bench.look(run)
    assert forecast.by_kind == {"outputs": 10, "artifacts": 4}
    assert (forecast.files, forecast.bytes) == (3, 14)
    deletion = bench.delete(run)
    assert (deletion.by_kind, deletion.files) == (forecast.by_kind, forecast.files)
    assert bench.listed() == [stays.id]
    assert not any(run.id in path or step.id in path for path in bench.bytes_left())
    assert not job.exists()
    assert len(bench.bytes_left()) == 3


def test_a_place_that_several_runs_write_to_stays(bench: DeletingBench) -> None:
    run, _ = bench.ran("shared/latest")
    assert bench.delete(run).by_kind == {"artifacts": 4}
    assert bench.bytes_left() == ["shared/latest/file"]


def test_a_place_of_ones_own_elsewhere_goes(bench: DeletingBench) -> None:
    run, _ = bench.ran("results/{run-id}/out")
    bench.delete(run)
    assert bench.bytes_left() == []


def test_a_link_is_deleted_and_not_what_it_leads_to(bench: DeletingBench, tmp_path: Path) -> None:
    run, step = bench.ran()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("1")
    (bench.data / f"azureml/{step.id}/out/link").symlink_to(outside)
    bench.delete(run)
    assert (outside / "precious").exists()


def test_runs_that_were_submitted_below_a_run_go_with_it(bench: DeletingBench) -> None:
    run, _ = bench.ran()
    below = bench.submit(*(), parent_run_id=run.id)
    with pytest.raises(Conflict, match=below.id):
        bench.delete(run)
    bench.records.record(below.id, [rows.status(below.id, RunStatus.COMPLETED)])
    assert bench.delete(run).run_ids == tuple(sorted((run.id, below.id)))
    assert bench.listed() == []


def test_nothing_new_refers_to_what_goes(bench: DeletingBench) -> None:
    run, step = bench.ran()
    late = bench.submit()
    bench.records.mark_deleted(bench.ws, [run.id])
    assert bench.reusable() == []
    assert bench.listed() == [late.id]
    with pytest.raises(NotFound):
        bench.submit(parent_run_id=run.id)
    # An engine that found the step before it was marked, and records that only now.
    source = Candidate(step.id, "a", "a", run.id, ())
    with pytest.raises(Conflict, match="being deleted"):
        bench.records.record(late.id, [rows.reused(late.id, source)])


def test_what_is_kept_can_be_reused_further(bench: DeletingBench) -> None:
    run, step = bench.ran()
    bench.ran(reuses=step)
    assert [kept.run_id for kept in bench.delete(run).kept] == [run.id]
    assert bench.reusable() == [step.id]
    user, _ = bench.ran(reuses=step)
    assert bench.listed()[0] == user.id


def test_a_disk_that_is_not_mounted_keeps_the_run_marked_until_it_is(bench: DeletingBench) -> None:
    run, _ = bench.ran()
    away = bench.data.with_name("away")
    bench.data.rename(away)
    deletion = bench.delete(run)
    assert [STORE in kept.reason for kept in deletion.kept] == [True, True]
    assert bench.listed() == []
    away.rename(bench.data)
    bench.delete()
    assert bench.bytes_left() == []
    with pytest.raises(NotFound):
        bench.run(run)


def test_runs_of_a_datastore_that_was_unregistered_go(bench: DeletingBench) -> None:
    run, _ = bench.ran()
    bench.records.remove_asset(bench.ws, AssetKind.DATASTORE, STORE)
    bench.delete(run)
    with pytest.raises(NotFound):
        bench.run(run)


def test_code_goes_when_nothing_uses_it_and_it_is_not_fresh(bench: DeletingBench) -> None:
    first, _ = bench.ran()
    second, _ = bench.ran()
    pipeline = bench.publish()
    before = bench.code()
    assert before == 3  # the script, the list of files, the plan
    bench.ages()
    assert "code" not in bench.delete(first).by_kind
    assert "code" not in bench.delete(second).by_kind
    third, _ = bench.ran()
    bench.records.remove_asset(bench.ws, AssetKind.PUBLISHED_PIPELINE, pipeline)
    assert "code" not in bench.look().by_kind or bench.code() == before
    bench.service.missing_blobs(bench.ws, [path.name for path in bench.home.blobs(bench.ws).rglob("*/*")])
    assert "code" not in bench.delete(third).by_kind  # somebody has just asked for it
    bench.ages()
    assert bench.look().by_kind["code"] > 0
    bench.delete()
    assert bench.code() == 0


class Killed(BaseException):
    """The process is gone."""


def dying_at(number: int) -> Callable[[pytest.MonkeyPatch], None]:
    """Kill the deletion at its `number`-th write, of bytes or of rows."""
    count = itertools.count(1)

    def arm(patch: pytest.MonkeyPatch) -> None:
        for owner, name in ((FolderStore, "remove"), (Records, "mark_deleted"), (Records, "remove_doomed")):
            genuine = getattr(owner, name)

            def deadly(*arguments: Any, genuine: Callable[..., Any] = genuine) -> Any:
                if next(count) == number:
                    raise Killed
                return genuine(*arguments)

            patch.setattr(owner, name, deadly)

    return arm


@pytest.mark.parametrize("number", range(1, 12))
def test_whenever_a_deletion_dies_the_next_one_finishes_it(bench: DeletingBench, number: int) -> None:
    first, source = bench.ran()
    second, _ = bench.ran()
    user, reused = bench.ran(reuses=source)
    with pytest.MonkeyPatch.context() as patch:
        dying_at(number)(patch)
        try:
            bench.delete(first, second)
            ended = True
        except Killed:
            ended = False
    if number == 1:
        assert len(bench.listed()) == 3  # it never began
        bench.delete(first, second)
    assert bench.listed() == [user.id]
    assert set(bench.reusable()) <= {source.id}
    bench.delete()
    assert ended == (number > 6)
    assert not any(second.id in path for path in bench.bytes_left())
    with pytest.raises(NotFound):
        bench.run(second)
    assert bench.records.outputs(bench.ws, reused.id)
    assert (bench.data / f"azureml/{source.id}/out/file").exists()
    bench.delete(user)
    assert bench.bytes_left() == []


@settings(
    deadline=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],  # each example takes long
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=2, max_size=6), st.data())
def test_whatever_is_deleted_in_whatever_order_what_is_needed_stays(
    bench: DeletingBench, made: list[tuple[int, bool]], data: st.DataObject
) -> None:
    bench.moves()
    runs: list[tuple[Run, Run]] = []
    source_of: dict[str, Run] = {}
    for place, reuses in made:
        source = runs[place % len(runs)][1] if reuses and runs else None
        source = source_of.get(source.id, source) if source is not None else None
        run, step = bench.ran(reuses=source)
        if source is not None:
            source_of[step.id] = source
        runs.append((run, step))
    for run, _ in data.draw(st.permutations(runs)):
        bench.delete(run)
        listed = set(bench.listed())
        for other, step in runs:
            if other.id not in listed:
                continue
            work = source_of.get(step.id, step)
            assert (bench.data / f"azureml/{work.id}/out/file").exists()
            assert bench.records.outputs(bench.ws, step.id)
            assert bench.records.run(bench.ws, work.id)
        assert all((bench.data / f"azureml/{one}").exists() for one in bench.reusable())
    assert bench.bytes_left() == []
    assert bench.records.snapshots_in_use(bench.ws) == frozenset()
    assert bench.records.reuse_candidates(bench.ws, [KEY]) == {}
