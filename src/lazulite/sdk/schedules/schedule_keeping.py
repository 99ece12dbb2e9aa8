"""Schedules in their workspace: kept, found, told of."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from lazulite.model.assets import Asset, AssetKind
from lazulite.model.codec import from_data, to_data
from lazulite.model.schedule import Schedule as Record
from lazulite.sdk.exceptions import v1_errors
from lazulite.sdk.pipeline_errors import value_errors

if TYPE_CHECKING:
    from lazulite.sdk.schedules.schedule_control import ScheduleControl
    from lazulite.sdk.workspace import Workspace


def put(workspace: Workspace, record: Record) -> Record:
    """Keep a schedule, new or changed.

    Raises:
        PipelineBuildError: something in it cannot be followed.
    """
    with value_errors():
        asset = workspace._service.put_asset(  # noqa: SLF001 - the SDK's own seam
            workspace._id,  # noqa: SLF001
            Asset(AssetKind.SCHEDULE, record.id, to_data(record)),
        )
    return from_data(Record, asset.document)


def stored(workspace: Workspace, schedule_id: str) -> Record:
    """Return a schedule as it is now.

    Raises:
        PipelineBuildError: there is none with that id.
    """
    with value_errors():
        asset = workspace._service.get_asset(workspace._id, AssetKind.SCHEDULE, schedule_id)  # noqa: SLF001
    return from_data(Record, asset.document)


def found(workspace: Workspace, pipeline_id: str | None, endpoint_id: str | None) -> list[Record]:
    """Return the schedules of a workspace, of one pipeline or endpoint if it is given, the newest first."""
    with v1_errors():
        assets = workspace._service.list_assets(workspace._id, AssetKind.SCHEDULE)  # noqa: SLF001
    records = [
        from_data(Record, asset.document)
        for asset in sorted(assets, key=attrgetter("created_at"), reverse=True)
    ]
    wanted: list[tuple[str, Any]] = [("pipeline_id", pipeline_id), ("endpoint_id", endpoint_id)]
    return [
        record
        for record in records
        if all(value is None or getattr(record, name) == value for name, value in wanted)
    ]


def announce(schedule: ScheduleControl) -> None:
    """Print when a new schedule runs first: many expect that it does so at once."""
    check = schedule.checks(1)
    print(f"Created schedule {schedule.name} [{schedule.id}]. {check[0].reason if check else ''}".rstrip())
