"""Workspaces: added, found, replaced, removed."""

from __future__ import annotations

from collections.abc import Sequence

from lazulite.model.assets import Asset, Workspace
from lazulite.records import (
    assets,
    grants,
    runs,
    workspaces,
)
from lazulite.records.transactions.base import Base


class Workspaces(Base):
    """Workspaces: added, found, replaced, removed."""

    def add_workspace(self, workspace: Workspace, contents: Sequence[Asset] = ()) -> Workspace:
        """Record a new workspace with its first assets, all or nothing; it gets an id if it has none. `Conflict` if
        its name is taken."""
        with self._database.write() as connection:
            added = workspaces.add(connection, workspace)
            for asset in contents:
                assets.put(connection, added.id, asset, overwrite=False)
            return added

    def workspace(self, ws_id: str) -> Workspace:
        """The workspace with that id, or `NotFound`."""
        with self._database.read() as connection:
            return workspaces.get(connection, ws_id)

    def workspaces(
        self, name: str | None = None, subscription_id: str | None = None, resource_group: str | None = None
    ) -> tuple[Workspace, ...]:
        """Workspaces for which every given value is equal, oldest first."""
        with self._database.read() as connection:
            return workspaces.find(connection, name, subscription_id, resource_group)

    def replace_workspace(self, workspace: Workspace) -> Workspace:
        """Replace the workspace of that id, or `NotFound`; `Conflict` if its new name is taken."""
        with self._database.write() as connection:
            return workspaces.replace_existing(connection, workspace)

    def remove_workspace(self, ws_id: str, *, even_if_active: bool = False) -> None:
        """Delete the workspace and all rows under it, or `NotFound`; `Conflict` while one of its pipeline runs is
        active, unless `even_if_active`."""
        with self._database.write() as connection:
            workspaces.lock(connection, ws_id)
            if not even_if_active:
                runs.refuse_if_active(connection, ws_id)
            workspaces.remove(connection, ws_id)
            grants.remove_workspace(connection, ws_id)
