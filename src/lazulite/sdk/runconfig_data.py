"""The data part of run configurations: what v1 keeps in `RunConfiguration.data_references` and `data`.

Pipelines take their data from steps' inputs and outputs; these hold what is set on a run configuration itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lazulite.sdk.config_element import ConfigElement
from lazulite.sdk.exceptions import UserErrorException

SUPPORTED_DATAREF_MODES = ["mount", "download", "upload"]
SUPPORTED_DELIVERY_MECHANISM = ["direct", "mount", "download", "upload"]


class DataReferenceConfiguration(ConfigElement):
    """A place in a datastore that a script gets. v1: `DataReferenceConfiguration`.

    Args:
        datastore_name: The datastore.
        mode: "mount", "download" or "upload".
        path_on_datastore: The file or folder; None is the datastore's root.
        path_on_compute: Where it is put for the script.
        overwrite: Whether files that exist there are replaced.

    Raises:
        UserErrorException: the mode is none of these.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "data_store_name",
        "path_on_data_store",
        "path_on_compute",
        "mode",
        "overwrite",
    )

    def __init__(
        self,
        datastore_name: str | None = None,
        mode: str = "mount",
        path_on_datastore: str | None = None,
        path_on_compute: str | None = None,
        overwrite: bool = False,
    ) -> None:
        self.data_store_name = datastore_name
        self.path_on_data_store = path_on_datastore
        self.path_on_compute = path_on_compute
        self.mode = one_of("mode", mode, SUPPORTED_DATAREF_MODES)
        self.overwrite = overwrite


class Dataset(ConfigElement):
    """Which dataset. v1: `runconfig.Dataset`.

    Args:
        dataset_id: Its id, or …
        dataset_name: … its name …
        dataset_version: … and version.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("id", "name", "version")

    def __init__(
        self,
        dataset_id: str | None = None,
        dataset_name: str | None = None,
        dataset_version: str | None = None,
    ) -> None:
        self.id = dataset_id
        self.name = dataset_name
        self.version = dataset_version


class DataPath(ConfigElement):
    """A place in a datastore. v1: `runconfig.DataPath`.

    Args:
        datastore_name: The datastore.
        relative_path: The path in it.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("datastore_name", "relative_path")

    def __init__(self, datastore_name: str | None = None, relative_path: str | None = None) -> None:
        self.datastore_name = datastore_name
        self.relative_path = relative_path


class Uri(ConfigElement):
    """An address. v1: `runconfig.Uri`.

    Args:
        path: The address.
        is_file: Whether it is one file.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("path", "is_file")

    def __init__(self, path: str | None = None, is_file: bool = False) -> None:
        self.path = path
        self.is_file = is_file


class DataLocation(ConfigElement):
    """Where data are: one of three. v1: `DataLocation`.

    Args:
        dataset: A `Dataset`.
        data_path: A `DataPath`.
        uri: A `Uri`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("dataset", "data_path", "uri")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "dataset": Dataset,
        "data_path": DataPath,
        "uri": Uri,
    }

    def __init__(
        self, dataset: Dataset | None = None, data_path: DataPath | None = None, uri: Uri | None = None
    ) -> None:
        self.dataset = dataset
        self.data_path = data_path
        self.uri = uri


class Data(ConfigElement):
    """Data a script gets. v1: `Data`.

    Args:
        data_location: A `DataLocation`.
        create_output_directories: Whether folders are made for outputs.
        mechanism: "direct", "mount", "download" or "upload".
        environment_variable_name: The variable that tells the script the path.
        path_on_compute: Where the data are put.
        overwrite: Whether files that exist there are replaced.
        options: Further options of the mechanism.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "data_location",
        "create_output_directories",
        "mechanism",
        "environment_variable_name",
        "path_on_compute",
        "overwrite",
        "options",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"data_location": DataLocation}

    def __init__(
        self,
        data_location: DataLocation | None = None,
        create_output_directories: bool | None = None,
        mechanism: str = "direct",
        environment_variable_name: str | None = None,
        path_on_compute: str | None = None,
        overwrite: bool = False,
        options: Any = None,
    ) -> None:
        self.data_location = data_location
        self.create_output_directories = create_output_directories
        self.mechanism = one_of("mechanism", mechanism, SUPPORTED_DELIVERY_MECHANISM)
        self.environment_variable_name = environment_variable_name
        self.path_on_compute = path_on_compute
        self.overwrite = overwrite
        self.options = options

    @staticmethod
    def create(data: Any) -> Data:
        """Return the data of a named dataset input (`dataset.as_named_input("x").as_mount()`).

        Raises:
            UserErrorException: it is something else.
        """
        if not all(hasattr(data, name) for name in ("dataset", "name", "mode")):
            raise UserErrorException(
                f"{data!r} is not a dataset input: expected dataset.as_named_input(name)."
            )
        location = DataLocation(dataset=Dataset(dataset_id=getattr(data.dataset, "id", None)))
        where = getattr(data, "path_on_compute", None)
        return Data(location, mechanism=data.mode, environment_variable_name=data.name, path_on_compute=where)


class DatacacheConfiguration(ConfigElement):
    """v1: a dataset kept near the compute. Held; local data are near already.

    Args:
        dataset_id: The dataset.
        datacache_store: Where it is kept.
        datacache_id: Its id there.
        mode: "mount" or "download".
        path_on_compute: Where the data are put.
        replica: How many copies.
        failure_fallback: Whether to take the dataset itself if the copy is missing.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "datacache_id",
        "datacache_store",
        "dataset_id",
        "mode",
        "path_on_compute",
        "replica",
        "failure_fallback",
    )

    def __init__(
        self,
        dataset_id: str | None = None,
        datacache_store: str | None = None,
        datacache_id: str | None = None,
        mode: str = "mount",
        path_on_compute: str | None = None,
        replica: Any = None,
        failure_fallback: bool = False,
    ) -> None:
        self.datacache_id = datacache_id
        self.datacache_store = datacache_store
        self.dataset_id = dataset_id
        self.mode = mode
        self.path_on_compute = path_on_compute
        self.replica = replica
        self.failure_fallback = failure_fallback

    @staticmethod
    def create(data: Any) -> DatacacheConfiguration:
        """Return the configuration of something with the attributes of this class.

        Raises:
            UserErrorException: it has none of them.
        """
        given = {name: getattr(data, name) for name in DatacacheConfiguration.FIELDS if hasattr(data, name)}
        if not given:
            raise UserErrorException(f"{data!r} is not a data cache input.")
        return DatacacheConfiguration(**given)


def one_of(what: str, value: str, allowed: list[str]) -> str:
    """Return `value` if it is one of the allowed words, in any case.

    Raises:
        UserErrorException: it is none of them.
    """
    if not isinstance(value, str) or value.lower() not in allowed:
        raise UserErrorException(f"{what} must be one of {', '.join(allowed)}, and {value!r} was given.")
    return value
