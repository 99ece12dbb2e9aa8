"""An account's catalog: where its file lies, and the lock that scripts take in turn."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lazulite.usql import tree
from lazulite.usql.catalog.statements import AccountCatalog

FOLDER = ".usql"
"""The folder below an account's root that holds its catalog."""

_NEEDING = (
    tree.AddColumns, tree.AddPartitions, tree.CreateDatabase, tree.CreateFunction, tree.CreateIndex, tree.CreatePackage,
    tree.CreateProcedure, tree.CreateSchema, tree.CreateStatistics, tree.CreateTable, tree.CreateType, tree.CreateView,
    tree.Drop, tree.DropColumns, tree.DropPartitions, tree.FunctionCall, tree.ImportPackage, tree.Insert,
    tree.ProcedureCall, tree.Rebuild, tree.TableReference, tree.Truncate, tree.UpdateStatistics, tree.Use,
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """What `run_script` takes of an account: its catalog, and DuckDB's file with the rows."""

    catalog: AccountCatalog
    database: Path


@contextmanager
def account(root: Path) -> Iterator[Account]:
    """Open the catalog of the account whose store is the folder `root`; another script that has it is waited for.

    The catalog is made when it is opened for the first time. Give each script an `Account` of its own.
    """
    place = root / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released with the file, even if the process is killed
        yield Account(AccountCatalog(), place / "catalog.duckdb")


def uses_catalog(script: tree.Script) -> bool:
    """Tell whether a script names anything that a catalog has."""
    return any(isinstance(node, _NEEDING) or node == tree.Name("PARTITION") for node in tree.walk(script))
