"""The parts of an `Environment`. v1: the sections in `azureml.core.environment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.config_element import ConfigElement, refuse_unknown
from lazulite.sdk.docker_section import (
    DockerBuildContext,
    DockerEnvironment,
    DockerImageDetails,
    DockerImagePlatform,
    DockerSection,
)
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.r_section import RCranPackage, RGitHubPackage, RSection

__all__ = [
    "DockerBuildContext",
    "DockerEnvironment",
    "DockerImageDetails",
    "DockerImagePlatform",
    "DockerSection",
    "PythonEnvironment",
    "PythonSection",
    "RCranPackage",
    "RGitHubPackage",
    "RSection",
    "SparkEnvironment",
    "SparkPackage",
    "SparkSection",
]

#: In documents: whether the Python version among the packages was asked for, or is the default.
_ASKED = "pythonVersionAsked"


class PythonSection(ConfigElement):
    """The Python part of an environment. v1: `PythonSection`.

    Attributes:
        interpreter_path: With `user_managed_dependencies`: the interpreter to run. "python" is the one at hand.
        user_managed_dependencies: True: run an interpreter as it is, install nothing.
        conda_dependencies: A `CondaDependencies`: what is to be installed.
        conda_dependencies_file: v1's older way: a conda specification file, in place of `conda_dependencies`.
    """

    FIELDS: ClassVar[tuple[str, ...]] = (
        "user_managed_dependencies",
        "interpreter_path",
        "conda_dependencies_file",
        "base_conda_environment",
        "conda_dependencies",
    )

    def __init__(self, **kwargs: Any) -> None:
        refuse_unknown(type(self).__name__, kwargs)
        self.user_managed_dependencies = False
        self.interpreter_path: str | None = "python"
        self.base_conda_environment: str | None = None
        self._conda_dependencies_file: str | None = None
        self._conda_dependencies = CondaDependencies()

    @property
    def conda_dependencies(self) -> CondaDependencies:
        """What is to be installed. None may be assigned, and means nothing."""
        return self._conda_dependencies

    @conda_dependencies.setter
    def conda_dependencies(self, value: CondaDependencies | None) -> None:
        if value is not None and not isinstance(value, CondaDependencies):
            raise UserErrorException(
                f"conda_dependencies is a CondaDependencies, and {value!r} was given. "
                "Use CondaDependencies.create(pip_packages=[…]) or CondaDependencies(file)."
            )
        nothing = CondaDependencies.create(pip_packages=[], python_version=None)
        self._conda_dependencies = nothing if value is None else value

    @property
    def conda_dependencies_file(self) -> str | None:
        """The conda specification file that is used in place of `conda_dependencies`, if one is set."""
        return self._conda_dependencies_file

    @conda_dependencies_file.setter
    def conda_dependencies_file(self, value: str | None) -> None:
        self._conda_dependencies_file = value

    def _effective(self) -> CondaDependencies:
        """What is to be installed, whichever way it was said."""
        if self._conda_dependencies_file:
            return CondaDependencies(self._conda_dependencies_file)
        return self._conda_dependencies

    def _document(self) -> dict[str, Any]:
        asked = self._conda_dependencies._explicit_python  # noqa: SLF001 - ours
        return {**super()._document(), _ASKED: asked}

    def _read(self, document: Mapping[str, Any], place: str) -> None:
        if not isinstance(document, Mapping) or _ASKED not in document:
            super()._read(document, place)
            return
        super()._read({key: value for key, value in document.items() if key != _ASKED}, place)
        self._conda_dependencies._explicit_python = bool(document[_ASKED])  # noqa: SLF001 - ours

    def _take(self, name: str, value: Any, place: str) -> None:
        if name == "conda_dependencies" and isinstance(value, Mapping):
            self._conda_dependencies = CondaDependencies(_underlying_structure=dict(value))
        else:
            super()._take(name, value, place)


class PythonEnvironment(PythonSection):
    """Former name of `PythonSection`. v1: `PythonEnvironment`."""

    def __init__(self) -> None:
        super().__init__()


class SparkPackage(ConfigElement):
    """A Maven package for Spark. v1: `SparkPackage`.

    Args:
        group: Its group.
        artifact: Its artifact.
        version: Its version.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("group", "artifact", "version")

    def __init__(
        self, group: str | None = None, artifact: str | None = None, version: str | None = None
    ) -> None:
        self.group = group
        self.artifact = artifact
        self.version = version


class SparkSection(ConfigElement):
    """The Spark part of an environment. v1: `SparkSection`.

    Attributes:
        repositories: Maven repositories.
        packages: List of `SparkPackage`.
        precache_packages: v1: whether packages are put into the image.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ("repositories", "packages", "precache_packages")
    ELEMENTS: ClassVar[dict[str, type[ConfigElement]]] = {"packages": SparkPackage}

    def __init__(self, **kwargs: Any) -> None:
        refuse_unknown(type(self).__name__, kwargs)
        self.repositories: list[str] = []
        self.packages: list[SparkPackage] = []
        self.precache_packages = True


class SparkEnvironment(SparkSection):
    """Former name of `SparkSection`. v1: `SparkEnvironment`."""

    def __init__(self) -> None:
        super().__init__()
