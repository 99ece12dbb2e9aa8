"""The U-SQL task, behind `AdlaStep`: the engine of `lazulite.usql` on the step's data."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.adla import AdlaWork
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.bounds import available_cpus
from lazulite.worker.tasks.datastores import datastores_of
from lazulite.worker.tasks.metrics import log_metrics
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.usql import accounts
from lazulite.worker.tasks.usql.job_log import JobLog, metrics
from lazulite.worker.tasks.usql.places import Places

if TYPE_CHECKING:
    from lazulite.usql.run import Result

#: Of the memory that the job may have, what DuckDB may have: the rest is for the interpreter and for rows on their way.
_SHARE = 0.6
#: What DuckDB says when a signal came while it computed.
_INTERRUPTED, _CANCELED = "Query interrupted", 128 + 15


def run(order: TaskOrder) -> None:
    """Run the step's script.

    Raises:
        UsqlError: the script cannot be used; with line, column and caret.
        ExtractError: an input does not fit; with file, row and byte.
        UsqlRuntimeError: anything else that fails while it runs; with the statement's line.
        InvalidRequest: the compute target is no AdlaCompute, or what the script names is not on this machine.
        NotFound: the script, or a datastore that it names, is not there.
    """
    work = AdlaWork.of(order.settings)
    account = accounts.name_of(order)
    datastores = datastores_of(order)
    store = accounts.store_of(account, datastores, order.job.workspace.default_datastore)
    places = Places(account, store, datastores, order.inputs, order.outputs)
    text = _script(order, work)
    log = JobLog(text)
    threads = _threads(order, work)
    print(
        f"{work.script}: account {account}, its store is the datastore {store.name}; "
        f"{'all cores' if threads is None else f'degree of parallelism {threads}'}, "
        f"priority {work.priority or 'not given'}, runtime {work.runtime_version or 'not given'}.",
        flush=True,
    )
    try:
        result = _run(order, work, text, account, Path(store.folder or "."), places, log, threads)
    except RuntimeError as wrong:
        if str(wrong) == _INTERRUPTED:
            sys.exit(_CANCELED)
        raise
    finally:
        log.keep()
    for warning in result.warnings:
        print(warning, flush=True)
    log_metrics(order, metrics(result.log, places.output_of))


def _run(
    order: TaskOrder,
    work: AdlaWork,
    text: str,
    account: str,
    root: Path,
    places: Places,
    log: JobLog,
    threads: int | None,
) -> Result:
    from lazulite.usql.catalog import uses_catalog
    from lazulite.usql.parser import parse
    from lazulite.usql.run import run_script

    with ExitStack() as stack:
        needed = uses_catalog(parse(text, name=work.script))
        known = stack.enter_context(accounts.catalog_of(order, account)) if needed else None
        return run_script(
            text,
            root,
            name=work.script,
            threads=threads,
            memory_limit=_memory(order),
            udos=Path(),
            resolver=places.resolve,
            catalog=None if known is None else known.catalog,
            database=None if known is None else known.database,
            tell=log.tell,
        )


def _script(order: TaskOrder, work: AdlaWork) -> str:
    """The script with a path or value in place of each `@@name@@`."""
    from lazulite.usql.substitute import substitute

    try:
        text = Path(work.script).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(
            f"The script '{work.script}' is not in the step's snapshot. Check that no ignore file (.amlignore, "
            ".gitignore) excludes it."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The script '{work.script}' is not UTF-8: {error}.") from error
    parameters: dict[str, object] = dict(order.job.parameters)
    for name in work.booleans:
        if name in parameters:
            parameters[name] = parameters[name] == "True"
    return substitute(text, {**parameters, **order.inputs, **order.outputs}, name=work.script)


def _threads(order: TaskOrder, work: AdlaWork) -> int | None:
    """The degree of parallelism, within the cores that the job has."""
    cores = min(order.job.resources.cores or len(available_cpus()), len(available_cpus()))
    asked = work.degree_of_parallelism
    return min(asked, cores) if asked is not None else (order.job.resources.cores and cores) or None


def _memory(order: TaskOrder) -> str:
    """DuckDB's part of the memory of the job, or of this machine; what does not fit is on disk."""
    memory = order.job.resources.memory or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{max(int(memory * _SHARE) >> 20, 64)}MiB"
