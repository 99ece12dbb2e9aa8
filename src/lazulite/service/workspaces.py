"""The operations on workspaces."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timezone

from lazulite.engine import process
from lazulite.model import ids
from lazulite.model.assets import AssetKind, Workspace
from lazulite.service import workspace_settings
from lazulite.service.base import Base
from lazulite.service.first_assets import first_assets


class Workspaces(Base):
    """Creating, finding, changing and deleting workspaces."""

    def create_workspace(self, workspace: Workspace) -> Workspace:
        ids.checked("workspace", workspace.name)
        created = replace(workspace, id=ids.new_id(), created_at=datetime.now(timezone.utc))
        try:
            # At once: whoever finds the workspace finds it complete.
            self._records.add_workspace(created, first_assets(self._home, created.id))
        except BaseException:
            shutil.rmtree(self._home.workspace(created.id), ignore_errors=True)
            raise
        return created

    def list_workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[Workspace, ...]:
        return self._records.workspaces(name, subscription_id, resource_group)

    def get_workspace(self, workspace: str) -> Workspace:
        return self._records.workspace(workspace)

    def update_workspace(self, workspace: Workspace) -> Workspace:
        ids.checked("workspace", workspace.name)
        self._records.asset(workspace.id, AssetKind.DATASTORE, workspace.default_datastore)
        workspace_settings.check(workspace.settings, self._records.workspace(workspace.id).settings)
        self._records.replace_workspace(workspace)
        return self._records.workspace(workspace.id)

    def delete_workspace(self, workspace: str) -> None:
        self._records.remove_workspace(workspace)
        shutil.rmtree(self._home.workspace(workspace), ignore_errors=True)
        process.ring(self._home)
