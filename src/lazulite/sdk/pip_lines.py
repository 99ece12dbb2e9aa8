"""The pip part of `CondaDependencies`: its requirement lines and options."""

from __future__ import annotations

import copy
from typing import Any

from lazulite.sdk import requirement_lines
from lazulite.sdk.conda_file import PACKAGES, PIP
from lazulite.sdk.exceptions import UserErrorException
from lazulite.sdk.package_words import CPU, is_option, list_of, option_name, text, variant

CNTK_DEFAULT_VERSION = "2.7"
TENSORFLOW_DEFAULT_VERSION = "2.2.0"
TENSORFLOW_PACKAGE_PREFIX = "tensorflow"
CNTK_PACKAGE_PREFIX = "cntk"


class PipLines:
    """Lines as in a pip requirements file, within the structure of a conda specification."""

    _structure: dict[str, Any]

    def _document(self) -> dict[str, Any]:
        return copy.deepcopy(self._structure)

    @property
    def pip_packages(self) -> list[str]:
        """The pip requirements, without options."""
        return [line for line in self._pip() if not is_option(line)]

    @property
    def pip_options(self) -> list[str]:
        """The pip options, one with its value each."""
        return [line for line in self._pip() if is_option(line)]

    def add_pip_package(self, pip_package: str) -> None:
        """Add a pip requirement, such as `pandas>=2`; one for the same name is replaced.

        Raises:
            UserErrorException: it is not text, or empty.
        """
        name = requirement_lines.name_of(text("pip_package", pip_package))
        lines = self._pip()
        for index, line in enumerate(lines):
            if line == pip_package or (name is not None and requirement_lines.name_of(line) == name):
                lines[index] = pip_package
                return
        lines.append(pip_package)

    def remove_pip_package(self, pip_package: str) -> None:
        """Remove the pip requirement for that name, if it is there; a version in the argument does not matter."""
        name = requirement_lines.name_of(text("pip_package", pip_package))
        lines = self._pip()
        lines[:] = [
            line
            for line in lines
            if line != pip_package and (name is None or requirement_lines.name_of(line) != name)
        ]

    def set_pip_requirements(self, pip_requirements: list[str]) -> None:
        """Replace all pip requirements and options by these lines."""
        self._pip()[:] = [str(line) for line in list_of("pip_requirements", pip_requirements)]

    def set_pip_index_url(self, index_url: str) -> None:
        """Set the package index: its address, or v1's form `--index-url <address>`."""
        given = text("index_url", index_url).strip()
        self.set_pip_option(given if given.startswith("-") else f"--index-url {given}")

    def set_pip_option(self, pip_option: str) -> None:
        """Add a pip option with its value, such as `--extra-index-url https://…`; the same option is replaced.

        Raises:
            UserErrorException: it does not begin with `-`.
        """
        option = text("pip_option", pip_option).strip()
        if not option.startswith("-"):
            raise UserErrorException(f"{pip_option!r} is not a pip option: expected for example '--pre'.")
        self.remove_pip_option(option_name(option))
        self._pip().append(option)

    def remove_pip_option(self, pip_option: str) -> None:
        """Remove the pip option of that name, if it is there."""
        name = option_name(text("pip_option", pip_option))
        lines = self._pip()
        lines[:] = [line for line in lines if not (is_option(line) and option_name(line) == name)]

    def add_tensorflow_pip_package(self, core_type: str = CPU, version: str | None = None) -> None:
        """Add TensorFlow as a pip requirement, for "cpu" or "gpu"; without a version, the one v1 took."""
        name = variant(TENSORFLOW_PACKAGE_PREFIX, core_type)
        self.add_pip_package(f"{name}=={version or TENSORFLOW_DEFAULT_VERSION}")

    def add_cntk_package(self, core_type: str = CPU) -> None:
        """Add CNTK as a pip requirement, for "cpu" or "gpu"."""
        self.add_pip_package(f"{variant(CNTK_PACKAGE_PREFIX, core_type)}=={CNTK_DEFAULT_VERSION}")

    def _pip(self) -> list[str]:
        """The list of pip lines itself."""
        packages = self._structure.setdefault(PACKAGES, [])
        for item in packages:
            if isinstance(item, dict):
                lines: list[str] = item[PIP]
                return lines
        fresh: list[str] = []
        packages.append({PIP: fresh})
        return fresh
