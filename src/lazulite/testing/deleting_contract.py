"""The part of the service's contract that is about deleting runs. See `service_contract`."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.assets import AssetKind
from lazulite.model.deletion import RETENTION_SETTING
from lazulite.model.ids import new_id
from lazulite.model.run import Metric, Run, RunKind, RunPatch, RunQuery, RunStatus
from lazulite.model.schedule import Recurrence, Schedule
from lazulite.testing.publishing_contract import endpoint_of, published
from lazulite.testing.sample_runs import store_snapshot, submission, wait
from lazulite.testing.schedules_contract import put

STORE = "workspaceblobstore"


def ran(service: Service, workspace: str, word: str = "done", **options: object) -> tuple[Run, Run]:
    """A run of one step, and that step, ended."""
    run = service.submit(workspace, submission(store_snapshot(service, workspace), word, **options))
    wait(service, workspace, run.id)
    (step,) = service.list_runs(workspace, RunQuery(parent_id=run.id))
    return service.get_run(workspace, run.id), step


def files(service: Service, workspace: str, run: Run) -> list[str]:
    """What is on the datastore of a step or pipeline run."""
    found = service.list_files(workspace, STORE, f"azureml/{run.id}/")
    return [one.path for one in (*found, *service.list_files(workspace, STORE, run.artifact_path))]


class DeletingContract:
    """Tests of deletion; the fixtures are those of `ServiceContract`."""

    @pytest.mark.slow
    def test_a_run_goes_with_all_that_is_its(self, service: Service, workspace: str) -> None:
        run, step = ran(service, workspace)
        stays, _ = ran(service, workspace, "stays")
        service.add_metrics(workspace, step.id, [Metric("loss", "scalar", 0.5, datetime.now(timezone.utc))])
        there = files(service, workspace, step)
        forecast = service.delete_runs(workspace, (run.id,), dry_run=True)
        assert (forecast.run_ids, forecast.is_dry_run, forecast.kept) == ((run.id,), True, ())
        assert forecast.files >= len(there) > 1
        assert files(service, workspace, step) == there
        deletion = service.delete_runs(workspace, (run.id,))
        assert replace(deletion, is_dry_run=True) == forecast
        assert deletion.bytes == sum(deletion.by_kind.values())
        assert deletion.by_kind["outputs"] == len("done")
        for gone in (run, step):
            assert files(service, workspace, gone) == []
            with pytest.raises(errors.NotFound):
                service.get_run(workspace, gone.id)
        with pytest.raises(errors.NotFound):
            service.get_metrics(workspace, step.id)
        assert [one.id for one in service.list_runs(workspace, RunQuery(top_level=True))] == [stays.id]
        with pytest.raises(errors.NotFound):
            service.delete_runs(workspace, (run.id,))

    @pytest.mark.slow
    def test_what_is_reused_stays_until_nothing_needs_it(self, service: Service, workspace: str) -> None:
        first, source = ran(service, workspace)
        second, reused = ran(service, workspace)
        assert reused.reused_run_id == source.id
        there = files(service, workspace, source)
        deletion = service.delete_runs(workspace, (first.id,))
        assert [
            (one.run_id, second.id in one.reason or reused.id in one.reason) for one in deletion.kept
        ] == [(first.id, True)]
        assert files(service, workspace, source) == there
        assert [one.id for one in service.list_runs(workspace, RunQuery(top_level=True))] == [second.id]
        assert service.get_outputs(workspace, reused.id) == service.get_outputs(workspace, source.id) != ()
        third, again = ran(service, workspace)
        assert again.reused_run_id == source.id
        service.delete_runs(workspace, (second.id,))
        assert files(service, workspace, source) == there
        service.delete_runs(workspace, (third.id,))
        assert files(service, workspace, source) == []
        with pytest.raises(errors.NotFound):
            service.get_run(workspace, source.id)
        _, anew = ran(service, workspace)
        assert anew.reused_run_id is None

    @pytest.mark.slow
    def test_active_runs_and_parts_of_runs_are_not_deleted(self, service: Service, workspace: str) -> None:
        run, step = ran(service, workspace)
        waiting = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
        with pytest.raises(errors.Conflict, match=waiting.id):
            service.delete_runs(workspace, (run.id, waiting.id))
        with pytest.raises(errors.InvalidRequest, match=run.id):
            service.delete_runs(workspace, (step.id,))
        assert service.get_run(workspace, run.id) == run
        service.cancel_run(workspace, waiting.id)
        wait(service, workspace, waiting.id)
        assert service.delete_runs(workspace, (run.id, waiting.id)).run_ids == tuple(
            sorted((run.id, waiting.id))
        )

    def test_an_experiment_goes_with_its_runs(self, service: Service, workspace: str) -> None:
        now = datetime.now(timezone.utc)
        made = service.create_run(
            workspace, Run("", "", "notes", RunKind.INTERACTIVE, RunStatus.RUNNING, now)
        )
        child = service.create_run(
            workspace,
            Run("", "", "notes", RunKind.INTERACTIVE, RunStatus.RUNNING, now, parent_id=made.id),
        )
        service.put_file(workspace, STORE, f"{child.artifact_path}/note.txt", io.BytesIO(b"four"))
        with pytest.raises(errors.Conflict):
            service.delete_experiment(workspace, "notes")
        service.update_run(workspace, made.id, RunPatch(status=RunStatus.COMPLETED))
        forecast = service.delete_experiment(workspace, "notes", dry_run=True)
        assert (forecast.run_ids, forecast.bytes) == ((made.id,), 4)
        service.delete_experiment(workspace, "notes")
        assert service.list_files(workspace, STORE, child.artifact_path) == ()
        assert service.list_assets(workspace, AssetKind.EXPERIMENT) == ()
        with pytest.raises(errors.NotFound):
            service.delete_experiment(workspace, "notes")

    @pytest.mark.slow
    def test_rules_let_old_runs_go(self, service: Service, workspace: str) -> None:
        old = [ran(service, workspace, word)[0] for word in ("a", "b", "c")]
        service.update_run(workspace, old[0].id, RunPatch(set_tags={"keep": "yes"}))
        assert service.apply_retention(workspace).run_ids == ()
        record = service.get_workspace(workspace)
        rules = json.dumps([{"days": 0, "keep_last": 1, "keep_tags": ["keep"]}])
        service.update_workspace(replace(record, settings={RETENTION_SETTING: rules}))
        assert service.apply_retention(workspace, dry_run=True).run_ids == (old[1].id,)
        assert service.apply_retention(workspace).run_ids == (old[1].id,)
        assert len(service.list_runs(workspace, RunQuery(top_level=True))) == 2

    @pytest.mark.parametrize(
        "settings",
        [
            {RETENTION_SETTING: "weekly"},
            {RETENTION_SETTING: '[{"days": -1}]'},
            {RETENTION_SETTING: '[{"days": 1, "statuses": ["Running"]}]'},
            {RETENTION_SETTING: '[{"keep_last": 1}]'},
            {"schedules.missed": "always"},
            {"schedule.missed": "skip"},
        ],
    )
    def test_settings_are_checked(self, service: Service, workspace: str, settings: dict[str, str]) -> None:
        record = service.get_workspace(workspace)
        with pytest.raises(errors.InvalidRequest):
            service.update_workspace(replace(record, settings=settings))
        assert service.get_workspace(workspace) == record

    def test_what_a_schedule_starts_is_not_deleted(self, service: Service, workspace: str) -> None:
        pipeline = published(service, workspace)
        other = published(service, workspace)
        endpoint = endpoint_of(service, workspace, other)
        made = [
            put(service, workspace, Schedule(new_id(), "one", "x", recurrence=Recurrence("Day"), **target))  # type: ignore[arg-type]
            for target in ({"pipeline_id": pipeline.id}, {"endpoint_id": endpoint.id})
        ]
        targets = ((AssetKind.PUBLISHED_PIPELINE, pipeline.id), (AssetKind.PIPELINE_ENDPOINT, endpoint.name))
        for kind, name in targets:
            with pytest.raises(errors.Conflict, match="Schedule 'one'"):
                service.delete_asset(workspace, kind, name)
        for schedule in made:
            service.delete_asset(workspace, AssetKind.SCHEDULE, schedule.id)
        for kind, name in targets:
            service.delete_asset(workspace, kind, name)

    def test_runs_of_another_workspace_are_not_deleted(
        self, service: Service, workspace: str, other: str
    ) -> None:
        run, _ = ran(service, workspace)
        with pytest.raises(errors.NotFound):
            service.delete_runs(other, (run.id,))
        assert service.get_run(workspace, run.id) == run
