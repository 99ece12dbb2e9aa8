"""The Data Lake Analytics account of a step: its name, its store, its catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.model.adla import ACCOUNT_TYPE
from lazulite.model.assets import ComputeTarget, Datastore
from lazulite.model.errors import InvalidRequest, NotFound
from lazulite.worker.tasks.order import TaskOrder

if TYPE_CHECKING:
    from lazulite.usql.catalog import Account

_GEN1 = "azuredatalake"


def name_of(order: TaskOrder) -> str:
    """Return the name of the account that the step's compute target stands for.

    Raises:
        InvalidRequest: the target is of another kind.
    """
    target = order.job.target
    if target is None or target.type != ACCOUNT_TYPE:
        kind = "this machine" if target is None else f"of type {target.type}"
        raise InvalidRequest(
            f"The step '{order.job.step_name}' runs on '{order.job.compute}', {kind}. An AdlaStep runs on an AdlaCompute: "
            "ComputeTarget.attach(ws, name, AdlaCompute.attach_configuration(…))."
        )
    return _named(target)


def _named(target: ComputeTarget) -> str:
    given = target.extra.get("account_name") or str(target.extra.get("resource_id", "")).rpartition("/")[2]
    return str(given or target.name)


def store_of(account: str, datastores: Iterable[Datastore], default: str) -> Datastore:
    """Return the datastore that is the account's store: the Data Lake store of its name, else the workspace's default.

    Raises:
        NotFound: there is neither.
    """
    found = list(datastores)
    for one in found:
        if one.face.lower() == _GEN1 and one.account_name.lower() == account.lower():
            return one
    for one in found:
        if one.name == default:
            return one
    raise NotFound(
        f"The account '{account}' has no store: the workspace has no datastore '{default}', which is its default one."
    )


@contextmanager
def catalog_of(order: TaskOrder, account: str) -> Iterator[Account]:
    """Open the account's catalog: one of the workspace for each account; another script that has it is waited for."""
    from lazulite.usql.catalog import account as opened

    folder = Path(order.job.blobs).parent / "usql" / account.lower()
    with opened(folder) as found:
        yield found
