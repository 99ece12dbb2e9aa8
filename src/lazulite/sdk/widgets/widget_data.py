"""What a run's widget shows at one moment, and the moments at which it changes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import LazuliteError
from lazulite.model.run import Run, RunKind, RunStatus
from lazulite.sdk.exceptions import AzureMLException, v1_errors
from lazulite.sdk.log_tail import BUILD_LOG, DRIVER_LOG
from lazulite.sdk.metrics import fold
from lazulite.sdk.run_details import time_text
from lazulite.sdk.watching import steps_in_order

if TYPE_CHECKING:
    from lazulite.api.service import Service
    from lazulite.sdk.run import Run as SdkRun

#: How long one look for news may take, and how long the next news is awaited so that both are shown at once.
_WAIT_SECONDS = 2.0
_TOGETHER_SECONDS = 0.4
_LOG_BYTES = 8192
_LOG_LINES = 20
#: The metrics of so many steps are shown.
_MOST_STEPS = 50
_GONE = (LazuliteError, AzureMLException)


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment: its record, its steps in the plan's order, metrics by run id, and the end of one log."""

    run: Run
    steps: tuple[Run, ...] = ()
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    log_of: str = ""
    link: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def seconds(self, run: Run) -> float | None:
        """How long a run took, or takes by now; None if it did not start."""
        if run.started_at is None:
            return None
        return max(0.0, ((run.ended_at or self.at) - run.started_at).total_seconds())

    def document(self) -> dict[str, Any]:
        """The snapshot as the dict that v1's `get_widget_data()` gave."""
        run = self.run
        return {
            "status": run.status.history_word,
            "workbench_run_details_uri": self.link,
            "run_id": run.id,
            "run_properties": {
                "run_id": run.id,
                "created_utc": time_text(run.created_at),
                "properties": dict(run.properties),
                "tags": dict(run.tags),
                "end_time_utc": time_text(run.ended_at),
                "status": run.status.history_word,
                "run_duration": _clock(self.seconds(run)),
            },
            "child_runs": [self._child(step) for step in self.steps],
            "children_metrics": {step.id: self.metrics.get(step.id, {}) for step in self.steps},
            "run_metrics": [
                {"name": name, "run_id": run.id, "categories": [0], "series": [{"data": [value]}]}
                for name, value in self.metrics.get(run.id, {}).items()
            ],
            "run_logs": "\n".join(self.log),
            "loading": False,
        }

    def _child(self, step: Run) -> dict[str, Any]:
        return {
            "run_id": step.id,
            "name": step.name,
            "status": step.status.graph_word,
            "start_time": time_text(step.started_at),
            "created_time": time_text(step.created_at),
            "end_time": time_text(step.ended_at),
            "duration": _clock(self.seconds(step)),
            "run_type": step.kind.value,
            "is_reused": "Yes" if step.reused_run_id else "",
        }


class Watched:
    """A run that a widget shows.

    Args:
        run: The run.
        link: Its page in the portal, or "".
    """

    def __init__(self, run: SdkRun, link: str = "") -> None:
        self._service: Service = run._service  # noqa: SLF001 - the SDK's own seam
        self._workspace: str = run._workspace_id  # noqa: SLF001 - the SDK's own seam
        self._id = run.id
        self._link = link
        self._metrics: dict[str, dict[str, Any]] = {}

    def now(self) -> Snapshot:
        """The run as it is."""
        with v1_errors():
            run = self._service.get_run(self._workspace, self._id)
        steps = (
            steps_in_order(self._service, self._workspace, self._id) if run.kind is RunKind.PIPELINE else []
        )
        for one in [run, *steps[:_MOST_STEPS]]:
            if one.id not in self._metrics or not one.status.is_terminal:
                self._metrics[one.id] = self._metrics_of(one)
        shown = _telling(run, steps)
        log = self._log_of(shown) if shown else ()
        name = shown.name if shown and shown is not run else ""
        metrics = {run_id: values for run_id, values in self._metrics.items() if values}
        return Snapshot(run, tuple(steps), metrics, log, name, self._link)

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield the run as it is, then whenever something changed, the last time when it has ended."""
        snapshot = self.now()
        root, after = snapshot.run.root_id or self._id, 0
        yield snapshot
        while not snapshot.run.status.is_terminal:
            if snapshot.run.kind is RunKind.INTERACTIVE:
                time.sleep(_WAIT_SECONDS / 2)
            else:
                with v1_errors():
                    events = self._service.get_events(self._workspace, root, after, _WAIT_SECONDS)
                after = events[-1].sequence if events else after
                if events:
                    time.sleep(_TOGETHER_SECONDS)
            snapshot = self.now()
            yield snapshot

    def _metrics_of(self, run: Run) -> dict[str, Any]:
        if run.status is RunStatus.NOT_STARTED:
            return {}
        try:
            return fold(self._service.get_metrics(self._workspace, run.id))
        except _GONE:
            return {}

    def _log_of(self, run: Run) -> tuple[str, ...]:
        """The last lines of what the run's script printed, or of how its environment was built."""
        from lazulite.sdk.artifacts import files_of

        try:
            files = files_of(self._service, self._workspace, run)
            sizes = {name: info.size for name, info in files.infos("azureml-logs/")}
            name = next((name for name in (DRIVER_LOG, BUILD_LOG) if sizes.get(name)), None)
            if name is None:
                return ()
            start = max(0, sizes[name] - _LOG_BYTES)
            with files.open(name, start) as file:
                lines = file.read(_LOG_BYTES).decode(errors="replace").splitlines()
        except _GONE:
            return ()
        return tuple(lines[1 if start and len(lines) > 1 else 0 :][-_LOG_LINES:])


def _telling(run: Run, steps: Sequence[Run]) -> Run | None:
    """The run whose log says most: the first that failed, else the last that runs; of a run without steps itself."""
    if run.kind is not RunKind.PIPELINE:
        return run
    failed = [step for step in steps if step.status is RunStatus.FAILED]
    active = [step for step in steps if step.started_at and not step.status.is_terminal]
    return failed[0] if failed else active[-1] if active else None


def _clock(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
