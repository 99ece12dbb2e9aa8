"""conda package specifications as PyPI requirements, because environments here are virtual environments.

Most packages have the same name in both worlds; `conda_names` holds those that have not. What exists only for
conda (compilers, CUDA, MPI, system libraries) is left out with a note, for the machine to provide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from lazulite.environments.conda_names import RENAMED, is_conda_only
from lazulite.model.errors import EnvironmentFailed

#: Every environment has them, or something better.
_GIVEN = ("pip", "python")
_SPEC = re.compile(
    r"(?:(?P<channel>[^:\s]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9._-]*)\s*(?P<rest>.*)", re.DOTALL
)
_BRACKET_VERSION = re.compile(r"version\s*=\s*['\"]?(?P<version>[^'\"\]]+?)['\"]?\s*(?:,|\])")
_FUZZY = re.compile(r"=(?P<version>[^=<>!~,|\s]+)(?:=\S+)?")
_EXACT = re.compile(r"(?P<version>[^=<>!~,|\s]+)(?:\s+\S+)?")


@dataclass(frozen=True)
class Converted:
    """Requirements for PyPI, and a sentence for each specification that has none."""

    requirements: tuple[str, ...]
    notes: tuple[str, ...]


def to_pypi(specifications: Iterable[str]) -> Converted:
    """Return what the conda specifications ask for, as requirements.

    Raises:
        EnvironmentFailed: one of them cannot be read, or its versions cannot be said in PyPI's words.
    """
    requirements: list[str] = []
    skipped: list[str] = []
    for specification in specifications:
        name, rest = _parts(specification)
        if name in _GIVEN:
            continue
        if is_conda_only(name):
            skipped.append(specification.strip())
        else:
            requirements.append(RENAMED.get(name, name) + _versions(specification, rest))
    note = (
        f"Not installed, because they exist for conda only: {', '.join(skipped)}. "
        "If the step needs them, this machine has to provide them."
    )
    return Converted(tuple(requirements), (note,) if skipped else ())


def _parts(specification: str) -> tuple[str, str]:
    match = _SPEC.fullmatch(specification.strip())
    if match is None:
        raise EnvironmentFailed(
            f"{specification!r} is not a conda package specification. Expected for example 'numpy', 'numpy=1.26' or "
            "'conda-forge::numpy>=1.26'."
        )
    written = match["name"]
    name = canonicalize_name(written)
    return ("_" + name.lstrip("-") if written.startswith("_") else name), match["rest"].strip()


def _versions(specification: str, rest: str) -> str:
    """Return the version part as PEP 440 writes it: `=1.2` is `==1.2.*`, a bare `1.2` is `==1.2`."""
    if rest.startswith("["):
        found = _BRACKET_VERSION.search(rest)
        rest = found["version"].strip() if found else ""
        if rest and rest[0].isdigit():
            rest = f"={rest}" if rest.endswith("*") else f"=={rest}"
    if rest in ("", "*", "=*"):
        return ""
    if "|" in rest:
        raise EnvironmentFailed(
            f"The conda specification {specification!r} has alternatives ('|'), which PyPI's requirements cannot say. "
            "Write one range of versions instead."
        )
    if fuzzy := _FUZZY.fullmatch(rest):
        version = fuzzy["version"]
        text = f"=={version}" if version.endswith("*") else f"=={version}.*"
    elif exact := _EXACT.fullmatch(rest):
        text = f"=={exact['version']}"
    else:
        text = rest.replace(" ", "")
    text = re.sub(r"(?<=\d)\*", ".*", text)  # conda writes 1.2*, PEP 440 1.2.*
    try:
        return str(SpecifierSet(text))
    except InvalidSpecifier as error:
        raise EnvironmentFailed(
            f"The versions of the conda specification {specification!r} cannot be read as PyPI versions. "
            "Write for example 'numpy=1.26', 'numpy==1.26.4' or 'numpy>=1.26,<2'."
        ) from error
