"""An output of a run that has ended, or an input of one. v1: `azureml.pipeline.core.PortDataReference`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.values import data_reference_placeholder
from lazulite.sdk.data_place import datastore_name, normal_path
from lazulite.sdk.input_source import InputSource

if TYPE_CHECKING:
    from lazulite.sdk.data_reference import DataReference


class PortDataReference(InputSource):
    """Data of a run: where they are, a way to download them, and to use them as a step's input.

    Args:
        context: The workspace.
        pipeline_run_id: The pipeline run they belong to.
        data_reference: Where they are.
        step_run: The step run that wrote them, if known.

    Example:
        `run.find_step_run("train")[0].get_output_data("model").download("here")` puts the files below
        `here/azureml/<step run id>/model`.
    """

    def __init__(
        self, context: Any, pipeline_run_id: str, data_reference: DataReference, step_run: Any = None
    ) -> None:
        self._context = context
        self._data_reference = data_reference
        self._step_run = step_run
        self.pipeline_run_id = pipeline_run_id
        self.data_reference_name = data_reference.data_reference_name

    @property
    def name(self) -> str:
        """Their name."""
        return self.data_reference_name

    @property
    def datastore_name(self) -> str:
        """The name of the datastore they are on."""
        return datastore_name(self._data_reference.datastore)

    @property
    def datastore(self) -> Any:
        """The datastore they are on."""
        given = self._data_reference.datastore
        if not isinstance(given, str):
            return given
        from lazulite.sdk.datastore import Datastore

        return Datastore.get(self._context, given)

    @property
    def path_on_datastore(self) -> str:
        """Their path on the datastore."""
        return normal_path(self._data_reference.path_on_datastore)

    @property
    def _path_on_datastore(self) -> str:
        """v1's private name of `path_on_datastore`, which published notebooks use."""
        return self.path_on_datastore

    def download(
        self, local_path: str, overwrite: bool | None = None, show_progress: bool | None = None
    ) -> int:
        """Copy the data to this machine, and return the number of files.

        Args:
            local_path: A folder. Below it the files keep their whole path on the datastore, as in v1.
            overwrite: Whether files that exist are replaced; without it they are skipped.
            show_progress: Whether progress is printed; without it, it is.

        Raises:
            UserErrorException: the data are not there, or files could not be copied; the message names them.
        """
        store = self.datastore
        path = self.path_on_datastore
        # A prefix is compared as text: without the '/' the output "model" would bring "model_old" along.
        entry = store._store().look_at(path) if path else None  # noqa: SLF001
        prefix = f"{path}/" if entry is not None and entry.is_directory else path
        count: int = store.download(
            target_path=local_path,
            prefix=prefix,
            overwrite=bool(overwrite),
            show_progress=show_progress is None or show_progress,
        )
        return count

    def __str__(self) -> str:
        return data_reference_placeholder(self.data_reference_name)

    def __repr__(self) -> str:
        return f"PortDataReference({self.name!r}, {self.datastore_name}/{self.path_on_datastore})"
