"""The Docker part of `azureml.core.environment`: image, Dockerfile, build context.

All of it is held, saved and given back. The compute of this version runs processes, not containers: a step's Python
part is installed on this machine instead, and its log says so.
"""

from __future__ import annotations

import enum
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.sdk.config_element import ConfigElement, refuse_unknown
from lazulite.sdk.container_registry import ContainerRegistry
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

#: v1's base images. Never fetched; code of v1 reads and assigns these names.
DEFAULT_CPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20251130.v1"
DEFAULT_GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04"
MPI_CPU_IMAGE = DEFAULT_CPU_IMAGE
MPI_GPU_IMAGE = DEFAULT_GPU_IMAGE


class DockerImagePlatform(ConfigElement):
    """What an image runs on. v1: `DockerImagePlatform`.

    Attributes:
        os: The operating system.
        architecture: The processor.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("os", "architecture")

    def __init__(self) -> None:
        self.os = "Linux"
        self.architecture = "amd64"


class DockerBuildContext(ConfigElement):
    """A folder or repository to build an image from. v1: `DockerBuildContext`.

    Args:
        location_type: "git" or "storageAccount".
        location: The address.
        dockerfile_path: The Dockerfile, relative to the location.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("location_type", "location", "dockerfile_path")

    class LocationType(enum.Enum):
        """Where a build context can be."""

        Git = "git"
        StorageAccount = "storageAccount"

    def __init__(
        self,
        location_type: str | None = None,
        location: str | None = None,
        dockerfile_path: str = "Dockerfile",
    ) -> None:
        self.location_type = location_type
        self.location = location
        self.dockerfile_path = dockerfile_path

    @staticmethod
    def from_local_directory(
        workspace: Workspace, path: str, dockerfile_path: str = "Dockerfile"
    ) -> DockerBuildContext:
        """Return a build context that is a folder of this machine.

        Args:
            workspace: Where v1 uploaded the folder to; here it stays where it is.
            path: The folder.
            dockerfile_path: The Dockerfile, relative to the folder.

        Raises:
            UserErrorException: the folder or the Dockerfile does not exist.
        """
        folder = Path(path)
        if not folder.is_dir():
            raise UserErrorException(f"The build context {path!r} is not a folder.")
        if not (folder / dockerfile_path).is_file():
            raise UserErrorException(
                f"There is no Dockerfile {dockerfile_path!r} in the build context {path!r}."
            )
        kind = DockerBuildContext.LocationType.StorageAccount.value
        return DockerBuildContext(kind, str(folder.resolve()), dockerfile_path)


class DockerSection(ConfigElement):
    """The Docker part of an environment. v1: `DockerSection`.

    Attributes:
        base_image: The image; setting it empties `base_dockerfile` and `build_context`, and so for each of them.
        base_dockerfile: The text of a Dockerfile, or the path of one.
        build_context: A `DockerBuildContext`.
        base_image_registry: A `ContainerRegistry`.
        platform: A `DockerImagePlatform`.
        enabled: v1: whether to run in the image. No effect here.
        arguments: Further arguments of `docker run`.
        shared_volumes: Whether volumes are shared.
        shm_size: Size of shared memory.
        gpu_support: v1: always True.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "enabled",
        "base_image",
        "base_dockerfile",
        "build_context",
        "shared_volumes",
        "shm_size",
        "arguments",
        "base_image_registry",
        "platform",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"build_context": DockerBuildContext}

    enabled: bool = False
    shared_volumes: bool = True
    shm_size: str | None = "2g"

    def __init__(self, **kwargs: Any) -> None:
        refuse_unknown(type(self).__name__, kwargs)
        self._arguments: list[str] = []
        self.base_image_registry = ContainerRegistry()
        self.platform = DockerImagePlatform()
        self._base_image: str | None = DEFAULT_CPU_IMAGE
        self._base_dockerfile: str | None = None
        self._build_context: DockerBuildContext | None = None

    @property
    def arguments(self) -> list[str]:
        """Further arguments of `docker run`."""
        return self._arguments

    @arguments.setter
    def arguments(self, value: list[str]) -> None:
        if not isinstance(value, (list, tuple)):
            raise UserErrorException(f"arguments must be a list, and {value!r} was given.")
        self._arguments = list(value)

    @property
    def base_image(self) -> str | None:
        """The image; None where a Dockerfile or build context stands in for it."""
        return self._base_image

    @base_image.setter
    def base_image(self, value: str | None) -> None:
        self._base_image = value
        if value is not None:
            self._base_dockerfile = self._build_context = None

    @property
    def base_dockerfile(self) -> str | None:
        """The text of a Dockerfile."""
        return self._base_dockerfile

    @base_dockerfile.setter
    def base_dockerfile(self, value: str | None) -> None:
        self._base_dockerfile = dockerfile_text(value)
        if value is not None:
            self._base_image = self._build_context = None

    @property
    def build_context(self) -> DockerBuildContext | None:
        """Where an image would be built from."""
        return self._build_context

    @build_context.setter
    def build_context(self, value: DockerBuildContext | None) -> None:
        if value is not None and not isinstance(value, DockerBuildContext):
            raise UserErrorException(f"build_context is a DockerBuildContext, and {value!r} was given.")
        self._build_context = value
        if value is not None:
            self._base_image = self._base_dockerfile = None

    @property
    def gpu_support(self) -> bool:
        """v1: GPUs are always passed on; assigning has no effect."""
        return True

    @gpu_support.setter
    def gpu_support(self, value: bool) -> None:
        warnings.warn(
            "gpu_support has no effect: GPUs are always passed on.", DeprecationWarning, stacklevel=3
        )


class DockerEnvironment(DockerSection):
    """Former name of `DockerSection`. v1: `DockerEnvironment`."""

    def __init__(self) -> None:
        super().__init__()


def dockerfile_text(given: str | None) -> str | None:
    """Return the text of a Dockerfile that was given as text or as a path.

    Raises:
        UserErrorException: it looks like a path and there is no such file.
    """
    if given is None or "\n" in given:
        return given
    path = Path(given)
    if path.is_file():
        return path.read_text(encoding="utf-8")
    if " " not in given.strip() and given.strip():
        raise UserErrorException(
            f"The Dockerfile {given!r} does not exist. Give the path of one, or its text."
        )
    return given


class DockerImageDetails(dict[str, Any]):
    """What is known of an image, as a dictionary with v1's names as properties. v1: `DockerImageDetails`."""

    @property
    def image_exist(self) -> bool:
        """Whether the image was built."""
        return bool(self.get("imageExistsInRegistry", False))

    @property
    def image(self) -> Any:
        """The image's full name."""
        return self._ingredient("dockerImage", "name")

    @property
    def registry(self) -> Any:
        """The registry it is in."""
        return self._ingredient("dockerImage", "registry")

    @property
    def repository(self) -> Any:
        """Its name within the registry."""
        return self.get("repository")

    @property
    def dockerfile(self) -> Any:
        """The Dockerfile it was built from."""
        return self.get("dockerfile")

    @property
    def interpreter_path(self) -> Any:
        """The Python interpreter in it."""
        return self._ingredient("pythonEnvironment", "interpreterPath")

    @property
    def environment_path(self) -> Any:
        """The folder of the Python environment in it."""
        return self._ingredient("pythonEnvironment", "condaEnvironmentPath")

    def __str__(self) -> str:
        return f"Docker Image Details: Image: {self.image}, Image Exist: {self.image_exist}"

    def _ingredient(self, part: str, name: str) -> Any:
        found = self.get(part)
        return found.get(name) if isinstance(found, dict) else None
