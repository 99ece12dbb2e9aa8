"""`api.Service` on a home folder of this machine."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

from lazulite.api.service import EngineStatus
from lazulite.engine import process
from lazulite.engine.places import Places
from lazulite.engine.reuse import Reuse, forecast
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore, Experiment, Node, Workspace
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import (
    Conflict,
    InvalidRequest,
    LazuliteError,
    NotFound,
    ServiceUnavailable,
)
from lazulite.model.events import Event
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Metric, OutputRecord, Run, RunKind, RunPatch, RunQuery, Submission
from lazulite.model.snapshot import Snapshot
from lazulite.records.database import open_records
from lazulite.records.records import Records
from lazulite.service import submissions
from lazulite.service.first_assets import first_assets
from lazulite.service.waiting import wait_for_events
from lazulite.storage import snapshots
from lazulite.storage.blobs import BlobStore


class LocalService:
    """The system on a folder. `location` is the home folder; it is created if it is not there.

    Raises:
        StorageError: the folder cannot be created or written.
        Corrupt (from every operation on records): they are damaged, or were written by a newer version.
    """

    def __init__(self, location: str) -> None:
        self._home = process.home_of(location)
        process.prepare(self._home)
        self._opened: Records | None = None
        self._opening = threading.Lock()

    @property
    def _records(self) -> Records:
        # Opened at first need, so that the engine of a home with damaged records can still be stopped.
        with self._opening:
            if self._opened is None:
                self._opened = open_records(self._home.root)
                # Whoever comes next finishes what a dead engine left.
                if self._opened.active_pipeline_runs() and not process.is_alive(self._home):
                    with contextlib.suppress(ServiceUnavailable):  # who waits for a run is told
                        process.ensure(self._home)
            return self._opened

    @property
    def cache_folder(self) -> Path:
        """Where digests of files seen before are kept."""
        return self._home.cache

    # --- workspaces ---

    def create_workspace(self, workspace: Workspace) -> Workspace:
        ids.checked("workspace", workspace.name)
        created = replace(workspace, id=ids.new_id(), created_at=datetime.now(timezone.utc))
        try:
            # At once: whoever finds the workspace finds it complete.
            self._records.add_workspace(created, first_assets(self._home, created.id))
        except BaseException:
            shutil.rmtree(self._home.workspace(created.id), ignore_errors=True)
            raise
        return created

    def list_workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[Workspace, ...]:
        return self._records.workspaces(name, subscription_id, resource_group)

    def get_workspace(self, workspace: str) -> Workspace:
        return self._records.workspace(workspace)

    def update_workspace(self, workspace: Workspace) -> Workspace:
        ids.checked("workspace", workspace.name)
        self._records.asset(workspace.id, AssetKind.DATASTORE, workspace.default_datastore)
        self._records.replace_workspace(workspace)
        return self._records.workspace(workspace.id)

    def delete_workspace(self, workspace: str) -> None:
        self._records.remove_workspace(workspace)
        shutil.rmtree(self._home.workspace(workspace), ignore_errors=True)
        process.ring(self._home)

    # --- assets ---

    def put_asset(self, workspace: str, asset: Asset, *, overwrite: bool = True) -> Asset:
        self._records.workspace(workspace)
        if asset.kind.value in ("workspace", "experiment", "datastore", "compute", "environment", "model"):
            ids.checked(asset.kind.value, asset.name)
        if asset.kind is AssetKind.DATASTORE:
            record = from_data(Datastore, asset.document)
            asset = replace(
                asset, document=to_data(replace(record, folder=self._home.relative(record.folder)))
            )
        stored = self._records.put_asset(workspace, asset, overwrite)
        if asset.kind is AssetKind.COMPUTE:
            self._tell_engine(from_data(ComputeTarget, asset.document))
        return self._located(stored)

    def get_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        return self._located(self._records.asset(workspace, kind, name, version))

    def list_assets(
        self, workspace: str, kind: AssetKind, name: str | None = None, *, archived: bool = False
    ) -> tuple[Asset, ...]:
        found = self._records.assets(workspace, kind, name, archived)
        if not found:
            self._records.workspace(workspace)  # of a deleted workspace nothing is listed, not even nothing
        return tuple(map(self._located, found))

    def delete_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> None:
        if kind is AssetKind.DATASTORE and name == self._records.workspace(workspace).default_datastore:
            raise Conflict(
                f"Datastore '{name}' is the workspace's default. Make another one the default first."
            )
        self._records.remove_asset(workspace, kind, name, version)
        if kind is AssetKind.COMPUTE:
            process.ring(self._home)

    def _located(self, asset: Asset) -> Asset:
        if asset.kind is not AssetKind.DATASTORE:
            return asset
        record = from_data(Datastore, asset.document)
        return replace(asset, document=to_data(replace(record, folder=self._home.absolute(record.folder))))

    def _tell_engine(self, target: ComputeTarget) -> None:
        if target.min_nodes:
            process.ensure(self._home)
        else:
            process.ring(self._home)

    # --- code ---

    def missing_blobs(self, workspace: str, digests: Iterable[str]) -> frozenset[str]:
        return self._blobs(workspace).missing(digests)

    def put_blob(self, workspace: str, digest: str, source: BinaryIO) -> None:
        self._blobs(workspace).put(digest, source)

    def open_blob(self, workspace: str, digest: str) -> BinaryIO:
        return self._blobs(workspace).open(digest)

    def put_snapshot(self, workspace: str, snapshot: Snapshot) -> str:
        return snapshots.save(snapshot, self._blobs(workspace))

    def get_snapshot(self, workspace: str, snapshot_id: str) -> Snapshot:
        return snapshots.load(snapshot_id, self._blobs(workspace))

    def _blobs(self, workspace: str) -> BlobStore:
        # A workspace has its folder from before it is recorded until after it is removed. One look at that, because
        # code may come in thousands of files; the record says in its words what is wrong.
        if not self._home.workspace(workspace).is_dir():
            self._records.workspace(workspace)
        return BlobStore(self._home.blobs(workspace))

    # --- runs ---

    def submit(self, workspace: str, submission: Submission) -> Run:
        record, submission, computes = self._checked(workspace, submission)
        self._ensure_experiment(workspace, submission.experiment)
        run = submissions.pipeline_run(record, submission)
        steps = submissions.step_runs(run, submission.plan, submission, computes)
        process.ensure_alive(self._home)  # before anything is recorded: a run that nobody moves helps nobody
        stored = self._records.add_pipeline_run(run, steps, submission)
        process.ensure(self._home)  # again: it may just have been idle for long enough
        self._make_room(stored)
        return stored

    def forecast(self, workspace: str, submission: Submission) -> Mapping[str, ReuseDecision]:
        _, checked, _ = self._checked(workspace, submission)
        return forecast(Reuse(self._home, self._records, workspace), checked)

    def _checked(
        self, workspace: str, submission: Submission
    ) -> tuple[Workspace, Submission, dict[str, str]]:
        record = self._records.workspace(workspace)
        computes = {
            asset.name: from_data(ComputeTarget, asset.document).type
            for asset in self._records.assets(workspace, AssetKind.COMPUTE)
        }
        datastores = [asset.name for asset in self._records.assets(workspace, AssetKind.DATASTORE)]
        submissions.check(submission, computes, datastores)
        blobs = BlobStore(self._home.blobs(workspace))
        for snapshot_id in blobs.missing({step.snapshot for step in submission.plan.steps}):
            raise NotFound(f"Workspace '{record.name}' has no snapshot {snapshot_id!r}.", kind="snapshot")
        if submission.parent_run_id is not None:
            parent = self._records.run(workspace, submission.parent_run_id)
            if parent.experiment != submission.experiment:
                raise InvalidRequest(
                    f"The parent run {parent.id} belongs to experiment '{parent.experiment}', not to "
                    f"'{submission.experiment}'. A run and its parent must be of the same experiment."
                )
        return record, submissions.filled(submission), computes

    def _ensure_experiment(self, workspace: str, name: str) -> None:
        try:
            self._records.asset(workspace, AssetKind.EXPERIMENT, name)
        except NotFound:
            with contextlib.suppress(Conflict):  # another process was faster
                asset = Asset(AssetKind.EXPERIMENT, name, to_data(Experiment(name)))
                self.put_asset(workspace, asset, overwrite=False)

    def create_run(self, workspace: str, run: Run) -> Run:
        record = self._records.workspace(workspace)
        if run.kind is not RunKind.INTERACTIVE:
            raise InvalidRequest("Only interactive runs are created directly; pipeline runs are submitted.")
        ids.checked("experiment", run.experiment)
        parent = self._records.run(workspace, run.parent_id) if run.parent_id else None
        wanted = submissions.interactive_run(record, run, parent)
        self._ensure_experiment(workspace, run.experiment)
        stored = self._records.add_run(wanted)
        self._make_room(stored)
        return stored

    def _make_room(self, run: Run) -> None:
        """Create the folder of the run's artifacts, so that a link to it opens from the first moment."""
        with contextlib.suppress(OSError, LazuliteError):  # the run itself will meet it, and say so
            places = Places(self._home, self._records, run.workspace)
            places.path(run.artifact_datastore, run.artifact_path).mkdir(parents=True, exist_ok=True)

    def get_run(self, workspace: str, run_id: str) -> Run:
        return self._records.run(workspace, run_id)

    def list_runs(self, workspace: str, query: RunQuery) -> tuple[Run, ...]:
        found = self._records.runs(workspace, query)
        if not found:
            self._records.workspace(workspace)
        return found

    def update_run(self, workspace: str, run_id: str, patch: RunPatch) -> Run:
        return self._records.patch_run(workspace, run_id, patch)

    def cancel_run(self, workspace: str, run_id: str) -> None:
        self._records.request_cancel(workspace, run_id)
        if self._records.active_pipeline_runs():
            process.ensure(self._home)

    def get_submission(self, workspace: str, run_id: str) -> Submission:
        return self._records.submission(workspace, run_id)

    def get_decision(self, workspace: str, run_id: str) -> ReuseDecision | None:
        return self._records.decision(workspace, run_id)

    def get_outputs(self, workspace: str, run_id: str) -> tuple[OutputRecord, ...]:
        return self._records.outputs(workspace, run_id)

    def get_events(
        self,
        workspace: str,
        run_id: str,
        after: int = 0,
        wait_seconds: float = 0.0,
        about: str | None = None,
    ) -> tuple[Event, ...]:
        self._records.require_run(workspace, run_id)
        return wait_for_events(self._home, self._records, workspace, run_id, after, wait_seconds, about)

    # --- metrics ---

    def add_metrics(self, workspace: str, run_id: str, metrics: Sequence[Metric]) -> None:
        self._records.run(workspace, run_id)
        self._records.add_metrics(run_id, metrics)

    def get_metrics(self, workspace: str, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
        self._records.run(workspace, run_id)
        return self._records.metrics(run_id, name)

    # --- the machinery ---

    def get_nodes(self, workspace: str, compute: str) -> tuple[Node, ...]:
        self._records.asset(workspace, AssetKind.COMPUTE, compute)
        return self._records.nodes(workspace, compute) if process.is_alive(self._home) else ()

    def engine_status(self) -> EngineStatus:
        living = process.about(self._home)
        return EngineStatus(
            running=process.is_alive(self._home),
            location=str(self._home.root),
            version=living.version if living else "",
            pid=living.pid if living else None,
            started_at=living.started_at if living else None,
            active_runs=len(self._records.active_pipeline_runs()),
            nodes=self._records.all_nodes() if living else (),
            log=str(self._home.log),
        )

    def start_engine(self) -> None:
        process.ensure(self._home)

    def stop_engine(self) -> None:
        process.stop(self._home)
