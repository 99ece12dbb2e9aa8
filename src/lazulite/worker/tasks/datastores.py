"""The datastores of a task's workspace, for work that may write the address of any of them."""

from __future__ import annotations

from lazulite.model.assets import AssetKind, Datastore
from lazulite.model.codec import from_data
from lazulite.model.errors import LazuliteError
from lazulite.worker.tasks.order import TaskOrder


def datastores_of(order: TaskOrder) -> list[Datastore]:
    """Return all datastores of the workspace; where they cannot be asked for, the step's own."""
    from lazulite.api.connect import connect

    try:
        found = connect(order.job.home).list_assets(order.job.workspace.id, AssetKind.DATASTORE)
        return [from_data(Datastore, dict(asset.document)) for asset in found]
    except LazuliteError:
        return list(order.job.datastores.values())
