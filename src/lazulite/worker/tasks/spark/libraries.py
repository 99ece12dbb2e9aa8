"""Python packages of a step, for `pypi_libraries` and `%pip`: in a folder that only this step imports from.

They lie beside Lazulite's own packages and win over them, without changing them; Spark and what it exchanges data with
stay as they are. A folder is kept by what is in it, so that the next step finds it ready.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lazulite.environments.locking import exclusive
from lazulite.environments.running import find_uv, run
from lazulite.model.errors import EnvironmentFailed

#: Packages of which the driver and the executors must have the ones that Spark was tried with.
_HELD = ("pyspark", "py4j", "pandas", "numpy", "pyarrow")
_READY = ".ready"


def installed(home: Path, packages: Sequence[str], indexes: Sequence[str] = ()) -> Path:
    """Return the folder with these packages, made now if it is not there.

    Args:
        home: The home folder.
        packages: As pip takes them.
        indexes: Addresses of package indexes besides the usual one.

    Raises:
        EnvironmentFailed: they cannot be installed; the message has the installer's words.
    """
    held = [f"{name}=={found}" for name in _HELD if (found := _version(name))]
    stamps = [
        f"{name} {stat.st_size} {stat.st_mtime_ns}" for name in packages if (stat := _stat(name)) is not None
    ]
    content = "\n".join(
        [*sorted(packages), *stamps, *indexes, *held, sysconfig.get_python_version(), sys.executable]
    )
    key = hashlib.sha256(content.encode()).hexdigest()[:24]
    folder = home / "environments" / "spark" / key
    folder.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(folder.with_suffix(".lock"), print):
        if not (folder / _READY).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _install(folder, packages, indexes, held)
            (folder / _READY).touch()
    return folder


def import_from(folder: Path) -> None:
    """Have this process import from a folder before anything else."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()


def _install(folder: Path, packages: Sequence[str], indexes: Sequence[str], held: Sequence[str]) -> None:
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(f"{line}\n" for line in held), encoding="utf-8")
    print(f"Installing {', '.join(packages)} for this step …", flush=True)
    more = [word for index in indexes for word in ("--extra-index-url", index)]
    uv = find_uv(sys.executable)
    start = (
        [uv, "pip", "install", "--quiet", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    ended = run(
        [*start, "--target", str(folder), "-c", str(constraints), *more, "--", *packages], print, folder
    )
    if ended.status:
        raise EnvironmentFailed(f"{', '.join(packages)} cannot be installed for this step. {ended.words}")


def _stat(name: str) -> os.stat_result | None:
    """Of a package that is a file of this machine."""
    return Path(name).stat() if "/" in name and Path(name).is_file() else None


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
