"""conda specification files: read with errors that name the place, written with what a reader needs to know."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lazulite.sdk.exceptions import UserErrorException

CHANNELS = "channels"
PACKAGES = "dependencies"
PIP = "pip"
_KEYS = ("name", CHANNELS, PACKAGES, "prefix", "variables")
#: Stands behind a Python version that nobody asked for, so that a file we wrote is read as it was meant.
_DEFAULT_MARK = "# the default; any Python will do"
_HEADER = """\
# A conda environment specification. What it lists is installed for the steps that use it,
# unless the environment says user_managed_dependencies=True.
"""


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], bool]:
    """Return the structure of a specification file, and whether its Python version was asked for.

    Raises:
        FileNotFoundError: there is no such file.
        UserErrorException: it is not a conda specification; the message says where.
    """
    import yaml

    place = Path(path)
    if not place.is_file():
        raise FileNotFoundError(f"The conda specification file {str(path)!r} does not exist.")
    try:
        text = place.read_text(encoding="utf-8-sig")
        structure = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserErrorException(
            f"The conda specification file {str(path)!r} cannot be read: {error}"
        ) from error
    return checked(structure, f"The conda specification file {str(path)!r}"), _DEFAULT_MARK not in text


def checked(structure: Any, place: str) -> dict[str, Any]:
    """Return the structure if it has the shape of a conda specification; pip's packages in one list.

    Raises:
        UserErrorException: it has not; the message begins with `place`.
    """
    if not isinstance(structure, Mapping):
        raise UserErrorException(
            f"{place} is not valid: expected a mapping with 'dependencies', and found {structure!r}."
        )
    for key in structure:
        if key not in _KEYS:
            raise UserErrorException(f"{place} has an unknown key {key!r}. Known are: {', '.join(_KEYS)}.")
    found = dict(structure)
    for key in (CHANNELS, PACKAGES):
        if found.get(key) is not None and not isinstance(found[key], list):
            raise UserErrorException(f"{place}: {key!r} must be a list, and is {found[key]!r}.")
    if PACKAGES in found:
        found[PACKAGES] = _packages(found[PACKAGES] or [], place)
    if CHANNELS in found:
        found[CHANNELS] = [str(channel) for channel in found[CHANNELS] or []]
    return found


def _packages(listed: list[Any], place: str) -> list[Any]:
    packages: list[Any] = []
    pip: list[str] | None = None
    for item in listed:
        if isinstance(item, str):
            packages.append(item.strip())
        elif isinstance(item, Mapping) and list(item) == [PIP] and isinstance(item[PIP], list | None):
            if pip is None:
                pip = []
                packages.append({PIP: pip})
            pip += [str(line).strip() for line in item[PIP] or []]
        else:
            raise UserErrorException(
                f"{place}: {item!r} is no dependency. Expected a conda package as text, or 'pip:' with a list."
            )
    return packages


def written(structure: Mapping[str, Any], *, python_asked: bool) -> str:
    """Return the text of a specification file."""
    import yaml

    body = yaml.safe_dump(dict(structure), sort_keys=False, default_flow_style=False, allow_unicode=True)
    if not python_asked:
        body = re.sub(r"^(- python\b.*)$", rf"\1  {_DEFAULT_MARK}", body, count=1, flags=re.MULTILINE)
    return f"{_HEADER}\n{body}"


def save(text: str, path: Path, *, private: bool = False) -> None:
    """Write a file by rename, so that a reader never sees half of it.

    Args:
        private: Whether only its owner may read it.

    Raises:
        UserErrorException: it cannot be written.
    """
    import uuid

    fresh = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UserErrorException(f"{str(path)!r} cannot be written: {error}.") from error
