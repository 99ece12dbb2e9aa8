"""The two ends of a transfer, as the step's author gave them."""

from __future__ import annotations

from lazulite.worker.inputs import any_store_of
from lazulite.worker.tasks.order import TaskOrder
from lazulite.worker.tasks.transfer.kinds import Spot


def ends(order: TaskOrder) -> tuple[Spot, Spot]:
    """Return source and destination.

    Raises:
        InvalidRequest: a datastore's type is not known.
        StorageError: a datastore's credentials cannot be opened.
    """
    job = order.job
    source, destination = job.inputs[0], job.outputs[0]
    return (
        Spot(any_store_of(job, source.datastore), source.path, order.settings["source"].get("type")),
        Spot(
            any_store_of(job, destination.datastore),
            destination.path,
            order.settings["destination"].get("type"),
        ),
    )
