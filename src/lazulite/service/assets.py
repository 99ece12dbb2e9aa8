"""The operations on assets: named documents of a workspace."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from lazulite.engine import process
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest
from lazulite.model.schedule import Schedule, ScheduleStatus
from lazulite.service import published, schedule_documents
from lazulite.service.base import Base


class Assets(Base):
    """Creating, finding, replacing and deleting assets of every kind."""

    def put_asset(self, workspace: str, asset: Asset, *, overwrite: bool = True) -> Asset:
        self._records.workspace(workspace)
        if asset.kind.value in ("workspace", "experiment", "datastore", "compute", "environment", "model"):
            ids.checked(asset.kind.value, asset.name)
        if asset.kind is AssetKind.SCHEDULE:
            return self._put_schedule(workspace, asset, overwrite=overwrite)
        if asset.kind is AssetKind.DATASTORE:
            record = from_data(Datastore, asset.document)
            _check_folder(record)
            asset = replace(
                asset, document=to_data(replace(record, folder=self._home.relative(record.folder)))
            )
        if asset.kind is AssetKind.PUBLISHED_PIPELINE:
            stored = self._records.change_asset(
                workspace, asset.kind, asset.name, partial(published.kept, asset)
            )
        elif asset.kind is AssetKind.PIPELINE_ENDPOINT:
            raise InvalidRequest(
                "A pipeline endpoint is made by create_endpoint and changed by change_endpoint."
            )
        else:
            stored = self._records.put_asset(workspace, asset, overwrite)
        if asset.kind is AssetKind.COMPUTE:
            self._tell_engine(from_data(ComputeTarget, asset.document))
        return self._located(stored)

    def get_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        return self._located(self._records.asset(workspace, kind, name, version))

    def list_assets(
        self, workspace: str, kind: AssetKind, name: str | None = None, *, archived: bool = False
    ) -> tuple[Asset, ...]:
        found = self._records.assets(workspace, kind, name, archived)
        if not found:
            self._records.workspace(workspace)  # of a deleted workspace nothing is listed, not even nothing
        return tuple(map(self._located, found))

    def delete_asset(self, workspace: str, kind: AssetKind, name: str, version: int | None = None) -> None:
        if kind is AssetKind.DATASTORE and name == self._records.workspace(workspace).default_datastore:
            raise Conflict(
                f"Datastore '{name}' is the workspace's default. Make another one the default first."
            )
        if kind is AssetKind.PUBLISHED_PIPELINE:
            published.refuse_if_used(
                name, self._records.assets(workspace, AssetKind.PIPELINE_ENDPOINT, archived=True)
            )
        if kind in (AssetKind.PUBLISHED_PIPELINE, AssetKind.PIPELINE_ENDPOINT):
            schedule_documents.refuse_if_used(self._records, workspace, kind, name)
        self._records.remove_asset(workspace, kind, name, version)
        if kind in (AssetKind.COMPUTE, AssetKind.SCHEDULE):
            process.ring(self._home)

    def _put_schedule(self, workspace: str, asset: Asset, *, overwrite: bool) -> Asset:
        stored = schedule_documents.put(self._home, self._records, workspace, asset, overwrite=overwrite)
        if from_data(Schedule, stored.document).status is ScheduleStatus.ACTIVE:
            process.ensure(self._home)
        else:
            process.ring(self._home)
        return stored

    def _located(self, asset: Asset) -> Asset:
        if asset.kind is not AssetKind.DATASTORE:
            return asset
        record = from_data(Datastore, asset.document)
        return replace(asset, document=to_data(replace(record, folder=self._home.absolute(record.folder))))

    def _tell_engine(self, target: ComputeTarget) -> None:
        if target.min_nodes:
            process.ensure(self._home)
        else:
            process.ring(self._home)


def _check_folder(record: Datastore) -> None:
    """An empty or relative folder would be read as one of the home folder, which is nobody's datastore."""
    folder = Path(record.folder)
    if record.type == "folder" and not (folder.is_absolute() and folder.is_dir()):
        raise InvalidRequest(
            f"The folder {record.folder!r} of datastore '{record.name}' is not there. Expected the absolute path of a "
            "folder of the machine that the system runs on.",
            folder=record.folder,
        )
