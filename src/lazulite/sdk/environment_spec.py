"""An `Environment` as the part that decides how a step runs, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lazulite.model.environment import EnvironmentSpec
from lazulite.sdk.conda_dependencies import CondaDependencies
from lazulite.sdk.docker_section import DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.package_words import is_option

if TYPE_CHECKING:
    from lazulite.sdk.environment import Environment


def spec_of(environment: Environment) -> EnvironmentSpec:
    """Return what `environment` asks for.

    Raises:
        FileNotFoundError: its conda specification file does not exist.
        UserErrorException: a file its packages refer to does not exist or cannot be read.
    """
    docker, python = environment.docker, environment.python
    dockerfile = docker.base_dockerfile
    if docker.build_context is not None:
        dockerfile = f"{docker.build_context.location}: {docker.build_context.dockerfile_path}"
    # v1's base images hold a Python and MPI: naming one asks for nothing that a step would miss.
    chosen = docker.base_image not in (DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE)
    common: dict[str, Any] = {
        "name": environment.name or "project_environment",
        "version": environment.version,
        "variables": variables(environment.environment_variables),
        "image": docker.base_image if chosen else None,
        "dockerfile": dockerfile,
    }
    if python.user_managed_dependencies:
        path = python.interpreter_path
        own = None if path in (None, "", "python") else path
        return EnvironmentSpec(**common, user_managed=True, interpreter_path=own)
    return EnvironmentSpec(**common, **_packages(python._effective()))  # noqa: SLF001 - ours


def environment_of(spec: EnvironmentSpec) -> Environment:
    """Return an environment that asks for what `spec` asks for."""
    from lazulite.sdk.environment import Environment

    found = Environment(spec.name)
    found.version = spec.version
    found.environment_variables = dict(spec.variables)
    found.python.user_managed_dependencies = spec.user_managed
    found.python.interpreter_path = spec.interpreter_path or "python"
    packages = CondaDependencies(
        _underlying_structure={
            "name": "project_environment",
            "dependencies": [*spec.conda, {"pip": [*spec.pip_options, *spec.pip]}],
            "channels": [*spec.channels],
        }
    )
    if spec.python:
        packages.add_conda_package(
            f"python={spec.python}" if spec.python[0].isdigit() else f"python{spec.python}"
        )
    found.python.conda_dependencies = packages
    if spec.image:
        found.docker.base_image = spec.image
    elif spec.dockerfile:
        found.docker.base_dockerfile = spec.dockerfile + "\n"
    return found


def variables(given: Mapping[str, str] | None) -> dict[str, str]:
    """Return environment variables as texts.

    Raises:
        UserErrorException: it is not a mapping, or a name is not text.
    """
    if given is not None and not isinstance(given, Mapping):
        raise UserErrorException(f"environment_variables is a dictionary, and {given!r} was given.")
    for name in given or {}:
        if not isinstance(name, str) or not name or "=" in name:
            raise UserErrorException(f"{name!r} is not the name of an environment variable.")
    return {name: str(value) for name, value in (given or {}).items()}


def _packages(packages: CondaDependencies) -> dict[str, Any]:
    lines = packages._lines()  # noqa: SLF001 - ours
    return {
        "python": packages._python_pin(),  # noqa: SLF001
        "pip": tuple(line for line in lines if not is_option(line)),
        "pip_options": tuple(line for line in lines if is_option(line)),
        "conda": tuple(packages._conda_without_python()),  # noqa: SLF001
        "channels": tuple(packages.conda_channels),
    }
