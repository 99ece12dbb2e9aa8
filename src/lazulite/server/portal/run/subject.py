"""What the panel of a run page is about: a step run, or the run itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lazulite.api.service import Service
from lazulite.model.errors import NotFound
from lazulite.model.plan import Step
from lazulite.model.reuse import ReuseDecision
from lazulite.model.run import Run, RunKind, RunQuery
from lazulite.model.snapshot import Snapshot
from lazulite.server.portal import links
from lazulite.server.portal.routing import Visit
from lazulite.server.portal.run.record import RunRecord
from lazulite.server.portal.run.run_files import RunFiles, files_of

#: v1's property of a run that names its code.
_SNAPSHOT = "ContentSnapshotId"
_EARLIER = 50


@dataclass(frozen=True)
class Subject:
    """A run within its page, and who looks."""

    visit: Visit
    record: RunRecord
    run: Run

    @property
    def service(self) -> Service:
        return self.visit.service

    @property
    def is_step(self) -> bool:
        return self.run.kind is RunKind.STEP

    @cached_property
    def step(self) -> Step | None:
        """What the plan says of it; None if it is no step."""
        return self.record.planned(self.run) if self.is_step else None

    @cached_property
    def files(self) -> RunFiles:
        return files_of(self.service, self.run)

    @cached_property
    def decision(self) -> ReuseDecision | None:
        return self.service.get_decision(self.run.workspace, self.run.id) if self.is_step else None

    def here(self, **changes: object) -> str:
        """The address of this panel, with something changed."""
        visit = self.visit
        query: dict[str, object] = {
            "view": visit.asked("view"),
            "step": self.run.id if self.is_step else "",
            "tab": visit.asked("tab"),
            "open": visit.request.query_params.getlist("open"),
        }
        return links.at(self.run.workspace, "runs", self.record.run.id, **(query | changes))

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """Its code; None if it has none, or it is no longer stored."""
        return snapshot_of(self.service, self.run)

    @cached_property
    def earlier(self) -> Run | None:
        """The run to compare it with: the one that its reuse was decided against, else the last before it of that name."""
        candidate = self.decision.candidate if self.decision else None
        if candidate:
            try:
                return self.service.get_run(self.run.workspace, candidate)
            except NotFound:
                pass
        query = RunQuery(
            experiment=self.run.experiment,
            kind=self.run.kind,
            text=self.run.name or None,
            created_before=self.run.created_at,
            limit=_EARLIER,
        )
        found = self.service.list_runs(self.run.workspace, query)
        return next((run for run in found if run.name == self.run.name and run.id != self.run.id), None)


def snapshot_of(service: Service, run: Run) -> Snapshot | None:
    """Return the code of a run; None if it has none, or it is no longer stored."""
    return stored_snapshot(service, run.workspace, run.properties.get(_SNAPSHOT, ""))


def stored_snapshot(service: Service, workspace: str, snapshot_id: str) -> Snapshot | None:
    """Return a snapshot by id, None if it is not stored."""
    if not snapshot_id:
        return None
    try:
        return service.get_snapshot(workspace, snapshot_id)
    except NotFound:
        return None
