"""The content key of an environment: equal for definitions that ask for the same, on every machine.

What counts: Python's minor version, the requirements (normalised, in any order), constraints and options; of local
files and folders their content. What does not: names, versions and variables of the definition, channels, images,
paths, and `azureml-*`, which Lazulite itself stands in for.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lazulite.environments.requirements import Line, Wanted, wanted
from lazulite.model.environment import EnvironmentSpec

_CHUNK = 1 << 20
_IGNORED = frozenset({".git", "__pycache__", ".venv", "build", "dist"})


def environment_key(spec: EnvironmentSpec, interpreter_version: str) -> str:
    """Return the key of what `spec` asks for, run by a Python of `interpreter_version` ("3.11.7" or "3.11").

    Raises:
        EnvironmentFailed: the definition cannot be read.
    """
    if spec.user_managed:
        return digest({"python": minor(interpreter_version), "user_managed": True})
    return key_of(wanted(spec), interpreter_version)


def key_of(asked: Wanted, interpreter_version: str) -> str:
    """Return the key for requirements that were read already."""
    return digest(
        {
            "python": minor(interpreter_version),
            "requirements": sorted({_normal_line(line) for line in asked.requirements}),
            "constraints": sorted({_normal(constraint) for constraint in asked.constraints}),
            "options": [[option.name, option.value] for option in asked.options],
        }
    )


def digest(content: object) -> str:
    """Return 32 hexadecimal digits over the JSON form of `content`."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def minor(version: str) -> str:
    """Return "3.11" of "3.11.7"."""
    return ".".join(version.split(".")[:2])


def _normal_line(line: Line) -> str:
    if line.path is not None:
        editable = "editable" if line.text.startswith("-") else "local"
        return f"{editable}:{_content(line.path)}"
    if line.parsed is None:
        return line.text
    # The text after the requirement holds hashes, which are part of what is asked.
    return _normal(line.parsed) + line.text.partition(" --")[2]


def _normal(requirement: Requirement) -> str:
    extras = ",".join(sorted(canonicalize_name(extra) for extra in requirement.extras))
    versions = ",".join(sorted(str(specifier) for specifier in requirement.specifier))
    where = f" @ {requirement.url}" if requirement.url else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{canonicalize_name(requirement.name)}[{extras}]{versions}{where}{marker}"


def _content(path: Path) -> str:
    """Digest of a file, or of the names and bytes of the files in a folder."""
    found = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(_files(path)):
        found.update(str(file.relative_to(path)).encode() + b"\0")
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
    return found.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = []
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        if file.is_file() and not any(part in _IGNORED or part.endswith(".egg-info") for part in parts):
            found.append(file)
    return found
