"""What the code of a DatabricksStep is given, as v1 gave it: widgets to a notebook, arguments to a script or JAR."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping

from lazulite.worker.tasks.order import TaskOrder

#: The variables of a run's environment that v1 handed to a script as arguments, since a cluster's environment is not
#: the run's.
IDENTITY = (
    "AZUREML_RUN_TOKEN",
    "AZUREML_RUN_TOKEN_EXPIRY",
    "AZUREML_RUN_ID",
    "AZUREML_ARM_SUBSCRIPTION",
    "AZUREML_ARM_RESOURCEGROUP",
    "AZUREML_ARM_WORKSPACE_NAME",
    "AZUREML_ARM_PROJECT_NAME",
    "AZUREML_SERVICE_ENDPOINT",
    "AZUREML_WORKSPACE_ID",
    "AZUREML_EXPERIMENT_ID",
)
#: Where the copy of the step's source directory is.
SCRIPT_DIRECTORY = "AZUREML_SCRIPT_DIRECTORY_NAME"


def widgets(order: TaskOrder) -> dict[str, str]:
    """Return the widgets of a notebook: its parameters, and where each input and output is."""
    return {**order.job.parameters, **order.inputs, **order.outputs}


def arguments(order: TaskOrder, run: Mapping[str, str], script_directory: str = "") -> tuple[str, ...]:
    """Return the arguments of a script or JAR: its own, then the data with one dash, then who the run is with two.

    Args:
        order: The task's order.
        run: Who the run is: values of the variables in `IDENTITY`, by name; one that is missing is left out.
        script_directory: Where the copy of the source directory is; "" if there is none.
    """
    return (*order.arguments, *_data(order), *_identity(run, script_directory))


def public_identity() -> dict[str, str]:
    """Return who the run is, by the variables' names, for arguments that others can see, at Databricks or in a list of
    processes. The run's token stays here: in its place stands one that opens nothing."""
    return {**identity(), "AZUREML_RUN_TOKEN": secrets.token_urlsafe(16)}


def identity() -> dict[str, str]:
    """Return who the run is, by the variables' names."""
    return {name: os.environ[name] for name in IDENTITY if name in os.environ}


def _data(order: TaskOrder) -> Iterator[str]:
    for name, place in (*order.inputs.items(), *order.outputs.items()):
        yield from (f"-{name}", place)


def _identity(run: Mapping[str, str], script_directory: str) -> Iterator[str]:
    for name in IDENTITY:
        if name in run:
            yield from (f"--{name}", run[name])
    if script_directory:
        yield from (f"--{SCRIPT_DIRECTORY}", script_directory)
