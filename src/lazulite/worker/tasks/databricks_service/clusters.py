"""The cluster that the run gets: what its version does not take, and the restart of an existing one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lazulite.model.databricks import DatabricksWork, Libraries
from lazulite.model.errors import ComputeUnavailable
from lazulite.worker.tasks.databricks_service.failures import in_words
from lazulite.worker.tasks.databricks_service.request import libraries
from lazulite.worker.tasks.databricks_service.session import Waiting
from lazulite.worker.tasks.databricks_service.watch import Pace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.compute import Library

_NO_EGGS, _NO_DBFS_LIBRARIES = 14, 15  # runtimes


def prepare(client: WorkspaceClient, work: DatabricksWork, waiting: Waiting, pace: Pace) -> None:
    """Make an existing cluster ready for the step's libraries, and say what the cluster's version will not take.

    Raises:
        ComputeUnavailable: the cluster does not come back from its restart.
        LazuliteError: the service refuses, or cannot be reached.
    """
    cluster = work.cluster.existing_cluster_id
    version = work.cluster.spark_version
    if cluster and work.libraries != Libraries():
        with in_words(f"looking at the cluster {cluster}", client.config.host):
            found = client.clusters.get(cluster)
            version = found.spark_version
            is_running = found.state is not None and found.state.value == "RUNNING"
            in_the_way = _in_the_way(client, cluster, work.libraries) if is_running else []
        if in_the_way:
            _restart(client, work, cluster, in_the_way, waiting, pace)
    for line in _unsupported(work, version):
        print(f"Warning: {line}", flush=True)


def _in_the_way(client: WorkspaceClient, cluster: str, wanted: Libraries) -> list[Library]:
    """Libraries on the cluster that are other versions of those that are asked for: they go only with a restart."""
    names = {name: library for library in libraries(wanted) if (name := _name(library))}
    statuses = client.libraries.cluster_status(cluster)
    return [
        status.library
        for status in statuses
        if status.library and (mine := names.get(_name(status.library))) and mine != status.library
    ]


def _restart(
    client: WorkspaceClient,
    work: DatabricksWork,
    cluster: str,
    old: list[Library],
    waiting: Waiting,
    pace: Pace,
) -> None:
    listed = ", ".join(_name(one) for one in old)
    if not work.permit_cluster_restart:
        print(
            f"Warning: the cluster {cluster} has other versions of {listed}, and keeps them until it is restarted. "
            "Give permit_cluster_restart=True to let the step do that.",
            flush=True,
        )
        return
    print(f"The cluster {cluster} is restarted, to get rid of other versions of {listed}.", flush=True)
    with in_words(f"restarting the cluster {cluster}", client.config.host):
        client.libraries.uninstall(cluster, old)
        client.clusters.restart(cluster)
        while True:
            state = client.clusters.get(cluster).state
            word = state.value if state else ""
            if word == "RUNNING":
                return
            if word in ("TERMINATED", "ERROR"):
                raise ComputeUnavailable(
                    f"The cluster {cluster} did not come back from its restart: it is {word}. See its page in Databricks."
                )
            waiting.sleep(pace.longest)


def _name(library: Library) -> str:
    """What a library is called, whatever its version."""
    if library.pypi:
        return "PyPI " + re.split(r"[\s<>=!~\[;]", library.pypi.package, maxsplit=1)[0].lower()
    if library.maven:
        return "Maven " + library.maven.coordinates.rpartition(":")[0]
    if library.cran:
        return "CRAN " + library.cran.package
    return ""


def _unsupported(work: DatabricksWork, version: str | None) -> list[str]:
    """Sentences about what Databricks says newer runtimes do not take."""
    major = re.match(r"(\d+)", version or "")
    runtime = int(major[1]) if major else 0
    found = []
    if work.libraries.egg and runtime >= _NO_EGGS:
        found.append(f"runtime {version} installs no eggs ({', '.join(work.libraries.egg)}). Build a wheel.")
    of_dbfs = [path for path in work.libraries.jar if path.startswith(("dbfs:", "/dbfs/"))]
    if of_dbfs and runtime >= _NO_DBFS_LIBRARIES:
        found.append(
            f"runtime {version} may not install libraries from DBFS ({', '.join(of_dbfs)}). Use a Volume, the workspace "
            "or S3."
        )
    scripts = [path for path in work.cluster.init_scripts if path.startswith(("dbfs:", "/dbfs/"))]
    if scripts and runtime >= _NO_DBFS_LIBRARIES:
        found.append(
            f"runtime {version} may not run init scripts from DBFS ({', '.join(scripts)}). Use a Volume or the workspace."
        )
    return found
