"""Inputs and outputs of steps as objects of their own. v1: `azureml.pipeline.core`'s port bindings.

Who has no special wish lists data themselves among a step's inputs and outputs; a binding adds a name or a mode.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from lazulite.model.errors import InvalidName
from lazulite.model.ids import checked
from lazulite.model.values import data_reference_placeholder
from lazulite.sdk.data_place import checked_path, datastore_name
from lazulite.sdk.port_data import PortDataReference

if TYPE_CHECKING:
    from lazulite.sdk.steps.base import PipelineStep

__all__ = ["InputPortBinding", "OutputPortBinding", "PortDataReference", "Producible", "checked_port_name"]

#: direct and hdfs hand over an address in v1; on one's own machine the address is the path.
INPUT_MODES = ("mount", "download", "upload", "direct", "hdfs")

_tokens = itertools.count(1)


def checked_port_name(name: Any, what: str) -> str:
    """Return `name` if inputs and outputs may have it.

    Raises:
        ValueError: it is empty, or has other characters than letters, digits and `_`.
    """
    try:
        return checked("port", name)
    except InvalidName as error:
        raise ValueError(
            f"{name!r} is not a valid {what} name. Expected letters, digits and '_' only."
        ) from error


class Producible:
    """Data that a step of the pipeline writes; each object is one piece of data, whatever it is called."""

    def __init__(self) -> None:
        self._token = f"data-{next(_tokens)}"
        self._producer: PipelineStep | None = None

    @property
    def _port_name(self) -> str:
        raise NotImplementedError


class InputPortBinding:
    """An input of a step.

    Args:
        name: The input's name: letters, digits and `_`.
        bind_object: What it takes: a PipelineData, a DataReference, an OutputPortBinding, a PortDataReference, or a
            pair of a DataPath (or a PipelineParameter that holds one) and a DataPathComputeBinding.
        bind_mode: "mount" (used in place), "download" (copied before the script starts), "upload" (copied back
            after it, for a DataReference), "direct" or "hdfs" (as mount).
        path_on_compute: Where the script finds it.
        overwrite: Whether files that exist there are replaced.
        is_resource: Kept: v1 put such inputs beside the script.
        additional_transformations: Kept for datasets.

    Raises:
        ValueError: the name or mode cannot be used.
    """

    def __init__(
        self,
        name: str,
        bind_object: Any = None,
        bind_mode: str = "mount",
        path_on_compute: str | None = None,
        overwrite: bool | None = None,
        is_resource: bool = False,
        additional_transformations: Any = None,
        **kwargs: Any,
    ) -> None:
        if kwargs:
            raise TypeError(f"InputPortBinding() got an unexpected keyword argument {next(iter(kwargs))!r}")
        self._name = checked_port_name(name, "input")
        self._bind_object = bind_object
        self.bind_mode = bind_mode
        self.path_on_compute = checked_path(path_on_compute, "path_on_compute")
        self._overwrite = overwrite
        self._is_resource = is_resource
        self._additional_transformations = additional_transformations

    @property
    def name(self) -> str:
        """The input's name."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = checked_port_name(name, "input")

    @property
    def bind_mode(self) -> str:
        """How the data reach the compute."""
        return self._bind_mode

    @bind_mode.setter
    def bind_mode(self, mode: str) -> None:
        if mode not in INPUT_MODES:
            raise ValueError(
                f"The mode of the input '{self._name}' is {mode!r}. Expected one of: {', '.join(INPUT_MODES)}."
            )
        self._bind_mode = mode

    @property
    def bind_object(self) -> Any:
        """What it takes."""
        return self._bind_object

    @property
    def data_reference_name(self) -> str:
        """The name behind `$AZUREML_DATAREFERENCE_`: the input's."""
        return self._name

    @property
    def data_type(self) -> Any:
        """The label of the type of what it takes, None if that has none."""
        return self.get_bind_object_data_type()

    @property
    def overwrite(self) -> bool | None:
        """Whether files that exist at `path_on_compute` are replaced."""
        return self._overwrite

    @property
    def is_resource(self) -> bool:
        """Kept as given."""
        return self._is_resource

    @property
    def additional_transformations(self) -> Any:
        """Kept as given."""
        return self._additional_transformations

    def as_resource(self) -> InputPortBinding:
        """Return a copy that is marked as a resource."""
        return InputPortBinding(
            self._name,
            self._bind_object,
            self._bind_mode,
            self.path_on_compute,
            self._overwrite,
            is_resource=True,
            additional_transformations=self._additional_transformations,
        )

    def get_bind_object_name(self) -> str:
        """Return the name of what it takes; the input's own if that has none."""
        taken = self._bind_object
        name = getattr(taken, "data_reference_name", None) or getattr(taken, "name", None)
        return name if isinstance(name, str) else self._name

    def get_bind_object_data_type(self) -> Any:
        """Return the label of the type of what it takes, None if that has none."""
        return getattr(self._bind_object, "data_type", None)

    def __str__(self) -> str:
        return data_reference_placeholder(self._name)

    def __repr__(self) -> str:
        return f"InputPortBinding({self._name!r}, {self._bind_object!r}, bind_mode={self._bind_mode!r})"


class OutputPortBinding(Producible):
    """An output of a step; `PipelineData` says the same in fewer words.

    Args:
        name: Its name: letters, digits and `_`.
        datastore: Where it is kept; without it the default datastore.
        output_name: The name it has in the step; without it `name`.
        bind_mode: "mount" (written in place) or "upload" (copied when the script has succeeded).
        path_on_compute: For "upload": the file or folder that is copied.
        is_directory: True declares a folder, False a file; without it the script decides.
        overwrite: For "upload": whether files that exist are replaced.
        data_type: A label for people.
        pipeline_output_name: A name, unique in the pipeline, by which the run's output is found.
        training_output: Kept for steps that train many models.
        dataset_registration: Kept for datasets.
        dataset_output: Kept for datasets.

    Raises:
        ValueError: a name or mode cannot be used.
    """

    def __init__(
        self,
        name: str,
        datastore: Any = None,
        output_name: str | None = None,
        bind_mode: str = "mount",
        path_on_compute: str | None = None,
        is_directory: bool | None = None,
        overwrite: bool | None = None,
        data_type: str | None = None,
        pipeline_output_name: str | None = None,
        training_output: Any = None,
        dataset_registration: Any = None,
        dataset_output: Any = None,
    ) -> None:
        super().__init__()
        self.name = checked_port_name(name, "output")
        self._output_name = checked_port_name(output_name or name, "output")
        if bind_mode not in ("mount", "upload"):
            raise ValueError(
                f"The mode of the output '{name}' is {bind_mode!r}. Expected 'mount' or 'upload'."
            )
        if datastore is not None:
            datastore_name(datastore)
        self.datastore = datastore
        self.bind_mode = bind_mode
        self.path_on_compute = checked_path(path_on_compute, "path_on_compute")
        self.is_directory = is_directory
        self.overwrite = overwrite
        self.data_type = data_type
        self.pipeline_output_name = pipeline_output_name
        self.training_output = training_output
        self.dataset_registration = dataset_registration
        self.dataset_output = dataset_output

    @property
    def _port_name(self) -> str:
        return self._output_name

    def __str__(self) -> str:
        return data_reference_placeholder(self.name)

    def __repr__(self) -> str:
        return f"OutputPortBinding({self.name!r}, bind_mode={self.bind_mode!r})"
