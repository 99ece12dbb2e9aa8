"""A place in a datastore that may be a parameter's value. v1: `azureml.data.datapath`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.values import DataPathValue
from lazulite.sdk.data_place import checked_path, datastore_name, default_name, normal_path
from lazulite.sdk.data_reference import checked_mode
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.data_reference import DataReference


class DataPath:
    """A file or folder of a datastore, without saying how it reaches the compute (`DataPathComputeBinding` does).

    Args:
        datastore: The datastore, or its name.
        path_on_datastore: The file or folder; nothing means the whole datastore.
        name: Its name in steps. Without it one made from the place: the same place has the same name every time.

    Raises:
        UserErrorException: the datastore is missing, or a value cannot be used.

    Example:
        `where = PipelineParameter("where", DataPath(datastore, "2019"))`, then
        `(where, DataPathComputeBinding(mode="mount"))` among a step's inputs and arguments.
    """

    def __init__(
        self, datastore: Any = None, path_on_datastore: str | None = None, name: str | None = None
    ) -> None:
        self._datastore = datastore
        self._datastore_name = datastore_name(datastore)
        self._path_on_datastore = checked_path(path_on_datastore, "path_on_datastore")
        self._name = name or default_name(self._datastore_name, self._path_on_datastore)

    @property
    def datastore_name(self) -> str:
        """The datastore's name."""
        return self._datastore_name

    @property
    def path_on_datastore(self) -> str | None:
        """The path, as it was given."""
        return self._path_on_datastore

    def create_data_reference(
        self,
        data_reference_name: str | None = None,
        datapath_compute_binding: DataPathComputeBinding | None = None,
    ) -> DataReference:
        """Return the reference to this place, handed over as the binding says (without one: mounted)."""
        from lazulite.sdk.data_reference import DataReference

        binding = datapath_compute_binding or DataPathComputeBinding()
        return DataReference(
            self._datastore,
            data_reference_name or self._name,
            self._path_on_datastore,
            binding.mode,
            binding.path_on_compute,
            binding.overwrite,
        )

    @staticmethod
    def create_from_data_reference(data_reference: DataReference) -> DataPath:
        """Return the place that a reference points to, with its name."""
        return DataPath(
            data_reference.datastore, data_reference.path_on_datastore, data_reference.data_reference_name
        )

    def _value(self) -> DataPathValue:
        return DataPathValue(self._datastore_name, normal_path(self._path_on_datastore))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataPath) and self._value() == other._value()

    def __hash__(self) -> int:
        return hash(self._value())

    def __str__(self) -> str:
        return f"{self._datastore_name}/{normal_path(self._path_on_datastore)}"

    def __repr__(self) -> str:
        return f"DataPath({self._datastore_name!r}, {self._path_on_datastore!r})"


class DataPathComputeBinding:
    """How a data path reaches the compute.

    Args:
        mode: "mount", "download" or "upload", as for a `DataReference`.
        path_on_compute: Where the script finds or leaves it.
        overwrite: Whether files that exist at the destination of a copy are replaced.

    Raises:
        UserErrorException: the mode is not known.
    """

    def __init__(
        self, mode: str = "mount", path_on_compute: str | None = None, overwrite: bool = False
    ) -> None:
        self.mode = checked_mode(mode)
        self.path_on_compute = checked_path(path_on_compute, "path_on_compute")
        self.overwrite = bool(overwrite)

    def create_data_reference(
        self, data_reference_name: str | None = None, datapath: DataPath | None = None
    ) -> DataReference:
        """Return the reference to `datapath`, handed over as this binding says.

        Raises:
            UserErrorException: there is no data path.
        """
        if datapath is None:
            raise UserErrorException("datapath is missing. Expected a DataPath.")
        return datapath.create_data_reference(data_reference_name, self)

    @staticmethod
    def create_from_data_reference(data_reference: DataReference) -> DataPathComputeBinding:
        """Return how a reference is handed over."""
        return DataPathComputeBinding(
            data_reference.mode, data_reference.path_on_compute, data_reference.overwrite
        )

    def __repr__(self) -> str:
        return f"DataPathComputeBinding(mode={self.mode!r}, path_on_compute={self.path_on_compute!r})"
