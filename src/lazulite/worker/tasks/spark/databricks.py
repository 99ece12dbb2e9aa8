"""A DatabricksStep on Apache Spark of this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from lazulite.model.databricks import DatabricksWork, SourceKind
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.tasks.databricks_handover import arguments, identity, public_identity, widgets
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.outbox import add_properties
from lazulite.worker.tasks.spark import cancelling, filesystems, jars, libraries
from lazulite.worker.tasks.spark.dbutils import SecretScopes, Vault
from lazulite.worker.tasks.spark.engagement import Terms, say, spark_for
from lazulite.worker.tasks.spark.needs import Needs, divided, master_of
from lazulite.worker.tasks.spark.notebook_search import find_notebook
from lazulite.worker.tasks.spark.recording import Recording, Secrets
from lazulite.worker.tasks.spark.refusing import ENV_SHELL
from lazulite.worker.tasks.spark.workplace import Workplace

_EXIT_PROPERTY = "lazulite.notebook_exit"
_YES = frozenset({"1", "true", "yes", "on"})
#: Databricks runtimes before this one have a Spark whose SQL forgives more (a text that is no number becomes null).
_ANSI_RUNTIME = 17
_PYTHON = "PYSPARK_PYTHON"


def run(order: TaskOrder, work: DatabricksWork) -> None:
    """Do the work.

    Raises:
        InvalidRequest: it asks for what this machine does not do.
        NotFound: the notebook, the script or a jar is not there.
        EnvironmentFailed: Spark or the step's libraries cannot be made ready.
        UserCodeFailed: the code raised an exception.
    """
    _refuse(work)
    place = Workplace.of(order)
    os.environ |= _variables(work)
    with cancelling.ends_the_step():
        if work.source is SourceKind.NOTEBOOK:
            _run_notebook(order, work, place)
        elif work.source is SourceKind.SCRIPT:
            _run_script(order, work, place)
        else:
            _run_jar(order, work, place)


def _refuse(work: DatabricksWork) -> None:
    asked = {
        "egg_libraries": work.libraries.egg,
        "rcran_libraries": work.libraries.cran,
        "init_scripts": work.cluster.init_scripts,
    }
    instead = {
        "egg_libraries": "give wheels or names as pypi_libraries",
        "rcran_libraries": "R does not run here",
        "init_scripts": "this machine is not set up by a step; install what they install yourself",
    }
    found = [f"{name} ({instead[name]})" for name, value in asked.items() if value]
    if found:
        raise InvalidRequest(f"Spark on this machine takes no {', no '.join(found)}.")
    told = work.cluster
    if told.existing_cluster_id or told.instance_pool_id:
        say(
            "This machine stands for the cluster: existing_cluster_id and instance_pool_id have no meaning here."
        )


def _run_notebook(order: TaskOrder, work: DatabricksWork, place: Workplace) -> None:
    from lazulite.worker.tasks.spark.kernel import Kernel
    from lazulite.worker.tasks.spark.notebook import NotebookRun
    from lazulite.worker.tasks.spark.notebook_source import read_notebook
    from lazulite.worker.tasks.spark.saved import SavedNotebook

    file = Path(work.file).absolute() if work.file else find_notebook(work.path, place.notebooks)
    say(f"Notebook: {file}")
    read_notebook(file)  # before Spark is asked for
    addresses = place.addresses()
    given = {**_help_for_mounts(order), **widgets(order)}
    shown, vault = Secrets(), Vault(order.job.home, order.job.workspace.id)
    recording = Recording(shown)
    kernel = Kernel(
        addresses=addresses,
        recording=recording,
        secrets=SecretScopes(shown, vault, [name for name in given if name.endswith("_secretname")]),
        folders=place.notebooks,
        install=partial(_install_now, place),
        shell=os.environ.get(ENV_SHELL, "").lower() in _YES,
    )
    saved = SavedNotebook(Path("outputs").absolute(), file.stem)
    notebook = NotebookRun(kernel, file, given, on_cell=saved.write)
    notebook.check()
    saved.write((), notebook.cells)
    try:
        with spark_for(order, _terms(work, place)) as spark, recording.listening():
            kernel.use(spark)
            value = notebook.run()
    except Exception:
        saved.write_page()
        raise
    saved.write_page()
    if value is not None:
        say(f"The notebook exited with: {shown.without(value)}")
        add_properties(order, {_EXIT_PROPERTY: shown.without(value)})


def _run_script(order: TaskOrder, work: DatabricksWork, place: Workplace) -> None:
    from lazulite.worker.tasks.spark.kernel import Kernel, names_for, offer_dbutils
    from lazulite.worker.tasks.spark.notebook import no_other_notebook
    from lazulite.worker.tasks.spark.python_code import lookup
    from lazulite.worker.tasks.spark.scripts import run_script

    addresses = place.addresses()
    file = Path(work.file).absolute() if work.file else addresses.path_of(_on_dbfs(work.path))
    if not file.is_file():
        raise NotFound(
            f"There is no script {work.path!r}. On this machine it would be {file}: `dbfs:/` is {addresses.dbfs}."
        )
    shown = Secrets()
    folder = str(place.work) if work.file else ""
    argv = arguments(order, identity(), folder)
    kernel = Kernel(
        addresses=addresses,
        recording=Recording(shown),
        secrets=SecretScopes(shown, Vault(order.job.home, order.job.workspace.id)),
        folders=place.notebooks,
        install=partial(_install_now, place),
    )
    with spark_for(order, _terms(work, place)) as spark:
        kernel.use(spark)
        dbutils = no_other_notebook(kernel, widgets(order))
        offer_dbutils(dbutils)
        run_script(file, argv, names_for(kernel, spark, dbutils), lookup(addresses.path_of))


def _run_jar(order: TaskOrder, work: DatabricksWork, place: Workplace) -> None:
    addresses = place.addresses()
    terms = _terms(work, place)
    needs = replace(terms.needs, conf={**terms.needs.conf, **terms.session_conf}, jars=())
    jars.run_main_class(
        work.path,
        terms.needs.jars,
        arguments(order, public_identity()),
        needs,
        filesystems.settings_of(addresses),
    )


def _terms(work: DatabricksWork, place: Workplace) -> Terms:
    fixed, session = divided(work.cluster.spark_conf)
    workers = work.cluster.num_workers or work.cluster.max_workers or 0
    path = [str(place.work), *_installed(work, place)]
    variables = _variables(work)
    needs = Needs(
        master=master_of(place.master, workers),
        conf=fixed,
        packages=tuple(one.coordinates for one in work.libraries.maven),
        repositories=tuple(dict.fromkeys(one.repo for one in work.libraries.maven if one.repo)),
        jars=tuple(_jar(jar, place) for jar in work.libraries.jar),
        variables={name: value for name, value in variables.items() if not name.startswith("LAZULITE_")},
    )
    return Terms(needs, {**_of_runtime(work.cluster.spark_version), **session}, variables, tuple(path))


def _installed(work: DatabricksWork, place: Workplace) -> list[str]:
    wanted = work.libraries.pypi
    if not wanted:
        return []
    indexes = tuple(dict.fromkeys(one.repo for one in wanted if one.repo))
    folder = libraries.installed(place.home, [one.package for one in wanted], indexes)
    libraries.import_from(folder)
    return [str(folder)]


def _install_now(place: Workplace, packages: Sequence[str], indexes: Sequence[str]) -> Path:
    folder = libraries.installed(place.home, packages, indexes)
    libraries.import_from(folder)
    return folder


def _jar(address: str, place: Workplace) -> str:
    file = place.addresses().path_of(address)
    if not file.is_file():
        raise NotFound(f"There is no jar {address!r}. On this machine it would be {file}.")
    return str(file)


def _variables(work: DatabricksWork) -> dict[str, str]:
    found = dict(work.cluster.spark_env_variables)
    if found.get(_PYTHON) and not Path(found[_PYTHON]).exists():
        del found[_PYTHON]  # v1's default is the place of Python on Databricks' machines
    return found


def _of_runtime(version: str | None) -> dict[str, str]:
    major = (version or "").partition(".")[0]
    is_old = major.isdigit() and int(major) < _ANSI_RUNTIME
    return {"spark.sql.ansi.enabled": "false"} if is_old else {}


def _on_dbfs(path: str) -> str:
    return path if ":" in path else f"dbfs:/{path.lstrip('/')}"


def _help_for_mounts(order: TaskOrder) -> dict[str, str]:
    """The widgets with which v1 helped a notebook to mount its data; the keys that they name are not needed here."""
    found: dict[str, str] = {}
    for name in (*order.inputs, *order.outputs):
        found |= {
            f"{name}_blob_secretname": f"{name}_blob_secretname",
            f"{name}_blob_config": "fs.azure.account.key.local.blob.core.windows.net",
            f"{name}_adls_clientid": f"{name}_adls_clientid",
            f"{name}_adls_secretname": f"{name}_adls_secretname",
            f"{name}_adls_refresh_url": "https://login.microsoftonline.com/local/oauth2/token",
        }
    return found
