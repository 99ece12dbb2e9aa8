"""Secrets that are given out: those of the key vault to whoever may read them, credentials to who has the home."""

from __future__ import annotations

from collections.abc import Mapping

from lazulite.api import home_secrets
from lazulite.model.assets import AssetKind, Secret
from lazulite.model.codec import from_data
from lazulite.service.base import Base


class Vault(Base):
    """Opening what is kept sealed."""

    def read_secret(self, workspace: str, name: str) -> str:
        record = from_data(Secret, self._records.asset(workspace, AssetKind.SECRET, name).document)
        return self.credentials(record.secret)["value"]

    def credentials(self, sealed: str) -> Mapping[str, str]:
        return home_secrets.credentials(str(self._home.root), sealed)
