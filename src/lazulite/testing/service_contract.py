"""What every implementation of `api.Service` must do, as tests.

    class TestMyService(ServiceContract):
        @pytest.fixture
        def service(self): ...

The suite works through the protocol only. Steps run for real, on the compute target `local` of the service.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from lazulite.api.service import Service
from lazulite.model import errors
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore, Workspace
from lazulite.model.codec import from_data, to_data
from lazulite.model.events import Event, EventKind
from lazulite.model.plan import (
    Plan,
    Step,
)
from lazulite.model.run import Metric, Run, RunKind, RunPatch, RunQuery, RunStatus, Submission
from lazulite.model.snapshot import Snapshot, SnapshotFile
from lazulite.testing.deleting_contract import DeletingContract
from lazulite.testing.files_contract import FilesContract
from lazulite.testing.publishing_contract import PublishingContract
from lazulite.testing.sample_runs import SCRIPT, store_snapshot, submission, wait
from lazulite.testing.schedules_contract import SchedulesContract
from lazulite.testing.searching_contract import SearchingContract
from lazulite.testing.secrets_contract import SecretsContract


class ServiceContract(
    FilesContract,
    PublishingContract,
    SchedulesContract,
    DeletingContract,
    SearchingContract,
    SecretsContract,
):
    """Subclass it and provide the fixture `service`."""

    @pytest.fixture
    def workspace(self, service: Service) -> str:
        """The id of a new workspace."""
        return service.create_workspace(Workspace("", "contract", "sub", "group")).id

    @pytest.fixture
    def other(self, service: Service) -> str:
        """The id of another one."""
        return service.create_workspace(Workspace("", "other", "sub", "group")).id

    # --- workspaces ---

    def test_a_workspace_is_created_found_changed_and_deleted(self, service: Service, workspace: str) -> None:
        record = service.get_workspace(workspace)
        assert (record.name, record.default_datastore) == ("contract", "workspaceblobstore")
        assert service.list_workspaces(name="contract", subscription_id="sub", resource_group="group") == (
            record,
        )
        assert service.list_workspaces(name="contract", resource_group="elsewhere") == ()
        changed = service.update_workspace(
            Workspace(**{**vars(record), "default_datastore": "workspacefilestore"})
        )
        assert service.get_workspace(workspace) == changed
        service.delete_workspace(workspace)
        with pytest.raises(errors.NotFound):
            service.get_workspace(workspace)
        with pytest.raises(errors.NotFound):
            service.list_assets(workspace, AssetKind.DATASTORE)
        with pytest.raises(errors.NotFound):
            service.list_runs(workspace, RunQuery())

    def test_a_name_is_taken_once_per_group(self, service: Service, workspace: str) -> None:
        with pytest.raises(errors.Conflict):
            service.create_workspace(Workspace("", "contract", "sub", "group"))
        service.create_workspace(Workspace("", "contract", "sub", "another-group"))

    @pytest.mark.parametrize("name", ["", "ab", "../up", "a b", "x" * 40])
    def test_bad_workspace_names_are_refused(self, service: Service, name: str) -> None:
        with pytest.raises(errors.InvalidName):
            service.create_workspace(Workspace("", name, "sub", "group"))

    # --- assets ---

    def test_assets_by_kind(self, service: Service, workspace: str) -> None:
        names = [asset.name for asset in service.list_assets(workspace, AssetKind.DATASTORE)]
        assert sorted(names) == ["workspaceblobstore", "workspacefilestore"]
        target = Asset(AssetKind.COMPUTE, "cpu", to_data(ComputeTarget("cpu", max_nodes=2)))
        service.put_asset(workspace, target)
        with pytest.raises(errors.Conflict):
            service.put_asset(workspace, target, overwrite=False)
        stored = service.get_asset(workspace, AssetKind.COMPUTE, "cpu")
        assert from_data(ComputeTarget, stored.document).max_nodes == 2
        service.delete_asset(workspace, AssetKind.COMPUTE, "cpu")
        with pytest.raises(errors.NotFound):
            service.get_asset(workspace, AssetKind.COMPUTE, "cpu")

    def test_versioned_assets_keep_every_version(self, service: Service, workspace: str) -> None:
        for number in (1, 2):
            asset = Asset(AssetKind.ENVIRONMENT, "sk", {"number": number})
            assert service.put_asset(workspace, asset).version == number
        assert service.get_asset(workspace, AssetKind.ENVIRONMENT, "sk").document == {"number": 2}
        assert service.get_asset(workspace, AssetKind.ENVIRONMENT, "sk", 1).document == {"number": 1}
        assert [a.version for a in service.list_assets(workspace, AssetKind.ENVIRONMENT, "sk")] == [1, 2]

    def test_the_default_datastore_cannot_be_deleted(self, service: Service, workspace: str) -> None:
        with pytest.raises(errors.Conflict):
            service.delete_asset(workspace, AssetKind.DATASTORE, "workspaceblobstore")

    def test_folders_of_datastores_are_handed_out_absolute(self, service: Service, workspace: str) -> None:
        """On a local service they are folders of this machine, else of the machine that jobs run on."""
        asset = service.get_asset(workspace, AssetKind.DATASTORE, "workspaceblobstore")
        folder = from_data(Datastore, asset.document).folder
        assert folder.startswith("/")
        service.put_file(workspace, "workspaceblobstore", "a", io.BytesIO(b"x"))
        assert not service.is_local or Path(folder, "a").read_bytes() == b"x"

    @pytest.mark.parametrize("folder", ["", ".", "relative", "/nowhere/at/all"])
    def test_a_datastore_is_a_folder_that_is_there(
        self, service: Service, workspace: str, folder: str
    ) -> None:
        record = Datastore("elsewhere", folder=folder)
        with pytest.raises(errors.InvalidRequest):
            service.put_asset(workspace, Asset(AssetKind.DATASTORE, "elsewhere", to_data(record)))

    # --- code ---

    def test_blobs_and_snapshots(self, service: Service, workspace: str) -> None:
        digest = hashlib.sha256(b"text").hexdigest()
        for given in ([digest], {digest: "of a mapping the names"}, iter((digest,))):
            assert service.missing_blobs(workspace, given) == {digest}
        with pytest.raises(errors.InvalidRequest):
            service.put_snapshot(workspace, Snapshot((SnapshotFile("a", digest, 4),)))
        with pytest.raises(errors.InvalidRequest):
            service.put_blob(workspace, digest, io.BytesIO(b"other"))
        service.put_blob(workspace, digest, io.BytesIO(b"text"))
        assert service.missing_blobs(workspace, [digest]) == frozenset()
        with service.open_blob(workspace, digest) as blob:
            assert blob.read() == b"text"
        snapshot = Snapshot((SnapshotFile("a", digest, 4),))
        assert service.put_snapshot(workspace, snapshot) == snapshot.id
        assert service.get_snapshot(workspace, snapshot.id) == snapshot

    # --- runs ---

    def test_a_run_runs(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace)))
        steps = service.list_runs(workspace, RunQuery(parent_id=run.id))
        assert [(step.name, step.node) for step in steps] == [("write", "0000aaaa")]
        ended = wait(service, workspace, run.id)
        assert ended.status is RunStatus.COMPLETED, ended.error
        (output,) = service.get_outputs(workspace, steps[0].id)
        assert output.path == f"azureml/{steps[0].id}/text"
        assert output.files == 1
        kinds = [event.kind for event in service.get_events(workspace, run.id)]
        assert kinds[0] is EventKind.SUBMITTED
        assert {EventKind.DECIDED, EventKind.LAUNCHED, EventKind.STATUS} <= set(kinds)
        assert service.get_submission(workspace, run.id).parameters == {"word": "done"}

    def test_the_same_work_is_reused_and_explained(self, service: Service, workspace: str) -> None:
        snapshot = store_snapshot(service, workspace)
        first = service.submit(workspace, submission(snapshot))
        wait(service, workspace, first.id)
        forecast = service.forecast(workspace, submission(snapshot))["0000aaaa"]
        assert forecast.verdict == "reused"
        second = service.submit(workspace, submission(snapshot))
        assert wait(service, workspace, second.id).status is RunStatus.COMPLETED
        (source,) = service.list_runs(workspace, RunQuery(parent_id=first.id))
        (step,) = service.list_runs(workspace, RunQuery(parent_id=second.id))
        assert step.reused_run_id == source.id
        assert step.properties["azureml.isreused"] == "true"
        assert service.get_outputs(workspace, step.id) == service.get_outputs(workspace, source.id)
        third = service.submit(workspace, submission(snapshot, "other"))
        wait(service, workspace, third.id)
        (step,) = service.list_runs(workspace, RunQuery(parent_id=third.id))
        decision = service.get_decision(workspace, step.id)
        assert decision is not None
        assert (decision.verdict, decision.reason, decision.candidate) == ("run", "key-differs", source.id)
        assert [difference.component for difference in decision.differences] == ["parameter word"]

    def test_a_failing_script_fails_its_run_with_its_own_words(
        self, service: Service, workspace: str
    ) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "fail"))
        ended = wait(service, workspace, run.id)
        assert ended.status is RunStatus.FAILED
        assert ended.error is not None
        assert "ValueError: as asked" in ended.error.message
        assert "Traceback" in ended.error.details

    def test_a_run_is_canceled(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
        while not service.list_runs(workspace, RunQuery(parent_id=run.id, statuses=(RunStatus.RUNNING,))):
            assert not service.get_run(workspace, run.id).status.is_terminal
            time.sleep(0.02)
        service.cancel_run(workspace, run.id)
        assert wait(service, workspace, run.id).status is RunStatus.CANCELED
        service.cancel_run(workspace, run.id)
        assert service.get_run(workspace, run.id).status is RunStatus.CANCELED

    def test_nothing_is_recorded_of_a_bad_submission(self, service: Service, workspace: str) -> None:
        good = submission(store_snapshot(service, workspace))
        (step,) = good.plan.steps
        nowhere = Plan((Step(**{**vars(step), "compute": "nowhere"}),), good.plan.parameters)
        bad = [
            Submission(**{**vars(good), "plan": nowhere}),
            Submission(**{**vars(good), "parameters": {"word": 3}}),
            Submission(**{**vars(good), "parameters": {"wrod": "x"}}),
            Submission(**{**vars(good), "experiment": "no/slash"}),
            Submission(**{**vars(good), "plan": Plan((Step(**{**vars(step), "snapshot": ""}),))}),
        ]
        for wrong in bad:
            with pytest.raises(errors.InvalidRequest):
                service.submit(workspace, wrong)
        assert service.list_runs(workspace, RunQuery()) == ()

    def test_waiting_for_events_ends_when_one_comes(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "wait"))
        while not service.list_runs(workspace, RunQuery(parent_id=run.id, statuses=(RunStatus.RUNNING,))):
            time.sleep(0.02)
        last = service.get_events(workspace, run.id)[-1].sequence
        threading.Timer(0.2, service.cancel_run, (workspace, run.id)).start()
        assert service.get_events(workspace, run.id, last, wait_seconds=30)
        wait(service, workspace, run.id)

    def test_events_about_one_run_are_told_apart(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "ok"))
        wait(service, workspace, run.id)
        every = service.get_events(workspace, run.id)
        (step,) = service.list_runs(workspace, RunQuery(parent_id=run.id))
        for about in (run.id, step.id):
            expected = tuple(event for event in every if event.subject == about)
            assert expected
            assert service.get_events(workspace, run.id, about=about) == expected
        assert service.get_events(workspace, run.id, every[-1].sequence, 0.05, about=run.id) == ()

    def test_waiting_for_events_about_a_run_ends_with_it(self, service: Service, workspace: str) -> None:
        run = service.submit(workspace, submission(store_snapshot(service, workspace), "ok"))
        seen: list[Event] = []
        while not service.get_run(workspace, run.id).status.is_terminal:
            after = seen[-1].sequence if seen else 0
            seen += service.get_events(workspace, run.id, after, wait_seconds=30, about=run.id)
        assert {event.subject for event in seen} == {run.id}

    def test_interactive_runs(self, service: Service, workspace: str) -> None:
        now = datetime.now(timezone.utc)
        made = service.create_run(
            workspace, Run("", "", "notes", RunKind.INTERACTIVE, RunStatus.RUNNING, now)
        )
        assert made.number == 1
        service.add_metrics(workspace, made.id, [Metric("loss", "scalar", 0.5, now)])
        assert [m.value for m in service.get_metrics(workspace, made.id, "loss")] == [0.5]
        patch = RunPatch(set_tags={"a": "1"}, add_properties={"p": "1"}, status=RunStatus.COMPLETED)
        changed = service.update_run(workspace, made.id, patch)
        assert (changed.tags, changed.status) == ({"a": "1"}, RunStatus.COMPLETED)
        with pytest.raises(errors.Conflict):
            service.update_run(workspace, made.id, RunPatch(add_properties={"p": "2"}))

    def test_a_run_whose_id_was_chosen_is_started_once(
        self, service: Service, workspace: str, other: str
    ) -> None:
        chosen = replace(submission(store_snapshot(service, workspace)), run_id="chosen-by-me")
        found = {service.submit(workspace, chosen).id for _ in range(3)}
        assert found == {"chosen-by-me"}
        assert len(service.list_runs(workspace, RunQuery(kind=RunKind.PIPELINE))) == 1
        assert wait(service, workspace, "chosen-by-me").status is RunStatus.COMPLETED
        assert service.submit(workspace, chosen).status is RunStatus.COMPLETED
        with pytest.raises(errors.Conflict):
            service.submit(workspace, replace(chosen, parameters={"word": "another"}))
        store_snapshot(service, other)
        with pytest.raises(errors.Conflict):
            service.submit(other, chosen)
        with pytest.raises(errors.InvalidName):
            service.submit(workspace, replace(chosen, run_id="../up"))
        assert service.get_submission(workspace, "chosen-by-me").run_id is None

    def test_an_interactive_run_is_created_once(self, service: Service, workspace: str) -> None:
        now = datetime.now(timezone.utc)
        wanted = Run("mine", "", "notes", RunKind.INTERACTIVE, RunStatus.RUNNING, now)
        assert service.create_run(workspace, wanted) == service.create_run(workspace, wanted)
        with pytest.raises(errors.Conflict):
            service.create_run(workspace, replace(wanted, experiment="others"))

    # --- isolation ---

    def test_two_workspaces_never_see_each_other(self, service: Service, workspace: str, other: str) -> None:
        snapshot = store_snapshot(service, workspace)
        run = service.submit(workspace, submission(snapshot))
        wait(service, workspace, run.id)
        assert service.list_runs(other, RunQuery()) == ()
        digest = hashlib.sha256(SCRIPT).hexdigest()
        assert service.missing_blobs(other, [digest]) == {digest}
        for look in (
            lambda: service.get_run(other, run.id),
            lambda: service.get_events(other, run.id),
            lambda: service.get_submission(other, run.id),
            lambda: service.get_metrics(other, run.id),
            lambda: service.get_snapshot(other, snapshot),
            lambda: service.open_blob(other, digest),
            lambda: service.update_run(other, run.id, RunPatch(description="x")),
            lambda: service.cancel_run(other, run.id),
            lambda: service.submit(other, submission(snapshot)),
        ):
            with pytest.raises(errors.NotFound):
                look()

    # --- the machinery ---

    def test_it_says_where_it_answers_or_that_it_does_not(self, service: Service) -> None:
        address = service.address()
        assert not address or address.startswith(("http://", "https://"))
        assert not address.endswith("/")

    def test_the_engine_stops_and_comes_back(self, service: Service, workspace: str) -> None:
        snapshot = store_snapshot(service, workspace)
        wait(service, workspace, service.submit(workspace, submission(snapshot)).id)
        assert service.engine_status().running
        service.stop_engine()
        assert not service.engine_status().running
        run = service.submit(workspace, submission(snapshot, "after"))
        assert wait(service, workspace, run.id).status is RunStatus.COMPLETED
