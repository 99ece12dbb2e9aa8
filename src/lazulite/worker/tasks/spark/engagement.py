"""A step's time with Spark: the JVM is borrowed, its pages are told, progress is shown, and all is given back at the end."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.outbox import add_properties
from lazulite.worker.tasks.spark import holders, session
from lazulite.worker.tasks.spark.needs import Needs
from lazulite.worker.tasks.spark.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: The property of a step's run with the address of Spark's own pages.
UI_PROPERTY = "lazulite.spark_ui"


@dataclass(frozen=True)
class Terms:
    """On what terms Spark is used: what the JVM must be, what is set in the session, what executors find."""

    needs: Needs
    session_conf: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()


@contextmanager
def spark_for(order: TaskOrder, terms: Terms) -> Iterator[SparkSession]:
    """Give a session of Spark inside the block.

    Raises:
        EnvironmentFailed: Spark cannot be started.
        InvalidRequest: it refuses a setting.
    """
    began = time.monotonic()
    own = order.job.environment.variables
    loan = holders.borrow(Path(order.job.home), terms.needs, idle_seconds(), say, own)
    offset = loan.log.stat().st_size if loan.was_warm else 0
    try:
        spark = session.connect(loan, terms.session_conf, terms.variables, list(terms.path))
        how = "kept from an earlier step" if loan.was_warm else "started for this one"
        say(
            f"Spark {spark.version} on {terms.needs.master}, {how}: ready after {time.monotonic() - began:.1f} s; its JVM is "
            f"process {loan.jvm}{_memory(loan.jvm)}."
        )
        if loan.ui:
            say(f"Spark's pages while this step runs: {loan.ui}")
            add_properties(order, {UI_PROPERTY: loan.ui})
        progress = Progress(spark.sparkContext)
        progress.start()
        try:
            yield spark
        finally:
            progress.stop()
    finally:
        loan.close()
        _keep_log(loan.log, offset)


def idle_seconds() -> float:
    """Return how long a JVM is kept without a step, in seconds; 0 means not at all.

    Raises:
        InvalidRequest: the setting is no number.
    """
    given = os.environ.get(holders.ENV_IDLE, "")
    try:
        return max(0.0, float(given)) if given else holders.IDLE_SECONDS
    except ValueError:
        raise InvalidRequest(f"{holders.ENV_IDLE} is {given!r}. Expected a number of seconds.") from None


def say(text: str) -> None:
    """Write a line into the step's log."""
    print(text, flush=True)


def _memory(pid: int) -> str:
    import psutil

    try:
        return f", {psutil.Process(pid).memory_info().rss / 2**20:.0f} MB"
    except psutil.Error:
        return ""


def _keep_log(log: Path, offset: int) -> None:
    """Put what Spark said meanwhile among the step's logs."""
    with suppress(OSError), log.open("rb") as stream:
        stream.seek(offset)
        Path("logs").mkdir(exist_ok=True)
        with Path("logs", "spark.log").open("wb") as kept:
            shutil.copyfileobj(stream, kept)
