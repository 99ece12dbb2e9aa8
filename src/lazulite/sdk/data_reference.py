"""A reference to data that exist in a datastore. v1: `azureml.data.data_reference.DataReference`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazulite.model.values import data_reference_placeholder
from lazulite.sdk.data_place import checked_path, datastore_name, default_name, joined
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.datapath import DataPath, DataPathComputeBinding

#: How data reach the compute: used in place, copied before the script starts, copied back after it.
MODES = ("mount", "download", "upload")


def checked_mode(mode: Any, modes: tuple[str, ...] = MODES) -> str:
    """Return `mode` in lower case.

    Raises:
        UserErrorException: it is none of `modes`.
    """
    if not isinstance(mode, str) or mode.lower() not in modes:
        raise UserErrorException(f"The mode {mode!r} is not known. Expected one of: {', '.join(modes)}.")
    return mode.lower()


class DataReference:
    """A file or folder of a datastore, as a step takes it.

    Args:
        datastore: The datastore, or its name.
        data_reference_name: Its name in steps: letters, digits and `_`. Without it the datastore's name, followed
            by a digest of the path if there is one: the same data have the same name every time.
        path_on_datastore: The file or folder; nothing, "/", "." and "./" mean the whole datastore.
        mode: "mount" (used in place), "download" (copied before the script starts) or "upload" (what the script
            leaves at `path_on_compute` is copied to the datastore when it has succeeded).
        path_on_compute: Where the script finds or leaves it: relative to its working directory, or absolute.
        overwrite: Whether files that exist at the destination of a copy are replaced.

    Raises:
        UserErrorException: a value cannot be used.

    Example:
        `raw = DataReference(datastore, "raw", path_on_datastore="census/2019.csv")`, then
        `PythonScriptStep("prepare.py", inputs=[raw], arguments=["--raw", raw], …)`.
    """

    def __init__(
        self,
        datastore: Any,
        data_reference_name: str | None = None,
        path_on_datastore: str | None = None,
        mode: str = "mount",
        path_on_compute: str | None = None,
        overwrite: bool = False,
    ) -> None:
        store = datastore_name(datastore)
        self.datastore = datastore
        self.path_on_datastore = checked_path(path_on_datastore, "path_on_datastore")
        self.data_reference_name = data_reference_name or default_name(store, self.path_on_datastore)
        self.mode = checked_mode(mode)
        self.path_on_compute = checked_path(path_on_compute, "path_on_compute")
        self.overwrite = bool(overwrite)

    @staticmethod
    def create(
        data_reference_name: str | None = None,
        datapath: DataPath | None = None,
        datapath_compute_binding: DataPathComputeBinding | None = None,
    ) -> DataReference:
        """Return the reference to a data path, handed over as the binding says.

        Args:
            data_reference_name: Its name; without it the data path's.
            datapath: The place.
            datapath_compute_binding: How it reaches the compute; without it, mounted.

        Raises:
            UserErrorException: there is no data path.
        """
        if datapath is None:
            raise UserErrorException("datapath is missing. Expected a DataPath.")
        return datapath.create_data_reference(data_reference_name, datapath_compute_binding)

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """Return a reference to a file or folder below this one.

        Args:
            path: Relative to this reference's own path.
            data_reference_name: Its name; without it one made from its place.
        """
        return DataReference(
            self.datastore,
            data_reference_name,
            joined(self.path_on_datastore, checked_path(path, "path")),
            self.mode,
            self.path_on_compute,
            self.overwrite,
        )

    def as_mount(self) -> DataReference:
        """Return a copy whose data are used in place."""
        return self._as("mount", None, overwrite=False)

    def as_download(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """Return a copy whose data are copied before the script starts.

        Args:
            path_on_compute: Where to; without it a place of the job's own.
            overwrite: Whether files that exist there are replaced. (v1 ignored it.)
        """
        return self._as("download", path_on_compute, overwrite=overwrite)

    def as_upload(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """Return a copy to which a file or folder of the compute is copied when the script has succeeded.

        A step with such an input always runs: what it leaves there is not one of its recorded outputs.

        Args:
            path_on_compute: The file or folder that is copied.
            overwrite: Whether files that exist on the datastore are replaced. (v1 ignored it.)
        """
        return self._as("upload", path_on_compute, overwrite=overwrite)

    def _as(self, mode: str, path_on_compute: str | None, *, overwrite: bool) -> DataReference:
        where = path_on_compute if path_on_compute is not None else self.path_on_compute
        return DataReference(
            self.datastore, self.data_reference_name, self.path_on_datastore, mode, where, overwrite
        )

    def to_config(self) -> Any:
        """Return it as a `DataReferenceConfiguration`, as `RunConfiguration.data_references` holds."""
        from lazulite.sdk.runconfig_data import DataReferenceConfiguration

        return DataReferenceConfiguration(
            datastore_name=datastore_name(self.datastore),
            mode=self.mode,
            path_on_datastore=self.path_on_datastore,
            path_on_compute=self.path_on_compute,
            overwrite=self.overwrite,
        )

    def __str__(self) -> str:
        return data_reference_placeholder(self.data_reference_name)

    def __repr__(self) -> str:
        place = f"{datastore_name(self.datastore)}/{self.path_on_datastore or ''}"
        return f"DataReference({self.data_reference_name!r}, {place!r}, mode={self.mode!r})"
