"""Secrets of a workspace. v1: `azureml.core.Keyvault`.

They are kept with the workspace's records, sealed with the key of the home folder. A variable of the environment wins
over what is kept: `get_secret("db-password")` reads `LAZULITE_SECRET_DB_PASSWORD` first, so that a secret can be given to
one process without changing it for all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model import ids
from lazulite.model.assets import Asset, AssetKind, Secret
from lazulite.model.codec import from_data, to_data
from lazulite.model.errors import NotFound
from lazulite.sdk.exceptions import UserErrorException, v1_errors

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_PREFIX = "LAZULITE_SECRET_"
#: v1's word for a content type that was not given.
_NOT_PROVIDED = "application/NotProvided"


class Keyvault:
    """The secrets a workspace's code may read and change. Upper case in their names counts as lower case.

    Args:
        workspace: The workspace; `workspace.get_default_keyvault()` gives it.

    Example:
        `ws.get_default_keyvault().set_secret("db-password", getpass())` once, then in a step
        `Run.get_context().get_secret("db-password")`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def get_secret(self, name: str) -> str:
        """Return the secret `name`. Of a server it takes the role Contributor, and is told in its log of changes.

        Raises:
            UserErrorException: there is none, or the name is not allowed.
        """
        found = self._found(name)
        if found is None:
            raise UserErrorException(
                f"There is no secret {name!r}. Keep one with set_secret, or set the environment variable {_variable(name)}."
            )
        return found

    def get_secrets(self, secrets: Iterable[str]) -> dict[str, str | None]:
        """Return name to value for each of `secrets`; None for one that is not there (as in v1).

        Raises:
            UserErrorException: a name is not allowed.
        """
        return {name: self._found(name) for name in secrets}

    def get_secret_content_type(self, name: str) -> dict[str, Any]:
        """Return the secret's name and content type: what it was set with, None for a variable of the environment.

        Raises:
            UserErrorException: there is no such secret.
        """
        if _variable(name) in os.environ:
            return {"name": name, "content_type": None}
        with v1_errors():
            asset = self._service.get_asset(self._id, AssetKind.SECRET, _key(name))
        return {"name": name, "content_type": from_data(Secret, asset.document).content_type}

    def list_secrets(self) -> list[dict[str, str]]:
        """Return the names of the secrets, not their values: those that are kept, and those of the environment."""
        with v1_errors():
            kept = {asset.name for asset in self._service.list_assets(self._id, AssetKind.SECRET)}
        given = {
            key[len(_PREFIX) :].lower().replace("_", "-") for key in os.environ if key.startswith(_PREFIX)
        }
        return [{"name": name} for name in sorted(kept | given)]

    def set_secret(self, name: str, value: str, content_type: Any = _NOT_PROVIDED) -> None:
        """Keep a secret, sealed; one of the same name is replaced.

        Args:
            name: Its name: up to 127 letters, digits and `-`.
            value: Its value.
            content_type: What it is, as text, for who reads it.

        Raises:
            UserErrorException: the name is not allowed, or the value is no text.
        """
        if not isinstance(value, str):
            # What was given is not repeated.
            raise UserErrorException(f"The value of the secret {name!r} is no text. Expected text.")
        kind = getattr(content_type, "value", content_type)
        record = Secret(
            _key(name), None if kind in (None, _NOT_PROVIDED) else str(kind), json.dumps({"value": value})
        )
        with v1_errors():
            self._service.put_asset(self._id, Asset(AssetKind.SECRET, record.name, to_data(record)))

    def set_secrets(self, secrets_batch: Mapping[str, str]) -> None:
        """Keep several secrets, by name.

        Raises:
            UserErrorException: as `set_secret`; those before it are kept.
        """
        for name, value in secrets_batch.items():
            self.set_secret(name, value)

    def delete_secret(self, name: str) -> None:
        """Delete a secret that is kept. A variable of the environment is not touched.

        Raises:
            UserErrorException: there is no such secret.
        """
        with v1_errors():
            self._service.delete_asset(self._id, AssetKind.SECRET, _key(name))

    def delete_secrets(self, secrets: Iterable[str]) -> None:
        """Delete several secrets.

        Raises:
            UserErrorException: one is not there; those before it are deleted.
        """
        for name in secrets:
            self.delete_secret(name)

    @property
    def _service(self) -> Any:
        return self.workspace._service  # noqa: SLF001 - the SDK's own seam

    @property
    def _id(self) -> str:
        return self.workspace._id  # noqa: SLF001

    def _found(self, name: str) -> str | None:
        variable = _variable(name)
        if variable in os.environ:
            return os.environ[variable]
        with v1_errors():
            try:
                value: str = self._service.read_secret(self._id, _key(name))
            except NotFound:
                return None
        return value


def _key(name: object) -> str:
    """The name as it is recorded.

    Raises:
        UserErrorException: it is not allowed.
    """
    with v1_errors():
        return ids.checked("secret", name).lower()


def _variable(name: str) -> str:
    return _PREFIX + _key(name).upper().replace("-", "_")
