"""What is known of a schedule: the properties of v1's `Schedule`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.schedule import DataTrigger, ScheduleStatus
from lazulite.model.schedule import Schedule as Record
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace


class ScheduleRecord:
    """A schedule as it was when it was last looked at. See `Schedule` for the parameters."""

    def __init__(
        self,
        workspace: Workspace,
        id: str,  # noqa: A002 - v1's name
        name: str,
        description: str | None,
        pipeline_id: str | None,
        status: str,
        recurrence: ScheduleRecurrence | None,
        datastore_name: str | None,
        polling_interval: float | None,
        data_path_parameter_name: str | None,
        continue_on_step_failure: bool | None,
        path_on_datastore: str | None,
        _schedule_provider: Any = None,
        pipeline_endpoint_id: str | None = None,
        *,
        _record: Record | None = None,
    ) -> None:
        trigger = None
        if datastore_name is not None:
            trigger = DataTrigger(
                datastore_name, path_on_datastore or "", polling_interval or 5, data_path_parameter_name
            )
        self._workspace = workspace
        self._record = _record or Record(
            id,
            name,
            "",
            pipeline_id,
            pipeline_endpoint_id,
            description,
            ScheduleStatus(status),
            recurrence._record() if recurrence is not None else None,  # noqa: SLF001 - the SDK's own seam
            trigger,
            continue_on_step_failure=continue_on_step_failure,
        )

    @property
    def id(self) -> str:
        """Its id."""
        return self._record.id

    @property
    def name(self) -> str:
        """Its name; others may have it too."""
        return self._record.name

    @property
    def description(self) -> str | None:
        """What it is for."""
        return self._record.description

    @property
    def pipeline_id(self) -> str | None:
        """The published pipeline that it starts; None if it starts what is behind an endpoint."""
        return self._record.pipeline_id

    @property
    def pipeline_endpoint_id(self) -> str | None:
        """The pipeline endpoint whose default pipeline it starts."""
        return self._record.endpoint_id

    @property
    def status(self) -> str:
        """Active or Disabled."""
        return self._record.status.value

    @property
    def recurrence(self) -> ScheduleRecurrence | None:
        """How often it runs; None if it runs when files change."""
        found = self._record.recurrence
        return None if found is None else ScheduleRecurrence._of(found)  # noqa: SLF001 - the SDK's own seam

    @property
    def datastore_name(self) -> str | None:
        """The datastore whose files it looks at."""
        return None if self._record.trigger is None else self._record.trigger.datastore

    @property
    def path_on_datastore(self) -> str | None:
        """The folder that it looks at."""
        return None if self._record.trigger is None else self._record.trigger.path or None

    @property
    def polling_interval(self) -> float | None:
        """How often it looks at the files, in minutes."""
        return None if self._record.trigger is None else self._record.trigger.polling_minutes

    @property
    def data_path_parameter_name(self) -> str | None:
        """The parameter that receives the file that changed."""
        return None if self._record.trigger is None else self._record.trigger.parameter

    @property
    def continue_on_step_failure(self) -> bool | None:
        """What its runs do when a step fails; None: as it was published."""
        return self._record.continue_on_step_failure

    # --- beyond v1 ---

    @property
    def workspace(self) -> Workspace:
        """Its workspace. (Beyond v1.)"""
        return self._workspace

    @property
    def experiment_name(self) -> str:
        """The experiment its runs go to. (Beyond v1.)"""
        return self._record.experiment

    @property
    def pipeline_parameters(self) -> dict[str, Any]:
        """The parameters its runs are given. (Beyond v1.)"""
        return dict(self._record.parameters)

    @property
    def recursive(self) -> bool:
        """Whether files of sub-folders count. (Beyond v1.)"""
        return self._record.trigger is not None and self._record.trigger.recursive

    @property
    def batch(self) -> bool:
        """Whether all files that changed together start one run. (Beyond v1.)"""
        return self._record.trigger is not None and self._record.trigger.batch

    def __str__(self) -> str:
        kind = (
            self._record.recurrence.frequency
            if self._record.recurrence
            else f"files of {self.datastore_name}"
        )
        return f"Schedule(Name: {self.name}, Id: {self.id}, Status: {self.status}, Runs by: {kind})"

    def __repr__(self) -> str:
        return str(self)
