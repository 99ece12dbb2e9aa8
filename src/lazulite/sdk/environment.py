"""`azureml.core.environment`: what a step's Python has to have, named and versioned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lazulite.model.environment import EnvironmentSpec
from lazulite.sdk import environment_files, environment_registry
from lazulite.sdk.conda_dependencies import PYTHON_DEFAULT_VERSION, CondaDependencies
from lazulite.sdk.config_element import ConfigElement, refuse_unknown
from lazulite.sdk.container_registry import ContainerRegistry
from lazulite.sdk.databricks_libraries import DatabricksSection
from lazulite.sdk.docker_section import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
from lazulite.sdk.environment_images import ImageBuildDetails, Images
from lazulite.sdk.environment_sections import (
    DockerBuildContext,
    DockerEnvironment,
    DockerImageDetails,
    DockerImagePlatform,
    DockerSection,
    PythonEnvironment,
    PythonSection,
    RCranPackage,
    RGitHubPackage,
    RSection,
    SparkEnvironment,
    SparkPackage,
    SparkSection,
)
from lazulite.sdk.environment_sources import PathText, Sources
from lazulite.sdk.environment_spec import environment_of, spec_of, variables
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.workspace import Workspace

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "PYTHON_DEFAULT_VERSION",
    "CondaDependencies",
    "ContainerRegistry",
    "DatabricksSection",
    "DockerBuildContext",
    "DockerEnvironment",
    "DockerImageDetails",
    "DockerImagePlatform",
    "DockerSection",
    "Environment",
    "EnvironmentReference",
    "ImageBuildDetails",
    "PythonEnvironment",
    "PythonSection",
    "RCranPackage",
    "RGitHubPackage",
    "RSection",
    "SparkEnvironment",
    "SparkPackage",
    "SparkSection",
]


class Environment(Sources, Images, ConfigElement):
    """What a step needs to run: packages, environment variables, and, for containers, an image.

    v1: `azureml.core.Environment`. The Python part is used: the interpreter at hand if it already has the packages,
    else a virtual environment, built once. Docker, Spark, Databricks and R parts are held and given back.

    Args:
        name: Its name; letters, digits, `.`, `_` and `-` if it is to be registered.

    Example:
        >>> environment = Environment("training")
        >>> environment.python.conda_dependencies.add_pip_package("scikit-learn==1.4.2")
        >>> environment.register(workspace)
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "name",
        "version",
        "environment_variables",
        "python",
        "docker",
        "spark",
        "databricks",
        "r",
        "inferencing_stack_version",
        "asset_id",
    )
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"r": RSection}

    def __init__(self, name: str, **kwargs: Any) -> None:
        refuse_unknown(type(self).__name__, kwargs)
        self.name = name
        self.version: str | None = None
        self.python = PythonSection()
        self.docker = DockerSection()
        self.spark = SparkSection()
        self.databricks = DatabricksSection()
        self.r: RSection | None = None
        self.inferencing_stack_version: str | None = None
        self.asset_id: str | None = None
        self._environment_variables: dict[str, str] = {"EXAMPLE_ENV_VAR": "EXAMPLE_VALUE"}

    @property
    def environment_variables(self) -> dict[str, str]:
        """Variables the script finds in its environment; texts."""
        return self._environment_variables

    @environment_variables.setter
    def environment_variables(self, value: Mapping[str, str] | None) -> None:
        self._environment_variables = variables(value)

    def clone(self, new_name: str) -> Environment:
        """Return a copy under another name, not registered and sharing nothing with this one.

        Raises:
            UserErrorException: the name is empty.
        """
        import copy

        if not isinstance(new_name, str) or not new_name.strip():
            raise UserErrorException(f"A clone needs a name, and {new_name!r} was given.")
        copied = copy.deepcopy(self)
        copied.name, copied.version, copied.asset_id = new_name, None, None
        return copied

    # --- kept somewhere ---

    def register(self, workspace: Workspace) -> Environment:
        """Keep this environment in a workspace and return it with its version.

        `version` None gives the next number; what is registered already in the same form is returned as it is.

        Raises:
            UserErrorException: the name is not valid, or the version exists with other content.
        """
        return environment_registry.register(workspace, self)

    @staticmethod
    def get(
        workspace: Workspace, name: str, version: str | None = None, label: str | None = None
    ) -> Environment:
        """Return a registered environment: a version, the one with a label, or the newest.

        Raises:
            UserErrorException: there is none; the message names those there are.
        """
        return environment_registry.find(workspace, name, version, label)

    @staticmethod
    def list(workspace: Workspace) -> dict[str, Environment]:
        """Return the newest version of each registered environment by name."""
        return environment_registry.newest(workspace)

    @staticmethod
    def label(workspace: Workspace, name: str, version: str, labels: Any) -> None:
        """Give labels to a version of a registered environment; each leaves the version that had it.

        Args:
            labels: List of texts; "latest" is always the newest version's.

        Raises:
            UserErrorException: there is no such version, or a label is not valid.
        """
        environment_registry.label(workspace, name, version, labels)

    def save_to_directory(self, path: PathText, overwrite: bool = False) -> None:
        """Write this environment into a folder: a JSON document and a conda specification file.

        Raises:
            FileExistsError: the folder exists and `overwrite` is False.
        """
        environment_files.save(self, path, overwrite=overwrite)

    @staticmethod
    def load_from_directory(path: PathText) -> Environment:
        """Return the environment that `save_to_directory` wrote.

        Raises:
            FileNotFoundError: the folder holds none.
            UserErrorException: a file cannot be read.
        """
        return environment_files.load(path)

    @staticmethod
    def add_private_pip_wheel(workspace: Workspace, file_path: PathText, exist_ok: bool = False) -> str:
        """Copy a wheel into the workspace's default datastore and return what to give to `add_pip_package`.

        Raises:
            UserErrorException: it is not a wheel, or one of that name is there and `exist_ok` is False.
        """
        return environment_registry.add_wheel(workspace, Path(file_path), exist_ok=exist_ok)

    def __str__(self) -> str:
        return f"Environment(Name: {self.name},\nVersion: {self.version})"

    def _spec(self) -> EnvironmentSpec:
        """Return the part of this environment that decides how a step runs."""
        return spec_of(self)

    @staticmethod
    def _of_spec(spec: EnvironmentSpec) -> Environment:
        """Return an environment that asks for what `spec` asks for."""
        return environment_of(spec)

    @staticmethod
    def _of_document(document: Mapping[str, Any], place: str) -> Environment:
        """Return the environment of a document that was saved; `place` says where, for messages."""
        found = Environment("")
        found.environment_variables = {}
        found._read(document, place)
        return found


class EnvironmentReference(ConfigElement):
    """The name and version of a registered environment. v1: `EnvironmentReference`.

    Args:
        name: Its name.
        version: Its version; None for the newest.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("name", "version")

    def __init__(self, name: str, version: str | None = None) -> None:
        self.name = name
        self.version = version

    def get_environment(self, workspace: Workspace) -> Environment:
        """Return the environment this names.

        Raises:
            UserErrorException: there is none.
        """
        return Environment.get(workspace, self.name, self.version)
