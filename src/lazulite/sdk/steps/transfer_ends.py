"""Source and destination of a `DataTransferStep`, as users give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lazulite.model.plan import PathParameter
from lazulite.sdk.data_place import datastore_name, normal_path
from lazulite.sdk.data_reference import DataReference
from lazulite.sdk.datapath import DataPath, DataPathComputeBinding
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.ports import InputPortBinding, PortDataReference
from lazulite.sdk.sql_data_reference import SqlDataReference

_DESTINATIONS = (
    "a DataReference, a SqlDataReference with sql_table, an InputPortBinding of one, or a pair of a DataPath (or a "
    "PipelineParameter that holds one) and a DataPathComputeBinding"
)


@dataclass(frozen=True)
class Destination:
    """Where a transfer writes: a place on a datastore, a table, or wherever a pipeline parameter says."""

    datastore: Any = None
    path: str = ""
    parameter: PipelineParameter | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> PathParameter | None:
        return None if self.parameter is None else PathParameter(self.parameter.name)

    @property
    def table(self) -> str | None:
        return self.settings.get("table")


def source_of(step: str, given: Any) -> Any:
    """Return the source as a step's input.

    Raises:
        ValueError: there is none.
    """
    if given is None:
        raise ValueError(f"Step '{step}' has no source_data_reference. Give the data that it copies.")
    return _with_binding(given)


def destination_of(step: str, given: Any) -> Destination:
    """Return where the step writes.

    Raises:
        ValueError: it is none of the things that say so.
    """
    if given is None:
        raise ValueError(f"Step '{step}' has no destination_data_reference. Say where it copies to.")
    data = _with_binding(given.bind_object if isinstance(given, InputPortBinding) else given)
    if isinstance(data, SqlDataReference):
        if data.sql_table is None:
            raise ValueError(
                f"Step '{step}' writes to {given!r}. Rows can be appended to a table only: give sql_table."
            )
        return Destination(data.datastore, data.sql_table, settings=sql_settings(data))
    if isinstance(data, DataReference):
        return Destination(data.datastore, normal_path(data.path_on_datastore))
    if isinstance(data, PortDataReference):
        return Destination(data.datastore_name, data.path_on_datastore)
    if isinstance(data, tuple) and data and isinstance(data[0], DataPath):
        return Destination(datastore_name(data[0].datastore_name), normal_path(data[0].path_on_datastore))
    if isinstance(data, tuple) and data and isinstance(data[0], PipelineParameter):
        return _of_parameter(step, data[0])
    raise ValueError(
        f"Step '{step}' was given destination_data_reference={given!r}. Expected {_DESTINATIONS}."
    )


def sql_settings(data: SqlDataReference) -> dict[str, Any]:
    """Return what the task must know of a database's data: JSON."""
    if data.sql_table is not None:
        return {"table": data.sql_table}
    if data.sql_query is not None:
        return {"query": data.sql_query}
    values = {str(one.name): one.value for one in data.sql_stored_procedure_params or ()}
    return {"procedure": data.sql_stored_procedure, "parameters": values}


def _of_parameter(step: str, parameter: PipelineParameter) -> Destination:
    place = parameter.default_value
    if not isinstance(place, DataPath):
        raise ValueError(  # noqa: TRY004 - v1's class for whatever a step cannot use
            f"Step '{step}' writes to where the pipeline parameter '{parameter.name}' says, and its default is "
            f"{place!r}. Expected a DataPath as its default."
        )
    return Destination(place.datastore_name, normal_path(place.path_on_datastore), parameter)


def _with_binding(given: Any) -> Any:
    """A place or parameter alone, as v1 wanted it: in a pair."""
    return (given, DataPathComputeBinding()) if isinstance(given, (DataPath, PipelineParameter)) else given
