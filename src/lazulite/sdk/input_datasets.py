"""The data sets a script was given, and the error for names that were not."""

from __future__ import annotations

import os
from typing import Any

from lazulite.sdk.exceptions import UserErrorException

_NAMES = "AZUREML_DATASET_ENVIRONMENT_VARS"


class UnknownName(UserErrorException, KeyError):
    """A name that is none of a run's inputs or outputs: a KeyError, as in v1, and a UserErrorException."""


class InputDatasets(dict[str, Any]):
    """The data sets a step was given, by name. v1: `Run.get_context().input_datasets`.

    Data sets arrive through environment variables that hold their local path. Setting them by hand serves a script
    under test: `AZUREML_DATASET_ENVIRONMENT_VARS=raw:Mount raw=/data/raw python prepare.py`.
    """

    def __init__(self, workspace: Any = None) -> None:
        self.workspace = workspace
        names = [entry.partition(":")[0].strip() for entry in os.environ.get(_NAMES, "").split(",")]
        super().__init__({name: os.environ[name] for name in names if name in os.environ})

    def __missing__(self, key: str) -> Any:
        raise UnknownName(
            f"The run has no input data set {key!r}. It has: {', '.join(self) or 'none'}. To try a script by hand, "
            f"set {_NAMES}={key}:Mount and {key} to a local path."
        )


class OutputDatasets(dict[str, Any]):
    """The places where a step writes its output data sets, by name. v1: `Run.get_context().output_datasets`."""

    def __init__(self, workspace: Any = None) -> None:
        self.workspace = workspace
        names = [name for name in os.environ.get("AZUREML_DATASET_FILE_OUTPUTS", "").split(";") if name]
        super().__init__({name: os.environ[name] for name in names if name in os.environ})

    def __missing__(self, key: str) -> Any:
        raise UnknownName(f"The run has no output data set {key!r}. It has: {', '.join(self) or 'none'}.")
