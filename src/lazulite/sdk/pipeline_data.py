"""Data that one step writes and others read. v1: `azureml.pipeline.core.PipelineData`."""

from __future__ import annotations

from typing import Any, NoReturn

from lazulite.model.values import data_reference_placeholder
from lazulite.sdk.data_place import checked_path, datastore_name
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.input_source import InputSource
from lazulite.sdk.ports import Producible, checked_port_name

#: How an output leaves the compute: written in place, or copied to the datastore when the script has succeeded.
OUTPUT_MODES = ("mount", "upload")
_DIRECTORY = "AnyDirectory"
_FILE = "AnyFile"


class PipelineData(InputSource, Producible):
    """Intermediate data of a pipeline: listed in one step's outputs and in others' inputs, it orders them.

    The data are at `azureml/<step run id>/<output name>` on the datastore, as a file or folder. The folder exists
    before the script starts; of data that are declared a file only the folder around it does.

    Args:
        name: Its name: letters, digits and `_`.
        datastore: Where it is kept; without it the pipeline's default datastore, or the workspace's.
        output_name: The name it has in the step that writes it; without it `name`.
        output_mode: "mount" (written in place) or "upload" (what the script leaves at `output_path_on_compute` is
            copied when it has succeeded).
        output_path_on_compute: For "upload": the file or folder that is copied.
        output_overwrite: For "upload": whether files that exist are replaced.
        data_type: A label for people. "AnyDirectory" declares a folder.
        is_directory: True declares a folder, False a file; without it the script decides.
        pipeline_output_name: A name, unique in the pipeline, by which `PipelineRun.get_pipeline_output` finds it.
        training_output: Kept for steps that train many models.

    Raises:
        ValueError: a name, mode or path cannot be used.

    Example:
        `clean = PipelineData("clean", datastore=datastore)`, then `outputs=[clean], arguments=["--out", clean]` in
        one step and `inputs=[clean], arguments=["--in", clean]` in the next.
    """

    def __init__(
        self,
        name: str,
        datastore: Any = None,
        output_name: str | None = None,
        output_mode: str = "mount",
        output_path_on_compute: str | None = None,
        output_overwrite: bool | None = None,
        data_type: str | None = None,
        is_directory: bool | None = None,
        pipeline_output_name: str | None = None,
        training_output: Any = None,
    ) -> None:
        super().__init__()
        self._name = checked_port_name(name, "PipelineData")
        self._output_name = checked_port_name(output_name or name, "output")
        if datastore is not None:
            datastore_name(datastore)
        if output_mode not in OUTPUT_MODES:
            raise ValueError(f"The output_mode of '{name}' is {output_mode!r}. Expected 'mount' or 'upload'.")
        self._datastore = datastore
        self._output_mode = output_mode
        self._output_path_on_compute = checked_path(output_path_on_compute, "output_path_on_compute")
        self._output_overwrite = output_overwrite
        self._is_directory = True if is_directory is None and data_type == _DIRECTORY else is_directory
        self._data_type = data_type or (_DIRECTORY if is_directory else _FILE)
        self._pipeline_output_name = pipeline_output_name
        self._training_output = training_output

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def datastore(self) -> Any:
        """The datastore it was given; None means the default one."""
        return self._datastore

    @property
    def data_type(self) -> str:
        """The label of its type, "AnyFile" unless something else was given."""
        return self._data_type

    def as_dataset(self) -> NoReturn:
        """Not in this version: datasets come with a later one.

        Raises:
            UserErrorException: always.
        """
        raise UserErrorException(
            f"PipelineData '{self._name}' cannot be used as a dataset: datasets come in a later version. "
            "Pass the PipelineData itself, and read its path in the script."
        )

    def get_env_variable_name(self) -> str:
        """Return the text that stands for its local path inside an argument, as `str()` does."""
        return str(self)

    def __str__(self) -> str:
        return data_reference_placeholder(self._name)

    def __repr__(self) -> str:
        return f"PipelineData({self._name!r})"

    @property
    def _port_name(self) -> str:
        return self._output_name

    def _output_settings(self) -> tuple[str, str | None, bool | None, bool | None, str | None]:
        """Mode, path on compute, overwrite, whether a folder, and name in the pipeline, for the step's draft."""
        return (
            self._output_mode,
            self._output_path_on_compute,
            self._output_overwrite,
            self._is_directory,
            self._pipeline_output_name,
        )
