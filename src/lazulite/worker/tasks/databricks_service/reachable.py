"""Data that a cluster cannot reach: told before anything is brought to the service."""

from __future__ import annotations

from lazulite.model.errors import InvalidRequest
from lazulite.worker.inputs import any_store_of
from lazulite.worker.tasks.order import TaskOrder

#: Addresses that Spark opens, with the credentials that the cluster has.
_SCHEMES = ("wasbs://", "wasb://", "abfss://", "abfs://", "adl://", "s3://", "dbfs:/")


def refuse_unreachable(order: TaskOrder) -> None:
    """Check that each input and output is somewhere that a cluster can open.

    Raises:
        InvalidRequest: one is not; the message names the datastore, and how to bring the data to another one.
    """
    job = order.job
    for kind, declared in (("input", job.inputs), ("output", job.outputs)):
        for item in declared:
            address = any_store_of(job, item.datastore).uri(item.path)
            if not address.startswith(_SCHEMES):
                raise InvalidRequest(
                    f"The {kind} '{item.name}' of step '{job.step_name}' is on the datastore '{item.datastore}' "
                    f"({address}), which a Databricks cluster cannot reach. " + _way_out(kind)
                )


def _way_out(kind: str) -> str:
    if kind == "input":
        return (
            "Copy it first, with a DataTransferStep, to a datastore of Azure Blob, Data Lake, S3 or DBFS; or let the "
            "step before write there: PipelineData(…, datastore=…)."
        )
    return "Name one of Azure Blob, Data Lake, S3 or DBFS: PipelineData(…, datastore=…)."
