"""Assets: named documents of a workspace."""

from __future__ import annotations

from collections.abc import Callable

from lazulite.model.assets import Asset, AssetKind
from lazulite.records import (
    assets,
    schedules,
)
from lazulite.records.transactions.base import Base


class Assets(Base):
    """Assets: named documents of a workspace."""

    def put_asset(self, ws_id: str, asset: Asset, overwrite: bool = True) -> Asset:
        """Create or replace; of a versioned kind, add the next version (see `assets.put`). `Conflict` if one of that
        name exists and not `overwrite`."""
        with self._database.write() as connection:
            return assets.put(connection, ws_id, asset, overwrite=overwrite)

    def change_asset(self, ws_id: str, kind: AssetKind, name: str, make: Callable[[Asset], Asset]) -> Asset:
        """Replace an asset of a kind without versions by what `make` makes of it, with nobody in between; `Conflict` if
        its new name is taken."""
        with self._database.write() as connection:
            return assets.change(connection, ws_id, kind, name, make)

    def asset_with_id(self, ws_id: str, kind: AssetKind, asset_id: str) -> Asset | None:
        """The asset of a kind without versions that has the id, archived or not; None if there is none."""
        with self._database.read() as connection:
            return assets.with_id(connection, ws_id, kind, asset_id)

    def asset(self, ws_id: str, kind: AssetKind, name: str, version: int | None = None) -> Asset:
        """One asset, archived or not; without `version` the newest. `NotFound` names similar ones."""
        with self._database.read() as connection:
            return assets.get(connection, ws_id, kind, name, version)

    def assets(
        self, ws_id: str, kind: AssetKind, name: str | None = None, archived: bool = False
    ) -> tuple[Asset, ...]:
        """The newest version of each by name; with `name`, all versions of that one, oldest first."""
        with self._database.read() as connection:
            return assets.find(connection, ws_id, kind, name, archived=archived)

    def assets_everywhere(self, kind: AssetKind) -> tuple[tuple[str, Asset], ...]:
        """The assets of a kind that is not versioned, of all workspaces, each with its workspace's id."""
        with self._database.read() as connection:
            return assets.everywhere(connection, kind)

    def definitions(self, ws_id: str) -> dict[tuple[AssetKind, str], str]:
        """The documents, as JSON text, of all compute targets and datastores of a workspace."""
        with self._database.read() as connection:
            return assets.definitions(connection, ws_id)

    def remove_asset(self, ws_id: str, kind: AssetKind, name: str, version: int | None = None) -> None:
        """Delete one version, or all of them; `NotFound` if there is none."""
        with self._database.write() as connection:
            assets.remove(connection, ws_id, kind, name, version)
            if kind is AssetKind.SCHEDULE:
                schedules.forget(connection, ws_id, name)
