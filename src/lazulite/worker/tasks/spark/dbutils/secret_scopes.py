"""`dbutils.secrets`: the secrets of the workspace's key vault, and what v1 put into the scope `amlscope`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lazulite.api.connect import connect
from lazulite.model.assets import AssetKind
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.tasks.spark.recording import Secrets

_PREFIX = "LAZULITE_SECRET_"
#: The scope in which v1 put the keys of the step's data. On this machine none is needed.
AML_SCOPE = "amlscope"
_NOT_NEEDED = "not-needed-on-this-machine"


class Vault:
    """The secrets that a workspace keeps.

    Args:
        home: The home folder.
        workspace: The workspace's id.
    """

    def __init__(self, home: str, workspace: str) -> None:
        self._home = home
        self._workspace = workspace

    def value(self, name: str) -> str | None:
        """Return a secret; None if there is none of that name."""
        key = re.sub(r"[^a-z0-9-]", "-", name.lower())
        try:
            return connect(self._home).read_secret(self._workspace, key)
        except (NotFound, InvalidRequest):
            return None

    def names(self) -> list[str]:
        """Return the names of those that are kept."""
        return [asset.name for asset in connect(self._home).list_assets(self._workspace, AssetKind.SECRET)]


class SecretMetadata(NamedTuple):
    """The name of a secret, never its value."""

    key: str


class SecretScope(NamedTuple):
    """The name of a scope."""

    name: str


class SecretScopes:
    """Secrets by scope and key. Scopes of Databricks are one key vault here: `key`, else `scope-key`.

    Args:
        shown: Is told every value that is handed out, so that it is blotted out of logs and saved notebooks.
        vault: The workspace's key vault.
        aml_keys: The keys that the scope `amlscope` has.
    """

    def __init__(self, shown: Secrets, vault: Vault, aml_keys: Iterable[str] = ()) -> None:
        self._shown = shown
        self._vault = vault
        self._aml_keys = tuple(aml_keys)

    def get(self, scope: str, key: str) -> str:
        """Return a secret.

        Raises:
            NotFound: there is none.
        """
        if scope == AML_SCOPE and key in self._aml_keys:
            return _NOT_NEEDED
        for name in (key, f"{scope}-{key}"):
            value = os.environ.get(_variable(name)) or self._vault.value(name)
            if value is not None:
                self._shown.add(value)
                return value
        raise NotFound(
            f"Secret does not exist with scope: {scope} and key: {key}. Keep one in the workspace's key vault: "
            f"ws.get_default_keyvault().set_secret({key!r}, …), or as {f'{scope}-{key}'!r}."
        )

    def getBytes(self, scope: str, key: str) -> bytes:  # noqa: N802 - Databricks' name
        """Return a secret as bytes, in UTF-8."""
        return self.get(scope, key).encode()

    def list(self, scope: str) -> Sequence[SecretMetadata]:
        """Return the keys of a scope."""
        if scope == AML_SCOPE:
            return [SecretMetadata(key) for key in self._aml_keys]
        given = {name[len(_PREFIX) :] for name in os.environ if name.startswith(_PREFIX)}
        names = {name.lower().replace("_", "-") for name in given} | set(self._vault.names())
        return [SecretMetadata(name) for name in sorted(names)]

    def listScopes(self) -> Sequence[SecretScope]:  # noqa: N802
        """Return the scopes."""
        return [SecretScope(AML_SCOPE), SecretScope("keyvault")]


def _variable(name: str) -> str:
    return _PREFIX + re.sub(r"\W", "_", name).upper()
