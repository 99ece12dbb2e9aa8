"""A step that runs a Python file by Spark. v1: `azureml.pipeline.steps.SynapseSparkStep`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from lazulite.model.synapse import TASK, SynapseWork
from lazulite.sdk.steps.base import Author, refuse_unknown
from lazulite.sdk.steps.script_step import inside
from lazulite.sdk.steps.task_step import TaskStep

_MEMORY = re.compile(r"\d+[kmgt]b?", re.IGNORECASE)


class SynapseSparkStep(TaskStep):
    """Run a Python file as `spark-submit` does, on Apache Spark of this machine.

    Data are given as local paths: in `arguments`, and as environment variables called like the input or output.
    `SparkSession.builder.getOrCreate()` gives the step's session.

    Args:
        file: The Python file, relative to `source_directory`.
        source_directory: The folder with the file and what it imports.
        compute_target: A SynapseCompute, its name, or "local".
        driver_memory: Memory of the driver's JVM, as Spark writes it (`2g`). On this machine all work is done in it.
        driver_cores: Cores of the driver; of a cluster only.
        executor_memory: Memory of an executor; of a cluster only.
        executor_cores: Cores of an executor.
        num_executors: Number of executors. On this machine as many tasks run at once as executors have cores in all,
            and the machine has.
        name: The step's name; without it `file`.
        app_name: Kept, without effect: a kept Spark has a name already.
        environment: An Environment whose packages the file imports; its Python must be of the same version as this one's.
        arguments: A list; data give their local path, a PipelineParameter its value.
        inputs: Data it reads.
        outputs: Data it writes.
        conf: Spark settings.
        py_files: Python files, zips or eggs that the file imports, relative to `source_directory`.
        jars: Jars, relative to `source_directory`.
        files: Files that are to lie in the working directory.
        allow_reuse: Whether the outputs of an earlier run that did the same work may be taken.
        version: Any text; another text makes the step run again.

    Raises:
        ValueError: a value cannot be used. Mistakes that show only in the whole are reported by `Pipeline(...)`.
        TypeError: an unknown keyword; the message names the nearest.

    Example:
        `SynapseSparkStep(file="prep.py", source_directory="code", compute_target="pool", driver_memory="2g",
        driver_cores=2, executor_memory="2g", executor_cores=2, num_executors=1, inputs=[raw], outputs=[clean],
        arguments=["--in", raw, "--out", clean])`
    """

    _TASK: ClassVar[str] = TASK
    _RUNS_ON: ClassVar[tuple[str, ...]] = ("synapsespark", "local")
    _RUNS_ON_WORDS: ClassVar[str] = "a SynapseCompute, or on 'local', this machine"

    def __init__(
        self,
        file: str,
        source_directory: str | os.PathLike[str],
        compute_target: Any,
        driver_memory: str,
        driver_cores: int,
        executor_memory: str,
        executor_cores: int,
        num_executors: int,
        name: str | None = None,
        app_name: str | None = None,
        environment: Any = None,
        arguments: Any = None,
        inputs: Any = None,
        outputs: Any = None,
        conf: Mapping[str, Any] | None = None,
        py_files: Any = None,
        jars: Any = None,
        files: Any = None,
        allow_reuse: bool = True,
        version: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(SynapseSparkStep, self, unknown)
        if not isinstance(file, str) or not file:
            raise ValueError(f"file is {file!r}. Expected the name of a Python file.")
        self._prepare(name or file, inputs, outputs, None, None, rename_shared=True)
        if environment is not None and not hasattr(environment, "_spec"):
            raise self._refused("environment", environment, "an Environment")
        self._prepare_code(
            compute_target=compute_target,
            target=None,
            runconfig=None if environment is None else SimpleNamespace(environment=environment),
            runconfig_pipeline_params=None,
            source_directory=source_directory,
            allow_reuse=allow_reuse,
            version=version,
        )
        self._work = SynapseWork(
            file=file,
            driver_memory=self._memory("driver_memory", driver_memory),
            driver_cores=self._number("driver_cores", driver_cores),
            executor_memory=self._memory("executor_memory", executor_memory),
            executor_cores=self._number("executor_cores", executor_cores),
            num_executors=self._number("num_executors", num_executors),
            conf=self._conf(conf),
            py_files=self._texts("py_files", py_files),
            jars=self._texts("jars", jars),
            files=self._texts("files", files),
        )
        self.app_name = app_name
        self._arguments = self._reader.read(arguments)
        self._claim_outputs()

    def _settings(self, folder: Path | None, problems: list[str]) -> Mapping[str, Any]:
        if folder is not None and not problems:
            problems.extend(self._missing(folder))
        return self._work.settings()

    def _missing(self, folder: Path) -> Iterator[str]:
        """Yield a sentence for each file that is not in the source directory; what has an address is elsewhere."""
        named = {"file": (self._work.file,)}
        named |= {word: getattr(self._work, word) for word in ("py_files", "jars", "files")}
        for keyword, names in named.items():
            for one in names:
                if ":" in one:
                    continue
                found = inside(folder, one)
                if found is None or not (folder / found).is_file():
                    yield (
                        f"Step '{self.name}' cannot find '{one}' ({keyword}) in its source directory '{folder}'."
                    )

    def _script(self, settings: Mapping[str, Any]) -> str:
        return self._work.file

    def _code_folder(self, author: Author, problems: list[str]) -> Path | None:
        return self._folder(author, problems)

    def _memory(self, keyword: str, given: Any) -> str:
        if not isinstance(given, str) or not _MEMORY.fullmatch(given):
            raise self._refused(keyword, given, "an amount of memory as Spark writes it, such as '2g'")
        return given.lower().removesuffix("b")

    def _number(self, keyword: str, given: Any) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            raise self._refused(keyword, given, "a number from 1 on")
        return given

    def _conf(self, given: Any) -> dict[str, str]:
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            raise self._refused("conf", given, "a dict of Spark settings")
        return {str(key): str(value) for key, value in given.items()}

    def _texts(self, keyword: str, given: Any) -> tuple[str, ...]:
        if given is None:
            return ()
        if isinstance(given, str) or not all(isinstance(one, str) for one in given):
            raise self._refused(keyword, given, "a list of paths")
        return tuple(given)
