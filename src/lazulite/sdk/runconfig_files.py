"""Run configurations in files: `<project>/.azureml/<name>.runconfig`, one YAML document each.

v1 put the packages of all configurations of a project into one file beside them, where the last one saved won; here
each document holds its own. Both forms are read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lazulite.sdk import conda_file
from lazulite.sdk.config_element import without_secrets
from lazulite.sdk.exceptions import UserErrorException

if TYPE_CHECKING:
    from lazulite.sdk.run_configuration import RunConfiguration

AZUREML_DIR = ".azureml"
AML_CONFIG_DIR = "aml_config"
RUNCONFIGURATION_EXTENSION = ".runconfig"
LOCAL_RUNCONFIG_NAME = "local"
_PACKAGES_FILE = "condaDependenciesFile"


def save(configuration: RunConfiguration, project: Path, name: str, *, separate_environment: bool) -> Path:
    """Write a configuration below a project folder and return the file.

    Raises:
        UserErrorException: the name is not the name of a file, or it cannot be written.
    """
    import yaml

    target = _folder(project) / _file_name(name)
    document = configuration._document()  # noqa: SLF001 - the SDK's own seam
    private = without_secrets(document) != document
    if separate_environment:
        beside = target.with_name(f"{target.name.removesuffix(RUNCONFIGURATION_EXTENSION)}.environment.yml")
        conda_file.save(yaml.safe_dump(document["environment"], sort_keys=False), beside, private=private)
        document["environment"] = beside.name
    conda_file.save(yaml.safe_dump(document, sort_keys=False), target, private=private)
    return target


def find(path: Path, name: str | None) -> Path:
    """Return the file of a configuration: `path` itself, or the one of that name in the project `path`.

    Raises:
        UserErrorException: there is none; the message names those there are.
    """
    if name is None and path.is_file():
        return path
    folders = [path / AZUREML_DIR, path / AML_CONFIG_DIR, path]
    names = [name, name + RUNCONFIGURATION_EXTENSION] if name else []
    for folder in folders:
        for candidate in names:
            if (folder / candidate).is_file():
                return folder / candidate
    known = sorted(
        {file.stem for folder in folders for file in folder.glob(f"*{RUNCONFIGURATION_EXTENSION}")}
    )
    which = f"no run configuration {name!r}" if name else "no run configuration file"
    hint = f"It has: {', '.join(known)}." if known else "It has none."
    raise UserErrorException(f"There is {which} in {str(path)!r}. {hint}")


def read(file: Path) -> dict[str, Any]:
    """Return the document in a configuration's file, with its environment and packages in it.

    Raises:
        UserErrorException: it cannot be read, or a file it refers to does not exist.
    """
    document = _yaml(file)
    environment = document.get("environment")
    if isinstance(environment, str):
        environment = document["environment"] = _yaml(_beside(file, environment))
    python = (environment or {}).get("python") or {}
    packages = python.get(_PACKAGES_FILE)
    if packages and "condaDependencies" not in python:
        structure, asked = conda_file.read(_beside(file, packages))
        python |= {"condaDependencies": structure, "pythonVersionAsked": asked, _PACKAGES_FILE: None}
    return document


def delete(path: Path, name: str) -> None:
    """Remove a configuration's file.

    Raises:
        UserErrorException: there is none, or it cannot be removed.
    """
    file = find(path, name)
    try:
        file.unlink()
    except OSError as error:
        raise UserErrorException(f"{str(file)!r} cannot be removed: {error}.") from error


def _folder(project: Path) -> Path:
    """v1's rule: an `aml_config` folder of old is used if there is one."""
    old, new = project / AML_CONFIG_DIR, project / AZUREML_DIR
    return old if old.is_dir() and not new.is_dir() else new


def _file_name(name: str) -> str:
    if not name or os.sep in name or name in (".", ".."):
        raise UserErrorException(f"{name!r} is not a name for a run configuration: it becomes a file's name.")
    return name if name.endswith(RUNCONFIGURATION_EXTENSION) else name + RUNCONFIGURATION_EXTENSION


def _beside(file: Path, relative: str) -> Path:
    """v1 wrote such paths relative to the project, people write them relative to the file."""
    for base in (file.parent.parent, file.parent):
        if (base / relative).is_file():
            return base / relative
    raise UserErrorException(
        f"{str(file)!r} refers to {relative!r}, which is neither in its project nor beside it."
    )


def _yaml(file: Path) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserErrorException(f"{str(file)!r} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise UserErrorException(f"{str(file)!r} is not a run configuration: expected a mapping.")
    return document
