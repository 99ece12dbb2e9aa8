"""What an interpreter is and has: its version, the values for requirement markers, its installed distributions.

Another interpreter is asked by running it once; the answer is kept in a file and is good as long as neither the
interpreter nor any folder on its path has changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from lazulite.model import codec
from lazulite.model.errors import Corrupt, EnvironmentFailed

#: Run by the interpreter in question, which may be an old Python without any package.
_QUESTION = r"""
import json, os, platform, sys
def version(info):
    text = "%d.%d.%d" % info[:3]
    return text if info[3] == "final" else text + info[3][0] + str(info[4])
sys.path[:] = [p for p in sys.path if p and p != os.getcwd()]
found = {}
try:
    from importlib import metadata
    for item in metadata.distributions():
        name = item.metadata["Name"]
        if name and name not in found:
            found[name] = [item.version, list(item.requires or [])]
except ImportError:
    pass
print(json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "folders": sys.path,
    "installed": found,
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": version(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    },
}))
"""
_TIMEOUT_SECONDS = 60


#: Answers that this process read or was given, by the file that keeps them.
_asked: dict[Path, Interpreter] = {}


@dataclass(frozen=True)
class Distribution:
    """An installed distribution: its version and what its metadata says it needs."""

    version: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interpreter:
    """An interpreter as it was when it was asked."""

    path: str
    version: str
    markers: Mapping[str, str]
    installed: Mapping[str, Distribution]
    #: What decides whether this is still true: files and folders, and their times when it was asked.
    stamps: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def distributions(self) -> Mapping[str, Distribution]:
        """What is installed, by canonical name."""
        return {canonicalize_name(name): found for name, found in self.installed.items()}

    @property
    def minor(self) -> str:
        """The version as "3.11"."""
        return ".".join(self.version.split(".")[:2])


def probe(path: str, cache: Path) -> Interpreter:
    """Return what the interpreter at `path` is and has.

    Args:
        path: The interpreter, as a path or as the name of a program.
        cache: The folder for answers given earlier.

    Raises:
        EnvironmentFailed: there is no such program, or it does not run as a Python interpreter.
    """
    kept = cache / (hashlib.sha256(path.encode()).hexdigest()[:32] + ".json")
    earlier = _asked.get(kept) or _read(kept)
    if earlier is not None and _is_current(earlier):
        _asked[kept] = earlier
        return earlier
    answer = _ask(path)
    found = Interpreter(
        path=path,
        version=answer["version"],
        markers=answer["markers"],
        installed={name: Distribution(item[0], tuple(item[1])) for name, item in answer["installed"].items()},
        stamps={place: _stamp(place) for place in (path, *answer["folders"])},
    )
    _keep(kept, found)
    return found


def child_environment() -> dict[str, str]:
    """Return our own environment variables without those that would make another interpreter ours."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "CONDA_PREFIX")
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _ask(path: str) -> Any:
    try:
        done = subprocess.run(
            (path, "-"),
            input=_QUESTION,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
            env=child_environment(),
            cwd="/",
        )
    except FileNotFoundError as error:
        raise EnvironmentFailed(f"There is no Python interpreter {path!r} on this machine.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentFailed(f"The Python interpreter {path!r} cannot be run: {error}.") from error
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        said = (done.stderr or done.stdout).strip()[
            -500:
        ] or f"it ended with {done.returncode} and said nothing"
        raise EnvironmentFailed(f"{path!r} does not run as a Python interpreter: {said}") from error


def _stamp(place: str) -> int:
    try:
        return os.stat(place).st_mtime_ns  # noqa: PTH116 - one call each for some ten places
    except OSError:
        return -1


def _read(kept: Path) -> Interpreter | None:
    try:
        return codec.loads(Interpreter, kept.read_bytes())
    except (OSError, Corrupt):
        return None


def _is_current(found: Interpreter) -> bool:
    unchanged = all(_stamp(place) == at for place, at in found.stamps.items())
    return unchanged and found.stamps.get(found.path, -1) != -1


def _keep(kept: Path, found: Interpreter) -> None:
    """Write by rename; a cache that cannot be written only costs time."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=kept.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(codec.dumps(found))
        Path(name).replace(kept)
