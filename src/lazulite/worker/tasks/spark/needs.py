"""What a step needs of its JVM, and what it can set in a session of its own.

Everything that is fixed when a JVM or its SparkContext starts (`Needs`) decides by its digest which kept JVM fits; the
rest (`spark.sql.*`, as far as Spark lets it change) is set in the step's own session.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lazulite import __version__
from lazulite.model.errors import EnvironmentFailed, InvalidRequest

_SESSION = "spark.sql."
#: Of `spark.sql.*`, what only a new SparkContext can change.
_STATIC = (
    "spark.sql.cache.serializer",
    "spark.sql.catalogImplementation",
    "spark.sql.event.",
    "spark.sql.extensions",
    "spark.sql.filesourceTableRelationCacheSize",
    "spark.sql.globalTempDatabase",
    "spark.sql.hive.metastore.",
    "spark.sql.legacy.sessionInitWithConfigDefaults",
    "spark.sql.queryExecutionListeners",
    "spark.sql.streaming.streamingQueryListeners",
    "spark.sql.streaming.ui.",
    "spark.sql.ui.",
    "spark.sql.warehouse.dir",
)
#: What Lazulite sets itself: where Spark listens, keeps its files, and what it is called.
_OURS = (
    "spark.app.name",
    "spark.authenticate",
    "spark.driver.bindAddress",
    "spark.driver.host",
    "spark.local.dir",
    "spark.sql.warehouse.dir",
    "spark.submit.deployMode",
    "spark.ui.port",
)
#: How many partitions a shuffle has, unless the step says so: Spark's 200 are made for clusters.
_PARTITIONS = "spark.sql.shuffle.partitions"


@dataclass(frozen=True)
class Needs:
    """What a JVM is started with.

    Args:
        master: `local[2]`, or the `spark://` address of a cluster.
        conf: Spark settings that hold for the whole JVM.
        packages: Maven coordinates, `group:artifact:version`.
        repositories: Addresses of Maven repositories besides the central one.
        jars: Jar files of this machine.
        variables: Environment variables of the JVM.
    """

    master: str
    conf: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    jars: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A digest of everything that makes a JVM fit: the needs, Spark, the interpreter, the cores that it may use."""
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        jars = [(jar, _stamp(jar)) for jar in self.jars]
        content = [asdict(self), jars, spark_version(), __version__, sys.executable, cores]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def all_conf(self, folder: Path) -> dict[str, str]:
        """Every setting of the JVM, with its files below `folder`."""
        found = {
            _PARTITIONS: str(max(4, 2 * cores_of(self.master))),
            "spark.ui.showConsoleProgress": "false",
            "spark.ui.killEnabled": "false",
            **self.conf,
            "spark.master": self.master,
            "spark.app.name": "Lazulite",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.port": "0",
            "spark.local.dir": str(folder / "tmp"),
            "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
        }
        if self.master.startswith("local"):
            found["spark.authenticate"] = "true"  # nobody else on this machine gets at its blocks
        if self.packages:
            found["spark.jars.packages"] = ",".join(self.packages)
        if self.repositories:
            found["spark.jars.repositories"] = ",".join(self.repositories)
        if self.jars:
            found["spark.jars"] = ",".join(self.jars)
        return found


def divided(conf: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what of a step's Spark settings belongs to the JVM, and what to the step's session.

    Raises:
        InvalidRequest: a setting that Lazulite makes itself is among them.
    """
    ours = sorted(name for name in conf if name in _OURS)
    if ours:
        raise InvalidRequest(
            f"spark_conf sets {', '.join(ours)}, which Lazulite sets itself for Spark on this machine. Leave it out."
        )
    session = {k: v for k, v in conf.items() if k.startswith(_SESSION) and not k.startswith(_STATIC)}
    return {k: v for k, v in conf.items() if k not in session}, session


def master_of(given: str, workers: int) -> str:
    """Return the master's address: the given one, else this machine with as many cores as workers are asked for."""
    if given:
        if not given.startswith(("local", "spark://")):
            raise InvalidRequest(f"The Spark master is {given!r}. Expected spark://host:port or local[n].")
        return given
    cores = os.cpu_count() or 1
    return f"local[{min(max(1, workers), cores)}]" if workers else f"local[{cores}]"


def cores_of(master: str) -> int:
    """Return how many tasks a local master runs at once; of a cluster as many as this machine has cores."""
    inside = master.removeprefix("local[").removesuffix("]").split(",")[0]
    return int(inside) if inside.isdigit() else (os.cpu_count() or 1)


def spark_version() -> str:
    """Return the version of the Spark that is installed.

    Raises:
        EnvironmentFailed: none is.
    """
    try:
        return version("pyspark")
    except PackageNotFoundError:
        raise EnvironmentFailed(
            "This step runs on Apache Spark on this machine, and PySpark is not installed. Run "
            "`pip install 'lazulite[spark]'`; Java 17 or newer must be there too (`java -version`)."
        ) from None


def _stamp(file: str) -> list[int]:
    try:
        found = Path(file).stat()
    except FileNotFoundError:
        return []
    return [found.st_size, found.st_mtime_ns]
