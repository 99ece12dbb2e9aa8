"""Running the main class of a jar, by Spark's own `spark-submit`, in a JVM of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lazulite.model.errors import InvalidRequest
from lazulite.worker.tasks.spark.failures import UserCodeFailed
from lazulite.worker.tasks.spark.needs import Needs, spark_version
from lazulite.worker.tasks.spark.settings_file import submit_arguments

_SHOWN = 8  # lines of an exception that stand in the error


def run_main_class(
    main_class: str, jars: Sequence[str], arguments: Sequence[str], needs: Needs, hadoop: Mapping[str, str]
) -> None:
    """Run a class to its end; what it writes is the step's log.

    Args:
        main_class: Its name.
        jars: Jar files; the class is in one of them.
        arguments: Its arguments.
        needs: What Spark is started with.
        hadoop: Settings with which addresses are followed.

    Raises:
        InvalidRequest: there is no jar.
        UserCodeFailed: it ended with an exception.
    """
    if not jars:
        raise InvalidRequest(
            f"main_class_name is {main_class!r}, and there is no jar that could have it. Give it in jar_libraries."
        )
    spark_version()
    import pyspark

    folder = Path("spark").absolute()
    for part in ("tmp", "warehouse"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    conf = needs.all_conf(folder) | {f"spark.hadoop.{name}": value for name, value in hadoop.items()}
    conf.pop("spark.jars", None)
    program = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(program), *submit_arguments(conf, folder), "--class", main_class]
    if jars[1:]:
        command += ["--jars", ",".join(jars[1:])]
    environment = {**os.environ, **needs.variables, "SPARK_LOCAL_IP": "127.0.0.1"}
    lines: list[str] = []
    with subprocess.Popen(
        [*command, jars[0], *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines = [*lines[-200:], line.rstrip()]
    if process.returncode:
        raise UserCodeFailed(
            f"{main_class} ended with exit code {process.returncode}. {_exception(lines)}".strip()
        )


def _exception(lines: Sequence[str]) -> str:
    starts = [at for at, line in enumerate(lines) if line.startswith(("Exception in thread", "Error:"))]
    return "\n".join(lines[starts[-1] : starts[-1] + _SHOWN]) if starts else ""
