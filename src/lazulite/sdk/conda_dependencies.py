"""`azureml.core.conda_dependencies`: the packages of an environment, in the shape of a conda specification."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import Any

from lazulite.sdk import conda_file, requirement_lines
from lazulite.sdk.conda_file import CHANNELS, PACKAGES, PIP
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.package_words import CPU, GPU, conda_parts, list_of, text, together, variant
from lazulite.sdk.pip_lines import (
    CNTK_DEFAULT_VERSION,
    CNTK_PACKAGE_PREFIX,
    TENSORFLOW_DEFAULT_VERSION,
    TENSORFLOW_PACKAGE_PREFIX,
    PipLines,
)

__all__ = [
    "CHANNELS",
    "CNTK_DEFAULT_VERSION",
    "CNTK_PACKAGE_PREFIX",
    "CONDA_FILE_NAME",
    "CPU",
    "GPU",
    "PACKAGES",
    "PIP",
    "PYTHON_DEFAULT_VERSION",
    "PYTHON_PREFIX",
    "TENSORFLOW_DEFAULT_VERSION",
    "TENSORFLOW_PACKAGE_PREFIX",
    "CondaDependencies",
]

PYTHON_DEFAULT_VERSION = "3.10.18"
PYTHON_PREFIX = "python"
CONDA_FILE_NAME = "auto_conda_dependencies.yml"
_DEFAULT_PIP = "azureml-defaults"
_PYTHON_VERSION = re.compile(
    r"\d+(\.\d+){0,2}(\.\*)?|((>=|<=|!=|==|>|<|~=)\s*\d+(\.\d+){0,2}(\.\*)?\s*,?\s*)+"
)


class CondaDependencies(PipLines):
    """The conda and pip packages, channels and Python version of an environment. v1: `CondaDependencies`.

    conda packages are taken from the Python package index here, under their names there; what exists for conda only
    (CUDA, compilers) has to be on the machine, and the step's log says so. Packages `azureml-*` are Lazulite itself.

    Args:
        conda_dependencies_file_path: A conda specification file to begin with. Without one: Python's default version
            and `azureml-defaults`.
        _underlying_structure: The same as data.

    Raises:
        FileNotFoundError: the file does not exist.
        UserErrorException: it is not a conda specification, or refers to a file that does not exist.

    Example:
        >>> packages = CondaDependencies.create(pip_packages=["scikit-learn==1.4.2"])
        >>> packages.add_pip_package("pandas>=2")
    """

    DEFAULT_NUMBER_OF_CONDA_PACKAGES = 0
    DEFAULT_NUMBER_OF_PIP_PACKAGES = 0

    def __init__(
        self,
        conda_dependencies_file_path: str | os.PathLike[str] | None = None,
        _underlying_structure: dict[str, Any] | None = None,
    ) -> None:
        self._file = Path(conda_dependencies_file_path) if conda_dependencies_file_path else None
        if self._file is not None:
            self._structure, self._explicit_python = conda_file.read(self._file)
            # Files it refers to are looked up now: what is used later does not know where this one stood.
            self._pip()[:] = requirement_lines.anchored(self._pip(), self._file.parent.resolve())
        elif _underlying_structure is not None:
            self._structure = conda_file.checked(
                copy.deepcopy(_underlying_structure), "The conda specification"
            )
            # In documents of our own the default stands as text: nobody asked for it there either.
            self._explicit_python = self.get_python_version() != PYTHON_DEFAULT_VERSION
        else:
            self._structure = {
                "name": "project_environment",
                PACKAGES: [f"python={PYTHON_DEFAULT_VERSION}", {PIP: [_DEFAULT_PIP]}],
                CHANNELS: ["anaconda", "conda-forge"],
            }
            self._explicit_python = False

    @staticmethod
    def create(
        pip_indexurl: str | None = None,
        pip_packages: list[str] | None = None,
        conda_packages: list[str] | None = None,
        python_version: str | None = PYTHON_DEFAULT_VERSION,
        pin_sdk_version: bool = True,
    ) -> CondaDependencies:
        """Return dependencies with these packages.

        Args:
            pip_indexurl: Package index in place of pip's own default.
            pip_packages: pip requirements; None: `azureml-defaults`.
            conda_packages: conda package specifications.
            python_version: The Python version, counted to its minor number. The default is a formality: any Python
                that runs Lazulite will do. None leaves it out.
            pin_sdk_version: No effect: the SDK in an environment is always the one that submits.

        Raises:
            UserErrorException: a list is something else, or the version cannot be read.
        """
        made = CondaDependencies()
        if pip_indexurl:
            made.set_pip_index_url(pip_indexurl)
        if pip_packages is not None:
            made.remove_pip_package(_DEFAULT_PIP)
            for package in list_of("pip_packages", pip_packages):
                made.add_pip_package(package)
        for package in list_of("conda_packages", conda_packages or []):
            made.add_conda_package(package)
        if not python_version:
            made._without_python()
        elif python_version != PYTHON_DEFAULT_VERSION:
            made.set_python_version(python_version)
        return made

    @staticmethod
    def merge_requirements(requirements: list[str]) -> list[str]:
        """Return requirements with those of one name put together: `["a>1", "a<2"]` gives `["a>1,<2"]`.

        Args:
            requirements: pip requirements.
        """
        merged: dict[str, str] = {}
        for requirement in list_of("requirements", requirements):
            key = requirement_lines.name_of(requirement) or requirement
            earlier = merged.get(key)
            merged[key] = requirement if earlier is None else together(earlier, requirement)
        return list(merged.values())

    @staticmethod
    def sdk_origin_url() -> str:
        """Return the package index that pip is set to use by its variables; "" for its own default."""
        return os.environ.get("PIP_INDEX_URL") or os.environ.get("UV_DEFAULT_INDEX") or ""

    # --- what is in it ---

    @property
    def conda_channels(self) -> list[str]:
        """The channels."""
        return list(self._structure.get(CHANNELS, []))

    @property
    def conda_packages(self) -> list[str]:
        """The conda packages, `python` among them."""
        return [item for item in self._structure.get(PACKAGES, []) if isinstance(item, str)]

    def get_default_number_of_packages(self) -> tuple[int, int]:
        """Return how many conda and how many pip packages dependencies have to begin with."""
        return 1, 1

    def get_python_version(self) -> str | None:
        """Return the version behind `python`; None if there is none."""
        for package in self.conda_packages:
            name, rest = conda_parts(package)
            if name == PYTHON_PREFIX:
                found = re.search(r"\d[\d.]*\d|\d", rest)
                return found[0] if found else None
        return None

    def as_dict(self) -> dict[str, Any]:
        """Return the specification as data."""
        return copy.deepcopy(self._structure)

    def serialize_to_string(self) -> str:
        """Return the text of a specification file."""
        return conda_file.written(self._structure, python_asked=self._explicit_python)

    # --- changing it ---

    def add_channel(self, channel: str) -> None:
        """Add a conda channel. Channels are kept and have no effect here."""
        channels = self._structure.setdefault(CHANNELS, [])
        if text("channel", channel) not in channels:
            channels.append(channel)

    def remove_channel(self, channel: str) -> None:
        """Remove a conda channel, if it is there."""
        self._structure[CHANNELS] = [item for item in self.conda_channels if item != channel]

    def add_conda_package(self, conda_package: str) -> None:
        """Add a conda package, such as `numpy` or `scikit-learn=1.4`; one of the same name is replaced.

        Raises:
            UserErrorException: it is not a conda package specification.
        """
        name, rest = conda_parts(text("conda_package", conda_package))
        if name == PYTHON_PREFIX:
            self._explicit_python = bool(rest)
        packages = self._structure.setdefault(PACKAGES, [])
        for index, item in enumerate(packages):
            if isinstance(item, str) and conda_parts(item)[0] == name:
                packages[index] = conda_package
                return
        packages.append(conda_package)

    def remove_conda_package(self, conda_package: str) -> None:
        """Remove the conda package of that name, if it is there; a version in the argument does not matter.

        Raises:
            UserErrorException: it is `python`.
        """
        name, _ = conda_parts(text("conda_package", conda_package))
        if name == PYTHON_PREFIX:
            raise UserErrorException(
                "Python cannot be removed from conda dependencies. Use set_python_version, or create(python_version=None)."
            )
        self._structure[PACKAGES] = [
            item
            for item in self._structure.get(PACKAGES, [])
            if not isinstance(item, str) or conda_parts(item)[0] != name
        ]

    def set_python_version(self, version: str) -> None:
        """Set the Python version the environment must have; it counts to its minor number.

        Args:
            version: Such as "3.11", or a range such as ">=3.10,<3.13".

        Raises:
            UserErrorException: it cannot be read.
        """
        asked = text("version", version).strip()
        if not _PYTHON_VERSION.fullmatch(asked):
            raise UserErrorException(f"{version!r} is not a Python version. Expected for example '3.11'.")
        self.add_conda_package(f"python={asked}" if asked[0].isdigit() else f"python{asked}")
        self._explicit_python = True

    def add_tensorflow_conda_package(self, core_type: str = CPU, version: str | None = None) -> None:
        """Add TensorFlow as a conda package, for "cpu" or "gpu"; without a version, the one v1 took."""
        name = variant(TENSORFLOW_PACKAGE_PREFIX, core_type)
        self.add_conda_package(f"{name}={version or TENSORFLOW_DEFAULT_VERSION}")

    # --- files ---

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write a conda specification file.

        Args:
            path: The file; None: the one these dependencies were read from.

        Raises:
            UserErrorException: no file is given or known, it is a folder, or it cannot be written.
        """
        target = Path(path) if path is not None else self._file
        if target is None:
            raise UserErrorException(
                "These dependencies were not read from a file: give the path to save to."
            )
        if target.is_dir():
            raise UserErrorException(f"{str(target)!r} is a folder: give the path of a file to save to.")
        conda_file.save(self.serialize_to_string(), target)

    def save_to_file(self, base_directory: str | os.PathLike[str], conda_file_path: str | None = None) -> str:
        """Write a conda specification file below a project folder, and return its path relative to it.

        Args:
            base_directory: The project folder.
            conda_file_path: Where in it; None: `.azureml/auto_conda_dependencies.yml`.
        """
        relative = conda_file_path or f".azureml/{CONDA_FILE_NAME}"
        self.save(Path(base_directory) / relative)
        return relative

    # --- for the rest of the SDK ---

    def _without_python(self) -> None:
        self._structure[PACKAGES] = [
            item
            for item in self._structure[PACKAGES]
            if not isinstance(item, str) or conda_parts(item)[0] != PYTHON_PREFIX
        ]
        self._explicit_python = False

    def _python_pin(self) -> str | None:
        """The Python version that was asked for, as a version or a range; None if none was."""
        if not self._explicit_python:
            return None
        for package in self.conda_packages:
            name, rest = conda_parts(package)
            if name == PYTHON_PREFIX and rest:
                return rest if rest[0] in "<>!~" else re.split(r"[=\s]", rest.lstrip("= "))[0]
        return None

    def _lines(self) -> list[str]:
        """The pip lines, with files they refer to unrolled, and relative paths made absolute."""
        return requirement_lines.anchored(self._pip(), Path.cwd())

    def _conda_without_python(self) -> list[str]:
        return [package for package in self.conda_packages if conda_parts(package)[0] != PYTHON_PREFIX]

    def __repr__(self) -> str:
        return self.serialize_to_string()
