"""Deleting runs with all that is theirs: marked first, then the bytes, then the rows.

Whoever deletes next goes on with what an earlier one did not finish. What a run that stays still needs is not touched:
see `records.deleting`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from lazulite.engine import unused_code
from lazulite.engine.job_folders import remove
from lazulite.engine.layout import Home
from lazulite.engine.run_bytes import CODE, Place, RunBytes
from lazulite.model.deletion import Deletion, Kept
from lazulite.model.errors import NotFound, StorageError
from lazulite.records.deleting import Doomed, Plan
from lazulite.records.records import Records
from lazulite.storage.weighing import Weight, weight_on

#: The rows of so many runs are removed in one transaction: others write too.
_TOGETHER = 200


class Deleting:
    """Deletions in one workspace.

    Args:
        stopped: Whether to end early; what is not done is done the next time.
    """

    def __init__(
        self, home: Home, records: Records, workspace: str, stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self._home = home
        self._records = records
        self._workspace = workspace
        self._stopped = stopped
        self._weights: Counter[str] = Counter()
        self._files = 0
        self._failed: dict[str, str] = {}

    def look(self, run_ids: Sequence[str]) -> Deletion:
        """Say what `delete` would do."""
        plan = self._records.plan_deletion(self._workspace, run_ids)
        doomed = self._records.doomed(self._workspace, plan.going)
        places = RunBytes(self._home, self._records, self._workspace)
        for run in doomed:
            for place in places.places(run):
                with suppress(StorageError):  # what cannot be read is told when it cannot be deleted
                    self._count(place.kind, weight_on(place.store, place.path))
        besides = {run.id for run in doomed}
        self._count(CODE, unused_code.weigh(self._home, self._records, self._workspace, besides))
        return self._told(plan, doomed, is_dry_run=True)

    def delete(self, run_ids: Sequence[str]) -> Deletion:
        """Delete these runs, and what was marked before."""
        plan = self._records.mark_deleted(self._workspace, run_ids)
        doomed = self._records.doomed(self._workspace)
        done = self._delete_bytes(doomed)
        besides = {run.id for run in doomed}
        self._count(CODE, unused_code.discard(self._home, self._records, self._workspace, besides))
        for start in range(0, len(done), _TOGETHER):
            self._records.remove_doomed(done[start : start + _TOGETHER])
        return self._told(plan, doomed)

    def _delete_bytes(self, doomed: Iterable[Doomed]) -> list[str]:
        """Returns the runs that have none left."""
        places = RunBytes(self._home, self._records, self._workspace)
        jobs = self._job_folders()
        done: list[str] = []
        for run in doomed:
            if self._stopped():
                break
            try:
                for place in places.places(run):
                    self._remove(place)
                remove(jobs.get(run.id, ()))
                done.append(run.id)
            except StorageError as error:
                self._failed[run.id] = error.message
        return done

    def _remove(self, place: Place) -> None:
        place.store.require()  # else a disk that is not mounted would look like one without these files
        there = weight_on(place.store, place.path)
        with suppress(NotFound):
            place.store.remove(place.path)
            self._count(place.kind, there)

    def _job_folders(self) -> dict[str, list[str]]:
        """By step run, the folders of its jobs that are still there."""
        found: dict[str, list[str]] = {}
        for folder in self._home.workspace(self._workspace).glob("jobs/*"):
            found.setdefault(folder.name.rpartition("-")[0], []).append(str(folder))
        return found

    def _count(self, kind: str, there: Weight) -> None:
        if there.files:
            self._weights[kind] += there.bytes
            self._files += there.files

    def _told(self, plan: Plan, doomed: Sequence[Doomed], *, is_dry_run: bool = False) -> Deletion:
        whole = {run.id for run in doomed if run.is_whole} | set(plan.asked)
        kept = [Kept(run_id, _needed(plan.kept[run_id])) for run_id in plan.asked if run_id in plan.kept]
        kept += [
            Kept(run_id, f"Its files could not be deleted; the next deletion tries again. {words}")
            for run_id, words in sorted(self._failed.items())
        ]
        return Deletion(
            tuple(sorted(whole)),
            sum(self._weights.values()),
            self._files,
            dict(self._weights),
            tuple(kept),
            is_dry_run,
        )


def _needed(users: Sequence[str]) -> str:
    more = f" and {len(users) - 1} more" if len(users) > 1 else ""
    return (
        f"It leaves the lists. Steps of it stay, with what they wrote, because run {users[0]}{more} reused them; they go "
        "when nothing needs them."
    )
