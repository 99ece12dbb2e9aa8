"""What can be done with a schedule: its runs and looks, enabling, disabling, changing, running now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import AssetKind
from lazulite.model.publishing import SCHEDULE_ID
from lazulite.model.run import RunKind, RunQuery
from lazulite.model.schedule import ScheduleCheck, ScheduleState, ScheduleStatus
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.pipeline_errors import value_errors
from lazulite.sdk.schedules.schedule_definition import changed_timing, status_of, values
from lazulite.sdk.schedules.schedule_keeping import put, stored
from lazulite.sdk.schedules.schedule_record import ScheduleRecord
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence

if TYPE_CHECKING:
    from lazulite.sdk.pipeline_run import PipelineRun


class ScheduleControl(ScheduleRecord):
    """A schedule that exists. See `Schedule`."""

    # --- its runs ---

    def get_pipeline_runs(self) -> list[PipelineRun]:
        """Return the pipeline runs it started, the newest first."""
        return self._runs()

    def get_last_pipeline_run(self) -> PipelineRun | None:
        """Return the pipeline run it started last; None if there is none."""
        return next(iter(self._runs(limit=1)), None)

    def _runs(self, limit: int | None = None) -> list[PipelineRun]:
        from lazulite.sdk.pipeline_run import PipelineRun
        from lazulite.sdk.run_lookup import run_of

        query = RunQuery(kind=RunKind.PIPELINE, properties={SCHEDULE_ID: self.id}, limit=limit)
        with v1_errors():
            records = self._service.list_runs(self._place, query)
        runs = [run_of(self.workspace, record) for record in records]
        return [run for run in runs if isinstance(run, PipelineRun)]

    # --- changing it ---

    def enable(self, wait_for_provisioning: bool = False, wait_timeout: float = 3600) -> None:
        """Let it run (again). Its times count from now on: none that passed is made up for."""
        self._change(status=ScheduleStatus.ACTIVE)

    def disable(self, wait_for_provisioning: bool = False, wait_timeout: float = 3600) -> None:
        """Let it rest, until it is enabled."""
        self._change(status=ScheduleStatus.DISABLED)

    def update(
        self,
        name: str | None = None,
        description: str | None = None,
        recurrence: ScheduleRecurrence | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        status: str | None = None,
        wait_for_provisioning: bool = False,
        wait_timeout: float = 3600,
        datastore: Any = None,
        polling_interval: float | None = None,
        data_path_parameter_name: str | None = None,
        continue_on_step_failure: bool | None = None,
        path_on_datastore: str | None = None,
        *,
        recursive: bool | None = None,
        batch: bool | None = None,
    ) -> None:
        """Change it; None leaves a thing as it is. For the parameters see `create`.

        Args:
            name: A new name.
            description: A new description.
            recurrence: How often it runs; a schedule that looked at files does not any more.
            pipeline_parameters: All parameters, in place of those it had.
            status: Active or Disabled.
            datastore: The datastore it looks at; a schedule that had a recurrence has it no more.
            polling_interval: How often it looks.
            data_path_parameter_name: The parameter that receives the file that changed.
            continue_on_step_failure: What its runs do when a step fails.
            path_on_datastore: The folder it looks at.
            recursive: Whether files of sub-folders count. (Beyond v1.)
            batch: Whether all files that changed together start one run. (Beyond v1.)

        Raises:
            ValueError: a value cannot be used (also a UserErrorException).
        """
        self._refresh()
        options = (polling_interval, data_path_parameter_name, path_on_datastore)
        when = changed_timing(self._record, recurrence, datastore, *options, recursive=recursive, batch=batch)
        given = {
            "name": name,
            "description": description,
            "parameters": None if pipeline_parameters is None else values(pipeline_parameters),
            "status": None if status is None else status_of(status),
            "continue_on_step_failure": continue_on_step_failure,
        }
        changed = {key: value for key, value in given.items() if value is not None}
        self._change(recurrence=when[0], trigger=when[1], **changed)

    # --- beyond v1 ---

    @property
    def next_run(self) -> datetime | None:
        """When it looks next: at the clock, that is when it runs; at files. None while it is disabled. (Beyond v1.)"""
        return self.state().next_at

    def state(self) -> ScheduleState:
        """Return where it stands: when it looks next, when it fired last. (Beyond v1.)"""
        with value_errors():
            return self._service.get_schedule_state(self._place, self.id)  # type: ignore[no-any-return]

    def checks(self, limit: int = 100) -> tuple[ScheduleCheck, ...]:
        """Return its newest looks, newest first: what came of each, and why. (Beyond v1.)"""
        with value_errors():
            return self._service.list_schedule_checks(self._place, self.id, limit)  # type: ignore[no-any-return]

    def run_now(self) -> PipelineRun:
        """Start its pipeline now, with its parameters, also while it is disabled; its times stay as they are. (Beyond v1.)

        Raises:
            UserErrorException: the pipeline is disabled (also a ValueError).
        """
        from lazulite.sdk.run_lookup import run_of

        with value_errors():
            record = self._service.run_schedule(self._place, self.id)
        return run_of(self.workspace, record)  # type: ignore[return-value]

    def delete(self) -> None:
        """Delete it and the history of its looks. Its runs stay. (Beyond v1.)"""
        with value_errors():
            self._service.delete_asset(self._place, AssetKind.SCHEDULE, self.id)

    # --- the seam ---

    def _change(self, **changes: Any) -> None:
        self._refresh()
        self._record = put(self.workspace, replace(self._record, **changes))

    def _refresh(self) -> None:
        self._record = stored(self.workspace, self.id)

    @property
    def _service(self) -> Any:
        return self.workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _place(self) -> str:
        return self.workspace._id  # noqa: SLF001
