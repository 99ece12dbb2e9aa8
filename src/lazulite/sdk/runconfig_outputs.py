"""The output part of run configurations: what v1 keeps in `RunConfiguration.output_data`. Data holders."""

from __future__ import annotations

from typing import Any, ClassVar

from lazulite.sdk.config_element import ConfigElement
from lazulite.sdk.runconfig_data import DataLocation, one_of


class GlobsOptions(ConfigElement):
    """Which files of a folder. v1: `GlobsOptions`.

    Args:
        patterns: Glob patterns.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("patterns",)

    def __init__(self, patterns: list[str] | None = None) -> None:
        self.patterns = patterns


class UploadOptions(ConfigElement):
    """How an output is uploaded. v1: `UploadOptions`.

    Args:
        overwrite: Whether files that exist are replaced.
        source_globs: A `GlobsOptions`: which files.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("overwrite", "source_globs")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"source_globs": GlobsOptions}

    def __init__(self, overwrite: bool = False, source_globs: GlobsOptions | None = None) -> None:
        self.overwrite = overwrite
        self.source_globs = source_globs


class MountOptions(ConfigElement):
    """How an output is mounted. v1: `MountOptions`.

    Args:
        disable_metadata_cache: v1: whether the mount keeps no metadata. Local folders are used in place.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("disable_metadata_cache",)

    def __init__(self, disable_metadata_cache: bool = False) -> None:
        self.disable_metadata_cache = disable_metadata_cache


class DatasetRegistrationOptions(ConfigElement):
    """How an output becomes a dataset. v1: `DatasetRegistrationOptions`.

    Args:
        additional_transformations: Transformations, in v1's own form.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("additional_transformation",)

    def __init__(self, additional_transformations: Any = None) -> None:
        self.additional_transformation = additional_transformations


class RegistrationOptions(ConfigElement):
    """Under what name an output is registered. v1: `RegistrationOptions`.

    Args:
        name: The name.
        description: Text for people.
        tags: Tags.
        dataset_registration_options: A `DatasetRegistrationOptions`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "description", "tags", "dataset_registration_options")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "dataset_registration_options": DatasetRegistrationOptions
    }

    def __init__(
        self,
        name: str | None = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        dataset_registration_options: DatasetRegistrationOptions | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.tags = tags
        self.dataset_registration_options = dataset_registration_options


class OutputOptions(ConfigElement):
    """How an output is kept. v1: `OutputOptions`.

    Args:
        path_on_compute: Where the script writes it.
        registration_options: A `RegistrationOptions`.
        upload_options: An `UploadOptions`.
        mount_options: A `MountOptions`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "path_on_compute",
        "registration_options",
        "upload_options",
        "mount_options",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "registration_options": RegistrationOptions,
        "upload_options": UploadOptions,
        "mount_options": MountOptions,
    }

    def __init__(
        self,
        path_on_compute: str | None = None,
        registration_options: RegistrationOptions | None = None,
        upload_options: UploadOptions | None = None,
        mount_options: MountOptions | None = None,
    ) -> None:
        self.path_on_compute = path_on_compute
        self.registration_options = registration_options
        self.upload_options = upload_options
        self.mount_options = mount_options


class OutputData(ConfigElement):
    """Data a script writes. v1: `OutputData`.

    Args:
        output_location: A `DataLocation`.
        mechanism: "mount" or "upload".
        additional_options: An `OutputOptions`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("output_location", "mechanism", "additional_options")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {
        "output_location": DataLocation,
        "additional_options": OutputOptions,
    }

    def __init__(
        self,
        output_location: DataLocation | None = None,
        mechanism: str = "mount",
        additional_options: OutputOptions | None = None,
    ) -> None:
        self.output_location = output_location
        self.mechanism = one_of("mechanism", mechanism, ["mount", "upload"])
        self.additional_options = additional_options
