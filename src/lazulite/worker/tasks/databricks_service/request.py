"""The run that is asked for, as the client takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.databricks import Cluster, DatabricksWork, Libraries, SourceKind

if TYPE_CHECKING:
    from databricks.sdk.service.compute import ClusterSpec, InitScriptInfo, Library
    from databricks.sdk.service.jobs import SubmitTask

#: The one task of the run.
TASK_KEY = "step"
_SINGLE_NODE = {"spark.databricks.cluster.profile": "singleNode", "spark.master": "local[*]"}


def task(
    work: DatabricksWork,
    place: str,
    widgets: Mapping[str, str],
    arguments: tuple[str, ...],
    spark_conf: Mapping[str, str],
) -> SubmitTask:
    """Return the task of the run.

    Args:
        work: What the step asks for.
        place: Where the notebook or script is there; of a JAR its main class.
        widgets: What a notebook is given.
        arguments: What a script or JAR is given.
        spark_conf: Settings of a new cluster besides its own, which win.
    """
    from databricks.sdk.service import jobs

    found = jobs.SubmitTask(task_key=TASK_KEY, libraries=list(libraries(work.libraries)) or None)
    if work.cluster.existing_cluster_id:
        found.existing_cluster_id = work.cluster.existing_cluster_id
    else:
        found.new_cluster = _new_cluster(work.cluster, spark_conf)
    if work.source is SourceKind.NOTEBOOK:
        found.notebook_task = jobs.NotebookTask(notebook_path=place, base_parameters=dict(widgets))
    elif work.source is SourceKind.SCRIPT:
        found.spark_python_task = jobs.SparkPythonTask(python_file=place, parameters=list(arguments))
    else:
        found.spark_jar_task = jobs.SparkJarTask(main_class_name=place, parameters=list(arguments))
    return found


def libraries(wanted: Libraries) -> Iterator[Library]:
    """Yield the libraries as the client takes them."""
    from databricks.sdk.service import compute

    for maven in wanted.maven:
        yield compute.Library(
            maven=compute.MavenLibrary(maven.coordinates, list(maven.exclusions) or None, maven.repo or None)
        )
    for one in wanted.pypi:
        yield compute.Library(pypi=compute.PythonPyPiLibrary(one.package, one.repo or None))
    for one in wanted.cran:
        yield compute.Library(cran=compute.RCranLibrary(one.package, one.repo or None))
    for jar in wanted.jar:
        yield compute.Library(jar=jar)
    for egg in wanted.egg:
        yield compute.Library(egg=egg)


def _new_cluster(cluster: Cluster, spark_conf: Mapping[str, str]) -> ClusterSpec:
    from databricks.sdk.service import compute

    settings = {**spark_conf, **cluster.spark_conf}
    sizes: dict[str, Any] = {"num_workers": cluster.num_workers}
    if cluster.num_workers is None:
        sizes = {
            "autoscale": compute.AutoScale(max_workers=cluster.max_workers, min_workers=cluster.min_workers)
        }
    elif cluster.num_workers == 0:  # the driver alone: Databricks wants to be told so in three places
        settings = {**_SINGLE_NODE, **settings}
        sizes["custom_tags"] = {"ResourceClass": "SingleNode"}
    log = cluster.cluster_log_dbfs_path
    return compute.ClusterSpec(
        spark_version=cluster.spark_version,
        node_type_id=cluster.node_type,
        instance_pool_id=cluster.instance_pool_id,
        spark_env_vars=dict(cluster.spark_env_variables) or None,
        spark_conf=settings or None,
        init_scripts=[_init_script(path) for path in cluster.init_scripts] or None,
        cluster_log_conf=compute.ClusterLogConf(dbfs=compute.DbfsStorageInfo(_dbfs(log))) if log else None,
        **sizes,
    )


def _init_script(path: str) -> InitScriptInfo:
    from databricks.sdk.service import compute

    if path.startswith("abfss://"):
        return compute.InitScriptInfo(abfss=compute.Adlsgen2Info(path))
    if path.startswith("s3://"):
        return compute.InitScriptInfo(s3=compute.S3StorageInfo(path))
    if path.startswith("/Volumes/"):
        return compute.InitScriptInfo(volumes=compute.VolumesStorageInfo(path))
    if path.startswith(("/Workspace/", "/Users/", "/Shared/")):
        return compute.InitScriptInfo(workspace=compute.WorkspaceStorageInfo(path.removeprefix("/Workspace")))
    return compute.InitScriptInfo(dbfs=compute.DbfsStorageInfo(_dbfs(path)))


def _dbfs(path: str) -> str:
    return path if path.startswith("dbfs:") else f"dbfs:{path.removeprefix('/dbfs')}"
