"""From the arguments of `Schedule.create` and `update` to what the system keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lazulite.model import ids
from lazulite.model.schedule import DataTrigger, Recurrence, Schedule, ScheduleStatus
from lazulite.sdk.data_place import datastore_name
from lazulite.sdk.parameter import ParameterDefault, plain
from lazulite.sdk.pipeline_errors import PipelineBuildError
from lazulite.sdk.pipeline_submission import user
from lazulite.sdk.schedules.schedule_recurrence import ScheduleRecurrence

if TYPE_CHECKING:
    from lazulite.model.values import ParameterValue

_TYPES = ParameterDefault.__args__  # type: ignore[attr-defined]  # the members of the union
#: v1's default, in minutes.
POLLING_INTERVAL = 5


def timing(
    recurrence: Any,
    datastore: Any,
    polling_interval: float | None,
    data_path_parameter_name: str | None,
    path_on_datastore: str | None,
    *,
    recursive: bool,
    batch: bool,
) -> tuple[Recurrence | None, DataTrigger | None]:
    """Return when a new schedule runs: by a recurrence, or by the files of a datastore.

    Raises:
        PipelineBuildError: it is both, or neither.
    """
    if recurrence is not None and datastore is not None:
        raise PipelineBuildError(
            "A schedule runs by a recurrence or by a datastore's files. Give one of the two."
        )
    if datastore is not None:
        minutes = POLLING_INTERVAL if polling_interval is None else polling_interval
        return None, DataTrigger(
            datastore_name(datastore),
            path_on_datastore or "",
            _minutes(minutes),
            data_path_parameter_name,
            recursive,
            batch,
        )
    if recurrence is None:
        raise PipelineBuildError(
            "A schedule has to say when it runs: recurrence=ScheduleRecurrence(…), or datastore=… whose files are looked at."
        )
    given = {
        "polling_interval": polling_interval not in (None, POLLING_INTERVAL),
        "data_path_parameter_name": data_path_parameter_name is not None,
        "path_on_datastore": path_on_datastore is not None,
        "recursive": recursive,
        "batch": batch,
    }
    refused = [name for name, is_given in given.items() if is_given]
    if refused:
        raise PipelineBuildError(f"{', '.join(refused)} go with a datastore, not with a recurrence.")
    return _recurrence(recurrence), None


def changed_timing(
    record: Schedule,
    recurrence: Any,
    datastore: Any,
    polling_interval: float | None,
    data_path_parameter_name: str | None,
    path_on_datastore: str | None,
    *,
    recursive: bool | None,
    batch: bool | None,
) -> tuple[Recurrence | None, DataTrigger | None]:
    """Return when a schedule runs after a change; None leaves a thing as it is.

    Raises:
        PipelineBuildError: a recurrence and options of a datastore are mixed.
    """
    trigger = record.trigger
    if recurrence is not None or (trigger is None and datastore is None):
        wanted = recurrence or (
            None if record.recurrence is None else ScheduleRecurrence._of(record.recurrence)  # noqa: SLF001 - the same face
        )
        more = (polling_interval, data_path_parameter_name, path_on_datastore)
        return timing(wanted, datastore, *more, recursive=bool(recursive), batch=bool(batch))
    trigger = trigger or DataTrigger("")
    given = {
        "datastore": None if datastore is None else datastore_name(datastore),
        "path": path_on_datastore,
        "polling_minutes": None if polling_interval is None else _minutes(polling_interval),
        "parameter": data_path_parameter_name,
        "recursive": recursive,
        "batch": batch,
    }
    return None, replace(trigger, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def values(given: Any) -> dict[str, ParameterValue]:
    """Return the parameters that a schedule gives its runs.

    Raises:
        PipelineBuildError: it is no dict, or a value is of no type that a parameter can have.
    """
    if given is not None and not isinstance(given, Mapping):
        raise PipelineBuildError(f"pipeline_parameters is {given!r}. Expected a dict of values by name.")
    for name, value in (given or {}).items():
        if type(value) not in _TYPES:
            raise PipelineBuildError(
                f"The parameter '{name}' was given {value!r}, a {type(value).__name__}. Expected an int, float, bool, str "
                "or DataPath."
            )
    return {str(name): plain(value) for name, value in (given or {}).items()}


def status_of(word: Any) -> ScheduleStatus:
    """Return the status that a word of v1 means.

    Raises:
        PipelineBuildError: it means none.
    """
    try:
        return ScheduleStatus(word)
    except ValueError as error:
        raise PipelineBuildError(f"status is {word!r}. Expected 'Active' or 'Disabled'.") from error


def made(
    name: str,
    experiment_name: str,
    when: tuple[Recurrence | None, DataTrigger | None],
    parameters: Mapping[str, ParameterValue],
    description: str | None,
    continue_on_step_failure: bool | None,
) -> Schedule:
    """Return a new schedule that does not say yet what it starts."""
    return Schedule(
        ids.new_id(),
        name,
        experiment_name,
        description=description,
        recurrence=when[0],
        trigger=when[1],
        parameters=parameters,
        continue_on_step_failure=continue_on_step_failure,
        created_by=user(),
    )


def _recurrence(given: Any) -> Recurrence:
    if not isinstance(given, ScheduleRecurrence):
        raise PipelineBuildError(f"recurrence is {given!r}. Expected a ScheduleRecurrence.")
    return given._record()  # noqa: SLF001 - the SDK's own seam


def _minutes(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or given <= 0:
        raise PipelineBuildError(f"polling_interval is {given!r}. Expected a number of minutes.")
    return float(given)
