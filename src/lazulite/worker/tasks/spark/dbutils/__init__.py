"""`dbutils`, as notebooks of Databricks call it: widgets, files, notebooks, secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lazulite.worker.tasks.spark.dbutils.files import Files
from lazulite.worker.tasks.spark.dbutils.notebooks import NotebookExit, Notebooks
from lazulite.worker.tasks.spark.dbutils.secret_scopes import SecretScopes, Vault
from lazulite.worker.tasks.spark.dbutils.widgets import Widgets

__all__ = ["DBUtils", "Files", "NotebookExit", "Notebooks", "SecretScopes", "Vault", "Widgets"]


class Library:
    """`dbutils.library`: packages are there when they are installed."""

    def restartPython(self) -> None:  # noqa: N802 - Databricks' name
        """Nothing: what `%pip` installs can be imported at once."""


@dataclass
class DBUtils:
    """What a notebook finds as `dbutils`."""

    widgets: Widgets
    fs: Files
    notebook: Notebooks
    secrets: SecretScopes
    library: Library

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"dbutils.{name} is not there on this machine. There are: widgets, fs, notebook, secrets, library."
        )


def made(
    widgets: Widgets,
    files: Files,
    secrets: SecretScopes,
    run: Callable[[str, float, dict[str, Any]], str],
    path: str,
) -> DBUtils:
    """Return the `dbutils` of one notebook."""
    return DBUtils(widgets, files, Notebooks(run, path), secrets, Library())
