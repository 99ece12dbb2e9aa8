"""Runs with bytes, without an engine: recorded as if they had run."""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone
from pathlib import Path

from tests.unit.engine.engine_bench import Bench, step

from lazulite.engine import rows
from lazulite.engine.deleting import Deleting
from lazulite.model.assets import Workspace
from lazulite.model.deletion import Deletion
from lazulite.model.ids import new_id
from lazulite.model.job import Outcome, OutcomeStatus
from lazulite.model.plan import Plan
from lazulite.model.publishing import Publication
from lazulite.model.run import OutputRecord, Run, RunQuery, RunStatus
from lazulite.records.reuse import Candidate
from lazulite.storage.blobs import FRESH_SECONDS
from lazulite.testing.sample_runs import store_snapshot

STORE = "workspaceblobstore"
KEY = "key"


class DeletingBench(Bench):
    """`ran` gives a pipeline run of one step `a` that completed, having written ten bytes at `path`."""

    @property
    def data(self) -> Path:
        return self.home.datastore(self.ws, STORE)

    def moves(self) -> None:
        """Go on in a new workspace."""
        self.ws = self.service.create_workspace(Workspace("", new_id()[:30], "sub", "group")).id
        self.snapshot = store_snapshot(self.service, self.ws)

    def ran(self, path: str = "azureml/{run-id}/out", *, reuses: Run | None = None) -> tuple[Run, Run]:
        run = self.submit(step("a", self.snapshot))
        (made,) = self.records.steps_of(run.id)
        output = OutputRecord("out", STORE, path.replace("{run-id}", made.id), "c", "s", 1, 10, True)
        for place, text in (
            (output.path, "0123456789"),
            (made.artifact_path, "log"),
            (run.artifact_path, "x"),
        ):
            if reuses is None or place == run.artifact_path:
                (self.data / place).mkdir(parents=True, exist_ok=True)
                (self.data / place / "file").write_text(text)
        if reuses is not None:
            source = Candidate(reuses.id, "a", "a", reuses.root_id, (output,))
            change = rows.reused(made.id, source)
        else:
            now = datetime.now(timezone.utc)
            outcome = Outcome("", OutcomeStatus.COMPLETED, now, now, outputs=(output,))
            change = rows.ended(made.id, outcome, KEY)
        self.records.record(run.id, [change, rows.status(run.id, RunStatus.COMPLETED)])
        return self.run(run), self.records.run(self.ws, made.id)

    def delete(self, *runs: Run) -> Deletion:
        return Deleting(self.home, self.records, self.ws).delete([run.id for run in runs])

    def look(self, *runs: Run) -> Deletion:
        return Deleting(self.home, self.records, self.ws).look([run.id for run in runs])

    def listed(self) -> list[str]:
        return [run.id for run in self.records.runs(self.ws, RunQuery(top_level=True))]

    def bytes_left(self) -> list[str]:
        """Paths of all files of runs, below the datastore."""
        return sorted(str(path.relative_to(self.data)) for path in self.data.rglob("file"))

    def reusable(self) -> list[str]:
        found = self.records.reuse_candidates(self.ws, [KEY])
        return [one.id for one in found.get(KEY, ())]

    def ages(self) -> None:
        """All code that is held becomes old enough to go."""
        before = time.time() - FRESH_SECONDS - 10
        for path in self.home.blobs(self.ws).rglob("*"):
            if path.is_file():
                os.utime(path, (before, before))

    def code(self) -> int:
        return sum(path.is_file() for path in self.home.blobs(self.ws).rglob("*"))

    def publish(self) -> str:
        plan = Plan((step("a", self.snapshot),))
        return self.service.publish(self.ws, Publication(plan, "published")).id
