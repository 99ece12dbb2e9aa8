"""Makes `lazulite` and `azureml` importable in a built environment: scripts log metrics and reach their workspace.

Our packages are linked, not installed: the environment then has exactly the code that runs it. What they need is
installed afterwards, bound to the versions the user's own requirements led to, so that those never move.
"""

from __future__ import annotations

import contextlib
import os
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

_PACKAGES = ("lazulite", "azureml")
_HERE = Path(__file__).resolve().parents[2]


def supports(version: str) -> bool:
    """Tell whether our packages can be imported by a Python of this version."""
    try:
        needed = metadata.metadata("lazulite")["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        needed = ""
    return SpecifierSet(needed).contains(version, prereleases=True)


def link(site_packages: Path) -> tuple[str, ...]:
    """Point `site_packages/{lazulite,azureml}` to the packages that are running now; right links stay untouched.

    Returns:
        The names that the user's requirements brought a package for: those are left alone.

    Raises:
        OSError: the folder cannot be written.
    """
    theirs: list[str] = []
    for name in _PACKAGES:
        source = _HERE / name
        place = site_packages / name
        if not source.is_dir() or _points_to(place, source):
            continue
        if place.exists() and not place.is_symlink():
            theirs.append(name)
            continue
        fresh = site_packages / f".{name}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        fresh.symlink_to(source, target_is_directory=True)
        fresh.replace(place)
    return tuple(theirs)


def runtime_requirements() -> tuple[str, ...]:
    """Return what our own packages need at run time, by the metadata of the installed distribution."""
    try:
        declared = metadata.requires("lazulite") or []
    except metadata.PackageNotFoundError:
        return ()
    return tuple(text for text in declared if "extra" not in str(Requirement(text).marker or ""))


def _points_to(place: Path, source: Path) -> bool:
    try:
        return place.is_symlink() and place.resolve() == source
    except OSError:
        return False
