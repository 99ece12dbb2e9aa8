"""Looking whether a datastore can be reached, before its record is written."""

from __future__ import annotations

import contextlib

from lazulite.model.assets import Asset, AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.service import databases, secrets
from lazulite.service.vault import Vault
from lazulite.storage.datastores import open_store


class Datastores(Vault):
    """Trying an address and credentials on the real thing."""

    def check_datastore(self, workspace: str, asset: Asset, create: bool = False) -> None:
        self._records.workspace(workspace)
        if asset.kind is not AssetKind.DATASTORE:
            raise InvalidRequest(f"'{asset.name}' is a {asset.kind.value}. Expected a datastore.")
        secrets.require_hidden(asset)
        record = from_data(Datastore, self._with_secret(workspace, asset).document)
        if record.type in databases.TYPES:
            databases.require(record, self.credentials(record.secret))
            return
        store = open_store(record, self.credentials)
        if create:
            make = getattr(store, "create_container", None)
            if make is None:
                raise InvalidRequest(
                    f"Nothing is created for datastore '{record.name}' ({record.type}). Make the place first."
                )
            make()
        store.require()

    def _with_secret(self, workspace: str, asset: Asset) -> Asset:
        """The asset as it would be recorded, its secret sealed or that of the datastore it would replace."""
        made = secrets.sealed(str(self._home.root), asset) if secrets.brings_one(asset) else None
        if made is None:
            with contextlib.suppress(NotFound):
                made = secrets.kept(asset, self._records.asset(workspace, asset.kind, asset.name))
        made = made or secrets.sealed(str(self._home.root), asset)
        secrets.require_one(made)
        return made
