"""`Records`: every operation on the facts, each one transaction, each told in full by the module of its noun.

Safe for several threads and processes at once, and after a fork. All times are aware and in UTC. Where a method
takes a workspace's id, rows of other workspaces do not exist for it: single things are `NotFound`, lists are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lazulite.model.access import (
    AuditEntry,
    Credential,
    CredentialKind,
    Grant,
    Known,
    Principal,
    Role,
)
from lazulite.model.assets import Asset, AssetKind, Node, Workspace
from lazulite.model.events import Event
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Metric, OutputRecord, Run, RunError, RunPatch, RunQuery, StepCounts, Submission
from lazulite.model.schedule import ScheduleCheck, ScheduleState
from lazulite.records import (
    assets,
    audit,
    cancelling,
    counting,
    credentials,
    deleting,
    dump,
    events,
    grants,
    metrics,
    nodes,
    patching,
    principals,
    recording,
    reuse,
    run_rows,
    runs,
    schedules,
    workspaces,
)
from lazulite.records.changes import Change
from lazulite.records.reuse import Candidate, Earlier
from lazulite.records.run_rows import StepState
from lazulite.records.schedules import Start, Waiting

if TYPE_CHECKING:
    from lazulite.records.database import Database


class Records:
    """The facts of one system. Made by `database.open_records`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Close the connections of this process."""
        self._database.close()

    def data_version(self) -> int:
        """A number that is another one after anything was changed, by this process or another; cheap to poll."""
        return self._database.data_version()

    def dump(self) -> Iterator[str]:
        """Yield all facts as lines of text, as one state of the database."""
        with self._database.read() as connection:
            yield from dump.lines(connection)

    def load(self, lines: Iterable[str]) -> None:
        """Put back what `dump` gave, all or nothing. `Conflict` if there are records already; `Corrupt` if the lines
        are damaged."""
        with self._database.write() as connection:
            dump.load(connection, lines)

    # --- workspaces ---

    def add_workspace(self, workspace: Workspace, contents: Sequence[Asset] = ()) -> Workspace:
        """Record a new workspace with its first assets, all or nothing; it gets an id if it has none. `Conflict` if
        its name is taken."""
        with self._database.write() as connection:
            added = workspaces.add(connection, workspace)
            for asset in contents:
                assets.put(connection, added.id, asset, overwrite=False)
            return added

    def workspace(self, ws_id: str) -> Workspace:
        """The workspace with that id, or `NotFound`."""
        with self._database.read() as connection:
            return workspaces.get(connection, ws_id)

    def workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[Workspace, ...]:
        """Workspaces for which every given value is equal, oldest first."""
        with self._database.read() as connection:
            return workspaces.find(connection, name, subscription_id, resource_group)

    def replace_workspace(self, workspace: Workspace) -> Workspace:
        """Replace the workspace of that id, or `NotFound`; `Conflict` if its new name is taken."""
        with self._database.write() as connection:
            return workspaces.replace_existing(connection, workspace)

    def remove_workspace(self, ws_id: str, *, even_if_active: bool = False) -> None:
        """Delete the workspace and all rows under it, or `NotFound`; `Conflict` while one of its pipeline runs is
        active, unless `even_if_active`."""
        with self._database.write() as connection:
            workspaces.lock(connection, ws_id)
            if not even_if_active:
                runs.refuse_if_active(connection, ws_id)
            workspaces.remove(connection, ws_id)
            grants.remove_workspace(connection, ws_id)

    # --- assets ---

    def put_asset(self, ws_id: str, asset: Asset, overwrite: bool = True) -> Asset:
        """Create or replace; of a versioned kind, add the next version (see `assets.put`). `Conflict` if one of that
        name exists and not `overwrite`."""
        with self._database.write() as connection:
            return assets.put(connection, ws_id, asset, overwrite=overwrite)

    def change_asset(self, ws_id: str, kind: AssetKind, name: str, make: Callable[[Asset], Asset]) -> Asset:
        """Replace an asset of a kind without versions by what `make` makes of it, with nobody in between; `Conflict` if
        its new name is taken."""
        with self._database.write() as connection:
            return assets.change(connection, ws_id, kind, name, make)

    def asset_with_id(self, ws_id: str, kind: AssetKind, asset_id: str) -> Asset | None:
        """The asset of a kind without versions that has the id, archived or not; None if there is none."""
        with self._database.read() as connection:
            return assets.with_id(connection, ws_id, kind, asset_id)

    def asset(self, ws_id: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        """One asset, archived or not; without `version` the newest. `NotFound` names similar ones."""
        with self._database.read() as connection:
            return assets.get(connection, ws_id, kind, name, version)

    def assets(
        self, ws_id: str, kind: AssetKind, name: str | None = None, archived: bool = False
    ) -> tuple[Asset, ...]:
        """The newest version of each by name; with `name`, all versions of that one, oldest first."""
        with self._database.read() as connection:
            return assets.find(connection, ws_id, kind, name, archived=archived)

    def assets_everywhere(self, kind: AssetKind) -> tuple[tuple[str, Asset], ...]:
        """The assets of a kind that is not versioned, of all workspaces, each with its workspace's id."""
        with self._database.read() as connection:
            return assets.everywhere(connection, kind)

    def definitions(self, ws_id: str) -> dict[tuple[AssetKind, str], str]:
        """The documents, as JSON text, of all compute targets and datastores of a workspace."""
        with self._database.read() as connection:
            return assets.definitions(connection, ws_id)

    def remove_asset(self, ws_id: str, kind: AssetKind, name: str, version: int | None = None) -> None:
        """Delete one version, or all of them; `NotFound` if there is none."""
        with self._database.write() as connection:
            assets.remove(connection, ws_id, kind, name, version)
            if kind is AssetKind.SCHEDULE:
                schedules.forget(connection, ws_id, name)

    # --- runs ---

    def add_pipeline_run(self, run: Run, steps: Sequence[Run], submission: Submission) -> Run:
        """Record a pipeline run, its step runs in plan order, its submission and the event SUBMITTED, all or nothing.

        Returns the run with its number. `NotFound` without its workspace or parent, `Conflict` if an id is taken.
        """
        with self._database.write() as connection:
            return runs.add_pipeline_run(connection, run, steps, submission)

    def add_run(self, run: Run) -> Run:
        """Record a run that no engine drives; returns it with its number (of a child: as given) and root."""
        with self._database.write() as connection:
            return runs.add(connection, run)

    def run(self, ws_id: str, run_id: str) -> Run:
        """One run, or `NotFound`."""
        with self._database.read() as connection:
            return run_rows.get(connection, ws_id, run_id)

    def require_run(self, ws_id: str, run_id: str) -> None:
        """`NotFound` if the workspace does not have the run."""
        with self._database.read() as connection:
            run_rows.require(connection, ws_id, run_id)

    def runs(self, ws_id: str, query: RunQuery) -> tuple[Run, ...]:
        """The runs that match, in the order asked for."""
        with self._database.read() as connection:
            return runs.find(connection, ws_id, query)

    def count_runs(self, ws_id: str, query: RunQuery) -> dict[str, int]:
        """By status, how many runs match, whatever page is asked for."""
        with self._database.read() as connection:
            return counting.by_status(connection, ws_id, query)

    def count_steps(self, ws_id: str, run_ids: Sequence[str]) -> dict[str, StepCounts]:
        """How far each of these pipeline runs is; those of other workspaces are left out."""
        with self._database.read() as connection:
            return counting.steps(connection, ws_id, run_ids)

    def patch_run(self, ws_id: str, run_id: str, patch: RunPatch) -> Run:
        """Change what a run's owner may change, all or nothing; `Conflict` names what may not."""
        with self._database.write() as connection:
            return patching.patch(connection, ws_id, run_id, patch)

    def submission(self, ws_id: str, run_id: str) -> Submission:
        """What a pipeline run was started with; `NotFound` also for a run that is none."""
        with self._database.read() as connection:
            return runs.submission(connection, ws_id, run_id)

    def request_cancel(self, ws_id: str, run_id: str) -> None:
        """Ask for the end of a run: event and status CANCEL_REQUESTED, unless it has ended or was asked before.
        An interactive run, which nobody drives, is Canceled at once."""
        with self._database.write() as connection:
            cancelling.request(connection, ws_id, run_id)

    # --- for the engine: no workspace, because it serves all of them ---

    def active_pipeline_runs(self) -> tuple[Run, ...]:
        """Pipeline runs that have not ended, oldest first."""
        with self._database.read() as connection:
            return runs.active_pipeline_runs(connection)

    def steps_of(self, run_id: str) -> tuple[Run, ...]:
        """The step runs of a pipeline run in the order of its plan."""
        with self._database.read() as connection:
            return runs.steps_of(connection, run_id)

    def states_of_steps(self, run_id: str) -> tuple[StepState, ...]:
        """What an engine needs to know of the step runs of a pipeline run, in the order of its plan."""
        with self._database.read() as connection:
            return runs.states_of_steps(connection, run_id)

    def failures_of_steps(self, run_id: str) -> tuple[tuple[str, RunError | None], ...]:
        """Names and errors of the failed steps of a pipeline run, in the order in which they failed."""
        with self._database.read() as connection:
            return runs.failures_of_steps(connection, run_id)

    def cancel_requests(self) -> tuple[tuple[str, str], ...]:
        """What is asked to end and has not ended: (pipeline run, itself or the step run of it that is meant)."""
        with self._database.read() as connection:
            return cancelling.requests(connection)

    def record(self, run_id: str, changes: Sequence[Change]) -> None:
        """Record changes of a pipeline run and its steps, and an event for each, all or nothing."""
        with self._database.write() as connection:
            recording.record(connection, run_id, changes)

    def events(self, run_id: str, after: int = 0, about: str | None = None) -> tuple[Event, ...]:
        """Events of a pipeline run with sequence > `after`, in order; with `about` only those about that run."""
        with self._database.read() as connection:
            return events.after(connection, run_id, after, about)

    def last_event(self, run_id: str) -> int:
        """The sequence of the last event of a pipeline run; 0 if there is none."""
        with self._database.read() as connection:
            return events.last(connection, run_id)

    # --- reuse ---

    def reuse_candidates(
        self, ws_id: str, keys: Collection[str], besides: str | None = None, limit: int = 5
    ) -> dict[str, tuple[Candidate, ...]]:
        """By key, the newest runs recorded under it with their outputs, newest first; none of the steps of the
        pipeline run `besides`."""
        with self._database.read() as connection:
            return reuse.candidates(connection, ws_id, keys, besides, limit)

    def decision(self, ws_id: str, run_id: str) -> ReuseDecision | None:
        """The reuse decision of a run; None as long as there is none."""
        with self._database.read() as connection:
            return reuse.decision(connection, ws_id, run_id)

    def components(self, run_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """By run, the components of the key that was decided on; runs without a decision are missing."""
        with self._database.read() as connection:
            return reuse.components(connection, run_ids)

    def earlier_runs(
        self, ws_id: str, step_names: Collection[str], limit: int = 5
    ) -> dict[str, tuple[Earlier, ...]]:
        """By step name, the newest steps that completed and were not reused, with their keys' components."""
        with self._database.read() as connection:
            return reuse.earlier_runs(connection, ws_id, step_names, limit)

    def outputs(self, ws_id: str, run_id: str) -> tuple[OutputRecord, ...]:
        """The recorded outputs of a run (of a reused run without any: those it reuses)."""
        with self._database.read() as connection:
            return reuse.outputs_of(connection, ws_id, run_id)

    def outputs_of_steps(self, run_id: str) -> dict[str, tuple[OutputRecord, ...]]:
        """By step run, the recorded outputs of all steps of a pipeline run that have any."""
        with self._database.read() as connection:
            return reuse.outputs_of_steps(connection, run_id)

    # --- metrics ---

    def add_metrics(self, run_id: str, metrics_: Sequence[Metric], sequence: int | None = None) -> None:
        """Append metric records. With `sequence`, the number of the first, those the run has already are skipped;
        each try of a step needs numbers of its own."""
        with self._database.write() as connection:
            metrics.add(connection, run_id, metrics_, sequence)

    def forget_metrics(self, root_id: str, numbers: range) -> None:
        """Remove the metric records with these numbers from the run `root_id` and all runs below it: what a try of a
        step logged that is tried again."""
        with self._database.write() as connection:
            metrics.forget(connection, root_id, numbers)

    def metrics(self, run_id: str, name: str | None = None) -> tuple[Metric, ...]:
        """Metric records in the order they were logged (of a reused run without any: those it reuses)."""
        with self._database.read() as connection:
            return metrics.of_run(connection, run_id, name)

    def latest_metrics(self, ws_id: str, run_ids: Sequence[str]) -> dict[str, dict[str, float]]:
        """By top-level run, the newest number of each metric, of the run or of one below it."""
        with self._database.read() as connection:
            return metrics.latest(connection, ws_id, run_ids)

    # --- nodes ---

    def replace_nodes(self, ws_id: str, compute: str, nodes_: Sequence[Node]) -> None:
        """Let these be all the nodes of that compute target."""
        with self._database.write() as connection:
            nodes.replace(connection, ws_id, compute, nodes_)

    def nodes(self, ws_id: str, compute: str) -> tuple[Node, ...]:
        """The nodes of a compute target as last reported."""
        with self._database.read() as connection:
            return nodes.of_compute(connection, ws_id, compute)

    def all_nodes(self) -> tuple[Node, ...]:
        """The nodes of all compute targets of all workspaces."""
        with self._database.read() as connection:
            return nodes.everywhere(connection)

    # --- schedules ---

    def put_schedule(
        self, ws_id: str, asset: Asset, state: ScheduleState, check: ScheduleCheck, overwrite: bool = True
    ) -> Asset:
        """Create or replace a schedule's document, and say where it stands from now on; as `put_asset`."""
        with self._database.write() as connection:
            return schedules.put(connection, ws_id, asset, state, check, overwrite=overwrite)

    def schedule_state(self, ws_id: str, schedule: str) -> ScheduleState:
        """Where a schedule stands, or `NotFound`."""
        with self._database.read() as connection:
            return schedules.state(connection, ws_id, schedule)

    def schedule_checks(
        self, ws_id: str, schedule: str, limit: int, before: int | None = None
    ) -> tuple[ScheduleCheck, ...]:
        """The looks at a schedule, newest first; with `before`, those with a smaller sequence."""
        with self._database.read() as connection:
            return schedules.checks(connection, ws_id, schedule, limit, before)

    def waiting_schedules(self) -> tuple[Waiting, ...]:
        """The enabled schedules of all workspaces, the next to be looked at first."""
        with self._database.read() as connection:
            return schedules.waiting(connection)

    def record_look(
        self,
        ws_id: str,
        schedule: str,
        before: ScheduleState,
        after: ScheduleState,
        checks: Sequence[ScheduleCheck],
        starts: Sequence[Start] = (),
    ) -> bool:
        """Record a look at a schedule and the runs it starts, all or nothing; nothing (False) if the schedule does not
        stand any more where the look began."""
        with self._database.write() as connection:
            return schedules.record_look(connection, ws_id, schedule, before, after, checks, starts)

    def start_scheduled(self, ws_id: str, schedule: str, check: ScheduleCheck, start: Start) -> Run:
        """Record a run of a schedule that somebody asked for; returns it with its number."""
        with self._database.write() as connection:
            return schedules.start_now(connection, ws_id, schedule, check, start)

    # --- access ---

    def add_principal(
        self,
        principal: Principal,
        credential: Credential | None = None,
        digest: str = "",
        role: Grant | None = None,
    ) -> Principal:
        """Record a principal, with what it proves itself with and a first role if they are given; `Conflict` if its
        name is taken."""
        with self._database.write() as connection:
            added = principals.add(connection, principal)
            if credential is not None:
                credentials.add(connection, credential, digest)
            if role is not None:
                grants.put(connection, role)
            return added

    def principal(self, name: str) -> Principal:
        """The principal with that name or id, or `NotFound`."""
        with self._database.read() as connection:
            return principals.get(connection, name)

    def principal_of_subject(self, subject: str) -> Principal | None:
        """The principal that an issuer knows by that name; None if it never came here."""
        with self._database.read() as connection:
            return principals.of_subject(connection, subject)

    def principals(self) -> tuple[Principal, ...]:
        """All principals, by name."""
        with self._database.read() as connection:
            return principals.everyone(connection)

    def disable_principal(self, principal_id: str) -> None:
        """It can do nothing any more, at once; its tokens and sessions are removed."""
        with self._database.write() as connection:
            principals.disable(connection, principal_id)

    def enable_principal(self, principal_id: str) -> None:
        """It can prove itself again."""
        with self._database.write() as connection:
            principals.enable(connection, principal_id)

    def add_credential(self, credential: Credential, digest: str) -> None:
        """Record a credential; a password or secret replaces the one before, and ends what was opened with that."""
        with self._database.write() as connection:
            credentials.remove_ended(connection)
            credentials.add(connection, credential, digest)

    def known_by_digest(self, kind: CredentialKind, digest: str) -> Known | None:
        """Whose credential that is, with its roles; None if nobody's, or it ended, or its principal is disabled."""
        with self._database.read() as connection:
            return credentials.known_by_digest(connection, kind, digest)

    def known_by_id(self, credential_id: str) -> Known | None:
        """As `known_by_digest`, by the credential's id."""
        with self._database.read() as connection:
            return credentials.known_by_id(connection, credential_id)

    def digest_of(self, kind: CredentialKind, name: str) -> tuple[str, str] | None:
        """Id and digest of the password or secret of the principal with that name or id."""
        with self._database.read() as connection:
            return credentials.digest_of(connection, kind, name)

    def credential(self, credential_id: str) -> Credential:
        """One credential, or `NotFound`."""
        with self._database.read() as connection:
            return credentials.get(connection, credential_id)

    def credentials(self, principal_id: str | None, kind: CredentialKind) -> tuple[Credential, ...]:
        """The credentials of a kind, oldest first; without a principal, everybody's."""
        with self._database.read() as connection:
            return credentials.of_principal(connection, principal_id, kind)

    def remove_credential(self, credential_id: str) -> None:
        """End a credential, and what was opened with it."""
        with self._database.write() as connection:
            credentials.remove(connection, credential_id)

    def credential_used(self, credential_id: str) -> None:
        """Record that it was used now."""
        with self._database.write() as connection:
            credentials.used(connection, credential_id)

    def put_grant(self, grant: Grant) -> None:
        """Give a role, in place of the one before; `NotFound` without the workspace."""
        with self._database.write() as connection:
            grants.put(connection, grant)

    def remove_grant(self, principal_id: str, workspace: str) -> bool:
        """Take a role away; whether there was one."""
        with self._database.write() as connection:
            return grants.remove(connection, principal_id, workspace)

    def grants_of(self, principal_id: str) -> dict[str, Role]:
        """The roles of a principal by workspace (or EVERYWHERE)."""
        with self._database.read() as connection:
            return grants.of_principal(connection, principal_id)

    def grants(self) -> tuple[Grant, ...]:
        """All roles that were given."""
        with self._database.read() as connection:
            return grants.everyone(connection)

    def add_audit(self, entry: AuditEntry) -> None:
        """Add to the log of changes."""
        with self._database.write() as connection:
            audit.add(connection, entry)

    def audit(
        self,
        workspace: str | None = None,
        principal: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """Entries of the log of changes, newest first."""
        with self._database.read() as connection:
            return audit.find(connection, workspace, principal, before, limit)

    def forget_audit(self, before: datetime) -> int:
        """Remove older entries; returns how many."""
        with self._database.write() as connection:
            return audit.forget_before(connection, before)

    # --- deleting ---

    def plan_deletion(self, ws_id: str, run_ids: Sequence[str]) -> deleting.Plan:
        """What deleting these runs means: what goes, what others need. `NotFound`, `InvalidRequest` for a part of a run,
        `Conflict` for an active one."""
        with self._database.read() as connection:
            return deleting.plan(connection, ws_id, run_ids)

    def mark_deleted(self, ws_id: str, run_ids: Sequence[str]) -> deleting.Plan:
        """The first step of deleting these runs; errors as `plan_deletion`. Those that nobody needs any more, whoever
        deleted them, go from now on."""
        with self._database.write() as connection:
            return deleting.mark(connection, ws_id, run_ids)

    def doomed(self, ws_id: str, run_ids: Sequence[str] | None = None) -> tuple[deleting.Doomed, ...]:
        """The runs that go and where their bytes are: the given ones, or all that are marked."""
        with self._database.read() as connection:
            return deleting.going(connection, ws_id, run_ids)

    def remove_doomed(self, run_ids: Sequence[str]) -> None:
        """The last step: remove the rows of runs whose bytes are deleted."""
        with self._database.write() as connection:
            deleting.remove(connection, run_ids)

    def top_runs(self, ws_id: str) -> tuple[deleting.TopRun, ...]:
        """What rules for old runs look at: runs that are no part of another, newest first."""
        with self._database.read() as connection:
            return deleting.top_runs(connection, ws_id)

    def tags_of(self, run_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """The names of the tags of runs that have any."""
        with self._database.read() as connection:
            return deleting.tags_of(connection, run_ids)

    def snapshots_in_use(self, ws_id: str, besides: Collection[str] = ()) -> frozenset[str]:
        """The snapshots that runs of a workspace were made from, `besides` some runs."""
        with self._database.read() as connection:
            return deleting.snapshots(connection, ws_id, besides)
