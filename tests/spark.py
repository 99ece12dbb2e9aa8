"""One kept Spark for all tests of a run that use it: they take turns, and share a home folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def missing() -> str:
    """Return why Spark cannot run here; "" if it can."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed: pip install 'lazulite[spark]'"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "Spark needs Java 17 or newer"
    return ""


@contextmanager
def turn(folder: Path) -> Iterator[Path]:
    """Hold the home folder that tests with Spark share, alone. `folder`: of this process of the test run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # the workers of one run take turns
    descriptor = os.open(folder / "spark.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder / "spark-home"
    finally:
        os.close(descriptor)
