"""The cluster and the libraries of a DatabricksStep: given directly or in a RunConfiguration, checked, as its work has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lazulite.model.databricks import Cluster, IndexPackage, Libraries, MavenPackage
from lazulite.sdk.databricks_libraries import (
    DatabricksCluster,
    DatabricksSection,
    EggLibrary,
    JarLibrary,
    MavenLibrary,
    PyPiLibrary,
    RCranLibrary,
)

#: v1's, of its last version.
SPARK_VERSION = "10.4.x-scala2.12"
NODE_TYPE = "Standard_D3_v2"
SPARK_ENVIRONMENT = {"PYSPARK_PYTHON": "/databricks/python3/bin/python3"}

#: What makes a new cluster, and so contradicts `existing_cluster_id`.
_OF_NEW = (
    "spark_version",
    "node_type",
    "instance_pool_id",
    "num_workers",
    "min_workers",
    "max_workers",
    "spark_env_variables",
    "spark_conf",
)
_TEXTS = (
    "existing_cluster_id",
    "spark_version",
    "node_type",
    "instance_pool_id",
    "cluster_log_dbfs_path",
)
_NUMBERS = ("num_workers", "min_workers", "max_workers")
_DICTS = ("spark_env_variables", "spark_conf")
_LIBRARIES: Mapping[str, type] = {
    "maven_libraries": MavenLibrary,
    "pypi_libraries": PyPiLibrary,
    "egg_libraries": EggLibrary,
    "jar_libraries": JarLibrary,
    "rcran_libraries": RCranLibrary,
}


def chosen_cluster(step: str, direct: Mapping[str, Any], runconfig: Any) -> tuple[Cluster, bool]:
    """Return the cluster, and whether it may be restarted, of the step's own keywords or of its runconfig.

    Raises:
        ValueError: both say something about a cluster, or what is said is no cluster.
    """
    given = {name: value for name, value in direct.items() if value is not None}
    section = _section(step, runconfig)
    if section is not None and section.cluster is not None:
        if given:
            raise ValueError(
                f"Step '{step}' has a cluster in its runconfig, and {', '.join(given)} besides. Give one of the two."
            )
        given = {
            name: value
            for name in DatabricksCluster.FIELDS
            if (value := getattr(section.cluster, name)) is not None
        }
    _check_types(step, given)
    restart = given.pop("permit_cluster_restart", None)
    return (_existing(step, given) if "existing_cluster_id" in given else _new(step, given, restart)), bool(
        restart
    )


def chosen_libraries(step: str, direct: Mapping[str, Any], runconfig: Any) -> Libraries:
    """Return the libraries of the step's own keywords or of its runconfig.

    Raises:
        ValueError: both list some, or one is of another class than its list.
    """
    lists = {name: _checked_list(step, name, direct[name]) for name in _LIBRARIES if direct[name] is not None}
    section = _section(step, runconfig)
    if section is not None and any(getattr(section, name) for name in _LIBRARIES):
        if lists:
            raise ValueError(
                f"Step '{step}' has libraries in its runconfig, and {', '.join(lists)} besides. Give one of the two."
            )
        lists = {name: _checked_list(step, name, getattr(section, name)) for name in _LIBRARIES}
    return Libraries(
        maven=tuple(
            MavenPackage(one.coordinates, one.repo or "", tuple(one.exclusions or ()))
            for one in lists.get("maven_libraries", ())
        ),
        pypi=tuple(IndexPackage(one.package, one.repo or "") for one in lists.get("pypi_libraries", ())),
        cran=tuple(IndexPackage(one.package, one.repo or "") for one in lists.get("rcran_libraries", ())),
        jar=tuple(one.library for one in lists.get("jar_libraries", ())),
        egg=tuple(one.library for one in lists.get("egg_libraries", ())),
    )


def _section(step: str, runconfig: Any) -> DatabricksSection | None:
    if runconfig is None:
        return None
    section = getattr(getattr(runconfig, "environment", None), "databricks", None)
    if not isinstance(section, DatabricksSection):
        raise ValueError(f"Step '{step}' was given runconfig={runconfig!r}. Expected a RunConfiguration.")  # noqa: TRY004 - v1's class
    return section


def _check_types(step: str, given: Mapping[str, Any]) -> None:
    kinds: dict[str, tuple[type, str]] = {
        **dict.fromkeys(_TEXTS, (str, "text")),
        **dict.fromkeys(_NUMBERS, (int, "a number (int)")),
        **dict.fromkeys(_DICTS, (Mapping, "a dict")),
        "init_scripts": (list, "a list of paths"),
        "permit_cluster_restart": (bool, "True or False"),
    }
    for name, value in given.items():
        kind, words = kinds[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"Step '{step}' was given {name}={value!r}. Expected {words}.")


def _existing(step: str, given: Mapping[str, Any]) -> Cluster:
    excluded = [name for name in _OF_NEW if name in given]
    if excluded:
        raise ValueError(
            f"Step '{step}' runs on the cluster that existing_cluster_id names, and {', '.join(excluded)} would "
            "describe a new one. Give one of the two."
        )
    return _cluster(given)


def _new(step: str, given: Mapping[str, Any], restart: bool | None) -> Cluster:
    if restart is not None:
        raise ValueError(
            f"Step '{step}' has permit_cluster_restart, which is about an existing cluster. Give existing_cluster_id "
            "too, or leave it out."
        )
    if "node_type" in given and "instance_pool_id" in given:
        raise ValueError(
            f"Step '{step}' has node_type and instance_pool_id: the machines of a pool have a type already. "
            "Give one of the two."
        )
    scaled = ["min_workers" in given, "max_workers" in given]
    if ("num_workers" in given) == any(scaled) or any(scaled) != all(scaled):
        raise ValueError(
            f"Step '{step}' needs existing_cluster_id, or the size of a new cluster: either num_workers, or "
            f"min_workers and max_workers. It has: {', '.join(given) or 'nothing'}."
        )
    if all(scaled) and given["min_workers"] > given["max_workers"]:
        raise ValueError(
            f"Step '{step}' has min_workers={given['min_workers']}, which is more than "
            f"max_workers={given['max_workers']}."
        )
    defaults: dict[str, Any] = {"spark_version": SPARK_VERSION, "spark_env_variables": SPARK_ENVIRONMENT}
    if "instance_pool_id" not in given:
        defaults["node_type"] = NODE_TYPE
    return _cluster({**defaults, **given})


def _cluster(given: Mapping[str, Any]) -> Cluster:
    as_text = {name: {str(k): str(v) for k, v in given[name].items()} for name in _DICTS if name in given}
    scripts = {"init_scripts": tuple(map(str, given["init_scripts"]))} if "init_scripts" in given else {}
    return Cluster(**{**given, **as_text, **scripts})


def _checked_list(step: str, name: str, given: Any) -> list[Any]:
    kind = _LIBRARIES[name]
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, kind) for one in given):
        raise ValueError(f"Step '{step}' was given {name}={given!r}. Expected a list of {kind.__name__}.")
    return list(given)
