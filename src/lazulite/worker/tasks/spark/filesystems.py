"""Spark's own view of the addresses that `addresses` knows: Hadoop's ViewFS, which shows folders under other names.

So every way in which Spark takes a path (readers and writers, `LOCATION`, ``csv.`…` ``, `sc.textFile`) is served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from lazulite.worker.tasks.spark.addresses import Addresses

_VIEW = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
_LOCAL = "org.apache.hadoop.fs.LocalFileSystem"
_TABLE = "fs.viewfs.mounttable"


def settings_of(addresses: Addresses, *, dbfs: bool = True) -> dict[str, str]:
    """Return Hadoop's settings with which Spark follows the addresses; with `dbfs` those without a scheme too."""
    schemes = sorted({scheme for scheme, _ in addresses.roots} | {"dbfs"})
    found = {f"fs.{scheme}.impl": _VIEW for scheme in schemes}
    found |= {f"fs.viewfs.overload.scheme.target.{scheme}.impl": _LOCAL for scheme in schemes}
    for (_, authority), root in addresses.roots.items():
        found[f"{_TABLE}.{authority}.linkFallback"] = root.as_uri()
    found[f"{_TABLE}.default.linkFallback"] = addresses.dbfs.as_uri()
    for place in addresses.local:
        found[f"{_TABLE}.default.link.{place}"] = place.as_uri()
    for point, place in addresses.mounts.items():
        found[f"{_TABLE}.default.link.{point}"] = place.as_uri()
    found["fs.viewfs.enable.inner.cache"] = "false"
    if dbfs:
        found["fs.defaultFS"] = "dbfs:///"
    return found


class SparkView:
    """Keeps a session's view in step with the addresses."""

    def __init__(self, spark: SparkSession, addresses: Addresses, *, dbfs: bool = True) -> None:
        self._spark = spark
        self._addresses = addresses
        self._dbfs = dbfs
        self._set: dict[str, str] = {}

    def refresh(self) -> None:
        """Show Spark what the addresses are now."""
        settings = self._spark.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001 - pyspark has no other way
        wanted = settings_of(self._addresses, dbfs=self._dbfs)
        for name in set(self._set) - set(wanted):
            settings.unset(name)
        for name, value in wanted.items():
            if self._set.get(name) != value:
                settings.set(name, value)
        jvm: Any = self._spark._jvm  # noqa: SLF001
        if self._set:
            jvm.org.apache.hadoop.fs.FileSystem.closeAll()
        # Other programs write these files too, and would leave a wrong sum beside them.
        jvm.org.apache.hadoop.fs.FileSystem.getLocal(settings).setWriteChecksum(False)
        self._set = wanted
