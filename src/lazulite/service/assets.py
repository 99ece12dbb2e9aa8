"""The operations on assets: named documents of a workspace."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from pathlib import Path

from lazulite.engine import process
from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, ComputeTarget, Datastore
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import Conflict, InvalidRequest, NotFound
from lazulite.model.schedule import Schedule, ScheduleStatus
from lazulite.service import published, schedule_documents, secrets
from lazulite.service.base import Base
from lazulite.service.first_assets import made_folder

#: Kinds whose names are checked: the others have ids.
_NAMED = ("workspace", "experiment", "datastore", "compute", "environment", "model", "secret")
#: Faces of what was a service of its own and is a folder of the workspace here, if nothing says which.
_FACES_OF_FOLDERS = ("AzureDataLake", "DBFS")


class Assets(Base):
    """Creating, finding, replacing and deleting assets of every kind."""

    def put_asset(self, workspace: str, asset: Asset, *, overwrite: bool = True) -> Asset:
        self._records.workspace(workspace)
        if asset.kind.value in _NAMED:
            ids.checked(asset.kind.value, asset.name)
        secrets.require_hidden(asset)
        if asset.kind is AssetKind.SCHEDULE:
            return self._put_schedule(workspace, asset, overwrite=overwrite)
        if asset.kind is AssetKind.DATASTORE:
            asset = self._placed(workspace, asset)
        if asset.kind is AssetKind.PUBLISHED_PIPELINE:
            stored = self._records.change_asset(
                workspace, asset.kind, asset.name, partial(published.kept, asset)
            )
        elif asset.kind is AssetKind.PIPELINE_ENDPOINT:
            raise InvalidRequest(
                "A pipeline endpoint is made by create_endpoint and changed by change_endpoint."
            )
        else:
            stored = self._put_sealed(workspace, asset, overwrite=overwrite)
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

    def _put_sealed(self, workspace: str, asset: Asset, *, overwrite: bool) -> Asset:
        """Record an asset; its secret only ever sealed."""
        if overwrite and not asset.kind.is_versioned and not secrets.brings_one(asset):

            def make(earlier: Asset) -> Asset:
                made = secrets.kept(asset, earlier)
                secrets.require_one(made)
                return made

            with contextlib.suppress(NotFound):
                return self._records.change_asset(workspace, asset.kind, asset.name, make)
        made = secrets.sealed(str(self._home.root), asset)
        secrets.require_one(made)
        return self._records.put_asset(workspace, made, overwrite)

    def _placed(self, workspace: str, asset: Asset) -> Asset:
        """A datastore as it is recorded: its folder relative to the home, if it is below that."""
        record = from_data(Datastore, asset.document)
        if record.type != "folder":
            return replace(asset, document=to_data(replace(record, folder="")))
        if not record.folder and record.face in _FACES_OF_FOLDERS:
            folder = made_folder(self._home, workspace, asset.name, record.face)
            return replace(asset, document=to_data(replace(record, folder=folder)))
        _check_folder(record)
        return replace(asset, document=to_data(replace(record, folder=self._home.relative(record.folder))))

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
        located = self._home.located(record)
        return asset if located is record else replace(asset, document=to_data(located))

    def _tell_engine(self, target: ComputeTarget) -> None:
        if target.min_nodes:
            process.ensure(self._home)
        else:
            process.ring(self._home)


def _check_folder(record: Datastore) -> None:
    """An empty or relative folder would be read as one of the home folder, which is nobody's datastore."""
    folder = Path(record.folder)
    if not (folder.is_absolute() and folder.is_dir()):
        raise InvalidRequest(
            f"The folder {record.folder!r} of datastore '{record.name}' is not there. Expected the absolute path of a "
            "folder of the machine that the system runs on.",
            folder=record.folder,
        )
