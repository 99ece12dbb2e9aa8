"""Secrets of a workspace, as v1's `Keyvault` gives them to a script.

This version stores no secrets: a value written to disk in plain text would only look protected. Secrets come from
where they already are on one's own machine, the environment: `get_secret("db-password")` reads the variable
`LAZULITE_SECRET_DB_PASSWORD`. v1: `azureml.core.Keyvault`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

_PREFIX = "LAZULITE_SECRET_"
_NAME = re.compile(r"[A-Za-z0-9-]{1,127}")


class Keyvault:
    """The secrets a workspace's code may read.

    Args:
        workspace: The workspace; `workspace.get_default_keyvault()` gives it.

    Example:
        `export LAZULITE_SECRET_DB_PASSWORD=…` before Python starts, then
        `ws.get_default_keyvault().get_secret("db-password")`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def get_secret(self, name: str) -> str:
        """Return the secret `name`.

        Raises:
            UserErrorException: the environment variable is not set, or the name is not allowed.
        """
        variable = _variable(name)
        if variable not in os.environ:
            raise UserErrorException(f"There is no secret {name!r}. Set the environment variable {variable}.")
        return os.environ[variable]

    def get_secrets(self, secrets: Iterable[str]) -> dict[str, str | None]:
        """Return name to value for each of `secrets`; None for one that is not set (as in v1)."""
        return {name: os.environ.get(_variable(name)) for name in secrets}

    def get_secret_content_type(self, name: str) -> dict[str, Any]:
        """Return the secret's name and content type, which is never known here (None)."""
        self.get_secret(name)
        return {"name": name, "content_type": None}

    def list_secrets(self) -> list[dict[str, str]]:
        """Return the names of the secrets that are set, not their values."""
        found = sorted(key[len(_PREFIX) :] for key in os.environ if key.startswith(_PREFIX))
        return [{"name": name.lower().replace("_", "-")} for name in found]

    def set_secret(self, name: str, value: str, content_type: Any = None) -> None:
        """Refused: nothing is stored. The message says which variable to set.

        Raises:
            UserErrorException: always.
        """
        _refuse([name])

    def set_secrets(self, secrets_batch: Mapping[str, str]) -> None:
        """Refused, as `set_secret`.

        Raises:
            UserErrorException: always.
        """
        _refuse(list(secrets_batch))

    def delete_secret(self, name: str) -> None:
        """Refused, as `set_secret`.

        Raises:
            UserErrorException: always.
        """
        _refuse([name])

    def delete_secrets(self, secrets: Iterable[str]) -> None:
        """Refused, as `set_secret`.

        Raises:
            UserErrorException: always.
        """
        _refuse(list(secrets))


def _variable(name: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UserErrorException(f"{name!r} is not a secret's name. Expected letters, digits and '-'.")
    return _PREFIX + name.upper().replace("-", "_")


def _refuse(names: list[str]) -> None:
    variables = ", ".join(_variable(name) for name in names)
    raise UserErrorException(
        "This version of Lazulite stores no secrets, so nothing was changed. "
        f"Set or unset them in the environment instead: {variables}."
    )
