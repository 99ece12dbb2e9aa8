"""The task of a SynapseSparkStep: a Python file, run as `spark-submit` does, on Spark of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lazulite.model.errors import EnvironmentFailed, NotFound
from lazulite.model.synapse import SynapseWork
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.spark import cancelling, libraries
from lazulite.worker.tasks.spark.engagement import Terms, spark_for
from lazulite.worker.tasks.spark.filesystems import SparkView
from lazulite.worker.tasks.spark.needs import Needs, divided, master_of
from lazulite.worker.tasks.spark.scripts import run_script
from lazulite.worker.tasks.spark.workplace import Workplace

_DRIVER_MEMORY = ("1g", "1024m")  # Spark's own
_ASK = "import sys, sysconfig; print(sys.version_info[:2], sysconfig.get_paths()['purelib'], sep='\\n')"


def run(order: TaskOrder) -> None:
    """Do the work of a SynapseSparkStep.

    Raises:
        InvalidRequest: a setting cannot be used, or the file is no Python.
        NotFound: a file is not there.
        EnvironmentFailed: Spark does not start, or the step's environment is of another Python.
        UserCodeFailed: the file raised an exception.
    """
    work = SynapseWork.of(order.settings)
    place = Workplace.of(order)
    addresses = place.addresses()
    for name, path in {**order.inputs, **order.outputs}.items():
        os.environ.setdefault(name, path)
    with cancelling.ends_the_step():
        for file in work.files:
            _bring(_file(file, place), place.work)
        terms = _terms(order, work, place)
        with spark_for(order, terms) as spark:
            SparkView(spark, addresses, dbfs=False).refresh()
            run_script(_file(work.file, place), order.arguments, {})


def _terms(order: TaskOrder, work: SynapseWork, place: Workplace) -> Terms:
    fixed, session = divided(work.conf)
    path = [str(place.work), *_python_files(work, place), *_environment(order.interpreter)]
    for folder in reversed(path[1:]):
        libraries.import_from(Path(folder))
    master = master_of(place.master, work.executor_cores * work.num_executors)
    needs = Needs(
        master=master,
        conf={**_sizes(work, master), **fixed},
        jars=tuple(str(_file(jar, place)) for jar in work.jars),
    )
    return Terms(needs, session, {}, tuple(path))


def _sizes(work: SynapseWork, master: str) -> dict[str, str]:
    """The settings that differ from Spark's own: on this machine only the driver's memory means anything."""
    driver = {} if work.driver_memory in _DRIVER_MEMORY else {"spark.driver.memory": work.driver_memory}
    if master.startswith("local"):
        return driver
    return {
        **driver,
        "spark.executor.memory": work.executor_memory,
        "spark.executor.cores": str(work.executor_cores),
        "spark.cores.max": str(work.executor_cores * work.num_executors),
    }


def _python_files(work: SynapseWork, place: Workplace) -> Iterator[str]:
    for name in work.py_files:
        file = _file(name, place)
        yield str(file.parent if file.suffix == ".py" else file)


def _environment(interpreter: str) -> list[str]:
    """Where the packages of the step's own environment are, if it has one."""
    if not interpreter or Path(interpreter) == Path(sys.executable):
        return []
    asked = subprocess.run([interpreter, "-c", _ASK], capture_output=True, text=True, check=False)
    version, _, folder = asked.stdout.strip().partition("\n")
    if asked.returncode or version != str(sys.version_info[:2]):
        raise EnvironmentFailed(
            f"The step's environment ({interpreter}) has another Python than this one ({sys.version.split()[0]}), in which "
            "Spark runs. Ask for the same version in the environment's conda dependencies."
        )
    return [folder]


def _file(given: str, place: Workplace) -> Path:
    file = place.addresses().path_of(given) if ":" in given else (place.work / given).absolute()
    if not file.is_file():
        raise NotFound(f"There is no file {given!r} (on this machine: {file}).")
    return file


def _bring(file: Path, folder: Path) -> None:
    target = folder / file.name
    if not target.exists():
        shutil.copyfile(file, target)
