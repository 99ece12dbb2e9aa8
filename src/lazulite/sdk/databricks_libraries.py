"""`azureml.core.databricks`: libraries and the cluster of a Databricks job. Data holders; `validate` checks."""

from __future__ import annotations

from typing import ClassVar

from lazulite.sdk.config_element import ConfigElement
from lazulite.sdk.exceptions import UserErrorException


class MavenLibrary(ConfigElement):
    """A Maven package. v1: `MavenLibrary`.

    Args:
        coordinates: `group:artifact:version`.
        repo: The Maven repository; "" for the usual ones.
        exclusions: Dependencies to leave out, as `group:artifact`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("coordinates", "repo", "exclusions")

    def __init__(
        self, coordinates: str | None = None, repo: str | None = None, exclusions: list[str] | None = None
    ) -> None:
        self.coordinates = coordinates or ""
        self.repo = repo or ""
        self.exclusions = list(exclusions or [])


class PyPiLibrary(ConfigElement):
    """A package from a Python index. v1: `PyPiLibrary`.

    Args:
        package: A requirement, such as `simplejson==3.8.0`.
        repo: The index; "" for the usual one.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("package", "repo")

    def __init__(self, package: str | None = None, repo: str | None = None) -> None:
        self.package = package or ""
        self.repo = repo or ""


class RCranLibrary(ConfigElement):
    """An R package from CRAN. v1: `RCranLibrary`.

    Args:
        package: Its name.
        repo: The CRAN mirror; "" for the usual one.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("package", "repo")

    def __init__(self, package: str | None = None, repo: str | None = None) -> None:
        self.package = package or ""
        self.repo = repo or ""


class JarLibrary(ConfigElement):
    """A jar file. v1: `JarLibrary`.

    Args:
        library: Its URI, on DBFS or S3.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("library",)

    def __init__(self, library: str | None = None) -> None:
        self.library = library or ""


class EggLibrary(ConfigElement):
    """An egg file. v1: `EggLibrary`.

    Args:
        library: Its URI, on DBFS or S3.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("library",)

    def __init__(self, library: str | None = None) -> None:
        self.library = library or ""


class DatabricksCluster(ConfigElement):
    """An existing cluster, or the definition of a new one. v1: `DatabricksCluster`.

    Args:
        existing_cluster_id: The cluster to use; then only `permit_cluster_restart` may be given besides.
        spark_version: Databricks runtime of a new cluster.
        node_type: Machine type of a new cluster.
        instance_pool_id: Pool to take the machines from.
        num_workers: Fixed number of workers; or
        min_workers: … from this many
        max_workers: … to this many.
        spark_env_variables: Environment variables of a new cluster.
        spark_conf: Spark settings of a new cluster.
        init_scripts: Scripts that run on each machine at its start.
        cluster_log_dbfs_path: Where logs go.
        permit_cluster_restart: Whether an existing cluster may be restarted.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "existing_cluster_id",
        "spark_version",
        "node_type",
        "instance_pool_id",
        "num_workers",
        "min_workers",
        "max_workers",
        "spark_env_variables",
        "spark_conf",
        "init_scripts",
        "cluster_log_dbfs_path",
        "permit_cluster_restart",
    )

    def __init__(
        self,
        existing_cluster_id: str | None = None,
        spark_version: str | None = None,
        node_type: str | None = None,
        instance_pool_id: str | None = None,
        num_workers: int | None = None,
        min_workers: int | None = None,
        max_workers: int | None = None,
        spark_env_variables: dict[str, str] | None = None,
        spark_conf: dict[str, str] | None = None,
        init_scripts: list[str] | None = None,
        cluster_log_dbfs_path: str | None = None,
        permit_cluster_restart: bool | None = None,
    ) -> None:
        self.existing_cluster_id = existing_cluster_id
        self.spark_version = spark_version
        self.node_type = node_type
        self.instance_pool_id = instance_pool_id
        self.num_workers = num_workers
        self.min_workers = min_workers
        self.max_workers = max_workers
        self.spark_env_variables = spark_env_variables
        self.spark_conf = spark_conf
        self.init_scripts = init_scripts
        self.cluster_log_dbfs_path = cluster_log_dbfs_path
        self.permit_cluster_restart = permit_cluster_restart

    def validate(self) -> None:
        """Check that this is one cluster: an existing one, or a new one of a definite size.

        Raises:
            UserErrorException: it is neither, or both.
        """
        if self.existing_cluster_id is not None:
            self._validate_existing()
        else:
            self._validate_new()

    def _validate_existing(self) -> None:
        allowed = ("existing_cluster_id", "permit_cluster_restart")
        given = [name for name in self.FIELDS if name not in allowed and getattr(self, name) is not None]
        if given:
            raise UserErrorException(
                f"existing_cluster_id is given, so the cluster exists and {', '.join(given)} cannot be chosen."
            )

    def _validate_new(self) -> None:
        if self.permit_cluster_restart is not None:
            raise UserErrorException(
                "permit_cluster_restart is about an existing cluster: give existing_cluster_id."
            )
        if all(getattr(self, name) is None for name in self.FIELDS):
            raise UserErrorException("Give existing_cluster_id, or the definition of a new cluster.")
        sizes = {name: getattr(self, name) for name in ("num_workers", "min_workers", "max_workers")}
        for name, value in sizes.items():
            if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
                raise UserErrorException(f"{name} is a number of workers (int), and {value!r} was given.")
        scaled = [sizes["min_workers"] is not None, sizes["max_workers"] is not None]
        if (sizes["num_workers"] is not None) == any(scaled) or any(scaled) != all(scaled):
            raise UserErrorException(
                "Give the new cluster's size: either num_workers, or min_workers and max_workers."
            )


class DatabricksSection(ConfigElement):
    """The Databricks part of an environment. v1: `DatabricksSection`.

    Attributes:
        maven_libraries: List of `MavenLibrary`.
        pypi_libraries: List of `PyPiLibrary`.
        rcran_libraries: List of `RCranLibrary`.
        jar_libraries: List of `JarLibrary`.
        egg_libraries: List of `EggLibrary`.
        cluster: A `DatabricksCluster`, or None.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "maven_libraries",
        "pypi_libraries",
        "rcran_libraries",
        "jar_libraries",
        "egg_libraries",
        "cluster",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "maven_libraries": MavenLibrary,
        "pypi_libraries": PyPiLibrary,
        "rcran_libraries": RCranLibrary,
        "jar_libraries": JarLibrary,
        "egg_libraries": EggLibrary,
        "cluster": DatabricksCluster,
    }

    def __init__(self, _skip_defaults: bool = False) -> None:
        self.maven_libraries: list[MavenLibrary] = []
        self.pypi_libraries: list[PyPiLibrary] = []
        self.rcran_libraries: list[RCranLibrary] = []
        self.jar_libraries: list[JarLibrary] = []
        self.egg_libraries: list[EggLibrary] = []
        self._cluster: DatabricksCluster | None = None

    @property
    def cluster(self) -> DatabricksCluster | None:
        """The cluster to run on; None leaves it to the step."""
        return self._cluster

    @cluster.setter
    def cluster(self, value: DatabricksCluster | None) -> None:
        if value is not None and not isinstance(value, DatabricksCluster):
            raise UserErrorException(f"cluster is a DatabricksCluster, and {value!r} was given.")
        self._cluster = value


class DatabricksEnvironment(DatabricksSection):
    """Former name of `DatabricksSection`. v1: `DatabricksEnvironment`."""

    def __init__(self) -> None:
        super().__init__()
