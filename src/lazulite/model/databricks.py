"""What a DatabricksStep asks for: the settings of the task "databricks", at the service and on this machine alike."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lazulite.model.codec import from_data, to_data

#: The name of the task.
TASK = "databricks"
#: Fields of `DatabricksWork` that change nothing of what is computed, and so are no part of the reuse key.
INCIDENTAL = ("run_name", "timeout_seconds", "permit_cluster_restart")


class SourceKind(enum.Enum):
    """What is run."""

    NOTEBOOK = "notebook"
    SCRIPT = "script"
    JAR = "jar"


@dataclass(frozen=True)
class Cluster:
    """A cluster that exists (then nothing else is set), or one that is made for the run."""

    existing_cluster_id: str | None = None
    spark_version: str | None = None
    node_type: str | None = None
    instance_pool_id: str | None = None
    num_workers: int | None = None
    min_workers: int | None = None
    max_workers: int | None = None
    spark_env_variables: Mapping[str, str] = field(default_factory=dict)
    spark_conf: Mapping[str, str] = field(default_factory=dict)
    #: Paths on DBFS, in a Volume or in the workspace.
    init_scripts: tuple[str, ...] = ()
    cluster_log_dbfs_path: str | None = None


@dataclass(frozen=True)
class MavenPackage:
    """A package by its coordinates `group:artifact:version`; `repo` "" is the usual repository."""

    coordinates: str
    repo: str = ""
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexPackage:
    """A package of PyPI or CRAN, as its installer takes it; `repo` "" is the usual index."""

    package: str
    repo: str = ""


@dataclass(frozen=True)
class Libraries:
    """What is installed before the work starts; jars and eggs by their address."""

    maven: tuple[MavenPackage, ...] = ()
    pypi: tuple[IndexPackage, ...] = ()
    cran: tuple[IndexPackage, ...] = ()
    jar: tuple[str, ...] = ()
    egg: tuple[str, ...] = ()


@dataclass(frozen=True)
class DatabricksWork:
    """One run of a notebook, a Python script or a JAR.

    `path` is where Databricks has it (a notebook of the workspace, a script on DBFS; of a JAR the main class). `file`
    is where the step's snapshot has it. A service runs `path` if there is one, else a copy of `file`; this machine
    runs `file` if there is one, else what it finds for `path`.
    """

    source: SourceKind
    path: str = ""
    file: str = ""
    cluster: Cluster = field(default_factory=Cluster)
    libraries: Libraries = field(default_factory=Libraries)
    run_name: str | None = None
    timeout_seconds: int | None = None
    permit_cluster_restart: bool = False

    def settings(self) -> dict[str, Any]:
        """The part that says what is computed, for `RunTask.settings`."""
        return {name: value for name, value in to_data(self).items() if name not in INCIDENTAL}

    def incidental(self) -> dict[str, Any]:
        """The rest, for `RunTask.incidental`."""
        return {name: getattr(self, name) for name in INCIDENTAL}

    @staticmethod
    def of(settings: Mapping[str, Any]) -> DatabricksWork:
        """Return the work that both parts together (`TaskOrder.settings`) describe.

        Raises:
            Corrupt: they are not of a DatabricksStep.
        """
        return from_data(DatabricksWork, dict(settings))
