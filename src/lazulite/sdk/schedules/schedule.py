"""A published pipeline that runs by itself. v1: `azureml.pipeline.core.Schedule`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lazulite.model.schedule import Schedule as Record
from lazulite.model.schedule import ScheduleStatus
from lazulite.sdk.schedules.schedule_control import ScheduleControl
from lazulite.sdk.schedules.schedule_definition import POLLING_INTERVAL, made, timing, values
from lazulite.sdk.schedules.schedule_keeping import announce, found, put, stored
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_Schedules = list["Schedule"]  # `list` is a method of the class below


class Schedule(ScheduleControl):
    """Starts a published pipeline again and again: by the clock, or when files of a datastore change.

    `Schedule.create` and `Schedule.get` return one; nobody needs the constructor. The engine keeps schedules, so it does
    not stop while one is enabled; what it found at every look is in `checks()`.

    Args:
        workspace: The workspace.
        id: Its id.
        name: Its name; others may have it too.
        description: What it is for.
        pipeline_id: The published pipeline it starts.
        status: Active or Disabled.
        recurrence: How often it runs.
        datastore_name: The datastore whose files it looks at.
        polling_interval: How often it looks, in minutes.
        data_path_parameter_name: The parameter that receives the file that changed.
        continue_on_step_failure: What its runs do when a step fails.
        path_on_datastore: The folder it looks at.
        pipeline_endpoint_id: The pipeline endpoint whose default pipeline it starts.

    Example:
        ```
        recurrence = ScheduleRecurrence("Day", 1, time_zone="Europe/Istanbul", time_of_day="02:30")
        schedule = Schedule.create(ws, "nightly", published.id, "nightly", recurrence)
        ```
    """

    @staticmethod
    def create(
        workspace: Workspace,
        name: str,
        pipeline_id: str,
        experiment_name: str,
        recurrence: ScheduleRecurrence | None = None,
        description: str | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        wait_for_provisioning: bool = False,
        wait_timeout: float = 3600,
        datastore: Any = None,
        polling_interval: float = POLLING_INTERVAL,
        data_path_parameter_name: str | None = None,
        continue_on_step_failure: bool | None = None,
        path_on_datastore: str | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
        *,
        recursive: bool = False,
        batch: bool = False,
    ) -> Schedule:
        """Create a schedule for a published pipeline, and return it. It is enabled at once.

        Args:
            workspace: The workspace.
            name: A name for people.
            pipeline_id: The id of the published pipeline.
            experiment_name: The experiment that its runs go to.
            recurrence: How often it runs. The first run is at the next time that fits, not now (v1's was now, unless the
                recurrence had a start time); `run_now()` starts one.
            description: What it is for.
            pipeline_parameters: Values for the pipeline's parameters.
            wait_for_provisioning: Accepted; there is nothing to wait for.
            wait_timeout: Accepted.
            datastore: In place of a recurrence: the datastore whose files are looked at, any kind of it, or its name.
            polling_interval: How often they are looked at, in minutes.
            data_path_parameter_name: The parameter, a DataPath, that receives the file that changed.
            continue_on_step_failure: When a step of a run fails, still run all that do not depend on it.
            path_on_datastore: The folder whose files count; without it the datastore's own.
            recursive: Files of sub-folders count too. (Beyond v1.)
            batch: All files that changed together start one run, whose parameter receives the folder; without it, as in v1,
                each file starts one of its own. (Beyond v1.)

        Raises:
            ValueError: both or neither of recurrence and datastore are given, the pipeline or the datastore does not
                exist, or a value cannot be used (also a UserErrorException).
        """
        options = (polling_interval, data_path_parameter_name, path_on_datastore)
        when = timing(recurrence, datastore, *options, recursive=recursive, batch=batch)
        record = made(
            name, experiment_name, when, values(pipeline_parameters), description, continue_on_step_failure
        )
        return _created(workspace, replace(record, pipeline_id=pipeline_id))

    @staticmethod
    def create_for_pipeline_endpoint(
        workspace: Workspace,
        name: str,
        pipeline_endpoint_id: str,
        experiment_name: str,
        recurrence: ScheduleRecurrence | None = None,
        description: str | None = None,
        pipeline_parameters: Mapping[str, Any] | None = None,
        wait_for_provisioning: bool = False,
        wait_timeout: float = 3600,
        datastore: Any = None,
        polling_interval: float = POLLING_INTERVAL,
        data_path_parameter_name: str | None = None,
        continue_on_step_failure: bool | None = None,
        path_on_datastore: str | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
        *,
        recursive: bool = False,
        batch: bool = False,
    ) -> Schedule:
        """Create a schedule for what is the default behind a pipeline endpoint whenever it runs; as `create`.

        Raises:
            ValueError: as `create`, and if the endpoint does not exist (also a UserErrorException).
        """
        options = (polling_interval, data_path_parameter_name, path_on_datastore)
        when = timing(recurrence, datastore, *options, recursive=recursive, batch=batch)
        record = made(
            name, experiment_name, when, values(pipeline_parameters), description, continue_on_step_failure
        )
        return _created(workspace, replace(record, endpoint_id=pipeline_endpoint_id))

    # --- finding ---

    @staticmethod
    def get(
        workspace: Workspace,
        id: str,  # noqa: A002 - v1's name
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> Schedule:
        """Return the schedule with that id.

        Raises:
            UserErrorException: there is none (also a ValueError).
        """
        return _of(workspace, stored(workspace, id))

    @staticmethod
    def list(
        workspace: Workspace,
        active_only: bool = True,
        pipeline_id: str | None = None,
        pipeline_endpoint_id: str | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> _Schedules:
        """Return the schedules, the newest first, of one published pipeline or endpoint if its id is given."""
        return [
            _of(workspace, record)
            for record in found(workspace, pipeline_id, pipeline_endpoint_id)
            if not active_only or record.status is ScheduleStatus.ACTIVE
        ]

    @staticmethod
    def get_all(
        workspace: Workspace,
        active_only: bool = True,
        pipeline_id: str | None = None,
        pipeline_endpoint_id: str | None = None,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> _Schedules:
        """Return `list(…)`, which v1 deprecated this for."""
        return Schedule.list(workspace, active_only, pipeline_id, pipeline_endpoint_id)

    @staticmethod
    def get_schedules_for_pipeline_id(
        workspace: Workspace, pipeline_id: str, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> _Schedules:
        """Return all schedules of a published pipeline, enabled or not."""
        return Schedule.list(workspace, active_only=False, pipeline_id=pipeline_id)

    @staticmethod
    def get_schedules_for_pipeline_endpoint_id(
        workspace: Workspace,
        pipeline_endpoint_id: str,
        _workflow_provider: Any = None,
        _service_endpoint: Any = None,
    ) -> _Schedules:
        """Return all schedules of a pipeline endpoint, enabled or not."""
        return Schedule.list(workspace, active_only=False, pipeline_endpoint_id=pipeline_endpoint_id)

    @staticmethod
    def load_yaml(
        workspace: Workspace, filename: str, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> dict[str, Any]:
        """Return what a YAML file says about a schedule, below its key `Schedule`, by name.

        Example:
            `described = Schedule.load_yaml(ws, "nightly.yml")`, then `Schedule.create(…, recurrence=described["recurrence"])`

        Raises:
            UserErrorException: the file cannot be read or understood (also a ValueError).
        """
        from lazulite.sdk.schedules.schedule_file import load

        return load(filename)


def _created(workspace: Workspace, record: Record) -> Schedule:
    schedule = _of(workspace, put(workspace, record))
    announce(schedule)
    return schedule


def _of(workspace: Workspace, record: Record) -> Schedule:
    """Return the schedule of a record."""
    trigger = record.trigger
    return Schedule(
        workspace,
        record.id,
        record.name,
        record.description,
        record.pipeline_id,
        record.status.value,
        None,
        None if trigger is None else trigger.datastore,
        None if trigger is None else trigger.polling_minutes,
        None if trigger is None else trigger.parameter,
        record.continue_on_step_failure,
        None if trigger is None else trigger.path,
        pipeline_endpoint_id=record.endpoint_id,
        _record=record,
    )
