"""The one seam between the faces (SDK, command line, server) and the system.

Everything a face wants is one of these operations over the frozen dataclasses of `lazulite.model`. There are two
implementations: `service.LocalService` works on a home folder of this machine, `client.RemoteService` speaks HTTP to
a server; `api.connect` chooses. Both pass the suite in `lazulite.testing.service_contract`.

The contract in words:

- A workspace is named by its id (`Workspace.id`) in every call but those that look workspaces up. Nothing of one
  workspace is visible through another: a run of workspace A asked for in B is `NotFound`.
- Calls are synchronous, safe from several threads and from several processes at once.
- Returned objects never change afterwards.
- Every error is a `lazulite.model.errors.LazuliteError`.
- A call that changes something has changed it durably when it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from lazulite.model.assets import Asset, AssetKind, Node, Workspace
from lazulite.model.backup import Backup
from lazulite.model.deletion import Deletion
from lazulite.model.events import Event
from lazulite.model.files import FileCopy, FileInfo, FolderEntry
from lazulite.model.plan import Plan
from lazulite.model.publishing import (
    EndpointChange,
    PipelineEndpoint,
    Publication,
    PublishedPipeline,
    StartRequest,
)
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import (
    Metric,
    OutputRecord,
    Rerun,
    Run,
    RunPatch,
    RunQuery,
    StepCounts,
    Submission,
)
from lazulite.model.schedule import ScheduleCheck, ScheduleState
from lazulite.model.snapshot import Snapshot

#: Told how many files and bytes are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EngineStatus:
    """Whether the process that moves runs forward is alive, and what it does."""

    running: bool
    location: str  # the home folder or the service URL
    version: str = ""
    pid: int | None = None
    started_at: datetime | None = None
    active_runs: int = 0
    #: Schedules that are enabled: an engine does not stop by itself while there is one.
    active_schedules: int = 0
    nodes: tuple[Node, ...] = ()
    log: str = ""
    #: What listens for the home: where, and which process; "" if nothing does.
    server_url: str = ""
    server_pid: int | None = None


class Service(Protocol):
    """The operations. See the module's text for what holds for all of them."""

    @property
    def is_local(self) -> bool:
        """Whether the folders of its datastores are folders of this machine."""

    @property
    def cache_folder(self) -> Path | None:
        """A folder of this machine for digests of files seen before; None: remember nothing."""

    # --- workspaces ---

    def create_workspace(self, workspace: Workspace) -> Workspace:
        """Create it, with its two datastores; the id is given by the service. `Conflict` if the same name exists
        in the same subscription and resource group."""

    def list_workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[Workspace, ...]:
        """Workspaces for which every given value is equal, oldest first."""

    def get_workspace(self, workspace: str) -> Workspace:
        """The workspace with that id, or `NotFound`."""

    def update_workspace(self, workspace: Workspace) -> Workspace:
        """Replace what may change: names for people, tags, settings, default datastore."""

    def delete_workspace(self, workspace: str) -> None:
        """Delete it with everything in it. `Conflict` while one of its pipeline runs is active."""

    # --- assets ---

    def put_asset(self, workspace: str, asset: Asset, *, overwrite: bool = True) -> Asset:
        """Create or replace; of a versioned kind: add the next version. `Conflict` if it exists and not
        `overwrite`."""

    def get_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        """One asset; without `version` the newest. `NotFound` names the ones that exist."""

    def list_assets(
        self, workspace: str, kind: AssetKind, name: str | None = None, *, archived: bool = False
    ) -> tuple[Asset, ...]:
        """The newest version of each asset by name; with `name`: every version of that one, oldest first.
        Archived ones only if asked for."""

    def delete_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> None:
        """Delete the document (of a versioned kind: that version, or all). Bytes it points to stay."""

    def check_datastore(self, workspace: str, asset: Asset, create: bool = False) -> None:
        """Try whether a datastore can be reached with the credentials in its document, which need not be recorded; with
        `create`, make its container if it is not there. `StorageError` says what the storage said."""

    def read_secret(self, workspace: str, name: str) -> str:
        """The value of a secret of the key vault, or `NotFound`. Who asks stands in the log of changes. The secret itself
        is an asset: `put_asset` keeps it sealed, and `list_assets` tells names."""

    def credentials(self, sealed: str) -> Mapping[str, str]:
        """What is in the sealed `secret` of a document; {} for "". Only on this machine: a server keeps it to itself
        (`InvalidRequest`)."""

    # --- code ---

    def missing_blobs(self, workspace: str, digests: Iterable[str]) -> frozenset[str]:
        """Which of these sha256 digests the workspace does not hold yet."""

    def put_blob(self, workspace: str, digest: str, source: BinaryIO) -> None:
        """Store bytes; `InvalidRequest` if their sha256 is not `digest`."""

    def open_blob(self, workspace: str, digest: str) -> BinaryIO:
        """Open stored bytes for reading, or `NotFound`."""

    def put_snapshot(self, workspace: str, snapshot: Snapshot) -> str:
        """Store the list of files; all their blobs must be there. Returns `snapshot.id`."""

    def get_snapshot(self, workspace: str, snapshot_id: str) -> Snapshot:
        """A stored list of files, or `NotFound`."""

    # --- runs ---

    def submit(self, workspace: str, submission: Submission) -> Run:
        """Check names and parameter values against the workspace, record the run with all its step runs in one
        transaction, and see to it that an engine lives. Nothing is recorded if anything is wrong."""

    def forecast(self, workspace: str, submission: Submission) -> Mapping[str, ReuseDecision]:
        """What `submit` would do now, by node id, without recording anything."""

    def create_run(self, workspace: str, run: Run) -> Run:
        """Record an interactive run (or a child of one). Its number is given by the service."""

    def get_run(self, workspace: str, run_id: str) -> Run:
        """One run, or `NotFound`."""

    def list_runs(self, workspace: str, query: RunQuery) -> tuple[Run, ...]:
        """Matching runs, newest first unless `query.order` says otherwise. `InvalidRequest` for an order or a
        condition on a metric that nobody can understand."""

    def count_runs(self, workspace: str, query: RunQuery) -> Mapping[str, int]:
        """By status (v1's run-history words), how many runs match; `limit`, `offset` and `after` mean nothing."""

    def count_steps(self, workspace: str, run_ids: Sequence[str]) -> Mapping[str, StepCounts]:
        """By run, how far pipeline runs are. Runs without steps, and of other workspaces, are left out."""

    def update_run(self, workspace: str, run_id: str, patch: RunPatch) -> Run:
        """Change what its owner may change. Properties can be added, never changed (`Conflict`)."""

    def cancel_run(self, workspace: str, run_id: str) -> None:
        """Ask for cancellation; of a step run: of its pipeline run's step. A run that has ended stays as it is."""

    def get_submission(self, workspace: str, run_id: str) -> Submission:
        """What a pipeline run was started with, plan included."""

    def get_decision(self, workspace: str, run_id: str) -> ReuseDecision | None:
        """The reuse decision of a step run; None as long as there is none."""

    def get_outputs(self, workspace: str, run_id: str) -> tuple[OutputRecord, ...]:
        """The recorded outputs of a step run that completed (of a reused one: those it reuses)."""

    def get_events(
        self,
        workspace: str,
        run_id: str,
        after: int = 0,
        wait_seconds: float = 0.0,
        about: str | None = None,
    ) -> tuple[Event, ...]:
        """Events of a pipeline run with sequence > `after`; if there are none, wait for one up to
        `wait_seconds`. With `about`, the id of the run itself or of a step run, only those about it."""

    # --- metrics ---

    def add_metrics(self, workspace: str, run_id: str, metrics: Sequence[Metric]) -> None:
        """Append metric records to a run."""

    def get_metrics(self, workspace: str, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
        """Metric records in the order they were logged (of a reused run without any: those of the run it reuses)."""

    def latest_metrics(self, workspace: str, run_ids: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        """By top-level run, the newest number of each metric, of the run or of one below it. What is no finite number,
        and runs of other workspaces, are left out."""

    # --- publishing ---

    def put_plan(self, workspace: str, plan: Plan) -> str:
        """Keep a plan by its content, beside the code it names; checked as `submit` checks one. Returns its digest, v1's
        graph id."""

    def get_plan(self, workspace: str, graph: str) -> Plan:
        """A plan that was kept, or `NotFound`."""

    def publish(self, workspace: str, publication: Publication) -> PublishedPipeline:
        """Publish a pipeline, checked as `submit` checks one. It is frozen for ever: only its status, name, description
        and version may change (by `put_asset`). Names may repeat; the id is given by the service."""

    def start_published(self, workspace: str, request: StartRequest) -> Run:
        """Start a published pipeline, or what is behind an endpoint, as `submit`; see `StartRequest` for the values of
        parameters. `Conflict` if it is disabled."""

    def rerun(self, workspace: str, run_id: str, how: Rerun) -> Run:
        """Run a pipeline run again, its plan, values, tags and code as they were but for what `how` says. The new run's
        property `lazulite.rerun_of` names the old one. `Conflict` on resuming a run that has not ended."""

    def create_endpoint(self, workspace: str, endpoint: PipelineEndpoint) -> PipelineEndpoint:
        """Create an endpoint with its versions; the id is given by the service. `Conflict` if its name is taken."""

    def get_endpoint(self, workspace: str, endpoint: str) -> PipelineEndpoint:
        """The endpoint with that id or name, archived or not, or `NotFound`."""

    def change_endpoint(self, workspace: str, endpoint: str, change: EndpointChange) -> PipelineEndpoint:
        """Change the endpoint with that id or name, with nobody in between. `Conflict` if the new name is taken, or the
        pipeline is one of its versions already."""

    # --- schedules ---

    def get_schedule_state(self, workspace: str, schedule: str) -> ScheduleState:
        """Where a schedule stands: when it is looked at next, when it fired last. The document itself is an asset:
        putting it checks it, and a schedule whose timing is new, or that is enabled again, counts from that moment on."""

    def list_schedule_checks(
        self, workspace: str, schedule: str, limit: int = 100, before: int | None = None
    ) -> tuple[ScheduleCheck, ...]:
        """Every look at a schedule, newest first, with what came of it and why; with `before`, those with a smaller
        sequence. Of looks that found nothing new the newest 20 are kept, of all others the newest 1,000."""

    def run_schedule(self, workspace: str, schedule: str) -> Run:
        """Start the schedule's pipeline now, with its parameters, whether it is enabled or not. Its own times stay as
        they are. `Conflict` if its pipeline or endpoint is disabled."""

    # --- files ---

    def list_files(
        self, workspace: str, datastore: str, prefix: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FileInfo, ...]:
        """The files of a datastore whose path begins with the text `prefix` and comes after the path `after`, sorted
        by path, at most `limit`. The last path of a page is the `after` of the next."""

    def list_folder(
        self, workspace: str, datastore: str, path: str = "", limit: int | None = None, after: str = ""
    ) -> tuple[FolderEntry, ...]:
        """What stands in one folder, files and folders, sorted by name; paged as `list_files`, by name. `NotFound` if
        there is none."""

    def look_at(self, workspace: str, datastore: str, path: str) -> FolderEntry | None:
        """What is at a path: a file, a folder, or None for nothing."""

    def open_file(
        self, workspace: str, datastore: str, path: str, offset: int = 0, length: int | None = None
    ) -> BinaryIO:
        """Open a file for reading, from `offset` on and at most `length` bytes, or `NotFound`."""

    def put_file(
        self,
        workspace: str,
        datastore: str,
        path: str,
        source: BinaryIO,
        overwrite: bool = False,
        mtime_ns: int | None = None,
    ) -> FileInfo:
        """Write a file, whole or not at all; folders on the way are made. `Conflict` if one is there and not
        `overwrite`. `mtime_ns` is the modification time it gets."""

    def copy_files(self, workspace: str, datastore: str, copy: FileCopy) -> int:
        """Copy a file, or a folder with everything in it, to another place, and return the number of files. `Conflict` if
        a file is there and not `overwrite`. `NotFound` if nothing is at the source."""

    def remove_file(self, workspace: str, datastore: str, path: str) -> None:
        """Delete a file, or a folder with everything in it. `NotFound` if nothing is there."""

    # --- deleting ---

    def delete_runs(self, workspace: str, run_ids: tuple[str, ...], *, dry_run: bool = False) -> Deletion:
        """Delete pipeline runs and interactive runs with their step runs, children, metrics, events, logs, files, outputs,
        and code that nothing else uses. What a run that stays has reused is kept, and told in `kept`; a run it belongs to
        leaves the lists all the same. `Conflict` if one is active, and then nothing is deleted; `InvalidRequest` for a
        step run. With `dry_run` it is only said what would go."""

    def delete_experiment(self, workspace: str, name: str, *, dry_run: bool = False) -> Deletion:
        """Delete an experiment with all its runs, as `delete_runs`."""

    def apply_retention(self, workspace: str, *, dry_run: bool = False) -> Deletion:
        """Delete the runs that the rules in the workspace's setting `retention.rules` let go, as `delete_runs`. An engine
        does it once an hour while it rests."""

    # --- the machinery ---

    def address(self) -> str:
        """The URL at which the system answers over HTTP (portal, REST), without a slash at its end. Of a system on this
        machine something listens there when it returns, and the server starts when somebody comes; "" if that is
        switched off (`LAZULITE_SERVER=off`)."""

    def page(self, path: str) -> str:
        """A link to a page of the portal, by its path ("/workspaces/…?step=…"); with what opens it for its owner, on
        this machine. "" where `address` is."""

    def stop_server(self) -> bool:
        """Stop the server that `address` has started on this machine; whether there was one. A team's server, and any
        other that somebody started, is not stopped this way."""

    def backup(
        self, file: str, progress: Progress | None = None, *, with_sealing_key: bool = False
    ) -> Backup:
        """Write everything to a new file, while everything runs: facts, code and data; not jobs in flight, built
        environments, and the home's own secrets. Credentials are in it as they are kept, sealed; the key that opens them
        is in it `with_sealing_key` only. `Conflict` if the file exists."""

    def restore(self, file: str, progress: Progress | None = None) -> Backup:
        """Put a backup into this system, which must be empty (`Conflict`). `Corrupt` if it is damaged or not complete:
        then nothing was restored."""

    def get_nodes(self, workspace: str, compute: str) -> tuple[Node, ...]:
        """The worker nodes of a compute target as last seen."""

    def engine_status(self) -> EngineStatus:
        """What `lazulite status` shows."""

    def start_engine(self) -> None:
        """See to it that an engine lives (also done by every call that gives it work)."""

    def stop_engine(self) -> None:
        """Stop the engine and its idle nodes. Active runs go on when the next engine starts."""
