"""Environments made from a file, an image or what is installed: the `from_…` methods of `Environment`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Union

from lazulite.sdk import environment_files, requirement_lines
from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.docker_section import dockerfile_text
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.container_registry import ContainerRegistry
    from lazulite.sdk.environment import Environment
    from lazulite.sdk.environment_sections import DockerBuildContext

PathText = Union[str, "os.PathLike[str]"]


class Sources:
    """Static methods that make an `Environment`."""

    @staticmethod
    def from_conda_specification(name: str, file_path: PathText) -> Environment:
        """Return an environment with the packages of a conda specification file.

        Args:
            name: The environment's name.
            file_path: The file (YAML).

        Raises:
            FileNotFoundError: there is no such file.
            UserErrorException: it is not a conda specification.
        """
        environment = _named(name)
        environment.python.conda_dependencies = CondaDependencies(file_path)
        return environment

    @staticmethod
    def from_pip_requirements(name: str, file_path: PathText, pip_version: str | None = None) -> Environment:
        """Return an environment with the packages of a pip requirements file, included files among them.

        Args:
            name: The environment's name.
            file_path: The file.
            pip_version: The version of pip to install with. Held; the installer here is uv or the machine's pip.

        Raises:
            FileNotFoundError: there is no such file.
            UserErrorException: it cannot be read.
        """
        packages = CondaDependencies()
        packages.set_pip_requirements(requirement_lines.read(Path(file_path)))
        packages.add_conda_package(f"pip={pip_version}" if pip_version else "pip")
        environment = _named(name)
        environment.python.conda_dependencies = packages
        return environment

    @staticmethod
    def from_existing_conda_environment(name: str, conda_environment_name: str) -> Environment:
        """Return an environment with what is in a conda environment of this machine.

        Raises:
            UserErrorException: conda is not installed, or has no such environment.
        """
        environment = _named(name)
        environment.python.conda_dependencies = environment_files.of_conda(conda_environment_name)
        return environment

    @staticmethod
    def from_docker_image(
        name: str,
        image: str,
        container_registry: ContainerRegistry | None = None,
        conda_specification: PathText | None = None,
        pip_requirements: PathText | None = None,
    ) -> Environment:
        """Return an environment that names an image, with the packages of at most one file besides.

        Without a file the image's own Python is meant; on compute without containers the step then runs with the
        interpreter at hand, as it is, and its log says so.

        Raises:
            UserErrorException: both files are given, or one cannot be read.
        """
        environment = _with_packages(name, conda_specification, pip_requirements)
        environment.docker.base_image = image
        if container_registry is not None:
            environment.docker.base_image_registry = container_registry
        return environment

    @staticmethod
    def from_dockerfile(
        name: str,
        dockerfile: str,
        conda_specification: PathText | None = None,
        pip_requirements: PathText | None = None,
    ) -> Environment:
        """Return an environment that holds a Dockerfile, with the packages of at most one file besides.

        Args:
            name: The environment's name.
            dockerfile: The path of a Dockerfile, or its text.
            conda_specification: A conda specification file.
            pip_requirements: A pip requirements file.

        Raises:
            UserErrorException: both files are given, or one cannot be read.
        """
        environment = _with_packages(name, conda_specification, pip_requirements)
        environment.docker.base_dockerfile = dockerfile_text(dockerfile)
        return environment

    @staticmethod
    def from_docker_build_context(name: str, docker_build_context: DockerBuildContext) -> Environment:
        """Return an environment that is built from a folder or repository with a Dockerfile."""
        environment = _named(name)
        environment.python.user_managed_dependencies = True
        environment.docker.build_context = docker_build_context
        return environment


def _named(name: str) -> Environment:
    from lazulite.sdk.environment import Environment

    return Environment(name)


def _with_packages(name: str, conda: PathText | None, pip: PathText | None) -> Environment:
    if conda is not None and pip is not None:
        raise UserErrorException("Give either conda_specification or pip_requirements, not both.")
    if conda is not None:
        return Sources.from_conda_specification(name, conda)
    if pip is not None:
        return Sources.from_pip_requirements(name, pip)
    environment = _named(name)
    environment.python.user_managed_dependencies = True
    return environment
