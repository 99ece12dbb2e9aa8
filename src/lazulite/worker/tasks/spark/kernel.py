"""What the notebooks of one step share: Spark, files, secrets, the recording, and the names that they start with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lazulite.worker.tasks.spark import display, python_code
from lazulite.worker.tasks.spark.addresses import Addresses
from lazulite.worker.tasks.spark.dbutils import DBUtils, Files, SecretScopes
from lazulite.worker.tasks.spark.filesystems import SparkView
from lazulite.worker.tasks.spark.recording import Recording

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass
class Kernel:
    """What does not differ between the notebooks of a step.

    `use` gives it the step's session, once there is one.

    Args:
        addresses: Where addresses lead.
        recording: What is written.
        secrets: What `dbutils.secrets` gives.
        folders: Where notebooks are looked for.
        install: Installs packages for `%pip`, and returns the folder to import them from.
        shell: Whether `%sh` is allowed.
    """

    addresses: Addresses
    recording: Recording
    secrets: SecretScopes
    folders: Sequence[Path]
    install: Callable[[Sequence[str], Sequence[str]], Path]
    shell: bool = False

    def __post_init__(self) -> None:
        self._view: SparkView | None = None
        self.files = Files(self.addresses, self._refresh)

    def use(self, spark: SparkSession) -> None:
        """Take the step's session, and show it where addresses lead."""
        self.spark = spark
        self._view = SparkView(spark, self.addresses)
        self._refresh()

    def add_packages(self, packages: Sequence[str], indexes: Sequence[str]) -> None:
        """Install packages for the step; functions on the executors find them too."""
        known = [str(self.addresses.path_of(one)) if one.startswith("/dbfs/") else one for one in packages]
        folder = self.install(known, indexes)
        environment = self.spark.sparkContext.environment
        environment["PYTHONPATH"] = os.pathsep.join([str(folder), environment.get("PYTHONPATH", "")])

    def _refresh(self) -> None:
        if self._view is not None:
            self._view.refresh()


def names_for(kernel: Kernel, spark: SparkSession, dbutils: DBUtils) -> dict[str, Any]:
    """Return the names that a notebook or script finds."""
    recording = kernel.recording

    def show(*values: Any, **_: Any) -> None:
        for value in values:
            recording.show(display.bundle_of(value))

    def show_html(text: str) -> None:
        recording.show({"text/html": str(text), "text/plain": "<HTML>"})

    return {
        "spark": spark,
        "sc": spark.sparkContext,
        "sqlContext": _sql_context(spark),
        "sql": spark.sql,
        "table": spark.table,
        "dbutils": dbutils,
        "display": show,
        "displayHTML": show_html,
        "getArgument": dbutils.widgets.getArgument,
        python_code.LOOKUP: python_code.lookup(kernel.addresses.path_of),
    }


def as_main(names: dict[str, Any]) -> ModuleType:
    """Return a module with these names that is `__main__` now, so that functions for executors travel with it."""
    module = ModuleType("__main__")
    vars(module).update(names)
    sys.modules["__main__"] = module
    return module


def offer_dbutils(dbutils: DBUtils) -> None:
    """Let modules that the code imports find dbutils where Databricks has it: `from pyspark.dbutils import DBUtils`."""
    module = ModuleType("pyspark.dbutils")
    vars(module)["DBUtils"] = lambda *_: dbutils
    sys.modules["pyspark.dbutils"] = module


def _sql_context(spark: SparkSession) -> Any:
    import warnings

    from pyspark.sql import SQLContext

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated, and what notebooks of v1's days use
        return SQLContext(spark.sparkContext, spark)
