"""A step that runs a notebook, a Python script or a JAR on Databricks. v1: `azureml.pipeline.steps.DatabricksStep`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.assets import LOCAL_HOST
from lazulite.model.databricks import TASK, DatabricksWork, SourceKind
from lazulite.model.plan import Argument, Literal
from lazulite.sdk.current_folder import absolute
from lazulite.sdk.parameter import PipelineParameter
from lazulite.sdk.steps.base import Author, refuse_unknown
from lazulite.sdk.steps.databricks_cluster import chosen_cluster, chosen_libraries
from lazulite.sdk.steps.databricks_source import Chosen, chosen_source, items_of, notebook_file
from lazulite.sdk.steps.script_step import inside
from lazulite.sdk.steps.task_step import TaskStep

if TYPE_CHECKING:
    from lazulite.graph.drafts import StepDraft
    from lazulite.sdk.databricks_libraries import (
        EggLibrary,
        JarLibrary,
        MavenLibrary,
        PyPiLibrary,
        RCranLibrary,
    )


class DatabricksStep(TaskStep):
    """Run a notebook, a Python script or a JAR on a DatabricksCompute: at the service, or on this machine's Spark.

    Give exactly one of `notebook_path`, `python_script_path`, `python_script_name` (with `source_directory`) and
    `main_class_name`; and either `existing_cluster_id` or the size of a new cluster.

    A notebook finds a widget for each of `notebook_params`, and one with the address of each input and output, under
    its name. A script or JAR finds its own parameters first, then `-<name> <address>` for each input and output, then
    who the run is (`--AZUREML_RUN_ID …`): read them with `parse_known_args`.

    Args:
        name: The step's name.
        inputs: Data it reads.
        outputs: Data it writes.
        existing_cluster_id: The cluster to use, instead of a new one.
        spark_version: Databricks runtime of a new cluster; 10.4.x-scala2.12, as in v1, if not given.
        node_type: Machine type of a new cluster; Standard_D3_v2, as in v1, if neither it nor a pool is given.
        instance_pool_id: Pool to take the machines from, instead of `node_type`.
        num_workers: Fixed number of workers; or
        min_workers: … from this many
        max_workers: … to this many.
        spark_env_variables: Environment variables of a new cluster.
        spark_conf: Spark settings of a new cluster.
        init_scripts: Scripts that each machine of a new cluster runs when it starts: paths on DBFS, in a Volume or
            in the workspace.
        cluster_log_dbfs_path: Where a new cluster puts its logs.
        notebook_path: A notebook of the Databricks workspace. With `source_directory`, a file in it, which is brought
            there. For a target on this machine, a file (with or without .py, .ipynb, .sql).
        notebook_params: Widget name to value; a value may be a PipelineParameter.
        python_script_path: A script on DBFS.
        python_script_params: Its arguments; a PipelineParameter gives two: `--` and its name in capitals, its value.
        main_class_name: The class of a JAR (in `jar_libraries`, or on the cluster) whose `main` is run.
        jar_params: Its arguments, as `python_script_params`.
        python_script_name: A script in `source_directory`, which is brought along.
        source_directory: The folder with the script or notebook and what it imports.
        hash_paths: Files and folders that count for reuse besides the script; without it every file of the folder.
        run_name: The run's name in Databricks; it does not count for reuse.
        timeout_seconds: Seconds after which the run is ended.
        runconfig: A RunConfiguration whose `environment.databricks` names cluster or libraries, instead of the
            keywords here.
        maven_libraries: Maven packages to install.
        pypi_libraries: Python packages to install.
        egg_libraries: Eggs to install; Databricks runtimes from 14 on take none.
        jar_libraries: JARs to install.
        rcran_libraries: R packages to install.
        compute_target: A DatabricksCompute, its name, or a pair of name and "Databricks".
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.
        permit_cluster_restart: Whether an existing cluster may be restarted, to get rid of libraries that stand in
            the way of those asked for.

    Raises:
        ValueError: a value cannot be used, or two exclude each other. Mistakes that show only in the whole are
            reported by `Pipeline(...)`, all at once.
        TypeError: an unknown keyword; the message names the nearest.

    Example:
        `DatabricksStep("aggregate", inputs=[raw], outputs=[daily], num_workers=1, notebook_path="/Shared/aggregate",
        notebook_params={"day": PipelineParameter("day", "2024-01-01")}, compute_target=databricks)`
    """

    _TASK: ClassVar[str] = TASK
    _RUNS_ON: ClassVar[tuple[str, ...]] = ("databricks", "local")
    _RUNS_ON_WORDS: ClassVar[str] = "a DatabricksCompute"

    def __init__(
        self,
        name: str,
        inputs: Any = None,
        outputs: Any = None,
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
        notebook_path: str | None = None,
        notebook_params: Mapping[str, Any] | None = None,
        python_script_path: str | None = None,
        python_script_params: Any = None,
        main_class_name: str | None = None,
        jar_params: Any = None,
        python_script_name: str | None = None,
        source_directory: str | os.PathLike[str] | None = None,
        hash_paths: Any = None,
        run_name: str | None = None,
        timeout_seconds: int | None = None,
        runconfig: Any = None,
        maven_libraries: list[MavenLibrary] | None = None,
        pypi_libraries: list[PyPiLibrary] | None = None,
        egg_libraries: list[EggLibrary] | None = None,
        jar_libraries: list[JarLibrary] | None = None,
        rcran_libraries: list[RCranLibrary] | None = None,
        compute_target: Any = None,
        allow_reuse: bool = True,
        version: str | None = None,
        permit_cluster_restart: bool | None = None,
        **unknown: Any,
    ) -> None:
        given = dict(locals())
        refuse_unknown(DatabricksStep, self, unknown)
        chosen = chosen_source(name, given, source_directory)
        is_notebook = chosen.kind is SourceKind.NOTEBOOK
        if is_notebook and not isinstance(notebook_params, (Mapping, type(None))):
            raise ValueError(
                f"Step '{name}' was given notebook_params={notebook_params!r}. Expected a dict: {{'name': value}}."
            )
        self._prepare(
            name, inputs, outputs, None, notebook_params if is_notebook else None, rename_shared=False
        )
        self._prepare_code(
            compute_target=compute_target,
            target=None,
            runconfig=None,  # of which only the Databricks part has a meaning here
            runconfig_pipeline_params=None,
            source_directory=source_directory,
            allow_reuse=allow_reuse,
            version=version,
            hash_paths=hash_paths,
        )
        self._chosen = chosen
        self._work = self._read_work(given, chosen)
        self._arguments = () if is_notebook else tuple(self._read_parameters(chosen))
        self._refuse_shared_names("notebook_params", "the widget of that name")
        self._claim_outputs()

    def _read_work(self, given: Mapping[str, Any], chosen: Chosen) -> DatabricksWork:
        cluster_words = (*_CLUSTER, "permit_cluster_restart")
        cluster, restart = chosen_cluster(
            self.name, {word: given[word] for word in cluster_words}, given["runconfig"]
        )
        if given["run_name"] is not None and not isinstance(given["run_name"], str):
            raise self._refused("run_name", given["run_name"], "text")
        seconds = given["timeout_seconds"]
        if seconds is not None and (not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0):
            raise self._refused("timeout_seconds", seconds, "a number of seconds (int)")
        return DatabricksWork(
            source=chosen.kind,
            path="" if chosen.keyword == "python_script_name" else chosen.value,
            cluster=cluster,
            libraries=chosen_libraries(self.name, given, given["runconfig"]),
            run_name=given["run_name"],
            timeout_seconds=seconds or None,
            permit_cluster_restart=restart,
        )

    def _read_parameters(self, chosen: Chosen) -> Iterator[Argument]:
        """v1 gave a pipeline parameter as two arguments: its name in capitals, and its value."""
        word = "jar_params" if chosen.kind is SourceKind.JAR else "python_script_params"
        for item in items_of(self.name, word, chosen.parameters):
            if isinstance(item, PipelineParameter):
                yield Literal(f"--{item.name.upper()}")
            yield self._reader.item(item)

    # --- at build ---

    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        file = "" if folder is None else self._file_in(folder, problems)
        # A notebook of the author's own folder is brought to the service; one that was only found beside the path isn't.
        path = "" if self._source_directory is not None else self._work.path
        return replace(self._work, path=path, file=file).settings()

    def _incidental(self) -> Mapping[str, Any]:
        return self._work.incidental()

    def _script(self, settings: Mapping[str, Any]) -> str:
        return str(settings["file"])

    def _draft(self, author: Author) -> StepDraft:
        limit = self._work.timeout_seconds
        return replace(super()._draft(author), timeout_seconds=None if limit is None else float(limit))

    def _code_folder(self, author: Author, problems: list[str]) -> Path | None:
        if self._source_directory is not None:
            return self._folder(author, problems)
        if self._chosen.keyword != "notebook_path" or self._is_elsewhere() is True:
            return None
        near = absolute(author.default_source_directory or ".") / self._work.path
        if notebook_file(near.parent, near.name) is not None:
            return near.parent
        if self._is_elsewhere() is False:
            problems.append(
                f"Step '{self.name}' runs on this machine, and there is no notebook '{near}' (nor with .py, .ipynb or "
                ".sql behind it). Give a path of this machine, or source_directory and a path in it."
            )
        return None

    def _is_elsewhere(self) -> bool | None:
        """Whether the target is a service; None where only its name is known."""
        if self._compute == LOCAL_HOST:
            return False
        record = getattr(self._compute, "_record", None)
        return None if record is None else bool(record.is_elsewhere)

    def _file_in(self, folder: Path, problems: list[str]) -> str:
        name = self._chosen.value
        if self._source_directory is None:
            return notebook_file(folder, Path(name).name) or ""
        if self._chosen.kind is SourceKind.NOTEBOOK:
            found = notebook_file(folder, name)
        else:
            found = inside(folder, name)
            found = found if found is not None and (folder / found).is_file() else None
        if found is None and not problems:
            problems.append(
                f"Step '{self.name}' cannot find '{name}' ({self._chosen.keyword}) in its source directory '{folder}'."
            )
        return found or ""


_CLUSTER = (
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
)
