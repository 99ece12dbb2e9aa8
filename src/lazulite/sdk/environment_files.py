"""Environments in folders, as v1 saved them: a JSON document, and the packages as a conda specification file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lazulite.sdk import conda_file
from lazulite.sdk.config_element import without_secrets
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.conda_dependencies import CondaDependencies
    from lazulite.sdk.environment import Environment

_DOCUMENT = "azureml_environment.json"
_PACKAGES = "conda_dependencies.yml"


def save(environment: Environment, path: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Write an environment's two files into a folder.

    Raises:
        FileExistsError: the folder exists and `overwrite` is False.
        UserErrorException: it cannot be written.
    """
    folder = Path(path)
    if folder.exists() and not overwrite:
        raise FileExistsError(f"{str(path)!r} exists already. Give overwrite=True to write into it.")
    document = environment._document()  # noqa: SLF001 - the SDK's own seam
    document["python"].pop("condaDependencies")
    conda_file.save(environment.python.conda_dependencies.serialize_to_string(), folder / _PACKAGES)
    private = without_secrets(document) != document
    conda_file.save(json.dumps(document, indent=4) + "\n", folder / _DOCUMENT, private=private)


def load(path: str | os.PathLike[str]) -> Environment:
    """Return the environment that `save` wrote into a folder.

    Raises:
        FileNotFoundError: the folder holds none.
        UserErrorException: a file is not what `save` writes.
    """
    from lazulite.sdk.conda_dependencies import CondaDependencies
    from lazulite.sdk.environment import Environment

    place = Path(path) / _DOCUMENT
    if not place.is_file():
        raise FileNotFoundError(f"{str(path)!r} holds no saved environment: there is no {_DOCUMENT} in it.")
    try:
        document = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserErrorException(f"{str(place)!r} cannot be read: {error}.") from error
    environment = Environment._of_document(document, str(place))  # noqa: SLF001 - the SDK's own seam
    packages = Path(path) / _PACKAGES
    if packages.is_file():
        environment.python.conda_dependencies = CondaDependencies(packages)
    return environment


def of_conda(environment_name: str) -> CondaDependencies:
    """Return what conda says is in one of its environments on this machine.

    Raises:
        UserErrorException: conda is not installed, has no such environment, or says something unreadable.
    """
    import shutil
    import subprocess

    import yaml

    from lazulite.sdk.conda_dependencies import CondaDependencies

    conda = os.environ.get("CONDA_EXE") or shutil.which("conda") or shutil.which("micromamba")
    if conda is None:
        raise UserErrorException(
            f"The conda environment {environment_name!r} cannot be read: there is no conda program on PATH. "
            "Export it where conda is ('conda env export -n NAME --no-builds > env.yml') and use "
            "Environment.from_conda_specification."
        )
    command = (conda, "env", "export", "-n", environment_name, "--no-builds")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise UserErrorException(f"conda could not export its environment {environment_name!r}:\n{said}")
    try:
        structure = yaml.safe_load(done.stdout)
    except yaml.YAMLError as error:
        raise UserErrorException(
            f"What conda exported for {environment_name!r} cannot be read: {error}"
        ) from error
    structure = conda_file.checked(structure, f"What conda exported for {environment_name!r}")
    structure.pop("prefix", None)
    found = CondaDependencies(_underlying_structure=structure)
    found._explicit_python = True  # noqa: SLF001 - the version that is there is meant
    return found
